"""Pictures of one case: the days, and the money's way. Facts that the bank has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from explain.results.cases import DayOfMoney, FlowEdge, MonthOfMoney
from reports.drawing import WIDTH, box, boxes, element, figure, line, number, words
from reports.wording import Text, party, shortened, yuan

BOX, ROW = 178, 60
NAME_LETTERS = 24  # of a party that stand in its box; the table of counterparties has the whole name
COLUMNS = (0, 254, 508, 762)  # payers, the customer, payees, their payees
WIDER = (0, 381, 762, 762)  # where nothing is paid on
WIDEST = 20.0
HEADS = (
    Text("payers", "付款方"),
    Text("the customer", "本客户"),
    Text("payees", "收款方"),
    Text("paid on soon after", "随后再转出"),
)
ONWARD = 2  # the step beyond the payees


def nice(largest: float) -> float:
    """A round number at or above the largest amount."""
    size = 1.0
    while size * 10 <= largest:
        size *= 10
    return next(step * size for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * size >= largest)


def short(amount: float) -> str:
    """An amount for a bar's end: ``¥38.5k``."""
    return f"¥{amount / 1_000:,.1f}k" if amount >= 1_000 else yuan(amount)


def crowded(days: list[DayOfMoney], row: DayOfMoney, side: str) -> bool:
    """Whether the bar of a neighbouring day is larger, so that its amount stands there alone."""
    day, own = date.fromisoformat(row.day), abs(getattr(row, f"money_{side}"))
    beside = [
        abs(getattr(other, f"money_{side}"))
        for other in days
        if abs((date.fromisoformat(other.day) - day).days) == 1
    ]
    return max(beside, default=0.0) > own


def timeline(days: list[DayOfMoney], as_of: str, span: int) -> Markup:
    """Money in (up) and out (down) on each of the ``span`` days before the alert."""
    end = date.fromisoformat(as_of)
    start = end - timedelta(days=span)
    left, right, middle, half = 70.0, WIDTH - 22.0, 104.0, 88.0
    # The axis leaves room above the largest bar for its amount.
    sums = [abs(amount) for row in days for amount in (row.money_in, row.money_out)]
    largest = nice(1.15 * max(sums, default=0.0) or 1.0)
    width = (right - left) / span
    parts = [line(left, middle, right, middle, "zero")]
    for sign, side, name in ((-1, "in", Text("in", "转入")), (1, "out", Text("out", "转出"))):
        parts.append(line(left, middle + sign * half, right, middle + sign * half, "grid"))
        parts.append(words(left - 8, middle + sign * half + 4, yuan(largest), "tick", "end"))
        parts.append(words(left - 8, middle + sign * half / 2 + 4, name, f"money-{side} strong", "end"))
    parts.append(words(left - 8, middle + 4, yuan(0), "tick", "end"))
    for week in range(0, span + 1, 7):
        day, x = start + timedelta(days=week), left + week * width
        parts.append(line(x, middle - half, x, middle + half, "grid"))
        shown = Text(f"{day.day} {day:%b}", f"{day.month}月{day.day}日")
        anchor = "end" if week == span else "middle" if week else "start"
        parts.append(words(x, middle + half + 20, shown, "tick", anchor))
    bars: dict[str, list[tuple[float, float, float, float]]] = {"in": [], "out": []}
    labels = []
    for row in days:
        x = left + (date.fromisoformat(row.day) - start).days * width
        for sign, side, money in ((-1, "in", row.money_in), (1, "out", row.money_out)):
            amount = abs(money)
            if amount <= 0:
                continue
            size = max(amount / largest * half, 1.0)
            bars[side].append((x + 3, middle - size if sign < 0 else middle, width - 6, size))
            if amount >= 0.25 * largest and not crowded(days, row, side):
                at = middle + sign * size + (-5 if sign < 0 else 13)
                labels.append(words(x + width / 2, at, short(amount), "tick halo centred"))
    parts += [boxes(places, f"money-{side}") for side, places in bars.items()]
    return figure([*parts, *labels], middle + half + 28, Text("Money in and out by day", "每日资金进出"))


