"""The recall ladder: every step that was tried, what it is compared with, and what it changed.

Steps come from different stages and stand on different models, so each has its own base; a
gain is always paired, by scheme in truth and by customer for the bank. What failed stays in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from data.results import Interval
from models.results.judged import Judged
from models.results.trials import TrialWorth
from models.schema import RULES, STACK
from models.zoo import MODELS
from reports.comparison import gap_between, size_of, told_apart
from reports.evidence import CONTROL, GRAPH, RECALL, Evidence, in_a_sentence
from reports.feature_wording import RUNGS
from reports.rankings import rankings
from reports.tracing import how_many_of
from reports.wording import RANKERS, SEMICOLON, Text, named, names_or_none

REFERENCE = "lightgbm"  # the strongest plain model: what another one adds is added to it
LIBRARY_MODEL = "lightgbm_library"  # the same, taught by planted schemes of the bank's own library as well
NETWORKS = ("net", "sequence", GRAPH)
LESSONS_SHOWN = ("library", "positive_unlabelled", "explored_at_random", "explored_by_model", "delayed")
EFFECTS = {
    1: Text("raises recall", "提高召回率"),
    0: Text("no difference shown", "未显示差异"),
    -1: Text("lowers recall", "降低召回率"),
}
UNKNOWN = Text("not measured", "未测量")


def effect(gap: Interval | None) -> Text:
    """What a paired difference of recall shows; a bare or missing figure shows nothing."""
    if gap is None or gap.low is None or gap.high is None:
        return UNKNOWN
    return EFFECTS[told_apart(gap)]


def signed(gap: Interval | None) -> Text:
    """A paired difference of recall in points with its interval."""
    return UNKNOWN if gap is None or gap.value is None else size_of(gap, RECALL)


@dataclass(frozen=True)
class Step:
    """One thing that was tried: recall at the budget with it, and its paired gain, in both views."""

    name: Text
    over: Text
    alerts: int | None
    bank: Interval | None
    bank_gain: Interval | None
    true: Interval | None
    true_gain: Interval | None

    @property
    def verdict(self) -> Text:
        """What the step does to true recall."""
        return effect(self.true_gain)


def rules_step(evidence: Evidence) -> Step:
    """Where everything starts."""
    return Step(
        name=named(RANKERS, RULES),
        over=Text("the start", "起点"),
        alerts=_alerts(evidence, RULES),
        bank=evidence.bank.metrics[RULES].recall_at_budget,
        bank_gain=None,
        true=evidence.truth.metrics[RULES].recall_at_budget,
        true_gain=None,
    )


def feature_steps(evidence: Evidence) -> Iterator[Step]:
    """A group of features more each, learnt by one fixed model."""
    below = Text("a model of its own", "独立模型")
    ranked = {row.ranking: row for row in evidence.ladder.rankings}
    for row in rankings(evidence.ladder, RUNGS):
        found = ranked[row.key]
        yield Step(
            name=Text(f"Fixed trees: {row.name.en}", f"固定树模型：{row.name.zh}"),
            over=below,
            alerts=evidence.ladder.alerts,
            bank=found.bank.recall,
            bank_gain=found.bank.gain,
            true=found.true.recall,
            true_gain=found.true.gain,
        )
        below = Text("the rung below", "下一级")


def trial_step(name: Text, over: Text, worth: TrialWorth) -> Step:
    """A trial of the fixed model."""
    return Step(
        name=name,
        over=over,
        alerts=None,
        bank=worth.bank_recall,
        bank_gain=worth.bank_gain,
        true=worth.true_recall,
        true_gain=worth.true_gain,
    )


def learning_steps(evidence: Evidence) -> Iterator[Step]:
    """Rare positives handled, and fewer schemes to learn from."""
    tried = evidence.experiments.imbalance
    chosen = next(row for row in tried.rows if row.handling == tried.chosen)
    if chosen.handling != tried.rows[0].handling:
        name = Text(f"Rare positives: {chosen.label_en}", f"稀有正例：{chosen.label_zh}")
        yield trial_step(name, Text("nothing done", "不作处理"), chosen.worth)
    parts = [point for point in evidence.experiments.curves.sizes if point.share < 1 and point.repeat == 0]
    if parts:
        part = max(parts, key=lambda point: point.share)
        name = Text(f"Only {part.share:.0%} of the schemes", f"仅用 {part.share:.0%} 的案件")
        yield trial_step(name, Text("all of them", "全部案件"), part.worth)


def lesson_steps(evidence: Evidence) -> Iterator[Step]:
    """What was taught beside the bank's labels, or instead of them."""
    base, *others = evidence.experiments.injection.rows
    for row in others:
        if row.lesson in LESSONS_SHOWN:
            name = Text(f"Fixed trees: {row.label_en}", f"固定树模型：{row.label_zh}")
            yield trial_step(name, Text(base.label_en, base.label_zh), row.worth)


def label_step(evidence: Evidence) -> Step | None:
    """The labels that are used, against the truth as a teacher; None where nobody was illicit."""
    sets = [row for row in evidence.label_audit.sets if row.model == evidence.label_audit.chosen]
    if not sets:
        return None
    used = min(sets, key=lambda row: (not row.uses_dispositions, row.log_loss.value or float("inf")))
    return Step(
        name=Text("Fixed trees: the bank’s labels instead of the truth", "固定树模型：用银行标签"),
        over=Text("the same taught the truth", "由真值学习的同一模型"),
        alerts=None,
        bank=None,
        bank_gain=None,
        true=used.true_recall,
        true_gain=used.below_ceiling,
    )


