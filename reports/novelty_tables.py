"""View-models of two studies: typologies that nothing has shown, and a library with the world's figures."""

from __future__ import annotations

from dataclasses import dataclass

from models.results.studies import BestLibraryStudy, LibraryWorth, NoveltyFound, NoveltyStudy
from reports.evidence import Evidence
from reports.rankings import points, points_range
from reports.steps import effect, signed
from reports.wording import RANKERS, SEMICOLON, Text, joined, named, percent

WAYS = {
    "labels": Text("left out of the labels", "从标签中去除"),
    "labels_and_library": Text("left out of the labels and the library", "从标签和类型库中去除"),
}


# By typology a table of every model would be too wide: the leader and what it is without its library.
SHOWN_BY_TYPOLOGY = ("lightgbm", "lightgbm_library")


@dataclass(frozen=True)
class NoveltyRow:
    """What a model finds of typologies that it was taught, and of the same that it was not."""

    model: Text
    way: Text
    found: NoveltyFound
    change: str
    change_range: str
    others: str
    others_range: str
    verdict: Text

    @classmethod
    def of(cls, model: str, way: str, found: NoveltyFound) -> NoveltyRow:
        """As the table prints it."""
        return cls(
            model=named(RANKERS, model),
            way=named(WAYS, way),
            found=found,
            change=points(found.change),
            change_range=points_range(found.change),
            others=points(found.others_change),
            others_range=points_range(found.others_change),
            verdict=effect(found.change),
        )


@dataclass(frozen=True)
class TypologyLeftOut:
    """One typology: recall with it taught and left out, for each model and way; None: not tried."""

    name: Text
    customers: int
    cells: list[str | None]


@dataclass(frozen=True)
class NoveltySection:
    """What the template needs; ``columns`` are the models and ways of a typology's cells."""

    together: list[NoveltyRow]
    seen: Text
    columns: list[NoveltyRow]
    typologies: list[TypologyLeftOut]
    libraries: list[LibraryWorth]
    gap_seen: Text | None
    stale: Text | None


def together_rows(studies: list[NoveltyStudy]) -> list[NoveltyRow]:
    """All typologies together, by model and way."""
    return [
        NoveltyRow.of(study.model, way, found) for study in studies for way, found in study.together.items()
    ]


def novelty_seen(rows: list[NoveltyRow]) -> Text:
    """What to see: by how much recall of a typology changes when nothing has shown it, and chance beside."""
    told = []
    for row in rows:
        change, others = signed(row.found.change), signed(row.found.others_change)
        told.append(
            Text(
                f"{row.model.en}, a typology {row.way.en}: {change.en} recall of its customers "
                f"({row.verdict.en}), {others.en} of all others",
                f"{row.model.zh}，某类型{row.way.zh}：其客户召回率变化 {change.zh}（{row.verdict.zh}），"
                f"其余客户 {others.zh}",
            )
        )
    line = joined(told, SEMICOLON)
    return Text(f"{line.en}.", f"{line.zh}。")


def left_out_rows(studies: list[NoveltyStudy], names: dict[str, Text]) -> list[TypologyLeftOut]:
    """Every typology that some model was not taught, with a cell for each model and way."""
    found: dict[tuple[str, str, str], NoveltyFound] = {
        (row.typology, study.model, row.left_out): row.found for study in studies for row in study.rows
    }
    columns = [(study.model, way) for study in studies for way in study.together]

    def cell(one: NoveltyFound | None) -> str | None:
        return None if one is None else f"{percent(one.known.value, 0)} → {percent(one.novel.value, 0)}"

    return [
        TypologyLeftOut(
            name=named(names, typology),
            customers=next(one.customers for key, one in found.items() if key[0] == typology),
            cells=[cell(found.get((typology, *column))) for column in columns],
        )
        for typology in sorted({key[0] for key in found})
    ]


def gap_seen(study: BestLibraryStudy) -> Text:
    """What knowing the world's figures would add to a library that a bank can write."""
    gap, verdict = signed(study.gap), effect(study.gap)
    return Text(
        f"The world’s own figures in place of written ones: {gap.en} true recall ({verdict.en}).",
        f"以世界真实参数代替书面参数：真实召回率 {gap.zh}（{verdict.zh}）。",
    )


def novelty_section(evidence: Evidence) -> NoveltySection | None:
    """Both studies; None where none was kept."""
    studies = evidence.experiments.studies
    if not studies.novelty and studies.best_library is None:
        return None
    rows, best = together_rows(studies.novelty), studies.best_library
    shown = [study for study in studies.novelty if study.model in SHOWN_BY_TYPOLOGY] or studies.novelty
    stale = Text(
        "Made from other data than this run’s: a study runs by itself, and is made anew by hand.",
        "所用数据与本次运行不同：研究单独运行，需手动重做。",
    )
    return NoveltySection(
        together=rows,
        seen=novelty_seen(rows),
        columns=together_rows(shown),
        typologies=left_out_rows(shown, evidence.names.typologies),
        libraries=best.rows if best else [],
        gap_seen=gap_seen(best) if best else None,
        stale=stale if studies.are_stale else None,
    )
