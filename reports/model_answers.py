"""What this run answers to the questions about models: the graph, recall, judging, the choice of family.

Each answer begins with its conclusion, and a conclusion follows the paired interval: a
difference is claimed only where the interval leaves out zero.
"""

from __future__ import annotations

from collections.abc import Iterable

from data.results import Interval
from models.schema import RULES
from models.zoo import MODELS
from reports.comparison import comparison_sentence, gap_between, places_sentence, told_apart
from reports.evidence import CONTROL, GRAPH, RECALL, Evidence, in_a_sentence
from reports.interview_frame import Answer
from reports.lesson_tables import honesty_said, variant_gain
from reports.steps import (
    EFFECTS,
    LIBRARY_MODEL,
    REFERENCE,
    Step,
    recall_ladder,
    signed,
    steps_seen,
    steps_that,
)
from reports.tracing import how_many, how_many_of
from reports.wording import (
    RANKERS,
    SEMICOLON,
    Text,
    joined,
    named,
    names_or_none,
    percent,
    worded_interval,
)

BLANK = Text(" ", "")
LINE_MODEL = "sequence"
PLAIN_NET = "net"
FIRST_RUNG = "windows"
TIMED = ("lightgbm", "xgboost", "random_forest", "svm_rbf", "logistic", "k_means", "pca", "gnn")


def sentences(parts: Iterable[Text | None]) -> Text:
    """Sentences one after the other; None is left out."""
    return joined([part for part in parts if part is not None], BLANK)


def compared_in_truth(evidence: Evidence, one: str, other: str) -> Text | None:
    """The true comparison of two rankers in recall; None where one of them was not ranked."""
    if not {one, other} <= set(evidence.truth.metrics):
        return None
    gap = gap_between(evidence.truth, one, other).recall_at_budget
    return comparison_sentence(in_a_sentence(one), in_a_sentence(other), gap, RECALL)


def true_gap(evidence: Evidence, one: str, other: str) -> Interval:
    """The paired difference of true recall of two rankers; empty where one was not ranked."""
    if not {one, other} <= set(evidence.truth.metrics):
        return Interval()
    return gap_between(evidence.truth, one, other).recall_at_budget


def concluded(gap: Interval, yes: Text, unsure: Text, no: Text) -> Text:
    """The conclusion that a paired difference allows."""
    if gap.low is None or gap.high is None:
        return Text("It could not be compared.", "无法比较。")
    return {1: yes, 0: unsure, -1: no}[told_apart(gap)]


# ------------------------------------------------------------------ 1: experience as training data


def library_concluded(evidence: Evidence) -> Text:
    """Whether experience as training data pays, as the last word of the answer."""
    gap = true_gap(evidence, LIBRARY_MODEL, REFERENCE)
    if gap.low is None:
        return Text(
            "Experience becomes rules and labels; whether it pays as training data was not measured here.",
            "经验成为规则与标签；作为训练数据是否有效，此处未测量。",
        )
    worth = concluded(
        gap,
        Text(
            "most of all as training data, which provably raises true recall",
            "尤以训练数据为甚，经证实提高真实召回率",
        ),
        Text("that it pays as training data is not proven", "作为训练数据是否有效尚未证实"),
        Text("and as training data it does harm", "而作为训练数据反而有害"),
    )
    return Text(
        f"Experience is code three times over: {worth.en} ({signed(gap).en}).",
        f"经验以三种方式成为代码：{worth.zh}（{signed(gap).zh}）。",
    )


def library_answer(evidence: Evidence) -> Text | None:
    """What the bank's library of typologies adds to its labels; None where no model learnt from it."""
    if not {LIBRARY_MODEL, REFERENCE} <= set(evidence.truth.metrics):
        return None
    gap = true_gap(evidence, LIBRARY_MODEL, REFERENCE)
    seen = gap_between(evidence.bank, LIBRARY_MODEL, REFERENCE).recall_at_budget
    worth = concluded(
        gap,
        Text("It pays", "有效"),
        Text("It does not provably pay", "效果未获证实"),
        Text("It does harm", "有害"),
    )
    return Text(
        f"Experience also becomes training data: the bank writes down each typology that it knows as a "
        f"small generator, and planted schemes of it join the bank’s own labels. {worth.en}: over the same "
        f"model without the library {signed(gap).en} of true recall; by the bank’s labels "
        f"{signed(seen).en}, which know only whom rules and samples brought up.",
        f"经验还能成为训练数据：银行把已知的每种洗钱类型写成小型生成器，其植入的案件与银行自有标签一同训练。"
        f"{worth.zh}：相对不用类型库的同一模型，真实召回率 {signed(gap).zh}；按银行标签 {signed(seen).zh}，"
        f"而标签只涉及规则与抽样带来的客户。",
    )


