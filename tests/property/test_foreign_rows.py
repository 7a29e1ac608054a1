"""Whatever a foreign file calls its accounts and in whatever order it lists them."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from data.sources import Whole, gather
from data.sources.amlsim import amlsim
from data.sources.cells import MISSING
from tests.spec.foreign import aside, called, terms

# Any text but control characters; NUL ends a text for the CSV parser.
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
NAMES = TEXTS.filter(lambda text: text.strip() not in MISSING)
NUMBERS = st.sampled_from(
    ["280", "0280", "280.0", "+280", " 280", "280 ", "2.8e2", "0x118", "２８０", "nan0"]
)


def world_of(accounts: list[str], transfers: list[tuple[str, str, float, int]]) -> Whole:
    with tempfile.TemporaryDirectory() as folder:
        for name, header, rows in (
            ("nodes", ("nodeid", "isFraud", "fraudStep"), [(account, 0, -1) for account in accounts]),
            ("transactions", ("sourceNodeId", "targetNodeId", "value", "time"), transfers),
        ):
            with (Path(folder) / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([header, *rows])
        return gather(amlsim(Path(folder), terms("amlsim")))


def told(world: Whole) -> pd.DataFrame:
    """Payments with names, in an order that does not depend on their numbers."""
    name, table = called(world), world.transactions
    ends = {end: table[f"{end}_account_id"].map(name) for end in ("payer", "payee")}
    told = pd.DataFrame({"at": table["at"], **ends, "cents": table["amount_cents"]})
    return told.sort_values(list(told.columns), ignore_index=True)


@settings(max_examples=15, deadline=None)
@given(accounts=st.lists(NAMES | NUMBERS, min_size=2, max_size=8, unique=True))
def test_every_name_is_an_account_of_its_own_and_comes_back_as_written(accounts: list[str]) -> None:
    ring = list(zip(accounts, [*accounts[1:], accounts[0]], strict=True))
    world = world_of(
        accounts, [(*pair, 10.0 + number, 1 + 27 * (number % 2)) for number, pair in enumerate(ring)]
    )
    assert sorted(world.account_names["name"]) == sorted(accounts)
    assert set(zip(told(world)["payer"], told(world)["payee"], strict=True)) == set(ring)
    assert not aside(world)


@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_the_order_of_rows_changes_neither_numbers_nor_payments(data: st.DataObject) -> None:
    accounts = data.draw(st.lists(NAMES | NUMBERS, min_size=2, max_size=6, unique=True))
    party = st.sampled_from(accounts)
    rows = st.tuples(party, party, st.sampled_from([0.0, 1.5, 7.0]), st.integers(1, 28))
    transfers = data.draw(st.lists(rows, max_size=12))
    transfers += [(accounts[0], accounts[1], 1.0, day) for day in (1, 28)]
    one = world_of(accounts, transfers)
    other = world_of(data.draw(st.permutations(accounts)), data.draw(st.permutations(transfers)))
    pd.testing.assert_frame_equal(one.account_names, other.account_names)
    pd.testing.assert_frame_equal(told(one), told(other))
    assert aside(one) == aside(other)
