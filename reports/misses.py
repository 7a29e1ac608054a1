"""Why a figure of the calibration table lies where it does, in the numbers of the same run.

A miss is explained by what the figure is made of, never excused: each text counts parts
that the audit measured, and says where the lever is.
"""

from __future__ import annotations

from collections.abc import Callable

from models.results.truth import Anatomy, Histogram, Segment
from pipeline import Registry
from reports.evidence import Evidence
from reports.wording import COMMA, FACTS, Text, count, joined, named, percent, yuan

Explanation = Callable[[Evidence], Text]
EXPLANATIONS: Registry[Explanation] = Registry("explanation")
ILLICIT, LOOK_ALIKE = "illicit", "look_alike"  # kinds in a histogram
LARGEST = 3  # parts that a text names


def parts_of(evidence: Evidence) -> Anatomy:
    """What the audit counted to explain the figures with."""
    return evidence.truth.anatomy


def by_segment(
    evidence: Evidence, figure: Callable[[Segment], float | None], shown: Callable[[float], Text]
) -> Text:
    """One figure of every kind of customer, with how many customers there are of each."""
    told = []
    for row in parts_of(evidence).segments:
        measured = figure(row)
        if measured is not None:
            name, value = named(FACTS, row.kind), shown(measured)
            size = count(row.customers)
            told.append(Text(f"{value.en} for a {name.en} ({size})", f"{name.zh} {value.zh}（{size} 名）"))
    return joined(told, COMMA)


def money(value: float) -> Text:
    """An amount."""
    return Text(yuan(value), yuan(value))


def hours(value: float) -> Text:
    """A time."""
    return Text(f"{value:.3g} h", f"{value:.3g} 小时")


def plain_number(value: float) -> Text:
    """A number."""
    return Text(
        f"{value:,.3g}" if value < 1_000 else count(value), f"{value:.3g}" if value < 1_000 else count(value)
    )


def amounts_by_segment(evidence: Evidence, figure: Callable[[Segment], float | None]) -> Text:
    """Amounts by segment, and how much of the payments is small change."""
    segments = by_segment(evidence, figure, money)
    small = [row for row in parts_of(evidence).channels if row.channel in ("qr", "pos")]
    share = percent(sum(row.share or 0.0 for row in small), 0)
    return Text(
        f"Firms and persons are one figure here. Apart it is {segments.en}. Purchases by code and card are "
        f"{share} of the payments; the world draws daily shopping thinner than life to stay small, so that "
        "transfers, wages and firms’ payments weigh more.",
        f"该指标合计个人与单位，分开为：{segments.zh}。扫码与刷卡消费占 {share}；"
        "为控制规模，日常小额消费画得比现实稀疏，转账、工资与单位付款的比重因此偏高。",
    )


@EXPLANATIONS.register("amount_median_cny")
def amount_median(evidence: Evidence) -> Text:
    """Who pays how much, at the median."""
    return amounts_by_segment(evidence, lambda row: row.amount_median)


@EXPLANATIONS.register("amount_p90_cny")
def amount_p90(evidence: Evidence) -> Text:
    """Who pays how much, at the 90th percentile."""
    return amounts_by_segment(evidence, lambda row: row.amount_p90)


def rhythm(evidence: Evidence) -> Text:
    """How often each segment pays and is paid."""
    often = by_segment(evidence, lambda row: row.payments_per_month, plain_number)
    return Text(
        f"Payments a month: {often.en}. Few shops and firms pay often, most persons seldom: daily shopping "
        "is drawn thinner than life to keep the run short.",
        f"每月笔数：{often.zh}。少数商户与企业频繁，多数个人稀疏：为控制规模，日常消费画得比现实少。",
    )


EXPLANATIONS.register("payments_per_customer_month")(rhythm)
EXPLANATIONS.register("gap_p90_hours")(rhythm)


@EXPLANATIONS.register("gap_median_hours")
def gap_median(evidence: Evidence) -> Text:
    """The gap of each segment."""
    gaps = by_segment(evidence, lambda row: row.gap_median_hours, hours)
    return Text(f"By segment the median gap is {gaps.en}.", f"分客群的间隔中位数：{gaps.zh}。")


