"""T04: one pays many at once; a labour contractor looks alike."""

from __future__ import annotations

from data.typologies import Scene, typology


def labour_contractor(scene: Scene) -> None:
    """A labour contractor receives the builder's money and pays the crew."""
    rng = scene.rng
    contractor = scene.insiders(1, "person" if rng.random() < 0.7 else "micro_business")[0]
    builder = scene.outsiders(1, "company")
    crew = scene.outsiders(int(rng.integers(8, 28)))
    scene.join(contractor, "contractor")
    wage = rng.lognormal(8.2, 0.6)
    wages = scene.rounded(wage * rng.normal(1, 0.14, len(crew)).clip(0.5, 1.6))
    # The builder pays in one sum or in two.
    due = scene.slices(wages.sum() * rng.uniform(1.02, 1.15) + 100, int(rng.integers(1, 3)), 6.0)
    paid = scene.spread(scene.start, 0.5, len(due))
    scene.pay(paid, builder, contractor, due, "transfer", scene.stated("goods"))
    at = scene.spread(int(paid[-1] + scene.later(1, 60)), rng.uniform(0.3, 2), len(crew))
    scene.pay(at, contractor, crew, wages, "transfer", scene.stated("payroll"))


@typology("分散转出", family="fan_out", source="T04; AMLworld fan-out", look_alike=labour_contractor)
def fan_out(scene: Scene) -> None:
    """Fan-out disperser.

    One or two large credits are split into 8 to 30 nearly equal payments to persons
    within minutes to three days, times the scheme's pace; some payees may be recruits, too.
    """
    rng = scene.rng
    disperser = scene.recruits(1, firm_share=0.2)[0]
    mules = scene.recruits(3)
    mules = mules[mules != disperser][:2]
    sources = scene.outsiders(int(rng.integers(1, 3)), "company" if rng.random() < 0.5 else "person")
    payees = scene.outsiders(int(rng.integers(8, 31)))
    if rng.random() < 0.5:
        payees[: len(mules)] = mules
        scene.join(payees[: len(mules)], "mule")
    scene.join(disperser, "disperser")
    scene.join(sources, "source")
    scene.join(payees[payees >= len(scene.world.kind)], "payee")
    total = rng.lognormal(11.1, 0.65)
    credits = scene.slices(total, len(sources), 6.0)
    arrives = scene.spread(scene.start, 0.3 * scene.pace(), len(sources))
    scene.pay(arrives, sources, disperser, credits, "transfer", scene.pretext("goods", "loan"))
    leaves = scene.slices(credits.sum() * rng.uniform(0.9, 0.99), len(payees), 60.0)
    begins = int(arrives[-1] + scene.later(0.1, 8 * scene.pace()))
    at = scene.burst(begins, rng.uniform(1.2, 29) * scene.pace(), len(payees))
    scene.pay(at, disperser, payees, leaves, "transfer", scene.pretext("payroll", "goods", "family"))
