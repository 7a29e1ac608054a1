"""T01: cash paid in below the report line; a shop's daily takings look alike."""

from __future__ import annotations

import numpy as np

from data.typologies import Scene, typology
from data.world.calendar import OFFICE

FIRM_SHARE = 0.2  # of the accounts that take the cash, those of small firms (assumption)
FIRM_PAID_SHARE = 0.35  # of those who get the money in the end, companies (assumption)
WHOLE_NOTES = 100


def _deposits(scene: Scene, count: int, least: float, ceiling: float) -> np.ndarray:
    """Sums in whole notes, evenly between a share of a ceiling and the ceiling."""
    return np.asarray((scene.rng.uniform(least, 1.0, count) * ceiling / WHOLE_NOTES).round() * WHOLE_NOTES)


def daily_takings(scene: Scene) -> None:
    """A busy shop pays in its takings over a fair or a festival week."""
    rng = scene.rng
    # The busiest of a few: a fair is for those who sell much.
    shops = scene.traders(4, FIRM_SHARE)
    shop = int(shops[np.argmax([scene.income(one) for one in shops])])
    scene.join(shop, "shop")
    days = int(rng.integers(4, 10))
    least, ceiling = rng.choice([0.6, 0.4, 0.25]), rng.choice([49_900, 38_000, 29_500], p=[0.5, 0.3, 0.2])
    at = scene.spread(scene.start, days, days, OFFICE)
    stated = "takings" if scene.world.holder[shop] == "micro_business" else "cash"
    amounts = scene.bring_cash(at, shop, _deposits(scene, days, float(least), float(ceiling)), stated)
    supplier = scene.elsewhere(1, FIRM_PAID_SHARE)[0]
    bought = scene.slices(amounts.sum() * rng.uniform(0.5, 0.98), int(rng.integers(1, 4)), 6.0)
    ordered = scene.after(at[-1], 4, 120, len(bought), scene.clock(shop, supplier))
    scene.pay(ordered, shop, supplier, bought, "transfer", "supplies")


@typology(
    "拆分存现",
    family="cash",
    source="T01; FFIEC App. F/G",
    look_alike=daily_takings,
    look_alike_label=("a shop’s daily takings", "商户日营业款存现"),
    roles={"depositor": ("depositor", "存款人")},
)
def cash_structuring(scene: Scene) -> None:
    """Cash structuring.

    One or two accounts take 3 to 12 cash deposits together, at least three each and all
    below the report line of 50,000 yuan, within 2 to 7 days times the scheme's pace; 97
    to 99.8 % of the money leaves within days after the last.
    """
    rng = scene.rng
    accounts = scene.participants(1 + int(rng.random() < 0.3), FIRM_SHARE)
    deposits = int(rng.integers(3 * len(accounts), 13))
    counts = 3 + rng.multinomial(deposits - 3 * len(accounts), np.full(len(accounts), 1 / len(accounts)))
    boss = scene.elsewhere(1, FIRM_PAID_SHARE)[0]
    scene.join(accounts, "depositor")
    scene.control(accounts)
    scene.join(boss, "beneficiary")
    ceiling = (49_900, 38_000, 29_500)[scene.sophistication]
    least = (0.62, 0.4, 0.25)[scene.sophistication]
    for account, count in zip(accounts, counts, strict=True):
        amounts = _deposits(scene, int(count), least, ceiling)
        at = scene.spread(scene.start, rng.uniform(2, 7) * scene.pace(), count, OFFICE)
        home = scene.home(account)
        stated = "takings" if scene.world.holder[account] == "micro_business" else "cash"
        for moment, amount in zip(at, amounts, strict=True):
            city = home if rng.random() < 0.8 else int(rng.choice(scene.world.city))
            scene.pay(int(moment), scene.desk(city), account, amount, "cash_deposit", stated, city)
        outs = int(rng.integers(1, 4))
        leaves = scene.slices(amounts.sum() * rng.uniform(0.97, 0.998), outs, 6.0)
        gone = scene.after(at[-1], 2, 48, outs, scene.clock(account, boss))
        scene.pay(gone, account, boss, leaves, "transfer", scene.pretext_of(account))
