"""Graphs that know too much, less or nothing: what each change keeps and takes."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd
import pytest

from benchmarks.gnn import drawn
from models.audit_graph import GraphInputs, Params, audit_graph, some_weeks
from models.budget import Budget
from models.metrics import Catches
from models.positives import Positives
from models.truth.graph_honesty import (
    cold_start,
    dealt_anew,
    dropped,
    look_aheads,
    payments_of,
    rewired,
    transductive,
    variants,
    without_hubs,
)
from models.zoo import MODELS, Examples, Graph
from tests.spec.test_gnn import CHOICE, SETTINGS

BUDGET = Budget(alerts_per_thousand_customers_week=50, suppress_days=28, label_window_days=28)


@pytest.fixture(scope="module")
def examples() -> Examples:
    return drawn(150, 1)


@pytest.fixture(scope="module")
def graph(examples: Examples) -> Graph:
    return cast(Graph, examples.graph)


def slice_of(graph: Graph, number: int) -> pd.DataFrame:
    row = graph.slices.iloc[number]
    return graph.edges.iloc[int(row["first_edge"]) : int(row["end_edge"])]


def test_every_variant_is_another_graph_of_the_same_parties_and_moments(graph: Graph) -> None:
    for name, changed in variants(graph, 1).items():
        assert changed.nodes is graph.nodes, name
        assert changed.slices["as_of"].equals(graph.slices["as_of"]), name
        is_same = changed.edges.equals(graph.edges) and changed.slices.equals(graph.slices)
        assert is_same == (name == "without_hubs"), f"{name}: so small a bank has no hub"
        assert (changed.slices["first_edge"] <= changed.slices["end_edge"]).all(), name
        assert changed.slices["end_edge"].max() <= len(changed.edges), name


def test_only_the_transductive_graph_looks_ahead(graph: Graph) -> None:
    assert look_aheads(graph) == 0
    ahead = {name: look_aheads(changed) for name, changed in variants(graph, 1).items()}
    assert ahead.pop("transductive") > 0
    assert set(ahead.values()) == {0}


def test_the_transductive_graph_sees_so_many_days_ahead(graph: Graph) -> None:
    week = transductive(graph, 7)
    moment = graph.slices["as_of"].iloc[0]
    last = slice_of(week, 0)["at"].max()
    assert moment <= last < moment + pd.Timedelta(days=7)


def test_rewiring_keeps_how_often_each_party_pays_and_is_paid_in_every_slice(graph: Graph) -> None:
    changed = rewired(graph, 1)
    for number in range(len(graph.slices)):
        for name in ("payer_node", "payee_node"):
            before, after = (np.sort(slice_of(mine, number)[name]) for mine in (graph, changed))
            assert (before == after).all()


def test_dealing_anew_keeps_kinds_and_loses_degrees(graph: Graph) -> None:
    changed = dealt_anew(graph, 1)
    holder = graph.nodes["holder"].to_numpy()
    is_customer = graph.nodes["customer_id"].notna().to_numpy()
    for name in ("payer_node", "payee_node"):
        before, after = graph.edges[name].to_numpy(), changed.edges[name].to_numpy()
        assert (holder[before] == holder[after]).all()
        assert (is_customer[before] == is_customer[after]).all()
        largest = [np.bincount(ends, minlength=len(holder)).max() for ends in (before, after)]
        assert largest[1] < largest[0], "nobody is a hub any more"


def test_dropping_out_leaves_about_its_share_in_the_same_order(graph: Graph) -> None:
    changed = dropped(graph, 0.5, 1)
    assert len(changed.edges) == pytest.approx(len(graph.edges) / 2, rel=0.1)
    assert changed.edges["at"].is_monotonic_increasing
    for number in range(len(graph.slices)):
        kept = slice_of(changed, number)
        assert kept["at"].isin(slice_of(graph, number)["at"]).all()


def test_a_cold_start_knows_the_last_days_only(graph: Graph) -> None:
    changed = cold_start(graph, 7)
    for number, moment in enumerate(graph.slices["as_of"]):
        mine = slice_of(changed, number)
        assert mine["at"].min() >= moment - pd.Timedelta(days=7)
        assert changed.slices["end_edge"].iloc[number] == graph.slices["end_edge"].iloc[number]


def test_hubs_pay_nobody_and_are_paid_by_nobody() -> None:
    at = pd.to_datetime(np.arange(5), unit="h", utc=True).as_unit("us")
    edges = pd.DataFrame({"at": at, "payer_node": [0, 0, 0, 3, 1], "payee_node": [1, 2, 3, 0, 2]})
    slices = pd.DataFrame({"as_of": at[[4]], "first_edge": [0], "end_edge": [4]})
    changed = without_hubs(Graph(pd.DataFrame({"node": range(4)}), edges, slices), 2)
    assert changed.edges[["payer_node", "payee_node"]].to_numpy().tolist() == [[1, 2]]
    assert changed.slices[["first_edge", "end_edge"]].to_numpy().tolist() == [[0, 0]]


def test_payments_are_counted_in_both_directions(graph: Graph, examples: Examples) -> None:
    subjects = pd.DataFrame({"customer_id": examples.customer_id, "as_of": examples.as_of})
    found = payments_of(graph, subjects)
    number = 1
    mine = slice_of(graph, number)
    rows = (examples.as_of == graph.slices["as_of"].iloc[number]).to_numpy()
    expected = [
        int((mine["payer_node"] == who).sum() + (mine["payee_node"] == who).sum())
        for who in examples.customer_id[rows]
    ]
    assert found[rows].tolist() == expected


def test_judged_weeks_are_every_so_many_with_the_last(examples: Examples) -> None:
    subjects = pd.DataFrame({"customer_id": examples.customer_id, "as_of": examples.as_of})
    kept = some_weeks(subjects, 2)
    weeks = sorted(examples.as_of.unique())
    assert sorted(kept["as_of"].unique()) == weeks[::-1][::2][::-1]
    assert kept.index.tolist() == list(range(len(kept)))


def test_the_audit_judges_every_graph_beside_the_honest_one(examples: Examples) -> None:
    params = Params(bootstrap_draws=50, seed=1, week_stride=1, refitted=("rewired",), few_payments=(1_000, 1))
    is_positive = examples.label > 0
    positives = Positives.of(examples.customer_id, is_positive, is_positive)
    catches = Catches.of(examples.customer_id, positives)
    inputs = GraphInputs(
        train=examples,
        judged=examples,
        subjects=pd.DataFrame({"customer_id": examples.customer_id, "as_of": examples.as_of}),
        views={"bank": catches, "true": catches},
        fitted={
            name: MODELS[name].fit(examples, CHOICE, SETTINGS, 1) for name in ("gnn", "gnn_without_edges")
        },
        choice=CHOICE,
        settings=SETTINGS,
    )
    found = audit_graph(inputs, params, BUDGET)
    rows = {(row.variant, row.is_refitted): row for row in found.variants}
    graph = cast(Graph, examples.graph)
    assert set(rows) == {
        ("honest", False),
        ("control", False),
        ("rewired", True),
        *((name, False) for name in variants(graph, 1)),
    }
    assert rows["honest", False].true.gain is None
    honest = rows["honest", False].true.recall.value
    for row in rows.values():
        if row.true.gain is not None and row.true.gain.value is not None:
            assert honest is not None and row.true.recall.value is not None
            assert row.true.gain.value == pytest.approx(row.true.recall.value - honest, abs=2e-4)
    assert found.look_aheads == 0
    assert [row.most_payments for row in found.few_payments] == [1, 1_000]
    assert found.few_payments[1].customers == len(catches.group)
    assert found.few_payments[1].caught == rows["honest", False].true.caught