# ------------------------------------------------------------------ 3 and 4: the line, the graph


def line_answer(evidence: Evidence) -> tuple[Text, Text | None]:
    """Whether windows and the line help, as a conclusion, and what a model of the line adds."""
    gains = {row.ranking: row.true.gain or Interval() for row in evidence.ladder.rankings}
    windows, line = (gains.get(name, Interval()) for name in (FIRST_RUNG, LINE_MODEL))
    worth = (
        concluded(
            windows,
            Text("Yes to windows over the single payment", "相对单笔交易，时间窗有效"),
            Text("Windows are not shown to beat the single payment", "未显示时间窗比单笔交易更好"),
            Text("Windows are worse than the single payment", "时间窗不如单笔交易"),
        ),
        concluded(
            line,
            Text("yes to the line on top", "在其之上连续流水有效"),
            Text("not provably to the line on top", "在其之上连续流水的增益未获证实"),
            Text("the line on top harms", "在其之上连续流水反而有害"),
        ),
    )
    so = Text(
        f"{worth[0].en} ({signed(windows).en}); {worth[1].en} of windows and profile ({signed(line).en}).",
        f"{worth[0].zh}（{signed(windows).zh}）；{worth[1].zh}（相对时间窗与画像 {signed(line).zh}）。",
    )
    own = compared_in_truth(evidence, LINE_MODEL, REFERENCE)
    more = own and Text(f"Learnt as a line: {own.en}", f"直接学习流水：{own.zh}")
    return so, more


def graph_answer(evidence: Evidence) -> Answer:
    """Question 4: whether the edges bring anything, against every control."""
    nothing = Text("No graph model was trained on this data set.", "该数据集未训练图模型。")
    if GRAPH not in evidence.truth.metrics:
        return Answer(nothing, Text("Nothing can be said of it here.", "此处无法作答。"))
    intro = Text(
        "Customers and outside accounts are nodes, payments timed edges, and no edge is later than the "
        "moment scored. Three controls say whether that pays.",
        "客户与行外账户为节点，交易为带时间的有向边，不使用评分时点之后的边。是否值得，用三个对照回答。",
    )
    controls = [compared_in_truth(evidence, GRAPH, other) for other in (CONTROL, PLAIN_NET, REFERENCE)]
    network = next((row.true.gain for row in evidence.ladder.rankings if row.ranking == "network"), None)
    trees = Text(
        f"Trees given the network as features gain {signed(network).en} over the rung below.",
        f"以关联网络为特征的树模型相对下一级的增益为 {signed(network).zh}。",
    )
    cost = evidence.costs.models.get(GRAPH) if evidence.costs else None
    seconds = None if cost is None or cost.fit_seconds is None else f"{cost.fit_seconds:.0f}"
    price = seconds and Text(f"One fit took {seconds} seconds.", f"一次拟合用时 {seconds} 秒。")
    more = (trees, honesty_said(evidence.experiments.graph), price or None)
    return Answer(sentences((intro, *controls)), graph_concluded(evidence), sentences(more))


def graph_concluded(evidence: Evidence) -> Text:
    """What the edges are worth, by the control that has none."""
    verdict = concluded(
        true_gap(evidence, GRAPH, CONTROL),
        Text("the edges earn their place", "边带来了增益"),
        Text("the edges do not provably help", "边的作用未获证实"),
        Text("the edges do harm", "边反而有害"),
    )
    wiring = variant_gain(evidence.experiments.graph, "rewired")
    uses = concluded(
        wiring,
        Text("though wrong edges help it", "而打乱的边反而有益"),
        Text("and wrong edges are not shown to hurt it", "打乱的边也未显示有影响"),
        Text(
            "though the network does use them: wrong edges hurt it", "但网络确实在使用它们：打乱的边使其变差"
        ),
    )
    end = Text(
        "I would give trees the network as features first, and pay for a graph network only where its "
        "picture of the ring helps people.",
        "我会先把关联网络作为特征交给树模型，只有团伙视图对甄别有用时才为图网络付费。",
    )
    return Text(
        f"In recall at the budget {verdict.en}, {uses.en}. {end.en}",
        f"就预算内召回率而言，{verdict.zh}，{uses.zh}。{end.zh}",
    )


# ------------------------------------------------------------------ 6: recall


