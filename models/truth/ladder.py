"""The feature ladder: one fixed model, an equal alert budget, one group of features more a rung.

The lowest rung looks at each payment of the week alone and ranks the customer by the
most suspicious one. The others look at the customer: at the last payment and the windows,
then at profile, sequence and network as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

import pipeline
from data.schema import DAY_US
from models.budget import Watch
from models.intervals import drawn
from models.metrics import Catches
from models.results.ladder import RankingCatch
from models.truth import fixed_trees
from models.truth.fixed_trees import Trees

if TYPE_CHECKING:
    import lightgbm

SINGLE_LINE = "single_line"
ADDED_GROUPS = ("windows", "profile", "sequence", "network")
LOOK_BACK_DAYS = 7  # a weekly ranking looks at the payments since the last one


@dataclass(frozen=True)
class Rows:
    """Subjects of some roles; arrays of shape (n,).

    ``label`` and ``weight`` are the bank's; ``is_illicit`` is the truth, which is looked
    at to judge a ranking and never to make one. ``is_judged`` marks those of the test.
    """

    place: np.ndarray
    customer: np.ndarray
    as_of_us: np.ndarray
    label: np.ndarray
    weight: np.ndarray
    is_illicit: np.ndarray
    is_judged: np.ndarray

    @classmethod
    def of(
        cls, split: pd.DataFrame, roles: Sequence[str], subject_id: np.ndarray, is_illicit: np.ndarray
    ) -> Rows:
        """The subjects of ``roles``; ``place`` is their row in the matrix with ``subject_id`` (sorted)."""
        chosen = split["role"].isin(roles).to_numpy()
        mine = split[chosen]
        return cls(
            place=np.searchsorted(subject_id, mine["subject_id"].to_numpy()),
            customer=mine["customer_id"].to_numpy(),
            as_of_us=mine["as_of"].astype("int64").to_numpy(),
            label=mine["label"].to_numpy(),
            weight=mine["weight"].to_numpy(),
            is_illicit=is_illicit[chosen],
            is_judged=(mine["role"] == "test").to_numpy(),
        )

    @property
    def watch(self) -> Watch:
        """The same to spend a budget on."""
        return Watch(self.customer, self.as_of_us, self.is_judged)


def fewer_unsuspected(rows: Rows, every: int) -> Rows:
    """Training rows with one in ``every`` of the unsuspected customers' weeks, of as much more weight.

    Whoever has any label above zero stays. A ladder of many fits would else spend its time
    on weeks in which nobody saw anything.
    """
    is_suspected = rows.label > 0
    keep = is_suspected | (np.arange(len(rows.label)) % every == 0)
    heavier = replace(rows, weight=np.where(is_suspected, rows.weight, rows.weight * every))
    columns = {field.name: getattr(heavier, field.name)[keep] for field in fields(Rows)}
    return Rows(**columns)


class Bench:
    """Fits the fixed model on training columns and scores the subjects of validation and test."""

    def __init__(self, train: Rows, test: Rows, trees: Trees, seed: int) -> None:
        self.train, self.test, self.trees, self.seed = train, test, trees, seed

    def fit(self, train: np.ndarray) -> lightgbm.Booster:
        """The model of some training columns, by the bank's labels; shape (n, columns)."""
        return fixed_trees.fit(train, self.train.label, self.train.weight, self.trees, self.seed)

    def scores(self, train: np.ndarray, test: np.ndarray) -> np.ndarray:
        """Margins of the scored subjects."""
        return fixed_trees.margins(self.fit(train), test)


def rung_columns(catalogue: pd.DataFrame) -> dict[str, list[str]]:
    """Feature names of each rung above the first: every rung has those below it."""
    chosen: list[str] = []
    rungs = {}
    for group in ADDED_GROUPS:
        chosen = chosen + catalogue.loc[catalogue["group"] == group, "feature"].tolist()
        rungs[group] = chosen
    return rungs


def climb(
    bench: Bench, features: list[pd.DataFrame], last: list[np.ndarray], rungs: dict[str, list[str]]
) -> dict[str, np.ndarray]:
    """Scores of the given rungs.

    ``features`` and ``last``, the tokens of each subject's last payment, are those of the
    training and of the scored subjects.
    """
    scores = {}
    for rung, names in pipeline.progress(rungs.items(), "ladder", "rung"):
        scores[rung] = bench.scores(
            *(beside(mine[names], tokens) for mine, tokens in zip(features, last, strict=True))
        )
    return scores


def beside(features: pd.DataFrame, *others: np.ndarray) -> np.ndarray:
    """Features and further columns, row by row in memory; shape (n, all columns)."""
    parts = [features.to_numpy(), *others]
    widths = np.cumsum([0, *(part.shape[1] for part in parts)])
    whole = np.empty((len(features), widths[-1]), np.result_type(*parts))
    for part, first, end in zip(parts, widths[:-1], widths[1:], strict=True):
        whole[:, first:end] = part
    return whole


