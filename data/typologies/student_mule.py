"""T11: a student's account lent to a ring; a student's own money from home looks alike."""

from __future__ import annotations

import numpy as np

from data.typologies import Scene, typology


def _credits(scene: Scene, count: int) -> np.ndarray:
    """Sums of 200 to 40,000 yuan, as victims send them and as families pay for studies."""
    return np.asarray(scene.rng.lognormal(7.5, 1.1, count).clip(200, 40_000))


def student_budget(scene: Scene) -> None:
    """A student with part-time jobs gets money from relatives and pays tuition, rent and agents."""
    rng = scene.rng
    student = scene.students(1)[0]
    scene.join(student, "student")
    days = rng.uniform(3, 40)
    family = scene.outsiders(int(rng.integers(1, 6)))
    sums = _credits(scene, int(rng.integers(3, 9)))
    at = scene.waking(scene.start, days, len(sums))
    school, landlord = scene.outsiders(1, "company")[0], scene.outsiders(1)[0]
    for moment, yuan in zip(at, sums, strict=True):
        if rng.random() < 0.2:
            got = float(scene.bring_cash(moment, student, yuan))
        else:
            got = float(scene.pay(moment, rng.choice(family), student, yuan, "transfer", "family"))
        payee, why = (school, "tuition") if rng.random() < 0.5 else (landlord, "rent")
        scene.pay(scene.after(moment, 0.2, 40), student, payee, got * rng.uniform(0.88, 1.0), "transfer", why)
    jobs = int(rng.integers(1, 5))
    wages = rng.lognormal(7.0, 0.5, jobs)
    employers = scene.outsiders(jobs, "company")
    scene.live(scene.waking(scene.start, days, jobs), employers, student, wages, "transfer", "payroll")


@typology(
    "学生卡农",
    family="profile_mismatch",
    source="T11; AMLTRIX T0140",
    look_alike=student_budget,
    look_alike_label=("a student’s own budget", "学生收取家用与兼职收入"),
    roles={"student": ("student", "学生")},
)
def student_mule(scene: Scene) -> None:
    """Student mule.

    A student's account receives 3 to 9 sums of 200 to 40,000 yuan in 3 to 40 days, by
    transfer from strangers or in cash, now and then in other cities; each leaves within
    hours, 0.2 to 3 % is kept.
    """
    rng = scene.rng
    student = scene.students(1)[0]
    victims, exits = np.split(scene.outsiders(12), [9])
    victims, exits = victims[: int(rng.integers(3, 10))], exits[: int(rng.integers(1, 4))]
    scene.join(student, "student")
    at = scene.waking(scene.start, min(rng.uniform(3, 25) * scene.pace(), 40), len(victims))
    for moment, victim, yuan in zip(at, victims, _credits(scene, len(victims)), strict=True):
        if rng.random() < 0.2:
            # Another member of the ring pays cash in wherever the victim handed it over.
            city = scene.home(student) if rng.random() < 0.6 else int(rng.choice(scene.world.city))
            got = float(np.ceil(yuan / 100) * 100)
            scene.pay(moment, scene.desk(city), student, got, "cash_deposit", "cash", city)
        else:
            got = float(scene.pay(moment, victim, student, yuan, "transfer", scene.pretext("family", "loan")))
        gone, left = scene.after(moment, 0.1, 6 * scene.pace()), got * rng.uniform(0.97, 0.998)
        if rng.random() < 0.2 and left < 20_000:
            scene.fetch_cash(gone, student, left)
        else:
            exit_account = rng.choice(exits)
            scene.join(exit_account, "exit")
            scene.pay(gone, student, exit_account, left, "transfer", scene.pretext("goods", "rent", "family"))
    scene.give_up(student)
