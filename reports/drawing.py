"""Small pieces of SVG. Words come in both languages; each file of a page keeps one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

from markupsafe import Markup, escape

from reports.wording import Text, same

WIDTH = 940
PHONE = 340  # width of a drawing made for a phone: what its margins leave of 390


def number(value: float) -> str:
    """A coordinate, short and the same on every machine."""
    return f"{float(value):.1f}".rstrip("0").rstrip(".")


def attributes(**values: object) -> str:
    """SVG attributes; an underscore at the end frees Python's own words, others become hyphens."""
    parts = []
    for name, value in values.items():
        shown = number(value) if isinstance(value, float) else str(value)
        parts.append(f'{name.rstrip("_").replace("_", "-")}="{escape(shown)}"')
    return " ".join(parts)


def element(name: str, **values: object) -> str:
    """An element without content."""
    return f"<{name} {attributes(**values)}/>"


def words(x: float, y: float, text: Text | str, class_: str = "", anchor: str = "start") -> str:
    """A line of text, once for each language where they differ."""
    pair = same(text) if isinstance(text, str) else text
    at = attributes(x=float(x), y=float(y), **({} if anchor == "start" else {"text_anchor": anchor}))
    lines = [(pair.en, class_)]
    if pair.en != pair.zh:
        lines = [(pair.en, f"{class_} en"), (pair.zh, f"{class_} zh")]
    shown = [(line, f' class="{names.strip()}"' if names.strip() else "") for line, names in lines]
    return "".join(f"<text {at}{names}>{escape(line)}</text>" for line, names in shown)


def line(x1: float, y1: float, x2: float, y2: float, class_: str, **more: object) -> str:
    """A straight line."""
    return element("line", x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), class_=class_, **more)


def box(x: float, y: float, width: float, height: float, class_: str) -> str:
    """A rectangle."""
    return element(
        "rect",
        x=float(x),
        y=float(y),
        width=max(float(width), 0.0),
        height=max(float(height), 0.0),
        class_=class_,
    )


def boxes(places: Iterable[tuple[float, float, float, float]], class_: str) -> str:
    """Rectangles of one class, each given by its left, its top, its width and its height, as one path.

    A page of many bars is a third as long with it. Nothing where there is none.
    """
    drawn = "".join(
        f"M{number(left)} {number(top)}h{number(width)}v{number(height)}h{number(-width)}z"
        for left, top, width, height in places
        if width > 0 and height > 0
    )
    return element("path", d=drawn, class_=class_) if drawn else ""


def dot(x: float, y: float, radius: float, class_: str) -> str:
    """A disc."""
    return element("circle", cx=float(x), cy=float(y), r=float(radius), class_=class_)


def figure(parts: Iterable[str], height: float, label: Text, width: float = WIDTH) -> Markup:
    """The whole drawing, which scales with the page."""
    named = f"{label.en} / {label.zh}"  # one drawing serves both languages
    head = attributes(viewBox=f"0 0 {number(width)} {number(height)}", role="img", aria_label=named)
    return Markup(f"<svg {head}>{''.join(parts)}</svg>")


def at_both_widths(drawn: Callable[[float], Markup | None]) -> Markup | None:
    """A drawing made twice, for a desk and for a phone; the style sheet shows the one that fits.

    ``drawn`` makes it at a width, or says None where there is nothing to draw.
    """
    wide, narrow = drawn(WIDTH), drawn(PHONE)
    if wide is None or narrow is None:
        return None
    return Markup('<div class="on-desk">{}</div><div class="on-phone">{}</div>').format(wide, narrow)


def apart(places: list[float], gap: float, lowest: float) -> list[float]:
    """Move labels so that neighbours are ``gap`` apart and none lies beyond ``lowest``."""
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = list(places)
    for before, index in pairwise(order):
        moved[index] = max(moved[index], moved[before] + gap)
    limit = lowest
    for index in reversed(order):
        moved[index] = min(moved[index], limit)
        limit = moved[index] - gap
    return moved
