"""The eleven questions of an interview, answered from this run's numbers and no others.

What this run did not measure is said to be not measured.
"""

from __future__ import annotations

from dataclasses import dataclass

from data.results import Interval
from models.results.ladder import Ladder
from reports.evidence import Evidence
from reports.explanation_answer import explained
from reports.loop_pages import replay_of, replay_said, turns_seen, turns_told
from reports.model_answers import (
    family_answer,
    graph_answer,
    judged_answer,
    library_answer,
    line_concluded,
    recall_answer,
)
from reports.pages import investigators
from reports.rulebook import rulebook
from reports.several_worlds import worlds_seen
from reports.wording import (
    COMMA,
    DASH,
    Text,
    count,
    joined,
    percent,
    worded_interval,
)

NOT_MEASURED = Text("Not measured in this run:", "本次运行未测量：")
LINE = "sequence"  # the group of features that a customer's line of payments gives


def attribution(evidence: Evidence, group: str) -> str:
    """Share of the attribution that the listed features of a group carry."""
    shares = evidence.faithfulness.feature_shares
    if not shares:
        return DASH
    groups = {name: row.group for name, row in evidence.catalogue.items()}
    return percent(sum(row.share for row in shares if groups.get(row.feature) == group))


def from_experience(evidence: Evidence) -> Text:
    """Question 1: one trace through the whole chain."""
    rules = [rule for rule in rulebook(evidence) if rule.seen.alerts]
    if not rules:
        return Text(
            "As a rulebook entry: red flag, indicator, predicate. No rule raised an alert in this data set.",
            "写成规则库条目：可疑特征、监测指标、判断条件。本数据集上没有规则产生预警。",
        )
    rule = max(rules, key=lambda row: (row.seen.reported, row.seen.rule_id))  # by what the bank counts
    case = next(
        (
            one
            for case in evidence.cases
            for one in case.parties
            if any(hit.rule_id == rule.seen.rule_id for hit in one.rule_hits)
        ),
        None,
    )
    shared = f"{rule.seen.reported} / {rule.seen.reviewed}"
    end_en = end_zh = ""
    speaking = [row for row in case.reasons if row.rank > 0] if case else []
    if case and speaking:
        reason = min(speaking, key=lambda row: row.rank)
        who = case.customer_name
        end_en = f" In the case of customer {who} the model’s first reason is “{reason.family_en}”."
        end_zh = f"在客户 {who} 的案例中，模型的首要理由是“{reason.family_zh}”。"
    taught = library_answer(evidence) or Text("", "")
    return Text(
        f"One trace: {rule.seen.rule_id} “{rule.name.en}” is a sentence, then a predicate over indicators, "
        f"then {count(rule.seen.hits)} hits and {count(rule.seen.alerts)} alerts; investigators reported "
        f"{shared}, "
        f"and {worded_interval(rule.precision)} of its alerts were truly illicit. The decisions became "
        f"dated "
        f"labels; the same indicators are columns of the models and words of the reasons.{end_en} "
        f"{taught.en}",
        f"以一条规则为例：{rule.seen.rule_id}“{rule.name.zh}”先是业务语言，再写成指标上的判断条件，"
        f"命中 {count(rule.seen.hits)} 次，形成 {count(rule.seen.alerts)} 条预警；甄别后上报 {shared}，"
        f"而预警中真实违法占 {worded_interval(rule.precision)}。甄别结论成为带日期的标签；"
        f"同一批指标既是模型的输入列，也是解释用语。{end_zh}{taught.zh}",
    )


def rung(ladder: Ladder, ranking: str, is_true: bool = True) -> str:
    """Recall of one ranking of the feature ladder with its interval, in truth or as the bank sees it."""
    row = next(row for row in ladder.rankings if row.ranking == ranking)
    return worded_interval((row.true if is_true else row.bank).recall)


