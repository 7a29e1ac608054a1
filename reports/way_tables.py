"""View-model of a study: other ways to learn from the library of typologies than to mix it in."""

from __future__ import annotations

from dataclasses import dataclass

from models.results.studies import HeadsStudy, WayWorth
from reports.evidence import Evidence
from reports.rankings import points, points_range
from reports.steps import effect, signed
from reports.wording import SEMICOLON, Text, joined, named

FAMILIES = {
    "trees": Text("fixed trees", "固定参数的树模型"),
    "net": Text("plain net", "普通神经网络"),
}
WAYS = {
    "bank": Text("the bank’s labels alone", "仅用银行标签"),
    "mixed": Text("the library’s rows among the bank’s", "类型库样本与银行样本混合"),
    "warmed": Text("the library first, the bank’s labels afterwards", "先学类型库，再学银行标签"),
    "headed": Text("mixed, and a head for each typology", "混合，并为每个类型设辅助输出"),
}
MIXED = "mixed"


@dataclass(frozen=True)
class WayRow:
    """One way of one family; ``verdict`` says whether it differs from mixing."""

    family: Text
    way: Text
    found: WayWorth
    over_mixed: str
    over_mixed_range: str
    verdict: Text


@dataclass(frozen=True)
class WaysSection:
    """What the template needs."""

    rows: list[WayRow]
    seen: Text


def way_row(found: WayWorth) -> WayRow:
    """As the table prints it."""
    is_mixed = found.way == MIXED
    return WayRow(
        family=named(FAMILIES, found.family),
        way=named(WAYS, found.way),
        found=found,
        over_mixed="–" if is_mixed else points(found.over_mixed),
        over_mixed_range="" if is_mixed else points_range(found.over_mixed),
        verdict=Text("–", "–") if is_mixed else effect(found.over_mixed),
    )


def ways_seen(rows: list[WayRow]) -> Text:
    """What to see: what any other way changes beside mixing, paired."""
    told = []
    for row in rows:
        if row.found.way in ("bank", MIXED):
            continue
        change = signed(row.found.over_mixed)
        told.append(
            Text(
                f"{row.family.en}, {row.way.en}: {change.en} true recall against mixing ({row.verdict.en})",
                f"{row.family.zh}，{row.way.zh}：相对混合，真实召回率 {change.zh}（{row.verdict.zh}）",
            )
        )
    line = joined(told, SEMICOLON)
    return Text(f"{line.en}.", f"{line.zh}。")


def ways_section(evidence: Evidence) -> WaysSection | None:
    """The study; None where none was kept."""
    study: HeadsStudy | None = evidence.experiments.studies.heads
    if study is None:
        return None
    rows = [way_row(one) for one in study.rows]
    return WaysSection(rows, ways_seen(rows))
