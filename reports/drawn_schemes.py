"""View-model of the drawn schemes: one of each typology beside an innocent look-alike."""

from __future__ import annotations

from typing import Any

from data.words import SOPHISTICATION_NAMES
from reports.evidence import Evidence
from reports.scheme_figures import drawing, lasting, steps
from reports.wording import Names, Text, count, named, yuan

SIDES = {"illicit": Text("Illicit", "违法"), "look_alike": Text("Innocent look-alike", "形似正常")}


def summary(scheme: dict[str, Any], kind: str) -> Text:
    """Size, sum and length of a scheme in one line."""
    size, total, length = count(scheme["payments"]), yuan(scheme["yuan"]), lasting(scheme["hours"])
    words = Text(f"{size} payments, {total}, {length.en}", f"{size} 笔，{total}，{length.zh}")
    if scheme["outside_payments"]:
        more = count(scheme["outside_payments"])
        of = Text("of the proceeds ", "赃款") if kind == "illicit" else Text("", "")
        words = Text(
            f"{words.en}, and {more} payments {of.en}outside the shape",
            f"{words.zh}，另有 {more} 笔形态之外的{of.zh}支付",
        )
    if kind != "illicit":
        return words
    level = SOPHISTICATION_NAMES[scheme["sophistication"]]
    return Text(f"{words.en}; {level.en}", f"{words.zh}；{level.zh}")


def side(row: dict[str, Any], kind: str, names: Names) -> dict[str, Any]:
    """One half of a typology's picture."""
    scheme, name = row[kind], named(names.typologies, row["typology"])
    if kind == "look_alike":
        name = names.look_alikes.get(row["typology"], name)
    title = Text(f"{SIDES[kind].en}: {name.en}", f"{SIDES[kind].zh}：{name.zh}")
    if scheme is None:
        return {"kind": kind, "title": title, "drawing": None}
    return {
        "kind": kind,
        "title": title,
        "summary": summary(scheme, kind),
        "drawing": drawing(scheme, kind, title, names.roles),
        "steps": steps(scheme, names.roles),
    }


def drawn_schemes(evidence: Evidence) -> list[dict[str, Any]]:
    """Every typology that the run planted, with both sides."""
    return [
        {
            "name": named(evidence.names.typologies, row["typology"]),
            "look_alike": evidence.names.look_alikes.get(row["typology"]),
            "sides": [side(row, kind, evidence.names) for kind in SIDES],
        }
        for row in evidence.drawn
    ]
