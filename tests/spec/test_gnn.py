"""The payment network beside the same network of torch-geometric's and torch's own layers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch
from torch import nn
from torch_geometric.nn import GINEConv

import pipeline
from benchmarks.gnn import PlainNetwork, PlainSlice, drawn
from models.zoo import MODELS, Examples
from models.zoo.gnn import GnnLearner, GnnSettings, without_edges
from models.zoo.gnn.draws import Draws
from models.zoo.gnn.messages import PaymentConv, SlicePayments
from models.zoo.gnn.network import PaymentNetwork, fit_network, score, use_threads
from models.zoo.gnn.settling import settled
from models.zoo.gnn.slices import Slice, Slicer, kinds
from models.zoo.scaling import Scale

SETTINGS = GnnSettings(
    trials=1,
    seed=1,
    threads=2,
    hidden=16,
    layers=2,
    slice_stride=2,
    epochs=2,
    learning_rate=(0.003, 0.02),
    dropout=(0.0, 0.3),
    positive_weight=(1, 10),
)
CHOICE = {"learning_rate": 0.01, "dropout": 0.2, "positive_weight": 3.0}


@pytest.fixture(scope="module")
def examples() -> Examples:
    return drawn(150, 1)


@pytest.fixture(scope="module")
def parts(examples: Examples) -> list[Slice]:
    return Slicer(Scale.of(examples.features))(examples)


def closely(found: torch.Tensor, expected: torch.Tensor) -> None:
    """Equal but for the order in which float32 numbers are added."""
    largest = max(float(expected.detach().abs().max()), 1e-6)
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5 * largest)


def both_ways(found: torch.Tensor, expected: torch.Tensor, inputs: list[torch.Tensor]) -> None:
    """Values and gradients agree closely."""
    closely(found, expected)
    back = torch.randn(expected.shape, generator=torch.Generator().manual_seed(3))
    gradients = [torch.autograd.grad(out, inputs, back, retain_graph=True) for out in (found, expected)]
    for mine, plain in zip(*gradients, strict=True):
        closely(mine, plain)


def layer_inputs(nodes: int, width: int) -> tuple[torch.Tensor, nn.Linear, nn.Sequential]:
    torch.manual_seed(width)
    state = torch.randn(nodes, width, requires_grad=True)
    update = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width))
    return state, nn.Linear(kinds().shape[1], width), update


@pytest.mark.parametrize("width", [5, 16, 32])
@pytest.mark.parametrize("for_subjects", [False, True])
def test_a_layer_and_its_gradients_equal_those_of_the_plain_gine_layer(
    parts: list[Slice], width: int, for_subjects: bool
) -> None:
    part, plain_part = parts[0], PlainSlice.of(parts[0])
    state, said, update = layer_inputs(len(part.holder), width)
    plain = GINEConv(update, aggr="mean")
    fused = PaymentConv(update, aggr="mean")  # begins update anew, for both
    expected = plain(state, plain_part.edges, said(plain_part.said))
    table = said(kinds()), said.weight[:, :2].T
    if for_subjects:
        expected = expected[part.subject]
        found = fused((state, state[part.subject]), part.to_subjects, table)
    else:
        found = fused(state, part.payments, table)
    both_ways(found, expected, [state, *said.parameters(), *update.parameters()])


def test_each_payment_reaches_both_parties_with_its_direction() -> None:
    payments = SlicePayments.of(
        payer=np.array([0, 2]),
        payee=np.array([1, 1]),
        amount=np.array([0.5, 0.7]),
        age=np.array([0.1, 0.2]),
        kind=np.array([3, 4]),
        is_subject=np.array([False, True, True, True]),
    )
    assert payments.first.tolist() == [0, 1, 3, 4, 4]
    # Party 1 is paid by 2, a subject, and by 0, who is none; the last bit is set where the party pays.
    assert payments.other.tolist() == [1, 2, 0, 1]
    assert payments.kind.tolist() == [7, 8, 6, 9]
    assert payments.amount.tolist() == pytest.approx([0.5, 0.7, 0.5, 0.7])
    assert payments.cut.tolist() == [1, 2, 4, 4]


def test_a_slice_without_a_payment_is_scored() -> None:
    none = np.array([], np.int64)
    payments = SlicePayments.of(none, none, none, none, none, np.ones(3, bool))
    network = PaymentNetwork(3, 16, 2, 0.0)
    rows = np.arange(3)
    holder, others = torch.zeros(3, dtype=torch.int64), torch.zeros(3, 1)
    part = Slice(holder, others, torch.ones(3, 3), payments, payments.to(rows), torch.from_numpy(rows), rows)
    margin = network(part)
    margin.sum().backward()
    assert torch.isfinite(margin).all()
    assert margin.unique().numel() == 1


@pytest.mark.parametrize("width", [5, 32])
def test_the_end_of_a_layer_equals_torchs_own_operations(width: int) -> None:
    rng = np.random.default_rng(width)
    state, change = (
        torch.from_numpy(rng.normal(size=(301, width)).astype(np.float32)).requires_grad_() for _ in range(2)
    )
    norm = nn.LayerNorm(width)
    with torch.no_grad():
        norm.weight.normal_()
        norm.bias.normal_()
    is_kept = rng.random((301, width)) < 0.8
    found = settled(state, change, norm, is_kept, 1 / 0.8)
    expected = norm(state + torch.relu(change) * torch.from_numpy(is_kept) / 0.8)
    both_ways(found, expected, [state, change, *norm.parameters()])


@pytest.mark.parametrize("drawn_before", [0, 1, 623, 624, 1001])
def test_dropout_uses_the_numbers_that_torch_would_draw(drawn_before: int) -> None:
    torch.manual_seed(11)
    torch.empty(drawn_before, dtype=torch.int32).random_()  # one word each
    draws = Draws.of_torch()
    for shape, share in (((3,), 0.5), ((301, 7), 0.8), ((624,), 0.7123), ((2, 5_000), 0.95)):
        expected = torch.empty(shape).bernoulli_(share).numpy() > 0
        assert (draws.kept(shape, share) == expected).all()
        assert 0 < draws.kept((1_000,), share).sum() < 1_000
        torch.empty(1_000).bernoulli_(share)


def test_a_fit_ends_where_the_plain_network_ends(examples: Examples, parts: list[Slice]) -> None:
    ends = []
    for kind, inputs in (
        (PlainNetwork, [PlainSlice.of(part) for part in parts]),
        (PaymentNetwork, parts),
    ):
        use_threads(2, 1)
        network = kind(parts[0].features.shape[1], 16, 2, 0.2)
        fit_network(network, inputs, examples.label, examples.weight, 3, 0.01, 1)
        ends.append(score(network, inputs, len(examples.label)))
    assert np.abs(ends[0]).max() > 0.1
    assert ends[1] == pytest.approx(ends[0], abs=1e-3)


def test_threads_change_nothing(examples: Examples) -> None:
    results = []
    for threads in (1, 2, 3):
        settings = SETTINGS.model_copy(update={"threads": threads})
        results.append(MODELS["gnn"].fit(examples, CHOICE, settings, 1).scores(examples))
    assert (results[0] == results[1]).all()
    assert (results[0] == results[2]).all()


def test_a_search_cuts_its_slices_once_and_fits_the_same_as_anew(examples: Examples) -> None:
    model = MODELS["gnn"]
    learner = cast(GnnLearner, model.learner(examples, SETTINGS, 1))
    first, second = learner.fit(CHOICE), learner.fit(CHOICE)
    assert first.slicer is second.slicer is learner.slicer
    assert first.slicer(examples) is second.slicer(examples)
    again = model.fit(examples, CHOICE, SETTINGS, 1)
    assert (first.scores(examples) == second.scores(examples)).all()
    assert (first.scores(examples) == again.scores(examples)).all()


def test_other_labels_are_learnt_on_the_same_slices(examples: Examples) -> None:
    learner = cast(GnnLearner, MODELS["gnn"].learner(examples, SETTINGS, 1))
    turned = learner.relabelled(1 - examples.label, examples.weight)
    assert turned.parts is learner.parts
    assert np.mean(turned.fit(CHOICE).scores(examples)) > np.mean(learner.fit(CHOICE).scores(examples))


# ------------------------------------------------------------------ the control


def test_the_control_is_told_nothing_by_any_payment(examples: Examples) -> None:
    """Other payments between other parties: the graph network's scores change, the control's do not."""
    assert examples.graph is not None
    edges = examples.graph.edges
    rng = np.random.default_rng(5)
    other = edges.assign(
        log_amount=edges["log_amount"].to_numpy()[::-1] + 1,
        payer_node=rng.permutation(edges["payer_node"].to_numpy()),
        payee_node=rng.permutation(edges["payee_node"].to_numpy()),
    )
    changed = replace(examples, graph=replace(examples.graph, edges=other))
    for name, is_told in (("gnn", True), ("gnn_without_edges", False)):
        learnt, again = (MODELS[name].fit(mine, CHOICE, SETTINGS, 1) for mine in (examples, changed))
        found = learnt.scores(examples)
        assert np.isfinite(found).all()
        fresh = MODELS[name].fit(examples, CHOICE, SETTINGS, 1)  # which keeps no slices of the others
        for other_scores in (fresh.scores(changed), again.scores(examples)):
            assert (found != other_scores).any() == is_told, name


def test_the_control_learns_from_the_features_alone(examples: Examples) -> None:
    fitted = MODELS["gnn_without_edges"].fit(examples, CHOICE, SETTINGS, 1)
    alone = without_edges(examples)
    assert alone.graph is not None and len(alone.graph.edges) == 0
    assert len(alone.graph.slices) == len(examples.graph.slices)
    assert np.ptp(fitted.scores(examples)) > 0
    turned = MODELS["gnn_without_edges"].fit(replace(examples, label=1 - examples.label), CHOICE, SETTINGS, 1)
    assert (turned.scores(examples) != fitted.scores(examples)).all()


def test_the_control_read_back_is_blind_still(examples: Examples, tmp_path: Path) -> None:
    model = MODELS["gnn_without_edges"]
    fitted = model.fit(examples, CHOICE, SETTINGS, 1)
    (tmp_path / model.file).parent.mkdir()
    fitted.save(tmp_path / model.file)
    assert (model.load(tmp_path / model.file).scores(examples) == fitted.scores(examples)).all()


def test_the_control_searches_as_the_graph_network_does() -> None:
    sections = (pipeline.param("models")[name] for name in ("gnn", "gnn_without_edges"))
    assert next(sections) == next(sections)
