"""Cash: notes from machines and counters, takings of stalls, savings under the mattress."""

from __future__ import annotations

import numpy as np

from data.world.calendar import OFFICE, WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, later, repeat, tempered
from data.world.population import Population
from data.world.tempo import sessions
from data.world.weights import picked

CASH_TRADE_SHARE = 0.45  # of stalls that still live on cash (assumption)
# A main-bank person withdraws and pays in so often a month; median yuan, log spread, most
# (means after PBoC, Q3 2025: 0.31 and 0.19 a head, 5,160 and 8,000 yuan [V2]).
TAKEN, SAVED = (0.55, 1_100, 1.25, 200_000), (0.24, 2_200, 1.4, 300_000)
SECOND_SHARE = 0.3  # of these of a second-bank person
# A stall's takings in so many trips a month; what a firm fetches for wages and small costs.
TAKINGS_A_MONTH, STALL_FETCHES, STALL_SAVINGS, FIRM_FETCHES, FIRM_DEPOSITS = 4.0, 0.5, 0.15, 0.8, 0.4
# Weddings, a roof, a car for cash: a month and main-bank person, median yuan, log spread.
LARGE_TAKEN, LARGE_SAVED = (0.04, 17_000, 0.8), (0.03, 15_000, 0.8)
SELLER_TAKINGS = 0.25  # trips a month of the self-employed (assumption)
VISIT_MOST_CNY = 49_900  # most stay below the sum for which one must announce oneself
AWAY_SHARE = 0.06


@LIVELIHOODS.register("cash")
def cash(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Cash over the counter and at machines, in whole notes of 100 yuan, of every size."""
    who = np.concatenate([world.regulars("person"), world.seconds()])
    share = np.where(world.standing[who] == 0, 1.0, SECOND_SHARE) * tempered(world.activity[who], 0.7)
    stalls, companies = world.regulars("micro_business"), world.regulars("company")
    cash_trades = stalls[rng.random(len(stalls)) < CASH_TRADE_SHARE]
    persons = world.regulars("person")
    sellers = persons[world.occupation[persons] == "self_employed"]
    means = tempered(world.income / 7_000, 0.6)
    large_means = tempered(means, 0.6)

    def notes(yuan: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Whole notes; who carries much splits the sum or stays at the line, mostly."""
        is_much = (yuan > VISIT_MOST_CNY) & (rng.random(len(yuan)) < 0.7)
        yuan = np.where(is_much, VISIT_MOST_CNY * rng.uniform(0.4, 1.0, len(yuan)), yuan)
        return np.maximum((yuan / 100).round() * 100, 100)

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        leisure, office = stretch.leisure_weight(), stretch.office_weight()
        parts = []

        def move(who: np.ndarray, at: np.ndarray, yuan: np.ndarray, is_in: bool, purpose: str) -> None:
            city = world.city[who]
            away = np.flatnonzero(rng.random(len(who)) < AWAY_SHARE)
            city[away] = picked(rng, world.city, len(away))
            ends = world.cash_desk(city), world.account[who]
            payer, payee = ends if is_in else ends[::-1]
            channel = "cash_deposit" if is_in else "cash_withdrawal"
            parts.append(Flow.of(at, payer, payee, notes(yuan, rng), channel, purpose, city))

        for (rate, median, spread, most), is_in, weight, clock in (
            (TAKEN, False, leisure, WAKING),
            (TAKEN, False, office, OFFICE),
            (SAVED, True, leisure, WAKING),
            (SAVED, True, office, OFFICE),
        ):
            # Half at machines, half at counters.
            place, at = sessions(world, stretch, rng, who, share * rate / 2, weight, clock)
            yuan = median * means[who[place]] * rng.lognormal(0, spread, len(place))
            move(who[place], at, np.minimum(yuan, most), is_in, "cash")
        for (rate, median, spread), is_in in ((LARGE_TAKEN, False), (LARGE_SAVED, True)):
            one = repeat(rng, persons, rate, office)
            at = stretch.moments(rng, stretch.draw_days(rng, len(one), office), OFFICE)
            yuan = median * large_means[one] * rng.lognormal(0, spread, len(one))
            move(one, at, yuan, is_in, "cash")
        for firms, rate, part, is_in, purpose in (
            (sellers, SELLER_TAKINGS, 0.2, True, "takings"),
            (cash_trades, TAKINGS_A_MONTH, 0.1, True, "takings"),
            (stalls, STALL_FETCHES, 0.12, False, "cash"),
            (stalls, STALL_SAVINGS, 0.12, True, "cash"),
            (companies, FIRM_FETCHES, 0.02, False, "cash"),
            (companies, FIRM_DEPOSITS, 0.02, True, "takings"),
        ):
            # A machine takes the notes of a shop on any day.
            weight = leisure if purpose == "takings" else office
            one = repeat(rng, firms, rate, weight)
            at = stretch.moments(rng, stretch.draw_days(rng, len(one), weight), OFFICE)
            yuan = np.clip(world.income[one] * part * rng.lognormal(-0.3, 1.1, len(one)), 100, 400_000)
            move(one, at + later(rng, len(one), 0.01, 0.5), yuan, is_in, purpose)
        return Flow.concat(parts)

    return draw
