"""Drawings of one scheme: members as dots by role, payments as numbered arrows.

Columns run from left to right as the money does. Each bundle of arrows, all payments
from one role to another, carries a number in order of time; the words to the numbers
stand below the drawing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from models.results.schemes import Arrow, Node, Outline
from reports.drawing import dot, element, figure, number, words
from reports.wording import Text, count, named, yuan

PANEL = 460.0
STEP = 11.0  # between dots
ROWS = 14  # dots above each other at most
LABEL = 17.0  # room for the words under a group of dots
GAP = 15.0  # between two groups of one column
RADIUS = 4.0
DIP = 52.0  # how far an arrow back bends down; half of it is seen
BADGE = 8.5  # radius of a number's disc
ALONG = (0.5, 0.38, 0.62, 0.28, 0.72, 0.2, 0.8)  # parts of the way at which it may stand
HEAD = 6.5  # length of an arrow's head
HOURS_AS_DAYS = 48  # from so many hours on, days are told

Place = tuple[float, float]
Group = tuple[int, str]  # column and role


@dataclass(frozen=True)
class Plan:
    """Where everything stands: dots by node, groups with their size and label's place."""

    dots: dict[int, Place]
    labels: dict[Group, Place]
    sizes: dict[Group, int]
    height: float


def groups_of(nodes: list[Node]) -> dict[Group, list[int]]:
    """Nodes by column and role, in the order in which the money reaches them."""
    found: dict[Group, list[int]] = {}
    for place, node in enumerate(nodes):
        found.setdefault((node.column, node.role), []).append(place)
    return found


def plan(nodes: list[Node]) -> Plan:
    """Lay the groups out in columns, each column in the middle of the height."""
    groups = groups_of(nodes)
    columns = max(column for column, _ in groups) + 1
    room = PANEL / columns

    def tall(size: int) -> float:
        return (min(size, ROWS) - 1) * STEP + 2 * RADIUS + LABEL

    heights = {
        column: sum(tall(len(mine)) + GAP for (at, _), mine in groups.items() if at == column) - GAP
        for column in range(columns)
    }
    # Where columns are narrow, every second label stands one line lower.
    is_narrow = columns > 4
    height = max(heights.values()) + (LABEL if is_narrow else 0) + 12
    dots, labels = {}, {}
    for column in range(columns):
        middle, top = (column + 0.5) * room, 6 + (height - 12 - heights[column]) / 2
        for (at, role), mine in groups.items():
            if at != column:
                continue
            wide = math.ceil(len(mine) / ROWS)
            for place, node in enumerate(mine):
                # A half-empty row of dots is centred like a full one.
                row, side = place // wide, place % wide
                last = min(wide, len(mine) - row * wide)
                dots[node] = (middle + (side - (last - 1) / 2) * STEP, top + RADIUS + row * STEP)
            rows = math.ceil(len(mine) / wide)
            lower = LABEL * 0.8 if is_narrow and column % 2 else 0.0
            labels[(at, role)] = (middle, top + 2 * RADIUS + (rows - 1) * STEP + 14 + lower)
            top += tall(len(mine)) + GAP
    return Plan(dots, labels, {group: len(mine) for group, mine in groups.items()}, height)


def is_back(start: Place, end: Place) -> bool:
    """Whether an arrow points to an earlier column."""
    return end[0] < start[0] - 6 * STEP


@dataclass(frozen=True)
class ArrowBundle:
    """All arrows from one group to another, as one."""

    payer: Group
    payee: Group
    arrows: list[Arrow]
    payments: int
    least_yuan: float
    most_yuan: float
    first_hours: float
    last_hours: float


def arrow_bundles(scheme: Outline) -> list[ArrowBundle]:
    """Arrows from one group to another as one, in order of the first payment."""
    nodes = scheme.nodes
    found: dict[tuple[Group, Group], list[Arrow]] = {}
    for arrow in scheme.arrows:
        payer, payee = nodes[arrow.payer], nodes[arrow.payee]
        ends = ((payer.column, payer.role), (payee.column, payee.role))
        found.setdefault(ends, []).append(arrow)
    told = [
        ArrowBundle(
            payer=payer_group,
            payee=payee_group,
            arrows=arrows,
            payments=sum(arrow.payments for arrow in arrows),
            least_yuan=min(arrow.least_yuan for arrow in arrows),
            most_yuan=max(arrow.most_yuan for arrow in arrows),
            first_hours=min(arrow.first_hours for arrow in arrows),
            last_hours=max(arrow.last_hours for arrow in arrows),
        )
        for (payer_group, payee_group), arrows in found.items()
    ]
    return sorted(told, key=lambda bundle: (bundle.first_hours, bundle.payer, bundle.payee))


def bent(start: Place, end: Place) -> tuple[Place, Place, Place]:
    """Where an arrow leaves, bends (quadratic) and arrives, clear of both dots."""
    (x1, y1), (x2, y2) = start, end
    if is_back(start, end):
        bend = ((x1 + x2) / 2, max(y1, y2) + DIP)
    elif abs(x2 - x1) <= 6 * STEP:  # within one column
        bend = (max(x1, x2) + 60, (y1 + y2) / 2)
    else:
        bend = ((x1 + x2) / 2, (y1 + y2) / 2)

    def shortened(tip: Place, by: float) -> Place:
        far = math.dist(tip, bend) or 1.0
        return tip[0] + (bend[0] - tip[0]) / far * by, tip[1] + (bend[1] - tip[1]) / far * by

    return shortened(start, RADIUS + 1.5), bend, shortened(end, RADIUS + 2)


