"""View-models of what was taught and of what the graph network needs: lessons, changed graphs, coverage."""

from __future__ import annotations

from dataclasses import dataclass

from data.results import Interval
from models.results.graph_honesty import FewPayments, GraphHonesty
from models.results.injection import LessonRow
from models.schema import RULES
from reports.comparison import gap_between
from reports.evidence import Evidence
from reports.rankings import RankingView
from reports.steps import EFFECTS, effect, signed
from reports.trial_tables import GainCells
from reports.wording import RANKERS, SEMICOLON, Text, named, names_or_none, worded_interval

HONEST = "honest"
VARIANTS = {
    HONEST: Text("the graph as it is", "原图"),
    "transductive": Text("payments of the four weeks after the moment as well", "另含时点之后四周的交易"),
    "rewired": Text("payees exchanged, everybody’s number of payments kept", "对调收款方，各方交易笔数不变"),
    "dealt_anew": Text("both ends of every payment dealt anew", "每笔交易的两端重新分配"),
    "half_dropped": Text("half of the payments taken out", "随机去掉一半交易"),
    "cold_start": Text("nothing known before the last seven days", "只知最近七天"),
    "without_hubs": Text("no payment of a hub", "去掉枢纽方的交易"),
    "without_edges": Text("no payment at all", "没有任何交易"),
    "control": Text("the network that learnt without payments", "训练时即无交易的网络"),
}
REFITTED = Text(", learnt from it too", "，并据此重新训练")


@dataclass(frozen=True)
class TaughtRow:
    """One lesson of the fixed model."""

    name: Text
    found: LessonRow
    cells: GainCells


def lesson_rows(evidence: Evidence) -> list[TaughtRow]:
    """Lessons, the bank's labels alone first."""
    return [
        TaughtRow(Text(row.label_en, row.label_zh), row, GainCells.of(row.worth))
        for row in evidence.experiments.injection.rows
    ]


def lessons_seen(evidence: Evidence) -> Text:
    """What to see among the lessons: which raise true recall, which lower it, how many do neither."""
    base, *others = evidence.experiments.injection.rows
    sides: dict[Text, list[Text]] = {word: [] for word in EFFECTS.values()}
    for row in others:
        sides.setdefault(effect(row.worth.true_gain), []).append(Text(row.label_en, row.label_zh))
    up, level, down = (names_or_none(sides[EFFECTS[side]], SEMICOLON) for side in (1, 0, -1))
    return Text(
        f"Over {base.label_en}, true recall rises provably with: {up.en}. It falls provably with: {down.en}. "
        f"No difference shown: {level.en}.",
        f"相对{base.label_zh}，真实召回率经证实提高的有：{up.zh}。经证实降低的有：{down.zh}。未显示差异：{level.zh}。",
    )


@dataclass(frozen=True)
class GraphRow:
    """The graph network over one graph, in both views."""

    name: Text
    bank: RankingView
    true: RankingView
    verdict: Text

    @property
    def views(self) -> tuple[tuple[str, RankingView], tuple[str, RankingView]]:
        """Both views, each under the name of its colour on the page."""
        return ("bank", self.bank), ("true", self.true)


def graph_rows(found: GraphHonesty) -> list[GraphRow]:
    """The graph as it is, then each change of it."""
    rows = []
    for row in found.variants:
        name = named(VARIANTS, row.variant)
        if row.is_refitted:
            name = Text(name.en + REFITTED.en, name.zh + REFITTED.zh)
        said = Text("–", "–") if row.variant == HONEST else effect(row.true.gain)
        rows.append(GraphRow(name, RankingView.of(row.bank), RankingView.of(row.true), said))
    return rows


