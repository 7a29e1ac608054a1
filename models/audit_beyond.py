"""Stage audit_beyond: beyond the rules that label, and beyond the headline.

A part of the audit: the truth is read to judge rankings that are there already. Rules that were
held out from labels, precision week by week with its ceiling, how much of a scheme an alert
opens, recall by segment and role, and the rulebook as it really ran.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data import schema as data_schema
from data.asof import bank_time, happened_within
from models import audit_knowledge
from models.audit_knowledge import KnowledgeInputs
from models.budget import Budget
from models.intervals import drawn, ratio, rounded, wilson
from models.judgement import Params as JudgementParams
from models.metrics import Catches
from models.results.beyond import Beyond, GroupRecall, NetworkCoverage, RulebookRan, WeekOfAlerts
from models.results.headline import PartRecall
from models.schema import RULES
from models.truth.beyond import SchemeNetwork, flagged_weeks, held_out_rule, three_lists
from models.truth.headline import recall_of

HELD_OUT, LABELS = "held_out", "label"
LISTS = 3


class Params(JudgementParams):
    """Section ``audit_beyond`` of params.yaml."""

    hops: int = Field(ge=1, le=10)
    least_group: int = Field(ge=1, le=1_000_000)


@dataclass(frozen=True)
class BeyondInputs:
    """The inputs of the stage audit_knowledge, and what this stage asks besides.

    ``hits`` are those of all rules; ``members`` the rows of Schemes, ``paid`` the payments of
    schemes with both ends; ``kinds`` is the kind by customer_id.
    """

    knowledge: KnowledgeInputs
    hits: pd.DataFrame
    alerts: pd.DataFrame
    reported: pd.DataFrame
    members: pd.DataFrame
    paid: pd.DataFrame
    kinds: pd.Series
    first_day: pd.Timestamp
    ends_at: pd.Timestamp


@dataclass(frozen=True)
class BothJudges:
    """Who there is to catch by both views, and how often each group is drawn."""

    catches: dict[str, Catches]
    weight: dict[str, np.ndarray]
    who: dict[str, np.ndarray]

    @classmethod
    def of(cls, knowledge: KnowledgeInputs, params: Params) -> BothJudges:
        """Of the test."""
        catches = knowledge.catches
        return cls(
            catches,
            {name: drawn(mine.groups, params.bootstrap_draws, params.seed) for name, mine in catches.items()},
            {name: np.unique(knowledge.customer[mine.rows]) for name, mine in catches.items()},
        )


def weeks_of_alerts(
    ranker: str, alerted: np.ndarray, inputs: KnowledgeInputs, first_day: pd.Timestamp
) -> Iterator[WeekOfAlerts]:
    """The alerts of every week of the test, and how many could have been right."""
    at, positives = inputs.subjects["as_of"], inputs.positives
    local = bank_time(at, first_day).dt.strftime("%Y-%m-%d").to_numpy()
    for moment in np.unique(at):
        rows = (at == moment).to_numpy()
        counts = {}
        raised = 0
        for name, mine in positives.items():
            spent = rows & alerted & mine.counts
            raised = int(spent.sum()) if name == "true" else raised
            there = int((rows & mine.is_positive).sum())
            counts[f"{name}_right"] = int((spent & mine.is_positive).sum())
            counts[f"{name}_most"] = min(there, int(spent.sum()))
        yield WeekOfAlerts(ranker=ranker, week=str(local[rows][0]), alerts=raised, **counts)


def opened_by_ranker(inputs: BeyondInputs, judges: BothJudges, params: Params) -> Iterator[NetworkCoverage]:
    """How much of the schemes of the test each ranker's alerts open."""
    catches, weight = judges.catches["true"], judges.weight["true"]
    network = SchemeNetwork(inputs.paid, inputs.members, judges.who["true"])
    for ranker, alerted in inputs.knowledge.alerted.items():
        caught = catches.caught(alerted)
        yield NetworkCoverage(
            ranker=ranker,
            caught=catches.mean(caught, weight),
            within_hops=catches.mean(network.opened(caught, params.hops), weight),
        )


def groups(inputs: BeyondInputs, judges: BothJudges, params: Params) -> Iterator[GroupRecall]:
    """Recall by segment in both views and by role in truth, of the rules and the chosen model."""
    shown = (RULES, inputs.knowledge.chosen)
    kind = {name: inputs.kinds.reindex(who).to_numpy() for name, who in judges.who.items()}
    roles = inputs.members[inputs.members["is_illicit"]].dropna(subset=["customer_id"])

    def part(view: str, ranker: str, mask: np.ndarray) -> PartRecall:
        catches = judges.catches[view]
        caught = catches.caught(inputs.knowledge.alerted[ranker])
        return recall_of(catches, caught, mask, judges.weight[view])

    for name in sorted(set(kind["true"])):
        masks = {view: mine == name for view, mine in kind.items()}
        if masks["true"].sum() < params.least_group:
            continue
        for ranker in shown:
            bank, true = (part(view, ranker, masks[view]) for view in ("bank", "true"))
            yield GroupRecall(attribute="segment", group=str(name), ranker=ranker, bank=bank, true=true)
    for name, mine in roles.groupby("role"):
        mask = np.isin(judges.who["true"], mine["customer_id"].to_numpy(dtype=np.int64))
        if mask.sum() < params.least_group:
            continue
        for ranker in shown:
            true = part("true", ranker, mask)
            yield GroupRecall(attribute="role", group=str(name), ranker=ranker, bank=None, true=true)


