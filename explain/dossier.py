"""What the bank keeps on file of a party of a case: accounts, devices, tags, hits and decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data.words import FAMILIES
from explain.grouping import CaseTies
from explain.results.cases import (
    CaseAccount,
    CaseDevice,
    CaseReason,
    CaseRuleHit,
    CaseTag,
    PeopleDecision,
    Phrase,
    WhatIf,
)
from explain.thresholds import rule_checks


def day_of(moment: pd.Timestamp) -> str | None:
    """The local date of a moment of the bank's clock; None for no moment."""
    return None if pd.isna(moment) else f"{moment:%Y-%m-%d}"


@dataclass(frozen=True)
class Files:
    """Tables of the bank's files, moments by the bank's clock.

    ``customers`` and ``rules`` go by id, ``figures`` are the daily indicators of hits by customer and
    moment, ``labels`` is the feature catalogue by feature, ``multiplier`` that of money thresholds by
    kind of customer.
    """

    customers: pd.DataFrame
    accounts: pd.DataFrame
    devices: pd.DataFrame
    tags: pd.DataFrame
    rules: pd.DataFrame
    hits: pd.DataFrame
    figures: pd.DataFrame
    labels: pd.DataFrame
    dispositions: pd.DataFrame
    multiplier: dict[str, float]


def case_accounts(files: Files, customer: int, rows: pd.DataFrame, as_of: pd.Timestamp) -> list[CaseAccount]:
    """Accounts of a customer that were open at some time before a moment, in order of opening.

    ``rows`` are the customer's rows of the ledger; an account's balance is that after its last payment.
    """
    own = files.accounts[files.accounts["customer_id"] == customer]
    own = own[own["opened_at"].isna() | (own["opened_at"] < as_of)]
    past = rows[rows["at"] < as_of]
    found = []
    for account in own.sort_values(["opened_at", "account_id"], kind="stable").itertuples(index=False):
        paid = past["payer_account_id"] == account.account_id
        last = past[paid | (past["payee_account_id"] == account.account_id)].tail(1)
        cents = account.opening_balance_cents
        for row in last.itertuples(index=False):
            is_payer = row.payer_account_id == account.account_id
            cents = row.payer_balance_cents if is_payer else row.payee_balance_cents
        is_closed = pd.notna(account.closed_at) and account.closed_at < as_of
        found.append(
            CaseAccount(
                account_id=int(account.account_id),
                opened=day_of(account.opened_at),
                closed=day_of(account.closed_at) if is_closed else None,
                balance=None if pd.isna(cents) else round(float(cents) / 100, 2),
            )
        )
    return found


def case_devices(files: Files, customer: int, as_of: pd.Timestamp, ties: CaseTies) -> list[CaseDevice]:
    """Devices that a customer used in the days before a moment, with the others who did."""
    own = files.devices[files.devices["customer_id"] == customer]
    ended = own["valid_to"].notna() & (own["valid_to"] < ties.since(as_of))
    own = own[(own["valid_from"] < as_of) & ~ended].sort_values(["valid_from", "device_id"], kind="stable")
    others = ties.sharers(customer, as_of)
    return [
        CaseDevice(
            device_id=int(row.device_id),
            since=f"{row.valid_from:%Y-%m-%d}",
            others=[ties.ledger.called(other) for other in others.get(int(row.device_id), [])],
        )
        for row in own.drop_duplicates("device_id").itertuples(index=False)
    ]


def case_tags(files: Files, customer: int, as_of: pd.Timestamp) -> list[CaseTag]:
    """Tags of the profile that hold at a moment, by name."""
    own = files.tags[files.tags["customer_id"] == customer]
    holds = (own["valid_from"] < as_of) & (own["valid_to"].isna() | (own["valid_to"] >= as_of))
    return [
        CaseTag(tag=str(row.tag), value=str(row.value), since=f"{row.valid_from:%Y-%m-%d}")
        for row in own[holds].sort_values("tag", kind="stable").itertuples(index=False)
    ]


