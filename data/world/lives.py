"""What everybody's ordinary life pays, stretch by stretch, drawn on two processors.

Livelihoods have streams of their own, so that any process may draw any of them: what is drawn
never depends on which one did. A second process, forked where the system has that, draws beside
the first one and is at most one stretch ahead of it, which bounds the memory.
"""

from __future__ import annotations

import gc
import multiprocessing
import sys
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection

import numpy as np

from data.streams import stream
from data.world.calendar import Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS
from data.world.population import Population

CAN_FORK = sys.platform == "linux"  # elsewhere a fork is missing or not safe
PATIENCE_SECONDS = 5.0  # of the second process, before it asks whether the first one is alive

DrawPart = Callable[[int, int], Flow]


def lives(world: Population, calendar: Calendar, seed: int, stretches: list[Calendar]) -> Iterator[list[Flow]]:
    """The intended payments of every stretch, one Flow a livelihood, in the order of the registry."""
    names = list(LIVELIHOODS)
    habits = [LIVELIHOODS[name](world, calendar, stream(seed, "livelihood", name)) for name in names]

    def draw(number: int, part: int) -> Flow:
        return habits[part](stretches[number], stream(seed, "livelihood", names[part], str(number)))

    return side_by_side(draw, len(stretches), len(names))


def side_by_side(draw: DrawPart, rounds: int, parts: int) -> Iterator[list[Flow]]:
    """``draw(round, part)`` of all parts of one round after the other, by two processes if possible.

    Whoever is free takes the next part of a round; the last ones come first. An error of the
    second process is raised here.
    """
    if not CAN_FORK:
        for number in range(rounds):
            yield [draw(number, part) for part in range(parts)]
        return
    context = multiprocessing.get_context("fork")
    left = Counters(context.Array("i", [parts] * rounds))
    ours, theirs = context.Pipe(duplex=False)
    second = context.Process(target=_draw_beside, args=(draw, rounds, left, ours, theirs), daemon=True)
    second.start()
    theirs.close()
    try:
        for number in range(rounds):
            drawn = {part: draw(number, part) for part in left.taken(number)}
            drawn |= _received(ours)
            yield [drawn[part] for part in range(parts)]
    finally:
        ours.close()
        second.terminate()
        second.join()


class Counters:
    """Parts that are left of every round, in memory that both processes share."""

    def __init__(self, left: multiprocessing.sharedctypes.SynchronizedArray[int]) -> None:
        self._left = left

    def taken(self, number: int) -> Iterator[int]:
        """Take the parts of a round, one after the other, until none is left."""
        while (part := self._take(number)) >= 0:
            yield part

    def _take(self, number: int) -> int:
        lock = self._left.get_lock()
        while not lock.acquire(timeout=PATIENCE_SECONDS):
            first = multiprocessing.parent_process()
            if first is not None and not first.is_alive():  # it was killed with the lock in its hand
                raise SystemExit(1)
        try:
            self._left[number] -= 1
            return int(self._left[number])
        finally:
            lock.release()


def _draw_beside(
    draw: DrawPart, rounds: int, left: Counters, ours: Connection, theirs: Connection
) -> None:
    """The second process: draw what the first one has not taken yet, and send it round by round."""
    gc.freeze()  # looking through what both share would copy it
    ours.close()  # so that it ends when the first one does
    try:
        for number in range(rounds):
            _send(theirs, {part: draw(number, part) for part in left.taken(number)})
    except BrokenPipeError:
        return
    except Exception as error:
        theirs.send(error)


def _send(pipe: Connection, drawn: dict[int, Flow]) -> None:
    """Send flows as they lie in memory: their parts and sizes, then column by column."""
    flow = Flow.concat(list(drawn.values())) if drawn else None
    pipe.send([(part, len(flow)) for part, flow in drawn.items()])
    for column in flow.columns() if flow is not None else ():
        pipe.send((column.dtype, len(column)))
        if len(column):
            pipe.send_bytes(column.view(np.uint8))


def _received(pipe: Connection) -> dict[int, Flow]:
    """The flows of one round by part, as `_send` sends them."""
    sizes = pipe.recv()
    if isinstance(sizes, Exception):
        raise sizes
    columns = []
    for _ in range(len(Flow.__dataclass_fields__) if sizes else 0):
        dtype, size = pipe.recv()
        column = np.empty(size, dtype)
        if size:
            pipe.recv_bytes_into(column.view(np.uint8))
        columns.append(column)
    flow, drawn, end = Flow(*columns) if sizes else None, {}, 0
    for part, size in sizes:
        drawn[part], end = flow.take(slice(end, end + size)), end + size
    return drawn
