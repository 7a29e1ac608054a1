"""T04: one pays many at once; a labour contractor looks alike."""

from __future__ import annotations

import numpy as np

from data.typologies import ROUNDS, Scene, typology
from data.world.calendar import EVENING, OFFICE

FIRM_SHARE = 0.12  # of dispersers and contractors, small firms (assumption)
FIRM_PAYS_SHARE = 0.3  # of those whose money is dispersed, companies (assumption)
SHARE = (7.2, 0.9)  # log of the yuan of a payee: median and spread, before the scale of the disperser


def _share(scene: Scene, disperser: int) -> float:
    return float(scene.rng.lognormal(*SHARE)) * scene.scale(disperser)


def labour_contractor(scene: Scene) -> None:
    """A labour contractor receives the builder's money and pays the crew."""
    rng = scene.rng
    contractor = scene.traders(1, FIRM_SHARE)[0]
    builder = scene.elsewhere(1, FIRM_PAYS_SHARE)
    scene.join(contractor, "contractor")
    crew = scene.public(int(rng.integers(8, 28)))
    why = scene.pretext("payroll", "goods", "unstated")
    hours = scene.clock(contractor, crew[0])
    clock = OFFICE if scene.world.holder[builder[0]] == "company" else EVENING
    for begins in scene.rounds():
        crew = scene.next_round(crew)
        builder = scene.others_like(builder)
        wages = _share(scene, contractor) * rng.normal(1, 0.14, len(crew)).clip(0.5, 1.6)
        # The builder pays in one sum or in two.
        due = scene.slices(wages.sum() * rng.uniform(1.02, 1.15) + 100, int(rng.integers(1, 3)), 6.0)
        paid = scene.spread(begins, 0.5, len(due), clock)
        got = scene.pay(paid, builder, contractor, due, "transfer", "goods").sum()
        at = scene.spread(int(scene.after(paid[-1], 1, 60)), rng.uniform(0.3, 2), len(crew), hours)
        scene.pay(at, contractor, crew, wages * min(got / wages.sum(), 1.0), "transfer", why)


@typology(
    "分散转出",
    family="fan_out",
    source="T04; AMLworld fan-out",
    look_alike=labour_contractor,
    look_alike_label=("a contractor who pays his workers", "包工头发放工资"),
    roles={"contractor": ("contractor", "包工头"), "disperser": ("disperser", "分散账户")},
)
def fan_out(scene: Scene) -> None:
    """Fan-out disperser.

    Up to ten times, days or weeks apart, one or two large credits are split into 8 to 30
    nearly equal payments to persons within minutes to three days, times the scheme's pace,
    0.2 to 3 % stays; a payee may be one of the ring, too.
    """
    rng = scene.rng
    own = scene.participants(2, FIRM_SHARE)
    disperser, mules = own[0], own[1:]
    sources = scene.elsewhere(int(rng.integers(1, 3)), FIRM_PAYS_SHARE)
    clock = OFFICE if scene.world.holder[sources[0]] == "company" else EVENING
    scene.join(disperser, "disperser")
    if rng.random() < 0.3 and scene.world.holder[mules[0]] == "person":
        scene.join(mules, "mule")
    else:
        mules = mules[:0]
    others = scene.public(int(rng.integers(8, 31)))
    for begins in scene.rounds(*ROUNDS):
        others = scene.next_round(others)
        payees = np.append(mules, others)
        scene.join(payees[~scene.is_inside(payees)], "payee")
        sources = scene.others_like(sources)
        scene.join(sources, "source")
        total = _share(scene, disperser) * len(payees)
        arrives = scene.spread(begins, 0.3 * scene.pace(), len(sources), clock)
        meant = scene.slices(total, len(sources), 6.0)
        credits = scene.pay(arrives, sources, disperser, meant, "transfer", scene.pretext("goods", "loan"))
        leaves = scene.slices(credits.sum() * rng.uniform(0.97, 0.998), len(payees), 60.0)
        leaves_at = int(scene.after(arrives[-1], 0.1, 8 * scene.pace()))
        hours = scene.clock(disperser, payees[0])
        at = scene.spread(leaves_at, rng.uniform(0.1, 2) * scene.pace(), len(payees), hours)
        why = scene.pretext_of(disperser)
        scene.pay(at, disperser, payees, leaves, "transfer", why)
