"""What a bank can estimate of what it does not see: by reviews, by recapture, and with how many schemes.

Reviewers never err here. What stays unknown with such reviewers stays unknown with any.
"""

from __future__ import annotations

import numpy as np
from pydantic import Field
from scipy.stats import t as student

from data.results import Interval
from models.intervals import UNMEASURED, interval, middle_part, ratio, rounded
from models.metrics import Catches
from models.results.knowledge import Recaptured, ReviewAnswer
from parameters import Parameters, Part


class ReviewStratum(Parameters):
    """A part of the customers not found, from the highest score down, and its part of the reviews."""

    of_customers: Part
    of_reviews: Part = Field(description="share of the reviews")


RANDOM_DESIGN = (ReviewStratum(of_customers=1.0, of_reviews=1.0),)


def strata_sizes(customers: int, strata: tuple[ReviewStratum, ...]) -> np.ndarray:
    """How many customers fall to each stratum, the rest to the last one; shape (strata,)."""
    ends = np.round(np.cumsum([each.of_customers for each in strata]) * customers).astype(np.int64)
    ends[-1] = customers
    return np.diff(ends, prepend=0)


def reviews_dealt(reviews: int, sizes: np.ndarray, strata: tuple[ReviewStratum, ...]) -> np.ndarray:
    """Reviews of each stratum, no more than it has customers; shape (strata,)."""
    ends = np.round(np.cumsum([each.of_reviews for each in strata]) * reviews).astype(np.int64)
    return np.minimum(np.diff(ends, prepend=0), sizes)


def review_answer(
    design: str,
    reviews: int,
    caught: int,
    is_hidden: np.ndarray,
    strata: tuple[ReviewStratum, ...],
    draws: int,
    rng: np.random.Generator,
) -> ReviewAnswer:
    """The recall that reviews would estimate, by inverse probability, over many draws of them.

    Every customer found counts for as many as its stratum has customers for one review
    (Horvitz and Thompson 1952).

    Parameters
    ----------
    caught : illicit customers whom the bank's alerts found
    is_hidden : of every other customer, from the highest score down, whether illicit; shape (n,)
    """
    if not reviews or caught + is_hidden.sum() == 0:
        possible = interval(float("nan"), ratio(caught, caught + len(is_hidden)), 1.0)
        return ReviewAnswer(design=design, reviews=reviews, answer=possible, found=None, found_none=None)
    sizes = strata_sizes(len(is_hidden), strata)
    dealt = reviews_dealt(reviews, sizes, strata)
    hidden = np.array([part.sum() for part in np.split(is_hidden, np.cumsum(sizes)[:-1])], np.int64)
    found = rng.hypergeometric(hidden, sizes - hidden, dealt, (draws, len(sizes)))
    for_one = np.divide(sizes, dealt, out=np.zeros(len(sizes)), where=dealt > 0)
    missed = found @ for_one
    recall = np.divide(caught, caught + missed, out=np.ones(draws), where=caught + missed > 0)
    return ReviewAnswer(
        design=design,
        reviews=reviews,
        answer=interval(float(np.median(recall)), *middle_part(recall)),
        found=round(float(found.sum(axis=1).mean()), 2),
        found_none=rounded(float((found.sum(axis=1) == 0).mean())),
    )


def recaptured(
    first: str, second: str, caught: dict[str, np.ndarray], catches: Catches, weight: np.ndarray
) -> Recaptured:
    """What capture and recapture says of the illicit customers, beside how many there are.

    Chapman's estimate (1951) supposes that both look independently. Two rankers of which one
    learnt from the other's alerts do not, and then it sees hardly more than they did.

    Parameters
    ----------
    caught : by ranker, 1 for each illicit customer caught, shape (positives,)
    weight : of `drawn`, shape (draws + 1, groups)
    """
    one, other = caught[first] > 0, caught[second] > 0
    n_first, n_second, n_both = int(one.sum()), int(other.sum()), int((one & other).sum())
    either = int((one | other).sum())
    estimated = chapman(n_first, n_second, n_both)
    return Recaptured(
        first=first,
        second=second,
        caught_by_first=n_first,
        caught_by_second=n_second,
        caught_by_both=n_both,
        caught=either,
        estimated=round(estimated, 1),
        claimed=rounded(ratio(either, estimated)),
        true=catches.mean((one | other).astype(float), weight),
    )


def chapman(first: int, second: int, both: int) -> float:
    """Chapman's estimate of a population from two samples of it and those in both.

    >>> chapman(9, 9, 4)
    19.0
    """
    return (first + 1) * (second + 1) / (both + 1) - 1


def effective_groups(group: np.ndarray) -> float:
    """Groups of equal size that say as much as these (Kish 1965); ``group`` (n,), numbered from 0.

    >>> effective_groups(np.array([0, 0, 1, 1])), effective_groups(np.array([0, 0, 0, 1]))
    (2.0, 1.6)
    """
    sizes = np.bincount(group).astype(float)
    return ratio(float(sizes.sum() ** 2), float((sizes**2).sum()))


def jackknife(value: np.ndarray, group: np.ndarray) -> Interval:
    """Mean of the rows, with the t interval of the jackknife that leaves each group out once.

    Parameters
    ----------
    value : shape (n,)
    group : shape (n,), numbered from 0
    """
    groups = int(group.max(initial=-1)) + 1
    if groups < 2:
        return UNMEASURED
    part, size = np.bincount(group, value, groups), np.bincount(group, minlength=groups)
    left = (part.sum() - part) / (size.sum() - size)
    error = np.sqrt((groups - 1) / groups * ((left - left.mean()) ** 2).sum())
    half = float(student.ppf(0.975, groups - 1) * error)
    mean = float(part.sum() / size.sum())
    return interval(mean, mean - half, mean + half)
