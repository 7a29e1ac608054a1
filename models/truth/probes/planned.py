"""What single payments give away: planned against ordinary life, and illicit against all others.

Learnt before validation and measured in the test, on schemes that the learning never saw.
That laundering moves larger sums by transfer than a coffee costs is honest, so payments
are compared within strata: same channel, same kinds of both parties, same decade of the
amount. All planned payments are kept; of ordinary life a sample is drawn by stratum, and
each of its rows stands for as many as were there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.intervals import UNMEASURED, ratio, rounded
from models.results.probes import (
    ColumnGain,
    DigitGroup,
    Digits,
    PaymentProbe,
    SinglePayments,
    StrataProbe,
    Stratum,
)
from models.truth import fixed_trees
from models.truth.fixed_trees import Trees
from models.truth.probes.columns import digits
from models.truth.probes.ground import ILLICIT, LIFE
from models.truth.probes.learner import WORST, Probe
from models.truth.probes.sample import Sample, balanced
from models.truth.probes.strata import Placed, place


@dataclass(frozen=True)
class Told:
    """What a model made of the sample: its score by row judged, and the columns that carry it."""

    score: np.ndarray
    gain: list[ColumnGain]


def learnt_apart(
    columns: pd.DataFrame,
    is_positive: np.ndarray,
    stratum: np.ndarray,
    sample: Sample,
    trees: Trees,
    seed: int,
) -> Told:
    """Learn on one side, score the other."""
    values, learns = columns.to_numpy(dtype=float), sample.learns
    mass = balanced(is_positive[learns], sample.weight[learns], stratum[learns])
    mine = np.flatnonzero(learns)[mass > 0]
    if len(np.unique(is_positive[mine])) < 2:  # no stratum holds both
        return Told(np.zeros(int((~learns).sum())), [])
    data = fixed_trees.bins(values[mine], trees, seed, list(columns.columns))
    booster = fixed_trees.fit_bins(data, is_positive[mine].astype(float), mass[mass > 0], trees, seed)
    gain = booster.feature_importance("gain")
    order = np.argsort(-gain, kind="stable")[:WORST]
    carried = [
        ColumnGain(column=str(columns.columns[row]), gain=rounded(ratio(float(gain[row]), float(gain.sum()))))
        for row in order
    ]
    return Told(fixed_trees.margins(booster, values[~learns]), carried)


def placed_among_like(
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


def answer(placed: Placed, gain: list[ColumnGain], draws: int, rng: np.random.Generator) -> PaymentProbe:
    """What a probe found: area, lift, what they rest on, and the columns that carry them."""
    return PaymentProbe(
        payments=len(placed.below),
        schemes=placed.schemes,
        auc=placed.auc(draws, rng),
        lift=placed.lift(draws, rng),
        base_rate=rounded(placed.base_rate, 6),
        columns=gain,
    )


# The answers of a probe that cannot be asked.
UNASKED = PaymentProbe(payments=0, schemes=0, auc=UNMEASURED, lift=UNMEASURED, base_rate=None, columns=[])
UNTOLD = StrataProbe(within=UNASKED, without=UNASKED)


def single_payments(sample: Sample | None, probe: Probe, draws: int, seed: int) -> SinglePayments:
    """All columns of one payment: planned against life and illicit against all others."""
    if sample is None:
        return SinglePayments(planned=UNTOLD, illicit=UNTOLD, without_life_share=None, strata=[])
    rng = np.random.default_rng(seed)
    planned, strata = strata_probe(sample, sample.kind != LIFE, probe, draws, seed, rng)
    illicit, _ = strata_probe(sample, sample.kind == ILLICIT, probe, draws, seed, rng)
    return SinglePayments(
        planned=planned, illicit=illicit, without_life_share=without_life(sample, probe), strata=strata
    )


def strata_probe(
    sample: Sample, is_positive: np.ndarray, probe: Probe, draws: int, seed: int, rng: np.random.Generator
) -> tuple[StrataProbe, list[Stratum]]:
    """Positives told from the others within strata and without them, and the strata that give most away."""
    if not (is_positive[sample.learns].any() and is_positive[~sample.learns].any()):
        return UNTOLD, []
    one = np.zeros(len(sample.rows), np.int64)

    def asked(stratum: np.ndarray, is_enough: np.ndarray) -> tuple[Placed, PaymentProbe]:
        told = learnt_apart(sample.columns, is_positive, stratum, sample, probe.payments, seed)
        placed = placed_among_like(told, is_positive, stratum, sample, is_enough)
        return placed, answer(placed, told.gain, draws, rng)

    placed, within = asked(sample.stratum, sample.life >= probe.ordinary_least)
    _, without = asked(one, np.ones(len(one), bool))
    strata = [
        Stratum(stratum=sample.ground.name_of_stratum(code), planned=count, auc=rounded(area))
        for code, count, area in placed.by_stratum()[:WORST]
    ]
    return StrataProbe(within=within, without=without), strata


def without_life(sample: Sample, probe: Probe) -> float | None:
    """Share of the planned payments judged in strata with hardly an ordinary payment to compare."""
    planned = ~sample.learns & (sample.kind != LIFE)
    alone = planned & (sample.life < probe.ordinary_least)
    return rounded(ratio(float(alone.sum()), float(planned.sum())))


def digits_alone(sample: Sample | None, probe: Probe, draws: int, seed: int) -> Digits:
    """Digits of one payment alone, planned against life, within channel and purpose.

    ``sized`` is the same within the decade of the amount, too: large sums are rounder than
    small ones, whoever sends them. ``groups`` are the channels and purposes that give most away.
    """
    if sample is None:
        return Digits(**dict(UNASKED), sized=UNMEASURED, groups=[])
    ground, rows, is_positive = sample.ground, sample.rows, sample.kind != LIFE
    group = (ground.channel.astype(np.int64) * len(ground.purposes) + ground.purpose)[rows]
    within = pd.DataFrame({"channel": ground.channel[rows], "purpose": ground.purpose[rows]})
    columns = pd.concat([within, digits(ground.cents[rows])], axis=1)
    rng, every = np.random.default_rng(seed), np.ones(len(rows), bool)
    told = learnt_apart(columns, is_positive, group, sample, probe.payments, seed)
    placed = placed_among_like(told, is_positive, group, sample, every)
    sized = group * 100 + ground.decade[rows]
    alike = placed_among_like(
        learnt_apart(columns, is_positive, sized, sample, probe.payments, seed),
        is_positive,
        sized,
        sample,
        every,
    )
    groups = [
        DigitGroup(
            channel=ground.channels[code // len(ground.purposes)],
            purpose=ground.purposes[code % len(ground.purposes)],
            planned=count,
            auc=rounded(area),
        )
        for code, count, area in placed.by_stratum()[:WORST]
    ]
    found = answer(placed, told.gain, draws, rng)
    return Digits(**dict(found), sized=alike.auc(draws, rng), groups=groups)
