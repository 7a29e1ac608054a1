"""Draw payments on two processors: a forked process draws beside the first one and ahead of it.

Work is cut into rounds, and rounds into parts; whoever is free takes the next part. Rounds come in
order, and the parts of each in order, so that nothing tells who drew what.
"""

from __future__ import annotations

import gc
import multiprocessing
import signal
import sys
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import fields
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

import memory
from data.world.flows import Flow

CAN_FORK = sys.platform == "linux"  # elsewhere a fork is missing or not safe
MOST_AHEAD = 3_000_000  # payments that wait in the second process, about 33 bytes each; bounds the memory
PATIENCE_SECONDS = 5.0  # before a process that waits asks whether there still is something to wait for

DrawPart = Callable[[int, int], Flow]  # of a round and a part


class Beside:
    """Two processes that draw the parts of many rounds; the second one begins at once.

    Parameters
    ----------
    draw : what draws a part of a round, the same whichever process asks
    rounds, parts : how many rounds, and how many parts each of them has
    """

    def __init__(self, draw: DrawPart, rounds: int, parts: int) -> None:
        self._draw, self._rounds, self._parts = draw, rounds, parts
        if CAN_FORK:
            context = multiprocessing.get_context("fork")
            self._left = context.Array("i", [parts] * rounds)
            self._pipe, theirs = context.Pipe(duplex=False)
            arguments = (draw, rounds, self._left, self._pipe, theirs)
            second = context.Process(target=_draw_beside, args=arguments, daemon=True)
            second.start()
            theirs.close()
            self._end = weakref.finalize(self, _end, second, self._pipe)

    def rounds(self) -> Iterator[list[Flow]]:
        """The parts of each round, once; an error of the second process is raised here."""
        if not CAN_FORK:
            yield from ([self._draw(n, part) for part in range(self._parts)] for n in range(self._rounds))
            return
        try:
            for number in range(self._rounds):
                yield self._round(number)  # nothing of it stays here
        finally:
            self._end()

    def _round(self, number: int) -> list[Flow]:
        drawn = {part: self._draw(number, part) for part in _taken(self._left, number)}
        drawn |= _received(self._pipe)
        return [drawn[part] for part in range(self._parts)]


def _end(second: Any, pipe: Connection) -> None:
    pipe.close()
    second.terminate()
    second.join()


def _taken(left: Any, number: int) -> Iterator[int]:
    """Take the parts of a round that are left (an array that both processes share), the last one first."""
    while True:
        while not left.get_lock().acquire(timeout=PATIENCE_SECONDS):
            first = multiprocessing.parent_process()
            if first is not None and not first.is_alive():  # it was killed with the lock in its hand
                raise SystemExit(1)
        left[number] -= 1
        part = int(left[number])
        left.get_lock().release()
        if part < 0:
            return
        yield part


def _draw_beside(draw: DrawPart, rounds: int, left: Any, ours: Connection, theirs: Connection) -> None:
    """The second process: draw what the first one has not taken yet."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process ends both
    gc.freeze()  # looking through what both share would copy it
    memory.give_back()  # of shared pages that hold nothing the first process need make no copy then
    ours.close()  # so that it ends when the first one does
    outbox = Outbox(theirs)
    try:
        for number in range(rounds):
            outbox.put({part: draw(number, part) for part in _taken(left, number)})
            if number == 0:
                memory.give_back()  # most habits are drawn by now, which needed more than they take
    except BrokenPipeError:
        return
    except Exception as error:
        outbox.put(error)
    outbox.close()


class Outbox:
    """Sends what is drawn, round by round, while the next rounds are drawn; holds no more than it may."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe, self._waiting, self._payments = pipe, deque[dict[int, Flow] | Exception | None](), 0
        self._changed = threading.Condition()
        self._sender = threading.Thread(target=self._send_all, daemon=True)
        self._sender.start()

    def put(self, drawn: dict[int, Flow] | Exception | None) -> None:
        """Let something be sent, as soon as there is room for it."""
        with self._changed:
            while self._payments > MOST_AHEAD and self._sender.is_alive():
                self._changed.wait(PATIENCE_SECONDS)
            if not self._sender.is_alive():
                raise BrokenPipeError
            self._waiting.append(drawn)
            self._payments += _payments(drawn)
            self._changed.notify()

    def close(self) -> None:
        """Wait until everything is sent."""
        self.put(None)
        self._sender.join()

    def _send_all(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: len(self._waiting) > 0)
                drawn = self._waiting.popleft()
            size = _payments(drawn)
            try:
                if isinstance(drawn, dict):
                    _send(self._pipe, drawn)
                elif drawn is not None:
                    self._pipe.send(drawn)
            except BrokenPipeError:
                return
            with self._changed:
                self._payments -= size
                self._changed.notify()
            if drawn is None:
                return


def _payments(drawn: dict[int, Flow] | Exception | None) -> int:
    return sum(map(len, drawn.values())) if isinstance(drawn, dict) else 0


def _send(pipe: Connection, drawn: dict[int, Flow]) -> None:
    """Send flows as they lie in memory, and empty the dict: parts and sizes, then column by column of all."""
    pipe.send([(part, len(flow)) for part, flow in drawn.items()])
    if not drawn:
        return
    together = Flow.concat(list(drawn.values()))
    drawn.clear()
    for column in together.columns():
        pipe.send(column.dtype)
        if len(column):
            pipe.send_bytes(column.data.cast("B"))


def _received(pipe: Connection) -> dict[int, Flow]:
    """The flows of one round by part, as `_send` sends them."""
    sizes = pipe.recv()
    if isinstance(sizes, Exception):
        raise sizes
    if not sizes:
        return {}
    columns, count = [], sum(size for _, size in sizes)
    for _ in fields(Flow):
        columns.append(np.empty(count, pipe.recv()))
        if count:
            pipe.recv_bytes_into(columns[-1].data.cast("B"))
    flow, ends = Flow(*columns), np.cumsum([size for _, size in sizes])
    return {part: flow.take(slice(end - size, end)) for (part, size), end in zip(sizes, ends, strict=True)}
