"""Agricultural buyers (收粮): one credit from a mill, then cash and transfers to many farmers."""

from __future__ import annotations

import numpy as np

from data.world.calendar import OFFICE, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Circles, Draw, later, lead, repeat, somebody
from data.world.population import Population
from data.world.weights import picked

PERSON_SHARE = 0.02  # of self-employed persons (assumption)
STALL_SHARE = 0.03  # of micro-businesses (assumption)
HARVEST_MONTHS = (6, 9, 10, 11)  # wheat, then maize, rice and fruit (assumption)
ROUNDS_A_MONTH = 3.5  # in the harvest (assumption)
FARMERS = (10, 31)  # a buyer, from the first to before the second (assumption)
ROUND_CNY = 90_000  # median of a round (assumption)


@LIVELIHOODS.register("grain_buyer")
def grain_buyer(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Large sums come concentrated and leave scattered, in harvest months and at no other time."""
    persons = world.regulars("person")
    self_employed = persons[world.occupation[persons] == "self_employed"]
    stalls = world.customers_of("micro_business")
    leaders = np.concatenate([lead(rng, self_employed, PERSON_SHARE), lead(rng, stalls, STALL_SHARE)])
    account, size = world.account[leaders], len(leaders)
    mill = picked(rng, world.outside("company"), size)
    villages = Circles(rng.integers(*FARMERS, size))
    farmers = somebody(world, rng, villages.size.sum(), inside_share=0.15)
    scale = ROUND_CNY * rng.lognormal(0, 0.5, size)

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        season = stretch.office_weight() * np.isin(stretch.month(), HARVEST_MONTHS)
        who = repeat(rng, np.arange(size), ROUNDS_A_MONTH, season)
        at = stretch.moments(rng, stretch.draw_days(rng, len(who), season), OFFICE)
        total = scale[who] * rng.lognormal(0, 0.3, len(who))
        credit = Flow.of(at, mill[who], account[who], total, "transfer", "goods")
        load, farmer = villages.gather(who)
        weight = rng.gamma(3.0, 1.0, len(load))
        share = weight / np.bincount(load, weight, len(who))[load]
        yuan = (total[load] * 0.7 * share / 10).round() * 10
        paid_at = at[load] + later(rng, len(load), 2, 72)
        paid = Flow.of(paid_at, account[who[load]], farmers[farmer], yuan, "transfer", "goods")
        # Older farmers want notes; a counter gives less than 50,000 without an appointment.
        notes = (np.minimum(total * rng.uniform(0.1, 0.25, len(who)), 49_000) / 100).round() * 100
        city = world.city[leaders[who]]
        cash_at = at + later(rng, len(who), 1, 30)
        cash = Flow.of(cash_at, account[who], world.cash_desk(city), notes, "cash_withdrawal", "cash", city)
        return Flow.concat([credit, paid, cash])

    return draw
