"""View-models of the zoo: every ranker against one reference, by parts of the illicit, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass

from data.results import Interval
from models.results.anomaly_share import AnomalyShare
from models.results.costs import ModelCost
from models.results.headline import Parts
from models.schema import RULES, STACK
from models.zoo import MODELS
from reports.evidence import Evidence
from reports.headline import HeadlineFigures, HeadlineGoal, headline_of
from reports.limit_tables import limits_section, patterned_said
from reports.rankings import points, points_range
from reports.wording import DASH, RANKERS, Text, named

REFERENCE = "lightgbm"  # the strongest plain model: what another one adds is added to it
KINDS = {
    True: Text("learns from labels", "由标签学习"),
    False: Text("anomaly score", "异常得分"),
    RULES: Text("rules", "规则"),
    STACK: Text("weighs models", "加权各模型"),
}
GOALS = {
    "alert_share_at_rule_recall": Text(
        "Share of the rules’ alerts that reach the rules’ recall, at most",
        "达到规则召回率所需预警占规则预警之比，至多",
    ),
    "oracle_share": Text(
        "True recall over that of a model taught the truth, at least",
        "真实召回率与由真值学习的模型之比，至少",
    ),
    "lead_over_rules": Text(
        "Lower end of its recall less the rules’ upper end, of those with a patterned payment, at least",
        "有模式交易的客户：其召回率下限减规则上限，至少",
    ),
    "recall_unknown": Text(
        "Recall of those whom the bank’s labels do not know, at least", "银行标签未知者的召回率，至少"
    ),
}


@dataclass(frozen=True)
class Cost:
    """What a model costs, as the table prints it."""

    fit: str
    speed: str
    memory: str

    @classmethod
    def of(cls, cost: ModelCost | None) -> Cost:
        """A dash for what was not measured."""
        if cost is None:
            return cls(DASH, DASH, DASH)
        return cls(
            DASH if cost.fit_seconds is None else f"{cost.fit_seconds:.1f}",
            DASH if cost.rows_per_second is None else f"{cost.rows_per_second:,.0f}",
            DASH if cost.peak_mb is None else f"{cost.peak_mb:,}",
        )


@dataclass(frozen=True)
class ZooRow:
    """A ranker against the reference: recall in both views, paired difference, parts, costs."""

    name: Text
    kind: Text
    bank: Interval
    true: Interval
    gain: str
    gain_range: str
    p_value: str
    parts: Parts
    alert_share: Interval
    cost: Cost


def zoo_rows(evidence: Evidence) -> list[ZooRow]:
    """One row a ranker, in the order of the main table."""
    bank, truth, rows = evidence.bank, evidence.truth, []
    for ranker in evidence.rankers:
        found = headline_of(truth, ranker)
        gap = truth.differences[ranker].get(REFERENCE)
        recall = None if gap is None else gap.recall_at_budget
        chance = None if gap is None else gap.by_group.p_value
        rows.append(
            ZooRow(
                name=named(RANKERS, ranker),
                kind=KINDS[MODELS[ranker].is_supervised] if ranker in MODELS else KINDS[ranker],
                bank=bank.metrics[ranker].recall_at_budget,
                true=truth.metrics[ranker].recall_at_budget,
                gain=points(recall),
                gain_range=points_range(recall),
                p_value=DASH if chance is None else f"{chance:.3f}",
                parts=found.parts,
                alert_share=found.alert_share_at_rule_recall,
                cost=Cost.of(evidence.costs.models.get(ranker)),
            )
        )
    return rows


@dataclass(frozen=True)
class ShareRow:
    """A budget that the chosen model shares with an anomaly score."""

    name: Text
    found: AnomalyShare
    gain: str
    gain_range: str
    bank_gain: str
    bank_gain_range: str


def share_rows(evidence: Evidence) -> list[ShareRow]:
    """The chosen model alone, then every anomaly score at every share."""
    return [
        ShareRow(
            named(RANKERS, row.ranker),
            row,
            points(row.gain_true),
            points_range(row.gain_true),
            points(row.gain_bank),
            points_range(row.gain_bank),
        )
        for row in evidence.truth.anomaly_shares
    ]


@dataclass(frozen=True)
class WantedRow:
    """What was wanted beside what was found."""

    name: Text
    goal: HeadlineGoal

    @property
    def verdict(self) -> Text:
        """Met, or by how much it was missed."""
        missed = self.goal.missed_by
        if missed is None:
            return Text("not measurable", "无法测量")
        if missed == 0:
            return Text("met", "达到")
        return Text(f"missed by {missed:.3f}", f"差 {missed:.3f}")


def wanted_table(figures: HeadlineFigures) -> list[WantedRow]:
    """One row a goal."""
    return [WantedRow(GOALS[name], goal) for name, goal in figures.goals]


def zoo_section(evidence: Evidence, figures: HeadlineFigures) -> dict[str, object]:
    """What the template of the zoo needs."""
    return {
        "zoo": zoo_rows(evidence),
        "costs": evidence.costs,
        "goals": wanted_table(figures),
        "goal_of_patterned": patterned_said(evidence, figures),
        "limits": limits_section(evidence),
        "shares": share_rows(evidence),
    }
