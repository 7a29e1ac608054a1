"""A party whose time is cut into slices is looked at as if it were in one piece, to the byte."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

import pipeline
from data import schema
from data.schema import HOUR_US
from engines.network import NetworkAsked, measure_network
from engines.network.passes import TABLE
from engines.parts import parts_engine
from engines.passes import follow_money, open_bank
from engines.relations import Dealing
from tests.property.dealt import differing, gathered, in_one

IN_ONE = Dealing(1)
LOOKED_AT = ("ties", "ties_cuts")
CUT = [Dealing(5, 7_919, 13, hub=300), Dealing(11, 104_729, 5, hub=40)]


@pytest.fixture
def bank_with_hub(entangled_bank: Path, with_hub: pd.DataFrame) -> Path:
    pipeline.write(schema.Transactions, with_hub.copy())
    return entangled_bank


@pytest.mark.parametrize("dealing", CUT, ids=str)
def test_network_features_are_the_same_to_the_byte_however_hubs_are_cut(
    dealing: Dealing, network_with_hub: pd.DataFrame, network_asked: NetworkAsked, bank_with_hub: Path
) -> None:
    between = bank_with_hub / "between"
    with parts_engine(between, processes=0) as engine:
        open_bank(engine, network_asked.observe.high_risk_countries)
        rows = measure_network(engine, network_asked, dealing, bank_with_hub / "out")
        ties, cuts = (
            parquet.read_table(between / f"{name}.parquet").to_pandas() for name in ("ties", "ties_cuts")
        )
        dealt = {part: table.to_pandas() for part, table in dealt_parts(between / "dealt" / "ties_by_party")}
    found = in_one(bank_with_hub / "out" / TABLE)
    assert rows[TABLE] == len(found) == len(network_with_hub) > 0
    assert not differing(found, network_with_hub)
    assert_hub_is_cut(ties, cuts, dealing)
    hub = cuts["party"].value_counts().index[0]
    everywhere = {part for part, rows in dealt.items() if (rows["departs"] & (rows["payer"] == hub)).any()}
    assert everywhere == set(range(dealing.parts))
    assert sum(rows["departs"].sum() for rows in dealt.values()) == len(ties)


def dealt_parts(folder: Path) -> list[tuple[int, pa.Table]]:
    """What was dealt to each part."""
    return [
        (int(part.name.split("=")[1]), parquet.read_table(part, partitioning=None))
        for part in folder.glob("part=*")
    ]


def assert_hub_is_cut(ties: pd.DataFrame, cuts: pd.DataFrame, dealing: Dealing) -> None:
    """Slices of the busiest party have all its payments once, each no more than asked for and an hour's."""
    hub = cuts["party"].value_counts().index[0]
    at = ties.loc[(ties["payer"] == hub) | (ties["payee"] == hub), "moment"]
    slices = cuts[cuts["party"] == hub]
    sizes = [((at >= cut.starts) & (at < cut.ends)).sum() for cut in slices.itertuples()]
    assert len(at) > len(ties) / 5
    assert sum(sizes) == len(at)
    assert max(sizes) <= dealing.hub + (at // HOUR_US).value_counts().max()
    assert len(slices) >= len(at) / max(sizes)


@pytest.mark.parametrize("dealing", CUT, ids=str)
def test_money_is_followed_through_hubs_however_they_are_cut(
    dealing: Dealing, network_asked: NetworkAsked, bank_with_hub: Path
) -> None:
    whole, cut = (followed(bank_with_hub / "between", network_asked, how) for how in (IN_ONE, dealing))
    for name, expected in whole.items():
        assert cut[name].equals(expected)
        assert len(expected) > 0


def followed(between: Path, asked: NetworkAsked, dealing: Dealing) -> dict[str, pd.DataFrame]:
    """Links of the trails, and the round trips and chains they make, in order."""
    with parts_engine(between, processes=0) as engine:
        open_bank(engine, asked.observe.high_risk_countries)
        follow_money(engine, dealing, asked.observe)
        found = {name: gathered(between / "answers" / name).to_pandas() for name in ("edges", "followed")}
    return {name: table.sort_values(list(table), ignore_index=True) for name, table in found.items()}
