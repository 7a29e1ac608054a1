"""View-model of the model file: two printable pages that a bank signs before a model goes to work.

The headings are those that supervisors ask for (SR 11-7; EBA guidelines on model risk): purpose,
limits, thresholds and who chose them, tests passed and failed, what lies below the line,
monitoring, fallback, changes, signatures.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.results.judged import RankerRecall
from models.results.over_time import Alarm
from models.schema import RULES
from models.zoo import MODELS
from reports.cards import LIMITS, CardRow, card_use, with_ends
from reports.comparison import comparison_sentence
from reports.evidence import Evidence, in_a_sentence
from reports.loop_pages import NOT_RUN, aim_said, verdict_of
from reports.results import Metrics
from reports.rulebook import SampleRow
from reports.several_worlds import worlds_seen
from reports.time_words import RUNBOOK
from reports.trial_tables import ClaimRow, claim_rows, claims_seen
from reports.wording import DASH, RANKERS, Text, count, named, percent, same

PROJECT = Text("assumption of this project; the owner confirms it", "本项目假设，须由负责人确认")
USE_ROWS = 10  # of a card: use, kind, inputs, sizes, periods
SIGNERS = (
    (Text("Model owner", "模型负责人"), Text("uses it as described", "按所述用途使用")),
    (Text("Independent validation", "独立验证"), Text("has repeated the tests", "已复核测试")),
    (
        Text("Head of financial crime", "反洗钱负责人"),
        Text("accepts limits and workload", "接受局限与工作量"),
    ),
    (
        Text("Model risk committee", "模型风险委员会"),
        Text("approves, with conditions or not", "批准（有无附加条件）"),
    ),
)


@dataclass(frozen=True)
class ThresholdRow:
    """A number that decides something, and who chose it."""

    what: Text
    value: Text
    chosen_by: Text


@dataclass(frozen=True)
class TriggerRow:
    """An alarm: what it reads, where it fires, what it read last, and what is then done."""

    name: Text
    reads: Text
    bounds: str
    last: str
    fires: bool
    owner: Text
    act: Text


@dataclass(frozen=True)
class TriedChange:
    """A change that was tried, and what became of it."""

    title: Text
    verdict: Text
    said: Text


@dataclass(frozen=True)
class ModelFile:
    """Everything that the template of the page needs."""

    name: Text
    version: str
    use: list[CardRow]
    parameters: str
    limits: list[Text]
    missed: Text | None
    thresholds: list[ThresholdRow]
    passed: list[ClaimRow]
    failed: list[ClaimRow]
    tests_seen: Text
    below: SampleRow
    below_said: Text
    elsewhere: Text | None
    triggers: list[TriggerRow]
    fallback: Text
    changes: list[TriedChange]
    changes_missing: Text | None
    signers: tuple[tuple[Text, Text], ...]


def threshold_rows(evidence: Evidence) -> list[ThresholdRow]:
    """The numbers that decide who is alerted, and when an alarm fires."""
    budget, time = evidence.budget, evidence.experiments.over_time
    return [
        ThresholdRow(
            Text("Alerts a week and thousand customers", "每千名客户每周预警数"),
            same(f"{budget.alerts_per_thousand_customers_week:g}"),
            PROJECT,
        ),
        ThresholdRow(
            Text("Silence after an alert", "预警后静默期"),
            Text(f"{budget.suppress_days} days", f"{budget.suppress_days} 天"),
            PROJECT,
        ),
        ThresholdRow(
            Text("Window in which an alert counts as in time", "视为及时的窗口"),
            Text(f"{budget.label_window_days} days", f"{budget.label_window_days} 天"),
            PROJECT,
        ),
        ThresholdRow(
            Text("Cut of the score", "得分切点"),
            Text("none: the highest of each week within the budget", "无固定切点：每周按预算取最高者"),
            Text("follows from the budget", "由预算决定"),
        ),
        ThresholdRow(
            Text("Index from which a feature counts as shifted", "特征漂移指数界限"),
            same(f"{time.index_bound:g}"),
            PROJECT,
        ),
    ]


def bounds_of(alarm: Alarm) -> str:
    """Between which readings an alarm is silent."""
    low, high = (DASH if end is None else f"{end:.3g}" for end in (alarm.low, alarm.high))
    return f"{low} … {high}"


def trigger_rows(evidence: Evidence) -> list[TriggerRow]:
    """Every alarm of the runbook with its reading in the last stretch that it read."""
    rows = []
    for entry in RUNBOOK:
        read = [
            row
            for row in evidence.experiments.over_time.alarms
            if row.kind == entry.kind and row.reading is not None
        ]
        last = max(read, key=lambda row: row.stretch, default=None)
        rows.append(
            TriggerRow(
                name=entry.name,
                reads=entry.reads,
                bounds=bounds_of(last) if last else DASH,
                last=f"{last.reading:.3g}" if last else DASH,
                fires=bool(last and last.fires),
                owner=entry.owner,
                act=entry.act,
            )
        )
    return rows


def below_said(below: SampleRow) -> Text:
    """One sentence on what lies below the rules' line."""
    if not below.alerts:
        return Text("Nothing lies below the line.", "预警线以下无触发。")
    at_most = percent(below.at_most)
    verdict = (
        Text("The sample excludes one report in a hundred.", "样本可排除百分之一的上报率。")
        if below.claim
        else Text("It does not exclude one report in a hundred.", "样本不能排除百分之一的上报率。")
    )
    return Text(
        f"Of {count(below.alerts)} would-be alerts below the rules’ line {count(below.reviewed)} were "
        f"reviewed and {count(below.reported)} reported; the sample allows up to {at_most}. {verdict.en}",
        f"规则预警线以下共 {count(below.alerts)} 条，抽样甄别 {count(below.reviewed)} 条，"
        f"上报 {count(below.reported)} 条；样本所允许的最高上报率为 {at_most}。{verdict.zh}",
    )


