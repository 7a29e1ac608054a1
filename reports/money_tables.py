"""View-model of the section on money, time and cost: what is reached, what it costs, which rules stay."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from data.results import Interval
from models.results.money import (
    Advice,
    AdviceRow,
    AlertCost,
    AtStake,
    CostPoint,
    MoneyAudit,
    RankerReach,
    Reached,
    RuleVerdict,
    RuleWorth,
)
from reports.audit_figures import Panel, interval_panels
from reports.comparison import size_of, told_apart
from reports.drawing import WIDTH, figure
from reports.evidence import RECALL, Evidence
from reports.rankings import points, points_range
from reports.trial_figures import Curve, panel
from reports.wording import DASH, RANKERS, SEMICOLON, VIEWS, Text, joined, named, names_or_none, percent, same

RAN = Text("The rulebook as it really ran", "实际运行的规则库")
VERDICTS = {
    "keep": Text("keep", "保留"),
    "tune": Text("tune", "调整"),
    "retire": Text("retire", "停用"),
    "unknown": Text("too little known", "数据不足"),
}
PANEL_LEFT = (46.0, 500.0)  # where the two panels of the cost curve begin
PANELS_HIGH = 340.0


@dataclass(frozen=True)
class ReachCells:
    """What a ranker reaches in one view, as the table prints it."""

    view: str
    money: Interval
    over: str
    over_range: str
    clubs: Interval
    waits: list[Interval]
    median: str

    @classmethod
    def of(cls, view: str, found: Reached) -> ReachCells:
        """As the table prints it."""
        return cls(
            view,
            found.money,
            points(found.money_over_rules),
            points_range(found.money_over_rules),
            found.clubs,
            [point.alerted for point in found.delays],
            DASH if found.median_days is None else f"{found.median_days:.0f}",
        )


@dataclass(frozen=True)
class ReachRow:
    """A ranker and what it reaches in both views."""

    name: Text
    alerts: int
    views: tuple[ReachCells, ReachCells]


def reach_rows(evidence: Evidence) -> list[ReachRow]:
    """The rules, the models as everywhere, the rulebook as it ran last."""
    found = {row.ranker: row for row in evidence.money.rankers}
    shown = [(named(RANKERS, name), found[name]) for name in evidence.rankers if name in found]
    ran = [(RAN, row) for row in evidence.money.rankers if row.ranker not in evidence.rankers]
    return [
        ReachRow(name, row.alerts, (ReachCells.of("bank", row.bank), ReachCells.of("true", row.true)))
        for name, row in [*shown, *ran]
    ]


def reached_by(money: MoneyAudit, ranker: str) -> RankerReach:
    """The row of one ranker; it must be there."""
    return next(row for row in money.rankers if row.ranker == ranker)


def lead_in_words(gap: Interval, what: Text) -> Text:
    """Whether a paired difference over the rules shows anything."""
    if gap.value is None:
        return Text(f"{what.en}: not measurable", f"{what.zh}：无法测量")
    shown = size_of(gap, RECALL)
    said = {
        1: Text("more than the rules", "多于规则"),
        0: Text("no difference from the rules shown", "与规则相比未显示差异"),
        -1: Text("less than the rules", "少于规则"),
    }[told_apart(gap)]
    return Text(f"{what.en}: {said.en} ({shown.en})", f"{what.zh}：{said.zh}（{shown.zh}）")


def reach_seen(evidence: Evidence) -> Text:
    """What to see among the rankers: the chosen one beside the rules, in truth."""
    true = reached_by(evidence.money, evidence.money.chosen).true
    leads = joined(
        [
            lead_in_words(true.money_over_rules, Text("Money reached", "可及资金")),
            lead_in_words(
                true.clubs_over_rules, Text("schemes of which anybody is caught", "至少识别一人的案件")
            ),
        ],
        SEMICOLON,
    )
    name = named(RANKERS, evidence.money.chosen)
    money, clubs = percent(true.money.value, 0), percent(true.clubs.value, 0)
    return Text(
        f"In truth {name.en} touches {clubs} of the schemes; {money} of the illicit money moves after the "
        f"alert, the rest is gone by then or was never alerted. {leads.en}.",
        f"真实情况：{name.zh} 触及 {clubs} 的案件；{money} 的违法资金在预警之后转移，"
        f"其余未被预警或早已转出。{leads.zh}。",
    )


@dataclass(frozen=True)
class CostRow:
    """A budget of one ranker in both views."""

    name: Text
    budget: float
    alerts: int
    bank: CostPoint
    true: CostPoint


def cost_rows(money: MoneyAudit) -> list[CostRow]:
    """Rules, then the chosen model, by budget."""
    return [
        CostRow(named(RANKERS, curve.ranker), true.budget, true.alerts, bank, true)
        for curve in money.curves
        for bank, true in zip(curve.bank, curve.true, strict=True)
    ]


def cost_chart(money: MoneyAudit) -> Markup:
    """Share of the money at stake that is reached, over the cost of the work, in two panels."""
    parts: list[str] = []
    for view, left, at_stake in zip(("bank", "true"), PANEL_LEFT, (money.bank, money.true), strict=True):
        curves, most = [], 1.0
        for place, curve in enumerate(money.curves):
            rows = curve.bank if view == "bank" else curve.true
            reached = [(row.cost_cny / 1_000, (row.reached_cny.value or 0.0)) for row in rows]
            dots = [(0.0, 0.0), *((cost, up / max(at_stake.yuan, 1.0)) for cost, up in reached)]
            most = max(most, *(cost for cost, _ in dots))
            curves.append(Curve(named(RANKERS, curve.ranker), f"ranker ranker-{place}", dots))
        axis = Text("cost of the work, thousand yuan", "甄别成本（千元）")
        parts += panel(left, VIEWS[view], axis, curves, [0.0, round(most / 2), round(most)])
    return figure(parts, PANELS_HIGH, Text("Money reached by cost", "不同成本下可及的资金"), WIDTH)


@dataclass(frozen=True)
class AdviceView:
    """The budget that leaves most at one worth of a yuan reached."""

    worth: str
    found: AdviceRow
    is_usual: bool

    @property
    def views(self) -> tuple[tuple[str, Advice], tuple[str, Advice]]:
        """Both views, each under the name of its colour on the page."""
        return ("bank", self.found.bank), ("true", self.found.true)


def advice_rows(money: MoneyAudit) -> list[AdviceView]:
    """By worth, the least first."""
    return [AdviceView(f"¥{row.worth:g}", row, row.worth == money.usual_worth) for row in money.advice]


def advice_seen(money: MoneyAudit) -> Text:
    """What to see: how far the recommended budget moves with the one number nobody can measure."""
    first, last = money.advice[0], money.advice[-1]

    def moved(one: Advice, other: Advice) -> str:
        return f"{one.budget.value or 0:g}× → {other.budget.value or 0:g}×"

    true, bank = moved(first.true, last.true), moved(first.bank, last.bank)
    return Text(
        f"The budget hangs on what a yuan reached is worth, which no data say: from ¥{first.worth:g} to "
        f"¥{last.worth:g} the recommendation moves {true} in truth and {bank} by the bank’s labels.",
        f"预算取决于每元可及资金的价值，而数据无法给出：从 ¥{first.worth:g} 到 ¥{last.worth:g}，"
        f"推荐预算按真实情况为 {true}，按银行标签为 {bank}。",
    )


@dataclass(frozen=True)
class VerdictRow:
    """A rule with its verdict in both views."""

    rule_id: str
    name: Text
    found: RuleVerdict
    bank: Text
    true: Text

    @property
    def differs(self) -> bool:
        """Whether the bank would decide otherwise than who knows the truth."""
        return self.bank != self.true


def verdict_rows(evidence: Evidence) -> list[VerdictRow]:
    """In the order of the rulebook."""
    names = {rule.rule_id: Text(rule.name_en, rule.name_zh) for rule in evidence.bank.rule_table}
    return [
        VerdictRow(
            row.rule_id,
            named(names, row.rule_id),
            row,
            named(VERDICTS, row.bank.verdict),
            named(VERDICTS, row.true.verdict),
        )
        for row in evidence.money.rules
    ]


def verdicts_seen(rows: list[VerdictRow]) -> Text:
    """What to see: how many rules the truth would retire, and where the bank would decide otherwise."""
    retired = [same(row.rule_id) for row in rows if row.found.true.verdict == "retire"]
    otherwise = [same(row.rule_id) for row in rows if row.differs]
    gone, apart = (names_or_none(names) for names in (retired, otherwise))
    return Text(
        f"Of {len(rows)} rules the truth would retire {len(retired)} ({gone.en}). By its own decisions the "
        f"bank would judge {len(otherwise)} otherwise than the truth ({apart.en}).",
        f"{len(rows)} 条规则中，按真实情况应停用 {len(retired)} 条（{gone.zh}）。"
        f"银行按自身结论判断与真实情况不同的有 {len(otherwise)} 条（{apart.zh}）。",
    )


def judged_precision(worth: RuleWorth) -> Interval:
    """The precision that a verdict stands on; nothing where too little is known."""
    return Interval() if worth.verdict == "unknown" else worth.precision


def verdict_chart(rows: list[VerdictRow], money: MoneyAudit) -> Markup | None:
    """Precision of each rule in both views beside the precision from which an alert pays."""
    names = [Text(f"{row.rule_id} {row.name.en}", f"{row.rule_id} {row.name.zh}") for row in rows]
    panels = [
        Panel(
            name,
            view,
            [judged_precision(row.found.bank if view == "bank" else row.found.true) for row in rows],
            money.rules_pay_from.get(view),
        )
        for name, view in ((Text("reported", "上报率"), "bank"), (Text("illicit", "违法率"), "true"))
    ]
    title = Text(
        "share of the rule’s alerts, percent, 95% interval; line: break-even, filled: wholly on one side",
        "占该规则预警的比例（%），95% 区间；竖线为盈亏平衡点，实心点表示区间在其一侧",
    )
    return interval_panels(names, panels, title)


def pays_from_said(money: MoneyAudit) -> Text | None:
    """The precision that rules are judged by in both views; None where nothing pays or nobody is caught."""
    bank, true = (money.rules_pay_from.get(view) for view in ("bank", "true"))
    if bank is None or true is None:
        return None
    shown = percent(bank), percent(true)
    return Text(
        f"An alert of the rulebook as it ran pays from a precision of {shown[0]} on by the bank’s figures, "
        f"of {shown[1]} in truth.",
        f"按规则库实际运行，预警自精确率 {shown[0]}（银行口径）、{shown[1]}（真实口径）起划算。",
    )


@dataclass(frozen=True)
class MoneySection:
    """Everything that the template of the section needs."""

    days: list[int]
    reach: list[ReachRow]
    reach_seen: Text
    bank: AtStake
    true: AtStake
    costs: list[CostRow]
    chart: Markup
    alert_cost: AlertCost
    advice: list[AdviceView]
    advice_seen: Text
    chosen: Text
    worth: str
    pays_from: Text | None
    verdicts: list[VerdictRow]
    verdicts_seen: Text
    verdict_chart: Markup | None


def money_section(evidence: Evidence) -> MoneySection:
    """The whole section."""
    money, verdicts = evidence.money, verdict_rows(evidence)
    return MoneySection(
        days=[point.days for point in money.rankers[0].true.delays],
        reach=reach_rows(evidence),
        reach_seen=reach_seen(evidence),
        bank=money.bank,
        true=money.true,
        costs=cost_rows(money),
        chart=cost_chart(money),
        alert_cost=money.alert_cost,
        advice=advice_rows(money),
        advice_seen=advice_seen(money),
        chosen=named(RANKERS, money.chosen),
        worth=f"¥{money.usual_worth:g}",
        pays_from=pays_from_said(money),
        verdicts=verdicts,
        verdicts_seen=verdicts_seen(verdicts),
        verdict_chart=verdict_chart(verdicts, money),
    )
