"""What moves a score, where it is known by hand, and checks that a bad explainer fails."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

import pipeline
from benchmarks.gnn import drawn as drawn_bank
from explain.attribute import Params, medians_by
from explain.attributions.checks import rank_correlation, top_overlap, with_noise
from explain.attributions.explainers import Asked, DrawnOrders, Families, RandomExplainer, TreeExplainer
from explain.attributions.networks import OWN, TIES, GraphExplainer, LineExplainer, shown_in_order
from explain.attributions.outcomes import Checked, checks
from explain.attributions.shapley import sampled_shapley
from models.zoo import MODELS, Examples
from models.zoo.gnn import FittedGnn
from models.zoo.gnn.partners import NOBODY
from models.zoo.lightgbm import FittedLightgbm, LightgbmSettings
from models.zoo.nets import FittedNet
from tests.spec.nets import drawn, fitted
from tests.spec.test_gnn import CHOICE, SETTINGS

PARAMS = pipeline.params("attribute", Params).model_copy(update={"bootstrap_draws": 50, "pairs": 2})
WEIGHTS = np.array([2.0, -1.0, 0.5, 0.0])
PAIRED = ("first", "first", "second", "third")  # family of each feature


@dataclass(frozen=True)
class Linear(DrawnOrders):
    """Adds up what each feature weighs, so that a family gives what its features give."""

    families: Families
    pairs: int = 2
    weights: tuple[float, ...] = tuple(WEIGHTS)

    @property
    def groups(self) -> tuple[str, ...]:
        return self.families.names

    def masked(self, asked: Asked, present: np.ndarray) -> np.ndarray:
        return asked.shown(present[:, self.families.place]) @ np.array(self.weights)

    def untrained(self, seed: int) -> Linear:
        drawn_anew = np.random.default_rng(seed).normal(size=len(self.weights))
        return replace(self, weights=tuple(drawn_anew))


def asked_of(features: int = 4, size: int = 60) -> Asked:
    rng = np.random.default_rng(5)
    return Asked(rng.normal(size=(size, features)), np.zeros((size, features)) + 0.25)


LINEAR = Linear(Families.of(PAIRED))
WIDE = Linear(Families.of(list("abcdefghij")), weights=(3, -2, 1, 0.5, -4, 2.5, -0.7, 1.5, 0.2, -1))


def test_a_linear_score_falls_apart_into_what_each_family_weighs() -> None:
    asked = asked_of()
    each = (asked.features - asked.baseline) * WEIGHTS
    expected = np.column_stack([each[:, :2].sum(axis=1), each[:, 2], each[:, 3]])
    values = LINEAR.values(asked, 1)
    np.testing.assert_allclose(values, expected, atol=1e-12)
    assert LINEAR.gap(asked, values) < 1e-9


def test_two_groups_that_count_only_together_share_what_they_bring() -> None:
    values = sampled_shapley(
        lambda there: (there[:, 0] & there[:, 1]).astype(float), 40, 3, 1, np.random.default_rng(1)
    )
    assert (values[:, 2] == 0).all()
    # An order and its reverse: each of the two is once the one that completes the pair.
    assert values[:, :2] == pytest.approx(0.5)


def outcomes(explainer, asked: Asked) -> dict[str, bool | None]:
    told = Checked("any", np.arange(len(asked.features)), PARAMS)
    values = explainer.values(asked, 1)
    return {row.check: row.is_met for row in checks(explainer, asked, values, asked.baseline[:5] * 1.1, told)}


def test_a_true_explanation_passes_every_check_and_a_random_one_none() -> None:
    asked = asked_of(10)
    assert set(outcomes(WIDE, asked).values()) == {True}
    assert set(outcomes(RandomExplainer(WIDE), asked).values()) == {False}


def test_an_explanation_that_does_not_ask_the_model_fails_the_check_of_untrained_weights() -> None:
    class Blind(Linear):
        """Says of every model what the value of its features is."""

        def values(self, asked: Asked, seed: int) -> np.ndarray:
            return self.families.summed(asked.features)

    found = outcomes(Blind(WIDE.families, weights=WIDE.weights), asked_of(10))
    assert found["noise_order"] and not found["untrained_order"] and not found["additivity"]


def test_orders_are_compared_row_by_row() -> None:
    one = np.array([[1.0, 2.0, 3.0, 4.0], [4.0, 3.0, 2.0, 1.0], [0.0, 0.0, 0.0, 0.0]])
    other = np.array([[2.0, 4.0, 6.0, 9.0], [1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0]])
    assert rank_correlation(one, other)[:2] == pytest.approx([1, -1])
    assert np.isnan(rank_correlation(one, other)[2])
    assert top_overlap(one, other, 2) == pytest.approx([1, 0, 0])


def test_noise_leaves_counts_and_gaps_alone() -> None:
    asked = Asked(np.array([[3.0, 0.5, np.nan]], np.float32), np.zeros((1, 3), np.float32))
    noisy = with_noise(asked, 0.1, 1).features
    assert noisy[0, 0] == 3 and noisy[0, 1] != 0.5 and np.isnan(noisy[0, 2])


def test_a_kind_without_ordinary_customers_is_compared_with_all() -> None:
    values = np.array([[1.0], [3.0], [10.0]], np.float32)
    kind = np.array(["person", "person", "company"])
    assert medians_by(kind, values, np.array(["company", "person", "firm"])).ravel().tolist() == [10, 2, 3]


@pytest.fixture(scope="module")
def trees() -> tuple[TreeExplainer, Asked]:
    """Trees taught by one of four features."""
    rng = np.random.default_rng(2)
    values = rng.normal(size=(600, 4)).astype(np.float32)
    moments = pd.Series(pd.DatetimeIndex(["2025-03-10"] * 600, tz="UTC"))
    examples = Examples(
        pd.DataFrame(values, columns=list("abcd")),
        np.arange(600),
        moments,
        (values[:, 2] > 1).astype(float),
        np.ones(600),
    )
    model = MODELS["lightgbm"]
    settings = cast(LightgbmSettings, pipeline.params("models.lightgbm", model.settings))
    choice = {"trees": 20, "learning_rate": 0.2, "num_leaves": 5, "min_sum_hessian_in_leaf": 1.0}
    choice |= {"lambda_l2": 1.0, "feature_fraction": 1.0, "positive_weight": 1.0}
    grown = [cast(FittedLightgbm, model.fit(examples, choice, settings, seed)).booster for seed in (1, 2)]
    asked = Asked(values[:80], np.zeros((80, 4), np.float32))
    return TreeExplainer(grown[0], grown[1], Families.of(PAIRED), tuple("abcd")), asked


def test_trees_are_explained_by_the_family_that_taught_them(trees: tuple[TreeExplainer, Asked]) -> None:
    explainer, asked = trees
    values = explainer.values(asked, 1)
    assert explainer.gap(asked, values) < 1e-3
    size = np.abs(values).mean(axis=0)
    assert size[1] > 5 * max(size[0], size[2])
    against = explainer.against(asked, asked.features[:10], 1)
    assert rank_correlation(values[:, 1:2] + [[0, 1e-9, 2e-9]], against).size == 80
    assert np.corrcoef(values[:, 1], against[:, 1])[0, 1] > 0.95


def leaves_of(booster: Any) -> list[list[float]]:
    """Values of the leaves, tree by tree."""
    sizes = [tree["num_leaves"] for tree in booster.dump_model()["tree_info"]]
    return [
        [booster.get_leaf_output(number, leaf) for leaf in range(size)] for number, size in enumerate(sizes)
    ]


def test_shuffled_leaves_keep_the_trees_and_lose_what_they_learnt(trees: tuple[TreeExplainer, Asked]) -> None:
    explainer, asked = trees
    shuffled = explainer.untrained(3)
    before, after = explainer.margin(asked.features), shuffled.margin(asked.features)
    assert np.corrcoef(before, after)[0, 1] < 0.8
    for one, other in zip(leaves_of(explainer.booster), leaves_of(shuffled.booster), strict=True):
        assert sorted(one) == pytest.approx(sorted(other))
    assert shuffled.gap(asked, shuffled.values(asked, 1)) < 1e-3
    assert explainer.margin(asked.features) == pytest.approx(before)


@pytest.mark.parametrize("told_by", ["features", "lines"])
def test_a_network_taught_by_lines_is_explained_by_the_line(told_by: str) -> None:
    examples = drawn(told_by)
    network = cast(FittedNet, fitted("sequence", examples))
    everyone = np.arange(len(examples.label))
    explainer = LineExplainer.of(network, examples, everyone, everyone, Families.of(PAIRED), 2)
    features = examples.features.to_numpy()
    asked = Asked(features, medians_by(np.zeros(len(features)), features, np.zeros(len(features))))
    values = explainer.values(asked, 1)
    assert explainer.gap(asked, values) < 1e-4
    whole = explainer.masked(asked, np.ones((len(features), 4), bool))
    np.testing.assert_allclose(whole, network.scores(examples), atol=1e-4)
    size = dict(zip(explainer.groups, np.abs(values).mean(axis=0), strict=True))
    assert (size["line"] > max(size["first"], size["second"])) == (told_by == "lines")


@pytest.fixture(scope="module")
def bank() -> tuple[FittedGnn, Examples]:
    examples = drawn_bank(150, 1)
    return cast(FittedGnn, MODELS["gnn"].fit(examples, CHOICE, SETTINGS, 1)), examples


def graph_explainer(bank: tuple[FittedGnn, Examples]) -> tuple[GraphExplainer, Asked]:
    network, examples = bank
    families = Families.of(["first"] * examples.features.shape[1])
    features = examples.features.to_numpy()
    baseline = medians_by(np.zeros(len(features)), features, np.zeros(len(features)))
    everyone = np.arange(len(features))
    shown = shown_in_order(network, examples)
    return GraphExplainer.of(network, shown, everyone, everyone, families, 2), Asked(features, baseline)


def test_a_graph_networks_parts_add_up_to_its_own_score(bank: tuple[FittedGnn, Examples]) -> None:
    explainer, asked = graph_explainer(bank)
    network, examples = bank
    assert explainer.groups == ("first", OWN, TIES)
    whole = explainer.masked(asked, np.ones((len(asked.features), 3), bool))
    np.testing.assert_allclose(whole, network.scores(examples), atol=1e-5)
    assert explainer.gap(asked, explainer.values(asked, 1)) < 1e-4


def test_a_tie_is_worth_what_the_score_loses_when_its_payments_never_were(
    bank: tuple[FittedGnn, Examples],
) -> None:
    explainer, _ = graph_explainer(bank)
    network, examples = bank
    lost, parties = explainer.without_each_tie(), explainer.parties()
    shown = shown_in_order(network, examples)
    row = int(np.flatnonzero((shown.ties.place != NOBODY).sum(axis=1) >= 2)[0])
    rank = 0
    place = shown.ties.place[row].copy()
    left = np.append(place[1:], NOBODY)
    alone = replace(
        shown,
        ties=replace(
            shown.ties, place=np.vstack([shown.ties.place[:row], left, shown.ties.place[row + 1 :]])
        ),
    )
    expected = explainer.margins(shown)[row] - explainer.margins(alone)[row]
    assert lost[row, rank] == pytest.approx(expected, abs=1e-5)
    assert (lost[parties < 0] == 0).all()
    assert np.abs(lost).max() > 0


def test_masking_one_subject_leaves_what_others_see_of_it(bank: tuple[FittedGnn, Examples]) -> None:
    explainer, asked = graph_explainer(bank)
    present = np.ones((len(asked.features), 3), bool)
    whole = explainer.masked(asked, present)
    present[0] = False
    without = explainer.masked(asked, present)
    np.testing.assert_array_equal(without[1:], whole[1:])
    assert without[0] != whole[0]
