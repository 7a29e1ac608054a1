"""What everybody's ordinary life pays, stretch by stretch, drawn on two processors.

Livelihoods have streams of their own, so that any process may draw any of them: what is drawn
never depends on which one did. A second process, forked where the system has that, begins at
once and draws ahead while the first one plans schemes, settles and writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from data.streams import stream
from data.world.beside import Beside
from data.world.calendar import Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw
from data.world.population import Population


def lives(
    world: Population, calendar: Calendar, seed: int, stretches: list[Calendar]
) -> Iterator[list[Flow]]:
    """The intended payments of every stretch, one Flow a livelihood, in the order of the registry."""
    names = list(LIVELIHOODS)

    @cache
    def habits(name: str) -> Draw:
        return LIVELIHOODS[name](world, calendar, stream(seed, "livelihood", name))

    def draw(number: int, part: int) -> Flow:
        name = names[part]
        return habits(name)(stretches[number], stream(seed, "livelihood", name, str(number)))

    return Beside(draw, len(stretches), len(names)).rounds()
