"""T11: a student's account lent to a ring; a student's own money from home looks alike."""

from __future__ import annotations

import numpy as np

from data.typologies import Scene, typology


def _credits(scene: Scene, count: int) -> np.ndarray:
    """Sums of 5,000 to 150,000 yuan, as victims send them and as families pay for studies."""
    return np.asarray(scene.rng.lognormal(9.6, 0.7, count).clip(5_100, 150_000))


def student_budget(scene: Scene) -> None:
    """A student with part-time jobs gets money from relatives and pays tuition, rent and agents."""
    rng = scene.rng
    scene.begin_within(24)
    student = scene.students(1)[0]
    scene.join(student, "student")
    days = rng.uniform(3, 20)
    family = scene.outsiders(int(rng.integers(1, 6)))
    sums = scene.rounded(_credits(scene, int(rng.integers(3, 11))))
    at = scene.waking(scene.start, days, len(sums))
    school, landlord = scene.outsiders(1, "company")[0], scene.outsiders(1)[0]
    for moment, yuan in zip(at, sums, strict=True):
        if rng.random() < 0.25 and yuan < 50_000:
            city, yuan = int(rng.choice(scene.world.city)), np.ceil(yuan / 100) * 100
            scene.pay(moment, scene.desk(city), student, yuan, "cash_deposit", "cash", city)
        else:
            scene.pay(moment, rng.choice(family), student, yuan, "transfer", scene.stated("family"))
        payee, purpose = (school, "tuition") if rng.random() < 0.7 else (landlord, "rent")
        paid = scene.rounded(yuan * rng.uniform(0.88, 1.0))
        gone = scene.by_day(moment + scene.later(0.2, 40))
        scene.pay(gone, student, payee, paid, "transfer", scene.stated(purpose))
    jobs = int(rng.integers(1, 5))
    wages = rng.lognormal(7.4, 0.5, jobs).round()
    employers = scene.outsiders(jobs, "company")
    scene.live(scene.waking(scene.start, days, jobs), employers, student, wages, "transfer", "payroll")


@typology("学生卡农", family="profile_mismatch", source="T11; AMLTRIX T0140", look_alike=student_budget)
def student_mule(scene: Scene) -> None:
    """Student mule.

    After 0 to 14 days of small payments that warm the account up, a student's account
    receives 4 to 12 sums of 5,000 to 150,000 yuan in 3 to 20 days, by transfer from
    strangers or in cash in other cities; each leaves within hours, 0.5 to 10 % is kept.
    """
    rng = scene.rng
    scene.begin_within(24)
    student = scene.students(1)[0]
    strangers = scene.outsiders(int(rng.integers(4, 13)) + 3)
    victims, exits = strangers[3:], strangers[: int(rng.integers(1, 4))]
    scene.join(student, "student")
    scene.warm_up(student, None if scene.sophistication == 2 else rng.uniform(0, 14))
    days = min(rng.uniform(3, 8) * scene.pace(), 20)
    at = scene.waking(scene.start, days, len(victims))
    sums = scene.rounded(_credits(scene, len(victims)))
    for moment, victim, yuan in zip(at, victims, sums, strict=True):
        credit = float(yuan)
        if rng.random() < 0.3 and credit < 50_000:
            # Another member of the ring pays cash in wherever the victim handed it over.
            city, credit = int(rng.choice(scene.world.city)), np.ceil(credit / 100) * 100
            scene.pay(moment, scene.desk(city), student, credit, "cash_deposit", "cash", city)
        else:
            scene.pay(moment, victim, student, credit)
        left = credit * rng.uniform(0.9, 0.995)
        left = float(np.maximum(scene.rounded(left), credit * 0.9))
        gone = moment + scene.later(0.1, 6 * scene.pace())
        if rng.random() < 0.2 and left < 20_000:
            city, notes = int(rng.choice(scene.world.city)), np.floor(left / 100) * 100
            scene.pay(gone, student, scene.desk(city), notes, "cash_withdrawal", "cash", city)
        else:
            exit_account = rng.choice(exits)
            scene.join(exit_account, "exit")
            scene.pay(gone, student, exit_account, left, "transfer", scene.pretext("tuition", "rent"))
    scene.give_up(student)
