"""T09: money sinks through several layers of accounts; a distribution chain looks alike."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from data.typologies import ROUNDS, Scene, typology

FIRM_SHARE = 0.15  # of the plans whose customers are small firms (assumption)


def _layers(scene: Scene, own: np.ndarray) -> list[np.ndarray]:
    """Layers of 2 to 6 accounts, one more than customers before and after: one customer in each inner one."""
    rng = scene.rng
    sizes = rng.integers(2, 7, len(own) + 2)
    others = scene.outsiders(sizes.sum() - len(own))
    ends = np.cumsum(sizes - np.isin(np.arange(len(sizes)), np.arange(1, len(own) + 1)))
    layers = np.split(others, ends[:-1])
    return [layers[0], *(np.append(own[i], layers[i + 1]) for i in range(len(own))), layers[-1]]


def _next(scene: Scene, layers: list[np.ndarray]) -> list[np.ndarray]:
    """The layers of the next round: of the first and the last some return, and others are new."""
    first = scene.next_round(layers[0], scene.outsiders, np.concatenate(layers[1:]))
    last = scene.next_round(layers[-1], scene.outsiders, np.concatenate([first, *layers[1:-1]]))
    return [first, *layers[1:-1], last]


def _sink(
    scene: Scene,
    begins: int,
    layers: list[np.ndarray],
    kept: tuple[float, float],
    purpose: Callable[[int], str],
) -> None:
    """Pay a sum down the layers; each account passes on what reached it, less a share.

    What two other banks pay each other is not seen.
    """
    rng = scene.rng
    total = rng.lognormal(9.8, 1.0) * scene.scale(int(layers[1][-1]))
    held = scene.portions(total, len(layers[0]), 2.0)
    ready = scene.after(begins, 0.02, 8, len(layers[0]))
    for upper, lower in pairwise(layers):
        reached, last = np.zeros(len(lower)), np.zeros(len(lower), np.int64)
        for payer, yuan, moment in zip(upper, held, ready, strict=True):
            parts = scene.portions(yuan, len(lower), 2.0)
            days = max(round(rng.uniform(1, 2.5) * scene.pace()), 1)
            clock = scene.clock(payer, lower[0])
            at = rng.permutation(scene.during(int(moment), days, len(lower), clock))
            seen = np.full(len(lower), scene.is_inside(payer)) | scene.is_inside(lower)
            if seen.any():
                parts[seen] = scene.pay(
                    at[seen], payer, lower[seen], parts[seen], "transfer", purpose(int(payer))
                )
            reached, last = reached + parts, np.maximum(last, at)
        held, ready = reached * rng.uniform(*kept, len(lower)), last


def distribution_chain(scene: Scene) -> None:
    """Retailers pay distributors, who pay wholesalers, who pay the makers of the goods."""
    count = 1 + int(scene.rng.random() < 0.5)
    # The agents of direct sales work from private accounts.
    own = scene.traders(count, FIRM_SHARE)
    scene.join(own, "distributor")
    layers = _layers(scene, own)
    for begins in scene.rounds():
        layers = _next(scene, layers)
        _sink(scene, begins, layers, (0.82, 0.99), lambda _: scene.pretext("goods", "unstated"))


@typology(
    "多层堆叠",
    family="pass_through",
    source="T09; AMLworld stack",
    look_alike=distribution_chain,
    look_alike_label=("a chain of distributors", "逐级经销商付款"),
    roles={"distributor": ("distributor", "经销商")},
)
def stack(scene: Scene) -> None:
    """Stack.

    Up to ten times, days or weeks apart, money sinks through 3 or 4 layers of 2 to 6 accounts,
    one in each inner layer a customer: every account of a layer pays every account of the
    next, a layer a day or more after the one above it, within 1 to 10 days; 0.2 to 3 % is
    lost in each layer.
    """
    own = scene.participants(1 + int(scene.rng.random() < 0.5), FIRM_SHARE)
    layers = _layers(scene, own)
    scene.join(own, "mule")
    scene.control(own)
    for begins in scene.rounds(*ROUNDS):
        layers = _next(scene, layers)
        scene.join(layers[0], "source")
        scene.join(layers[-1], "exit")
        _sink(scene, begins, layers, (0.97, 0.998), scene.pretext_of)
