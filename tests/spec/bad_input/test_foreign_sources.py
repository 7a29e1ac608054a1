"""Foreign data that cannot be read is refused with file, row and column."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data import simulate
from data.sources import World, gather
from data.sources.amlsim import amlsim
from data.sources.amlsim_paper import amlsim_paper
from tests.spec.bad_input.refusals import edit, refusal
from tests.spec.foreign import stricter, terms

AMOUNT = "a number below 1e+15"


DAYS = "a whole number of days"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("utc_offset_hours", 15),
        ("time_unit", "weeks"),
        ("time_format", "%Q"),
        ("time_format", "%d/%m/%Y %Z"),
        ("time_format", ""),
        ("start", "some day"),
        ("ties", "apart"),
        ("bank_of", ["orig_bank"]),
        ("rates", {"Euro": 0}),
        ("clock", 8),
    ],
)
def test_what_is_said_of_a_source_is_checked_before_it_is_read(here: Path, key: str, value: object) -> None:
    edit(here / "params.yaml", lambda values: values["sources"]["amlsim"].update({key: value}))
    assert refusal(simulate.read_inputs, "amlsim", "folder").startswith(f"params.yaml: sources.amlsim.{key}")


@pytest.mark.parametrize(
    ("key", "value"), [("utc_offset_hours", float("nan")), ("rates", {"Euro": float("inf")})]
)
def test_what_is_said_of_a_source_is_finite(here: Path, key: str, value: object) -> None:
    edit(here / "params.yaml", lambda values: values["sources"]["amlsim"].update({key: value}))
    said = refusal(simulate.read_inputs, "amlsim", "folder")
    assert re.fullmatch(r"params\.yaml, line \d+: expected a finite number, found \.(nan|inf)", said), said


@pytest.mark.parametrize(
    ("key", "value"), [("most_outside_share", 1), ("most_unknown_share", -0.1), ("most", 0)]
)
def test_a_limit_that_cannot_be_is_refused(here: Path, key: str, value: object) -> None:
    edit(here / "params.yaml", lambda values: values["source_limits"].update({key: value}))
    assert refusal(simulate.read_inputs, "amlsim", "folder").startswith(f"params.yaml: source_limits.{key}")


def nodes(text: str, transfers: str = "1,2,10.5,1\n2,3,20,28\n") -> Callable[[], World]:
    """Read an AMLSim folder with the given rows."""
    folder = Path("foreign")
    folder.mkdir(exist_ok=True)
    (folder / "nodes.csv").write_text("nodeid,isFraud,init_balance,fraudStep\n" + text)
    (folder / "transactions.csv").write_text("sourceNodeId,targetNodeId,value,time\n" + transfers)
    return lambda: amlsim(folder, terms("amlsim", stricter(most_unreadable_share=0.1)))


NODES = "1,0,5,-1\n2,1,5,9\n3,0,5,-1\n"


def test_a_good_folder_is_read(here: Path) -> None:
    assert len(gather(nodes(NODES)()).transactions) == 2


@pytest.mark.parametrize(
    ("rows", "transfers", "file", "place"),
    [
        ("1,0,5,-1\n2,si,5,9\n", None, "nodes", "row 2, column isFraud: expected true or false, found 'si'"),
        ("1,0,5,-1\n,0,5,9\n", None, "nodes", "row 2, column nodeid: expected an id, found ''"),
        ("1,0,5,-1\n(null),0,5,9\n", None, "nodes", "row 2, column nodeid: expected an id, found '(null)'"),
        (NODES, "1,2,ten,1\n", "transactions", f"row 1, column value: expected {AMOUNT}, found 'ten'"),
        (NODES, "1,2,1,1\n1,2,1,\n", "transactions", f"row 2, column time: expected {DAYS}, found ''"),
        (NODES, "1,2,1,1\n1,2,1,1.5\n", "transactions", f"row 2, column time: expected {DAYS}, found '1.5'"),
    ],
)  # fmt: skip
def test_too_many_malformed_values_are_refused_with_row_and_column_of_the_first(
    here: Path, rows: str, transfers: str | None, file: str, place: str
) -> None:
    read = nodes(rows) if transfers is None else nodes(rows, transfers)
    count = len((rows if transfers is None else transfers).splitlines())
    assert refusal(read) == (
        f"foreign/{file}.csv, {place}; 1 of {count} rows cannot be read, "
        "more than params.yaml: source_limits.most_unreadable_share 0.1 allows"
    )


def test_a_missing_column_is_named_with_those_found(here: Path) -> None:
    read = nodes(NODES)
    Path("foreign/nodes.csv").write_text("id,isFraud\n1,0\n")
    assert refusal(read) == "foreign/nodes.csv: column 'nodeid' is missing, found id, isFraud"


@pytest.mark.parametrize("text", ["", 'nodeid,isFraud\n"1,0\n', b"\xff\xfe\x00"])
def test_a_file_that_is_no_csv_is_named(here: Path, text: str | bytes) -> None:
    read = nodes(NODES)
    Path("foreign/nodes.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    assert refusal(read).startswith("foreign/nodes.csv: expected a CSV file")


def test_too_few_days_for_the_calendar_are_refused(here: Path) -> None:
    assert "the calendar needs 28 days of transfers, found 2" in refusal(nodes(NODES, "1,2,1,1\n1,2,1,2\n"))
    assert "found 0" in refusal(nodes(NODES, ""))


def test_an_infinite_amount_is_refused(here: Path) -> None:
    for amount in ("inf", "-inf", "1e300"):
        assert refusal(nodes(NODES, f"1,2,{amount},1\n2,3,20,28\n")).startswith(
            f"foreign/transactions.csv, row 1, column value: expected {AMOUNT}, found {amount!r}; "
        )


@pytest.mark.parametrize("number", ["inf", "1e300", "9" * 19, "9" * 20, "9" * 40])
def test_a_number_that_no_int64_holds_is_a_name_like_any_other_but_no_day(here: Path, number: str) -> None:
    world = gather(nodes(NODES + f"{number},0,5,-1\n")())
    assert number in set(world.account_names["name"])
    assert refusal(nodes(NODES, f"1,2,5,1\n2,3,20,{number}\n")).startswith(
        f"foreign/transactions.csv, row 2, column time: expected {DAYS}, found {number!r}; "
    )


def test_an_account_listed_twice_is_refused(here: Path) -> None:
    assert refusal(nodes(NODES + "2,0,5,-1\n")) == (
        "foreign/nodes.csv, row 4, column nodeid: expected each value once, found 2 again"
    )
    read = paper("")
    Path("foreign/accounts.csv").write_text("acct_id\n1\n2\n3\n1\n")
    assert refusal(read).startswith("foreign/accounts.csv, row 4, column acct_id: ")


def paper(alerts: str, transfers: pd.DataFrame | None = None) -> Callable[[], object]:
    folder = Path("foreign")
    folder.mkdir(exist_ok=True)
    (folder / "accounts.csv").write_text("acct_id\n1\n2\n3\n")
    (folder / "alert_transactions.csv").write_text("alert_id,alert_type,is_sar,tran_id\n" + alerts)
    if transfers is None:
        moments = ["2020-01-01T00:00:00Z", "2020-01-27T00:00:00Z"]
        transfers = pd.DataFrame(
            {"tran_id": [1, 2], "orig_acct": [1, 2], "bene_acct": [2, 3], "base_amt": [5.0, 6.0]}
        ).assign(tran_timestamp=moments)
    transfers.to_parquet(folder / "transactions.zstd.parquet")
    return lambda: amlsim_paper(folder, terms("amlsim_paper", stricter(most_unreadable_share=0.1)))


def test_a_parquet_source_names_file_row_and_column_too(here: Path) -> None:
    assert refusal(paper("7,fan_in,perhaps,1\n")).startswith(
        "foreign/alert_transactions.csv, row 1, column is_sar: expected true or false, found 'perhaps'; 1 "
    )
    bad = pd.DataFrame({"tran_id": [1], "orig_acct": [1], "bene_acct": [2], "base_amt": [np.nan]})
    assert refusal(paper("", bad.assign(tran_timestamp="2020-01-01"))).startswith(
        f"foreign/transactions.zstd.parquet, row 1, column base_amt: expected {AMOUNT}, found nothing; "
    )
    read = paper("")
    Path("foreign/transactions.zstd.parquet").write_text("no parquet")
    assert refusal(read).startswith("foreign/transactions.zstd.parquet: expected a Parquet file")


def test_a_transaction_in_two_alerts_is_refused(here: Path) -> None:
    assert refusal(paper("7,fan_in,True,1\n8,cycle,True,1\n")) == (
        "foreign/alert_transactions.csv, row 2, column tran_id: expected each value once, found 1 again"
    )
