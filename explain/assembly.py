"""From alerts to cases: who belongs together, what each party's page holds, and the drafts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.asof import bank_time
from explain.cases import Scored, Sizes, case_party
from explain.dossier import Files
from explain.flow import DAYS, ring_flow
from explain.grouping import CaseTies, joined_cases
from explain.inputs import ExplainInputs, Params
from explain.ledger import CaseLedger
from explain.narrative import narrative
from explain.report_form import report_form
from explain.results.cases import CaseParty, ExplainedCase, ExplainedCases, ReportDrafts
from explain.selection import MODEL, chosen_subjects, weekly_cuts, with_rule_members


@dataclass(frozen=True)
class Reading:
    """The bank's tables as a case page reads them, all by the bank's clock.

    ``alerts`` are the model's with ``case_id``, in order of time; ``clock`` is the as_of of the test.
    """

    ledger: CaseLedger
    ties: CaseTies
    files: Files
    alerts: pd.DataFrame
    clock: pd.Series

    @classmethod
    def of(cls, inputs: ExplainInputs, params: Params) -> Reading:
        """Moments turned to the bank's clock, and alerts joined to cases."""

        def clock(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
            return frame.assign(**{name: bank_time(frame[name], inputs.midnight) for name in columns})

        ledger = CaseLedger.of(inputs.transactions, inputs.accounts, inputs.midnight, inputs.names)
        devices = clock(inputs.devices, "valid_from", "valid_to")
        shared = devices.groupby("device_id")["customer_id"].transform("nunique") > 1
        known = clock(inputs.bank_alerts, "alerted_at").rename(columns={"alerted_at": "at"})
        ties = CaseTies(ledger, devices[shared], known, DAYS, params.most_tied, params.least_tie_cny)
        figures = inputs.figures
        if len(figures):
            moments = bank_time(figures.index.get_level_values(1).to_series(), inputs.midnight)
            figures = figures.set_index([figures.index.get_level_values(0), pd.Index(moments)])
        files = Files(
            customers=clock(inputs.customers, "joined_at", "founded_at"),
            accounts=clock(inputs.accounts, "opened_at", "closed_at"),
            devices=devices,
            tags=clock(inputs.tags, "valid_from", "valid_to"),
            rules=inputs.rules,
            hits=clock(inputs.hits, "hit_at"),
            figures=figures,
            labels=inputs.labels,
            dispositions=clock(inputs.dispositions, "event_at", "known_at"),
            multiplier=inputs.multiplier,
        )
        alerts = clock(inputs.alerts, "as_of").sort_values(["as_of", "subject_id"], kind="stable")
        alerts = alerts.assign(case_id=joined_cases(alerts, ties))
        return cls(ledger, ties, files, alerts, bank_time(inputs.test["as_of"], inputs.midnight))


def scores_without(
    inputs: ExplainInputs, place: int, families: list[str], of_feature: np.ndarray, peers: np.ndarray
) -> np.ndarray:
    """Raw scores without each family, and without the first so many; shape (2, families).

    ``peers`` are places of the subject's peers, whose medians stand in.
    """
    if not families:
        return np.zeros((2, 0))
    own = inputs.features.iloc[[place] * (2 * len(families))].reset_index(drop=True)
    median = inputs.features.iloc[peers].median().to_numpy()
    gone = [of_feature == name for name in families]
    gone += [np.isin(of_feature, families[: size + 1]) for size in range(len(families))]
    changed = own.where(~np.stack(gone), np.tile(median, (len(own), 1))).astype(np.float32)
    return inputs.margin(changed).reshape(2, len(families))


def explained_cases(
    reading: Reading, inputs: ExplainInputs, texts: pd.DataFrame, params: Params
) -> ExplainedCases:
    """The cases with the highest scores, the nearest below the cut and those asked for.

    ``texts`` are the reasons of all explained subjects.
    """
    case = reading.alerts["case_id"].reindex(inputs.alerts.index)
    chosen = chosen_subjects(inputs.alerts, inputs.below, inputs.asked, case, params.cases)
    chosen = with_rule_members(chosen, inputs.test, inputs.score, reading.ties, reading.clock)
    place = np.searchsorted(inputs.test["subject_id"].to_numpy(), chosen["subject_id"].to_numpy())
    of_feature = inputs.labels.loc[list(inputs.features.columns), "family"].to_numpy()
    kind, week = inputs.test["customer_id"].map(inputs.customers["kind"]), inputs.test["as_of"]
    peers = pd.Series(np.arange(len(inputs.test))).groupby([kind.to_numpy(), week]).indices
    rank = dict(zip(inputs.alerts["subject_id"], inputs.alerts["rank"], strict=True))
    cuts = weekly_cuts(inputs.alerts)
    scored = []
    for at, row in zip(place, chosen.itertuples(index=False), strict=True):
        told = texts[texts["subject_id"] == row.subject_id]
        families = told.loc[told["rank"] > 0, "family"].tolist() if row.found_by == MODEL else []
        alike = peers[(kind.iloc[at], row.as_of)]
        scored.append(
            Scored(
                subject_id=int(row.subject_id),
                customer_id=int(row.customer_id),
                as_of=reading.clock.iloc[at],
                score=float(row.score),
                rank=rank.get(row.subject_id),
                found_by=row.found_by,
                reasons=told,
                without=scores_without(inputs, at, families, of_feature, alike),
                cut=float(cuts.get(row.as_of, np.nan)),
            )
        )
    order = list(dict.fromkeys(chosen["case_id"]))
    members: dict[str, list[Scored]] = {case_id: [] for case_id in order}
    for case_id, one in zip(chosen["case_id"], scored, strict=True):
        members[case_id].append(one)
    cases = [whole_case(case_id, members[case_id], reading, params) for case_id in order]
    return ExplainedCases(model=params.model, cases=cases)


def whole_case(case_id: str, members: list[Scored], reading: Reading, params: Params) -> ExplainedCase:
    """One case of one or several customers, as of its latest alert."""
    as_of = max(member.as_of for member in members)
    since = as_of - pd.Timedelta(days=DAYS)
    together = [member.customer_id for member in members]
    alerted = reading.alerts[(reading.alerts["as_of"] <= as_of) & (reading.alerts["as_of"] > since)]
    ruled = reading.ties.alerted
    ruled = ruled[(ruled["at"] <= as_of) & (ruled["at"] > since)]
    known = set(alerted["customer_id"]) | set(ruled["customer_id"])
    sizes = Sizes(params.flow_edges, params.payments)
    parties = [
        case_party(one, together, known, as_of, reading.ledger, reading.ties, reading.files, sizes)
        for one in members
    ]
    own = reading.ledger.of_customers(together)
    payments = reading.ledger.named(own[own["at"] >= since])
    names = [f"customer {one.customer_name}" for one in parties]
    ring = ring_flow(payments, names, as_of, params.flow_edges)
    deadline = as_of + pd.Timedelta(days=params.decide_days)
    return ExplainedCase(
        case_id=case_id,
        opened=first_alert(parties),
        as_of=f"{as_of:%Y-%m-%d}",
        deadline=f"{deadline:%Y-%m-%d}",
        days=DAYS,
        parties=parties,
        ring=ring,
        drafts=ReportDrafts(
            narrative=narrative(parties, ring, f"{as_of:%Y-%m-%d}", DAYS),
            report=report_form(parties, ring, f"{as_of:%Y-%m-%d}", DAYS),
        ),
    )


def first_alert(parties: list[CaseParty]) -> str:
    """The first day on which a rule hit a party or the model scored one of them."""
    hits = [hit.last for one in parties for hit in one.rule_hits]
    return min([one.as_of for one in parties] + hits)
