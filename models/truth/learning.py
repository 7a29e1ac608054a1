"""Learning curves: the fixed model on parts of its data, and after parts of its rounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from data.results import Interval
from models.intervals import rounded
from models.metrics import AveragePrecision
from models.results.learning import RoundsPoint, SizePoint
from models.truth import fixed_trees
from models.truth.fixed_trees import Trees
from models.zoo import Examples

if TYPE_CHECKING:
    import lightgbm


def part_of_groups(group: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Rows of a drawn share of the groups, none cut in two; shape (n,).

    With a generator in the same state a larger share holds every group of a smaller one.
    """
    names, number = np.unique(group, return_inverse=True)
    place = rng.permutation(len(names))
    return np.asarray(place[number] < round(share * len(names)))


def rows_of(examples: Examples, keep: np.ndarray) -> Examples:
    """Some of the examples, of shape (n,) as a mask."""
    return replace(
        examples,
        features=examples.features[keep],
        customer_id=examples.customer_id[keep],
        as_of=examples.as_of[keep],
        label=examples.label[keep],
        weight=examples.weight[keep],
    )


def train_precision(score: np.ndarray, examples: Examples) -> float | None:
    """Weighted average precision of a score on rows that were learnt from, by the bank's labels."""
    return rounded(AveragePrecision(score, examples.label >= 0.5)(examples.weight))


def learnt_from(
    examples: Examples, values: np.ndarray, trees: Trees, seed: int
) -> tuple[np.ndarray, float | None]:
    """Margins of the judged rows, and the average precision on the rows learnt from."""
    mine = examples.features.to_numpy()
    booster = fixed_trees.fit(mine, examples.label, examples.weight, trees, seed)
    return fixed_trees.margins(booster, values), train_precision(fixed_trees.margins(booster, mine), examples)


def staged(booster: lightgbm.Booster, values: np.ndarray, rounds: Sequence[int]) -> list[np.ndarray]:
    """Margins after each number of rounds, in increasing order; every tree is asked once."""
    total, done, found = np.zeros(len(values)), 0, []
    for count in rounds:
        more = booster.predict(values, start_iteration=done, num_iteration=count - done, raw_score=True)
        total = total + np.asarray(more)
        found.append(total)
        done = count
    return found


def suspicious_customers(examples: Examples) -> int:
    """Customers with a week believed suspicious."""
    return len(np.unique(examples.customer_id[examples.label >= 0.5]))


def _points(gain: Interval, to: str) -> str:
    low, high = gain.low or 0.0, gain.high or 0.0
    return f"{100 * (gain.value or 0.0):+.1f}, 95 % {100 * low:+.1f} {to} {100 * high:+.1f}"


def size_reading(sizes: list[SizePoint]) -> tuple[str, str]:
    """What the largest part falls short of all the data by, in English and Chinese.

    Only an interval below zero in every draw says that more schemes would still help.
    """
    parts = [point for point in sizes if point.share < 1]
    largest = [point for point in parts if point.share == max(point.share for point in parts)]
    gains = [point.worth.true_gain for point in largest]
    if any(gain.high is None for gain in gains) or not gains:
        return "Too few schemes to tell.", "案件过少，无法判断。"
    share = f"{100 * largest[0].share:.0f} %"
    told, told_zh = ("; ".join(_points(gain, to) for gain in gains) for to in ("to", "至"))
    if all((gain.high or 0.0) < 0 for gain in gains):
        return (
            f"{share} of the data catch provably fewer ({told} points of true recall): "
            "more schemes would help.",
            f"{share} 的数据捕获显著更少（真实召回率差 {told_zh} 个百分点）：更多案件仍会有帮助。",
        )
    return (
        f"{share} of the data are not provably worse than all ({told} points of true recall): "
        "this run does not show that more schemes would help.",
        f"{share} 的数据并不显著差于全部数据（真实召回率差 {told_zh} 个百分点）："
        "本次运行未显示更多案件会有帮助。",
    )


def rounds_reading(points: list[RoundsPoint]) -> tuple[str, str]:
    """Whether validation's best round is provably better than the last, in English and Chinese."""
    measured = [point for point in points if point.worth.validation_average_precision is not None]
    if not measured:
        return "Not measurable.", "无法衡量。"
    best = max(measured, key=lambda point: point.worth.validation_average_precision or 0.0)
    last, gain = points[-1], best.worth.true_gain
    fit = [f"{value or 0.0:.2f}" for value in (best.train_average_precision, last.train_average_precision)]
    held = best.worth.validation_average_precision or 0.0
    start_en = (
        f"Validation's average precision is best at {best.rounds} rounds ({held:.2f}); from there to "
        f"{last.rounds} that of training goes from {fit[0]} to {fit[1]}"
    )
    start_zh = (
        f"验证集平均精确率在 {best.rounds} 轮最佳（{held:.2f}）；"
        f"至 {last.rounds} 轮训练集由 {fit[0]} 变为 {fit[1]}"
    )
    if best.rounds == last.rounds:
        return f"{start_en}: more rounds have not hurt.", f"{start_zh}：更多轮数未见损害。"
    if (gain.low or 0.0) > 0:
        return (
            f"{start_en}, and true recall falls provably ({_points(gain, 'to')} points for fewer): "
            "overfitting.",
            f"{start_zh}，真实召回率显著下降（较少轮数高 {_points(gain, '至')} 个百分点）：过拟合。",
        )
    if (gain.high or 0.0) < 0:
        return (
            f"{start_en}, yet true recall still rises provably ({_points(gain, 'to')} points for fewer): "
            "what validation sees of it misleads.",
            f"{start_zh}，但真实召回率仍显著上升（较少轮数之差 {_points(gain, '至')} 个百分点）："
            "验证集所见具有误导性。",
        )
    return (
        f"{start_en}, but true recall does not provably fall ({_points(gain, 'to')} points for fewer).",
        f"{start_zh}，但真实召回率未显著下降（较少轮数之差 {_points(gain, '至')} 个百分点）。",
    )
