"""Sales of a home or a car: one very large credit, most of it gone within days."""

from __future__ import annotations

import numpy as np

from data.world.calendar import OFFICE, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, later, lead, once
from data.world.population import Population
from data.world.weights import picked

SELLER_SHARE = 0.012  # of persons over 25 who sell during the run (assumption)
CAR_SHARE = 0.5  # of the sales (assumption)
HOME_CNY, CAR_CNY = 800_000, 75_000  # median prices (assumption)


@LIVELIHOODS.register("escrow")
def escrow(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """The price arrives, the mortgage is paid off, the next home or car is paid."""
    persons = world.regulars("person")
    age = calendar.first_day().astype("datetime64[Y]").astype(int) + 1970 - world.birth_year[persons]
    leaders = lead(rng, persons[age > 25], SELLER_SHARE)
    account, size = world.account[leaders], len(leaders)
    is_car = rng.random(size) < CAR_SHARE
    price = np.where(is_car, CAR_CNY, HOME_CNY) * rng.lognormal(0, 0.45, size)
    sold_on = calendar.draw_days(rng, size, calendar.office_weight())
    # An escrow company pays for homes, mostly; a person for a car.
    buyer = np.where(
        rng.random(size) < np.where(is_car, 0.2, 0.7),
        picked(rng, world.outside("company"), size),
        picked(rng, world.strangers, size),
    )
    lender = picked(rng, world.outside("lender"), size)
    seller_of_next = np.where(
        is_car, picked(rng, world.outside("company"), size), picked(rng, world.strangers, size)
    )

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        who, day = once(calendar, stretch, sold_on)
        at, yuan = stretch.moments(rng, day, OFFICE), (price[who] / 1000).round() * 1000
        credit = Flow.of(at, buyer[who], account[who], yuan, "transfer", "unstated")
        to_lender, spent = rng.uniform(0.2, 0.55, len(who)), rng.uniform(0.75, 0.97, len(who))
        leaves = [
            Flow.of(
                at + later(rng, len(who), 3, 200), account[who], payee[who], yuan * part, "transfer", purpose
            )
            for payee, part, purpose in (
                (lender, to_lender, "loan_repayment"),
                (seller_of_next, spent - to_lender, "unstated"),
            )
        ]
        return Flow.concat([credit, *leaves])

    return draw
