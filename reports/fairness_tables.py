"""View-model of fairness at the cut: which groups are alerted and caught more, or less, than all others."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from models.results.knowledge import BankKnowledge, FairnessRow
from models.schema import RULES
from reports.audit_figures import Panel, interval_panels
from reports.comparison import told_apart
from reports.evidence import in_a_sentence
from reports.rankings import points, points_range
from reports.wording import RANKERS, Text, named, names_or_none, same

ATTRIBUTES = {
    "gender": Text("gender", "性别"),
    "age": Text("age", "年龄"),
    "city": Text("home city, quarter by size", "居住城市，按规模四分"),
}
GENDERS = {"female": Text("women", "女"), "male": Text("men", "男")}


@dataclass(frozen=True)
class FairRow:
    """A group at one ranker's cut, as the table prints it."""

    attribute: Text
    group: Text
    ranker: Text
    found: FairnessRow
    bank_gap: str
    bank_gap_range: str
    true_gap: str
    true_gap_range: str
    caught_gap: str
    caught_gap_range: str


def group_name(row: FairnessRow) -> Text:
    """A group's own name."""
    return GENDERS.get(row.group) or same(row.group)


def full_name(row: FairnessRow) -> Text:
    """What a group shares, and which one it is."""
    attribute, group = ATTRIBUTES[row.attribute], group_name(row)
    return Text(f"{attribute.en}: {group.en}", f"{attribute.zh}：{group.zh}")


def fair_rows(found: BankKnowledge) -> list[FairRow]:
    """Group by group, the rules beside the chosen model."""
    return [
        FairRow(
            attribute=ATTRIBUTES[row.attribute],
            group=group_name(row),
            ranker=named(RANKERS, row.ranker),
            found=row,
            bank_gap=points(row.bank.alerted_gap),
            bank_gap_range=points_range(row.bank.alerted_gap),
            true_gap=points(row.true.alerted_gap),
            true_gap_range=points_range(row.true.alerted_gap),
            caught_gap=points(row.true.caught_gap),
            caught_gap_range=points_range(row.true.caught_gap),
        )
        for row in sorted(found.fairness, key=lambda row: list(ATTRIBUTES).index(row.attribute))
    ]


def fair_chart(found: BankKnowledge) -> Markup | None:
    """Gaps of each group to all other persons, at the cut of the rules and at the chosen model's."""
    rows = {(row.ranker, row.attribute, row.group): row for row in found.fairness}
    groups = [key[1:] for key in rows if key[0] == RULES and (found.chosen, *key[1:]) in rows]
    groups.sort(key=lambda group: list(ATTRIBUTES).index(group[0]))
    names = [full_name(rows[RULES, *group]) for group in groups]
    rankers = {RULES: Text("rules", "规则"), found.chosen: Text("model", "模型")}
    panels, told = [], {"alerted": Text("innocent alerted", "误报"), "caught": Text("illicit caught", "捕获")}
    for what, word in told.items():
        for ranker, name in rankers.items():
            rates = [rows[ranker, *group].true for group in groups]
            gaps = [rate.alerted_gap if what == "alerted" else rate.caught_gap for rate in rates]
            panels.append(Panel(Text(f"{name.en}: {word.en}", f"{name.zh}：{word.zh}"), "true", gaps))
    title = Text(
        "rate of the group less that of all other persons, points, 95% interval; filled: zero left out",
        "该组比率减其他所有个人，百分点，95% 区间；实心点表示区间不含零",
    )
    return interval_panels(names, panels, title)


def fair_seen(found: BankKnowledge) -> Text:
    """Which groups of innocent persons are provably alerted more, or less, often than all others."""
    sides: dict[int, list[Text]] = {1: [], -1: [], 0: []}
    for row in found.fairness:
        group, ranker = group_name(row), in_a_sentence(row.ranker)
        attribute = ATTRIBUTES[row.attribute]
        sides[told_apart(row.true.alerted_gap)].append(
            Text(f"{attribute.en} {group.en} ({ranker.en})", f"{attribute.zh} {group.zh}（{ranker.zh}）")
        )
    more, less = (names_or_none(sides[side]) for side in (1, -1))
    looked = sum(row.true.alerted_gap.low is not None for row in found.fairness)
    return Text(
        f"Innocent persons alerted provably more often than all others: {more.en}; less often: {less.en}. "
        f"Of {looked} comparisons at 95 %, one in twenty would stand out by chance.",
        f"经证实比其他人更常被误报的无辜者：{more.zh}；更少的：{less.zh}。"
        f"共 {looked} 项比较，按 95 % 每二十项约有一项会偶然突出。",
    )
