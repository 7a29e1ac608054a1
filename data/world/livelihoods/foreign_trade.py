"""Foreign trade: a few companies, and small firms beside them, are paid from abroad and pay there."""

from __future__ import annotations

import numpy as np

from data.world.calendar import OFFICE, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Circles, Draw, lead, repeat
from data.world.population import Population
from data.world.purse import gathered

# Share of firms with partners abroad (about 700,000 firms trade abroad, 1 to 2 percent of companies
# [V2]; the bank's own are more, for trade goes through few banks: assumption).
TRADER_SHARE = {"company": 0.2, "micro_business": 0.03}
PAYMENTS_A_MONTH = 8.0  # either way, mean (assumption)
PARTNERS = (4, 0.8)  # median, log spread (assumption)
SHARE_OF_TURNOVER, SPREAD = 0.16, 1.1  # of a payment; log spread (assumption)
OCCASIONS = {"goods": 0.42, "supplies": 0.3, "other": 0.1, "unstated": 0.1, "loan": 0.03, "payroll": 0.05}


@LIVELIHOODS.register("foreign_trade")
def foreign_trade(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Importers wire money out, exporters are paid by wire, some do both."""
    firms = np.concatenate(
        [lead(rng, world.customers_of(kind), share) for kind, share in TRADER_SHARE.items()]
    )
    account, size = world.account[firms], len(firms)
    circles = Circles(np.clip(PARTNERS[0] * rng.lognormal(0, PARTNERS[1], size), 1, 40).astype(np.int64))
    partners = rng.choice(world.outside("overseas"), int(circles.size.sum()))
    balance = rng.beta(0.6, 0.6, size)  # share of exports
    rate = PAYMENTS_A_MONTH * world.activity[firms]
    names, share = list(OCCASIONS), list(OCCASIONS.values())

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        office = stretch.office_weight()
        who = repeat(rng, np.arange(size), rate, office)
        partner = partners[circles.one(rng, who)]
        at = stretch.moments(rng, stretch.draw_days(rng, len(who), office), OFFICE)
        yuan = world.income[firms[who]] * SHARE_OF_TURNOVER * rng.lognormal(-0.5, SPREAD, len(who))
        is_in = rng.random(len(who)) < balance[who]
        payer, payee = np.where(is_in, partner, account[who]), np.where(is_in, account[who], partner)
        occasion = rng.choice(len(names), len(who), p=share)
        parts = [
            Flow.of(at[m], payer[m], payee[m], yuan[m], "wire", name)
            for number, name in enumerate(names)
            for m in [np.flatnonzero(occasion == number)]
        ]
        return gathered(world, rng, Flow.concat(parts))

    return draw
