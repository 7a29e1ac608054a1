"""View-model of a study: whether any weighing of models could beat the best of them."""

from __future__ import annotations

from dataclasses import dataclass

from models.results.bounds import Blend, BlendedParts, StackStudy
from reports.comparison import told_apart
from reports.evidence import Evidence, in_a_sentence
from reports.rankings import points, points_range
from reports.steps import effect, signed
from reports.wording import RANKERS, ROLES, Text, joined, named, worded_interval

AND = Text(", ", "、")
SCALES = {
    "places": Text("places in the week", "周内名次"),
    "margins": Text("margins", "原始得分"),
}
LEADS = {
    1: Text(
        "weights told by the truth do win beyond the schemes that chose them, so that what the stack lacks "
        "is a better teacher of its weights",
        "由真值确定的权重对未参与选择的案件同样有效，可见堆叠所缺的是更好的权重依据",
    ),
    0: Text(
        "not even weights told by the truth are shown to beat the best part beyond the schemes that "
        "chose them",
        "即使权重由真值确定，对未参与选择的案件也未显示高于最佳组成模型",
    ),
    -1: Text(
        "even weights told by the truth lose beyond the schemes that chose them",
        "即使权重由真值确定，对未参与选择的案件反而更差",
    ),
}


@dataclass(frozen=True)
class BlendRow:
    """Some parts in the weeks of one role, weighed in one way; differences in points with their range."""

    role: Text
    parts: Text
    scale: Text
    best: Text
    found: BlendedParts
    blend: Blend
    differences: list[tuple[str, str]]
    weights: Text
    verdict: Text


@dataclass(frozen=True)
class BoundSection:
    """What the template needs."""

    rows: list[BlendRow]
    halvings: int
    seen: Text


def blend_row(found: BlendedParts, blend: Blend) -> BlendRow:
    """One line of the table."""
    told = [
        Text(f"{named(RANKERS, name).en} {weight:.2f}", f"{named(RANKERS, name).zh} {weight:.2f}")
        for name, weight in blend.weights.items()
        if weight > 0
    ]
    return BlendRow(
        role=ROLES[found.role],
        parts=joined([named(RANKERS, one.part) for one in found.parts], AND),
        scale=named(SCALES, blend.scale),
        best=named(RANKERS, found.best_part),
        found=found,
        blend=blend,
        differences=[(points(gap), points_range(gap)) for gap in found.leads(blend)],
        weights=joined(told, AND),
        verdict=effect(blend.crossed_lead),
    )


def bounds_seen(study: StackStudy) -> Text:
    """What the parts could win together on the test, in hindsight and crosswise; the stack's own first."""
    first, *others = (row for row in study.rows if row.role == "test")
    told = [together_said(first), weights_said(first.blends[0]), stack_said(study, first.groups)]
    return joined([*told, *(more_said(row) for row in others)], Text(" ", ""))


def together_said(found: BlendedParts) -> Text:
    """Whether the parts see different customers at all."""
    best, lead = in_a_sentence(found.best_part), found.together_lead
    alone = next(one.recall for one in found.parts if one.part == found.best_part)
    apart = (
        Text("they see different customers", "各模型所见客户不同")
        if told_apart(lead) > 0
        else Text("that they see different customers is not shown", "未显示各模型所见客户不同")
    )
    whole, mine = worded_interval(found.together), worded_interval(alone)
    return Text(
        f"The parts of the stack together find {whole} of the illicit, with a whole budget each; {best.en} "
        f"alone {mine} ({signed(lead).en}): {apart.en}.",
        f"堆叠的各组成模型各用一份完整预算，合计识别 {whole} 的涉案客户；{best.zh} 单独为 {mine}"
        f"（{signed(lead).zh}）：{apart.zh}。",
    )


def weights_said(blend: Blend) -> Text:
    """What weights told by the truth win over the best part, on one budget."""
    flattered, honest = signed(blend.hindsight_lead), signed(blend.crossed_lead)
    verdict = LEADS[told_apart(blend.crossed_lead)]
    return Text(
        f"On one budget, weights that the truth of the test chose win {flattered.en} over the best part "
        f"where the same customers judge them: an oracle, and the most that any of {blend.weightings} "
        f"weightings reaches. Chosen by one half of the schemes and judged by the other they win "
        f"{honest.en}: {verdict.en}.",
        f"在同一份预算下，按测试期真值选取权重并由同一批客户评判，相对最佳组成模型增益 "
        f"{flattered.zh}：此为知晓真值的上界，是 {blend.weightings} 组权重所能达到的最高值。"
        f"由一半案件选取权重、另一半评判，增益 {honest.zh}：{verdict.zh}。",
    )


def more_said(found: BlendedParts) -> Text:
    """The same crosswise with a further part."""
    lead, best = signed(found.blends[0].crossed_lead), in_a_sentence(found.best_part)
    return Text(
        f"With {best.en} among the parts, crosswise over it alone: {lead.en}.",
        f"将 {best.zh} 也纳入组成模型，交叉评判相对其单独使用：{lead.zh}。",
    )


def stack_said(study: StackStudy, groups: int) -> Text:
    """The stack as it was fitted, and how many schemes a lead of its size would need to be shown."""
    lead = signed(study.stack_lead)
    if study.schemes_needed is None:
        return Text(f"The stack as fitted: {lead.en}.", f"实际拟合的堆叠：{lead.zh}。")
    return Text(
        f"The stack as fitted: {lead.en}; were a lead of this size real, about {study.schemes_needed} "
        f"schemes would show it, and the test has {groups}. That bounds weighted means on this test; it is "
        f"no proof about every other way to join models.",
        f"实际拟合的堆叠：{lead.zh}；若该增益属实，约需 {study.schemes_needed} 个案件才能显示，而测试期有 "
        f"{groups} 个。以上界定的是本测试期的加权平均，并不证明其他组合方式也无效。",
    )


def bound_section(evidence: Evidence) -> BoundSection | None:
    """The study; None where none was kept."""
    study: StackStudy | None = evidence.experiments.studies.stack
    if study is None:
        return None
    rows = [blend_row(found, blend) for found in study.rows for blend in found.blends]
    return BoundSection(rows, study.halvings, bounds_seen(study))
