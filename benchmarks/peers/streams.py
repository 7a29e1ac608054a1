"""A whole file of payments, told apart strictly as of each payment's moment, in bounded memory.

For IBM AMLworld (``*_Trans.csv``) and SAML-D. Only what came strictly before a payment's own moment
counts. Ordinary payments are thinned for the training and weigh what they stand for; the rest is
worked out and scored piece after piece.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd

import pipeline
from benchmarks.peers.judging import BOOSTER, ROUNDS, SEEDS, best_threshold, figures, over_seeds
from benchmarks.peers.rolling import Past
from data.feeds import Ledger, gather_stream, read_transactions, shipped
from data.schema import DAY_US
from parameters import BadInput

PIECE = 250_000  # payments that are worked out at a time
THINNED_TO = 0.05
ORDINARY_LEARNT = 400_000  # at most
SHARES = (0.6, 0.8)  # of the payments, where training and validation end, at the nearest midnight


@dataclass(frozen=True)
class Form:
    """What is known of a set: its files, their mapping, where roles end, and what gives labels away.

    ``checksums``: SHA-256 by file name; ``ends``: first days of validation and test, by share of the
    payments where None; ``shortcut``: parts of names of columns; ``tail_day``: day from the first on,
    from which nearly all is laundering.
    """

    files: str
    mapping: str
    shortcut: tuple[str, ...]
    checksums: dict[str, str]
    ends: tuple[str, str] | None = None
    tail_day: int | None = None


FORMS = {
    "amlworld": Form(
        "*_Trans.csv",
        "amlworld",
        ("kind",),
        {"HI-Small_Trans.csv": "b19d39f515523373f991b689c07e11e7b0b95c17a2c27a87d91584ae16c5b040"},
        tail_day=10,
    ),
    "saml_d": Form(
        "*.csv", "saml_d", ("_ever", "_count_", "_others", "_new_pairs_"), {}, ("2023-05-01", "2023-07-01")
    ),
}


def checked(path: Path, form: Form) -> str:
    """The file's SHA-256.

    Raises
    ------
    BadInput
        If the set is known by that name with another one.
    """
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    expected = form.checksums.get(path.name, found)
    if found != expected:
        raise BadInput(f"{path}: expected SHA-256 {expected}, found {found}")
    return found


@dataclass(frozen=True)
class Told:
    """The columns of a ledger's payments, worked out where asked."""

    ledger: Ledger
    past: Past

    @classmethod
    def of(cls, ledger: Ledger) -> Told:
        """From a ledger in order of time."""
        parties = len(ledger.accounts)
        amount = ledger.cents / 100
        return cls(ledger, Past.of(ledger.payer, ledger.payee, ledger.at_us, amount, parties))

    def columns(self, places: np.ndarray | slice) -> pd.DataFrame:
        """One row for each of the payments, from what came strictly before its moment."""
        ledger = self.ledger
        at = ledger.at_us[places]
        more = {name: ledger.words[name].codes[places] for name in ("kind", "currency")}
        more["hour"] = at % DAY_US / (DAY_US / 24)
        amount = ledger.cents[places] / 100
        return self.past.told(ledger.payer[places], ledger.payee[places], at, amount, more)


def ends_of(ledger: Ledger, form: Form) -> tuple[int, int]:
    """The moments, in microseconds, from which on payments choose and are judged."""
    if form.ends:
        first, second = (int(np.datetime64(day, "us").astype(np.int64)) for day in form.ends)
        return first, second
    first, second = (
        int(np.round(ledger.at_us[int(share * len(ledger))] / DAY_US)) * DAY_US for share in SHARES
    )
    return first, second


