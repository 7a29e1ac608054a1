"""View-model of what was wanted: how the goal of the patterned was set, and what limits the goals."""

from __future__ import annotations

from dataclasses import dataclass

from data.results import Interval
from models.results.bounds import LimitsStudy, Reach
from reports.evidence import Evidence
from reports.headline import ALERT_SHARE, OF_ORACLE, HeadlineFigures
from reports.rankings import points, points_range
from reports.steps import signed
from reports.wording import Text, joined, named, percent, worded_interval
from verdicts import OUTCOMES_ZH, Claim, outcome

CHOICE, TREES, HINDSIGHT = "champion", "oracle", "hindsight"  # learners of the study
TAUGHT = "oracle_of_champion"  # the champion's family with perfect labels
PATTERNED = "headline.recall_patterned"  # figure of the claim that repeats an earlier world's goal
LEARNERS = {
    CHOICE: Text("the bank’s choice, as it ran", "银行所选模型（实际运行）"),
    "bank": Text("fixed trees, the bank’s labels", "固定树模型，银行标签"),
    TREES: Text("fixed trees, the truth of every earlier week", "固定树模型，此前各周真值"),
    TAUGHT: Text(
        "the choice’s own settings and library, the truth of every earlier week",
        "所选模型的参数与类型库，此前各周真值",
    ),
    HINDSIGHT: Text(
        "fixed trees, the truth of the test’s other schemes too", "固定树模型，另加测试期其他案件真值"
    ),
}
REACHED = {
    1: Text("would reach it", "可以达到"),
    0: Text("are not shown to reach it, nor to miss it", "能否达到无法断定"),
    -1: Text("would miss it as well", "同样达不到"),
}


def side_of(found: Interval, wanted: float, at_most: bool = False) -> int:
    """1 where the whole of an interval is on the right side of a bound, -1 on the wrong one, 0 in between."""
    if found.low is None or found.high is None:
        return 0
    above = int(found.low >= wanted) - int(found.high < wanted)
    below = int(found.high <= wanted) - int(found.low > wanted)
    return below if at_most else above


def patterned_said(evidence: Evidence, figures: HeadlineFigures) -> Text | None:
    """The earlier world's figure and its claim, and the goal set anew; None where nobody claimed it."""
    claims: list[Claim] = evidence.experiments.verdicts.claims
    claim = next((one for one in claims if one.figure == PATTERNED and one.above is not None), None)
    goal = figures.goals.oracle_share
    if claim is None or claim.above is None or goal.found is None:
        return None
    said = outcome(claim, figures.recall_patterned)
    verdict = Text(said, OUTCOMES_ZH[said])
    met = Text("met", "达到") if goal.missed_by == 0 else Text("missed", "未达到")
    old, mine = percent(claim.above, 0), worded_interval(figures.recall_patterned)
    oracle, share, found = (
        worded_interval(figures.oracle_recall_at_budget),
        percent(OF_ORACLE, 0),
        percent(goal.found),
    )
    return Text(
        f"{old} of those with a patterned payment was the goal of an earlier world. It stands among the "
        f"claims fixed beforehand, where its verdict is “{verdict.en}” ({mine}), and stays so. For this "
        f"world the goal was to be set from its own oracle, a LightGBM taught the truth of every earlier "
        f"week, which reaches {oracle} of all illicit customers: at least {share} of that. Found: {found}, "
        f"{met.en}.",
        f"有模式交易者的召回率 {old} 是早先一个世界的目标。它列在事先写定的判断中，结论为“{verdict.zh}”"
        f"（{mine}），不作改动。本世界的目标应依其自身上界设定：由此前各周真值学习的 LightGBM 识别全部涉案"
        f"客户的 {oracle}，目标为至少达到其 {share}。结果：{found}，{met.zh}。",
    )


@dataclass(frozen=True)
class LearnerRow:
    """One learner on the goals; ``gaps`` are its differences from the champion in points, with ranges."""

    name: Text
    found: Reach
    budget: str
    gaps: list[tuple[str, str]]


@dataclass(frozen=True)
class LimitsSection:
    """What the template needs."""

    rows: list[LearnerRow]
    wanted: float
    seeds: int
    folds: int
    seen: Text


def learner_row(found: Reach) -> LearnerRow:
    """One line of the table."""
    return LearnerRow(
        name=named(LEARNERS, found.learner),
        found=found,
        budget="–" if found.budget_for_unknown is None else f"{found.budget_for_unknown:g} ×",
        gaps=[(points(gap), points_range(gap)) for gap in found.over],
    )


