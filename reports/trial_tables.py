"""View-models of what was tried beside the models: rare positives, cuts and probabilities, claims."""

from __future__ import annotations

from dataclasses import dataclass

from data.results import Interval
from models.results.calibration import BudgetCut, MappedScore
from models.results.imbalance import ImbalanceRow
from models.results.trials import TrialWorth
from reports.evidence import Evidence
from reports.model_tables import Level
from reports.rankings import points, points_range
from reports.results import Metrics
from reports.steps import effect
from reports.wording import COMMA, RANKERS, Text, joined, named, names_or_none, same
from verdicts import OUTCOMES_ZH, Claim, figure_at, outcome

MAPPINGS = {
    "raw": Text("the score as log-odds", "得分即对数几率"),
    "platt": Text("Platt, learnt on validation", "Platt（验证集学习）"),
    "isotonic": Text("isotonic, learnt on validation", "保序回归（验证集学习）"),
}


@dataclass(frozen=True)
class GainCells:
    """Recall and paired gain of a trial in both views, as the tables print them."""

    bank: Interval
    bank_gain: str
    bank_range: str
    true: Interval
    true_gain: str
    true_range: str

    @classmethod
    def of(cls, worth: TrialWorth) -> GainCells:
        """As the tables print them."""
        return cls(
            worth.bank_recall,
            points(worth.bank_gain),
            points_range(worth.bank_gain),
            worth.true_recall,
            points(worth.true_gain),
            points_range(worth.true_gain),
        )


@dataclass(frozen=True)
class HandlingRow:
    """One handling of rare positives."""

    name: Text
    found: ImbalanceRow
    cells: GainCells
    ratio: Level
    slope: Level
    is_chosen: bool


def handling_rows(evidence: Evidence) -> list[HandlingRow]:
    """Handlings, nothing done first."""
    tried = evidence.experiments.imbalance
    return [
        HandlingRow(
            name=Text(row.label_en, row.label_zh),
            found=row,
            cells=GainCells.of(row.worth),
            ratio=Level.of("bank", row.calibration_ratio),
            slope=Level.of("bank", row.calibration_slope),
            is_chosen=row.handling == tried.chosen,
        )
        for row in tried.rows
    ]


def handling_seen(evidence: Evidence) -> Text:
    """What to see in the table of handlings: the one that follows, and what it is worth in truth."""
    tried = evidence.experiments.imbalance
    chosen = next(row for row in tried.rows if row.handling == tried.chosen)
    if chosen is tried.rows[0]:
        return Text(
            "Validation chooses to do nothing: no handling is better there by the bank’s labels.",
            "验证集选择不作处理：按银行标签，没有任何处理更好。",
        )
    gain = chosen.worth.true_gain
    shown = f"{points(gain)}, 95% {points_range(gain)}"
    said = effect(gain)
    return Text(
        f"Validation chooses “{chosen.label_en}”; over nothing done, in truth: {said.en} ({shown} points).",
        f"验证集选择“{chosen.label_zh}”；相对不作处理，真实情况：{said.zh}（{shown} 个百分点）。",
    )


@dataclass(frozen=True)
class CutRow:
    """A model's cut and its score as a probability."""

    name: Text
    cut: BudgetCut
    mapping: Text
    gain: Level
    level: Level
    brier: Level
    tied: int
    is_rank_only: bool


def cut_rows(evidence: Evidence) -> list[CutRow]:
    """One row a model, in the order of the main table."""
    rows = {row.ranker: row for row in evidence.experiments.calibration.models}
    found = []
    for ranker in evidence.rankers:
        if ranker not in rows:
            continue
        row = rows[ranker]
        mapped: MappedScore = next(one for one in row.mappings if one.mapping == row.chosen)
        found.append(
            CutRow(
                name=named(RANKERS, ranker),
                cut=row.cut,
                mapping=MAPPINGS[row.chosen],
                gain=Level.of("bank", mapped.gain, 5),
                level=Level.of("bank", row.level),
                brier=Level.of("bank", mapped.random_brier, 5),
                tied=mapped.tied_at_budget,
                is_rank_only=row.is_rank_only,
            )
        )
    return found


def cuts_seen(evidence: Evidence) -> Text:
    """What to see: how far a fixed cut misses the budget, and whose scores are ranks alone."""
    rows = evidence.experiments.calibration.models
    ranks = [named(RANKERS, row.ranker) for row in rows if row.is_rank_only]
    spent = [row.cut.cut_alerts / row.cut.budget_alerts for row in rows if row.cut.budget_alerts]
    if not spent:
        return Text("No alert fits in the budget.", "预算内没有预警。")
    low, high = min(spent), max(spent)
    only = names_or_none(ranks)
    return Text(
        f"A threshold taken from validation would spend {low:.2f} to {high:.2f} times the budget of the "
        f"test, so the budget is spent by rank, week by week. Ranks alone, since the level of the "
        f"probability is off: {only.en}.",
        f"若沿用验证集阈值，测试期预警将是预算的 {low:.2f} 至 {high:.2f} 倍，因此每周按排序使用预算。"
        f"概率水平不准、只能用作排序：{only.zh}。",
    )


@dataclass(frozen=True)
class ClaimRow:
    """A claim fixed before the run, beside what was found."""

    claim: Text
    bound: Text
    found: Level
    verdict: Text
    is_kept: bool


def claim_row(claim: Claim, found: Interval) -> ClaimRow:
    """One claim by the figure that was found."""
    said = outcome(claim, found)
    bound = (
        Text(f"above {claim.above:g}", f"高于 {claim.above:g}")
        if claim.above is not None
        else Text(f"below {claim.below:g}", f"低于 {claim.below:g}")
    )
    return ClaimRow(
        claim=Text(claim.en, claim.zh),
        bound=bound,
        found=Level.of("true", found, 3),
        verdict=Text(said, OUTCOMES_ZH[said]),
        is_kept=said == "holds",
    )


def claim_rows(evidence: Evidence, metrics: Metrics) -> list[ClaimRow]:
    """Every claim of studies/verdicts.yaml, the failed ones too."""
    figures = metrics.model_dump()
    claims = evidence.experiments.verdicts.claims
    return [claim_row(claim, figure_at(figures, claim.figure)) for claim in claims]


def claims_seen(rows: list[ClaimRow]) -> Text:
    """How many claims came out how."""
    counts = {row.verdict: sum(other.verdict == row.verdict for other in rows) for row in rows}
    told = [
        Text(
            f"{number} {'hold' if verdict.en == 'holds' and number > 1 else verdict.en}",
            f"{verdict.zh} {number} 项",
        )
        for verdict, number in counts.items()
    ]
    shown = joined(told, COMMA) if told else same("–")
    return Text(f"Of {len(rows)} claims: {shown.en}.", f"共 {len(rows)} 项判断：{shown.zh}。")
