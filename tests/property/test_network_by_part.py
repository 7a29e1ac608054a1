"""Network features of a bank that is dealt out at random are those of one machine, to the byte.

Spark is asked in `tests/property/test_spark.py`, where its cluster runs.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from engines.network import NetworkAsked, measure_network
from engines.network.customers import NETWORK_NAMES
from engines.network.passes import TABLE
from engines.parts import parts_engine
from engines.passes import open_bank
from engines.relations import Dealing
from tests.property.dealt import DEALINGS, differing, in_one


@pytest.mark.parametrize("dealing", DEALINGS, ids=str)
def test_network_features_are_the_same_to_the_byte_however_parties_and_components_are_dealt(
    dealing: Dealing, whole_network: pd.DataFrame, network_asked: NetworkAsked, entangled_bank: Path
) -> None:
    with parts_engine(entangled_bank / "between", processes=0) as engine:
        open_bank(engine, network_asked.observe.high_risk_countries)
        rows = measure_network(engine, network_asked, dealing, entangled_bank / "out")
    found = in_one(entangled_bank / "out" / TABLE)
    assert rows[TABLE] == len(found) == len(whole_network) > 0
    assert not differing(found, whole_network)


def test_the_entangled_bank_has_what_is_dealt_apart(whole_network: pd.DataFrame) -> None:
    shown = (whole_network[NETWORK_NAMES] > 0).sum()
    assert (shown > 10).all(), shown[shown <= 10]
    assert (whole_network["chain_hops_28d"] > 2).sum() > 100
    assert (whole_network["scatter_gather_middles_28d"] > 2).sum() > 100