def when(moments: list[str]) -> Text:
    """The time of one payment, or the days of several."""
    first, last = min(moments), max(moments)
    begin, end = date.fromisoformat(first[:10]), date.fromisoformat(last[:10])
    if len(moments) == 1:
        return Text(f"{begin.day} {begin:%b} {first[11:]}", f"{begin.month}月{begin.day}日 {first[11:]}")
    if begin == end:
        return Text(
            f"{begin.day} {begin:%b} {first[11:]}–{last[11:]}",
            f"{begin.month}月{begin.day}日 {first[11:]}–{last[11:]}",
        )
    return Text(
        f"{begin.day} {begin:%b} – {end.day} {end:%b}",
        f"{begin.month}月{begin.day}日–{end.month}月{end.day}日",
    )


def leading_on(edges: list[FlowEdge], who: str) -> list[FlowEdge]:
    """Edges without those between two accounts of the customer, which lead nowhere."""
    me = f"customer {who}"
    return [
        edge for edge in edges if edge.payer != edge.payee and not (edge.step == ONWARD and edge.payer == me)
    ]


@dataclass(frozen=True)
class PairBundle:
    """Payments of one step from one party to another."""

    payer: str
    payee: str
    yuan: float
    whole: float
    payments: int
    first: str
    when: Text


def pair_bundles(edges: list[FlowEdge], step: int) -> list[PairBundle]:
    """Payments of one step by payer and payee, in order of the first one."""
    pairs: dict[tuple[str, str], list[FlowEdge]] = {}
    for edge in edges:
        if edge.step == step:
            pairs.setdefault((edge.payer, edge.payee), []).append(edge)
    found = [
        PairBundle(
            payer=payer,
            payee=payee,
            yuan=sum(edge.yuan for edge in group),
            whole=sum(edge.whole for edge in group),
            payments=len(group),
            first=min(edge.at for edge in group),
            when=when([edge.at for edge in group]),
        )
        for (payer, payee), group in pairs.items()
    ]
    return sorted(found, key=lambda bundle: (bundle.first, bundle.payer, bundle.payee))


def ribbon(x1: float, y1: float, x2: float, y2: float, width: float, class_: str) -> str:
    """A curved band from one column to the next."""
    bend = (x2 - x1) / 2
    path = (
        f"M{number(x1)} {number(y1)}C{number(x1 + bend)} {number(y1)} "
        f"{number(x2 - bend)} {number(y2)} {number(x2)} {number(y2)}"
    )
    return element("path", d=path, class_=f"ribbon {class_}", stroke_width=float(width))


def party_box(x: float, y: float, name: str, bundle: PairBundle) -> list[str]:
    """Who, how much, how often and when; the box itself is drawn with all others of a flow."""
    times = bundle.payments
    often = Text(f" in {times} payments", f"，{times} 笔") if times > 1 else Text("", "")
    amount = yuan(bundle.yuan)
    if bundle.whole > bundle.yuan:  # a payment on that is larger than what it can have carried on
        often = Text(f" of {yuan(bundle.whole)} paid", f"，原付款 {yuan(bundle.whole)}")
    return [
        words(x + 9, y - 10, shortened(party(name), NAME_LETTERS), "small strong"),
        words(x + 9, y + 5, Text(amount + often.en, amount + often.zh), "small"),
        words(x + 9, y + 19, bundle.when, "tiny"),
    ]


def own_box(x: float, middle: float, who: str, totals: list[float]) -> list[str]:
    """The customer, with the sums of money in and out that the bands beside it carry."""
    center, (money_in, paid) = x + BOX / 2, (yuan(total) for total in totals)
    return [
        box(x, middle - 32, BOX, 64, "party self"),
        words(center, middle - 12, shortened(party(f"customer {who}"), 22), "strong centred"),
        words(center, middle + 6, Text(f"in {money_in}", f"转入 {money_in}"), "small money-in centred"),
        words(center, middle + 23, Text(f"out {paid}", f"转出 {paid}"), "small money-out centred"),
    ]


