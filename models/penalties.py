"""What a penalty does to the coefficients of a logistic regression: paths, and collinear features."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.results.penalties import AlikeMember, AlikePair, PathPoint
from models.zoo.linear.newton import Penalty, Problem, solved


def strengths(strongest: float, weakest: float, count: int) -> np.ndarray:
    """Penalties in equal ratios, the strongest first; shape (count,)."""
    return np.geomspace(strongest, weakest, count)


def path(problem: Problem, l1_share: float, penalties: np.ndarray) -> Iterator[np.ndarray]:
    """Solutions from the strongest penalty to the weakest, each begun at the one before."""
    solution = None
    for strength in penalties:
        solution = solved(problem, Penalty(float(strength), l1_share), solution)
        yield solution


def correlations(values: np.ndarray) -> np.ndarray:
    """Correlation of every column of (n, features) with every other one, 0 with itself and of constants."""
    centred = values - values.mean(axis=0, dtype=np.float64)
    spread = np.sqrt((centred**2).mean(axis=0))
    known = np.where(spread > 0, spread, 1)
    found = centred.T @ centred / len(values) / np.outer(known, known)
    np.fill_diagonal(found, 0)
    return found


def alike_pairs(correlation: np.ndarray, least: float, count: int) -> list[tuple[int, int]]:
    """The pairs of most correlation in either direction, each feature in one of them at most.

    ``correlation`` has shape (features, features); pairs below ``least`` are none.
    """
    upper = np.triu(np.abs(correlation), 1)
    order = np.argsort(-upper, axis=None, kind="stable")
    pairs: list[tuple[int, int]] = []
    taken: set[int] = set()
    for one, other in zip(*np.unravel_index(order, upper.shape), strict=True):
        if upper[one, other] < least or len(pairs) == count:
            break
        if not taken & {int(one), int(other)}:
            pairs.append((int(one), int(other)))
            taken |= {int(one), int(other)}
    return pairs


def resampled(customer: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """How often each row is in a sample of customers, drawn with replacement; shape (n,)."""
    _, number = np.unique(customer, return_inverse=True)
    many = int(number.max()) + 1
    return np.bincount(rng.integers(0, many, many), minlength=many)[number].astype(float)


def samples(
    problem: Problem, penalty: Penalty, whole: np.ndarray, customer: np.ndarray, draws: int, seed: int
) -> np.ndarray:
    """Solutions on samples of customers, begun at that of all; shape (draws, features + 1)."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(draws):
        times = resampled(customer, rng)
        is_in = times > 0
        weight = (problem.weight * times)[is_in]
        drawn = Problem(problem.values[is_in], problem.label[is_in], weight, problem.loss)
        found.append(solved(drawn, penalty, whole))
    return np.stack(found)


@dataclass(frozen=True)
class Kind:
    """One kind of penalty: the solution from all customers, and those from samples of them."""

    penalty: Penalty
    whole: np.ndarray
    drawn: np.ndarray

    def pair(self, one: int, other: int, names: tuple[str, ...], correlation: float) -> AlikePair:
        """What becomes of two features."""
        members = [
            AlikeMember(
                feature=names[place],
                coefficient=round(float(self.whole[place]), 4),
                spread=round(float(self.drawn[:, place].std()), 4),
                kept_share=float((self.drawn[:, place] != 0).mean()),
            )
            for place in (one, other)
        ]
        both = self.drawn[:, one] + self.drawn[:, other]
        return AlikePair(
            l1_share=self.penalty.l1_share,
            penalty=self.penalty.strength,
            correlation=round(correlation, 4),
            members=members,
            sum_spread=round(float(both.std()), 4),
        )


def named_kind(l1_share: float) -> tuple[str, str]:
    """What a share of L1 is called, in English and in Chinese."""
    if l1_share == 0:
        return "L2", "L2"
    return ("L1", "L1") if l1_share == 1 else ("the elastic net", "弹性网")


def path_reading(points: list[PathPoint], customers: int) -> tuple[str, str]:
    """What the paths say: of every kind the penalty of most average precision, and what it keeps.

    ``customers`` of validation are suspicious; so few prove no penalty better than another.
    """
    en, zh = [], []
    for share in dict.fromkeys(point.l1_share for point in points):
        mine = [point for point in points if point.l1_share == share]
        best = max(mine, key=lambda point: point.average_precision or 0)
        name, weakest = named_kind(share), mine[-1]
        known, last = best.average_precision or 0, weakest.average_precision or 0
        en.append(
            f"{name[0]} has its highest average precision on validation at a penalty of {best.penalty:.2g} "
            f"({known:.4f}, {best.kept} features kept), and at the weakest {last:.4f} ({weakest.kept} kept)"
        )
        zh.append(
            f"{name[1]} 在惩罚 {best.penalty:.2g} 处验证集平均精确率最高"
            f"（{known:.4f}，保留 {best.kept} 个特征），最弱惩罚时为 {last:.4f}（保留 {weakest.kept} 个）"
        )
    return (
        f"{'; '.join(en)}. Validation has {customers} suspicious customers, too few to call a kind better.",
        f"{'；'.join(zh)}。验证集仅有 {customers} 名可疑客户，不据此断言何种惩罚更优。",
    )


def alike_reading(pairs: list[AlikePair]) -> tuple[str, str]:
    """What becomes of collinear features under every kind: dropped, of opposite signs, or shared."""
    en, zh = [], []
    for share in dict.fromkeys(pair.l1_share for pair in pairs):
        mine = [pair for pair in pairs if pair.l1_share == share]
        values = [[member.coefficient for member in pair.members] for pair in mine]
        dropped = sum(one == 0 or other == 0 for one, other in values)
        opposed = sum(one * other < 0 for one, other in values)
        alone = float(np.median([member.spread for pair in mine for member in pair.members]))
        together = float(np.median([pair.sum_spread for pair in mine]))
        name = named_kind(share)
        en.append(
            f"{name[0]} drops a feature in {dropped} of {len(mine)} collinear pairs and gives the two "
            f"opposite signs in {opposed}; over samples of customers a coefficient varies by {alone:.3f} "
            f"in the median, the sum of a pair by {together:.3f}"
        )
        zh.append(
            f"{name[1]} 在 {len(mine)} 对共线特征中有 {dropped} 对至少舍去一个、{opposed} 对符号相反；"
            f"在客户重抽样中，单个系数的标准差中位数为 {alone:.3f}，一对之和为 {together:.3f}"
        )
    return "; ".join(en) + ".", "；".join(zh) + "。"
