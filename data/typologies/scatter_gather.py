"""T06: scattered over several accounts, gathered in one; a family that pools a gift looks alike."""

from __future__ import annotations

import numpy as np

from data.typologies import Scene, typology


def _middle(scene: Scene, kind: str) -> tuple[int, int, np.ndarray]:
    """Two customers who give and take, and 3 to 18 accounts between them, some at other banks.

    Of each kind a world may hold few; at most five of those between are customers.
    """
    rng = scene.rng
    count = int(rng.integers(3, 19))
    own = min(int(rng.binomial(count, 0.3)), 5)
    inside = scene.recruits(2 + own) if kind == "recruit" else scene.insiders(2 + own, kind)
    between = np.append(inside[2:], scene.outsiders(count - own))
    return int(inside[0]), int(inside[1]), between


def _sum(scene: Scene, count: int) -> float:
    """A total whose slices stay well below 50,000 yuan."""
    return min(float(scene.rng.lognormal(10.9, 0.7)), count * 22_000.0)


def loan_pool(scene: Scene) -> None:
    """A gift spread over relatives is pooled for a house, or a shop's float comes back to its twin."""
    rng = scene.rng
    is_family = rng.random() < 0.6
    giver, taker, between = _middle(scene, "person" if is_family else "micro_business")
    own = np.append([giver, taker], between[scene.is_inside(between)])
    scene.join(own, "relative" if is_family else "till")
    scene.same_phone(own[:3])
    gifts = scene.slices(_sum(scene, len(between)), len(between), 15.0)
    source = scene.outsiders(1, "insurer" if is_family else "company")
    came, given, returned = ("insurance", "gift", "loan") if is_family else ("goods", "unstated", "takings")
    scene.pay(scene.start, source, giver, gifts.sum() * rng.uniform(1, 1.3), "transfer", scene.stated(came))
    at = scene.waking(scene.start, rng.uniform(0.5, 4), len(between))
    scene.pay(at, giver, between, gifts, "transfer", scene.stated(given))
    back = scene.by_day(at + scene.later(2, 96, len(between)))
    pooled = scene.rounded(gifts * rng.uniform(rng.choice([0.9, 0.95, 0.98]), 1.0, len(gifts)))
    scene.pay(back, between, taker, pooled, "transfer", scene.stated(returned))


@typology("分散后归集", family="pass_through", source="T06; AMLworld scatter-gather", look_alike=loan_pool)
def scatter_gather(scene: Scene) -> None:
    """Scatter-gather.

    A sum that came from outside goes from one account in slices below 50,000 yuan to 3
    to 18 others, some at other banks, which pass on 95 to 99 % to one account; the whole
    takes 0.5 to 10 days.
    """
    rng = scene.rng
    scene.begin_within(10 * scene.pace() + 1)
    giver, taker, between = _middle(scene, "recruit")
    funder = scene.outsiders(1, "company")
    scene.join(giver, "giver")
    scene.join(taker, "taker")
    scene.join(between, "between")
    scene.join(funder, "funder")
    scene.control(np.append(between, [giver, taker]))
    scene.warm_up(np.array([giver, taker]))
    slices = scene.slices(_sum(scene, len(between)), len(between), 12.0).clip(100, 49_900)
    scene.pay(scene.start, funder, giver, slices.sum() * rng.uniform(1.0, 1.04))
    at = scene.by_day(scene.start + scene.later(0.3, 90 * scene.pace(), len(between)))
    rests = scene.later(2, 96 * scene.pace(), len(between))
    rests[0] = scene.later(12, 96 * scene.pace())  # one at least keeps it for half a day
    back = scene.by_day(at + rests)
    passed = slices * rng.uniform(0.95, 0.99, len(between))
    passed = np.maximum(scene.rounded(passed), slices * 0.95)
    for account, out, slice_, home, rest in zip(between, at, slices, back, passed, strict=True):
        scene.pay(out, giver, account, slice_, "transfer", scene.pretext("family", "gift"))
        scene.pay(home, account, taker, rest, "transfer", scene.pretext("loan", "loan_repayment"))