def rulebook_ran(inputs: BeyondInputs, judges: BothJudges, days: int) -> RulebookRan:
    """Whom the alerts catch that the rulebook really raised in the test, day by day."""
    knowledge = inputs.knowledge
    raised = inputs.alerts[inputs.alerts["alerted_at"].between(knowledge.starts_at, inputs.ends_at, "left")]
    recall = {}
    for view, moments in {"bank": inputs.reported, "true": knowledge.illicit}.items():
        right = happened_within(
            moments[["customer_id", "at"]], raised["customer_id"], raised["alerted_at"], days, view == "bank"
        )
        caught = np.isin(judges.who[view], raised["customer_id"][right]).astype(float)
        recall[view] = judges.catches[view].mean(caught, judges.weight[view])
    spent = int(knowledge.alerted[RULES].sum())
    return RulebookRan(alerts=len(raised), budget=rounded(ratio(len(raised), spent)), **recall)


def what_lies_beyond(inputs: BeyondInputs, params: Params, days: int) -> Beyond:
    """Everything that the stage finds."""
    knowledge = inputs.knowledge
    judges = BothJudges.of(knowledge, params)
    catches, weight = judges.catches["true"], judges.weight["true"]
    alerted, customer = knowledge.alerted, knowledge.customer
    is_hit = flagged_weeks(inputs.hits[inputs.hits["use"] == LABELS], knowledge.subjects, days)
    held_out = inputs.hits[inputs.hits["use"] == HELD_OUT]
    everybody = len(np.unique(customer))
    lists = [RULES, knowledge.chosen, *(name for name in knowledge.rivals if name != RULES)][:LISTS]
    return Beyond(
        hops=params.hops,
        least_group=params.least_group,
        held_out=[
            held_out_rule(
                str(rule_id),
                flagged_weeks(mine, knowledge.subjects, days),
                is_hit,
                customer,
                catches,
                alerted,
                weight,
            )
            for rule_id, mine in held_out.groupby("rule_id")
        ],
        everybody_alerted={
            ranker: wilson(len(np.unique(customer[mine])), everybody) for ranker, mine in alerted.items()
        },
        weeks=[
            row
            for ranker in (RULES, knowledge.chosen)
            for row in weeks_of_alerts(ranker, alerted[ranker], knowledge, inputs.first_day)
        ],
        coverage=list(opened_by_ranker(inputs, judges, params)),
        groups=list(groups(inputs, judges, params)),
        lists=three_lists({name: catches.caught(alerted[name]) for name in lists}, catches, weight)
        if len(lists) == LISTS
        else None,
        rulebook=rulebook_ran(inputs, judges, days),
    )


def read_inputs(budget: Budget) -> BeyondInputs:
    """Read what the stage audit_knowledge reads, and besides all rules' hits and the schemes' payments."""
    settings = pipeline.params("audit_knowledge", audit_knowledge.Params)
    truth = pipeline.read(data_schema.Truth)
    payments = pipeline.read(
        data_schema.Transactions, columns=["transaction_id", "payer_account_id", "payee_account_id"]
    )
    labels = pipeline.read(data_schema.Labels)
    suspicious = labels[(labels["value"] >= 0.5)].rename(columns={"event_at": "at"})
    periods = pipeline.read(data_schema.Periods).set_index("name")
    kinds = pipeline.read(data_schema.Customers, columns=["customer_id", "kind"])
    illicit = truth.loc[truth["is_illicit"], ["transaction_id", "scheme_id"]]
    return BeyondInputs(
        knowledge=audit_knowledge.read_inputs(budget, settings.groups.age_edges),
        hits=pipeline.read(data_schema.RuleHits, columns=["customer_id", "hit_at", "rule_id", "use"]),
        alerts=pipeline.read(data_schema.Alerts, columns=["customer_id", "alerted_at"]),
        reported=suspicious[["customer_id", "at"]],
        members=pipeline.read(data_schema.Schemes),
        paid=illicit.merge(payments, on="transaction_id"),
        kinds=kinds.set_index("customer_id")["kind"],
        first_day=periods["starts_at"].min(),
        ends_at=periods.loc["test", "ends_at"],
    )


def main() -> None:
    """Write what lies beyond."""
    params, budget = pipeline.params("audit_beyond", Params), pipeline.params("budget", Budget)
    pipeline.write_result(what_lies_beyond(read_inputs(budget), params, budget.label_window_days))


if __name__ == "__main__":
    pipeline.run_stage("audit_beyond", main)