def recall_answer(evidence: Evidence) -> Answer:
    """Question 6: what was done to raise recall, and what of it worked."""
    base = evidence.truth.metrics[RULES].base_rate.value
    blind = percent(1 - base, 2) if base is not None else "–"
    best = evidence.chosen
    rules, model = (evidence.truth.metrics[who].recall_at_budget for who in (RULES, best))
    name, steps = in_a_sentence(best), recall_ladder(evidence)
    raised = names_or_none([step_said(step) for step in steps if step.verdict == EFFECTS[1]], SEMICOLON)
    level, compared = (steps_that(steps, words) for words in ({EFFECTS[0]}, set(EFFECTS.values())))
    said = Text(
        f"Recall at a fixed number of alerts. Accuracy is retired: alerting nobody would be {blind} "
        f"accurate. "
        f"With the same alerts the rules truly reach {worded_interval(rules)} and {name.en}, which the bank "
        f"would choose, {worded_interval(model)}. Each step was tried against its own base, with a paired "
        f"interval. What provably raised true recall: {raised.en}. {level} of {compared} steps showed no "
        f"difference, and they stand in the table too.",
        f"看固定预警量下的召回率。准确率不再使用：一个都不预警，准确率也有 {blind}。同样的预警量，"
        f"规则的真实召回率为 {worded_interval(rules)}，银行会选用的 {name.zh} 为 {worded_interval(model)}。"
        f"每一步都以自己的基准配对比较。经证实提高真实召回率的有：{raised.zh}。"
        f"{compared} 步中有 {level} 步未显示差异，同样列在表中。",
    )
    gap = compared_in_truth(evidence, best, RULES) or Text("", "")
    so = Text(
        f"{gap.en} A recall is quoted with its budget, its interval and both sets of labels, or not at all.",
        f"{gap.zh}谈召回率，须同时给出预警量、区间与两套标签，否则不谈。",
    )
    return Answer(said, so, steps_seen(steps))


def step_said(step: Step) -> Text:
    """A step with what it is compared with and its gain."""
    size = signed(step.true_gain)
    return Text(
        f"{step.name.en} over {step.over.en} ({size.en})", f"{step.name.zh}相对{step.over.zh}（{size.zh}）"
    )


# ------------------------------------------------------------------ 9: the family


def family_answer(evidence: Evidence) -> Answer:
    """Question 9: every family on the same split, budget and paired interval."""
    others = [name for name in evidence.models if name in MODELS and name != REFERENCE]
    if REFERENCE not in evidence.truth.metrics or not others:
        told = Text("Only one family was trained on this data set.", "该数据集只训练了一类模型。")
        return Answer(told, Text("No family is compared.", "未比较不同类别。"))
    sides: dict[int, list[Text]] = {1: [], -1: [], 0: []}
    for name in others:
        sides[told_apart(true_gap(evidence, name, REFERENCE))].append(named(RANKERS, name))
    places = [joined(names, SEMICOLON) if names else None for names in sides.values()]
    verdict = places_sentence(named(RANKERS, REFERENCE), *places)
    models = how_many(evidence.truth.metrics, lambda name: name in MODELS, "models")
    unlabelled = [named(RANKERS, name) for name in others if not MODELS[name].is_supervised]
    blind = names_or_none(unlabelled, SEMICOLON)
    said = Text(
        f"They were all trained: {models} models with the same split, budget and judge, by true recall. "
        f"{verdict.en} Without any label learn {blind.en}; these rank what is unusual, and most who are "
        f"unusual are honest.",
        f"都训练了：{models} 个模型使用相同的划分、预算与评判，比较真实召回率。{verdict.zh}"
        f"不使用任何标签的有 {blind.zh}，它们只按异常程度排序，而多数异常客户是正常的。",
    )
    level = how_many_of(
        others,
        lambda name: told_apart(true_gap(evidence, name, REFERENCE)) == 0,
        lambda name: true_gap(evidence, name, REFERENCE).low,
        "no difference measured",
    )
    so = Text(
        f"Not because boosting wins: {level} others are not told apart from it. Because it takes mixed, "
        f"skewed "
        f"and missing columns without scaling, fits fast and is explained exactly.",
        f"不是因为 GBDT 胜出：有 {level} 种与它无法区分。而是因为它无需缩放即可处理混合、偏态与缺失的特征，"
        f"训练快，且可精确归因。",
    )
    return Answer(said, so, family_costs(evidence))


def family_costs(evidence: Evidence) -> Text | None:
    """Seconds of one fit and memory of some families; None where nothing was measured."""
    if not evidence.costs:
        return None
    costs = [
        (named(RANKERS, name), evidence.costs.models[name]) for name in TIMED if name in evidence.costs.models
    ]
    known = [(name, cost) for name, cost in costs if cost.fit_seconds is not None]
    listed = [
        Text(f"{name.en} {cost.fit_seconds:.1f} s", f"{name.zh} {cost.fit_seconds:.1f} 秒")
        for name, cost in known
    ]
    told = names_or_none(listed, SEMICOLON)
    return Text(
        f"One fit took, on the machine of the benchmark: {told.en}.", f"基准机器上一次拟合用时：{told.zh}。"
    )