def counterparties(evidence: Evidence, figure: Callable[[Segment], float | None]) -> Text:
    """Counterparties by segment."""
    met = by_segment(evidence, figure, plain_number)
    return Text(
        f"By segment it is {met.en}. A shop meets as many parties as it has buyers over the run, and there "
        "are enough shops to be the top percent of all customers.",
        f"分客群为：{met.zh}。商户的对手数等于全程的顾客数，且商户数量足以占据全体客户的前 1%。",
    )


@EXPLANATIONS.register("counterparties_median")
def counterparties_median(evidence: Evidence) -> Text:
    """Counterparties at the median."""
    return counterparties(evidence, lambda row: row.counterparties_median)


@EXPLANATIONS.register("counterparties_p99")
def counterparties_p99(evidence: Evidence) -> Text:
    """Counterparties of the best connected percent."""
    return counterparties(evidence, lambda row: row.counterparties_p99)


@EXPLANATIONS.register("rule_alerts_per_thousand_customers_month")
def rule_alerts(evidence: Evidence) -> Text:
    """Which rules raise the alerts above the line."""
    found = parts_of(evidence)
    rows, whole = found.alerts_by_rule, found.alerts
    if not rows:
        return Text("No rule raised an alert.", "没有规则产生预警。")
    told = joined(
        [Text(*[f"{row.rule_id} {percent(row.alerts / whole, 0)}"] * 2) for row in rows[:LARGEST]],
        COMMA,
    )
    return Text(
        "The line (alert.line) is drawn on the training weeks, from the bank’s hands; later weeks raise what "
        "they bring, and so do alerts on which rules agree. "
        f"Of {count(whole)} alerts most name {told.en} (an alert may name several rules). The levers are the "
        "line and these rules’ thresholds.",
        "预警线（alert.line）按银行人手在训练期划定；其后各周视实际情况产生预警，多条规则同时触发的预警也不受其限。"
        f"{count(whole)} 条预警中，占比最高的规则为 {told.zh}（一条预警可含多条规则）。"
        "可调整的是预警线与这些规则的阈值。",
    )


@EXPLANATIONS.register("rule_precision")
def rule_precision(evidence: Evidence) -> Text:
    """Which of the rules with alerts are wrong most often."""
    rows = [row for row in evidence.truth.rule_table if row.alerts]
    if not rows:
        return Text("No rule raised an alert.", "没有规则产生预警。")
    largest = sorted(rows, key=lambda row: -row.alerts)[:LARGEST]
    told = [f"{row.rule_id} {percent(row.precision.value)} ({row.true}/{row.alerts})" for row in largest]
    found = parts_of(evidence)
    return Text(
        f"The rules with most alerts are truly right in: {', '.join(told)}. Against "
        f"{count(found.schemes)} schemes stand {count(found.look_alikes)} look-alikes made to set off "
        "the same rules; their number is an assumption (simulate.look_alikes_per_scheme) and the strongest "
        "lever.",
        f"预警最多的规则，其真实正确率为：{'、'.join(told)}。{count(found.schemes)} 个案件对应 "
        f"{count(found.look_alikes)} 个会触发同样规则的正常对照；其数量是本项目假设"
        "（simulate.look_alikes_per_scheme），影响最大。",
    )


@EXPLANATIONS.register("rule_recall")
def rule_recall(evidence: Evidence) -> Text:
    """Which typologies the rules never see."""
    rows = [row for row in evidence.truth.difficulty.rule_invisible if row.typology != "all"]
    unseen = sorted(rows, key=lambda row: (-(row.share.value or 0), row.typology))[:LARGEST]
    if not unseen:
        return Text("No scheme could be watched.", "没有可观察的案件。")
    told = [(named(evidence.names.typologies, row.typology), f"{row.unseen}/{row.schemes}") for row in unseen]
    whole = sum(row.schemes for row in rows)
    hidden = sum(row.unseen for row in rows)
    return Text(
        f"Of {whole} schemes {hidden} had no member hit by any rule in time; most hidden: "
        + ", ".join(f"{name.en} ({part})" for name, part in told)
        + ". A hit still counts only where its alert was raised in time for that customer.",
        f"{whole} 个案件中有 {hidden} 个的成员从未被及时触发，最隐蔽的是："
        + "、".join(f"{name.zh}（{part}）" for name, part in told)
        + "。触发还须在时限内形成该客户的预警才算召回。",
    )


