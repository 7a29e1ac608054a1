"""The tour of ten minutes: seven stops from a payment to the limits, in the run's own numbers."""

from __future__ import annotations

from dataclasses import dataclass

from reports.case_choice import curated, known_cases
from reports.evidence import Evidence, in_a_sentence
from reports.finding import counted, unseen
from reports.results import Metrics
from reports.rulebook import rulebook
from reports.tracing import how_many, share_of
from reports.wording import Text, count, percent, worded_interval


@dataclass(frozen=True)
class Stop:
    """One stop: what stands there, and the page that shows more.

    Parameters
    ----------
    figure : the number to remember
    page : key of a page of the site
    """

    title: Text
    figure: Text
    said: Text
    page: str


def world_stop(metrics: Metrics) -> Stop:
    """A bank whose truth is known."""
    world = metrics.world
    share = percent(metrics.rules.true.base_rate.value, 2)
    return Stop(
        Text("The world", "世界"),
        Text(f"{count(world.customers)} customers", f"{count(world.customers)} 名客户"),
        Text(
            f"A simulated bank with {count(world.transactions)} payments. In the test weeks "
            f"{count(world.illicit_customers_in_test)} customers of {count(world.illicit_groups_in_test)} "
            f"schemes launder; {share} of all customer-weeks are illicit. The truth is written down, and "
            "only the simulated investigators and the audit may read it.",
            f"一家模拟银行，共 {count(world.transactions)} 笔交易。测试期有 "
            f"{count(world.illicit_groups_in_test)} 个案件的 {count(world.illicit_customers_in_test)} "
            f"名客户涉案；"
            f"涉案客户周占 {share}。真值已记录，只有模拟的甄别人员与审计可以读取。",
        ),
        "world",
    )


def rule_stop(evidence: Evidence) -> Stop | None:
    """A sentence of an experienced person that became a predicate; None where no rule alerts."""
    rules = [row for row in rulebook(evidence) if row.seen.alerts]
    if not rules:
        return None
    rule = max(rules, key=lambda row: (row.seen.reported, row.seen.rule_id))
    seen = rule.seen
    reviewed = (
        Text("every one was reviewed", "全部甄别")
        if seen.reviewed == seen.alerts
        else Text(f"{count(seen.reviewed)} were reviewed", f"甄别 {count(seen.reviewed)} 条")
    )
    return Stop(
        Text("The rule", "规则"),
        Text(f"{seen.rule_id}: {count(seen.hits)} hits", f"{seen.rule_id}：触发 {count(seen.hits)} 次"),
        Text(
            f"“{rule.name.en}” is a sentence, then a predicate over indicators. Of its {count(seen.alerts)} "
            f"alerts {reviewed.en} and {count(seen.reported)} reported; in truth "
            f"{worded_interval(rule.precision)} are illicit.",
            f"“{rule.name.zh}”先是业务语言，再写成指标上的判断条件。{count(seen.alerts)} 条预警"
            f"{reviewed.zh}、上报 {count(seen.reported)} 条；真实涉案占 "
            f"{worded_interval(rule.precision)}。",
        ),
        "rules",
    )


def label_stop(evidence: Evidence) -> Stop:
    """What people decide becomes what models learn."""
    funnel, told = evidence.bank.funnel, evidence.truth.dispositions
    illicit = told.reported_true + told.dismissed_true
    found = worded_interval(share_of(told.reported_true, illicit))
    return Stop(
        Text("The label", "标签"),
        Text(
            f"{count(funnel.alerts)} alerts → {count(funnel.reports)} reported",
            f"{count(funnel.alerts)} 条预警 → 上报 {count(funnel.reports)} 条",
        ),
        Text(
            f"People decide, and the decision with its date is the label. They err: of {count(illicit)} "
            f"illicit "
            f"cases before them they report {found}. Whom nobody reviewed counts as innocent.",
            f"由人作出结论，带日期的结论就是标签。人也会错：面前的 {count(illicit)} 个涉案案例中上报 "
            f"{found}。"
            f"无人甄别的客户按正常计。",
        ),
        "labels",
    )


