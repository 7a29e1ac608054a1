"""Wallets: money that goes to one and comes back from one; the receiver is unknown to the bank."""

from __future__ import annotations

import numpy as np

from data.world.calendar import EVENING, WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw
from data.world.population import Population
from data.world.tempo import sessions

# Payments a month of a main-bank customer, and the share of it of a second-bank one; direction,
# channel, occasion, median yuan, log spread (all assumptions).
SECOND_SHARE = 0.25
FESTIVE_A_MONTH = 6.0  # red packets beside these, in the days before a festival (assumption)
KINDS = (
    (0.425, "out", "transfer", "transfer", 300, 1.5),  # top-ups
    (0.68, "out", "transfer", "gift", 66, 1.3),  # red packets
    (0.51, "out", "transfer", "transfer", 200, 1.5),  # transfers to friends in the wallet
    (0.102, "out", "transfer", "savings", 2_000, 1.5),  # money funds of the wallet
    (0.468, "in", "transfer", "transfer", 500, 1.6),  # withdrawals
    (0.085, "in", "transfer", "savings", 2_500, 1.6),
    (0.0425, "in", "transfer", "gift", 120, 1.3),
    (0.0425, "out", "transfer", "loan_repayment", 700, 0.9),  # what one owes the wallet
    (0.051, "out", "transfer", "utility", 90, 0.8),
)


@LIVELIHOODS.register("wallets")
def wallets(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Top-ups, red packets and transfers into a wallet, withdrawals and funds out of it."""
    who = np.concatenate([world.regulars("person"), world.seconds()])
    share = np.where(world.standing[who] == 0, 1.0, SECOND_SHARE) * world.activity[who]
    wallet = rng.choice(world.outside("wallet"), len(who), p=[0.5, 0.4, 0.06, 0.04])
    edges = np.cumsum([kind[0] for kind in KINDS])

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        leisure = stretch.leisure_weight()
        place, at = sessions(world, stretch, rng, who, share * edges[-1], leisure, EVENING)
        chosen = np.searchsorted(edges, rng.random(len(place)) * edges[-1], side="right")
        parts = []
        for number, (_, direction, channel, occasion, median, spread) in enumerate(KINDS):
            mine = np.flatnonzero(chosen == number)
            yuan = median * rng.lognormal(0, spread, len(mine))
            ends = wallet[place[mine]], world.account[who[place[mine]]]
            payer, payee = ends if direction == "in" else ends[::-1]
            parts.append(Flow.of(at[mine], payer, payee, np.maximum(yuan, 0.1), channel, occasion))
        festive = np.zeros(stretch.days)
        for festival in stretch.festival:
            ahead = stretch.days_until(festival)
            festive[(ahead > -4) & (ahead <= 1)] = 1.0 if festival.month <= 2 else 0.2
        place, at = sessions(world, stretch, rng, who, share * FESTIVE_A_MONTH, festive, WAKING)
        packet = 66 * rng.lognormal(0, 1.1, len(place))
        account = world.account[who[place]]
        parts.append(Flow.of(at, account, wallet[place], packet, "transfer", "gift"))
        return Flow.concat(parts)

    return draw
