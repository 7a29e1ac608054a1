"""The plain net and TabM: what they learn, what they are told, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open

from models.zoo import MODELS
from models.zoo.nets.fitting import Descent
from pipeline import BadInput
from tests.spec.nets import CHOICE, SETTINGS, chance_in_order, drawn, fitted

EVERY = sorted(SETTINGS)
BY_TABLE = ("net", "tabm")
WAY = Descent(epochs=4, batch=64, learning_rate=0.01, weight_decay=0.0, seen_share=0.25)


@pytest.mark.parametrize("name", EVERY)
def test_a_signal_in_one_feature_is_found_in_rows_never_seen(name: str) -> None:
    other = drawn("features", 2)
    found = fitted(name, drawn("features", 1)).scores(other)
    assert found.shape == (len(other.label),)
    assert chance_in_order(found, other.label > 0.5) > 0.85


@pytest.mark.parametrize("name", EVERY)
def test_labels_dealt_anew_teach_nothing(name: str) -> None:
    examples, other = drawn("features", 1), drawn("features", 2)
    by_customer = np.random.default_rng(3).permutation(examples.label[::3])
    found = fitted(name, replace(examples, label=np.repeat(by_customer, 3))).scores(other)
    assert 0.35 < chance_in_order(found, other.label > 0.5) < 0.65


@pytest.mark.parametrize("name", EVERY)
def test_a_network_read_back_gives_the_same_scores(name: str, tmp_path: Path) -> None:
    examples = drawn("features")
    model, fit = fitted(name, examples).model, fitted(name, examples)
    path = tmp_path / Path(model.file).name
    fit.save(path)
    assert (model.load(path).scores(examples) == fit.scores(examples)).all()
    with safe_open(path, framework="np") as file:
        assert list(file.metadata()) == ["net"], "several entries are written in another order each time"
        assert json.loads(file.metadata()["net"])["features"] == list("abcd")


@pytest.mark.parametrize("name", EVERY)
def test_equal_parameters_give_equal_scores_and_another_seed_others(name: str) -> None:
    examples = drawn("features")
    first, again, other = (fitted(name, examples, seed).scores(examples) for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


@pytest.mark.parametrize("name", EVERY)
def test_threads_change_scores_by_no_more_than_rounding(name: str) -> None:
    """The tolerance that is promised for torch; the order of a sum depends on the threads."""
    examples = drawn("features")
    one, two = (
        MODELS[name]
        .fit(examples, CHOICE, SETTINGS[name].model_copy(update={"threads": threads}), 1)
        .scores(examples)
        for threads in (1, 2)
    )
    assert two == pytest.approx(one, abs=1e-3)


@pytest.mark.parametrize("name", EVERY)
def test_features_in_another_order_are_refused(name: str) -> None:
    examples = drawn("features")
    turned = replace(examples, features=examples.features[list("bacd")])
    with pytest.raises(ValueError, match="differ in name or order"):
        fitted(name, examples).scores(turned)


@pytest.mark.parametrize("name", EVERY)
def test_a_gap_is_read_as_the_mean_and_a_giant_as_the_end_of_the_scale(name: str) -> None:
    examples = drawn("features")
    fit = fitted(name, examples)
    row = examples.features.to_numpy(copy=True)
    found = []
    for value in (np.nan, 1e6, 1e30):
        row[:, 2] = value
        features = examples.features.assign(c=row[:, 2])
        found.append(fit.scores(replace(examples, features=features)))
    gap, giant, more = found
    mean = np.float32(np.copysign(np.expm1(abs(fit.scale.mean[2])), fit.scale.mean[2]))
    assert gap == pytest.approx(
        fit.scores(replace(examples, features=examples.features.assign(c=mean))), abs=1e-4
    )
    assert np.isfinite(giant).all() and (giant == more).all()


@pytest.mark.parametrize("name", EVERY)
def test_the_score_of_a_subject_does_not_depend_on_who_else_is_scored(name: str) -> None:
    examples = drawn("lines")
    fit = fitted(name, examples)
    whole = fit.scores(examples)
    for rows in (np.array([7]), np.array([300, 8, 2]), np.arange(len(whole))[::-5]):
        lines = examples.lines
        assert lines is not None
        few = replace(
            examples,
            features=examples.features.iloc[rows],
            customer_id=examples.customer_id[rows],
            label=examples.label[rows],
            lines=replace(lines, first=lines.first[rows], end=lines.end[rows], opens=lines.opens[rows]),
        )
        assert fit.scores(few) == pytest.approx(whole[rows], rel=1e-5, abs=1e-4)


@pytest.mark.parametrize("name", EVERY)
def test_weights_count(name: str) -> None:
    """Half of the customers carry a turned label: whom the weights favour is believed."""
    examples, other = drawn("features", 1), drawn("features", 2)
    is_odd = examples.customer_id % 2 == 1
    mixed = replace(examples, label=np.where(is_odd, 1 - examples.label, examples.label))
    for is_heavy, is_right in ((~is_odd, True), (is_odd, False)):
        heavy = replace(mixed, weight=np.where(is_heavy, 20.0, 1.0))
        chance = chance_in_order(fitted(name, heavy).scores(other), other.label > 0.5)
        assert (chance > 0.7) if is_right else (chance < 0.3)


@pytest.mark.parametrize("name", EVERY)
def test_labels_weights_and_features_that_are_none_are_refused(name: str) -> None:
    examples = drawn("features")
    faults = {
        "label": replace(examples, label=np.where(examples.customer_id == 150, 2.0, examples.label)),
        "weight": replace(examples, weight=np.where(examples.customer_id == 150, 0.0, examples.weight)),
        "feature a": replace(examples, features=examples.features.assign(a=np.float32(np.inf))),
    }
    for place, wrong in faults.items():
        with pytest.raises(BadInput, match=place):
            fitted(name, wrong)


@pytest.mark.parametrize("name", EVERY)
def test_a_learner_with_other_labels_learns_the_same_as_anew(name: str) -> None:
    examples = drawn("features")
    turned = replace(examples, label=1 - examples.label)
    learner = MODELS[name].learner(examples, SETTINGS[name], 1)
    again = learner.relabelled(turned.label, turned.weight).fit(CHOICE)
    assert (again.scores(examples) == fitted(name, turned).scores(examples)).all()
    with pytest.raises(BadInput, match="label"):
        learner.relabelled(turned.label + 1, turned.weight)


def test_an_epoch_sees_all_who_are_suspected_and_others_who_stand_for_the_rest() -> None:
    rng = np.random.default_rng(1)
    label = np.where(rng.random(4_000) < 0.05, 0.6, 0.0)
    weight = np.where(label > 0, 0.3, 2.4)
    steps = list(WAY.batches(label, weight, np.arange(len(label)), seed=3))
    rows = np.concatenate([rows for rows, _ in steps])
    counts = np.concatenate([counts for _, counts in steps])
    assert max(len(rows) for rows, _ in steps) <= WAY.batch
    seen = np.bincount(rows, minlength=len(label))
    assert (seen[label > 0] == WAY.epochs).all()
    assert 0.23 < seen[label == 0].mean() / WAY.epochs < 0.27
    assert counts.mean() == pytest.approx(1, rel=0.05)
    is_suspected = label[rows] > 0
    share = counts[is_suspected].sum() / counts.sum()
    assert share == pytest.approx(weight[label > 0].sum() / weight.sum(), rel=0.05)


def test_rows_of_one_number_come_one_after_the_other() -> None:
    together = np.random.default_rng(2).integers(0, 50, 600)
    way = replace(WAY, epochs=1, seen_share=1.0)
    found = np.concatenate([rows for rows, _ in way.batches(np.zeros(600), np.ones(600), together, 1)])
    assert sorted(found) == list(range(600))
    assert (np.diff(together[found]) != 0).sum() == len(np.unique(together)) - 1


@pytest.mark.parametrize("name", BY_TABLE)
def test_a_network_of_the_features_is_told_nothing_by_a_line(name: str) -> None:
    other = drawn("lines", 2)
    found = fitted(name, drawn("lines", 1)).scores(other)
    assert 0.4 < chance_in_order(found, other.label > 0.5) < 0.6


def test_members_of_tabm_differ_and_their_mean_is_the_score() -> None:
    import torch

    examples = drawn("features")
    fit = fitted("tabm", examples)
    with torch.inference_mode():
        margins = fit.network(torch.from_numpy(fit.scale(examples.features))).numpy()
    assert margins.shape == (len(examples.label), SETTINGS["tabm"].shape()["members"])
    assert margins.std(axis=1).max() > 0.01
    assert fit.scores(examples) == pytest.approx(margins.mean(axis=1), abs=1e-4)
