"""What a model finds of a typology of which it was taught nothing: one after the other is taken out.

The truth says which rows of training are of a typology; everything that stays is the bank's
own labels, and the library as it was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from data.asof import happened_within
from models.intervals import mean_by_group
from models.results.studies import LeftOut, LeftOutOf, NoveltyFound
from models.zoo import Examples, OthersAround

LABELS: LeftOutOf = "labels"
BOTH: LeftOutOf = "labels_and_library"


@dataclass(frozen=True)
class Members:
    """Who is of one typology.

    ``taught`` marks training rows within the label window after an illicit payment of it, shape
    (rows,); ``planted`` rows of the library, shape (library rows,); ``hunted`` the illicit
    customers of the test who made one inside it, shape (customers,).
    """

    typology: str
    taught: np.ndarray
    planted: np.ndarray
    hunted: np.ndarray


def members_by_typology(
    train: Examples,
    planted: np.ndarray,
    who: np.ndarray,
    illicit: pd.DataFrame,
    starts_at: pd.Timestamp,
    days: int,
) -> list[Members]:
    """The members of every typology, by name.

    Parameters
    ----------
    planted : typology of each row of the library, empty for ordinary ones
    who : illicit customers of the test
    illicit : moments (customer_id, at, typology) of the whole run
    starts_at : when the test begins
    days : the label window
    """
    subjects, found = pd.Series(train.customer_id), []
    for typology, mine in illicit.groupby("typology"):
        inside = mine.loc[mine["at"] >= starts_at, "customer_id"]
        found.append(
            Members(
                typology=str(typology),
                taught=happened_within(mine, subjects, train.as_of, days),
                planted=planted == typology,
                hunted=np.isin(who, inside),
            )
        )
    return found


def labelled_customers(train: Examples, rows: np.ndarray) -> int:
    """Customers with a suspicious label in some of the training rows."""
    return len(np.unique(train.customer_id[rows & (train.label >= 0.5)]))


def are_enough(train: Examples, members: Members, least: int) -> bool:
    """Whether labels teach ``least`` customers of a typology, and the test has as many to find."""
    return labelled_customers(train, members.taught) >= least and int(members.hunted.sum()) >= least


def without(train: Examples, members: Members, left_out: LeftOutOf) -> Examples:
    """The examples without the rows of a typology; those of the library stay unless it is left out too."""
    library = train.library
    if library is not None and left_out == BOTH:
        library = _kept(library, ~members.planted)
    return replace(_kept(train, ~members.taught), library=library)


def _kept(examples: Examples, rows: np.ndarray) -> Examples:
    """Some rows, a mask; in a graph the customers of all others stand around them, with their features."""
    lines, around = examples.lines, examples.around
    if lines is not None:
        lines = replace(lines, opens=lines.opens[rows], first=lines.first[rows], end=lines.end[rows])
    if around is not None:
        around = OthersAround(
            features=pd.concat([around.features, examples.features[~rows]], ignore_index=True),
            customer_id=np.concatenate([around.customer_id, examples.customer_id[~rows]]),
            as_of=pd.concat([around.as_of, examples.as_of[~rows]], ignore_index=True),
        )
    return replace(
        examples,
        features=examples.features[rows].reset_index(drop=True),
        customer_id=examples.customer_id[rows],
        as_of=examples.as_of[rows].reset_index(drop=True),
        label=examples.label[rows],
        weight=examples.weight[rows],
        lines=lines,
        around=around,
    )


@dataclass(frozen=True)
class Omission:
    """One typology left out: who is caught by a model that was taught it, and by one that was not.

    ``known`` (a share where several fits are one) and ``novel`` are of every illicit customer
    of the test.
    """

    members: Members
    left_out: LeftOutOf
    known: np.ndarray
    novel: np.ndarray


def trials(
    train: Examples,
    chosen: list[Members],
    caught: Callable[[Examples, int], np.ndarray],
    seeds: tuple[int, ...],
) -> Iterator[Omission]:
    """Fit once for each typology and each way to leave it out.

    Parameters
    ----------
    caught : examples to learn from and a seed to who of the test is caught
    seeds : of the fits that are taught everything; the first one is that of all others
    """
    known = np.mean([caught(train, seed) for seed in seeds], axis=0)
    for members in chosen:
        for left_out in (LABELS, BOTH) if train.library is not None else (LABELS,):
            if left_out == BOTH and not members.planted.any():
                continue
            yield Omission(members, left_out, known, caught(without(train, members, left_out), seeds[0]))


def found_by(trials: list[Omission], group: np.ndarray, weight: np.ndarray) -> NoveltyFound:
    """What the members of the typologies left out are found, and what everybody else is.

    Parameters
    ----------
    trials : at least one; a customer of several typologies counts once in each
    group : what each illicit customer of the test is drawn with, shape (customers,)
    weight : of `drawn`
    """

    def joined(values: list[np.ndarray], masks: list[np.ndarray]) -> np.ndarray:
        return np.concatenate([value[mask] for value, mask in zip(values, masks, strict=True)])

    mine, others = [one.members.hunted for one in trials], [~one.members.hunted for one in trials]
    known, novel = [one.known for one in trials], [one.novel for one in trials]
    change = [one.novel - one.known for one in trials]
    groups, rest = joined([group] * len(trials), mine), joined([group] * len(trials), others)
    return NoveltyFound(
        customers=len(groups),
        groups=len(np.unique(groups)),
        known=mean_by_group(joined(known, mine), groups, weight),
        novel=mean_by_group(joined(novel, mine), groups, weight),
        change=mean_by_group(joined(change, mine), groups, weight),
        others_change=mean_by_group(joined(change, others), rest, weight),
    )


def left_out_row(train: Examples, trial: Omission, group: np.ndarray, weight: np.ndarray) -> LeftOut:
    """The row of one typology."""
    members, library = trial.members, train.library
    taken = members.planted & (trial.left_out == BOTH)
    return LeftOut(
        typology=members.typology,
        left_out=trial.left_out,
        labelled=labelled_customers(train, members.taught),
        planted=0 if library is None else len(np.unique(library.customer_id[taken])),
        found=found_by([trial], group, weight),
    )