def case_rule_hits(
    files: Files, customer: int, kind: str, start: pd.Timestamp, as_of: pd.Timestamp
) -> list[CaseRuleHit]:
    """Rules that hit the customer: on how many days, and their comparisons at the last hit."""
    hits = files.hits[files.hits["customer_id"] == customer]
    hits = hits[(hits["hit_at"] <= as_of) & (hits["hit_at"] > start)]
    found = []
    for rule_id, group in hits.groupby("rule_id"):
        rule, last = files.rules.loc[rule_id], group["hit_at"].max()
        figures = {}
        if (customer, last) in files.figures.index:
            figures = files.figures.loc[(customer, last)].to_dict()
        found.append(
            CaseRuleHit(
                rule_id=str(rule_id),
                name_en=rule["name_en"],
                name_zh=rule["name_zh"],
                family=rule["family"],
                is_line=rule["use"] == "label",
                days=len(group),
                last=f"{last:%Y-%m-%d}",
                checks=rule_checks(
                    rule["predicate"], kind, files.multiplier.get(kind, 1.0), figures, files.labels
                ),
                red_flags=Phrase(en=rule["red_flags_en"], zh=rule["red_flags_zh"]),
                innocent=Phrase(
                    en=rule["known_false_positives_en"] or "", zh=rule["known_false_positives_zh"] or ""
                ),
            )
        )
    return found


def case_reasons(reasons: pd.DataFrame) -> list[CaseReason]:
    """The families that contributed to the score and the one against it, by rank."""
    return [
        CaseReason(
            rank=int(row.rank),
            family_en=FAMILIES[row.family].en,
            family_zh=FAMILIES[row.family].zh,
            contribution=round(float(row.contribution), 3),
            rarity=round(float(row.rarity), 3),
            text_en=row.text_en,
            text_zh=row.text_zh,
        )
        for row in reasons.sort_values("rank", kind="stable").itertuples(index=False)
    ]


def what_ifs(families: list[str], scores: np.ndarray, cut: float) -> list[WhatIf]:
    """Each reason gone by itself, then the strongest gone together until the alert is.

    Parameters
    ----------
    families : those of the reasons, the strongest first
    scores : raw scores, shape (2, reasons): without one of them, without the first so many
    cut : lowest score that was alerted that week
    """

    def found(gone: list[str], score: float) -> WhatIf:
        words = [Phrase(en=FAMILIES[name].en, zh=FAMILIES[name].zh) for name in gone]
        return WhatIf(families=words, score=round(score, 3), cut=round(cut, 3), is_below=bool(score < cut))

    alone = [found([name], float(score)) for name, score in zip(families, scores[0], strict=True)]
    if any(row.is_below for row in alone):
        return alone
    for size in range(2, len(families) + 1):
        together = found(families[:size], float(scores[1, size - 1]))
        if together.is_below or size == len(families):
            return [*alone, together]
    return alone


def people_decisions(rows: Any) -> list[PeopleDecision]:
    """Rows of Dispositions, in order of time."""
    return [
        PeopleDecision(
            known_at=f"{row.known_at:%Y-%m-%d}", outcome=row.outcome, stream=row.stream, reason=row.reason
        )
        for row in rows.sort_values(["known_at", "disposition_id"], kind="stable").itertuples(index=False)
    ]


def decisions_around(
    files: Files, customer: int, as_of: pd.Timestamp, days: int
) -> tuple[list[PeopleDecision], list[PeopleDecision]]:
    """What people had decided on a customer before a moment; and afterwards of what was there by then.

    The later ones are decisions on behaviour up to a moment within ``days`` of it, whenever they fell.
    """
    own = files.dispositions[files.dispositions["customer_id"] == customer]
    own = own[own["known_at"].notna() & (own["outcome"] != "unreviewed")]
    is_known = own["known_at"] < as_of
    near = (own["event_at"] - as_of).abs() <= pd.Timedelta(days=days)
    return people_decisions(own[is_known]), people_decisions(own[~is_known & near])
