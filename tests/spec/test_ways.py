"""Other ways to learn from the library: which rows say what of a typology, and what comes first."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.results.studies import WayWorth
from models.truth.heads import Lesson, Training, first_margins, targets, taught
from models.truth.ways import Books
from models.zoo import Examples
from models.zoo.nets.fitting import Descent
from models.zoo.scaling import Scale
from reports.way_tables import way_row, ways_seen

TRAINING = Training(Descent(30, 64, 0.01, 0.0, 1.0), width=16, dropout=0.0, positive_weight=1.0, threads=1)


def examples(values: np.ndarray, label: np.ndarray) -> Examples:
    """One row a customer, a feature a column of ``values``."""
    count = len(label)
    return Examples(
        features=pd.DataFrame(values.astype(np.float32), columns=[f"f{at}" for at in range(values.shape[1])]),
        customer_id=np.arange(count),
        as_of=pd.Series(pd.to_datetime(["2025-06-02"] * count, utc=True)),
        label=label.astype(float),
        weight=np.ones(count),
    )


def test_rows_of_the_bank_say_nothing_of_typologies_and_those_of_the_library_of_each() -> None:
    rows = examples(np.zeros((3, 1)), np.array([1, 1, 0]))
    lesson = Lesson(rows, np.array([None, "shell", ""], object), auxiliary=0.5)
    wanted, counts = targets(lesson, ["shell", "stack"])
    assert wanted.tolist() == [[1, 0, 0], [1, 1, 0], [0, 0, 0]]
    assert counts.tolist() == [[1, 0, 0], [1, 0.5, 0.5], [1, 0.5, 0.5]]


def test_books_keep_the_bank_and_its_library_apart_and_on_the_same_columns() -> None:
    library = examples(np.array([[1.0, np.nan], [2.0, np.nan]]), np.array([1, 0]))
    bank = examples(np.array([[3.0, 4.0]]), np.array([0]))
    books = Books.of(Examples(**(vars(bank) | {"library": library})), np.array(["shell", ""], object), 3.0)
    assert books.heads.tolist() == [None, "shell", ""]
    assert books.library.weight.tolist() == [3, 3]
    assert np.isnan(books.bank.features["f1"]).all()  # which the library cannot say
    assert books.bank.features["f0"].tolist() == [3]


def worlds() -> tuple[Examples, Examples]:
    """The bank's labels follow the first feature; the library's the second."""
    rng = np.random.default_rng(3)
    values = rng.normal(size=(400, 2))
    return examples(values, values[:, 0] > 0), examples(values, values[:, 1] > 0)


def auc(score: np.ndarray, label: np.ndarray) -> float:
    """Chance that a row with the label is above one without."""
    return float((score[label == 1][:, None] > score[label == 0][None, :]).mean())


def test_what_is_taught_last_ranks_and_equal_seeds_give_equal_margins() -> None:
    bank, library = worlds()
    scale, mute = Scale.of(bank.features), np.full(400, None, object)
    lessons = [Lesson(library, mute, 0.0), Lesson(bank, mute, 0.0)]
    values = bank.features.to_numpy()
    last = first_margins(taught(lessons, scale, TRAINING, 1), scale, values)
    first = first_margins(taught(lessons[::-1], scale, TRAINING, 1), scale, values)
    assert auc(last, bank.label) > 0.9
    assert auc(last, bank.label) > auc(first, bank.label)
    assert np.array_equal(last, first_margins(taught(lessons, scale, TRAINING, 1), scale, values))


def test_a_head_of_a_typology_learns_it_and_does_not_rank() -> None:
    bank, library = worlds()
    scale = Scale.of(bank.features)
    of = np.where(library.label == 1, "shell", "").astype(object)
    silent = Examples(**(vars(bank) | {"label": bank.label}))
    network = taught([Lesson(silent, of, 1.0)], scale, TRAINING, 1)
    assert network.heads.out_features == 2
    score = first_margins(network, scale, bank.features.to_numpy())
    assert auc(score, bank.label) > 0.9
    assert auc(score, library.label) == pytest.approx(0.5, abs=0.15)


def found(way: str, low: float, high: float) -> WayWorth:
    """A way with its difference from mixing."""
    change = {"value": (low + high) / 2, "low": low, "high": high}
    share = {"value": 0.3, "low": 0.2, "high": 0.4}
    return WayWorth(family="net", way=way, recall=share, gain=change, over_mixed=change, by_seed=[0.3])


def test_the_sentence_claims_a_gain_only_where_the_paired_interval_shows_one() -> None:
    rows = [
        way_row(found("mixed", 0, 0)),
        way_row(found("warmed", -0.1, 0.1)),
        way_row(found("headed", 0.01, 0.1)),
    ]
    seen = ways_seen(rows)
    warmed, headed = seen.en.split("; ")
    assert "no difference shown" in warmed
    assert "no difference shown" not in headed
    assert "mixing (" in headed
