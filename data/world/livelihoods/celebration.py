"""Weddings, funerals (份子钱) and red packets: lucky sums among many people, in the evening."""

from __future__ import annotations

import numpy as np

from data.schema import MONTH_DAYS
from data.world.calendar import EVENING, WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Circles, Draw, lead, once, repeat, somebody
from data.world.population import Population
from data.world.weights import picked

HOST_SHARE = 0.015  # of persons who host a feast during the run (assumption)
GUESTS = (25, 91)  # of a feast, from the first to before the second (assumption)
SENDER_SHARE = 0.3  # of persons who send red packets at festivals (assumption)
PACKETS_A_DAY = 0.45  # in the ten days around a festival (assumption)
WALLET_SHARE = 0.6  # of red packets (assumption)
GIFTS_CNY = np.array([200, 288, 366, 500, 600, 666, 800, 888, 1_000, 1_688, 1_888])
PACKETS_CNY = np.array([6.66, 8.88, 18.8, 66, 66.6, 88, 88.8, 99, 166, 188, 199, 288, 366, 666, 888])


@LIVELIHOODS.register("celebration")
def celebration(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Gifts fan in on the host of a feast and criss-cross in families around a festival."""
    persons = world.regulars("person")
    hosts = lead(rng, persons[world.income[persons] >= 3_000], HOST_SHARE)
    account = world.account[hosts]
    # Feasts are held on weekends, seldom on a working day.
    feast_day = calendar.draw_days(rng, len(hosts), np.where(calendar.is_weekend(), 8.0, 1.0))
    circles = Circles(rng.integers(*GUESTS, len(hosts)))
    guests = somebody(world, rng, circles.size.sum(), inside_share=0.25)
    house = picked(rng, world.outside("merchant"), len(hosts))
    senders = lead(rng, persons, SENDER_SHARE)
    relatives = somebody(world, rng, len(senders) * 6, inside_share=0.3).reshape(-1, 6)

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        host, day = once(calendar, stretch, feast_day)
        feast, guest = circles.gather(host)
        yuan = rng.choice(GIFTS_CNY, len(feast))
        at = stretch.moments(rng, day[feast] + rng.integers(0, 3, len(feast)), EVENING)
        gifts = Flow.of(at, guests[guest], account[host[feast]], yuan, "transfer", "gift")
        bill = np.bincount(feast, yuan, len(host)) * rng.uniform(0.5, 0.9, len(host))
        at = stretch.moments(rng, day + 3, WAKING)
        feasts = Flow.of(at, account[host], house[host], bill, "transfer", "shopping")
        weight = np.zeros(stretch.days)
        for festival in stretch.festival:
            ahead = stretch.days_until(festival)
            # The lunar new year is the festival of red packets, the others are quieter.
            weight[(ahead > -7) & (ahead <= 3)] += 1.0 if festival.month <= 2 else 0.25
        sender = repeat(rng, np.arange(len(senders)), PACKETS_A_DAY * MONTH_DAYS, weight)
        packets = Flow.of(
            stretch.moments(rng, stretch.draw_days(rng, len(sender), weight), EVENING),
            world.account[senders[sender]],
            # Most packets go through a wallet, and the bank never learns to whom.
            np.where(
                rng.random(len(sender)) < WALLET_SHARE,
                picked(rng, world.outside("wallet"), len(sender)),
                relatives[sender, rng.integers(0, 6, len(sender))],
            ),
            rng.choice(PACKETS_CNY, len(sender)),
            "transfer",
            "gift",
        )
        return Flow.concat([gifts, feasts, packets])

    return draw