def line_of_payments(evidence: Evidence) -> Text:
    """Question 3."""
    share, verdict = attribution(evidence, LINE), line_concluded(evidence)
    one, windows, profile_too, line, all_of_them = (
        rung(evidence.ladder, name) for name in ("single_line", "windows", "profile", "sequence", "network")
    )
    en = (
        f"At an equal budget one fixed model truly catches {one} from single payments, {windows} with "
        f"windows, {profile_too} with the profile, {line} with the line, {all_of_them} with the network."
    )
    zh = (
        f"同一预算下，同一固定模型的真实召回率：单笔流水 {one}，加时间窗 {windows}，"
        f"加画像 {profile_too}，加序列 {line}，加关联网络 {all_of_them}。"
    )
    return Text(
        f"{verdict.en} A single payment says little, so the unit is the customer as of a day, and the line "
        f"of payments enters as gaps, bursts, order, repeated amounts, lags and change points. Among the top "
        f"features they carry {share} of the attribution. {en}",
        f"{verdict.zh}单笔交易信息有限，因此以“客户＋日期”为单位，流水以间隔、突发、次序、重复金额、滞留与变点等特征进入模型；"
        f"在主要特征中合计占贡献的 {share}。{zh}",
    )


def customer_profile(evidence: Evidence) -> Text:
    """Question 5."""
    share = attribution(evidence, "profile")
    lead = next(iter(evidence.faithfulness.feature_shares), None)
    lead_en = f" The strongest feature is “{lead.label_en}” with {percent(lead.share)}." if lead else ""
    lead_zh = f"贡献最大的特征是“{lead.label_zh}”，占 {percent(lead.share)}。" if lead else ""
    seen, live, without = (
        rung(evidence.ladder, name, is_true=False)
        for name in ("rating_leaked", "rating_leaked_live", "network")
    )
    en = (
        f"Shown on purpose: today’s rating as a feature makes the bank measure a recall of {seen}; at "
        f"work the same model has {live}, and without any rating it is {without}."
    )
    zh = (
        f"特意演示：用当前风险等级作特征，银行测得召回率 {seen}；同一模型上线后为 {live}，"
        f"不使用等级则为 {without}。"
    )
    return Text(
        f"As tags with a history, read as of the day scored: a risk rating raised after a report would leak "
        f"the label. Tags enter as codes, as peer groups and as a yardstick (money against declared income, "
        f"wages and capital).{lead_en} Profile columns themselves carry {share} among the top features. {en}",
        f"以带生效区间的历史标签输入，只读取评分日有效的取值：上报后调高的风险等级会泄露标签。"
        f"画像既作为编码与同群划分，也作为尺度（如金额与申报收入、工资、注册资本之比）。{lead_zh}"
        f"画像特征本身在主要特征中占 {share}。{zh}",
    )


def suspicion(evidence: Evidence) -> Text:
    """Question 7."""
    counts = investigators(evidence)
    return Text(
        f"Suspicious is a judgement, illegal a verdict; the model ranks, a human decides, and the "
        f"customer is not "
        f"told. Of {count(counts.reported)} reports in this world {worded_interval(counts.right)} "
        f"were truly "
        f"illicit; of {count(counts.illicit)} illicit cases that investigators saw, they reported "
        f"{worded_interval(counts.found)}.",
        f"可疑是判断，违法是认定；模型只排序，决定由人作出，且不得向客户泄露。本次模拟中，"
        f"{count(counts.reported)} 份可疑报告里真实违法占 {worded_interval(counts.right)}；"
        f"甄别人员看到的 {count(counts.illicit)} 个违法案例中，上报 {worded_interval(counts.found)}。",
    )


def iterated(evidence: Evidence) -> Text:
    """Question 10."""
    trials = sum(len(result.trials) for result in evidence.tuned.values())
    searched = Text(
        f"{trials} trials over {len(evidence.tuned)} models were searched on validation, never on test.",
        f"在验证集上对 {len(evidence.tuned)} 个模型共搜索 {trials} 组参数，从未使用测试集。",
    )
    found = evidence.experiments.studies.iterations
    if found is None or not found.iterations:
        return Text(
            f"Each change is one reproducible run of the pipeline, compared on the metrics kept in git. "
            f"{searched.en} {NOT_MEASURED.en} a log of hypothesis, change, paired result, kept or reverted.",
            f"每次改动都是一次可复现的流水线运行，用纳入版本管理的指标比较。{searched.zh}"
            f"{NOT_MEASURED.zh}“假设、改动、配对结果、保留或撤回”的迭代记录。",
        )
    seen, told = turns_seen(found), turns_told(found)
    return Text(
        f"By the errors that investigators name: a slice of false alarms, a hypothesis, one change, the same "
        f"customers before and after, and a rule fixed beforehand for what is kept. {seen.en} In order: "
        f"{told.en}. {searched.en}",
        f"从甄别人员指出的错误出发：误报切片、假设、一项改动、相同客户前后配对比较，并按事先写定的规则决定去留。"
        f"{seen.zh}依次为：{told.zh}。{searched.zh}",
    )


