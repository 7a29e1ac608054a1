"""What holds of every livelihood: it is defined, and hangs on no cut of the run."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data.schema import HOUR_US
from data.streams import stream
from data.world.calendar import Calendar
from data.world.flows import NO_SCHEME
from data.world.ledger import move_on
from data.world.livelihoods import LIVELIHOODS, Circles
from data.world.population import Population
from data.world.schemes import after_schemes, draw_schemes
from data.world.stretches import payouts, stretches
from tests.spec.livelihoods import EVERYBODY, LEADERS, SEED, bank, flow, leaders, params, payments


def test_every_new_livelihood_has_a_definition_here() -> None:
    assert set(LEADERS) == set(LIVELIHOODS) - EVERYBODY


@pytest.mark.parametrize("name", sorted(LEADERS))
def test_who_takes_part_does_not_depend_on_how_the_run_is_cut(name: str) -> None:
    whole = leaders(name)
    assert whole
    assert leaders(name, 7) == whole
    assert leaders(name, 400) == whole


@pytest.mark.parametrize("name", ["escrow", "windfall", "contractor", "treasury_sweep"])
def test_neither_does_when_they_do_it(name: str) -> None:
    def days(cut: int) -> set[tuple[int, object]]:
        side, shows = ("payee", LEADERS[name][1]) if name != "escrow" else ("payee", _is_price)
        table = payments(name, cut)
        chosen = table[shows(table)]
        return set(zip(chosen[side], chosen["at"].dt.date, strict=True))

    assert days(7) == days(28) == days(400)


def _is_price(table: pd.DataFrame) -> pd.Series:
    return ~table["payer_inside"]


@pytest.mark.parametrize("name", sorted(LIVELIHOODS))
@pytest.mark.filterwarnings("error")
def test_a_bank_of_three_hundred_customers_draws_without_error(name: str) -> None:
    drawn = flow(name, 300, 28)
    assert (drawn.amount > 0).all()
    assert (drawn.payer >= 0).all()


def test_what_follows_a_stretch_is_settled_in_the_next_one() -> None:
    chosen = params(300, stretch_days=7, schemes_per_typology=1, look_alikes_per_scheme=0)
    # No limit splits a payment.
    policy = chosen.drift.policy_change.model_copy(update={"most_cny": 1e9})
    chosen = chosen.model_copy(
        update={"drift": chosen.drift.model_copy(update={"policy_change": policy, "shifts": []})}
    )
    world, calendar = bank(300)
    planned = draw_schemes(world, calendar, chosen)
    # A warm-up is everyday life, but nobody's livelihood.
    scenes = [plan for plan in planned if not len(plan[2].everyday)]
    settled = stretches(world, calendar, scenes, chosen)
    # What is left in an account that is closed is paid out, and is nobody's livelihood either.
    seen = sum((stretch.flow.scheme == NO_SCHEME).sum() for stretch in settled)
    after = after_schemes(world, scenes)
    expected = intended(world, after.closed_us, calendar, chosen.stretch_days)
    assert seen == expected + len(payouts(after))


def intended(world: Population, closed: np.ndarray, calendar: Calendar, days: int) -> int:
    """How many payments of the run are drawn between two open accounts."""
    end = calendar.start_us + calendar.days * 24 * HOUR_US
    opened = world.opened_us
    count = 0
    for name, livelihood in LIVELIHOODS.items():
        draw = livelihood(world, calendar, stream(SEED, "livelihood", name))
        for number, stretch in enumerate(calendar.stretches(days)):
            drawn = draw(stretch, stream(SEED, "livelihood", name, str(number)))
            for side in (drawn.payer, drawn.payee):
                move_on(drawn.at, side, world.successor, world.moved_us)
            is_open = (drawn.at >= opened[drawn.payer]) & (drawn.at >= opened[drawn.payee])
            is_open &= (drawn.at < closed[drawn.payer]) & (drawn.at < closed[drawn.payee])
            count += ((drawn.at < end) & is_open & (drawn.payer != drawn.payee)).sum()
    return count


def test_a_circle_gathers_its_own_members_on_every_occasion() -> None:
    circles = Circles(np.array([2, 3, 1]))
    occasion, place = circles.gather(np.array([1, 0, 1]))
    assert occasion.tolist() == [0, 0, 0, 1, 1, 2, 2, 2]
    assert place.tolist() == [2, 3, 4, 0, 1, 2, 3, 4]
    assert circles.leader.tolist() == [0, 0, 1, 1, 1, 2]