def tuning_step(evidence: Evidence) -> Step | None:
    """Settings that a search found, against the fixed ones; None without the study or where it is stale."""
    studies = evidence.experiments.studies
    if studies.limits is None or studies.are_stale:
        return None
    name = named(RANKERS, REFERENCE)
    return trial_step(
        Text(f"{name.en}: settings searched on folds in time", f"{name.zh}：按时间折搜索参数"),
        Text("fixed trees, the same labels", "固定树模型，标签相同"),
        studies.limits.tuned,
    )


def model_pairs(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Models against what they are to improve on, as far as both were ranked."""
    best_part = next((name for name in evidence.models if name in evidence.experiments.stack_parts), None)
    pairs = [
        (REFERENCE, RULES),
        (LIBRARY_MODEL, REFERENCE),
        *((name, REFERENCE) for name in NETWORKS),
        (GRAPH, CONTROL),
        (STACK, best_part),
    ]
    for one, other in pairs:
        if other is not None and {one, other} <= set(evidence.truth.metrics):
            yield one, other


def model_step(evidence: Evidence, one: str, other: str) -> Step:
    """One ranker against another."""

    def gain(measured: Judged) -> Interval:
        return gap_between(measured, one, other).recall_at_budget

    return Step(
        name=named(RANKERS, one),
        over=in_a_sentence(other),
        alerts=_alerts(evidence, one),
        bank=evidence.bank.metrics[one].recall_at_budget,
        bank_gain=gain(evidence.bank),
        true=evidence.truth.metrics[one].recall_at_budget,
        true_gain=gain(evidence.truth),
    )


def anomaly_step(evidence: Evidence) -> Step | None:
    """A part of the budget for the anomaly score that validation likes best; None where none shares."""
    shared = [row for row in evidence.truth.anomaly_shares if row.share > 0]
    names = [name for name in evidence.models if name in MODELS and not MODELS[name].is_supervised]
    mine = [row for name in names[:1] for row in shared if row.ranker == name]
    if not mine:
        return None
    row = sorted(mine, key=lambda row: row.share)[len(mine) // 2]
    score = named(RANKERS, row.ranker)
    return Step(
        name=Text(f"{row.share:.0%} of the alerts by {score.en}", f"{row.share:.0%} 的预警由{score.zh}选择"),
        over=named(RANKERS, evidence.chosen),
        alerts=_alerts(evidence, evidence.chosen),
        bank=row.bank.recall,
        bank_gain=row.gain_bank,
        true=row.true.recall,
        true_gain=row.gain_true,
    )


def recall_ladder(evidence: Evidence) -> list[Step]:
    """Every step in the order in which a project takes them."""
    steps = [
        rules_step(evidence),
        *feature_steps(evidence),
        *learning_steps(evidence),
        *lesson_steps(evidence),
        label_step(evidence),
        tuning_step(evidence),
        *(model_step(evidence, *pair) for pair in model_pairs(evidence)),
        anomaly_step(evidence),
    ]
    return [step for step in steps if step is not None]


def steps_seen(steps: list[Step]) -> Text:
    """What to see in the ladder: the steps that provably change true recall, and how many do not."""
    sides = {side: [step for step in steps if step.verdict == EFFECTS[side]] for side in EFFECTS}

    def told(side: int) -> Text:
        names = [
            Text(f"{step.name.en} (over {step.over.en})", f"{step.name.zh}（相对{step.over.zh}）")
            for step in sides[side]
        ]
        return names_or_none(names, SEMICOLON)

    level, compared = (steps_that(steps, words) for words in ({EFFECTS[0]}, set(EFFECTS.values())))
    return Text(
        f"Provably raising true recall: {told(1).en}. Provably lowering it: {told(-1).en}. "
        f"Without a difference shown: {level} of {compared} steps compared.",
        f"经证实提高真实召回率：{told(1).zh}。经证实降低：{told(-1).zh}。"
        f"在比较的 {compared} 步中，{level} 步未显示差异。",
    )


def steps_counted(steps: list[Step]) -> Text:
    """The same in one sentence, beside the picture that names every step."""
    compared = steps_that(steps, set(EFFECTS.values()))
    up, level, down = (steps_that(steps, {EFFECTS[side]}) for side in (1, 0, -1))
    return Text(
        f"Of {compared} steps that were tried, {up} provably raised true recall, {down} provably lowered it, "
        f"and {level} showed no difference; those stay in.",
        f"在尝试的 {compared} 步中，经证实提高真实召回率的有 {up} 步，经证实降低的有 {down} 步，"
        f"其余 {level} 步未显示差异，照样列出。",
    )


def steps_that(steps: list[Step], verdicts: set[Text]) -> int:
    """How many steps have one of these effects."""
    what = " / ".join(sorted(verdict.en for verdict in verdicts))
    return how_many_of(
        steps, lambda step: step.verdict in verdicts, lambda step: step.true_gain and step.true_gain.low, what
    )


def _alerts(evidence: Evidence, ranker: str) -> int:
    return next(row.alerts for row in evidence.truth.alerts_spent if row.ranker == ranker)
