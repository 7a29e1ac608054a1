"""Adaptations of the graph network: what is marked on ties, what is learnt from, what stays the zoo's."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pandas as pd
import pytest
import torch

from benchmarks.gnn import drawn
from models.audit_adaptations import Arena, Params, entered, judged_scores, worth_of_each
from models.budget import Budget
from models.graph_adaptations import ADAPTATIONS, AS_IT_IS, GraphAdaptation
from models.graph_adaptations.fitting import Lessons, Stopping, adapted, margins_by_network
from models.graph_adaptations.marks import (
    COLUMNS,
    MarkingShower,
    port_numbers,
    ties_marked,
    time_waves,
    told_of,
)
from models.graph_adaptations.networks import AdaptedNetwork, weights_of
from models.graph_adaptations.stopping import StoppedEarly, held_back, loss_over
from models.metrics import Catches
from models.positives import Positives
from models.results.adaptations import AdaptationStudy, AdaptationWorth
from models.zoo import MODELS, Examples, Graph
from models.zoo.gnn.network import Batch, PaymentNetwork
from models.zoo.gnn.partners import NOBODY, SAID_COLUMNS, PartyTies, SlicePayments
from models.zoo.gnn.shown import Shower, together
from models.zoo.scaling import Scale
from reports.adaptation_tables import adaptation_row, adaptations_seen
from study_pages import adaptation_lines
from tests.spec.nets import SETTINGS as NETS
from tests.spec.records import partial
from tests.spec.test_gnn import CHOICE, NOW, SETTINGS, graph_of

STOPPING = Stopping(held_back_share=0.3, patience=1)
BUDGET = Budget(alerts_per_thousand_customers_week=50, suppress_days=28, label_window_days=28)


@pytest.fixture(scope="module")
def examples() -> Examples:
    return drawn(150, 1)


@pytest.fixture(scope="module")
def lessons(examples: Examples) -> Lessons:
    return Lessons.of(examples, SETTINGS)


def scored(network: AdaptedNetwork, adaptation: GraphAdaptation, lessons: Lessons) -> np.ndarray:
    found = margins_by_network(
        {"one": [network]}, {"one": adaptation.marks}, lessons.shower(), lessons.examples
    )
    return found["one"][0]


# ------------------------------------------------------------------ marks


def ports_of(graph: Graph, mine: int, other: int) -> list[int]:
    payments = SlicePayments.before(graph, NOW)
    found = port_numbers(payments, len(graph.nodes), np.array([mine]), np.array([other]))
    return np.round(np.expm1(2 * found[0])).astype(int).tolist()


def test_a_port_is_the_place_of_the_first_payment_among_the_parties_of_its_way() -> None:
    graph = graph_of((9, 0, 3, 1), (8, 0, 4, 1), (7, 0, 3, 1), (6, 5, 4, 1), (5, 4, 0, 1), (-1, 1, 0, 1))
    assert ports_of(graph, 0, 3) == [1, 1, 0, 0], "the first that it paid; nobody else paid that one"
    assert ports_of(graph, 0, 4) == [2, 1, 1, 1], "the second that it paid, and the first to pay it"
    assert ports_of(graph, 5, 4) == [1, 2, 0, 0], "after the subject of the line above"
    assert ports_of(graph, 4, 0) == [1, 1, 2, 1], "seen from the other side"
    assert ports_of(graph, 1, 0) == [0, 0, 0, 0], "a payment after the moment has no port"


def test_a_graph_without_payments_has_no_ports() -> None:
    assert ports_of(graph_of((-1, 0, 3, 1)), 0, 3) == [0, 0, 0, 0]


def test_the_encoding_of_times_returns_after_its_period() -> None:
    def waves(days: float) -> np.ndarray:
        said = np.zeros((1, SAID_COLUMNS), np.float32)
        said[:, 10:12] = 1 - np.log1p(days) / 2  # as the zoo scales an age
        return time_waves(said)[0]

    assert waves(0) == pytest.approx(np.tile(np.repeat([0, 1], 8), 2), abs=1e-5)
    assert waves(112) == pytest.approx(waves(0), abs=1e-2), "the longest period holds all others"
    assert np.abs(waves(3) - waves(0)).max() > 0.5


def test_the_columns_of_ages_are_those_of_the_zoo() -> None:
    graph = graph_of((9, 0, 3, 1), (4, 0, 3, 1))
    ties = PartyTies.of(graph, NOW, np.array([0]), 2)
    days = np.expm1(2 * (1 - ties.said[1, 10:12].astype(float)))
    assert days == pytest.approx([4, 9], abs=1e-4)


def test_marks_follow_what_the_zoo_says_and_nobody_has_none(examples: Examples) -> None:
    scale = Scale.of(examples.features)
    plain = together(list(Shower(scale, 6).by_moment(examples)))
    mine = together(list(MarkingShower(scale, 6).by_moment(examples)))
    assert (mine.ties.said[:, :SAID_COLUMNS] == plain.ties.said).all()
    assert (told_of(mine, ()).ties.said == plain.ties.said).all()
    assert mine.ties.said.shape[1] == SAID_COLUMNS + sum(map(len, COLUMNS.values()))
    assert (mine.ties.said[NOBODY] == 0).all()
    ports = told_of(mine, ("ports",)).ties.said[1:, SAID_COLUMNS:]
    is_paying, is_paid = plain.ties.said[1:, 0] > 0, plain.ties.said[1:, 5] > 0
    assert ((ports[:, :2] > 0).all(axis=1) == is_paying).all()
    assert ((ports[:, 2:] > 0).all(axis=1) == is_paid).all()


def test_later_payments_change_no_mark() -> None:
    payments = [(9, 0, 3, 1.0), (8, 4, 0, 2.0), (7, 5, 3, 1.0)]
    before, after = (graph_of(*payments, *more) for more in ([], [(-1, 0, 5, 9.0), (0, 5, 0, 9.0)]))
    found = [
        ties_marked(PartyTies.of(graph, NOW, np.array([0]), 4), graph, NOW, np.array([0])).said
        for graph in (before, after)
    ]
    assert (found[0] == found[1]).all()


# ------------------------------------------------------------- networks


def test_the_network_as_it_is_is_the_zoo_s(lessons: Lessons, examples: Examples) -> None:
    alone = SETTINGS.model_copy(update={"members": 1})
    zoo = MODELS["gnn"].fit(examples, CHOICE, alone, 1).scores(examples)
    mine = adapted(lessons, ADAPTATIONS[AS_IT_IS], CHOICE, STOPPING, 1)
    assert (scored(mine, ADAPTATIONS[AS_IT_IS], lessons) == zoo).all()


@pytest.mark.parametrize("name", [name for name in ADAPTATIONS if name != AS_IT_IS])
def test_every_adaptation_is_another_network_of_about_the_same_size(name: str, lessons: Lessons) -> None:
    # Weeks as few as these hold nothing to foretell.
    ahead = np.random.default_rng(1).normal(size=lessons.ahead.shape).astype(np.float32)
    told = replace(lessons, ahead=ahead)
    first = adapted(told, ADAPTATIONS[AS_IT_IS], CHOICE, STOPPING, 1)
    other = adapted(told, ADAPTATIONS[name], CHOICE, STOPPING, 1)
    found = scored(other, ADAPTATIONS[name], lessons)
    assert np.isfinite(found).all()
    assert (found != scored(first, ADAPTATIONS[AS_IT_IS], lessons)).any()
    assert weights_of(first) <= weights_of(other) < 1.15 * weights_of(first)


def test_an_updated_tie_tells_of_the_subject() -> None:
    """Two subjects of other features with equal ties: only where ties are updated do messages differ."""
    torch.manual_seed(1)
    network = AdaptedNetwork(3, 8, 0.0, 0.0, marks=0, is_updated=True).eval()
    seen: list[torch.Tensor] = []
    network.ways.register_forward_hook(lambda _, __, out: seen.append(out.reshape(2, -1)))
    said = torch.randn(1, 4, SAID_COLUMNS).expand(2, -1, -1).contiguous()
    batch = Batch(
        known=torch.randn(2, 3),
        own=torch.zeros(2, 12),
        said=said,
        holder=torch.zeros(2, 4, dtype=torch.long),
        is_there=torch.ones(2, 4, dtype=torch.bool),
        at=torch.zeros(0, dtype=torch.long),
        beyond=torch.zeros(0, 3),
    )
    network(batch)
    first, second = seen
    assert torch.equal(first[0], first[1])
    assert not torch.equal(second[0], second[1])


# ------------------------------------------------------------- stopping


def test_whoever_is_held_back_is_so_in_all_weeks() -> None:
    customer = np.tile(np.arange(500), 3)
    mask = held_back(customer, 0.2, 1)
    assert (mask.reshape(3, -1) == mask[:500]).all()
    assert mask.mean() == pytest.approx(0.2, abs=0.05)


def stopped(lessons: Lessons, epochs: int, patience: int, is_held_back: np.ndarray) -> list[float]:
    """Losses of those held back: after each pass as it was measured, and by the weights that were kept."""
    shown = told_of(lessons.shown, ())
    torch.manual_seed(1)
    network = PaymentNetwork(shown.known.shape[1], 8, 0.0, 0.0)
    taught: set[int] = set()
    losses: list[float] = []

    def loss(batch: Batch, rows: np.ndarray) -> torch.Tensor:
        target = torch.from_numpy(lessons.examples.label[shown.rows][rows].astype(np.float32))
        found = torch.nn.functional.binary_cross_entropy_with_logits(network(batch), target)
        if network.training:
            taught.update(rows.tolist())
        else:
            losses.append(float(found))
        return found

    schedule = StoppedEarly(
        batch=16,
        epochs=epochs,
        learning_rate=0.05,
        weight_decay=0.0,
        seed=1,
        is_held_back=is_held_back,
        patience=patience,
    )
    schedule.run(network, shown, np.arange(len(shown.rows)), loss)
    assert not taught & set(np.flatnonzero(is_held_back).tolist())
    measured = list(losses)
    return [*measured, loss_over(network, shown, np.flatnonzero(is_held_back), loss)]


def test_the_weights_of_the_best_pass_are_kept_and_learning_ends_when_it_is_past(lessons: Lessons) -> None:
    mask = held_back(lessons.examples.customer_id[lessons.shown.rows], 0.3, 1)
    *measured, kept = stopped(lessons, 30, 2, mask)
    assert kept == pytest.approx(min(measured), abs=1e-6)
    assert len(measured) < 30, "so small a bank is soon learnt by heart"
    assert int(np.argmin(measured)) == len(measured) - 3, "two passes without a gain"


def test_where_nobody_is_held_back_the_first_pass_is_as_good_as_any(lessons: Lessons) -> None:
    nobody = np.zeros(len(lessons.shown.rows), bool)
    *measured, kept = stopped(lessons, 3, 1, nobody)
    assert measured == [] and kept == np.inf


# --------------------------------------------------------------- study


@pytest.mark.parametrize("name", [AS_IT_IS, "nonsense"])
def test_only_what_is_another_network_is_tried(name: str) -> None:
    with pytest.raises(ValueError, match="expected one of: edge_updates, "):
        Params(adaptations=(name,), seeds=(1,), held_back_share=0.3, patience=1, bootstrap_draws=50)


def test_the_study_judges_every_network_beside_the_one_as_it_is_and_the_plain_net(
    examples: Examples,
) -> None:
    weeks = [
        replace(
            examples,
            features=examples.features.iloc[rows].reset_index(drop=True),
            customer_id=examples.customer_id[rows],
            as_of=examples.as_of.iloc[rows].reset_index(drop=True),
            label=examples.label[rows],
            weight=examples.weight[rows],
        )
        for rows in examples.as_of.groupby(examples.as_of).indices.values()
    ]
    subjects = pd.concat(
        pd.DataFrame({"customer_id": week.customer_id, "as_of": week.as_of, "label": week.label})
        for week in weeks
    ).reset_index(drop=True)
    is_positive = subjects["label"].to_numpy() > 0
    customer = subjects["customer_id"].to_numpy()
    catches = Catches.of(customer, Positives.of(customer, is_positive, is_positive))
    arena = Arena(
        train=examples,
        weeks=weeks,
        subjects=subjects,
        views={"bank": catches, "true": catches},
        choices={"gnn": {**CHOICE}, "net": {**CHOICE}},
        settings=SETTINGS,
        net_settings=NETS["net"],
    )
    tried = tuple(name for name in ADAPTATIONS if name != AS_IT_IS)
    params = Params(adaptations=tried, seeds=(1, 2), held_back_share=0.3, patience=1, bootstrap_draws=50)
    ticks = iter(range(1_000))
    entrants = entered(arena, params, lambda: float(next(ticks)))
    rows = worth_of_each(arena, entrants, judged_scores(arena, entrants), BUDGET, params)
    assert [row.adaptation for row in rows] == [*ADAPTATIONS, "net"]
    assert rows[0].true.over_network.value == 0 and rows[-1].true.over_net.value == 0
    assert rows[-1].weights is None and rows[0].weights is not None
    for row in rows:
        assert row.seconds == 1, "from one look at the clock to the next"
        assert row.true.recall.value == pytest.approx(np.mean(row.by_seed), abs=2e-4)
        gap = cast(float, row.true.recall.value) - cast(float, rows[0].true.recall.value)
        assert row.true.over_network.value == pytest.approx(gap, abs=2e-4)


def told(adaptation: str, low: float, high: float) -> AdaptationWorth:
    """An adaptation whose difference from the network as it is lies so in both views."""
    gap = {"value": (low + high) / 2, "low": low, "high": high}
    seen = {"recall": {"value": 0.3, "low": 0.2, "high": 0.4}, "over_network": gap, "over_net": gap}
    weights = None if adaptation == "net" else 1_000
    given = {"adaptation": adaptation, "weights": weights, "seconds": 30.0, "bank": seen, "true": seen}
    return AdaptationWorth.model_validate(given | {"by_seed": [0.29, 0.31]})


def test_the_report_claims_a_gain_only_where_the_paired_interval_shows_one() -> None:
    rows = [
        told(AS_IT_IS, -0.01, 0.02),
        told("ports", -0.1, 0.1),
        told("edge_updates", 0.01, 0.1),
        told("stopped_early", -0.1, -0.01),
        told("net", 0.01, 0.1),
    ]
    seen = adaptations_seen(partial(AdaptationStudy, rows=rows))
    assert (
        "rises provably with: edge updates (ties told of their subject, messages twice). It falls" in seen.en
    )
    assert "It falls provably with: stopped early in place of averaged weights. No" in seen.en
    assert "No difference shown: ports (the order in which parties first dealt). By the bank" in seen.en
    assert "labels it rises provably with: edge updates" in seen.en
    assert "it falls provably with: stopped early" in seen.en
    assert "经证实提高的有：边更新" in seen.zh and "未显示差异：端口编号" in seen.zh
    base, ports, *_, net = (adaptation_row(row, 15.0) for row in rows)
    assert base.true_gain == ("–", "") and net.over_net == ("–", "")
    assert ports.true_gain == ("+0.0", "-10.0 … +10.0") and ports.times == "2.0"
    assert ports.verdict.en == "no difference shown"


def test_the_page_of_studies_has_a_line_for_each_network() -> None:
    rows = [told(AS_IT_IS, 0, 0), told("net", -0.1, 0.1)]
    study = partial(
        AdaptationStudy, rows=rows, held_back_share=0.2, patience=2, customers={"true": 7, "bank": 3}
    )
    lines = adaptation_lines(study)
    assert lines[-2].startswith("| as it is | 1,000 | 30 | 0.300 (0.200 to 0.400) |")
    assert lines[-1].startswith("| net |  | 30 |") and "20% of the training customers" in lines[0]
