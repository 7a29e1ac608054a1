"""A typology left out: which rows go, whose recall is told, and what a library of the world's figures is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import pipeline
from benchmarks.best_library import of_size, plain
from data.plant import Params as PlantParams
from data.world.sketch import Sketch
from models.intervals import drawn
from models.results.studies import LeftOutOf, NoveltyStudy
from models.truth.novelty import (
    BOTH,
    LABELS,
    Members,
    Omission,
    are_enough,
    found_by,
    labelled_customers,
    left_out_row,
    members_by_typology,
    trials,
    without,
)
from models.zoo import Examples
from reports.novelty_tables import left_out_rows, novelty_seen, together_rows
from reports.wording import Text
from tests.spec.records import partial

DAY = pd.Timedelta(days=1)
START = pd.Timestamp("2025-06-02", tz="UTC")


def examples(customer: list[int], label: list[float]) -> Examples:
    """One row a customer, each on the day after the one before, and a column that tells its place."""
    count = len(customer)
    return Examples(
        features=pd.DataFrame({"place": np.arange(count, dtype=np.float32)}),
        customer_id=np.array(customer),
        as_of=pd.Series([START - (100 - place) * DAY for place in range(count)]),
        label=np.array(label),
        weight=np.ones(count),
    )


def moments(rows: list[tuple[int, str, pd.Timestamp]]) -> pd.DataFrame:
    """Illicit payments of customers by typology."""
    return pd.DataFrame(rows, columns=["customer_id", "typology", "at"])


def taught() -> tuple[Examples, list[Members]]:
    """Customers 1 and 2 smurf, 3 runs a shell; 1 and 3 go on in the test, the library holds both kinds."""
    train = examples([1, 2, 3, 4], [1.0, 0.0, 1.0, 0.0])
    library = examples([70, 71, 72], [1.0, 1.0, 0.0])
    at = list(train.as_of)
    illicit = moments(
        [
            (1, "smurfing", at[0] - DAY),
            (2, "smurfing", at[1] - 28 * DAY),
            (3, "shell", at[2] - 29 * DAY),
            (3, "shell", at[2] - 2 * DAY),
            (4, "shell", at[3] + DAY),
            (1, "smurfing", START),
            (3, "shell", START + DAY),
        ]
    )
    planted = np.array(["shell", "smurfing", ""], object)
    who = np.array([1, 3, 9])
    return replace(train, library=library), members_by_typology(train, planted, who, illicit, START, 28)


def test_rows_of_a_typology_are_those_within_the_window_after_its_payments() -> None:
    train, (shell, smurfing) = taught()
    assert (shell.typology, smurfing.typology) == ("shell", "smurfing")
    assert smurfing.taught.tolist() == [True, True, False, False]
    assert shell.taught.tolist() == [False, False, True, False]
    assert shell.planted.tolist() == [True, False, False]
    assert shell.hunted.tolist() == [False, True, False]
    assert labelled_customers(train, smurfing.taught) == 1


def test_a_typology_counts_where_labels_teach_it_and_the_test_has_it() -> None:
    train, (shell, smurfing) = taught()
    assert are_enough(train, shell, 1)
    assert not are_enough(train, shell, 2)
    assert not are_enough(train, replace(smurfing, hunted=np.zeros(3, bool)), 1)
    assert not are_enough(replace(train, label=np.zeros(4)), smurfing, 1)


@pytest.mark.parametrize(("left_out", "planted"), [(LABELS, [70, 71, 72]), (BOTH, [70, 72])])
def test_what_is_left_out_is_gone_from_labels_and_from_the_library_only_where_asked(
    left_out: LeftOutOf, planted: list[int]
) -> None:
    train, (_, smurfing) = taught()
    lesson = without(train, smurfing, left_out)
    assert lesson.customer_id.tolist() == [3, 4]
    assert lesson.features["place"].tolist() == [2, 3]
    assert lesson.label.tolist() == [1, 0]
    assert lesson.library is not None
    assert lesson.library.customer_id.tolist() == planted


def remembering(seen: list[tuple[list[int], int]]) -> Callable[[Examples, int], np.ndarray]:
    """A model that catches the customers of its suspicious rows, and with seed 2 nobody."""

    def caught(lesson: Examples, seed: int) -> np.ndarray:
        seen.append((lesson.customer_id.tolist(), seed))
        known = lesson.customer_id[lesson.label == 1] if seed == 1 else []
        return np.isin([1, 3, 9], known).astype(float)

    return caught


def test_each_typology_is_left_out_once_a_way_and_what_is_taught_is_a_mean_over_seeds() -> None:
    train, members = taught()
    seen: list[tuple[list[int], int]] = []
    made = list(trials(train, members, remembering(seen), (1, 2)))
    assert [(one.members.typology, one.left_out) for one in made] == [
        ("shell", LABELS),
        ("shell", BOTH),
        ("smurfing", LABELS),
        ("smurfing", BOTH),
    ]
    assert seen[:2] == [([1, 2, 3, 4], 1), ([1, 2, 3, 4], 2)]
    assert all(seed == 1 for _, seed in seen[2:])
    assert made[0].known.tolist() == [0.5, 0.5, 0]
    assert made[0].novel.tolist() == [1, 0, 0]


def test_without_a_library_or_what_it_lacks_only_labels_are_left_out() -> None:
    train, (shell, smurfing) = taught()
    lacking = replace(shell, planted=np.zeros(3, bool))
    made = trials(train, [lacking, smurfing], remembering([]), (1,))
    assert [one.left_out for one in made] == [LABELS, LABELS, BOTH]
    alone = trials(replace(train, library=None), [shell, smurfing], remembering([]), (1,))
    assert [one.left_out for one in alone] == [LABELS, LABELS]


def test_the_customers_of_a_typology_and_all_others_are_told_apart() -> None:
    nobody = np.zeros(0, bool)
    members = Members("shell", nobody, nobody, np.array([True, True, False, False]))
    other = Members("smurfing", nobody, nobody, np.array([False, False, False, True]))
    known = np.array([1.0, 0.5, 0.0, 1.0])
    one = Omission(members, LABELS, known, np.array([0.0, 0.0, 1.0, 1.0]))
    two = Omission(other, LABELS, known, np.array([1.0, 0.5, 0.0, 0.0]))
    group = np.array([0, 0, 1, 2])
    weight = drawn(3, 50, 1)
    found = found_by([one], group, weight)
    assert (found.customers, found.groups) == (2, 1)
    assert (found.known.value, found.novel.value, found.change.value) == (0.75, 0.0, -0.75)
    assert found.others_change.value == 0.5
    both = found_by([one, two], group, weight)
    assert (both.customers, both.groups) == (3, 2)
    assert both.change.value == pytest.approx(-2.5 / 3, abs=1e-4)
    assert both.others_change.value == pytest.approx(1 / 5, abs=1e-4)


def test_a_row_counts_labelled_and_planted_customers_that_were_taken_out() -> None:
    train, (shell, _) = taught()
    caught = np.zeros(3)
    rows = [
        left_out_row(train, Omission(shell, way, caught, caught), np.arange(3), drawn(3, 5, 1))
        for way in (LABELS, BOTH)
    ]
    assert [(row.labelled, row.planted) for row in rows] == [(1, 0), (1, 1)]


# ----------------------------------------------------------- the best case


def test_a_plain_sketch_changes_no_figure() -> None:
    sketch = plain(pipeline.params("plant", PlantParams).sketch)
    ranges = {name: value for name, value in sketch if isinstance(value, tuple)}
    assert len(ranges) == 5
    assert set(ranges.values()) == {(1.0, 1.0)}
    assert Sketch.model_validate(sketch.model_dump()) == sketch


def test_a_library_is_cut_to_a_size_by_whole_schemes() -> None:
    table = pd.DataFrame(
        {
            "customer_id": [1, 1, 2, 3, 4, 5, 9],
            "scheme_id": pd.array([10, 10, 10, 20, 20, 30, None], "Int64"),
            "label": [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0],
        }
    )
    for most in (5, 4, 3, 2, 0):
        kept = of_size(table, most, 1)
        planted = kept[kept["label"] == 1]
        assert planted["customer_id"].nunique() <= most
        assert 9 in kept["customer_id"].tolist()
        for scheme, rows in table[table["label"] == 1].groupby("scheme_id"):
            assert (planted["scheme_id"] == scheme).sum() in (0, len(rows))
    assert len(of_size(table, 5, 1)) == len(table)


# -------------------------------------------------------------- the report


def study() -> NoveltyStudy:
    """One typology of nine customers, out of the labels (nothing shown) and out of both (provably worse)."""

    def found(low: float, high: float) -> dict[str, object]:
        share = {"value": 0.5, "low": 0.2, "high": 0.8}
        change = {"value": (low + high) / 2, "low": low, "high": high}
        return {
            "customers": 9,
            "groups": 4,
            "known": share,
            "novel": {"value": 0.25},
            "change": change,
            "others_change": {"value": 0.0, "low": -0.01, "high": 0.01},
        }

    ways = {"labels": found(-0.3, 0.1), "labels_and_library": found(-0.3, -0.1)}
    rows = [
        {"typology": "shell", "left_out": way, "labelled": 3, "planted": 0, "found": one}
        for way, one in ways.items()
    ]
    return partial(NoveltyStudy, model="lightgbm", rows=rows, together=ways)


def test_the_sentence_claims_a_loss_only_where_the_paired_interval_shows_one() -> None:
    seen = novelty_seen(together_rows([study()]))
    labels, both = seen.en.split("; ")
    assert "no difference shown" in labels
    assert "lowers recall" in both
    assert "未显示差异" in seen.zh
    assert "降低召回率" in seen.zh


def test_a_typology_has_a_cell_for_each_model_and_way() -> None:
    (row,) = left_out_rows([study()], {"shell": Text("Shell company", "空壳公司")})
    assert row.name.zh == "空壳公司"
    assert row.customers == 9
    assert row.cells == ["50% → 25%", "50% → 25%"]