def flow(edges: list[FlowEdge], who: str) -> Markup:
    """Payers left, the customer in the middle, payees right, and one step beyond.

    Payments of one pair are one band; its width grows with the amount.
    """
    incoming, outgoing, onward = (pair_bundles(leading_on(edges, who), step) for step in (0, 1, ONWARD))
    # What is paid on stands beside its payer, so that bands do not cross.
    rank = {bundle.payee: place for place, bundle in enumerate(outgoing)}
    onward.sort(key=lambda bundle: (rank.get(bundle.payer, len(rank)), bundle.first))
    columns = COLUMNS if onward else WIDER
    rows = max(len(incoming), len(outgoing), len(onward), 2)
    head, height = 30.0, rows * ROW
    middle = head + height / 2
    largest = max((bundle.yuan for bundle in (*incoming, *outgoing, *onward)), default=1.0)

    def level(place: int, size: int) -> float:
        return (
            head + height * (place + 0.5) / size
            if size > rows / 2
            else middle + (place - (size - 1) / 2) * ROW
        )

    def thick(bundle: PairBundle) -> float:
        return max(bundle.yuan / largest * WIDEST, 0.8)

    parts = [
        words(x + BOX / 2, 14, name, "axis centred")
        for x, name, shown in zip(columns, HEADS, (incoming, True, outgoing, onward), strict=True)
        if shown
    ]
    names: list[str] = []
    places: list[tuple[float, float]] = []  # left and middle of each box
    for place, bundle in enumerate(incoming):
        y = level(place, len(incoming))
        parts.append(ribbon(columns[0] + BOX, y, columns[1], middle, thick(bundle), "money-in"))
        places.append((columns[0], y))
        names += party_box(columns[0], y, bundle.payer, bundle)
    at = {}
    for place, bundle in enumerate(outgoing):
        y = at[bundle.payee] = level(place, len(outgoing))
        parts.append(ribbon(columns[1] + BOX, middle, columns[2], y, thick(bundle), "money-out"))
        places.append((columns[2], y))
        names += party_box(columns[2], y, bundle.payee, bundle)
    for place, bundle in enumerate(onward):
        y = level(place, len(onward))
        source = at.get(bundle.payer, middle)
        parts.append(ribbon(columns[2] + BOX, source, columns[3], y, thick(bundle), "money-out"))
        places.append((columns[3], y))
        names += party_box(columns[3], y, bundle.payee, bundle)
    totals = [sum(bundle.yuan for bundle in step) for step in (incoming, outgoing)]
    names += own_box(columns[1], middle, who, totals)
    drawn = boxes([(x, y - 26, BOX, 52) for x, y in places], "party")
    return figure(
        [*parts, drawn, *names], head + height + 4, Text("Money flow around the customer", "客户资金流向图")
    )


def months(rows: list[MonthOfMoney]) -> Markup:
    """Money in (up) and out (down) of the twelve months before the alert; the last is the case's own."""
    left, right, middle, half = 70.0, WIDTH - 22.0, 66.0, 52.0
    largest = nice(max((amount for row in rows for amount in (row.money_in, row.money_out)), default=0) or 1)
    width = (right - left) / max(len(rows), 1)
    parts = [line(left, middle, right, middle, "zero")]
    for sign, side, name in ((-1, "in", Text("in", "转入")), (1, "out", Text("out", "转出"))):
        parts.append(words(left - 8, middle + sign * half + 4, yuan(largest), "tick", "end"))
        parts.append(words(left - 8, middle + sign * half / 2 + 4, name, f"money-{side} strong", "end"))
    bars: dict[str, list[tuple[float, float, float, float]]] = {"in": [], "out": []}
    for place, row in enumerate(rows):
        x, end = left + place * width, date.fromisoformat(row.ends)
        for sign, side, amount in ((-1, "in", row.money_in), (1, "out", row.money_out)):
            size = amount / largest * half
            bars[side].append((x + 8, middle - size if sign < 0 else middle, width - 16, size))
        shown = Text(f"to {end.day} {end:%b}", f"至{end.month}月{end.day}日")
        parts.append(words(x + width / 2, middle + half + 20, shown, "tick centred"))
    parts += [boxes(places, f"money-{side}") for side, places in bars.items()]
    return figure(parts, middle + half + 28, Text("Money in and out by month", "每月资金进出"))
