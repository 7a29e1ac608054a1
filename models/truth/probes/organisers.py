"""An oracle that is taught who organises: whether those whom no label names stand out all the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.asof import happened_within, moments_of
from models.budget import Budget, Watch
from models.intervals import UNMEASURED, rounded
from models.results.probes import OrganiserOracle
from models.truth import fixed_trees
from models.truth.areas import average_precision
from models.truth.probes.cells import recall_by_scheme
from models.truth.probes.learner import Probe

ORGANISER = "organiser"  # role of those who take proceeds in and spend them


@dataclass(frozen=True)
class Organisers:
    """Subjects of the split to learn from and to judge, and the truth of both.

    ``train`` and ``test`` are rows of Split; of all others in training a sample is drawn, of
    which each stands for ``weight``. ``scheme_of`` gives a scheme by organiser.
    """

    train: pd.DataFrame
    test: pd.DataFrame
    is_train: np.ndarray
    is_test: np.ndarray
    weight: np.ndarray
    scheme_of: pd.Series

    @classmethod
    def of(
        cls,
        split: pd.DataFrame,
        transactions: pd.DataFrame,
        accounts: pd.DataFrame,
        truth: pd.DataFrame,
        schemes: pd.DataFrame,
        days: int,
        probe: Probe,
        seed: int,
    ) -> Organisers:
        """An organiser counts for ``days`` after a payment of his scheme."""
        theirs = schemes[(schemes["role"] == ORGANISER) & schemes["is_illicit"]]
        moments = moments_of(transactions, accounts, truth, theirs)
        train, test = (split[split["role"] == role].reset_index(drop=True) for role in ("train", "test"))
        is_train, is_test = (
            happened_within(moments, mine["customer_id"], mine["as_of"], days) for mine in (train, test)
        )
        share = min(probe.others_learnt / max(int((~is_train).sum()), 1), 1.0)
        kept = is_train | (np.random.default_rng(seed).random(len(train)) < share)
        return cls(
            train[kept],
            test,
            is_train[kept],
            is_test,
            np.where(is_train[kept], 1.0, 1 / share),
            moments.drop_duplicates("customer_id").set_index("customer_id")["scheme_id"],
        )

    @property
    def can_be_asked(self) -> bool:
        """Whether there are organisers to learn from and to find."""
        return bool(self.is_train.any() and not self.is_train.all() and self.is_test.any())


def oracle(
    mine: Organisers,
    learnt: pd.DataFrame,
    judged: pd.DataFrame,
    budget: Budget,
    probe: Probe,
    draws: int,
    seed: int,
) -> OrganiserOracle:
    """Recall of the test's organisers at the budget, by a model of all features taught the truth.

    ``learnt`` and ``judged`` are the features of the train and the test subjects, row by row.
    ``recall_of_new`` is that of organisers who were none in training.
    """
    customer = mine.test["customer_id"].to_numpy()
    counts = {
        "learnt": int(mine.train["customer_id"][mine.is_train].nunique()),
        "organisers": int(mine.test["customer_id"][mine.is_test].nunique()),
    }
    if not mine.can_be_asked:
        return OrganiserOracle(**counts, recall=UNMEASURED, recall_of_new=UNMEASURED, average_precision=None)
    label = mine.is_train.astype(float)
    booster = fixed_trees.fit(learnt.to_numpy(), label, mine.weight, probe.payments, seed)
    score = fixed_trees.margins(booster, judged.to_numpy())
    as_of_us = mine.test["as_of"].astype("int64").to_numpy()
    alerted = Watch(customer, as_of_us, np.ones(len(customer), bool)).alerted(score, budget)
    is_new = mine.is_test & ~np.isin(customer, mine.train["customer_id"][mine.is_train])
    return OrganiserOracle(
        **counts,
        recall=recall_by_scheme(customer, mine.is_test, alerted, mine.scheme_of, draws, seed),
        recall_of_new=recall_by_scheme(customer, is_new, alerted, mine.scheme_of, draws, seed),
        average_precision=rounded(average_precision(score, mine.is_test)),
    )
