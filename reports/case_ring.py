"""The picture of a case of several customers: what ties them, where their money came from and went."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from explain.results.cases import CaseParty, ExplainedCase, FlowEdge
from reports.case_figures import (
    BOX,
    NAME_LETTERS,
    ROW,
    WIDEST,
    PairBundle,
    pair_bundles,
    ribbon,
    short,
)
from reports.drawing import box, element, figure, number, words
from reports.wording import Text, party, shortened

RING_COLUMNS = (0, 381, 762)  # payers, the parties, payees
RING_HEADS = (Text("payers", "付款方"), Text("the case", "本案客户"), Text("payees", "收款方"))
HEAD = 30.0  # room for the names of the columns
BEND = 90.0  # how far a payment between two parties swings out
PAYERS, AMONG, PAYEES = 0, 1, 2  # steps of a ring


def tying(case: ExplainedCase) -> list[FlowEdge]:
    """The payments that tie the parties, without those of one customer to itself."""
    return [edge for edge in case.ring if edge.payer != edge.payee]


def largest_pair(edges: Iterable[FlowEdge], step: int) -> list[FlowEdge]:
    """Of some payments those of the pair with the most money, as payments of a step of the ring."""
    pairs: dict[tuple[str, str], list[FlowEdge]] = {}
    for edge in edges:
        pairs.setdefault((edge.payer, edge.payee), []).append(edge)
    most = max(pairs.values(), key=lambda group: sum(edge.yuan for edge in group), default=[])
    return [edge.model_copy(update={"step": step}) for edge in most]


def ends_of(one: CaseParty, inside: set[str], drawn: set[tuple[str, str]]) -> list[FlowEdge]:
    """A party's payments with its largest payer and its largest payee outside the case.

    ``inside`` are the parties' names, ``drawn`` the pairs that the ring holds anyway.
    """

    def outer(step: int) -> list[FlowEdge]:
        return [
            edge
            for edge in one.flow
            if edge.step == step
            and edge.payer != edge.payee
            and not {edge.payer, edge.payee} <= inside
            and (edge.payer, edge.payee) not in drawn
        ]

    return largest_pair(outer(0), PAYERS) + largest_pair(outer(1), PAYEES)


def whole_ring(case: ExplainedCase) -> list[FlowEdge]:
    """What ties the parties, and each one's largest payer and payee outside the case."""
    edges = tying(case)
    inside = {f"customer {one.customer_name}" for one in case.parties}
    drawn = {(edge.payer, edge.payee) for edge in edges}
    return edges + [edge for one in case.parties for edge in ends_of(one, inside, drawn)]


def amount_words(bundle: PairBundle) -> str:
    """How much, and how often."""
    return short(bundle.yuan) + (f" ×{bundle.payments}" if bundle.payments > 1 else "")


def heights(column: list[str], middle: float, gap: float) -> dict[str, float]:
    """Where the names of a column stand, ``gap`` apart about its middle."""
    top = middle - (len(column) - 1) / 2 * gap
    return {name: top + place * gap for place, name in enumerate(column)}


def outer_band(
    side: int, ends: tuple[float, float], width: float, bundle: PairBundle, is_only: bool
) -> tuple[str, str]:
    """A band between an outside party and a customer, at the heights ``ends``, and its words.

    They say how much, how often and when, beside the outside party where this is the party's
    ``is_only`` band, else midway. ``side`` is 0 for payers and 1 for payees.
    """
    left, right = RING_COLUMNS[side] + BOX, RING_COLUMNS[side + 1]
    band = ribbon(left, ends[0], right, ends[1], width, "money-out" if side else "money-in")
    sums = amount_words(bundle)
    told = Text(f"{sums} · {bundle.when.en}", f"{sums} · {bundle.when.zh}")
    lift = width / 2 + 4
    if not is_only:
        return band, words((left + right) / 2, sum(ends) / 2 - lift, told, "tiny halo centred")
    x, y, anchor = (left + 6, ends[0], "start") if side == 0 else (right - 6, ends[1], "end")
    return band, words(x, y - lift, told, "tiny halo", anchor)