def convinced(evidence: Evidence) -> Text:
    """Question 11."""
    studies = evidence.experiments.studies
    parts = [drawn_at_random(evidence)]
    replay = replay_said(replay_of(evidence), evidence.chosen)
    if replay is not None:
        parts.append(replay)
    if studies.worlds is not None:
        parts.append(worlds_seen(studies.worlds))
    if studies.iterations is not None:
        parts.append(turns_seen(studies.iterations))
    missing = [
        words
        for words, is_there in (
            (Text("a blind replay of past cases", "历史案例盲测回放"), replay is not None),
            (Text("another world", "其他世界"), studies.worlds is not None),
            (
                Text("a change made on investigators’ feedback", "根据甄别人员反馈所作的改动"),
                studies.iterations is not None,
            ),
        )
        if not is_there
    ]
    if missing:
        told = joined(missing, COMMA)
        parts.append(Text(f"{NOT_MEASURED.en} {told.en}.", f"{NOT_MEASURED.zh}{told.zh}。"))
    return joined(parts, Text(" ", ""))


def drawn_at_random(evidence: Evidence) -> Text:
    """What reviews found that no rule had chosen."""
    drawn = evidence.bank.funnel.decisions.random
    size = drawn.decided
    if not size:
        return Text(
            f"With samples that no rule chose. {NOT_MEASURED.en} this data set has no reviews.",
            f"依靠不受规则影响的样本。{NOT_MEASURED.zh}该数据集没有甄别记录。",
        )
    found = worded_interval(Interval.of_count(drawn.reported, size))
    return Text(
        f"With samples that no rule chose: {size} customers were reviewed at random and "
        f"{drawn.reported} reported, {found}. "
        "Each case page leads with facts that an investigator can check.",
        f"依靠不受规则影响的样本：随机抽查 {size} 名客户，上报 {drawn.reported} 名，占 {found}。"
        "每个案例先列甄别人员可核对的事实。",
    )


ELEVEN = (
    (Text("How does business experience become code?", "业务经验如何变成代码？"), from_experience),
    (Text("How is an alert explained?", "预警如何解释？"), explained),
    (Text("A single payment, or the whole line?", "单条交易还是连续流水？"), line_of_payments),
    (Text("What does the graph network bring?", "图神经网络带来什么？"), graph_answer),
    (Text("How does the customer profile enter?", "用户画像如何输入模型？"), customer_profile),
    (Text("Accuracy or recall?", "准确率还是召回率？"), recall_answer),
    (Text("Suspicious or illegal?", "可疑交易等于违法交易吗？"), suspicion),
    (
        Text("How is the effect judged when truth is missing?", "现实中没有真值，如何判断效果？"),
        judged_answer,
    ),
    (
        Text(
            "Why gradient boosting, and not forest, SVM, PCA or K-means?",
            "为何用 GBDT，而非随机森林、SVM、PCA、K-means？",
        ),
        family_answer,
    ),
    (Text("How is the model improved?", "模型怎么迭代？"), iterated),
    (Text("How is the business convinced?", "如何让业务部门信服？"), convinced),
)


@dataclass(frozen=True)
class Answered:
    """A question of an interview and what this run says to it."""

    number: int
    question: Text
    answer: Text


def questions(evidence: Evidence) -> list[Answered]:
    """The eleven questions with their answers."""
    return [
        Answered(number, question, answer(evidence)) for number, (question, answer) in enumerate(ELEVEN, 1)
    ]
