"""The small set of features that two engines answer: as a plain count has it, strictly before the day."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.feed_windows import DAYS, ENGINES, NAMES, Payments
from benchmarks.peers.sides import Pairs, Side

ROWS, PARTIES = 600, 12


def drawn() -> Payments:
    rng = np.random.default_rng(5)
    payer = rng.integers(0, PARTIES, ROWS)
    payee = (payer + rng.integers(1, PARTIES, ROWS)) % PARTIES
    return Payments(payer, payee, np.sort(rng.integers(0, 60, ROWS)) + 20_000, rng.integers(1, 500_000, ROWS))


def plain(payments: Payments, place: int, end: int) -> list[int]:
    """What the payment's payer (0) or payee (1) got and made, walked through day by day."""
    me = (payments.payer, payments.payee)[end][place]
    found = []
    for days in DAYS:
        age = payments.day[place] - payments.day
        inside = (age >= 1) & (age <= days)
        for mine, other in ((payments.payer, payments.payee), (payments.payee, payments.payer)):
            of = np.flatnonzero(inside & (mine == me))
            found += [len(of), int(payments.cents[of].sum()), len(set(other[of].tolist()))]
    return found


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_answers_as_a_plain_count_of_whole_days_before(engine: str) -> None:
    if engine != "ours":
        pytest.importorskip(engine)
    payments = drawn()
    asked = np.array([0, 17, 250, 401, ROWS - 1])
    found = ENGINES[engine](payments)(asked)
    assert found.shape == (len(asked), 2, len(NAMES))
    for row, place in enumerate(asked.tolist()):
        for end in range(2):
            assert found[row, end].tolist() == plain(payments, place, end)


def test_pairs_and_sides_know_the_pairs_payment_before() -> None:
    payments = drawn()
    amount = payments.cents / 100
    pairs = Pairs.of(payments.payer, payments.payee, payments.day, amount, PARTIES)
    last: dict[tuple[int, int], int] = {}
    for place, pair in enumerate(zip(payments.payer.tolist(), payments.payee.tolist(), strict=True)):
        assert pairs.previous[place] == last.get(pair, -1)
        last[pair] = place
    side = Side.of(payments.payee, payments.payer, payments.day, amount, pairs.previous, PARTIES)
    order = np.argsort(payments.payee, kind="stable")
    assert side.at.tolist() == payments.day[order].tolist()
    assert [order[place] if place >= 0 else -1 for place in side.before] == pairs.previous[order].tolist()
    np.testing.assert_allclose(np.diff(side.sums[:, 3]), amount[order])