def fallback_said(evidence: Evidence) -> Text:
    """What is done without the model, and what that costs."""
    rules, mine = evidence.truth.metrics[RULES], evidence.truth.differences[evidence.chosen][RULES]
    compared = comparison_sentence(
        in_a_sentence(evidence.chosen), in_a_sentence(RULES), mine.recall_at_budget, "recall_at_budget"
    )
    recall = with_ends(rules.recall_at_budget)
    return Text(
        f"The rules at the same budget, which need no model and catch {recall.en} in truth. {compared.en} "
        f"They stay at work beside the model in any case; who switches over is the model owner, on the day.",
        f"改用同一预算下的规则，无需模型，真实召回率 {recall.zh}。{compared.zh}"
        "规则始终与模型并行；切换由模型负责人当日决定。",
    )


def unknown_said(part: RankerRecall | None) -> Text | None:
    """The limit that weighs most: whom the rules never hit."""
    if part is None or not part.customers:
        return None
    return Text(
        f"Of {part.customers} illicit customers whom no rule ever hit it catches {part.caught}.",
        f"在 {part.customers} 名从未触发规则的涉案客户中，识别 {part.caught} 名。",
    )


def change_log(evidence: Evidence) -> list[TriedChange]:
    """The turns of the feedback loop."""
    found = evidence.experiments.studies.iterations
    return [
        TriedChange(Text(turn.title_en, turn.title_zh), verdict_of(turn), aim_said(turn))
        for turn in (found.iterations if found else [])
    ]


def model_file(evidence: Evidence, metrics: Metrics) -> ModelFile:
    """The whole file, for the model that the bank chooses."""
    chosen, changes, claims = evidence.chosen, change_log(evidence), claim_rows(evidence, metrics)
    below = SampleRow.of(evidence.rule_report.lines.below)
    worlds = evidence.experiments.studies.worlds
    beyond = next((row for row in evidence.truth.beyond_rules if row.ranker == chosen), None)
    return ModelFile(
        name=named(RANKERS, chosen),
        version=evidence.experiments.verdicts.configuration,
        use=card_use(evidence, metrics, MODELS[chosen])[:USE_ROWS],
        parameters=", ".join(
            f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}"
            for key, value in evidence.tuned[chosen].choice.items()
        ),
        limits=list(LIMITS[:1] if worlds else LIMITS[:2]) + list(LIMITS[2:]),
        missed=unknown_said(beyond),
        thresholds=threshold_rows(evidence),
        passed=[row for row in claims if row.is_kept],
        failed=[row for row in claims if not row.is_kept],
        tests_seen=claims_seen(claims),
        below=below,
        below_said=below_said(below),
        elsewhere=worlds_seen(worlds) if worlds else None,
        triggers=trigger_rows(evidence),
        fallback=fallback_said(evidence),
        changes=changes,
        changes_missing=None if changes else NOT_RUN,
        signers=SIGNERS,
    )
