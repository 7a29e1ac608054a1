"""T04: one pays many at once; a labour contractor looks alike."""

from __future__ import annotations

from data.typologies import Scene, typology
from data.world.calendar import EVENING, OFFICE


def labour_contractor(scene: Scene) -> None:
    """A labour contractor receives the builder's money and pays the crew."""
    rng = scene.rng
    contractor = (scene.traders(1) if rng.random() < 0.7 else scene.insiders(1, "micro_business"))[0]
    builder = scene.outsiders(1, "company" if rng.random() < 0.6 else "person")
    scene.join(contractor, "contractor")
    crew = scene.public(int(rng.integers(8, 28)))
    why = "payroll" if rng.random() < 0.5 else "unstated"
    hours = scene.clock(contractor, crew[0])
    wage = rng.lognormal(7.0, 1.0) * scene.scale(contractor)
    for begins in scene.rounds():
        wages = wage * rng.normal(1, 0.14, len(crew)).clip(0.5, 1.6)
        # The builder pays in one sum or in two.
        due = scene.slices(wages.sum() * rng.uniform(1.02, 1.15) + 100, int(rng.integers(1, 3)), 6.0)
        paid = scene.spread(begins, 0.5, len(due), OFFICE)
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

    One to four times, some weeks apart, one or two large credits are split into 8 to 30
    nearly equal payments to persons within minutes to three days, times the scheme's pace,
    0.2 to 3 % stays; a payee may be a recruit, too.
    """
    rng = scene.rng
    own = scene.recruits(2, firm_share=0.2)
    disperser, mules = own[0], own[1:]
    is_firm = rng.random() < 0.5
    sources = scene.outsiders(int(rng.integers(1, 3)), "company" if is_firm else "person")
    clock = OFFICE if is_firm else EVENING
    payees = scene.outsiders(int(rng.integers(8, 31)))
    if rng.random() < 0.3 and scene.world.holder[mules[0]] == "person":
        payees[:1] = mules
        scene.join(mules, "mule")
    scene.join(disperser, "disperser")
    scene.join(sources, "source")
    scene.join(payees[~scene.is_inside(payees)], "payee")
    for begins in scene.rounds(10, (1, 8)):
        total = rng.lognormal(9.6, 0.9) * scene.scale(disperser)
        arrives = scene.spread(begins, 0.3 * scene.pace(), len(sources), clock)
        meant = scene.slices(total, len(sources), 6.0)
        credits = scene.pay(arrives, sources, disperser, meant, "transfer", scene.pretext("goods", "loan"))
        leaves = scene.slices(credits.sum() * rng.uniform(0.97, 0.998), len(payees), 60.0)
        leaves_at = int(scene.after(arrives[-1], 0.1, 8 * scene.pace()))
        hours = scene.clock(disperser, payees[0])
        at = scene.spread(leaves_at, rng.uniform(0.1, 2) * scene.pace(), len(payees), hours)
        why = scene.pretext_of(disperser)
        scene.pay(at, disperser, payees, leaves, "transfer", why)