def last_tokens(tokens: np.ndarray, subjects: pd.DataFrame) -> np.ndarray:
    """Tokens of each subject's last payment, NaN where there is none; shape (n, columns)."""
    end = subjects["token_end"].to_numpy()
    last = np.full((len(subjects), tokens.shape[1]), np.nan, np.float32)
    seen = end > subjects["token_first"].to_numpy()
    last[seen] = tokens[end[seen] - 1]
    return last


def payments_since(
    subjects: pd.DataFrame, customer: np.ndarray, day: np.ndarray, origin_us: int, days: int
) -> tuple[np.ndarray, np.ndarray]:
    """First and end row of each subject's payments in ``days`` before as_of.

    ``customer`` and ``day`` are columns of Sequences, sorted by both; ``subjects`` has
    customer_id, as_of (a bank's midnight) and token_end.
    """
    far = int(day.max(initial=0)) + 2
    key = customer.astype(np.int64) * far + day
    opens = (subjects["as_of"].astype("int64").to_numpy() - origin_us) // DAY_US - days
    wanted = subjects["customer_id"].to_numpy() * far + np.clip(opens, 0, far - 1)
    end = subjects["token_end"].to_numpy()
    return np.minimum(np.searchsorted(key, wanted, side="left"), end), end


def unfolded(first: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every row of every stretch ``first:end``, and the stretch that it belongs to."""
    size = end - first
    owner = np.repeat(np.arange(len(first)), size)
    start = np.cumsum(size) - size
    return np.arange(len(owner)) - start[owner] + first[owner], owner


def highest(values: np.ndarray, owner: np.ndarray, size: int) -> np.ndarray:
    """The highest value of each owner, minus infinity where it has none; shape (size,)."""
    result = np.full(size, -np.inf)
    np.maximum.at(result, owner, values)
    return result


def score_single_lines(
    tokens: np.ndarray,
    train: tuple[np.ndarray, np.ndarray],
    label: np.ndarray,
    weight: np.ndarray,
    test: tuple[np.ndarray, np.ndarray],
    every: int,
    trees: Trees,
    seed: int,
) -> np.ndarray:
    """Each test subject's most suspicious single payment of the week.

    Parameters
    ----------
    tokens : shape (payments, columns)
    train, test : first and end row of each subject's payments
    label, weight : of the training subjects; a payment has its subject's
    every : only each so-many-th payment of unsuspected customers is learnt from, with as
        much more weight
    """
    row, owner = unfolded(*train)
    keep = (label[owner] > 0) | (np.arange(len(row)) % every == 0)
    row, owner = row[keep], owner[keep]
    mass = weight[owner] * np.where(label[owner] > 0, 1, every)
    booster = fixed_trees.fit(tokens[row], label[owner], mass, trees, seed)
    row, owner = unfolded(*test)
    scored = margins_of_tokens(booster, tokens[row]) if len(row) else np.empty(0)
    return highest(scored, owner, len(test[0]))


def margins_of_tokens(booster: lightgbm.Booster, tokens: np.ndarray) -> np.ndarray:
    """Raw margin by payment. Payments that look alike are scored once: there are few kinds.

    ``tokens`` has shape (payments, columns); its columns hold bytes.
    """
    kind = np.zeros(len(tokens), np.uint64)
    for column in tokens.T:
        kind = (kind << np.uint64(8)) | column.astype(np.uint64)
    _, first, number = np.unique(kind, return_index=True, return_inverse=True)
    return fixed_trees.margins(booster, tokens[first])[number]


def rankings_compared(
    alerted: dict[str, np.ndarray],
    against: dict[str, str],
    views: dict[str, Catches],
    draws: int,
    seed: int,
) -> dict[str, dict[str, RankingCatch]]:
    """Recall of each ranking by each set of labels, and its gain over another: ``[ranking][view]``.

    Parameters
    ----------
    alerted : by ranking, the judged subjects within the budget
    against : names for a ranking the one that its gain is measured from
    views : whom there is to catch, ``bank`` and ``true``

    Notes
    -----
    The intervals come from a bootstrap of the positive customers, by scheme where the
    truth is known, the same draw for both of a pair.
    """
    found: dict[str, dict[str, RankingCatch]] = {name: {} for name in alerted}
    for view, catches in views.items():
        weight = drawn(catches.groups, draws, seed)
        hits = {name: catches.caught(mine) for name, mine in alerted.items()}
        for name, mine in hits.items():
            base = hits.get(against.get(name, ""))
            found[name][view] = RankingCatch(
                customers=len(mine),
                caught=int(mine.sum()),
                recall=catches.mean(mine, weight),
                gain=None if base is None else catches.mean(mine - base, weight),
            )
    return found
