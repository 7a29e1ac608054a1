"""T22: a premium far above income is surrendered to somebody else; switching policies looks alike."""

from __future__ import annotations

import numpy as np

from data.schema import DAY_US
from data.streams import log_uniform
from data.typologies import Scene, typology
from data.world.calendar import OFFICE


def _begin(scene: Scene) -> int:
    """Set the start so that 10 to 180 days fit into the run; the delay in microseconds."""
    room = scene.calendar.days - 25 - scene.first_day
    most = max(min(175, 0.5 * scene.calendar.days, room), 11)
    days = float(log_uniform(scene.rng, 10, most))
    scene.start = scene.moment_between(scene.first_day, int(scene.calendar.days - 25 - days))
    return int(days * DAY_US)


def _pay_in(scene: Scene, account: int, yuan: float, days: float) -> int:
    """Pay cash in over some days; the moment of the last deposit."""
    visits, city = int(scene.rng.integers(1, 4)) + int(yuan // 49_000), scene.home(account)
    notes = np.ceil(scene.rng.dirichlet(np.full(visits, 40.0)) * yuan / 100) * 100
    at = scene.during(scene.start, int(days) + 1, visits, OFFICE, scene.calendar.office_weight())
    scene.pay(at, scene.desk(city), account, notes, "cash_deposit", "cash", city)
    return int(at[-1])


def switching_policy(scene: Scene) -> None:
    """Matured savings buy a policy that is soon given up for another one; some let the spouse be paid."""
    rng = scene.rng
    dwell = _begin(scene)
    holder, spouse = scene.insiders(2)
    scene.join(holder, "policyholder")
    first, second = scene.outsiders(2, "insurer")
    premium = float(scene.rounded(scene.income(holder) * rng.uniform(5, 19)))
    kind = "broker" if rng.random() < 0.5 else "person"
    sources = scene.outsiders(int(rng.integers(1, 5)), kind)
    cash = premium * rng.uniform(0.1, 0.55) if rng.random() < 0.45 else 0.0
    paid_in = _pay_in(scene, holder, cash, rng.uniform(1, 5)) if cash else scene.start
    parts = scene.slices((premium - cash) * rng.uniform(1.05, 1.15), len(sources), 5.0)
    came = scene.start + np.sort(scene.later(1, 90, len(sources)))
    purpose = scene.stated("investment" if scene.world.holder[sources[0]] == "broker" else "family", 0.6)
    scene.pay(came, sources, holder, parts, "transfer", purpose)
    bought = max(paid_in, int(came[-1])) + int(scene.later(2, 120))
    # Some spread the money over two policies.
    premiums = scene.portions(premium, 1 + int(rng.random() < 0.15), 60.0)
    scene.pay(bought, holder, first, premiums, "transfer", "insurance")
    paid = spouse if rng.random() < 0.3 else holder
    if paid == spouse:
        scene.join(spouse, "spouse")
    values, back = premiums * rng.uniform(0.86, 1.0), bought + dwell
    scene.pay(back, first, paid, values, "transfer", "insurance")
    # The new policy, or the need for cash that ended the old one.
    new = second if rng.random() < 0.6 else scene.outsiders(1)[0]
    purpose = "insurance" if new == second else scene.stated("family", 0.4)
    uses = scene.slices(values.sum() * rng.uniform(0.85, 0.99), int(rng.integers(1, 3)), 6.0)
    scene.pay(back + scene.later(2, 120, len(uses)), paid, new, uses, "transfer", purpose)


@typology(
    "退保洗钱",
    family="profile_mismatch",
    source="T22; AMLTRIX T0086; FFIEC insurance",
    look_alike=switching_policy,
)
def insurance_wash(scene: Scene) -> None:
    """Insurance wash.

    Transfers and cash of six to twenty times a person's monthly income come in within
    days and buy a policy; 10 to 180 days later it is surrendered, and the insurer
    pays 86 to 98 % of the premium to a third party, who passes it on within days.
    """
    rng = scene.rng
    dwell = _begin(scene)
    holder, third = scene.recruits(2)
    scene.join(holder, "policyholder")
    scene.join(third, "third_party")
    sources = scene.outsiders(int(rng.integers(1, 5)))
    exits = scene.outsiders(int(rng.integers(1, 3)))
    scene.join(sources, "source")
    scene.join(exits, "exit")
    premium = float(scene.rounded(scene.income(holder) * rng.uniform(6.5, 20)))
    days = rng.uniform(1, 5) * scene.pace()
    cash = premium * rng.uniform(0.1, 0.6) if rng.random() < 0.55 else 0.0
    paid_in = _pay_in(scene, holder, cash, days) if cash else scene.start
    parts = scene.slices((premium - cash) * rng.uniform(1.05, 1.15), len(sources), 5.0)
    came = scene.spread(scene.start, days, len(sources))
    scene.pay(came, sources, holder, parts, "transfer", scene.stated("family", 0.3))
    count = (1, 1, 2)[scene.sophistication]
    insurers = scene.outsiders(count, "insurer")
    premiums = np.full(count, premium / count)
    bought = max(paid_in, int(came[-1])) + np.sort(scene.later(2, 72, count))
    scene.pay(bought, holder, insurers, premiums, "transfer", "insurance")
    values = premiums * rng.uniform(0.86, 0.98)
    back = bought + dwell
    scene.pay(back, insurers, third, values, "transfer", "insurance")
    leaves = scene.slices(values.sum() * rng.uniform(0.9, 0.98), len(exits), 6.0)
    scene.pay(back[-1] + scene.later(1, 48 * scene.pace(), len(exits)), third, exits, leaves)
