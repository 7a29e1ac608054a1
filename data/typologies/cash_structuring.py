"""T01: cash paid in below the report line; a shop's daily takings look alike."""

from __future__ import annotations

import numpy as np

from data.schema import DAY_US
from data.typologies import Scene, typology


def daily_takings(scene: Scene) -> None:
    """A busy shop pays in its takings over a fair or a festival week."""
    # The busiest of a few: a fair is for those who sell much.
    shops = scene.insiders(8, "micro_business")
    shop = int(shops[np.argmax([scene.income(one) for one in shops])])
    scene.join(shop, "shop")
    days = int(scene.rng.integers(4, 10))
    takings = min(scene.income(shop) * scene.rng.uniform(0.3, 1.2), scene.rng.uniform(20_000, 48_000))
    amounts = (takings * scene.rng.normal(1, 0.22, days).clip(0.3, 1.4) / 100).round() * 100
    at = scene.spread(scene.start, days, days)
    city = scene.home(shop)
    scene.pay(at, scene.desk(city), shop, amounts.clip(100), "cash_deposit", "takings", city)
    supplier = scene.outsiders(1, "company")
    bought = scene.slices(amounts.sum() * scene.rng.uniform(0.5, 0.95), int(scene.rng.integers(1, 4)), 6.0)
    ordered = scene.by_day(at[-1] + scene.later(12, 120, len(bought)))
    scene.pay(ordered, shop, supplier, bought, "transfer", scene.stated("supplies", 0.8))


@typology("拆分存现", family="cash", source="T01; FFIEC App. F/G", look_alike=daily_takings)
def cash_structuring(scene: Scene) -> None:
    """Cash structuring.

    One to three accounts take 3 to 15 cash deposits together, at least three each and all
    below the report line of 50,000 yuan, within 2 to 7 days times the scheme's pace; most
    of the money leaves within 54 hours after the last.
    """
    rng = scene.rng
    accounts = scene.recruits(int(rng.integers(1, 4)), firm_share=0.15)
    deposits = int(rng.integers(3 * len(accounts), 16))
    counts = 3 + rng.multinomial(deposits - 3 * len(accounts), np.full(len(accounts), 1 / len(accounts)))
    boss = scene.outsiders(1)
    scene.join(accounts, "depositor")
    scene.control(accounts)
    scene.join(boss, "beneficiary")
    ceiling = (49_900, 38_000, 29_500)[scene.sophistication]
    least = (0.62, 0.4, 0.25)[scene.sophistication]
    purpose = scene.pretext("goods", "loan_repayment", "family")
    for account, count in zip(accounts, counts, strict=True):
        days = rng.uniform(2, 7) * scene.pace()
        amounts = (rng.uniform(least, 1.0, count) * ceiling / 100).round() * 100
        at = scene.spread(scene.start, days, count)
        home = scene.home(account)
        for moment, amount in zip(at, amounts, strict=True):
            city = home if rng.random() < 0.6 else int(rng.choice(scene.world.city))
            scene.pay(int(moment), scene.desk(city), account, amount, "cash_deposit", "cash", city)
        outs = int(rng.integers(1, 4))
        leaves = scene.slices(amounts.sum() * rng.uniform(0.8, 0.97), outs, 6.0)
        scene.pay(at[-1] + scene.later(2, 48, outs) + DAY_US // 4, account, boss, leaves, "transfer", purpose)