def graph_seen(found: GraphHonesty) -> Text:
    """What to see of the graph: no payment of the future, and which changes are provably felt."""
    felt = [
        row
        for row in found.variants
        if row.variant != HONEST and effect(row.true.gain) in (EFFECTS[1], EFFECTS[-1])
    ]
    names = [named(VARIANTS, row.variant) for row in felt]
    told = names_or_none(names)
    ahead = f"{found.look_aheads:,} of {found.payments_looked_at:,}"
    ahead_zh = f"{found.payments_looked_at:,} 笔中有 {found.look_aheads:,} 笔"
    return Text(
        f"Payments looked at from the future, counted a second way: {ahead}. Changes of the graph that "
        f"provably move true recall: {told.en}; a change that is not felt does not show that the "
        f"network uses what it took.",
        f"以第二种方法计数，来自未来的交易：{ahead_zh}。经证实改变真实召回率的改动：{told.zh}；"
        f"改动而不受影响，则未显示网络利用了被改动的部分。",
    )


def variant_gain(found: GraphHonesty, variant: str) -> Interval:
    """The paired difference of true recall of one change scored by the network as fitted; or an empty one."""
    rows = (row for row in found.variants if row.variant == variant and not row.is_refitted)
    return next((row.true.gain or Interval() for row in rows), Interval())


def honesty_said(found: GraphHonesty) -> Text:
    """The graph's honesty in three figures, for an answer."""
    wiring, future = (signed(variant_gain(found, variant)) for variant in ("rewired", "transductive"))
    return Text(
        f"With payees exchanged and degrees kept, true recall changes by {wiring.en}; with payments of the "
        f"future, as a transductive split would give, by {future.en}; honest slices hold {found.look_aheads} "
        f"payments of the future.",
        f"保持笔数、对调收款方后，真实召回率变化 {wiring.zh}；"
        f"若像直推式划分那样看到未来交易，变化 {future.zh}；"
        f"诚实切片中来自未来的交易为 {found.look_aheads} 笔。",
    )


@dataclass(frozen=True)
class CoverageRow:
    """The two figures by which the bank chooses a model."""

    name: Text
    validation: Interval
    coverage: Interval
    true: Interval
    is_chosen: bool
    is_by_validation: bool


def coverage_rows(evidence: Evidence) -> list[CoverageRow]:
    """Every model in the order of validation, with the share of planted customers that it finds."""
    chosen = evidence.bank.chosen
    return [
        CoverageRow(
            name=named(RANKERS, ranker),
            validation=chosen.validation[ranker].recall_at_budget,
            coverage=chosen.coverage.get(ranker, Interval()),
            true=evidence.truth.metrics[ranker].recall_at_budget,
            is_chosen=ranker == chosen.name,
            is_by_validation=ranker == chosen.by_validation,
        )
        for ranker in evidence.rankers
        if ranker != RULES
    ]


def coverage_seen(evidence: Evidence) -> Text:
    """Whom both figures choose, whom validation alone would, and what the truth says of the two."""
    chosen = evidence.bank.chosen
    best, plain = named(RANKERS, chosen.name), named(RANKERS, chosen.by_validation)
    if chosen.name == chosen.by_validation:
        return Text(
            f"Both figures and validation alone choose {best.en}.", f"两项指标与单凭验证集都选择 {best.zh}。"
        )
    gap = gap_between(evidence.truth, chosen.name, chosen.by_validation).recall_at_budget
    return Text(
        f"Both figures choose {best.en}, validation alone would have chosen {plain.en}; in truth the first "
        f"less the second: {signed(gap).en}.",
        f"两项指标选择 {best.zh}，单凭验证集会选择 {plain.zh}；真实召回率前者减后者：{signed(gap).zh}。",
    )


def coverage_said(evidence: Evidence) -> Text | None:
    """What the bank has beside its labels, for an answer; None where nothing was kept back."""
    share = evidence.bank.chosen.coverage.get(evidence.chosen)
    if share is None or share.value is None:
        return None
    seen = coverage_seen(evidence)
    return Text(
        f"Beside its labels it has its own test: schemes planted from its written library, which no model "
        f"learnt from, of whose members the chosen model finds {worded_interval(share)}. {seen.en}",
        f"标签之外，银行还有自己的检验：由书面类型库植入、未被任何模型学习的案件，所选模型找到其成员的 "
        f"{worded_interval(share)}。{seen.zh}",
    )


def few_rows(found: GraphHonesty) -> list[FewPayments]:
    """Customers of whom the graph knows little, as far as there are any."""
    return [row for row in found.few_payments if row.customers]
