"""The eleven questions of an interview, answered from this run's numbers and no others.

What this run did not measure is said to be not measured.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from models.results.ladder import Ladder, LadderRanking
from reports.evidence import Evidence, in_a_sentence
from reports.explanation_answer import attribution, explained
from reports.interview import FRAMES
from reports.interview_figures import CAPTIONS, FIGURES
from reports.interview_frame import Answer, Frame
from reports.judging_answer import judged_answer
from reports.loop_answers import convinced, iterated
from reports.model_answers import (
    LINE_MODEL,
    family_answer,
    graph_answer,
    library_answer,
    library_concluded,
    line_answer,
    recall_answer,
    sentences,
)
from reports.pages import investigators
from reports.rulebook import rulebook
from reports.wording import Text, count, percent, worded_interval


def from_experience(evidence: Evidence) -> Answer:
    """Question 1: one trace through the whole chain."""
    rules = [rule for rule in rulebook(evidence) if rule.seen.alerts]
    so = library_concluded(evidence)
    if not rules:
        return Answer(
            Text(
                "As a rulebook entry: red flag, indicator, predicate. No rule raised an alert in this data "
                "set.",
                "写成规则库条目：可疑特征、监测指标、判断条件。本数据集上没有规则产生预警。",
            ),
            so,
        )
    rule = max(rules, key=lambda row: (row.seen.reported, row.seen.rule_id))  # by what the bank counts
    seen, precision = rule.seen, worded_interval(rule.precision)
    said = Text(
        f"In three ways. As a rule: {seen.rule_id} “{rule.name.en}” is a sentence, then a predicate over "
        f"indicators, then {count(seen.hits)} hits and {count(seen.alerts)} alerts. As a label: "
        f"investigators reported {count(seen.reported)} of the {count(seen.reviewed)} that they reviewed, "
        f"and each decision, with its date, is what models learn from; in truth {precision} of its alerts "
        f"are illicit. As training data: the bank writes each typology that it knows as a small generator, "
        f"and planted schemes of it join its own labels. The same indicators are columns of the models and "
        f"words of the reasons, so people and models speak of the same things.",
        f"三种方式。一是规则：{seen.rule_id}“{rule.name.zh}”先是业务语言，再写成指标上的判断条件，"
        f"触发 {count(seen.hits)} 次，形成 {count(seen.alerts)} 条预警。二是标签：甄别 "
        f"{count(seen.reviewed)} 条，上报 {count(seen.reported)} 条，带日期的结论就是模型学习的标签；"
        f"按真值，其预警中涉案占 {precision}。三是训练数据：银行把已知类型写成小型生成器，"
        f"植入的案件与自有标签一同训练。同一批指标既是模型的输入列，也是解释用语，人与模型说的是同一件事。",
    )
    return Answer(said, so, library_answer(evidence))


def rung(ladder: Ladder, ranking: str) -> LadderRanking:
    """One ranking of the feature ladder."""
    return next(row for row in ladder.rankings if row.ranking == ranking)


def true_recall(ladder: Ladder, ranking: str) -> str:
    """True recall of one ranking with its interval."""
    return worded_interval(rung(ladder, ranking).true.recall)


def line_of_payments(evidence: Evidence) -> Answer:
    """Question 3."""
    share, (so, own) = attribution(evidence, LINE_MODEL), line_answer(evidence)
    one, windows, profile_too, line, all_of_them = (
        true_recall(evidence.ladder, name)
        for name in ("single_line", "windows", "profile", "sequence", "network")
    )
    said = Text(
        f"The unit is the customer as of a day, not the payment. One fixed model, always with the same "
        f"number of alerts, truly catches {one} from single payments, {windows} with windows of amounts, "
        f"days and parties, {profile_too} with the profile, {line} with the line of payments (gaps, bursts, "
        f"order, repeated sums, lags) and {all_of_them} with the network. Among the top features those of "
        f"the line carry {share} of the attribution.",
        f"单位是“客户＋日期”，不是单笔交易。同一固定模型、同样的预警量，真实召回率：单笔流水 {one}；"
        f"加时间窗（金额、天数、对手）{windows}；加画像 {profile_too}；"
        f"加连续流水（间隔、突发、次序、重复金额、滞留）{line}；加关联网络 {all_of_them}。"
        f"在主要特征中，流水特征合计占贡献的 {share}。",
    )
    return Answer(said, so, own)


def lost_at_work(ladder: Ladder) -> Text:
    """What a leaked rating promises on paper over what it holds at work, where their intervals lie apart."""
    seen, live = (rung(ladder, name).bank.recall for name in ("rating_leaked", "rating_leaked_live"))
    so = Text("A tag is worth what was known on the day", "标签的价值取决于当日能否得知")
    if None in (seen.value, live.value) or (seen.low or 0.0) <= (live.high or 1.0):
        return Text(
            f"{so.en}; that the leaked rating loses at work is not shown here.",
            f"{so.zh}；此处未显示泄露的等级上线后会失效。",
        )
    lost = f"{100 * ((seen.value or 0.0) - (live.value or 0.0)):.1f}"
    return Text(
        f"{so.en}; of what the leaked rating promised, {lost} points of recall were paper.",
        f"{so.zh}；泄露的等级所承诺的召回率中，有 {lost} 个百分点只存在于纸面。",
    )


def customer_profile(evidence: Evidence) -> Answer:
    """Question 5."""
    share, ladder = attribution(evidence, "profile"), evidence.ladder
    seen, live, without = (
        worded_interval(rung(ladder, name).bank.recall)
        for name in ("rating_leaked", "rating_leaked_live", "network")
    )
    said = Text(
        f"As tags with a history, read as of the day scored, never as they stand today. They enter as "
        f"codes, as peer groups and as a yardstick: money against declared income, wages and capital. "
        f"Profile columns themselves carry {share} among the top features. Shown on purpose: a bank raises "
        f"the risk rating after a report, so today’s rating knows the label. With it the bank measures a "
        f"recall of {seen}; at work the same model has {live}, and without any rating it is {without}.",
        f"以带生效区间的历史标签输入，只读取评分日有效的取值，不用当前值。画像既作编码与同群划分，"
        f"也作尺度：金额与申报收入、工资、注册资本之比。画像特征本身在主要特征中占 {share}。特意演示："
        f"上报后银行会调高风险等级，因此当前等级已“知道”标签。用它时银行测得召回率 {seen}；"
        f"同一模型上线后为 {live}，不使用等级则为 {without}。",
    )
    lead = next(iter(evidence.faithfulness.feature_shares), None)
    more = (
        None
        if lead is None
        else Text(
            f"The strongest feature of all is “{lead.label_en}” with {percent(lead.share)}.",
            f"贡献最大的特征是“{lead.label_zh}”，占 {percent(lead.share)}。",
        )
    )
    return Answer(said, lost_at_work(ladder), more)


def suspicion(evidence: Evidence) -> Answer:
    """Question 7."""
    counts, funnel = investigators(evidence), evidence.bank.funnel
    right = worded_interval(counts.right)
    said = Text(
        f"No. Suspicious is a bank’s judgement, illegal a court’s. The model ranks, a person decides, and "
        f"the customer is told nothing. In this world {count(funnel.alerts)} alerts became "
        f"{count(counts.reported)} reports of cases, of which {right} were truly illicit; of "
        f"{count(counts.illicit)} illicit cases before them investigators reported "
        f"{worded_interval(counts.found)}, and of {count(counts.innocent)} innocent ones "
        f"{worded_interval(counts.wronged)}.",
        f"不等于。可疑是银行的判断，违法由司法认定。模型只排序，由人作结论，不得向客户泄露。"
        f"本次模拟中，{count(funnel.alerts)} 条预警形成 {count(counts.reported)} 份案件报告，"
        f"其中真实涉案占 {right}；面前的 {count(counts.illicit)} 个涉案案例中，甄别人员上报 "
        f"{worded_interval(counts.found)}；{count(counts.innocent)} 个正常案例中误报 "
        f"{worded_interval(counts.wronged)}。",
    )
    name = in_a_sentence(evidence.chosen)
    so = Text(
        f"A place at the top of {name.en}’s queue is a reason to look, a report is a reason to suspect, and "
        f"neither is proof.",
        f"{name.zh} 排在前面只是查看的理由，上报只是怀疑的理由，两者都不是证据。",
    )
    return Answer(said, so)


ANSWERS: tuple[Callable[[Evidence], Answer], ...] = (
    from_experience,
    explained,
    line_of_payments,
    graph_answer,
    customer_profile,
    recall_answer,
    suspicion,
    judged_answer,
    family_answer,
    iterated,
    convinced,
)


@dataclass(frozen=True)
class Followed:
    """What is asked next, and the answer with what the run adds in numbers."""

    asked: Text
    said: Text


@dataclass(frozen=True)
class Answered:
    """A question of an interview, what this run says to it, and what stands around the answer."""

    number: int
    answer: Answer
    frame: Frame
    followed: list[Followed]
    figure: Markup | None = None
    caption: Text | None = None


def answered(number: int, evidence: Evidence, plain: Evidence) -> Answered:
    """One question with its answer.

    Parameters
    ----------
    plain : the evidence from which pictures are drawn
    """
    frame, drawn = FRAMES[number - 1], FIGURES[number - 1]
    followed = [
        Followed(one.asked, sentences([one.said, one.measured(evidence) if one.measured else None]))
        for one in frame.followed
    ]
    return Answered(
        number, ANSWERS[number - 1](evidence), frame, followed, drawn(plain), CAPTIONS.get(number)
    )


def questions(evidence: Evidence, plain: Evidence | None = None) -> list[Answered]:
    """The eleven questions with their answers; ``plain`` is the evidence without sources, for pictures."""
    return [answered(number, evidence, plain or evidence) for number in range(1, len(ANSWERS) + 1)]
