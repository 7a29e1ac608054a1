"""Payments of AMLSim's Python port, told apart strictly before their day and at its end.

Days 0 to 195 train, 196 to 276 choose the threshold, 277 to 364 are judged. Rows of a day are
shuffled: their order in the file gives the labels away. Before the day, a payment is told from earlier
days alone; at its end, from the whole day. The first weeks only make the past, since a rhythm cannot
be known in them. Ordinary payments of pairs seen before are thinned for the training and weigh what
they stand for; every other training payment is learnt from.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import pipeline
from benchmarks.peers.amlsim_limits import errors_of, payments_without_label
from benchmarks.peers.judging import SEEDS, Figures, Roles, best_threshold, figures, over_seeds
from benchmarks.peers.rhythm import rhythm_features, same_day_counts
from benchmarks.peers.rolling import rolling_features
from benchmarks.peers.suspects import Learning, score_features
from data.asof.network import TrailLimits
from data.feeds import Ledger, gather_stream, read_transactions, shipped
from data.schema import DAY_US
from features.build import Params
from features.network import transaction_features

FILE, ACCOUNTS = "transactions.zstd.parquet", "accounts.csv"
FIRST_LEARNT, FIRST_VALIDATION, FIRST_TEST = 35, 196, 277  # days
THINNED_TO = 0.05
SHORTCUT = (
    "pair_", "back_", "new_pairs", "new_in_degree", "new_out_degree", "partners_again", "port",
    "_gap", "gaps_of_pair", "is_it",
)  # fmt: skip


@dataclass(frozen=True)
class Payments:
    """The payments day by day, in a drawn order within the day.

    ``payer``, ``payee`` (numbers below ``parties``), ``day`` (from the first on), ``at_us``, ``cents``,
    ``label`` (1 laundering, 0 not) and ``alert`` (a number for each alert, of those in none too), each
    of shape (n,).
    """

    payer: np.ndarray
    payee: np.ndarray
    day: np.ndarray
    at_us: np.ndarray
    cents: np.ndarray
    label: np.ndarray
    alert: np.ndarray
    parties: int

    @classmethod
    def of(cls, ledger: Ledger) -> Payments:
        """Of a ledger whose times are whole days."""
        lot = np.random.default_rng(0).permutation(len(ledger))
        order = lot[np.argsort(ledger.at_us[lot], kind="stable")]
        names = ("payer", "payee", "at_us", "cents", "label")
        rows = {name: np.asarray(getattr(ledger, name))[order] for name in names}
        day = rows["at_us"] // DAY_US
        alert = ledger.words["typology"].codes[order]
        return cls(**rows, day=day - day.min(), alert=alert, parties=len(ledger.accounts))

    @property
    def ends(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Payer, payee and day."""
        return self.payer, self.payee, self.day

    def rolling(self, days_ahead: int = 0) -> pd.DataFrame:
        """Rolling features of both ends and of the pair, from what came before the day, or in it too."""
        until = self.at_us // DAY_US * DAY_US + days_ahead * DAY_US
        return rolling_features(self.payer, self.payee, self.at_us, until, self.cents / 100, self.parties)

    def network(self) -> pd.DataFrame:
        """The project's network features, from what came strictly before the day."""
        limits = pipeline.params("build", Params).network, pipeline.params("observe.trails", TrailLimits)
        columns = self.payer, self.payee, self.at_us // DAY_US * DAY_US, self.cents
        return transaction_features(*columns, self.parties, *limits).add_prefix("network_")

    def roles(self, is_new: np.ndarray) -> Roles:
        """Roles by day; ``is_new`` (n,) whether the pair was never seen before the day."""
        whole = (self.label == 1) | is_new
        lot = np.random.default_rng(0).random(len(self.label)) < THINNED_TO
        learnt = (self.day >= FIRST_LEARNT) & (self.day < FIRST_VALIDATION) & (whole | lot)
        weight = np.where(whole, 1.0, 1 / THINNED_TO)
        chosen = (self.day >= FIRST_VALIDATION) & (self.day < FIRST_TEST)
        return Roles(learnt, chosen, self.day >= FIRST_TEST, weight)


