"""View-model of what lies beyond the rules that label: rules held out, rules left out, schemes opened."""

from __future__ import annotations

from dataclasses import dataclass

from data.results import Interval
from models.results.audit_studies import AgeStudy, RulesLeftOutStudy
from models.results.beyond import Beyond, GroupRecall, HeldOutRule, NetworkCoverage, WeekOfAlerts
from models.results.headline import PartRecall
from models.schema import RULES
from reports.comparison import size_of, told_apart
from reports.evidence import RECALL, Evidence, in_a_sentence
from reports.rankings import points, points_range
from reports.sentences import capital
from reports.steps import effect
from reports.tracing import how_many_of
from reports.wording import (
    FACTS,
    RANKERS,
    SEMICOLON,
    Text,
    joined,
    named,
    names_or_none,
    percent,
    same,
    worded_interval,
)

LEAST_TOLD = 10  # illicit customers below which a test says nothing
AGE_DECISIONS = {
    "remove": Text("take it out", "去除"),
    "keep": Text("keep it: its loss is provable", "保留：去除后召回率经证实下降"),
    "open": Text("open: this run cannot tell", "未定：本次运行无法判断"),
}


@dataclass(frozen=True)
class HeldOutRow:
    """A rule held out, and what the rules that label and the chosen model make of whom it flagged."""

    found: HeldOutRule
    rules: PartRecall | None
    chosen: PartRecall | None
    rules_alerted: Interval | None
    chosen_alerted: Interval | None

    @classmethod
    def of(cls, found: HeldOutRule, chosen: str) -> HeldOutRow:
        """As the table prints it."""
        by_ranker = {row.ranker: row for row in found.found}
        rules, mine = by_ranker.get(RULES), by_ranker.get(chosen)
        return cls(
            found,
            None if rules is None else rules.true,
            None if mine is None else mine.true,
            None if rules is None else rules.bank_alerted,
            None if mine is None else mine.bank_alerted,
        )


@dataclass(frozen=True)
class RuleOutRow:
    """A rule left out, changes in points."""

    rule_id: str
    alerts: int
    reports: int
    labelled: int
    customers: int
    before: Interval
    after: Interval
    change: str
    change_range: str


@dataclass(frozen=True)
class AgeLine:
    """A model with and without age."""

    model: Text
    recall_with: Interval
    recall_without: Interval
    change: str
    change_range: str
    decision: Text


@dataclass(frozen=True)
class GroupLine:
    """A segment or role under its name."""

    name: Text
    ranker: Text
    found: GroupRecall


@dataclass(frozen=True)
class BeyondSection:
    """Everything that the template needs."""

    found: Beyond
    chosen: Text
    held_out: list[HeldOutRow]
    held_out_seen: Text
    study: RulesLeftOutStudy | None
    study_seen: Text | None
    rules_out: list[RuleOutRow]
    lists_seen: Text | None
    coverage: list[tuple[Text, NetworkCoverage]]
    weeks: list[tuple[Text, list[WeekOfAlerts]]]
    groups: list[GroupLine]
    ages: list[AgeLine]
    ages_seen: Text | None


def held_out_seen(rows: list[HeldOutRow], chosen: Text) -> Text:
    """How many illicit customers the rules held out flagged, and how many of them each finds."""
    flagged = sum(row.found.flagged for row in rows)
    illicit = sum(row.found.illicit for row in rows)
    beyond = sum(row.found.beyond_rules for row in rows)
    mine = sum(row.chosen.caught for row in rows if row.chosen is not None)
    rules = sum(row.rules.caught for row in rows if row.rules is not None)
    names = names_or_none([same(row.found.rule_id) for row in rows])
    power = Text("", "")
    if illicit < LEAST_TOLD:
        power = Text(
            " So few illicit customers prove nothing: in this world the test has no power.",
            "涉案客户过少，不能说明问题：在这个世界里，该检验没有效力。",
        )
    return Text(
        f"Rules that never labelled anybody ({names.en}) flag {flagged} customers of the test, {illicit} of "
        f"them illicit, of whom no labelling rule hits {beyond}. Of the illicit, {chosen.en} catches {mine}, "
        f"the rules {rules}.{power.en}",
        f"从未参与标注的规则（{names.zh}）标出测试期客户 {flagged} 人次，其中涉案 {illicit} 人次，"
        f"{beyond} 人次未被任何标注规则命中。涉案客户中，"
        f"{chosen.zh} 捕获 {mine}，规则捕获 {rules}。{power.zh}",
    )


def study_seen(study: RulesLeftOutStudy) -> Text:
    """What mistakes cost and what selection costs, each only as far as it is proven."""
    parts = []
    for change, en, zh in (
        (study.corrected_change, "putting right every label that the bank has", "把银行已有的标签全部改对"),
        (
            study.truth_change,
            "teaching besides the truth of whom the bank never looked at",
            "再教从未看过者的真实情况",
        ),
    ):
        size, word = size_of(change, RECALL), effect(change)
        parts.append(Text(f"{en}: {size.en} ({word.en})", f"{zh}：{size.zh}（{word.zh}）"))
    listed = joined(parts, SEMICOLON)
    told = Text(capital(listed.en), listed.zh)
    together = size_of(study.together, RECALL)
    limit = Text("", "")
    if told_apart(study.truth_change) > 0 and told_apart(study.corrected_change) <= 0:
        limit = Text(
            " What limits learning is whom the bank looks at, not the mistakes of those who look.",
            "限制学习的是银行看谁，而不是看的人犯的错。",
        )
    return Text(
        f"One fixed model, taught by the bank’s labels: {worded_interval(study.recall)}. {told.en}. Of "
        f"{study.illicit} illicit customers in training, {study.illicit_spoken_of} have any label of a rule "
        f"or a person.{limit.en} With one rule left out after the other, recall of those whom it hit "
        f"changes by {together.en} ({effect(study.together).en}).",
        f"同一固定模型，用银行标签学习：{worded_interval(study.recall)}。{told.zh}。训练期 {study.illicit} 名"
        f"涉案客户中，{study.illicit_spoken_of} 名有规则或人工的任何标签。{limit.zh}逐一去除规则，"
        f"其所命中者的召回率变化 {together.zh}（{effect(study.together).zh}）。",
    )


