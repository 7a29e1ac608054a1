"""The feature matrix of a bank that is dealt out at random is that of stage build, to the byte."""

from __future__ import annotations

from pathlib import Path

from engines.features import FeaturesAsked, measure_features
from engines.features.profile import DEVIATIONS
from engines.parts import parts_engine
from engines.passes import deal_customers, open_bank
from features import build
from tests.property.dealt import DEALING, differing_features


def test_features_and_lines_are_the_same_to_the_byte_however_customers_are_dealt(
    built: build.ModelInputs, features_asked: FeaturesAsked, drowsy_bank: Path
) -> None:
    out = drowsy_bank / "out"
    with parts_engine(drowsy_bank / "between", processes=0) as engine:
        open_bank(engine, features_asked.network.observe.high_risk_countries)
        deal_customers(engine, DEALING)
        rows = measure_features(engine, features_asked, DEALING, out)
    assert set(rows.values()) == {len(built.matrix), len(built.line)}
    assert not differing_features(out, built)


def test_the_bank_has_what_is_told_of_others(built: build.ModelInputs) -> None:
    matrix = built.matrix
    for name in DEVIATIONS:
        assert (matrix[name].abs() > 1).sum() > 100
    assert (matrix["household_size"] > 1).sum() > 100
    assert matrix["city_size_rank"].nunique() > 3
