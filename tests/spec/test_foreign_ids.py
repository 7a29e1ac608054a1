"""Ids of foreign data are names: read as text, numbered inside, printed as the file wrote them."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from data.sources import Whole, gather
from data.sources.amlsim import amlsim
from data.sources.amlsim_paper import amlsim_paper
from pipeline import BadInput
from tests.spec.foreign import (
    amlsim_folder,
    aside,
    called,
    paper_folder,
    payments,
    rows_aside,
    stricter,
    terms,
)

DAYS = ["2020-01-01", "2020-01-28"]
FIRST, LAST = "1,2,5,1\n", "1,2,5,28\n"  # fill the calendar


def transfers(**columns: object) -> pd.DataFrame:
    """Two transfers, the second of which fills the calendar."""
    plain = {
        "tran_id": ["a", "b"],
        "orig_acct": ["1", "1"],
        "bene_acct": ["2", "2"],
        "base_amt": [1.0, 2.0],
        "tran_timestamp": DAYS,
    }
    return pd.DataFrame(plain | columns)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("8E5", "800000"),
        ("0280", "280"),
        ("6222021234567890123", "6222021234567890160"),
        ("6222021234567890123", "6222021234567890123.0"),
        ("0x1F", "31"),
        ("8000EBD30", "8000ebd30"),
        ("true", "1"),
        ("7", " 7"),
    ],
)
def test_two_ids_that_are_one_number_are_two_accounts(tmp_path: Path, one: str, other: str) -> None:
    nodes = f"1,0,5,-1\n2,0,5,-1\n{one}x,0,5,-1\n{one},0,5,-1\n{other},0,5,-1\n"
    nodes = "".join(dict.fromkeys(nodes.splitlines(keepends=True)))
    world = amlsim_folder(tmp_path, nodes, f"{one},2,10,1\n{other},2,20,1\n" + LAST)
    assert not aside(world)
    assert {(payer, cents) for _, payer, _, cents in payments(world)} >= {(one, 1_000), (other, 2_000)}


def test_an_id_written_otherwise_than_its_account_is_unknown_and_set_aside_as_written(tmp_path: Path) -> None:
    nodes = "6222021234567890123,0,5,-1\n1,0,5,-1\n2,0,5,-1\n"
    world = amlsim_folder(
        tmp_path, nodes, "6222021234567890123.0,2,10,1\n6222021234567890123,2,20,1\n" + LAST
    )
    assert aside(world) == {"transfers_unknown_account": 1}
    (row,) = rows_aside(world, "transfers_unknown_account").itertuples(index=False)
    assert (row.row, row.payer, row.payee) == (1, "6222021234567890123.0", "2")
    assert ("2018-01-01", "6222021234567890123", "2", 2_000) in payments(world)


def test_more_unknown_accounts_than_the_limit_refuse_the_file_with_the_first(tmp_path: Path) -> None:
    nodes = "1,0,5,-1\n2,0,5,-1\n"
    with pytest.raises(BadInput) as refused:
        amlsim_folder(tmp_path, nodes, "1,2,1,1\n01,2,1,2\n" + LAST, limits=stricter(most_unknown_share=0.01))
    assert str(refused.value) == (
        f"{tmp_path / 'transactions.csv'}, row 2: account '01' is missing from the accounts; "
        "1 of 3 transfers name such a one, "
        "more than params.yaml: source_limits.most_unknown_share 0.01 allows"
    )


def test_the_order_of_the_accounts_in_the_file_does_not_show_in_their_numbers(tmp_path: Path) -> None:
    rows = ["10,0,5,-1\n", "9,0,5,-1\n", "1,0,5,-1\n", "2,0,5,-1\n", "b,0,5,-1\n"]
    one, other = (
        called(amlsim_folder(tmp_path, "".join(order), FIRST + LAST))
        for order in (rows, list(reversed(rows)))
    )
    assert one == other == {0: "1", 1: "2", 2: "9", 3: "b", 4: "10"}


@pytest.mark.parametrize(
    "typed",
    [
        np.array([1, 5_000_000_000], dtype=np.int64),
        np.array([1.0, 5_000_000_000.0]),
        pd.Categorical(["1", "5000000000"]),
        pd.Categorical([1, 5_000_000_000]),
        pd.array(["1", "5000000000"], dtype="string"),
        [Decimal(1), Decimal(5_000_000_000)],
        np.array([1, 5_000_000_000], dtype=np.uint64),
    ],
    ids=[
        "whole numbers",
        "floats",
        "categories of text",
        "categories of numbers",
        "text",
        "decimals",
        "unsigned",
    ],
)
def test_typed_columns_of_ids_mean_the_digits_of_their_whole_numbers(tmp_path: Path, typed: object) -> None:
    world = paper_folder(tmp_path, ["1", "2", "5000000000"], transfers(orig_acct=typed))
    assert {payer for _, payer, _, _ in payments(world)} == {"1", "5000000000"}
    assert not aside(world)


@pytest.mark.parametrize("number", [2.0**53, 6222021234567890123.0, 1.5, float("inf")])
def test_floats_that_are_no_certain_whole_number_are_refused_with_the_row(
    tmp_path: Path, number: float
) -> None:
    with pytest.raises(BadInput, match="row 2, column orig_acct: expected ids as text, or whole"):
        paper_folder(tmp_path, ["1", "2"], transfers(orig_acct=[1.0, number]))


def test_a_column_that_holds_no_names_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="column orig_acct: expected ids as text or whole numbers, found bool"):
        paper_folder(tmp_path, ["1", "2"], transfers(orig_acct=[True, False]))


def test_a_missing_id_costs_its_row_alone(tmp_path: Path) -> None:
    table = pd.concat([transfers(orig_acct=[None, "1"]), transfers(tran_id=["c", "d"])])
    world = paper_folder(tmp_path, ["1", "2"], table)
    assert len(world.transactions) == 3
    assert aside(world) == {"transactions_unreadable": 1}
    (row,) = rows_aside(world, "transactions_unreadable").itertuples(index=False)
    assert (row.row, row.column, row.expected, row.found) == (1, "orig_acct", "an id", "nothing")


BANKS = {"acct_id": "bank_id", "orig_acct": "orig_bank", "bene_acct": "bene_bank"}


def test_one_number_at_two_banks_is_two_accounts_where_the_bank_is_part_of_the_key(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("acct_id,bank_id\n1,a\n1,b\n2,a\n")
    (tmp_path / "alert_transactions.csv").write_text("alert_id,alert_type,is_sar,tran_id\n")
    table = transfers(orig_bank=["a", "b"], bene_bank=["a", "a"])
    table.to_parquet(tmp_path / "transactions.zstd.parquet")
    world = gather(amlsim_paper(tmp_path, terms("amlsim_paper", bank_of=BANKS)))
    assert {(payer, payee) for _, payer, payee, _ in payments(world)} == {("a/1", "a/2"), ("b/1", "a/2")}
    assert not aside(world)
    with pytest.raises(BadInput, match="row 2, column acct_id: expected each value once, found 1 again"):
        amlsim_paper(tmp_path, terms("amlsim_paper"))
    with pytest.raises(BadInput, match=r"\.bank_of: unknown account column 'orig_account'"):
        amlsim_paper(tmp_path, terms("amlsim_paper", bank_of=BANKS | {"orig_account": "orig_bank"}))


def test_labels_find_their_transfers_by_name_whatever_the_type_of_the_column(tmp_path: Path) -> None:
    """The alerts are text, the transfers a column of numbers."""
    table = transfers(tran_id=np.array([800_000, 7], np.int64))
    world = paper_folder(
        tmp_path, ["1", "2"], table, "A,cycle,True,800000\nB,cycle,True,8E5\nC,fan,True,07\n"
    )
    assert aside(world) == {"amlsim_paper_alerts": 2}
    assert world.truth["transaction_id"].tolist() == [1]


def test_a_folder_of_parquet_parts_is_read_as_one(tmp_path: Path) -> None:
    world = paper_folder(tmp_path, ["1", "2"], transfers())
    (tmp_path / "transactions.zstd.parquet").unlink()
    (tmp_path / "transactions.zstd.parquet").mkdir()
    for number in (0, 1):
        part = pa.Table.from_pandas(transfers().iloc[[number]], preserve_index=False)
        parquet.write_table(part, tmp_path / f"transactions.zstd.parquet/part-{number}.parquet")
    assert payments(gather(amlsim_paper(tmp_path, terms("amlsim_paper")))) == payments(world)


def test_a_byte_order_mark_and_amounts_as_decimals_change_nothing(tmp_path: Path) -> None:
    plain = amlsim_folder(tmp_path / "plain", "1,0,5,-1\n2,0,5,-1\n", FIRST + LAST)
    for name in ("nodes", "transactions"):
        file = tmp_path / f"plain/{name}.csv"
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert payments(gather(amlsim(tmp_path / "plain", terms("amlsim")))) == payments(plain)
    money = {"base_amt": [Decimal("1.10"), Decimal("2.25")]}
    world = paper_folder(tmp_path / "typed", ["1", "2"], transfers(**money))
    assert {cents for *_, cents in payments(world)} == {110, 225}


NAMINGS = {
    "small": str,
    "long": lambda number: str(6222021234567890000 + number),
    "hexadecimal": lambda number: f"8{number:05X}F",
    "padded": lambda number: f"{number:06}",
    "words": lambda number: f"account {number:02}",
}


@pytest.mark.parametrize("naming", list(NAMINGS)[1:])
def test_the_same_bank_under_other_names_is_the_same_bank(tmp_path: Path, naming: str) -> None:
    """All tables that later stages read are equal, so all that follows is."""
    worlds = []
    for name in (NAMINGS["small"], NAMINGS[naming]):
        nodes = "".join(f"{name(n)},{int(n % 3 == 0)},5,{5 + n if n % 3 == 0 else -1}\n" for n in range(12))
        rows = [(n % 12, (5 * n + 1) % 12, 10 + n, 1 + n % 28) for n in range(140)]
        transfers = "".join(f"{name(a)},{name(b)},{yuan},{day}\n" for a, b, yuan, day in rows)
        worlds.append(amlsim_folder(tmp_path / name(0), nodes, transfers))
    one, other = worlds
    for field in fields(Whole):
        if field.name not in ("account_names", "set_aside"):
            pd.testing.assert_frame_equal(getattr(one, field.name), getattr(other, field.name))
    assert len(one.given_labels) > 0
    assert called(other) == {number: NAMINGS[naming](number) for number in called(one)}
