"""Schemes and lives as somebody describes them who knows the outline and not the figures.

A bank that writes a typology down knows who pays whom in which order. It does not know how
much, how often and with how many; nor does it draw the ordinary life of its customers as it
is. A sketch changes these figures of a drawn world, each typology's and each livelihood's in
one direction, so that what is learnt from it rests on the outline.

Two authors write, each half of the schemes with figures of their own: what is learnt from
one is tried on the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from data.schema import DAY_US
from data.streams import log_uniform, stream
from data.world.flows import SHAPE, Flow
from data.world.intents import Intent
from data.world.livelihoods import LIVELIHOODS
from data.world.scene import Scene
from data.world.schemes import Planned
from parameters import Count, PartRange, PositiveRange, Yuan
from pipeline import Parameters

AUTHORS = 2
JUST_BELOW = 0.998  # of a line, where a sum ends that may not reach it


class Sketch(Parameters):
    """How far the figures of a description may lie from those of the world: ranges of multiples.

    Where every range is 1 to 1, the description is the world's own.
    """

    amounts: PositiveRange
    pauses: PositiveRange
    partners: PartRange
    partners_least: Count
    line_cny: Yuan
    life_amounts: PositiveRange
    life_payments: PartRange


def sketched_schemes(scenes: list[Planned], sketch: Sketch, seed: int) -> list[Planned]:
    """The same schemes and look-alikes with other sums, pauses and numbers of partners.

    One multiple of each holds for all schemes of a typology by one author, and another one for
    its look-alikes. The scenes themselves are changed.
    """
    for number, (typology, is_illicit, scene) in enumerate(scenes):
        rng = stream(seed, "sketch", typology, str(is_illicit), str(number % AUTHORS))
        amounts, pauses = log_uniform(rng, *sketch.amounts), log_uniform(rng, *sketch.pauses)
        kept = rng.uniform(*sketch.partners)
        mine = stream(seed, "sketch", "scheme", str(number))
        gone = _strangers_left_out(scene, mine, kept, sketch.partners_least)
        moments = np.unique(np.concatenate([np.ravel(one.at) for one in _shape(scene)] or [np.zeros(0)]))
        moved = _with_pauses(moments.astype(np.int64), float(pauses))
        scene.intents = [
            _retold(one, moments, moved, float(amounts), sketch.line_cny, gone) if one.part == SHAPE else one
            for one in scene.intents
        ]
        scene.intents = [one for one in scene.intents if not one.is_empty]
    return scenes


def sketched_lives(drawn: Iterator[list[Flow]], sketch: Sketch, seed: int) -> Iterator[list[Flow]]:
    """The same lives, stretch by stretch, with other sums and fewer payments; one multiple a livelihood."""
    told = []
    for name in LIVELIHOODS:
        rng = stream(seed, "sketch", "life", name)
        told.append(
            (float(log_uniform(rng, *sketch.life_amounts)), float(rng.uniform(*sketch.life_payments)))
        )
    for number, flows in enumerate(drawn):
        retold = []
        for part, (flow, (amounts, kept)) in enumerate(zip(flows, told, strict=True)):
            rng = stream(seed, "sketch", "life", str(number), str(part))
            left = flow.take(rng.random(len(flow)) < kept) if kept < 1 else flow
            cents = np.maximum(np.rint(left.amount * amounts), 1).astype(np.int64)
            retold.append(replace(left, amount=cents))
        yield retold


def _shape(scene: Scene) -> list[Intent]:
    return [one for one in scene.intents if one.part == SHAPE]


def _strangers_left_out(scene: Scene, rng: np.random.Generator, kept: float, least: int) -> np.ndarray:
    """Accounts outside the bank that the description does not have; ``least`` of them always stay."""
    ends = [np.ravel(end) for one in _shape(scene) for end in (one.payer, one.payee)]
    everybody = np.unique(np.concatenate(ends)).astype(np.int64) if ends else np.zeros(0, np.int64)
    strangers = rng.permutation(everybody[~scene.is_inside(everybody)])
    return np.asarray(strangers[max(round(len(strangers) * kept), least) :])


def _with_pauses(moments: np.ndarray, multiple: float) -> np.ndarray:
    """Moments in order whose pauses of more than a day are longer or shorter by whole days.

    What follows within a day still does, nothing overtakes, and everybody keeps their hours.
    """
    pause = np.diff(moments)
    days = np.rint((multiple - 1) * pause / DAY_US).astype(np.int64)
    # A pause that is shortened keeps what is left of its last day.
    days = np.where(pause > DAY_US, np.maximum(days, -(pause // DAY_US)), 0)
    return moments + np.concatenate([np.zeros(1, np.int64), np.cumsum(days)])[: len(moments)] * DAY_US


def _retold(
    intent: Intent, moments: np.ndarray, moved: np.ndarray, amounts: float, line_cny: float, gone: np.ndarray
) -> Intent:
    """One intent at its new moments, with its new sums, without the strangers who are left out.

    A sum that stayed below the cash report's line still does: that line is known to everybody.
    """
    at, payer, payee, yuan = np.broadcast_arrays(*intent[:4])
    stays = ~(np.isin(payer, gone) | np.isin(payee, gone))
    meant = np.where(yuan < line_cny, np.minimum(yuan * amounts, line_cny * JUST_BELOW), yuan * amounts)
    when = moved[np.searchsorted(moments, at)]
    return intent._replace(at=when[stays], payer=payer[stays], payee=payee[stays], yuan=meant[stays])
