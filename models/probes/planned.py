"""What single payments give away: planned against ordinary life, and illicit against all others.

Learnt before validation and measured in the test, on schemes that the learning never saw.
That laundering moves larger sums by transfer than a coffee costs is honest, so payments
are compared within strata: same channel, same kinds of both parties, same decade of the
amount. All planned payments are kept; of ordinary life a sample is drawn by stratum, and
each of its rows stands for as many as were there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from models.difficulty import plain
from models.metrics import ratio
from models.probes.columns import digits, payment_columns
from models.probes.ground import ILLICIT, LIFE, NO_SCHEME, Ground
from models.probes.learner import NOTHING, Probe, Trees
from models.probes.strata import Placed, place
from models.zoo.lightgbm import binned, grown

OTHERS_PER_POSITIVE = 4  # weight of all others over that of the positives when learning (assumption)
WORST = 12  # strata, cells and columns that a list names


@dataclass(frozen=True)
class Sample:
    """Payments to learn from and to judge; arrays of shape (n,) follow ``rows``.

    ``weight`` is how many payments of its stratum and side a row stands for, ``life`` how
    many ordinary payments its stratum holds on the side judged.
    """

    ground: Ground
    rows: np.ndarray
    learns: np.ndarray
    weight: np.ndarray
    life: np.ndarray

    @cached_property
    def columns(self) -> pd.DataFrame:
        """Everything that the payments say of themselves."""
        return payment_columns(self.ground, self.rows)

    @cached_property
    def stratum(self) -> np.ndarray:
        """Stratum by row."""
        return np.asarray(self.ground.stratum[self.rows])

    @cached_property
    def kind(self) -> np.ndarray:
        """LIFE, LOOK_ALIKE or ILLICIT by row."""
        return np.asarray(self.ground.kind[self.rows])

    @classmethod
    def of(
        cls, ground: Ground, periods: pd.DataFrame, probe: Probe, rng: np.random.Generator
    ) -> Sample | None:
        """Draw it; None where there is nothing to learn or nothing to judge."""
        role = periods.set_index("name")
        if not {"validation", "test"} <= set(role.index):
            return None
        learns = ground.at_us < _us(role.loc["validation", "starts_at"])
        judged = (ground.at_us >= _us(role.loc["test", "starts_at"])) & (
            ground.at_us < _us(role.loc["test", "ends_at"])
        )
        planned = _of_one_side(ground, learns, judged, rng)
        is_life = ground.kind == LIFE
        strata = int(ground.stratum.max(initial=0)) + 1
        side = np.where(learns, 0, 1)
        code = ground.stratum * 2 + side
        used = learns | judged
        life = np.bincount(code[is_life & used], minlength=2 * strata)
        plans = np.bincount(code[planned], minlength=2 * strata)
        wanted = np.maximum.reduce(
            [plans * probe.life_per_planned, np.full(len(life), probe.life_least), life * probe.life_share]
        )
        rate = np.minimum(wanted / np.maximum(life, 1), 1)
        drawn = is_life & used & (rng.random(len(ground)) < rate[code])
        rows = np.flatnonzero(planned | drawn)
        kept = np.bincount(code[drawn], minlength=2 * strata)
        weight = np.where(is_life[rows], (life / np.maximum(kept, 1))[code[rows]], 1.0)
        in_test = life[ground.stratum[rows] * 2 + 1]
        sample = cls(ground, rows, learns[rows], weight, in_test)
        for mine in (sample.learns, ~sample.learns):
            if len(np.unique(sample.kind[mine] == LIFE)) < 2:
                return None
        return sample


def _us(moment: pd.Timestamp) -> int:
    return int(moment.value // 1_000)


def _of_one_side(
    ground: Ground, learns: np.ndarray, judged: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Planned payments to learn from or to judge, so that no scheme is on both sides; shape (n,).

    A scheme that works on both sides is dealt to one of them.
    """
    names, number = np.unique(ground.scheme, return_inverse=True)
    both = np.bincount(number, learns, len(names)) * np.bincount(number, judged, len(names)) > 0
    taught = both & (rng.random(len(names)) < 0.5)
    keeps = (learns & ~(both & ~taught)[number]) | (judged & ~taught[number])
    return np.asarray((ground.scheme != NO_SCHEME) & keeps)


def balanced(is_positive: np.ndarray, weight: np.ndarray, stratum: np.ndarray) -> np.ndarray:
    """Weights to learn with, so that what only tells strata apart is not worth learning; shape (n,).

    In each stratum the others weigh OTHERS_PER_POSITIVE times as much as the positives.
    """
    _, number = np.unique(stratum, return_inverse=True)
    positives = np.bincount(number, is_positive)
    others = np.bincount(number, np.where(is_positive, 0.0, weight))
    factor = OTHERS_PER_POSITIVE * positives / np.maximum(others, 1e-9)
    return np.where(is_positive, np.where(others[number] > 0, 1.0, 0.0), weight * factor[number])


@dataclass(frozen=True)
class Told:
    """What a model made of the sample: its score by row judged, and the columns that carry it."""

    score: np.ndarray
    gain: list[dict[str, Any]]


