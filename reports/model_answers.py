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
from reports.evidence import CONTROL, GRAPH, RECALL, Evidence, headline, in_a_sentence
from reports.features import UNSTABLE
from reports.lesson_tables import coverage_said, honesty_said
from reports.steps import (
    LIBRARY_MODEL,
    REFERENCE,
    recall_ladder,
    signed,
    steps_seen,
)
from reports.wording import (
    COMMA,
    METRICS,
    RANKERS,
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


def line_concluded(evidence: Evidence) -> Text:
    """Whether the line of payments helps, as features and as a model of its own."""
    rung = next((row.true.gain for row in evidence.ladder.rankings if row.ranking == LINE_MODEL), None)
    gap = rung or Interval()
    verdict = concluded(
        gap,
        Text("Does the line help? Yes", "连续流水有用吗？有用"),
        Text("Does the line help? Not provably", "连续流水有用吗？未获证实"),
        Text("Does the line help? No, it harms", "连续流水有用吗？没有，反而有害"),
    )
    own = compared_in_truth(evidence, LINE_MODEL, REFERENCE)
    more = Text("", "") if own is None else Text(f" Learnt as a line: {own.en}", f"直接学习流水：{own.zh}")
    return Text(
        f"{verdict.en}: its features bring {signed(gap).en} of true recall on top of windows and profile, "
        f"which already count amounts, days and parties over time.{more.en}",
        f"{verdict.zh}：在时间窗与画像之上，其特征对真实召回率的增益为 {signed(gap).zh}；"
        f"时间窗本身已统计一段时间内的金额、天数与对手。{more.zh}",
    )


def graph_answer(evidence: Evidence) -> Text:
    """Question 4: whether the edges bring anything, against every control."""
    if GRAPH not in evidence.truth.metrics:
        return Text("No graph model was trained on this data set.", "该数据集未训练图模型。")
    verdict = concluded(
        true_gap(evidence, GRAPH, CONTROL),
        Text("The edges earn their place.", "边带来了增益。"),
        Text(
            "The edges do not provably help: without them the same network is not shown to be worse.",
            "边的作用未获证实：去掉边的同一网络并未显示更差。",
        ),
        Text("The edges do harm.", "边反而有害。"),
    )
    network = next((row.true.gain for row in evidence.ladder.rankings if row.ranking == "network"), None)
    cost = evidence.costs.models.get(GRAPH) if evidence.costs else None
    seconds = None if cost is None or cost.fit_seconds is None else f"{cost.fit_seconds:.0f}"
    return sentences(
        (
            verdict,
            compared_in_truth(evidence, GRAPH, CONTROL),
            compared_in_truth(evidence, GRAPH, PLAIN_NET),
            compared_in_truth(evidence, GRAPH, REFERENCE),
            Text(
                f"Trees given the network as features gain {signed(network).en} over the rung below.",
                f"以关联网络为特征的树模型相对下一级的增益为 {signed(network).zh}。",
            ),
            honesty_said(evidence.experiments.graph),
            Text(
                "Customers and outside accounts are nodes, payments timed edges, and no edge is later than "
                "the moment scored.",
                "客户与行外账户为节点，交易为带时间的有向边，不使用评分时点之后的边。",
            ),
            None
            if seconds is None
            else Text(f"One fit took {seconds} seconds.", f"一次拟合用时 {seconds} 秒。"),
        )
    )


# ------------------------------------------------------------------ 6: recall


def recall_answer(evidence: Evidence) -> Text:
    """Question 6: what was done to raise recall, and what of it worked."""
    base = evidence.truth.metrics[RULES].base_rate.value
    blind = percent(1 - base, 2) if base is not None else "–"
    best, metric = evidence.chosen, METRICS[RECALL]
    rules, model = (evidence.truth.metrics[who].recall_at_budget for who in (RULES, best))
    name, seen = in_a_sentence(best), steps_seen(recall_ladder(evidence))
    return Text(
        f"Recall at a fixed number of alerts; accuracy is retired, for alerting nobody would be {blind} "
        f"accurate. {metric.en}, in truth: the rules {worded_interval(rules)}, {name.en}, which the bank "
        f"would choose, {worded_interval(model)}. What was tried to raise it, each step against its own "
        f"base with a paired interval: {seen.en}",
        f"看固定预警量下的召回率；准确率不再使用，因为一个都不预警，准确率也有 {blind}。真实{metric.zh}："
        f"规则 {worded_interval(rules)}，银行会选用的 {name.zh} {worded_interval(model)}。"
        f"为提高召回率所作的各步，均以各自的基准配对比较：{seen.zh}",
    )


# ------------------------------------------------------------------ 8: judging without the truth


def judged_answer(evidence: Evidence) -> Text:
    """Question 8: how far the bank's own measure misleads, and what it has instead of the truth."""
    top = headline(evidence)
    bank, true = worded_interval(top.bank.best), worded_interval(top.true.best)
    told = Text(
        f"By matured labels on later weeks, and here a second time by the truth. On validation the bank "
        f"chooses {top.best_name.en} ({worded_interval(top.validation)} of {top.validation_customers} "
        f"customers); in the test it believes a recall of {bank}, and {true} is true. "
        f"{top.over_rules.true.recall.en}",
        f"依靠成熟后的标签与更晚的周次；此处另按真实情况再衡量一次。银行在验证集上选择{top.best_name.zh}"
        f"（{top.validation_customers} 名客户的 {worded_interval(top.validation)}）；"
        f"测试期它以为召回率是 {bank}，真实为 {true}。{top.over_rules.true.recall.zh}",
    )
    return sentences(
        (
            told,
            coverage_said(evidence),
            beyond_said(evidence),
            random_said(evidence),
            novel_said(evidence),
            moved_said(evidence),
        )
    )


def beyond_said(evidence: Evidence) -> Text | None:
    """Whom the chosen model finds that no rule hit."""
    row = headline(evidence).beyond
    if row is None or not row.customers:
        return None
    share, name = worded_interval(row.recall), in_a_sentence(evidence.chosen)
    return Text(
        f"Outside every rule, {name.en} catches {row.caught} of {row.customers}, {share}.",
        f"在规则之外，{name.zh} 捕获 {row.caught} / {row.customers}，即 {share}。",
    )


def random_said(evidence: Evidence) -> Text:
    """What a real bank has beside its labels: reviews that no rule chose."""
    found = evidence.experiments.calibration
    return Text(
        f"A real bank has only its own column, and reviews drawn at random: {found.random_subjects} "
        f"customer-weeks of the test carry such a review, {found.random_reported} of them reported, which "
        f"bounds how much is missed.",
        f"真实银行只有自己的一列，外加随机抽查：测试期 {found.random_subjects} 个客户周有抽查结论，"
        f"其中上报 {found.random_reported} 个；它能给出漏报的上界。",
    )


def novel_said(evidence: Evidence) -> Text | None:
    """Recall on what nobody had seen before the test; None where nothing began in it."""
    row = next((row for row in evidence.truth.anomaly_shares if row.share == 0), None)
    if row is None or not row.novel.customers:
        return None
    name = in_a_sentence(evidence.chosen)
    return Text(
        f"Of typologies that began in the test, {name.en} catches {row.novel.caught} of "
        f"{row.novel.customers} customers.",
        f"对测试期才出现的类型，{name.zh} 捕获 {row.novel.customers} 名客户中的 {row.novel.caught} 名。",
    )


def moved_said(evidence: Evidence) -> Text:
    """What warns of a drop before labels mature."""
    moved = sum(
        row.psi is not None and row.psi > UNSTABLE for row in evidence.catalogue.values()
    )  # nan compares false
    size = len(evidence.catalogue)
    return Text(
        f"Before labels mature only the inputs can warn: {moved} of {size} features moved between training "
        f"and test by a stability index above {UNSTABLE:g}.",
        f"标签成熟之前只有输入能发出警示：{size} 个特征中有 {moved} 个"
        f"在训练期到测试期的稳定性指标高于 {UNSTABLE:g}。",
    )


# ------------------------------------------------------------------ 9: the family


def family_answer(evidence: Evidence) -> Text:
    """Question 9: every family on the same split, budget and paired interval."""
    others = [name for name in evidence.models if name in MODELS and name != REFERENCE]
    if REFERENCE not in evidence.truth.metrics or not others:
        return Text("Only one family was trained on this data set.", "该数据集只训练了一类模型。")
    sides: dict[int, list[Text]] = {1: [], -1: [], 0: []}
    for name in others:
        sides[told_apart(true_gap(evidence, name, REFERENCE))].append(named(RANKERS, name))
    places = [joined(names, COMMA) if names else None for names in sides.values()]
    verdict = places_sentence(named(RANKERS, REFERENCE), *places)
    unlabelled = [named(RANKERS, name) for name in others if not MODELS[name].is_supervised]
    blind = names_or_none(unlabelled)
    return Text(
        f"They were trained: {len(others) + 1} models with the same split, budget and judge, by true recall. "
        f"{verdict.en} Without any label: {blind.en}; these rank what is unusual. Trees take mixed, skewed "
        f"and missing columns without scaling; what each family costs stands in the table of the zoo.",
        f"都训练了：{len(others) + 1} 个模型使用相同的划分、预算与评判，比较真实召回率。{verdict.zh}"
        f"不使用任何标签的有：{blind.zh}，它们只按异常程度排序。树模型无需缩放即可处理混合、偏态与缺失的特征；"
        f"各类模型的成本见模型总览表。",
    )
