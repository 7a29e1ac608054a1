"""View-model of a study: a stack that out-of-fold scores of the training weeks have taught."""

from __future__ import annotations

from dataclasses import dataclass

from data.results import Interval
from models.results.fold_stack import FoldStackRow, StackedView
from reports.comparison import told_apart
from reports.evidence import Evidence, in_a_sentence
from reports.rankings import points, points_range
from reports.steps import effect, signed
from reports.wording import RANKERS, Text, joined, named, worded_interval

AND = Text(", ", "、")
LESSONS = {
    "training": Text("training weeks", "训练各周"),
    "training_and_validation": Text("training weeks and validation", "训练各周与验证期"),
}
OUTCOMES = {
    1: Text("more weeks to learn its weights from do help", "以更多周学习权重确有帮助"),
    0: Text("no gain of such a stack is shown", "未显示此种堆叠有增益"),
    -1: Text("such a stack loses", "此种堆叠反而更差"),
}


@dataclass(frozen=True)
class FoldStackLine:
    """One stack: its recall in both views, and what it has over its best part and the run's stack."""

    parts: Text
    lesson: Text
    suspicious: int
    true: Interval
    bank: Interval
    true_gaps: list[tuple[str, str]]
    bank_gaps: list[tuple[str, str]]
    weights: Text
    verdict: Text


@dataclass(frozen=True)
class FoldStackSection:
    """What the template needs."""

    lines: list[FoldStackLine]
    seen: Text


def fold_stack_line(row: FoldStackRow) -> FoldStackLine:
    """One line of the table."""
    told = [
        Text(f"{named(RANKERS, name).en} {weight:.2f}", f"{named(RANKERS, name).zh} {weight:.2f}")
        for name, weight in row.weights.items()
        if weight > 0
    ]

    def gaps(view: StackedView) -> list[tuple[str, str]]:
        return [(points(gap), points_range(gap)) for gap in view.found[1:]]

    return FoldStackLine(
        parts=joined([named(RANKERS, name) for name in row.parts], AND),
        lesson=named(LESSONS, row.lesson),
        suspicious=row.suspicious,
        true=row.true.recall,
        bank=row.bank.recall,
        true_gaps=gaps(row.true),
        bank_gaps=gaps(row.bank),
        weights=joined(told, AND),
        verdict=effect(row.true.over_best),
    )


def fold_stack_seen(rows: list[FoldStackRow]) -> Text:
    """What the stack that was asked for is worth, and how many of the further looks differ."""
    first, *others = rows
    true, bank = first.true, first.bank
    best, seen_best = in_a_sentence(true.best_part), in_a_sentence(bank.best_part)
    outcome = OUTCOMES[told_apart(true.over_best)]
    apart = sum(told_apart(row.true.over_best) != 0 for row in others)
    return Text(
        f"Taught on {first.suspicious} suspicious customers of the training weeks, whom each part scored "
        f"out of fold, the stack of the run’s parts finds {worded_interval(true.recall)} of the illicit, "
        f"{signed(true.over_best).en} over {best.en}, its best part on the test, and "
        f"{signed(true.over_stack).en} over the run’s stack; by the bank’s labels "
        f"{signed(bank.over_best).en} over {seen_best.en} and {signed(bank.over_stack).en}: {outcome.en}. "
        f"Of {len(others)} further looks {apart} are told apart from their best part in truth.",
        f"以训练各周 {first.suspicious} 名可疑客户的折外得分学习权重，由运行中的各组成模型构成的堆叠识别 "
        f"{worded_interval(true.recall)} 的涉案客户，相对测试期最佳组成模型 {best.zh} "
        f"{signed(true.over_best).zh}，相对运行中的堆叠 {signed(true.over_stack).zh}；按银行标签，相对 "
        f"{seen_best.zh} {signed(bank.over_best).zh}，相对运行中的堆叠 {signed(bank.over_stack).zh}："
        f"{outcome.zh}。另外 {len(others)} 种做法中，{apart} 种与其最佳组成模型的真实差异可证。",
    )


def fold_stack_section(evidence: Evidence) -> FoldStackSection | None:
    """The study; None where none was kept."""
    study = evidence.experiments.studies.fold_stack
    if study is None:
        return None
    return FoldStackSection([fold_stack_line(row) for row in study.rows], fold_stack_seen(study.rows))
