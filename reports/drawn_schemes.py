"""View-model of the drawn schemes: one of each typology beside an innocent look-alike."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from data.words import SOPHISTICATION_NAMES
from models.results.schemes import Outline
from reports.evidence import Evidence
from reports.scheme_figures import drawing, lasting, step_words
from reports.wording import Text, count, named, yuan

SIDES = {"illicit": Text("Illicit", "涉案"), "look_alike": Text("Innocent look-alike", "正常对照")}


def scheme_summary(scheme: Outline, kind: str) -> Text:
    """Size, sum and length of a scheme in one line."""
    size, total, length = count(scheme.payments), yuan(scheme.yuan), lasting(scheme.hours)
    words = Text(f"{size} payments, {total}, {length.en}", f"{size} 笔，{total}，{length.zh}")
    if scheme.outside_payments:
        more = count(scheme.outside_payments)
        of = Text("of the proceeds ", "赃款") if kind == "illicit" else Text("", "")
        words = Text(
            f"{words.en}, and {more} payments {of.en}outside the shape",
            f"{words.zh}，另有 {more} 笔形态之外的{of.zh}支付",
        )
    if kind != "illicit":
        return words
    level = SOPHISTICATION_NAMES[scheme.sophistication]
    return Text(f"{words.en}; {level.en}", f"{words.zh}；{level.zh}")


@dataclass(frozen=True)
class DrawnSide:
    """One half of a typology's picture; without a scheme it has a title alone."""

    kind: str
    title: Text
    drawing: Markup | None = None
    summary: Text | None = None
    steps: tuple[Text, ...] = ()


def drawn_side(scheme: Outline | None, kind: str, name: Text, roles: dict[str, Text]) -> DrawnSide:
    """One half of a typology's picture; ``name`` is that of the typology or of its look-alike.

    ``roles`` names the parts of the members.
    """
    title = Text(f"{SIDES[kind].en}: {name.en}", f"{SIDES[kind].zh}：{name.zh}")
    if scheme is None:
        return DrawnSide(kind, title)
    return DrawnSide(
        kind,
        title,
        drawing(scheme, kind, title, roles),
        scheme_summary(scheme, kind),
        tuple(step_words(scheme, roles)),
    )


@dataclass(frozen=True)
class DrawnRow:
    """A typology beside its look-alike."""

    name: Text
    look_alike: Text | None
    sides: list[DrawnSide]


def drawn_schemes(evidence: Evidence) -> list[DrawnRow]:
    """Every typology that the run planted, with both sides."""
    names, rows = evidence.names, []
    for row in evidence.drawn:
        name, look_alike = named(names.typologies, row.typology), names.look_alikes.get(row.typology)
        sides = [
            drawn_side(row.illicit, "illicit", name, names.roles),
            drawn_side(row.look_alike, "look_alike", look_alike or name, names.roles),
        ]
        rows.append(DrawnRow(name, look_alike, sides))
    return rows
