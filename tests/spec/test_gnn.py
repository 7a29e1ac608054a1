"""The payment network and what it is shown, on hand-made little graphs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd
import pytest
import torch

import pipeline
from benchmarks.gnn import drawn
from data.schema import DAY_US
from models.zoo import MODELS, Examples, Graph, OthersAround
from models.zoo.gnn import GnnLearner, GnnSettings, without_edges
from models.zoo.gnn.network import Batch, PaymentNetwork, labelled_loss, margins_of
from models.zoo.gnn.partners import (
    NOBODY,
    PARTY_COLUMNS,
    SAID_COLUMNS,
    TIE_COLUMNS,
    PartyTies,
    SlicePayments,
    party_columns,
)
from models.zoo.gnn.shown import Shower, ShownSubjects, foretold, together
from models.zoo.scaling import Scale
from pipeline import BadInput

SETTINGS = GnnSettings(
    trials=1,
    seed=1,
    threads=2,
    members=2,
    hidden=16,
    most_ties=6,
    tie_dropout=0.1,
    foretelling_epochs=1,
    epochs=6,
    batch=32,
    weight_decay=0.01,
    learning_rate=(0.003, 0.02),
    dropout=(0.0, 0.3),
    positive_weight=(1, 10),
)
CHOICE = {"learning_rate": 0.01, "dropout": 0.1, "positive_weight": 3.0}
NOW = pd.Timestamp("2025-06-01", tz="UTC")
PAYS, PAID = slice(0, 5), slice(5, 10)  # columns of a tie, by way


@pytest.fixture(scope="module")
def examples() -> Examples:
    return drawn(150, 1)


@pytest.fixture(scope="module")
def shown(examples: Examples) -> ShownSubjects:
    return together(list(Shower(Scale.of(examples.features), 6).by_moment(examples)))


def graph_of(*payments: tuple[float, int, int, float], customers: int = 2, nodes: int = 6) -> Graph:
    """A graph of payments (days before NOW, payer, payee, yuan), all seen by NOW but later ones."""
    ordered = sorted(payments, key=lambda payment: -payment[0])
    days, payer, payee, yuan = (list(column) for column in zip(*ordered, strict=True))
    at = pd.to_datetime([int(NOW.value // 1_000 - day * DAY_US) for day in days], unit="us", utc=True)
    customer = pd.array([*range(100, 100 + customers), *[pd.NA] * (nodes - customers)], dtype="Int64")
    edges = pd.DataFrame(
        {
            "at": at.as_unit("us"),
            "payer_node": payer,
            "payee_node": payee,
            "log_amount": np.log1p(yuan).astype(np.float32),
            "channel": np.zeros(len(days), np.uint8),
            "hour": np.full(len(days), 12, np.uint8),
        }
    )
    end = int((edges["at"] < NOW).sum())
    return Graph(
        pd.DataFrame({"node": np.arange(nodes), "customer_id": customer, "holder": np.uint8(0)}),
        edges,
        pd.DataFrame({"as_of": [NOW.as_unit("us")], "first_edge": [0], "end_edge": [end]}),
    )


# ------------------------------------------------------------------ ties


def test_payments_of_a_pair_are_one_tie_with_two_ways() -> None:
    graph = graph_of((9, 0, 3, 100), (5, 0, 3, 200), (2, 3, 0, 50), (1, 4, 0, 10))
    ties = PartyTies.of(graph, NOW, np.array([0]), 4)
    used = ties.place[0][ties.place[0] != NOBODY]
    assert ties.node[used].tolist() == [4, 3], "the one used last comes first"
    both = ties.said[used[1]]
    assert both[[0, 5]].tolist() == [1, 1]
    assert both[1] == pytest.approx(np.log1p(2) / 2)
    assert both[6] == pytest.approx(np.log1p(1) / 2)
    assert both[2] == pytest.approx((np.log1p(300) - 8) / 3)
    only_in = ties.said[used[0]]
    assert only_in[[0, 5]].tolist() == [0, 1]


def test_only_the_ties_used_last_are_kept() -> None:
    graph = graph_of((9, 0, 3, 1), (8, 0, 4, 1), (7, 5, 0, 1), (6, 0, 3, 1))
    ties = PartyTies.of(graph, NOW, np.array([0]), 2)
    assert ties.node[ties.place[0]].tolist() == [3, 5]


def test_a_payment_at_or_after_the_moment_is_not_seen() -> None:
    past = graph_of((3, 0, 3, 100))
    with_future = graph_of((3, 0, 3, 100), (0, 4, 0, 9), (-1, 0, 3, 7))
    mine, other = (PartyTies.of(graph, NOW, np.array([0, 1]), 4) for graph in (past, with_future))
    assert (mine.said == other.said).all()
    assert (mine.own == other.own).all()


def test_a_party_is_told_by_its_payments_with_strangers_too() -> None:
    alone = graph_of((3, 0, 3, 100))
    busy = graph_of((3, 0, 3, 100), (2, 4, 3, 100), (2, 5, 3, 100))
    mine, other = (PartyTies.of(graph, NOW, np.array([0]), 4) for graph in (alone, busy))
    assert (mine.said[:, :TIE_COLUMNS] == other.said[:, :TIE_COLUMNS]).all()
    assert (mine.own == other.own).all()
    # Columns 4 to 7 are money in: payments, yuan, payments of the last week, counterparties.
    assert (other.said[1, TIE_COLUMNS:][4:8] > mine.said[1, TIE_COLUMNS:][4:8]).all()


def test_parties_count_payments_and_counterparties() -> None:
    payments = SlicePayments.before(graph_of((9, 0, 3, 100), (2, 0, 3, 100), (1, 0, 4, 100)), NOW)
    columns = party_columns(payments, 6)
    assert columns.shape == (6, PARTY_COLUMNS)
    assert columns[0, 0] == pytest.approx(np.log1p(3) / 2)
    assert columns[0, 2] == pytest.approx(np.log1p(2) / 2), "two within a week"
    assert columns[0, 3] == pytest.approx(np.log1p(2) / 2), "two counterparties"
    assert columns[3, 7] == pytest.approx(np.log1p(1) / 2)


def test_subjects_done_in_parts_have_the_same_ties(
    examples: Examples, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = cast(Graph, examples.graph)
    moment, subject = examples.as_of.iloc[0], np.arange(150)
    whole = PartyTies.of(graph, moment, subject, 5)
    monkeypatch.setattr("models.zoo.gnn.partners.KEYS", 2 * 40 * len(graph.nodes) * len(graph.edges))
    parts = PartyTies.of(graph, moment, subject, 5)
    for name in ("own", "place", "said", "holder", "node"):
        assert (getattr(whole, name) == getattr(parts, name)).all(), name


def test_a_moment_without_a_slice_is_refused() -> None:
    with pytest.raises(ValueError, match="no slice"):
        SlicePayments.before(graph_of((3, 0, 3, 100)), NOW + pd.Timedelta(days=1))


# ------------------------------------------------------------------ what is shown


def pair_of(features: list[float], around: OthersAround | None = None) -> Examples:
    """Customer 100 (and 101, if there is a second value), who dealt with customer 101 and party 3."""
    graph = graph_of((5, 0, 1, 100), (2, 3, 0, 50))
    size = len(features)
    return Examples(
        features=pd.DataFrame({"one": np.array(features, np.float32)}),
        customer_id=np.arange(100, 100 + size),
        as_of=pd.Series([NOW.as_unit("us")] * size),
        label=np.zeros(size),
        weight=np.ones(size),
        graph=graph,
        around=around,
    )


def test_a_customer_beyond_a_tie_is_known_by_its_features() -> None:
    scale = Scale(np.zeros(1, np.float32), np.ones(1, np.float32))
    (alone,) = Shower(scale, 4).by_moment(pair_of([1.0]))
    assert (alone.beyond == -1).all(), "nothing is known of the other one"
    more = OthersAround(
        pd.DataFrame({"one": np.array([2], np.float32)}), np.array([101]), pair_of([1.0]).as_of
    )
    (met,) = Shower(scale, 4).by_moment(pair_of([1.0], more))
    (both,) = Shower(scale, 4).by_moment(pair_of([1.0, 2.0]))
    for seen in (met, both):
        first = seen.ties.place[0]
        tie = first[seen.ties.node[first] == 1][0]
        assert seen.known[seen.beyond[tie], 0] == pytest.approx(np.log1p(2.0))


def test_moments_together_are_what_they_are_apart(examples: Examples, shown: ShownSubjects) -> None:
    parts = list(Shower(Scale.of(examples.features), 6).by_moment(examples))
    torch.manual_seed(1)
    network = PaymentNetwork(shown.known.shape[1], 8, 0.0, 0.0)
    apart = np.concatenate([margins_of(network, part) for part in parts])
    assert (shown.rows == np.concatenate([part.rows for part in parts])).all()
    assert margins_of(network, shown) == pytest.approx(apart, abs=1e-5)


def test_nothing_after_the_last_moment_of_the_examples_is_foretold(examples: Examples) -> None:
    rows = np.arange(len(examples.label))
    ahead = foretold(examples, rows)
    last = examples.as_of.max()
    is_early = (examples.as_of + pd.Timedelta(days=28) <= last).to_numpy()
    assert (np.isfinite(ahead).all(axis=1) == is_early).all()
    graph = cast(Graph, examples.graph)
    later = graph.edges.assign(log_amount=graph.edges["log_amount"].where(graph.edges["at"] < last, 9))
    again = foretold(replace(examples, graph=replace(graph, edges=later)), rows)
    assert np.array_equal(ahead, again, equal_nan=True)


# ------------------------------------------------------------------ the network


def test_messages_hear_the_features_and_the_ways(shown: ShownSubjects) -> None:
    torch.manual_seed(2)
    network = PaymentNetwork(shown.known.shape[1], 8, 0.0, 0.0)
    batch = Batch.of(shown, np.arange(40), torch.device("cpu"))
    before = network(batch)
    turned = batch.said.clone()
    turned[:, :, PAYS], turned[:, :, PAID] = batch.said[:, :, PAID], batch.said[:, :, PAYS]
    assert (network(replace(batch, said=turned)) != before).any()
    assert len(batch.at) > 0
    assert (network(replace(batch, beyond=batch.beyond + 1)) != before).any()


def test_ties_that_are_not_there_say_nothing(shown: ShownSubjects) -> None:
    torch.manual_seed(2)
    network = PaymentNetwork(shown.known.shape[1], 8, 0.0, 0.0)
    batch = Batch.of(shown, np.arange(40), torch.device("cpu"))
    is_absent = (~batch.is_there).unsqueeze(2)
    assert is_absent.any()
    noisy = replace(batch, said=batch.said + is_absent * 3)
    assert torch.equal(network(noisy), network(batch))


def test_the_order_of_ties_changes_nothing(shown: ShownSubjects) -> None:
    torch.manual_seed(2)
    network = PaymentNetwork(shown.known.shape[1], 8, 0.0, 0.0)
    ties = shown.ties
    turned = replace(shown, ties=replace(ties, place=np.ascontiguousarray(ties.place[:, ::-1])))
    assert margins_of(network, turned) == pytest.approx(margins_of(network, shown), abs=1e-5)


def test_weights_of_examples_count(shown: ShownSubjects) -> None:
    torch.manual_seed(2)
    network = PaymentNetwork(shown.known.shape[1], 8, 0.0, 0.0)
    rows = np.arange(20)
    label, weight = (rows % 2).astype(float), np.ones(20)
    batch = Batch.of(shown, rows, torch.device("cpu"))
    even = labelled_loss(network, label, weight)(batch, rows).item()
    heavy = labelled_loss(network, label, np.where(label > 0, 5.0, 1.0))(batch, rows).item()
    assert even != pytest.approx(heavy)


def test_subjects_without_any_payment_are_scored(examples: Examples) -> None:
    alone = without_edges(examples)
    fitted = MODELS["gnn"].fit(alone, CHOICE, SETTINGS, 1)
    assert np.isfinite(fitted.scores(alone)).all()


def graph_signal(seed: int) -> Examples:
    """Who is suspicious was paid by a party that is paid by many; its features say nothing."""
    plain = drawn(300, seed)
    rng = np.random.default_rng(seed)
    graph = cast(Graph, plain.graph)
    hub, feeders = len(graph.nodes) - 1, np.arange(300, 330)
    chosen = rng.permutation(300)[:30]
    first = graph.edges["at"].min()
    size = len(feeders) + len(chosen)
    more = pd.DataFrame(
        {
            "at": pd.Series([first] * size).astype(graph.edges["at"].dtype),
            "payer_node": np.append(feeders, np.full(len(chosen), hub)),
            "payee_node": np.append(np.full(len(feeders), hub), chosen),
            "log_amount": np.float32(9),
            "channel": np.uint8(0),
            "hour": np.uint8(3),
        }
    )
    edges = pd.concat([more, graph.edges], ignore_index=True)
    slices = graph.slices.assign(first_edge=0, end_edge=graph.slices["end_edge"] + size)
    label = np.isin(plain.customer_id, chosen).astype(float)
    few = plain.features.iloc[:, :4]
    return replace(plain, features=few, label=label, graph=replace(graph, edges=edges, slices=slices))


def test_a_signal_two_steps_away_is_found_and_the_control_misses_it() -> None:
    learnt, fresh = graph_signal(1), graph_signal(2)
    settings = SETTINGS.model_copy(update={"epochs": 30, "most_ties": 64, "foretelling_epochs": 0})
    areas = []
    for name in ("gnn", "gnn_without_edges"):
        scores = MODELS[name].fit(learnt, CHOICE, settings, 1).scores(fresh)
        rank = pd.Series(scores).rank()
        suspected = fresh.label > 0
        least = suspected.sum() * (suspected.sum() + 1) / 2
        areas.append((rank[suspected].sum() - least) / (suspected.sum() * (~suspected).sum()))
    assert areas[0] > 0.9
    assert 0.3 < areas[1] < 0.7


def test_threads_change_nothing(examples: Examples) -> None:
    scores = [
        MODELS["gnn"]
        .fit(examples, CHOICE, SETTINGS.model_copy(update={"threads": threads}), 1)
        .scores(examples)
        for threads in (1, 2)
    ]
    # Products of matrices add up in another order; what is ranked stays.
    assert scores[0] == pytest.approx(scores[1], abs=1e-3)


def test_a_search_looks_around_once_and_fits_the_same_as_anew(examples: Examples) -> None:
    model = MODELS["gnn"]
    learner = cast(GnnLearner, model.learner(examples, SETTINGS, 1))
    first, second = learner.fit(CHOICE), learner.fit(CHOICE)
    again = model.fit(examples, CHOICE, SETTINGS, 1)
    assert (first.scores(examples) == second.scores(examples)).all()
    assert (first.scores(examples) == again.scores(examples)).all()


def test_other_labels_are_learnt_on_the_same_surroundings(examples: Examples) -> None:
    learner = cast(GnnLearner, MODELS["gnn"].learner(examples, SETTINGS, 1))
    turned = learner.relabelled(1 - examples.label, examples.weight)
    assert turned.shown is learner.shown
    assert np.mean(turned.fit(CHOICE).scores(examples)) > np.mean(learner.fit(CHOICE).scores(examples))


@pytest.mark.parametrize("name", ["gnn", "gnn_without_edges"])
def test_a_network_read_back_gives_the_same_scores(examples: Examples, tmp_path: Path, name: str) -> None:
    model = MODELS[name]
    fitted = model.fit(examples, CHOICE, SETTINGS, 1)
    (tmp_path / model.file).parent.mkdir()
    fitted.save(tmp_path / model.file)
    assert (model.load(tmp_path / model.file).scores(examples) == fitted.scores(examples)).all()


def test_members_are_averaged(examples: Examples) -> None:
    alone = [
        MODELS["gnn"].fit(examples, CHOICE, SETTINGS.model_copy(update={"members": 1}), seed).scores(examples)
        for seed in (1, 2)
    ]
    both = MODELS["gnn"].fit(examples, CHOICE, SETTINGS, 1).scores(examples)
    assert (alone[0] != alone[1]).any()
    assert both == pytest.approx(np.mean(alone, axis=0), abs=1e-5)


def test_an_infinite_feature_is_refused(examples: Examples) -> None:
    features = examples.features.copy()
    features.iloc[3, 2] = np.inf
    with pytest.raises(BadInput, match="finite"):
        MODELS["gnn"].fit(replace(examples, features=features), CHOICE, SETTINGS, 1)


# ------------------------------------------------------------------ the control


def test_the_control_is_told_nothing_by_any_payment(examples: Examples) -> None:
    """Other payments between other parties: the graph network's scores change, the control's do not."""
    graph = cast(Graph, examples.graph)
    edges = graph.edges
    rng = np.random.default_rng(5)
    other = edges.assign(
        log_amount=edges["log_amount"].to_numpy()[::-1] + 1,
        payer_node=rng.permutation(edges["payer_node"].to_numpy()),
        payee_node=rng.permutation(edges["payee_node"].to_numpy()),
    )
    changed = replace(examples, graph=replace(graph, edges=other))
    for name, is_told in (("gnn", True), ("gnn_without_edges", False)):
        learnt, again = (MODELS[name].fit(mine, CHOICE, SETTINGS, 1) for mine in (examples, changed))
        found = learnt.scores(examples)
        assert np.isfinite(found).all()
        for other_scores in (learnt.scores(changed), again.scores(examples)):
            assert (found != other_scores).any() == is_told, name


def test_the_control_learns_from_the_features_alone(examples: Examples) -> None:
    fitted = MODELS["gnn_without_edges"].fit(examples, CHOICE, SETTINGS, 1)
    alone = without_edges(examples)
    assert alone.graph is not None and len(alone.graph.edges) == 0
    assert np.ptp(fitted.scores(examples)) > 0
    turned = MODELS["gnn_without_edges"].fit(replace(examples, label=1 - examples.label), CHOICE, SETTINGS, 1)
    assert (turned.scores(examples) != fitted.scores(examples)).all()


def test_the_control_searches_as_the_graph_network_does() -> None:
    sections = (pipeline.param("models")[name] for name in ("gnn", "gnn_without_edges"))
    assert next(sections) == next(sections)


def test_a_tie_has_as_many_columns_as_it_says(shown: ShownSubjects) -> None:
    assert shown.ties.said.shape[1] == SAID_COLUMNS
    assert (shown.ties.said[NOBODY] == 0).all()