def unlabelled_said(study: LimitsStudy, rows: dict[str, Reach]) -> Text:
    """What keeps the recall of those whom labels do not know: labels, alerts, the test's own schemes."""
    mine, taught = rows[CHOICE], rows[TAUGHT]
    able, wanted = REACHED[side_of(taught.unknown, study.wanted_unknown)], percent(study.wanted_unknown, 0)
    more = taught.budget_for_unknown
    alerts = (
        Text("not even with three times the alerts do they", "三倍预警也达不到")
        if more is None
        else Text(f"with {more:g} times the alerts they do", f"以 {more:g} 倍预警可以达到")
    )
    trees, late = (worded_interval(rows[name].unknown) for name in (TREES, HINDSIGHT))
    gap = signed(taught.over_champion_unknown)
    return Text(
        f"Unknown to the labels, {wanted} wanted: the bank’s choice finds {worded_interval(mine.unknown)}. "
        f"Taught the truth of every week before the test it finds {worded_interval(taught.unknown)} "
        f"({gap.en}): such labels {able.en}; {alerts.en}. The test’s other schemes taught too, the fixed "
        f"trees go from {trees} to {late}.",
        f"标签未知者，要求 {wanted}：银行所选模型识别 {worded_interval(mine.unknown)}。"
        f"若由测试期前各周真值学习，为 {worded_interval(taught.unknown)}（{gap.zh}）：{able.zh}；"
        f"{alerts.zh}。再学习测试期其他案件，固定树模型由 {trees} 变为 {late}。",
    )


def alerts_said(rows: dict[str, Reach]) -> Text:
    """What keeps the alerts that the rules' recall takes."""
    mine, taught = rows[CHOICE].alert_share, rows[TAUGHT].alert_share
    able = REACHED[side_of(taught, ALERT_SHARE, at_most=True)]
    return Text(
        f"The rules’ recall with {percent(ALERT_SHARE, 0)} of their alerts wanted: the bank’s choice needs "
        f"{worded_interval(mine)}, taught the truth {worded_interval(taught)}: such labels {able.en}.",
        f"以规则 {percent(ALERT_SHARE, 0)} 的预警达到其召回率：银行所选模型需 {worded_interval(mine)}，"
        f"由真值学习时需 {worded_interval(taught)}：{able.zh}。",
    )


def stricter_said(rows: dict[str, Reach]) -> Text | None:
    """The choice's recall over that of its own family taught the truth; None where nobody is found."""
    mine, taught = rows[CHOICE], rows[TAUGHT]
    shares = [
        None if one.value is None or not other.value else one.value / other.value
        for one, other in ((mine.everyone, taught.everyone), (mine.patterned, taught.patterned))
    ]
    everyone, patterned = shares
    if everyone is None or patterned is None:
        return None
    enough = (
        Text("which is enough by this measure too", "按此衡量亦达标")
        if everyone >= OF_ORACLE
        else Text("short of the goal by this stricter measure", "按此更严的衡量未达标")
    )
    wanted, trees = percent(OF_ORACLE, 0), worded_interval(rows[TREES].everyone)
    return Text(
        f"The choice’s own family, settings and library taught the truth finds "
        f"{worded_interval(taught.everyone)} of everyone; the fixed trees of the run’s oracle find {trees} "
        f"here. The choice reaches {percent(everyone, 0)} of the former where {wanted} were wanted, "
        f"{enough.en}; of the patterned {percent(patterned, 0)} of {worded_interval(taught.patterned)}.",
        f"所选模型的同类模型，参数与类型库相同，由真值学习，识别全部涉案客户的 "
        f"{worded_interval(taught.everyone)}；"
        f"本次运行用作上界的固定树模型在此为 {trees}。所选模型达到前者的 {percent(everyone, 0)}，"
        f"要求 {wanted}，{enough.zh}；有模式交易者为 {worded_interval(taught.patterned)} 的 "
        f"{percent(patterned, 0)}。",
    )


def limits_section(evidence: Evidence) -> LimitsSection | None:
    """The study; None where none was kept."""
    study: LimitsStudy | None = evidence.experiments.studies.limits
    if study is None:
        return None
    by_name: dict[str, Reach] = {row.learner: row for row in study.rows}
    told = [stricter_said(by_name), unlabelled_said(study, by_name), alerts_said(by_name)]
    seen = joined([one for one in told if one is not None], Text(" ", ""))
    listed = [learner_row(row) for row in study.rows]
    return LimitsSection(listed, study.wanted_unknown, study.seeds, study.folds, seen)