def learnt(
    columns: pd.DataFrame,
    is_positive: np.ndarray,
    stratum: np.ndarray,
    sample: Sample,
    trees: Trees,
    seed: int,
) -> Told:
    """Learn on one side, score the other."""
    values, options = columns.to_numpy(dtype=float), trees.options(seed)
    learns = sample.learns
    mass = balanced(is_positive[learns], sample.weight[learns], stratum[learns])
    mine = np.flatnonzero(learns)[mass > 0]
    data = binned(values[mine], options, list(columns.columns))
    booster = grown(data, is_positive[mine].astype(float), mass[mass > 0], options, trees.trees)
    gain = booster.feature_importance("gain")
    order = np.argsort(-gain, kind="stable")[:WORST]
    carried = [
        {"column": str(columns.columns[row]), "gain": plain(ratio(float(gain[row]), float(gain.sum())))}
        for row in order
    ]
    return Told(np.asarray(booster.predict(values[~learns], raw_score=True)), carried)


def compared(
    told: Told, is_positive: np.ndarray, stratum: np.ndarray, sample: Sample, is_enough: np.ndarray
) -> Placed:
    """Place the positives judged among the others of their strata."""
    judged = ~sample.learns
    scheme = sample.ground.scheme[sample.rows]
    return place(
        told.score,
        is_positive[judged],
        sample.weight[judged],
        stratum[judged],
        scheme[judged],
        is_enough[judged],
    )


def _answer(
    placed: Placed, gain: list[dict[str, Any]], draws: int, rng: np.random.Generator
) -> dict[str, Any]:
    return {
        "payments": len(placed.below),
        "schemes": placed.schemes,
        "auc": placed.auc(draws, rng),
        "lift": placed.lift(draws, rng),
        "base_rate": plain(placed.base_rate, 6),
        "columns": gain,
    }


def nothing(payments: int = 0) -> dict[str, Any]:
    """The answer of a probe that cannot be asked."""
    return {
        "payments": payments,
        "schemes": 0,
        "auc": NOTHING,
        "lift": NOTHING,
        "base_rate": None,
        "columns": [],
    }


def on_plans(sample: Sample | None, probe: Probe, draws: int, seed: int) -> dict[str, Any]:
    """All columns of one payment: planned against life and illicit against all others.

    Returns
    -------
    ``planned`` and ``illicit``, each ``within`` strata and ``without`` them: area, lift,
    what they rest on and the columns that carry them; ``planned_without_life_share``;
    ``strata``: those that give most away.
    """
    result: dict[str, Any] = {
        name: {"within": nothing(), "without": nothing()} for name in ("planned", "illicit")
    }
    result |= {"without_life_share": without_life(sample, probe), "strata": []}
    if sample is None:
        return result
    rng = np.random.default_rng(seed)
    one = np.zeros(len(sample.rows), np.int64)
    enough = {"within": sample.life >= probe.ordinary_least, "without": np.ones(len(one), bool)}
    for name, is_positive in (("planned", sample.kind != LIFE), ("illicit", sample.kind == ILLICIT)):
        if not (is_positive[sample.learns].any() and is_positive[~sample.learns].any()):
            continue
        for how, stratum in (("within", sample.stratum), ("without", one)):
            told = learnt(sample.columns, is_positive, stratum, sample, probe.payments, seed)
            placed = compared(told, is_positive, stratum, sample, enough[how])
            result[name][how] = _answer(placed, told.gain, draws, rng)
            if (name, how) == ("planned", "within"):
                result["strata"] = [
                    {"stratum": sample.ground.name_of_stratum(code), "planned": count, "auc": plain(area)}
                    for code, count, area in placed.by_stratum()[:WORST]
                ]
    return result


def without_life(sample: Sample | None, probe: Probe) -> float | None:
    """Share of the planned payments judged in strata with hardly an ordinary payment to compare."""
    if sample is None:
        return None
    planned = ~sample.learns & (sample.kind != LIFE)
    alone = planned & (sample.life < probe.ordinary_least)
    return plain(ratio(float(alone.sum()), float(planned.sum())))


def on_digits(sample: Sample | None, probe: Probe, draws: int, seed: int) -> dict[str, Any]:
    """Digits of one payment alone, planned against life, within channel and purpose.

    ``sized`` is the same within the decade of the amount, too: large sums are rounder than
    small ones, whoever sends them. ``groups`` are the channels and purposes that give most away.
    """
    if sample is None:
        return nothing() | {"sized": NOTHING, "groups": []}
    ground, rows, is_positive = sample.ground, sample.rows, sample.kind != LIFE
    group = (ground.channel.astype(np.int64) * len(ground.purposes) + ground.purpose)[rows]
    within = pd.DataFrame({"channel": ground.channel[rows], "purpose": ground.purpose[rows]})
    columns = pd.concat([within, digits(ground.cents[rows])], axis=1)
    rng, every = np.random.default_rng(seed), np.ones(len(rows), bool)
    told = learnt(columns, is_positive, group, sample, probe.payments, seed)
    placed = compared(told, is_positive, group, sample, every)
    sized = group * 100 + ground.decade[rows]
    alike = compared(
        learnt(columns, is_positive, sized, sample, probe.payments, seed), is_positive, sized, sample, every
    )
    groups = [
        {
            "channel": ground.channels[code // len(ground.purposes)],
            "purpose": ground.purposes[code % len(ground.purposes)],
            "planned": count,
            "auc": plain(area),
        }
        for code, count, area in placed.by_stratum()[:WORST]
    ]
    return _answer(placed, told.gain, draws, rng) | {"sized": alike.auc(draws, rng), "groups": groups}
