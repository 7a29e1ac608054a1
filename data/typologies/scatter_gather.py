"""T06: scattered over several accounts, gathered in one; a family that pools a gift looks alike."""

from __future__ import annotations

import numpy as np

from data.typologies import ROUNDS, Scene, typology

FIRM_SHARE = 0.12  # of the plans, those between small firms (assumption)
FIRM_PAYS_SHARE = 0.6  # of those whose money is scattered, companies (assumption)
Sides = tuple[int, int, np.ndarray]


def _sides(scene: Scene, own: np.ndarray, count: int) -> Sides:
    """Who gives, who takes, and those between: two or three of them bank here."""
    return int(own[0]), int(own[1]), np.append(own[2:], scene.outsiders(count - len(own) + 2))


def _sum(scene: Scene, giver: int, count: int) -> float:
    """A total whose slices stay well below 50,000 yuan."""
    return min(float(scene.rng.lognormal(9.3, 1.0)) * scene.scale(giver), count * 22_000.0)


def loan_pool(scene: Scene) -> None:
    """A gift spread over relatives is pooled for a house, or a shop's float comes back to its twin."""
    rng = scene.rng
    own = scene.participants(2 + int(rng.random() < 0.3), FIRM_SHARE)
    is_family = scene.world.holder[own[0]] == "person"
    giver, taker, between = _sides(scene, own, int(rng.integers(3, 13)))
    scene.join(own, "relative" if is_family else "till")
    scene.same_phone(own)
    source = scene.elsewhere(1, FIRM_PAYS_SHARE)[0]
    clock = scene.clock(source, giver)
    came, given, returned = ("goods", "goods", "goods")
    if is_family:
        came = "payroll" if scene.world.holder[source] == "company" and rng.random() < 0.5 else "goods"
        given, returned = scene.pretext("gift", "family"), scene.pretext("loan", "family")
    for begins in scene.rounds(2):
        meant = scene.slices(_sum(scene, giver, len(between)), len(between), 3.0)
        came_at = int(scene.after(begins, 0.1, 6, clock=clock))
        got = float(scene.pay(came_at, source, giver, meant.sum() * rng.uniform(1.02, 1.3), "transfer", came))
        at = scene.after(came_at, 0.3, 90, len(between), scene.clock(giver, between[-1]))
        meant *= min(got / meant.sum(), 1.0)
        gifts = scene.pay(at, giver, between, meant, "transfer", given)
        back = scene.after(at, 2, 96, clock=scene.clock(between[-1], taker))
        pooled = gifts * rng.uniform(rng.choice([0.9, 0.95, 0.98]), 1.0, len(gifts))
        scene.pay(back, between, taker, pooled, "transfer", returned)


@typology(
    "分散后归集",
    family="pass_through",
    source="T06; AMLworld scatter-gather",
    look_alike=loan_pool,
    look_alike_label=("relatives who pool a gift, a shop’s float", "亲属凑款或门店备用金归集"),
    roles={
        "till": ("till", "收银账户"),
        "giver": ("giver", "付出方"),
        "taker": ("taker", "收取方"),
        "between": ("go-between", "中间账户"),
    },
)
def scatter_gather(scene: Scene) -> None:
    """Scatter-gather.

    Up to four times, days or weeks apart, a sum that came from outside goes from one account in
    slices below 50,000 yuan to 3 to 12 others, nearly all at other banks, which pass on 97
    to 99.8 % to one account; the whole takes 0.5 to 10 days times the scheme's pace.
    """
    rng = scene.rng
    own = scene.participants(2 + int(rng.random() < 0.3), FIRM_SHARE)
    giver, taker, between = _sides(scene, own, int(rng.integers(3, 13)))
    funder = scene.elsewhere(1, FIRM_PAYS_SHARE)[0]
    clock, private = scene.clock(funder, giver), scene.clock(giver, between[-1])
    scene.join(giver, "giver")
    scene.join(taker, "taker")
    scene.join(between, "between")
    scene.join(funder, "funder")
    scene.control(own)
    for begins in scene.rounds(4, ROUNDS[1]):
        meant = scene.slices(_sum(scene, giver, len(between)), len(between), 3.0).clip(1, 49_900)
        funds, why = meant.sum() * rng.uniform(1.02, 1.1), scene.pretext("goods", "loan")
        begins = int(scene.after(begins, 0.1, 6, clock=clock))
        got = float(scene.pay(begins, funder, giver, funds, "transfer", why))
        at = scene.after(begins, 0.3, 90 * scene.pace(), len(between), private)
        meant *= min(got / meant.sum() * 0.998, 1.0)
        slices = scene.pay(at, giver, between, meant, "transfer", scene.pretext_of(giver))
        back = scene.after(at, 2, 96 * scene.pace(), clock=private)
        back[0] = scene.after(
            int(at[0]), 12, 96 * scene.pace(), clock=private
        )  # one at least keeps it for half a day
        passed = slices * rng.uniform(0.97, 0.998, len(between))
        scene.pay(back, between, taker, passed, "transfer", scene.pretext("loan", "loan_repayment", "family"))
