"""Own money between banks: a second account is filled and emptied, what is left is invested."""

from __future__ import annotations

import numpy as np

from data.world.calendar import EVENING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw
from data.world.population import Population
from data.world.tempo import sessions

# Standing: payments a month; whereto and wherefrom in a hundred: own account elsewhere out and in,
# broker out and in (assumptions).
RATES = {"main": (1.0, (40, 32, 13, 9, 3, 3)), "second": (1.0, (26, 64, 5, 3, 1, 1))}
SHARE_OF_INCOME, SPREAD = 0.16, 1.2  # median of a sum (assumption)


@LIVELIHOODS.register("own_accounts")
def own_accounts(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Who has several banks moves money between them; a fund is bought and sold now and then."""
    groups = (world.regulars("person"), world.seconds())
    brokers = rng.choice(world.outside("broker"), len(world.kind))

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        parts = []
        for who, (rate, shares) in zip(groups, RATES.values(), strict=True):
            activity = rate * world.activity[who]
            place, at = sessions(world, stretch, rng, who, activity, stretch.leisure_weight(), EVENING)
            owner = who[place]
            yuan = world.income[owner] * SHARE_OF_INCOME * rng.lognormal(0, SPREAD, len(owner))
            use = rng.choice(6, len(owner), p=np.array(shares) / 100)
            for number, (other, purpose, is_in) in enumerate(
                (
                    (world.elsewhere, "transfer", False),
                    (world.elsewhere, "transfer", True),
                    (brokers, "investment", False),
                    (brokers, "investment", True),
                    (brokers, "unstated", False),
                    (brokers, "unstated", True),
                )
            ):
                mine = np.flatnonzero(use == number)
                ends = other[owner[mine]], world.account[owner[mine]]
                payer, payee = ends if is_in else ends[::-1]
                parts.append(Flow.of(at[mine], payer, payee, yuan[mine] + 1, "transfer", purpose))
        return Flow.concat(parts)

    return draw