def in_order_of(bundles: list[PairBundle], own: str, other: str, order: list[str]) -> list[str]:
    """Outside parties in the order of the customers with whom they dealt, so that bands seldom cross."""
    places: dict[str, list[int]] = {}
    for bundle in bundles:
        places.setdefault(getattr(bundle, other), []).append(order.index(getattr(bundle, own)))
    return sorted(places, key=lambda name: sum(places[name]) / len(places[name]))


def name_box(x: float, y: float, name: str, class_: str) -> list[str]:
    """A party of a ring, by name alone."""
    shown = shortened(party(name), NAME_LETTERS)
    return [box(x, y - 20, BOX, 40, class_), words(x + BOX / 2, y + 5, shown, "small strong centred")]


def inner_band(y1: float, y2: float, width: float, bundle: PairBundle) -> tuple[str, list[str]]:
    """A payment between two parties and its words: downwards on the right side, upwards on the left."""
    is_down = y2 > y1
    side = 1 if is_down else -1
    x = RING_COLUMNS[AMONG] + (BOX if is_down else 0)
    out = x + side * BEND
    path = (
        f"M{number(x)} {number(y1)}C{number(out)} {number(y1)} "
        f"{number(out)} {number(y2)} {number(x)} {number(y2)}"
    )
    at, middle, anchor = (
        x + side * (BEND * 0.75 + width / 2 + 6),
        (y1 + y2) / 2,
        "start" if is_down else "end",
    )
    sums = ("↓ " if is_down else "↑ ") + amount_words(bundle)
    label = [
        words(at, middle - 3, sums, "small strong halo", anchor),
        words(at, middle + 12, bundle.when, "tiny halo", anchor),
    ]
    return element("path", d=path, class_="ribbon money-out", stroke_width=width), label


def ring(edges: list[FlowEdge], names: list[str]) -> Markup:
    """The parties of a case in the middle, payers left, payees right.

    ``names`` are the parties' in order of the score. Payments of one pair are one band; its width
    grows with the amount, and the time stands on it.
    """
    first, inner, last = (pair_bundles(edges, step) for step in (PAYERS, AMONG, PAYEES))
    parties = [f"customer {name}" for name in names]
    columns = (
        in_order_of(first, "payee", "payer", parties),
        parties,
        in_order_of(last, "payer", "payee", parties),
    )
    rows = [len(column) for column in columns]
    step = 2 * ROW if rows[AMONG] > 1 else ROW
    height = max(max(*rows, 2) * ROW, rows[AMONG] * step)
    # Few outside parties stand as far apart as the customers, so that bands lie level.
    gaps = [step if count <= rows[AMONG] else ROW for count in rows]
    at = [heights(column, HEAD + height / 2, gap) for column, gap in zip(columns, gaps, strict=True)]
    largest = max((bundle.yuan for bundle in (*first, *inner, *last)), default=1.0)

    def thick(bundle: PairBundle) -> float:
        return max(bundle.yuan / largest * WIDEST, 1.2)

    bands, labels = [], []
    for side, bundles in ((0, first), (1, last)):
        outside = [bundle.payee if side else bundle.payer for bundle in bundles]
        for name, bundle in zip(outside, bundles, strict=True):
            ends = (at[side][bundle.payer], at[side + 1][bundle.payee])
            band, label = outer_band(side, ends, thick(bundle), bundle, outside.count(name) == 1)
            bands.append(band)
            labels.append(label)
    for bundle in inner:
        y1, y2 = at[AMONG][bundle.payer], at[AMONG][bundle.payee]
        band, told = inner_band(y1, y2, thick(bundle), bundle)
        bands.append(band)
        labels += told
    top = [
        words(x + BOX / 2, 14, name, "axis centred")
        for x, name, column in zip(RING_COLUMNS, RING_HEADS, at, strict=True)
        if column
    ]
    boxes = [
        part
        for x, column, class_ in zip(RING_COLUMNS, at, ("party", "party self", "party"), strict=True)
        for name, y in column.items()
        for part in name_box(x, y, name, class_)
    ]
    return figure(
        [*top, *bands, *boxes, *labels], HEAD + height + 4, Text("What ties the case", "本案关联图")
    )