def planted(evidence: Evidence) -> Text:
    """How many schemes the run holds and why."""
    found, world = parts_of(evidence), evidence.truth.world
    customers = sum(row.customers for row in found.segments)
    test = world.illicit_customers_in_test
    return Text(
        f"{count(found.schemes)} schemes were planted among {count(customers)} customers. A test that can "
        f"tell 60 % from 80 % recall needs about 60 illicit customers; this run has {count(test)} in the "
        "test. With the target’s share a bank of this size would have too few to measure anything.",
        f"{count(customers)} 名客户中植入 {count(found.schemes)} 个案件。要区分 60% 与 80% 的召回率，"
        f"测试期约需 60 名涉案客户；本次有 {count(test)} 名。"
        "若按目标占比，这样规模的银行样本太少，无法衡量。",
    )


EXPLANATIONS.register("illicit_customers_per_year")(planted)


@EXPLANATIONS.register("illicit_transaction_share")
def illicit_share(evidence: Evidence) -> Text:
    """What sets the prevalence."""
    found, world = parts_of(evidence), evidence.truth.world
    return Text(
        f"{count(world.illicit_transactions)} payments belong to {count(found.schemes)} schemes; the "
        "lever is simulate.schemes_per_typology against simulate.customers.",
        f"{count(world.illicit_transactions)} 笔交易属于 {count(found.schemes)} 个案件；"
        "由 simulate.schemes_per_typology 与 simulate.customers 之比决定。",
    )


@EXPLANATIONS.register("patternless_illicit_share")
def patternless(evidence: Evidence) -> Text:
    """Why most schemes here have a shape."""
    world = evidence.truth.world
    return Text(
        f"The others of {count(world.illicit_transactions)} illicit payments are part of a typology’s "
        "shape. In AMLworld proceeds also run through the launderers’ ordinary payments; here only members "
        "who are customers of this bank can be seen spending them.",
        f"{count(world.illicit_transactions)} 笔涉案交易中，其余均属于某一类型的固定形态。"
        "AMLworld 中赃款还会混入洗钱者的日常支付；此处只能看到本行客户如何花费。",
    )


def widest(histogram: Histogram, shown: Callable[[float], Text]) -> Text:
    """The bin in which schemes and look-alikes differ most."""
    edges, shares = histogram.edges, histogram.shares
    if not (histogram.sizes.get(ILLICIT) and histogram.sizes.get(LOOK_ALIKE)):
        return Text("One side is empty.", "其中一侧没有样本。")
    pairs = list(zip(shares[ILLICIT], shares[LOOK_ALIKE], strict=True))
    place = max(range(len(pairs)), key=lambda number: abs(pairs[number][0] - pairs[number][1]))
    low, high = shown(edges[place]), shown(edges[place + 1])
    illicit, double = (percent(part) for part in pairs[place])
    return Text(
        f"The two curves part most between {low.en} and {high.en}: {illicit} of the schemes’ side against "
        f"{double} of the look-alikes’. What lies there is told apart without any behaviour.",
        f"两条曲线在 {low.zh} 至 {high.zh} 之间差距最大：案件侧 {illicit}，正常对照侧 {double}。"
        "此处无需观察行为即可区分。",
    )


@EXPLANATIONS.register("amount_overlap")
def amount_overlap(evidence: Evidence) -> Text:
    """Where amounts give schemes away."""
    return widest(evidence.truth.distributions.amounts, money)


@EXPLANATIONS.register("gap_overlap")
def gap_overlap(evidence: Evidence) -> Text:
    """Where the time between payments gives schemes away."""
    return widest(evidence.truth.distributions.gaps, hours)


@EXPLANATIONS.register("counterparties_overlap")
def counterparties_overlap(evidence: Evidence) -> Text:
    """Where the number of counterparties gives customers away."""
    return widest(evidence.truth.distributions.counterparties, plain_number)


@EXPLANATIONS.register("declined_share")
def declined(evidence: Evidence) -> Text:
    """What makes a payment fail."""
    return Text(
        "A payment fails only for want of money or credit: habits are drawn from the income, so they seldom "
        "exceed it. Wrong numbers, limits and refusals by staff are not simulated.",
        "仅因余额或额度不足才会被拒；消费习惯按收入抽取，很少超出。账号错误、限额与柜面拒绝未模拟。",
    )
