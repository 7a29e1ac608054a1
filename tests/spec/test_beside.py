"""Two processes draw beside each other: the same payments in the same order as one would draw."""

from __future__ import annotations

import multiprocessing

import numpy as np
import pytest

from data.world import beside
from data.world.beside import Beside
from data.world.flows import Flow
from parameters import BadInput

ROUNDS, PARTS = 5, 7


def part_of(number: int, part: int) -> Flow:
    """Some payments that say by their sums which part of which round they are; some parts have none."""
    size = (number + part) % 4
    yuan = np.arange(size) + 100 * number + 10 * part + 1.0
    return Flow.of(np.arange(size), np.arange(size), np.arange(size) + 1, yuan, "transfer", "gift")


def sums(rounds: list[list[Flow]]) -> list[list[list[int]]]:
    return [[flow.amount.tolist() for flow in flows] for flows in rounds]


def test_every_part_of_every_round_comes_once_and_in_order() -> None:
    drawn = list(Beside(part_of, ROUNDS, PARTS).rounds())
    assert sums(drawn) == sums([[part_of(n, part) for part in range(PARTS)] for n in range(ROUNDS)])
    for column, expected in zip(drawn[2][3].columns(), part_of(2, 3).columns(), strict=True):
        assert column.dtype == expected.dtype
        np.testing.assert_array_equal(column, expected)


def test_one_process_draws_the_same_where_none_can_be_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    two = sums(list(Beside(part_of, ROUNDS, PARTS).rounds()))
    monkeypatch.setattr(beside, "CAN_FORK", False)
    assert sums(list(Beside(part_of, ROUNDS, PARTS).rounds())) == two


@pytest.mark.skipif(not beside.CAN_FORK, reason="one process draws everything")
def test_the_second_process_waits_when_it_is_far_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "MOST_AHEAD", 0)
    drawn = list(Beside(part_of, ROUNDS, PARTS).rounds())
    assert sums(drawn) == sums([[part_of(n, part) for part in range(PARTS)] for n in range(ROUNDS)])


@pytest.mark.skipif(not beside.CAN_FORK, reason="one process draws everything")
def test_an_error_of_the_second_process_is_raised_in_the_first() -> None:
    failed = multiprocessing.get_context("fork").Event()

    def draw(number: int, part: int) -> Flow:
        if multiprocessing.parent_process() is not None:
            failed.set()
            raise BadInput("no such part")
        assert failed.wait(60)
        return part_of(number, part)

    with pytest.raises(BadInput, match="no such part"):
        list(Beside(draw, ROUNDS, PARTS).rounds())


@pytest.mark.skipif(not beside.CAN_FORK, reason="one process draws everything")
def test_the_second_process_ends_when_nobody_waits_for_it_any_more() -> None:
    before = set(multiprocessing.active_children())
    rounds = Beside(part_of, 1_000, PARTS).rounds()
    next(rounds)
    begun = Beside(part_of, 1_000, PARTS)
    second = set(multiprocessing.active_children()) - before
    assert len(second) == 2
    rounds.close()  # type: ignore[attr-defined]
    del begun
    assert set(multiprocessing.active_children()) == before