def learnt_places(ledger: Ledger, before: int) -> tuple[np.ndarray, np.ndarray]:
    """Which payments are learnt from, and how many each stands for."""
    end = int(np.searchsorted(ledger.at_us, before))
    lot = np.random.default_rng(0).random(end)
    share = min(THINNED_TO, ORDINARY_LEARNT / max(end, 1))
    positive = ledger.label[:end] == 1
    places = np.flatnonzero(positive | (lot < share))
    return places, np.where(positive[places], 1.0, 1 / share)


def fitted(
    told: Told, places: np.ndarray, weight: np.ndarray, kept: list[str] | None = None
) -> list[lightgbm.Booster]:
    """A booster for each seed, on the columns ``kept``."""
    table = told.columns(places)
    label = told.ledger.label[places] == 1
    data = lightgbm.Dataset(table[kept] if kept else table, label, weight=weight, free_raw_data=True)
    return [lightgbm.train(BOOSTER | {"seed": seed}, data, ROUNDS) for seed in SEEDS]


def scores_of(
    told: Told, boosters: list[lightgbm.Booster], first: int, last: int
) -> Iterator[tuple[slice, np.ndarray]]:
    """Scores (boosters, rows) of payments ``first`` to ``last``, piece after piece."""
    for begin in range(first, last, PIECE):
        piece = slice(begin, min(begin + PIECE, last))
        table = told.columns(piece)
        yield piece, np.stack([booster.predict(table[booster.feature_name()]) for booster in boosters])


def judged_rows(told: Told, form: Form) -> Iterator[tuple[str, dict[str, Any]]]:
    """With all columns, without the known shortcuts, and without the tail of the file."""
    ledger = told.ledger
    chosen_us, test_us = ends_of(ledger, form)
    first, middle = (int(np.searchsorted(ledger.at_us, moment)) for moment in (chosen_us, test_us))
    label = (ledger.label == 1).astype(int)
    if not (label[:first].any() and label[first:middle].any() and label[middle:].any()):
        raise BadInput("training, validation and test must each hold a positive payment")
    places, weight = learnt_places(ledger, chosen_us)
    names = list(told.columns(slice(0, 1)))
    apart = [name for name in names if not any(part in name for part in form.shortcut)]
    in_tail = np.zeros(len(ledger), bool)
    if form.tail_day is not None:
        in_tail = ledger.at_us >= (ledger.at_us[0] // DAY_US + form.tail_day) * DAY_US
    for name, kept in (("as_of_the_moment", names), ("without_shortcut", apart)):
        started = time.perf_counter()
        boosters = fitted(told, places, weight, kept)
        pieces = [scores for _, scores in scores_of(told, boosters, first, len(ledger))]
        seconds = time.perf_counter() - started
        scores = np.concatenate(pieces, axis=1)
        chosen, test = scores[:, : middle - first], scores[:, middle - first :]
        thresholds = [best_threshold(label[first:middle], score) for score in chosen]
        for tail, asked in (("", np.ones(len(ledger) - middle, bool)), ("_without_tail", ~in_tail[middle:])):
            if (tail and not in_tail.any()) or not label[middle:][asked].any():
                continue
            runs = [
                figures(label[middle:][asked], score[asked], threshold)
                for score, threshold in zip(test, thresholds, strict=True)
            ]
            rows = {"rows": int(asked.sum()), "positive": int(label[middle:][asked].sum())}
            yield name + tail, over_seeds(runs) | rows | {"features": len(kept), "seconds": round(seconds, 1)}


def measured(folder: Path, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Figures of each file of the set ``name``, one set of columns after another."""
    form = FORMS[name]
    paths = sorted(folder.glob(form.files))
    if not paths:
        pipeline.say(f"{folder}: no file {form.files}, not run")
    for path in paths:
        digest = checked(path, form)
        stream = read_transactions(path, shipped(form.mapping))
        ledger = gather_stream(stream)
        yield f"{path.stem} data", {"rows": stream.accounting.lines()[0], "sha256": digest}
        for row, values in judged_rows(Told.of(ledger), form):
            yield f"{path.stem} {row}", values