def model_stop(metrics: Metrics) -> Stop:
    """The model that the bank would put to work."""
    name = in_a_sentence(metrics.chosen.name)
    figures = metrics.models[metrics.chosen.name]
    models = how_many(metrics.models, lambda _: True, "models and the stack")
    true, seen = (worded_interval(side.recall_at_budget) for side in (figures.true, figures.bank))
    return Stop(
        Text("The model", "模型"),
        name,
        Text(
            f"{models} models learn from the labels on the same split and budget. The bank "
            f"chooses "
            f"{name.en} by what it can see before the test. It believes a recall of {seen}; true is {true}.",
            f"{models} 个模型按相同划分与预算从标签学习。银行依据测试前可见的数字选择 "
            f"{name.zh}，"
            f"以为召回率是 {seen}，真实为 {true}。",
        ),
        "models",
    )


def gap_stop(metrics: Metrics) -> Stop | None:
    """The finding; None where nobody launders in the test."""
    counts = metrics.counts
    if counts is None or not counts.known + counts.unknown:
        return None
    first, second = counted(metrics, counts), unseen(metrics, counts)
    return Stop(
        Text("The gap", "差距"),
        Text(
            f"{count(counts.known)} known, {count(counts.unknown)} never recognised",
            f"已认出 {count(counts.known)} 名，从未认出 {count(counts.unknown)} 名",
        ),
        Text(f"{first.en} {second.en}", f"{first.zh}{second.zh}"),
        "index",
    )


def case_stop(evidence: Evidence) -> Stop | None:
    """The first of the cases to read first; None without a case."""
    if not evidence.cases:
        return None
    stories = curated(known_cases(evidence.cases, evidence.members))
    case = next((known.case for _, known in stories if known is not None), evidence.cases[0])
    cases = how_many(evidence.cases, lambda _: True, "cases")
    people = how_many(case.parties, lambda _: True, "alerted customers")
    return Stop(
        Text("The case", "案例"),
        Text(f"case {case.case_id}", f"案例 {case.case_id}"),
        Text(
            f"{cases} cases have a page. This one joins {people} alerted "
            f"{'customer' if people == 1 else 'customers'}: facts first, then reasons, then what speaks "
            "against them; a person decides, and the truth stands folded away at the end.",
            f"{cases} 个案例各有一页。此案涉及 {people} 名被预警客户：先事实，再理由，"
            "再列排除因素；由人决定，真值折叠在末尾。",
        ),
        f"cases/{case.case_id}",
    )


def limits_stop(evidence: Evidence) -> Stop:
    """What all of this cannot say."""
    number = how_many(evidence.experiments.verdicts.claims, lambda _: True, "claims")
    return Stop(
        Text("The limits", "局限"),
        Text(f"{number} claims fixed beforehand", f"事先写定 {number} 项主张"),
        Text(
            "Schemes, look-alikes and their rates are ours, and who writes the criminals also writes the "
            "features. A figure says how methods compare in this world, never how well one works in a real "
            "bank. Claims were written down before the test was looked at; those that failed are shown.",
            "案件、正常对照及其占比由我们设定，写犯罪行为的人也写特征。数字只说明各方法在本模拟中的比较，"
            "不代表真实银行的效果。主张在查看测试前写定，未成立的同样列出。",
        ),
        "method",
    )


def tour(evidence: Evidence, metrics: Metrics) -> list[Stop]:
    """The stops in order; those that this data set does not have are left out."""
    stops = [
        world_stop(metrics),
        rule_stop(evidence),
        label_stop(evidence),
        model_stop(metrics),
        gap_stop(metrics),
        case_stop(evidence),
        limits_stop(evidence),
    ]
    return [stop for stop in stops if stop is not None]
