"""T22: a premium far above income is surrendered to somebody else; switching policies looks alike."""

from __future__ import annotations

import numpy as np

from data.schema import DAY_US
from data.streams import log_uniform
from data.typologies import Scene, typology
from data.world.calendar import OFFICE

FUND_SHARE = 0.3  # of the plans whose money comes from a fund that was sold (assumption)


def _sources(scene: Scene) -> tuple[np.ndarray, str]:
    """One to four who pay for a policy, and what for: funds that were sold, or persons."""
    is_fund = scene.rng.random() < FUND_SHARE
    sources = scene.outsiders(int(scene.rng.integers(1, 5)), "broker" if is_fund else "person")
    return sources, "investment" if is_fund else scene.pretext("family", "loan", "loan_repayment")


def _held(scene: Scene) -> int:
    """Microseconds for which a policy is held, 10 to 180 days."""
    return int(float(log_uniform(scene.rng, 10, 180)) * DAY_US)


def _pay_in(scene: Scene, account: int, yuan: float, days: float) -> tuple[int, float]:
    """Pay cash in over some days; the moment of the last deposit and the yuan."""
    visits = int(scene.rng.integers(1, 4)) + int(yuan // 49_000)
    sums = scene.rng.dirichlet(np.full(visits, 40.0)) * yuan
    at = scene.during(scene.start, int(days) + 1, visits, OFFICE, scene.calendar.office_weight())
    return int(at[-1]), float(scene.bring_cash(at, account, sums).sum())


def _premium(scene: Scene, holder: int, sources: np.ndarray, days: float, why: str) -> tuple[int, float]:
    """Bring three to ten months' income together; the last moment and the yuan."""
    rng = scene.rng
    meant = scene.income(holder) * rng.uniform(3, 10)
    cash, last = 0.0, scene.start
    if rng.random() < 0.4:
        last, cash = _pay_in(scene, holder, meant * rng.uniform(0.1, 0.5), days)
    parts = scene.slices(max(meant - cash, meant / 4), len(sources), 5.0)
    came = scene.waking(scene.start, days, len(sources))
    got = scene.pay(came, sources, holder, parts, "transfer", why)
    return max(last, int(came[-1])), cash + float(got.sum())


def switching_policy(scene: Scene) -> None:
    """Matured savings buy a policy that is soon given up for another one; some let the spouse be paid."""
    rng = scene.rng
    dwell = _held(scene)
    holder, spouse = scene.participants(2)
    scene.join(holder, "policyholder")
    first, second = scene.outsiders(2, "insurer")
    sources, why = _sources(scene)
    ready, premium = _premium(scene, holder, sources, rng.uniform(1, 6), why)
    bought = int(scene.after(ready, 2, 120))
    # Some spread the money over two policies.
    premiums = scene.portions(premium * rng.uniform(0.9, 1.0), 1 + int(rng.random() < 0.15), 60.0)
    scene.pay(bought, holder, first, premiums, "transfer", "insurance")
    paid = spouse if rng.random() < 0.3 else holder
    if paid == spouse:
        scene.join(spouse, "spouse")
    values, back = premiums * rng.uniform(0.86, 1.0), int(scene.after(bought + dwell, 0.1, 24, clock=OFFICE))
    scene.pay(back, first, paid, values, "transfer", "insurance")
    # The new policy, or the need for cash that ended the old one.
    is_new = rng.random() < 0.6
    payee, why = (second, "insurance") if is_new else (scene.outsiders(1)[0], "family")
    uses = scene.slices(values.sum() * rng.uniform(0.85, 0.99), int(rng.integers(1, 3)), 6.0)
    scene.pay(scene.after(back, 2, 120, len(uses)), paid, payee, uses, "transfer", why)


@typology(
    "退保洗钱",
    family="profile_mismatch",
    source="T22; AMLTRIX T0086; FFIEC insurance",
    look_alike=switching_policy,
    look_alike_label=("a saver who switches policies", "投保人退保换购"),
    roles={"policyholder": ("policyholder", "投保人")},
)
def insurance_wash(scene: Scene) -> None:
    """Insurance wash.

    Transfers and cash of three to ten times a person's monthly income come in within
    days and buy a policy; 10 to 180 days later it is surrendered, and the insurer
    pays 86 to 98 % of the premium to a third party, who passes it on within days.
    """
    rng = scene.rng
    dwell = _held(scene)
    holder, third = scene.participants(2)
    scene.join(holder, "policyholder")
    scene.join(third, "third_party")
    (sources, why), exits = _sources(scene), scene.outsiders(int(rng.integers(1, 3)))
    scene.join(sources, "source")
    scene.join(exits, "exit")
    ready, premium = _premium(scene, holder, sources, rng.uniform(1, 5) * scene.pace(), why)
    count = (1, 1, 2)[scene.sophistication]
    insurers = scene.outsiders(count, "insurer")
    premiums = np.full(count, premium * rng.uniform(0.97, 0.998) / count)
    bought = np.sort(scene.after(ready, 2, 72, count))
    scene.pay(bought, holder, insurers, premiums, "transfer", "insurance")
    values = premiums * rng.uniform(0.86, 0.98)
    back = scene.after(bought + dwell, 0.1, 24, clock=OFFICE)
    scene.pay(back, insurers, third, values, "transfer", "insurance")
    leaves = scene.slices(values.sum() * rng.uniform(0.97, 0.998), len(exits), 6.0)
    gone = scene.after(back.max(), 1, 48 * scene.pace(), len(exits))
    scene.pay(gone, third, exits, leaves, "transfer", scene.pretext("family", "goods", "loan_repayment"))