def banks_of(folder: Path, accounts: list[str], payments: Payments) -> pd.DataFrame:
    """The banks of both ends, and whether they are one: known to each bank, and to the alerts' settings."""
    sheet = pd.read_csv(folder / ACCOUNTS, dtype=str).set_index("acct_id")["bank_id"]
    bank = sheet.loc[accounts].astype("category").cat.codes.to_numpy().astype(np.float32)
    payer, payee = bank[payments.payer], bank[payments.payee]
    return pd.DataFrame(
        {"payer_bank": payer, "payee_bank": payee, "one_bank": payer == payee}, dtype="float32"
    )


def scored(values: np.ndarray, payments: Payments, roles: Roles, seed: int) -> np.ndarray:
    """Scores (n,) of the rows that choose and are judged, 0 elsewhere; ``values`` (n, columns)."""
    score, asked = np.zeros(len(values)), roles.chosen | roles.test
    learning = Learning(roles.learnt, roles.weight, payments.day)
    score[asked] = learning.fitted(values, payments.label, seed).predict(values[asked])
    return score


def in_two_steps(values: np.ndarray, payments: Payments, roles: Roles, seed: int, ahead: int) -> np.ndarray:
    """As ``scored``, of a booster that also knows what a first one thought of the ends' other payments."""
    learning = Learning(roles.learnt, roles.weight, payments.day)
    first = learning.first_scores(values, payments.label, seed)
    company = score_features(*payments.ends, first, payments.parties, ahead).to_numpy(np.float32)
    return scored(np.concatenate([values, company], axis=1), payments, roles, seed)


def figures_of(label: np.ndarray, score: np.ndarray, roles: Roles, kept: np.ndarray | None = None) -> Figures:
    """Figures of the test rows, ``kept`` (n,) alone where given, at the threshold of the validation rows."""
    chosen, test = (role if kept is None else role & kept for role in (roles.chosen, roles.test))
    return figures(label[test], score[test], best_threshold(label[chosen], score[chosen]))


Scored = Callable[[np.ndarray, Payments, Roles, int], np.ndarray]


def row_of(
    features: pd.DataFrame, payments: Payments, roles: Roles, way: Scored
) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Figures over seeds, and the scores of each seed."""
    values, scores, runs = features.to_numpy(np.float32), [], []
    for seed in SEEDS:
        started = time.perf_counter()
        scores.append(way(values, payments, roles, seed))
        seconds = time.perf_counter() - started
        runs.append(figures_of(payments.label, scores[-1], roles) | {"seconds": seconds})
    return over_seeds(runs) | {"features": features.shape[1]}, scores


def measured(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Figures of one set of features after another."""
    stream = read_transactions(folder / FILE, shipped("amlsim_run"))
    ledger = gather_stream(stream)
    payments = Payments.of(ledger)
    test = payments.day >= FIRST_TEST
    said = {"test_payments": int(test.sum()), "test_positive": int(payments.label[test].sum())}
    yield "data", {"rows": stream.accounting.lines()[0]} | said
    rolling, rhythm = payments.rolling(), rhythm_features(*payments.ends, payments.parties)
    roles = payments.roles((rolling["pair_count"] == 0).to_numpy())
    told = pd.concat([rolling, rhythm], axis=1)
    found, scores = row_of(told, payments, roles, partial(in_two_steps, ahead=0))
    yield "before_the_day", found
    lacking = payments_without_label(folder, ledger.accounts, payments)
    runs = [figures_of(payments.label, score, roles, ~lacking) for score in scores]
    yield "before_the_day_labelled_alerts_alone", over_seeds(runs)
    yield "errors", errors_of(payments, lacking, scores, roles)
    today = same_day_counts(*payments.ends, payments.parties)
    whole = pd.concat([rhythm, payments.rolling(1).add_prefix("whole_day_"), today], axis=1)
    yield "end_of_day", row_of(whole, payments, roles, partial(in_two_steps, ahead=1))[0]
    known = [name for name in told if any(word in name for word in SHORTCUT)]
    for name, features in (
        ("before_the_day_one_step", told),
        ("before_the_day_without_first_seen_pairs", told.drop(columns=known)),
        ("before_the_day_with_banks", told.join(banks_of(folder, ledger.accounts, payments))),
        ("rolling_before_the_day", rolling),
        ("network_before_the_day", payments.network()),
    ):
        yield name, row_of(features, payments, roles, scored)[0]