def head(bend: Place, tip: Place) -> str:
    """An arrow's head as a piece of path."""
    angle = math.atan2(tip[1] - bend[1], tip[0] - bend[0])
    corners = [
        (tip[0] - HEAD * math.cos(angle + turn), tip[1] - HEAD * math.sin(angle + turn))
        for turn in (0.42, -0.42)
    ]
    points = "L".join(f"{number(x)} {number(y)}" for x, y in (tip, *corners))
    return f"M{points}Z"


def badge(bundle: ArrowBundle, where: Plan, taken: list[Place]) -> Place:
    """A place for the bundle's number on its middle arrow, clear of other numbers, dots and labels.

    Where every place along the arrow is taken, the one farthest from what stands there.
    """
    ways = sorted(bent(where.dots[arrow.payer], where.dots[arrow.payee]) for arrow in bundle.arrows)
    (x1, y1), (x2, y2), (x3, y3) = ways[len(ways) // 2]
    places = []
    for part in ALONG:
        near, far = (1 - part) ** 2, part**2
        between = 1 - near - far
        places.append((near * x1 + between * x2 + far * x3, near * y1 + between * y2 + far * y3))

    def room(place: Place) -> float:
        numbers = [math.dist(place, other) / (2 * BADGE + 1) for other in taken]
        dots = [math.dist(place, other) / (BADGE + RADIUS + 1) for other in where.dots.values()]
        # A label is about as wide as three discs.
        names = [
            math.dist(place, (x + aside, y - 4)) / (BADGE + 6)
            for x, y in where.labels.values()
            for aside in (-16, 0, 16)
        ]
        return min([*numbers, *dots, *names])

    free = [place for place in places if room(place) >= 1]
    return free[0] if free else max(places, key=room)


def member(role: str, size: int, roles: dict[str, Text]) -> Text:
    """A role and how many play it; ``roles`` names it."""
    name = named(roles, role)
    return name if size == 1 else Text(f"{name.en} × {size}", f"{name.zh} × {size}")


def drawing(scheme: Outline, side: str, title: Text, roles: dict[str, Text]) -> Markup:
    """One scheme as SVG; ``roles`` names the parts of its members."""
    where = plan(scheme.nodes)
    lines, marks = [], []
    taken: list[Place] = []
    for place, bundle in enumerate(arrow_bundles(scheme), 1):
        ways, heads = [], []
        for arrow in bundle.arrows:
            start, bend, tip = bent(where.dots[arrow.payer], where.dots[arrow.payee])
            ways.append(
                f"M{number(start[0])} {number(start[1])}"
                f"Q{number(bend[0])} {number(bend[1])} {number(tip[0])} {number(tip[1])}"
            )
            heads.append(head(bend, tip))
        faint = " faint" if len(ways) > 8 else ""
        lines.append(element("path", d="".join(ways), class_=f"way {side}{faint}"))
        lines.append(element("path", d="".join(heads), class_=f"fill {side}"))
        x, y = badge(bundle, where, taken)
        taken.append((x, y))
        marks.append(dot(x, y, BADGE, f"badge {side}"))
        marks.append(words(x, y + 4, str(place), f"{side} tiny strong", "middle"))
    dots = [
        dot(*where.dots[place], RADIUS, "member own" if node.is_customer else "member")
        for place, node in enumerate(scheme.nodes)
    ]
    names = [
        words(*where.labels[group], member(group[1], size, roles), "small halo", "middle")
        for group, size in where.sizes.items()
    ]
    height = max([where.height, *(y + BADGE + 2 for _, y in taken)])
    return figure([*lines, *dots, *names, *marks], height, title, PANEL)


def lasting(hours: float) -> Text:
    """A time after the first payment."""
    if hours < 1:
        return Text(f"{hours * 60:.0f}\u00a0min", f"{hours * 60:.0f} 分钟")
    if hours < HOURS_AS_DAYS:
        return Text(f"{hours:.0f}\u00a0h", f"{hours:.0f} 小时")
    return Text(f"{hours / 24:.0f}\u00a0d", f"{hours / 24:.0f} 天")


def offset(first: float, last: float) -> Text:
    """When payments were made, told from the first one of the scheme."""
    begin, end = lasting(first), lasting(last)
    if begin == end:
        return Text("at the start", "起始时") if first == 0 else Text(f"after {begin.en}", f"{begin.zh}后")
    if first == 0:
        return Text(f"within {end.en}", f"{end.zh}内")
    return Text(f"after {begin.en} to {end.en}", f"{begin.zh}至{end.zh}后")


def step_words(scheme: Outline, roles: dict[str, Text]) -> list[Text]:
    """The words to the numbers: who pays whom, how often, how much and when."""
    sizes = {group: len(mine) for group, mine in groups_of(scheme.nodes).items()}
    told = []
    for bundle in arrow_bundles(scheme):
        payer, payee = (member(group[1], sizes[group], roles) for group in (bundle.payer, bundle.payee))
        least, most = yuan(bundle.least_yuan), yuan(bundle.most_yuan)
        each = least if least == most else f"{least}–{most.lstrip('¥')}"
        when, times = offset(bundle.first_hours, bundle.last_hours), bundle.payments
        told.append(
            Text(
                f"{payer.en} → {payee.en}: "
                + ("one payment, " if times == 1 else f"{count(times)} payments, ")
                + f"{each}, {when.en}",
                f"{payer.zh} → {payee.zh}：{count(times)} 笔，{each}，{when.zh}",
            )
        )
    return told
