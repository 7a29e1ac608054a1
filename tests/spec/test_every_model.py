"""What is asked of every model of the zoo alike: it learns what the labels say, and nothing else.

The bank is small: customers over three weeks, with a graph of payments and lines of tokens that
say nothing, and features of which one tells who is suspicious. Half of the customers are
learnt from, the other half is scored.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import pipeline
from benchmarks.gnn import drawn
from check import laid_over
from features.schema import TOKEN_COLUMNS
from models.truth.areas import area_under_roc, ranks
from models.tune import unsearched
from models.zoo import GRAPH, MODELS, Choice, Examples, Fitted, PaymentLines, start_of

CUSTOMERS, COLUMNS, TOKENS = 600, 24, 12
DEALS = 4  # of shuffled labels; one alone may be lucky
LEARNT = [name for name, model in MODELS.items() if model.is_supervised]
TOLERANCE = 1e-4  # of a score's spread, between two fits that add in another order


@cache
def bank() -> Examples:
    """Customers of whom a tenth is suspicious, told by the first feature and by nothing else."""
    rng = np.random.default_rng(5)
    plain = drawn(CUSTOMERS, 1)
    is_suspicious = (rng.random(CUSTOMERS) < 0.1)[plain.customer_id]
    values = rng.standard_normal((len(plain.label), COLUMNS)).astype(np.float32)
    values[:, 0] += 2.5 * is_suspicious
    values[rng.random(values.shape) < 0.03] = np.nan
    week = np.arange(len(plain.label)) // CUSTOMERS
    opens = plain.customer_id * TOKENS
    tokens = rng.integers(0, 2, (CUSTOMERS * TOKENS, len(TOKEN_COLUMNS))).astype(np.uint8)
    return replace(
        plain,
        features=pd.DataFrame(values, columns=[f"feature_{place}" for place in range(COLUMNS)]),
        label=is_suspicious.astype(float),
        lines=PaymentLines(tokens, opens, opens, opens + TOKENS // 3 * (week + 1)),
    )


def of_customers(examples: Examples, half: int) -> Examples:
    """The weeks of every second customer; all others stay in the graph."""
    mine = examples.customer_id % 2 == half
    lines = examples.lines
    assert lines is not None
    return replace(
        examples,
        features=examples.features[mine].reset_index(drop=True),
        customer_id=examples.customer_id[mine],
        as_of=examples.as_of[mine].reset_index(drop=True),
        label=examples.label[mine],
        weight=examples.weight[mine],
        lines=PaymentLines(lines.tokens, lines.opens[mine], lines.first[mine], lines.end[mine]),
    )


@cache
def told(name: str) -> tuple[Any, Choice]:
    """Settings as in the smoke world, on one processor and long enough to learn, and a choice of them."""
    base, smaller = (
        pipeline.read_yaml(Path(file))["models"] for file in ("params.yaml", "params.smoke.yaml")
    )
    section = laid_over(base[name], smaller.get(name, {})) | {"threads": 1}
    longer = {"epochs": 25, "batch": 128, "seen_share": 1.0}
    section |= {key: value for key, value in longer.items() if key in section}
    settings = pipeline.parse(MODELS[name].settings, section, name)
    start = start_of(MODELS[name], settings, name)
    return settings, unsearched(MODELS[name], settings, start).choice


@cache
def fitted_once(name: str) -> Fitted:
    """The model of the first half of the customers."""
    return fit(name, of_customers(bank(), 0))


def fit(name: str, examples: Examples) -> Fitted:
    settings, choice = told(name)
    return MODELS[name].fit(examples, choice, settings, settings.seed)


def area(name: str, learnt: Examples, scored: Examples) -> float:
    """Area under the ROC of a model on customers whom it never saw."""
    return area_under_roc(ranks(fit(name, learnt).scores(scored)), scored.label > 0)


def with_column(examples: Examples, values: np.ndarray) -> Examples:
    features = examples.features.assign(feature_7=values.astype(np.float32))
    return replace(examples, features=features)


@pytest.mark.parametrize("name", LEARNT)
def test_a_model_finds_the_customers_whom_the_labels_describe(name: str) -> None:
    scored = of_customers(bank(), 1)
    assert area_under_roc(ranks(fitted_once(name).scores(scored)), scored.label > 0) > 0.7


@pytest.mark.parametrize("name", LEARNT)
def test_shuffled_labels_bring_a_model_to_the_base_rate(name: str) -> None:
    """Labels are dealt anew among customers."""
    learnt, scored = of_customers(bank(), 0), of_customers(bank(), 1)
    areas = []
    for deal in range(DEALS):
        order = np.random.default_rng(deal).permutation(CUSTOMERS)
        label = bank().label[:CUSTOMERS][order][learnt.customer_id]
        areas.append(area(name, replace(learnt, label=label), scored))
    assert 0.35 < np.mean(areas) < 0.65, areas


@pytest.mark.parametrize("name", LEARNT)
def test_a_planted_leak_is_caught(name: str) -> None:
    """A column that knows the answer makes a model better than the world allows."""
    learnt, scored = (
        with_column(mine, mine.label + 0.05 * np.random.default_rng(half).standard_normal(len(mine.label)))
        for half, mine in ((half, of_customers(bank(), half)) for half in (0, 1))
    )
    assert area(name, learnt, scored) > 0.95


@pytest.mark.parametrize("name", sorted(set(MODELS) - set(LEARNT)))
def test_a_score_without_labels_is_the_same_whatever_they_say(name: str) -> None:
    learnt, scored = of_customers(bank(), 0), of_customers(bank(), 1)
    turned = replace(learnt, label=1 - learnt.label)
    assert np.array_equal(fit(name, learnt).scores(scored), fit(name, turned).scores(scored))


@pytest.mark.parametrize("name", sorted(MODELS))
def test_a_model_read_back_scores_as_it_did_when_it_was_saved(name: str, tmp_path: Path) -> None:
    scored, fitted = of_customers(bank(), 1), fitted_once(name)
    fitted.save(tmp_path / "model")
    again = MODELS[name].load(tmp_path / "model").scores(scored)
    assert again == pytest.approx(fitted.scores(scored), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_the_same_parameters_give_the_same_model(name: str, tmp_path: Path) -> None:
    """To the byte; networks that add up a graph may differ in the last bits of their scores."""
    scored, found = of_customers(bank(), 1), []
    for place, fitted in enumerate((fitted_once(name), fit(name, of_customers(bank(), 0)))):
        fitted.save(tmp_path / f"model_{place}")
        found.append(fitted.scores(scored))
    if GRAPH in MODELS[name].needs:
        assert np.abs(found[0] - found[1]).max() <= TOLERANCE * np.ptp(found[0])
    else:
        assert (tmp_path / "model_0").read_bytes() == (tmp_path / "model_1").read_bytes()


@pytest.mark.parametrize("name", sorted(MODELS))
def test_a_score_depends_on_its_own_subject_and_not_on_who_else_is_scored(name: str) -> None:
    """A ranking of a part of the customers keeps their order."""
    scored, fitted = of_customers(bank(), 1), fitted_once(name)
    whole = fitted.scores(scored)
    assert np.isfinite(whole).all()
    keep = np.arange(len(whole)) % 3 > 0
    lines = scored.lines
    assert lines is not None
    part = replace(
        scored,
        features=scored.features[keep].reset_index(drop=True),
        customer_id=scored.customer_id[keep],
        as_of=scored.as_of[keep].reset_index(drop=True),
        label=scored.label[keep],
        weight=scored.weight[keep],
        lines=PaymentLines(lines.tokens, lines.opens[keep], lines.first[keep], lines.end[keep]),
    )
    if GRAPH not in MODELS[name].needs:  # in a graph those who are scored are each other's neighbours
        assert fitted.scores(part) == pytest.approx(whole[keep], rel=1e-4, abs=1e-5)
