"""Readers of a whole AMLSim run, AMLworld and SAML-D, on tiny folders in their format."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import pipeline
from data import schema
from data.sources import READERS, SourceLimits, SourceParams, Terms, Whole, gather
from data.sources.amlsim_run import amlsim_run
from data.sources.amlworld import amlworld, read_attempts
from data.sources.saml_d import saml_d
from pipeline import BadInput
from tests.spec.foreign import aside, called, payments, rows_aside, terms

CONTRACTS = {
    "customers": schema.Customers,
    "accounts": schema.Accounts,
    "account_names": schema.AccountNames,
    "transactions": schema.Transactions,
    "truth": schema.Truth,
    "schemes": schema.Schemes,
    "given_labels": schema.GivenLabels,
}


def truth(world: Whole) -> set[tuple[int, str, bool]]:
    """Labelled payments as (cents, typology, is illicit)."""
    cents = world.transactions.set_index("transaction_id")["amount_cents"]
    typology = world.schemes.drop_duplicates("scheme_id").set_index("scheme_id")["typology"]
    return {
        (int(cents[row.transaction_id]), typology[row.scheme_id], bool(row.is_illicit))
        for row in world.truth.itertuples(index=False)
    }


def labelled(world: Whole) -> list[str]:
    """Names of the labelled customers."""
    return sorted(set(world.given_labels["customer_id"].map(called(world))))


def accounted(world: Whole, read: int) -> None:
    """Contracts hold, and every transfer read is a payment or set aside."""
    for name, table in CONTRACTS.items():
        table.validate(getattr(world, name).reset_index(drop=True))
    lost = {
        what: count for what, count in aside(world).items() if "label" not in what and "attern" not in what
    }
    assert len(world.transactions) + sum(lost.values()) == read


# --------------------------------------------------------------- amlsim_run

RUN = """tran_id,orig_acct,bene_acct,tx_type,base_amt,tran_timestamp,is_sar,alert_id
1,10,20,TRANSFER,649.5,2021-01-01T00:00:00Z,False,-1
2,20,30,PAYMENT,5.25,2021-01-05T00:00:00Z,True,7
3,30,10,CASH_OUT,6,2021-01-06T00:00:00Z,False,8
4,10,30,DEBIT,7,2021-01-07T00:00:00Z,True,-1
5,10,,DEBIT,8,2021-01-08T00:00:00Z,False,-1
6,10,20,TRANSFER,9,2021-01-28T00:00:00Z,False,-1
"""


def test_a_run_of_amlsim_carries_its_labels_in_its_rows(tmp_path: Path) -> None:
    (tmp_path / "transactions_1k.csv").write_text(RUN)
    world = gather(amlsim_run(tmp_path, terms("amlsim_run")))
    accounted(world, 6)
    assert ("2021-01-01", "10", "20", 64_950) in payments(world)
    assert truth(world) == {(525, "alert", True), (600, "alert", False), (700, "alert", True)}
    assert labelled(world) == ["10", "20", "30"]
    assert aside(world) == {"transactions_1k_unreadable": 1}
    assert sorted(called(world).values()) == ["10", "20", "30"]


def test_a_run_of_amlsim_with_an_accounts_file_has_its_accounts(tmp_path: Path) -> None:
    (tmp_path / "transactions.csv").write_text(RUN)
    (tmp_path / "accounts.csv").write_text("acct_id,type\n10,I\n20,I\n99,I\n")
    world = gather(amlsim_run(tmp_path, terms("amlsim_run")))
    assert sorted(called(world).values()) == ["10", "20", "99"]
    assert aside(world)["transfers_unknown_account"] == 3


@pytest.mark.parametrize(
    ("files", "found"), [((), "none"), (("a", "b"), "transactions_a.csv, transactions_b.csv")]
)
def test_a_folder_must_hold_one_file_of_transfers(tmp_path: Path, files: tuple[str, ...], found: str) -> None:
    for name in files:
        (tmp_path / f"transactions_{name}.csv").write_text(RUN)
    with pytest.raises(BadInput) as refused:
        amlsim_run(tmp_path, terms("amlsim_run"))
    assert str(refused.value) == f"{tmp_path}: expected one file transactions*.csv, found {found}"


# ----------------------------------------------------------------- amlworld

HEADER = (
    "Timestamp,From Bank,Account,To Bank,Account,Amount Received,Receiving Currency,"
    "Amount Paid,Payment Currency,Payment Format,Is Laundering\n"
)
FAN = [
    "2022/09/02 10:00,011,8000AAA10,020,8000BBB20,10.00,Euro,11.00,US Dollar,ACH,1",
    "2022/09/03 10:00,012,8000AAA10,020,8000BBB20,12.00,Euro,12.00,Euro,ACH,1",
]
ROWS = [
    "2022/09/01 00:20,011,8000AAA10,012,8000AAA10,3697.34,US Dollar,3697.34,US Dollar,Cheque,0",
    *FAN,
    FAN[0],  # the same payment once more, outside the attempt
    "2022/09/05 10:00,020,8000BBB20,020,8000BBB20,9.00,Euro,9.00,Euro,Reinvestment,0",
    "2022/09/28 10:00,020,8000BBB20,011,8000AAA10,8.00,Euro,8.00,Euro,Wire,1",
]


def amlworld_folder(folder: Path, patterns: str | None = None, **params: object) -> Whole:
    (folder / "HI-Tiny_Trans.csv").write_text(HEADER + "\n".join(ROWS) + "\n")
    if patterns is not None:
        (folder / "HI-Tiny_Patterns.txt").write_text(patterns)
    return gather(amlworld(folder, terms("amlworld", **params)))


def test_amlworld_accounts_are_told_by_bank_and_number(tmp_path: Path) -> None:
    """The same number at bank 011 and at bank 012 is two accounts; numbers are hexadecimal."""
    world = amlworld_folder(tmp_path)
    accounted(world, len(ROWS))
    assert sorted(called(world).values()) == ["011/8000AAA10", "012/8000AAA10", "020/8000BBB20"]
    assert ("2022-09-01", "011/8000AAA10", "012/8000AAA10", 369_734) in payments(world)
    assert aside(world) == {"transfers_unusable": 1}  # to itself
    assert "hour" in amlworld(tmp_path, terms("amlworld")).offers


def test_amlworld_laundering_is_of_its_attempt_or_outside_all(tmp_path: Path) -> None:
    lost = "2022/09/09 10:00,1,A,2,B,1.00,Euro,1.00,Euro,ACH,1"
    attempts = "\n".join(
        ["BEGIN LAUNDERING ATTEMPT - FAN-IN:  Max 2-degree Fan-In", *FAN, "END LAUNDERING ATTEMPT - FAN-IN",
         "", "BEGIN LAUNDERING ATTEMPT - CYCLE", lost, "END LAUNDERING ATTEMPT - CYCLE", ""]
    )  # fmt: skip
    world = amlworld_folder(tmp_path, attempts)
    accounted(world, len(ROWS))
    assert truth(world) == {
        (1_100, "FAN-IN", True), (1_200, "FAN-IN", True), (1_100, "outside patterns", True),
        (800, "outside patterns", True),
    }  # fmt: skip
    assert world.schemes["scheme_id"].nunique() == 3
    assert rows_aside(world, "amlworld_patterns")["text"].tolist() == [lost]
    assert labelled(world) == ["011/8000AAA10", "012/8000AAA10", "020/8000BBB20"]


def test_amlworld_without_patterns_has_each_laundering_payment_alone(tmp_path: Path) -> None:
    world = amlworld_folder(tmp_path)
    assert world.schemes["scheme_id"].nunique() == 4
    assert set(world.schemes["typology"]) == {"outside patterns"}


def test_amounts_of_several_currencies_are_converted_where_rates_are_given(tmp_path: Path) -> None:
    amlworld_folder(tmp_path)
    plain = amlworld(tmp_path, terms("amlworld"))
    assert any("amounts in 2 currencies count as they stand" in note for note in plain.notes)
    rates = amlworld(tmp_path, terms("amlworld", rates={"US Dollar": 7.0, "Euro": 8.0}))
    assert not any("currenc" in note or "rates" in note for note in rates.notes)
    assert 7_700 in set(gather(rates).transactions["amount_cents"])
    some = amlworld(tmp_path, terms("amlworld", rates={"Euro": 8.0}))
    assert any("no params.yaml: sources.amlworld.rates for US Dollar" in note for note in some.notes)
    world = gather(some)
    accounted(world, len(ROWS))
    assert aside(world)["transfers_unusable"] == 4


def test_a_broken_line_of_the_patterns_is_refused_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"HI-Tiny_Patterns.txt, line 1: expected 11 fields within an attempt"):
        amlworld_folder(tmp_path, FAN[0] + "\n")


def test_the_head_of_amlworld_and_its_patterns_are_in_the_format_that_is_read(
    root: Path, tmp_path: Path
) -> None:
    folder = root.parent / "shared/data/amlworld"
    if not folder.exists():
        pytest.skip("AMLworld's files are not here")
    head = (folder / "HI-Small_head1000.csv").read_text().splitlines()
    patterns = (folder / "HI-Small_Patterns.txt").read_text()
    planted = [line for line in patterns.splitlines() if line.endswith(",1")]
    late = "2022/09/28 00:00," + head[2].split(",", 1)[1]
    (tmp_path / "HI-Small_Trans.csv").write_text("\n".join([*head, *planted, late]) + "\n")
    (tmp_path / "HI-Small_Patterns.txt").write_text(patterns)
    world = gather(amlworld(tmp_path, terms("amlworld")))
    accounted(world, len(head) + len(planted))
    assert len(read_attempts(tmp_path / "HI-Small_Patterns.txt")) == len(planted) == 3_209
    assert not len(rows_aside(world, "amlworld_patterns"))
    assert "outside patterns" not in set(world.schemes["typology"])


# ------------------------------------------------------------------- saml_d

SAML = """Time,Date,Sender_account,Receiver_account,Amount,Payment_currency,Received_currency,\
Sender_bank_location,Receiver_bank_location,Payment_type,Is_laundering,Laundering_type
10:35:19,2022-10-07,8724731955,2769355426,1459.15,UK pounds,UK pounds,UK,UK,Cash Deposit,0,Normal_Cash
23:59:59,2022-10-08,1491989064,8401255335,6019.64,UK pounds,Dirham,UK,UAE,Cross-border,1,Structuring
,2022-10-09,1491989064,8401255335,1.00,UK pounds,Dirham,UK,UAE,Cross-border,0,Normal_Small_Fan_Out
10:35:20,2022-11-03,287305149,4404767002,14328.44,UK pounds,UK pounds,UK,UK,Cheque,0,Normal_Small_Fan_Out
"""


def test_saml_d_has_date_and_time_apart_and_labels_row_by_row(tmp_path: Path) -> None:
    (tmp_path / "SAML-D.csv").write_text(SAML)
    world = gather(saml_d(tmp_path, terms("saml_d", utc_offset_hours=0)))
    accounted(world, 4)
    assert truth(world) == {(601_964, "Structuring", True)}
    assert labelled(world) == ["1491989064", "8401255335"]
    assert world.transactions["at"].iloc[1] == pd.Timestamp("2022-10-08T23:59:59", tz="UTC")
    assert rows_aside(world, "saml_d_unreadable")["found"].tolist() == ["''"]


def test_saml_d_names_the_column_that_is_missing(tmp_path: Path) -> None:
    (tmp_path / "SAML-D.csv").write_text(SAML.replace("Time,Date", "Clock,Date"))
    with pytest.raises(BadInput, match="column 'Time' is missing, found Clock, Date"):
        saml_d(tmp_path, terms("saml_d"))


# ------------------------------------------------------------ every reader


def test_every_reader_has_a_section_of_parameters_and_a_row_in_the_page(root: Path) -> None:
    sections = pipeline.read_yaml(root / "params.yaml")["sources"]
    assert set(sections) == set(READERS)
    page = (root / "docs/sources.md").read_text(encoding="utf-8")
    for name in READERS:
        assert f"| `{name}` |" in page
    for key in (*SourceParams.model_fields, *SourceLimits.model_fields):
        assert f"`{key}`" in page, key


def test_the_complete_run_of_amlsim_is_read(root: Path) -> None:
    folder = root.parent / "shared/data/amlsim-1k"
    if not folder.exists():
        pytest.skip("the run of AMLSim is not here")
    limits = pipeline.params("source_limits", SourceLimits)
    on_terms = Terms("amlsim_run", pipeline.params("sources.amlsim_run", SourceParams), limits)
    world = gather(amlsim_run(folder, on_terms))
    accounted(world, 52_202)
    assert len(world.customers) == 1_000
    assert len(world.truth) == 59
    assert world.schemes["scheme_id"].nunique() == 10
