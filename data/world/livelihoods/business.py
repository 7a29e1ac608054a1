"""Trade between firms: a few large partners, a tail of small ones, invoices both ways."""

from __future__ import annotations

import numpy as np

from data.world.calendar import OFFICE, Calendar
from data.world.custom import MAIN, SECOND_FIRM
from data.world.flows import CHANNEL, PURPOSE, Flow
from data.world.livelihoods import LIVELIHOODS, Circles, Draw, repeat, tempered
from data.world.population import Population
from data.world.purse import gathered
from data.world.weights import by_weight, picked

# Partners of a firm: median and log spread on either side; the top percent has hundreds (assumption,
# after heavy tails in Italian and Dutch payments and Belgian sales [A, V2]).
PARTNERS = {"micro_business": (2.2, 0.9), "company": (2.4, 1.8)}
MOST_PARTNERS = 1_500
# Orders and invoices a month of a usual firm, share of turnover that goes to suppliers, share paid
# by wire and not by transfer (assumptions).
TRADE = {"micro_business": (3.5, 1.2, 0.55, 0.02), "company": (4.0, 5.0, 0.5, 0.12)}
FAME_SPREAD = 1.6  # log spread of how often a firm outside is a partner (assumption)
MERCHANT_SHARE, PERSON_SHARE, STALL_SHARE = 0.12, 0.1, 0.06  # of partners that are no companies (assumption)
# Share of payments with partners of a single job, and the circle of a firm with half of it (assumption).
ONCE_SHARE, ONCE_HALF = 0.3, 15
OCCASIONS = {"supplies": 0.4, "goods": 0.35, "unstated": 0.2, "other": 0.05}  # (assumption)


@LIVELIHOODS.register("business")
def business(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Orders paid and invoices received; the larger a firm, the more partners it has."""
    kinds = list(TRADE)
    firms = np.concatenate([world.customers_of(kind) for kind in kinds])
    of_kind = np.repeat(np.arange(2), [len(world.customers_of(kind)) for kind in kinds])
    table = np.array(list(PARTNERS.values()))[of_kind]
    ties = table[:, :1] * rng.lognormal(0, table[:, 1:], (len(firms), 2))
    circles = [Circles(np.clip(ties[:, side], 1, MOST_PARTNERS).astype(np.int64)) for side in range(2)]
    companies = np.concatenate([world.outside("company"), world.account[world.customers_of("company")]])
    fame = rng.lognormal(0, FAME_SPREAD, len(companies))
    partners = []
    for circle in circles:
        count = int(circle.size.sum())
        partner = by_weight(rng, companies, fame, count)
        draws, edge = rng.random(count), 0.0
        for pool, share in (
            (world.outside("merchant"), MERCHANT_SHARE),
            (world.acquaintances, PERSON_SHARE),
            (world.account[world.customers_of("micro_business")], STALL_SHARE),
        ):
            mine = np.flatnonzero((draws >= edge) & (draws < edge + share))
            partner[mine], edge = picked(rng, pool, len(mine)), edge + share
        partners.append(partner)
    turnover = world.income[firms]
    rates, wires = (
        np.array([TRADE[k][:2] for k in kinds])[of_kind],
        np.array([TRADE[k][3] for k in kinds])[of_kind],
    )
    # Who has more partners has more invoices, and smaller ones.
    rates = rates * tempered(np.maximum(ties, 1) / table[:, :1], 0.65).clip(0.3, 25)
    rates = rates * tempered(world.activity[firms] + 0.1, 0.4)[:, None]
    rates = rates * np.where(world.standing[firms] == MAIN, 1.0, SECOND_FIRM)[:, None]
    turnover = turnover * np.where(world.standing[firms] == MAIN, 1.0, SECOND_FIRM)
    spent = np.array([TRADE[k][2] for k in kinds])[of_kind]
    earned = np.where(of_kind == 1, 0.95, 0.12)
    codes = np.array([PURPOSE[name] for name in OCCASIONS], np.int8)

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        office, parts = stretch.office_weight(), []
        for side, circle in enumerate(circles):
            firm = repeat(rng, np.arange(len(firms)), rates[:, side], office)
            partner = partners[side][circle.one(rng, firm)]
            # The larger a firm, the more of its partners come for a single job.
            size = circle.size[firm]
            once = np.flatnonzero(rng.random(len(firm)) < ONCE_SHARE * size / (size + ONCE_HALF))
            partner[once] = picked(rng, world.outside("company"), len(once))
            part = (spent, earned)[side][firm] / rates[firm, side]
            yuan = np.maximum(turnover[firm] * part * rng.lognormal(-0.4, 0.95, len(firm)), 10)
            at = stretch.moments(rng, stretch.draw_days(rng, len(firm), office), OFFICE)
            ends = world.account[firms[firm]], partner
            payer, payee = ends if side == 0 else ends[::-1]
            is_wire = rng.random(len(firm)) < wires[firm] * np.minimum(yuan / 20_000, 3.0)
            occasion = rng.choice(len(OCCASIONS), len(firm), p=list(OCCASIONS.values()))
            # Wires first, then by occasion.
            order = np.argsort((len(OCCASIONS) * ~is_wire + occasion).astype(np.int8), kind="stable")
            channel = np.where(is_wire[order], np.int8(CHANNEL["wire"]), np.int8(CHANNEL["transfer"]))
            parts.append(
                Flow.of(at[order], payer[order], payee[order], yuan[order], channel, codes[occasion[order]])
            )
        return gathered(world, rng, Flow.concat(parts))

    return draw
