"""T09: money sinks through several layers of accounts; a distribution chain looks alike."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from data.typologies import Scene, typology


def _layers(scene: Scene, kind: str) -> list[np.ndarray]:
    """3 or 4 layers of 2 to 6 accounts: the first and the last at other banks, customers between."""
    rng = scene.rng
    sizes = rng.integers(2, 7, int(rng.integers(3, 5)))
    # Customers in two layers of four would be many: the inner layers are the thinner ones.
    sizes[1:-1] = np.minimum(sizes[1:-1], rng.integers(2, 5, len(sizes) - 2))
    inner = sizes[1:-1]
    own = scene.recruits(inner.sum()) if kind == "recruit" else scene.insiders(inner.sum(), kind)
    ends = scene.outsiders(sizes[0] + sizes[-1], "company" if rng.random() < 0.3 else "person")
    return [ends[: sizes[0]], *np.split(own, np.cumsum(inner)[:-1]), ends[sizes[0] :]]


def _sink(
    scene: Scene,
    layers: list[np.ndarray],
    kept: tuple[float, float],
    purpose: Callable[[], str],
) -> None:
    """Pay a sum down the layers; each account passes on what reached it, less a share."""
    rng = scene.rng
    held = scene.portions(rng.lognormal(11.2, 0.6), len(layers[0]), 6.0)
    ready = scene.start + scene.later(0.02, 8, len(layers[0]))
    for upper, lower in pairwise(layers):
        reached, last = np.zeros(len(lower)), np.zeros(len(lower), np.int64)
        for payer, yuan, moment in zip(upper, held, ready, strict=True):
            parts = scene.portions(yuan, len(lower), 5.0)
            at = rng.permutation(scene.waking(int(moment), rng.uniform(1, 2.5) * scene.pace(), len(lower)))
            scene.pay(at, payer, lower, parts, "transfer", purpose())
            reached, last = reached + parts, np.maximum(last, at)
        held, ready = reached * rng.uniform(*kept, len(lower)), last


def distribution_chain(scene: Scene) -> None:
    """Retailers pay distributors, who pay wholesalers, who pay the makers of the goods."""
    scene.begin_within(9)
    # The agents of direct sales work from private accounts.
    layers = _layers(scene, "micro_business" if scene.rng.random() < 0.6 else "person")
    scene.join(np.concatenate(layers[1:-1]), "distributor")
    _sink(scene, layers, (0.82, 0.98), lambda: scene.stated("goods"))


@typology("多层堆叠", family="pass_through", source="T09; AMLworld stack", look_alike=distribution_chain)
def stack(scene: Scene) -> None:
    """Stack.

    Money sinks through 3 to 4 layers of 2 to 6 accounts: every account of a layer pays
    every account of the next, a layer a day or more after the one above it, within 1 to
    10 days; 1 to 3 % is lost in each layer.
    """
    scene.begin_within(9 * scene.pace())
    layers = _layers(scene, "recruit")
    scene.join(layers[0], "source")
    scene.join(np.concatenate(layers[1:-1]), "mule")
    scene.join(layers[-1], "exit")
    scene.control(np.concatenate(layers[1:-1]))
    scene.warm_up(np.concatenate(layers[1:-1]))
    _sink(scene, layers, (0.97, 0.99), lambda: scene.pretext("goods", "loan", "family"))
