"""The feature matrix of a bank that is dealt out at random is that of stage build, to the byte."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import pipeline
from data import schema
from data.sources import Whole
from engines.features import FeaturesAsked, measure_features
from engines.features.passes import SUBJECT_LINES
from engines.features.profile import DEVIATIONS
from engines.network import NetworkAsked
from engines.parts import parts_engine
from engines.passes import Asked, deal_customers, open_bank
from engines.relations import Dealing
from features import build
from features import schema as feature_schema
from features.known import Known
from tests.property.dealt import differing, gathered, in_one

KEYS = ["customer_id", "as_of"]
MATRIX_NAME = pipeline.table_name(feature_schema.FeatureMatrix)
TOKENS_NAME = pipeline.table_name(feature_schema.Sequences)
WEEKLY = pipeline.table_name(schema.WeeklyIndicators)


@pytest.fixture(scope="module")
def features_asked(asked: Asked) -> FeaturesAsked:
    params = pipeline.params("build", build.Params)
    params = params.model_copy(update={"network": params.network.model_copy(update={"threads": 1})})
    return FeaturesAsked(asked.calendar, NetworkAsked(asked.params, params.network), params)


@pytest.fixture(scope="module")
def built(
    small_world: Whole, whole_indicators: dict[str, pd.DataFrame], features_asked: FeaturesAsked
) -> build.ModelInputs:
    """What stage build makes of the small bank."""
    known = Known(
        customers=small_world.customers,
        accounts=small_world.accounts,
        transactions=small_world.transactions,
        tags=small_world.profile_tags,
        weekly=whole_indicators[WEEKLY],
        devices=small_world.devices,
        dispositions=schema.Dispositions.empty(),
    )
    trails = features_asked.network.observe.trails
    return build.model_inputs(known, small_world.periods, features_asked.build, trails)


@pytest.mark.parametrize("dealing", [Dealing(7, 104_729, 5)], ids=str)
def test_features_and_lines_are_the_same_to_the_byte_however_customers_are_dealt(
    dealing: Dealing,
    built: build.ModelInputs,
    whole_indicators: dict[str, pd.DataFrame],
    features_asked: FeaturesAsked,
    small_world: Whole,
    written_bank: Path,
) -> None:
    pipeline.write(schema.ProfileTags, small_world.profile_tags.copy())
    pipeline.write(schema.Dispositions, schema.Dispositions.empty())
    pipeline.write(schema.WeeklyIndicators, whole_indicators[WEEKLY].copy())
    out = written_bank / "out"
    with parts_engine(written_bank / "between", processes=0) as engine:
        open_bank(engine, features_asked.network.observe.high_risk_countries)
        deal_customers(engine, dealing)
        rows = measure_features(engine, features_asked, dealing, out)
    matrix = pd.concat([built.subjects[KEYS], built.matrix.drop(columns="subject_id")], axis=1)
    matrix = matrix.sort_values(KEYS, ignore_index=True)
    found = in_one(out / MATRIX_NAME, matrix)
    assert list(found) == list(matrix)
    assert rows[MATRIX_NAME] == len(found) == len(matrix) > 0
    assert not differing(found, matrix)
    tokens = gathered(out / TOKENS_NAME).to_pandas().sort_values("customer_id", kind="stable")
    pd.testing.assert_frame_equal(tokens.reset_index(drop=True), built.line)
    assert rows[TOKENS_NAME] == len(built.line) > 0
    assert not differing(whole_lines(gathered(out / SUBJECT_LINES).to_pandas(), tokens), spans(built))


def whole_lines(lines: pd.DataFrame, tokens: pd.DataFrame) -> pd.DataFrame:
    """Lines counted from the first payment of all customers, in order of customer and moment."""
    lines = lines.sort_values(KEYS, ignore_index=True)
    first = np.searchsorted(tokens["customer_id"], lines["customer_id"])
    return lines.assign(**{name: lines[name] + first for name in ("token_first", "token_end")})


def spans(built: build.ModelInputs) -> pd.DataFrame:
    """Lines of stage build in the same order."""
    return built.subjects.drop(columns="subject_id").sort_values(KEYS, ignore_index=True)


def test_the_bank_has_what_is_told_of_others(built: build.ModelInputs) -> None:
    matrix = built.matrix
    for name in DEVIATIONS:
        assert (matrix[name].abs() > 1).sum() > 100
    assert (matrix["household_size"] > 1).sum() > 100
    assert matrix["city_size_rank"].nunique() > 3
