"""A card of each model: its data and parameters, how good it is in both views, and its limits."""

from __future__ import annotations

from dataclasses import dataclass

from data.results import Interval
from models.schema import RULES
from models.zoo import GRAPH, LIBRARY, LINES, MODELS, Model
from reports.comparison import comparison_sentence
from reports.evidence import Evidence, in_a_sentence
from reports.headline import headline_of
from reports.results import Metrics
from reports.wording import COMMA, METRICS, RANKERS, Text, count, joined, named, percent, same
from reports.zoo_tables import KINDS, REFERENCE, Cost

READS = {
    GRAPH: Text("the graph of payments", "交易关联图"),
    LIBRARY: Text("planted schemes of the bank's own library", "银行自建案例库中的植入案件"),
    LINES: Text("the line of payments of each customer", "每名客户的交易序列"),
}
FEATURES = Text("the features of each customer's week", "每个客户周的特征")
LABELS = {
    True: Text(
        "Its labels come from rules and from the decisions of investigators: whom nobody reviewed counts as "
        "innocent. Its recall among those whom the labels do not know stands above.",
        "标签来自规则与甄别结论：无人甄别者视为正常。对标签未知者的召回率见上。",
    ),
    False: Text(
        "It has no labels: it finds what is unusual, and what is unusual is mostly innocent.",
        "不使用标签：它找出异常者，而异常者大多正常。",
    ),
}
LIMITS = (
    Text(
        "A score is a rank within its week and no probability; a human decides.",
        "得分只是周内排序，不是概率；由人工作出决定。",
    ),
    Text(
        "One simulated world: intervals cover the draw of schemes and customers in it, not another world.",
        "仅一个模拟世界：区间涵盖该世界中案件与客户的抽样，不涵盖其他世界。",
    ),
    Text(
        "It must be fitted anew when rules, limits or the mix of typologies change.",
        "规则、限额或类型构成变化时须重新拟合。",
    ),
)


@dataclass(frozen=True)
class CardRow:
    """One line of a card."""

    what: Text
    said: Text


@dataclass(frozen=True)
class Card:
    """The card of one model, in sections."""

    name: Text
    tables: list[tuple[Text, list[CardRow]]]
    limits: list[Text]


def with_ends(interval: Interval) -> Text:
    """A share with its interval, or a dash."""
    if interval.value is None or interval.low is None or interval.high is None:
        return same(percent(interval.value))
    low, high = percent(interval.low), percent(interval.high)
    return Text(
        f"{percent(interval.value)} ({low} to {high})", f"{percent(interval.value)}（{low} 至 {high}）"
    )


def card_use(evidence: Evidence, metrics: Metrics, model: Model) -> list[CardRow]:
    """What the model is for, and what it was given."""
    world, reads = metrics.world, [FEATURES, *(READS[name] for name in sorted(model.needs))]
    taught = [row for row in evidence.bank.labels if row.role == "train"]
    weeks, suspicious = sum(row.subjects for row in taught), sum(row.suspicious for row in taught)
    return [
        CardRow(
            Text("Use", "用途"),
            Text("ranks customers each week for a fixed number of alerts", "每周在固定预警数内对客户排序"),
        ),
        CardRow(Text("Kind", "类别"), KINDS[model.is_supervised]),
        CardRow(Text("Reads", "读取"), joined(reads, COMMA)),
        CardRow(Text("Features", "特征"), same(count(len(evidence.catalogue)))),
        CardRow(Text("Customers of the bank", "银行客户数"), same(count(world.customers))),
        CardRow(Text("Payments", "交易数"), same(count(world.transactions))),
        CardRow(Text("Learnt in", "训练期"), same(dates_of(evidence, "train"))),
        CardRow(Text("Weeks of customers in it", "训练客户周"), same(count(weeks))),
        CardRow(Text("Sum of their labels", "标签之和"), same(f"{suspicious:,.1f}")),
        CardRow(Text("Judged in", "测试期"), same(dates_of(evidence, "test"))),
    ]


def dates_of(evidence: Evidence, role: str) -> str:
    """The first local date of a period of the run and the one after its last; empty without it."""
    found = (f"{row.starts_at} – {row.ends_at}" for row in evidence.bank.periods if row.name == role)
    return next(found, "")


def card_figures(evidence: Evidence, metrics: Metrics, name: str) -> list[CardRow]:
    """How good the model is in both views, against the reference and the rules, and what it costs."""
    found, parts = metrics.models[name], headline_of(evidence.truth, name).parts
    rows = [
        CardRow(joined([METRICS[metric], view], Text(", ", "，")), with_ends(of.figure(metric)))
        for metric in ("recall_at_budget", "precision_at_budget", "average_precision")
        for view, of in (
            (Text("bank sees", "银行所见"), found.bank),
            (Text("true", "真实"), found.true),
        )
    ]
    for other in (REFERENCE, RULES):
        if other != name and other in evidence.truth.metrics:
            gap = evidence.truth.differences[name][other].recall_at_budget
            mine, theirs = map(in_a_sentence, (name, other))
            said = comparison_sentence(mine, theirs, gap, "recall_at_budget")
            rows.append(CardRow(joined([Text("Beside", "对比"), named(RANKERS, other)], same(" ")), said))
    cost = Cost.of(evidence.costs.models.get(name))
    return [
        *rows,
        CardRow(
            Text("True recall, known to the labels", "真实召回率，标签已知者"), with_ends(parts.known.recall)
        ),
        CardRow(Text("True recall, unknown", "真实召回率，标签未知者"), with_ends(parts.unknown.recall)),
        CardRow(Text("Seconds to fit", "拟合秒数"), same(cost.fit)),
        CardRow(Text("Rows scored a second", "每秒打分行数"), same(cost.speed)),
        CardRow(Text("Memory, MB", "内存（MB）"), same(cost.memory)),
    ]


def card(evidence: Evidence, metrics: Metrics, name: str) -> Card:
    """The card of one model of the zoo."""
    model = MODELS[name]
    parameters = [
        CardRow(same(key), same(f"{value:.4g}" if isinstance(value, float) else str(value)))
        for key, value in evidence.tuned[name].choice.items()
    ]
    return Card(
        name=named(RANKERS, name),
        tables=[
            (Text("Data and use", "数据与用途"), card_use(evidence, metrics, model)),
            (Text("Parameters", "参数"), parameters),
            (Text("Measured", "测量结果"), card_figures(evidence, metrics, name)),
        ],
        limits=[LABELS[model.is_supervised], *LIMITS],
    )
