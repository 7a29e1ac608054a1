"""Features and scores of a bank dealt out at random are those of stages build and score, to the byte."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

import pipeline
from engines.features import FeaturesAsked, ScoresAsked, measure_features
from engines.features.matrix import MATRIX
from engines.features.profile import DEVIATIONS
from engines.features.scores import TABLE as SCORES
from engines.features.scores import scores_of_part
from engines.parts import parts_engine
from engines.passes import deal_customers, open_bank
from features import build
from features.schema import FeatureMatrix
from models.zoo import MODELS
from pipeline import BadInput
from tests.property.dealt import DEALING, differing, differing_features, in_one, matrix_of
from tests.property.landed import landings
from tests.property.scored import CHOICES, LEARNT_FROM, RANKER, fit_chosen_model, scored_in_one


def test_features_lines_and_scores_are_the_same_to_the_byte_however_customers_are_dealt(
    built: build.ModelInputs,
    features_asked: FeaturesAsked,
    drowsy_bank: Path,
    whole_scores: pd.DataFrame,
    scores_asked: ScoresAsked,
) -> None:
    out = drowsy_bank / "out"
    with parts_engine(drowsy_bank / "between", processes=0) as engine:
        open_bank(engine, features_asked.network.observe.high_risk_countries)
        deal_customers(engine, DEALING)
        rows = measure_features(engine, features_asked, DEALING, out, scores=scores_asked)
    assert set(rows.values()) == {len(built.matrix), len(built.line)}
    assert not differing_features(out, built)
    assert rows[SCORES] == len(whole_scores)
    assert not differing(in_one(out / SCORES), whole_scores)


def test_the_bank_has_what_is_told_of_others(built: build.ModelInputs) -> None:
    matrix = built.matrix
    for name in DEVIATIONS:
        assert (matrix[name].abs() > 1).sum() > 100
    assert (matrix["household_size"] > 1).sum() > 100
    assert matrix["city_size_rank"].nunique() > 3


def test_all_models_of_trees_are_tried() -> None:
    assert set(CHOICES) == {name for name, model in MODELS.items() if model.is_trees}


@pytest.mark.parametrize("ranker", CHOICES)
def test_trees_score_a_row_by_nothing_but_the_row(
    ranker: str, drowsy_bank: Path, built: build.ModelInputs
) -> None:
    fit_chosen_model(built, ranker)
    expected, asked = scored_in_one(ranker), ScoresAsked.read(ranker)
    matrix = pa.Table.from_pandas(matrix_of(built), MATRIX, preserve_index=False)
    cuts = [0, 1, 2, 9, 1_000, 1_000, 7_001, len(matrix)]
    parts = [matrix.slice(start, end - start) for start, end in pairwise(cuts)]
    found = pa.concat_tables([scores_of_part(part, asked) for part in parts]).to_pandas()
    assert expected["score"].nunique() > 100
    assert not differing(found, expected)
    unfilled = replace(asked, typical=asked.typical.iloc[:0])  # as if nothing were known of training
    assert differing(scores_of_part(matrix, unfilled).to_pandas(), expected) == ["score"]


@pytest.mark.parametrize(
    ("ranker", "why"),
    [
        ("gnn", "it reads the graph around a customer"),
        ("sequence", "it reads the customer's line of payments"),
        ("logistic", "the last bits of sums may depend on the rows beside"),
        ("stack", "expected one of"),
    ],
)
def test_a_model_that_looks_beyond_a_row_is_refused_with_the_reason(ranker: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        ScoresAsked.read(ranker)


def test_other_features_than_those_of_the_run_are_refused(
    drowsy_bank: Path, built: build.ModelInputs
) -> None:
    fit_chosen_model(built)
    pipeline.write(FeatureMatrix, built.matrix.drop(columns=LEARNT_FROM))
    with pytest.raises(BadInput, match="other features"):
        ScoresAsked.read(RANKER)


def test_what_is_shared_comes_once_to_each_process(drawn_bank: Path, tmp_path: Path) -> None:
    with parts_engine(tmp_path / "between", processes=2) as engine:
        found = landings(engine, drawn_bank, tmp_path / "out")
    assert set(found["times"]) == {1}
