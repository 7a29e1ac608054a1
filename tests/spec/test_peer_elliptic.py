"""Elliptic judged by the publication's split of time: roles, columns, and a set that lacks a class."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from benchmarks.peers.elliptic import LOCAL, judged_rows
from benchmarks.peers.page import page
from data.feeds.elliptic import FEATURE_COLUMNS, EllipticGraph
from parameters import BadInput

STEPS, EACH = 49, 40


@pytest.fixture(autouse=True, scope="module")
def few_trees() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("benchmarks.peers.elliptic.ROUNDS", 30)
        patch.setattr("benchmarks.peers.elliptic.SEEDS", (0,))
        patch.setattr("benchmarks.peers.judging.RESAMPLES", 10)
        yield


@pytest.fixture(scope="module")
def rows() -> dict[str, Any]:
    return dict(judged_rows(drawn()))


def drawn() -> EllipticGraph:
    """A tenth illicit, told by the first column; a third without a label."""
    rng = np.random.default_rng(1)
    size = STEPS * EACH
    illicit = rng.random(size) < 0.1
    features = rng.normal(size=(size, FEATURE_COLUMNS)).astype(np.float32)
    features[:, 0] += 6 * illicit
    return EllipticGraph(
        name=np.arange(size).astype(str).astype(object),
        step=np.repeat(np.arange(1, STEPS + 1), EACH),
        features=features,
        label=np.where(rng.random(size) < 1 / 3, -1, illicit).astype(np.int8),
        edges=np.empty((0, 2), np.int64),
        notes=[],
    )


def test_steps_from_35_on_with_a_label_are_judged_whole_and_parted_by_the_shutdown(
    rows: dict[str, Any],
) -> None:
    graph = drawn()
    known = graph.label >= 0
    assert rows["all_columns"]["rows"] == np.sum(known & (graph.step >= 35))
    assert rows["all_columns_before_shutdown"]["rows"] == np.sum(
        known & (graph.step >= 35) & (graph.step < 43)
    )
    assert rows["all_columns_from_shutdown"]["rows"] == np.sum(known & (graph.step >= 43))
    assert rows["local_columns"]["features"] == LOCAL
    assert rows["all_columns"]["average_precision"]["mean"] > 0.9


def test_labels_of_judged_steps_teach_and_choose_nothing(rows: dict[str, Any]) -> None:
    """Turned labels of the judged steps turn the ranking's worth and leave its scores."""
    graph = drawn()
    late = (graph.step >= 35) & (graph.label >= 0)
    turned = replace(graph, label=np.where(late, 1 - graph.label, graph.label).astype(np.int8))
    found, (_, other) = rows["all_columns"], next(judged_rows(turned))
    assert other["average_precision"]["mean"] < found["average_precision"]["mean"]
    assert other["rows"] - other["positive"] == found["positive"]


def test_steps_that_lack_a_class_are_refused() -> None:
    graph = drawn()
    with pytest.raises(BadInput, match="must each hold illicit and licit ones"):
        list(judged_rows(replace(graph, label=np.where(graph.step < 35, 0, graph.label).astype(np.int8))))


def test_the_page_shows_the_figures_or_how_to_get_them(rows: dict[str, Any]) -> None:
    assert "| ours, all columns | not run | not run | not run |" in page({})
    data = {"transactions": 9, "illicit": 1, "licit": 2, "notes": []}
    text = page({"elliptic": rows | {"data": data}})
    mean = rows["all_columns"]["average_precision"]["mean"]
    line = next(line for line in text.splitlines() if line.startswith("| ours, all columns |"))
    assert f"**{mean:.3f}**" in line
    assert "9 transactions: 1 illicit, 2 licit" in text
