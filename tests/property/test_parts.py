"""A bank dealt out to parts at random is measured as one machine measures it, to the byte."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from engines.parts import parts_engine
from engines.passes import Asked, measure_bank
from engines.relations import Dealing
from tests.property.dealt import DEALINGS, differing, in_one


@pytest.mark.parametrize("dealing", DEALINGS, ids=str)
def test_every_column_is_the_same_to_the_byte_however_parties_and_components_are_dealt(
    dealing: Dealing, whole_indicators: dict[str, pd.DataFrame], asked: Asked, written_bank: Path
) -> None:
    out = written_bank / "out"
    with parts_engine(written_bank / "between", processes=0) as engine:
        rows = measure_bank(engine, asked, dealing, out)
    for name, expected in whole_indicators.items():
        found = in_one(out / name)
        assert rows[name] == len(found) == len(expected) > 0
        assert not differing(found, expected)