def lists_seen(found: Beyond) -> Text | None:
    """What three lists claim, and what is true."""
    if found.lists is None:
        return None
    names = joined([in_a_sentence(name) for name in found.lists.rankers], SEMICOLON)
    return Text(
        f"Three lists ({names.en}) by Chao’s estimate: {found.lists.estimated:.0f} illicit customers in all, "
        f"{percent(found.lists.claimed)} of them found; in truth {worded_interval(found.lists.true)}.",
        f"三份名单（{names.zh}）按 Chao 估计：涉案客户共 {found.lists.estimated:.0f} 名，"
        f"已找到 {percent(found.lists.claimed)}；真实为 {worded_interval(found.lists.true)}。",
    )


def rules_out(study: RulesLeftOutStudy) -> list[RuleOutRow]:
    """Every rule left out."""
    return [
        RuleOutRow(
            row.rule_id,
            row.alerts,
            row.reports,
            row.labelled,
            row.hit.customers,
            row.hit.recall,
            row.hit_left_out.recall,
            points(row.hit_change),
            # Of a few who are all alike every draw is the same: no interval.
            points_range(row.hit_change) if row.hit_change.low != row.hit_change.high else "",
        )
        for row in study.rows
    ]


def age_lines(study: AgeStudy) -> list[AgeLine]:
    """Every model with and without age."""
    return [
        AgeLine(
            named(RANKERS, row.model),
            row.recall_with,
            row.recall_without,
            points(row.change),
            points_range(row.change),
            AGE_DECISIONS[row.decision],
        )
        for row in study.rows
    ]


def ages_seen(study: AgeStudy) -> Text:
    """The decision by model, and whether any band is treated otherwise without age."""
    parts = []
    for row in study.rows:
        name, word, size = named(RANKERS, row.model), AGE_DECISIONS[row.decision], size_of(row.change, RECALL)
        parts.append(Text(f"{name.en}: {word.en} ({size.en})", f"{name.zh}：{word.zh}（{size.zh}）"))
    told = joined(parts, SEMICOLON)
    bands = [band for row in study.rows for band in row.bands if band.alerted_gap_with.low is not None]
    compared = how_many_of(bands, lambda _: True, lambda band: band.alerted_gap_with.low, "bands")
    known = how_many_of(
        bands,
        lambda band: told_apart(band.alerted_gap_with) != 0,
        lambda band: band.alerted_gap_with.low,
        "apart from zero",
    )
    unknown = how_many_of(
        bands,
        lambda band: told_apart(band.alerted_gap_without) != 0,
        lambda band: band.alerted_gap_without.low,
        "apart from zero",
    )
    return Text(
        f"Recommended: {told.en}. Age goes where its loss is at most {percent(study.margin, 0)} in the whole "
        f"interval. Bands whose innocent are provably alerted more or less often than all others: {known} of "
        f"{compared} with age, {unknown} without.",
        f"建议：{told.zh}。仅当整个区间内损失不超过 {percent(study.margin, 0)} 时去除年龄。无辜者被预警率"
        f"经证实异于他人的年龄段：有年龄时 {compared} 个中 {known} 个，无年龄时 {unknown} 个。",
    )


def group_lines(found: Beyond, roles: dict[str, Text]) -> list[GroupLine]:
    """Segments, then roles."""
    names: dict[str, dict[str, Text]] = {"segment": dict(FACTS), "role": roles}
    return [
        GroupLine(named(names[row.attribute], row.group), named(RANKERS, row.ranker), row)
        for row in found.groups
    ]


def beyond_section(evidence: Evidence) -> BeyondSection:
    """The whole section."""
    found, studies = evidence.experiments.beyond, evidence.experiments.studies
    chosen = evidence.chosen
    held_out = [HeldOutRow.of(row, chosen) for row in found.held_out]
    shown = [name for name in evidence.rankers if name in {row.ranker for row in found.coverage}]
    coverage = {row.ranker: row for row in found.coverage}
    return BeyondSection(
        found=found,
        chosen=named(RANKERS, chosen),
        held_out=held_out,
        held_out_seen=held_out_seen(held_out, in_a_sentence(chosen)),
        study=studies.rules_out,
        study_seen=study_seen(studies.rules_out) if studies.rules_out else None,
        rules_out=rules_out(studies.rules_out) if studies.rules_out else [],
        lists_seen=lists_seen(found),
        coverage=[(named(RANKERS, name), coverage[name]) for name in shown],
        weeks=[
            (named(RANKERS, name), [row for row in found.weeks if row.ranker == name])
            for name in dict.fromkeys(row.ranker for row in found.weeks)
        ],
        groups=group_lines(found, evidence.names.roles),
        ages=age_lines(studies.age) if studies.age else [],
        ages_seen=ages_seen(studies.age) if studies.age else None,
    )
