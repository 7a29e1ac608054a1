"""Readers of foreign data sets, on tiny folders written here, and on the real ones where present."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import pipeline
from data import schema
from data.schema import CHANNELS, PURPOSES
from data.sources import READERS, SourceLimits, SourceParams, Terms, Whole, gather
from tests.spec.foreign import amlsim_folder, aside, called, paper_folder, payments, rows_aside

TABLES = {
    "periods": schema.Periods,
    "customers": schema.Customers,
    "profile_tags": schema.ProfileTags,
    "accounts": schema.Accounts,
    "transactions": schema.Transactions,
    "truth": schema.Truth,
    "schemes": schema.Schemes,
    "given_labels": schema.GivenLabels,
    "account_names": schema.AccountNames,
}


def keep_their_contracts(world: Whole) -> None:
    for name, table in TABLES.items():
        table.validate(getattr(world, name).reset_index(drop=True))


# ------------------------------------------------------------------- amlsim


@pytest.fixture
def sample(tmp_path: Path) -> Whole:
    """Five accounts: 2 is fraud on day 9, 4 fraud without a date, 9 has no account."""
    return amlsim_folder(
        tmp_path,
        "1,0,5,-1\n2,1,5,9\n3,False,5,-1\n4,true,5,-1\n5,0,5,-1\n",
        "1,2,100.05,1\n"  # step 1 is the first day, 1 January 2018
        "2,3,99.5,9\n"
        "3,4,50,9\n"
        "4,1,10,15\n"
        "1,9,10,15\n"  # unknown account
        "3,3,10,15\n"  # to itself
        "3,1,0,15\n"  # no amount
        "1,3,70,28\n"
        "1,3,70,29\n",  # after the four weeks
    )


def test_amlsim_transfers_become_payments_in_order_of_time(sample: Whole) -> None:
    assert payments(sample) == {
        ("2018-01-01", "1", "2", 10_005),
        ("2018-01-09", "2", "3", 9_950),
        ("2018-01-09", "3", "4", 5_000),
        ("2018-01-15", "4", "1", 1_000),
        ("2018-01-28", "1", "3", 7_000),
    }
    assert sample.transactions["at"].is_monotonic_increasing
    assert sample.transactions["transaction_id"].tolist() == [1, 2, 3, 4, 5]
    keep_their_contracts(sample)


def test_amlsim_rows_that_cannot_be_used_are_set_aside_by_reason(sample: Whole) -> None:
    assert aside(sample) == {
        "transfers_unknown_account": 1,
        "transfers_unusable": 2,
        "transfers_late": 1,
        "amlsim_nodes": 1,
    }
    assert rows_aside(sample, "amlsim_nodes")["nodeid"].tolist() == ["4"]


def test_amlsim_no_row_vanishes(sample: Whole) -> None:
    transfers = sum(count for what, count in aside(sample).items() if what.startswith("transfers"))
    assert len(sample.transactions) + transfers == 9


def test_amlsim_labels_are_dated_by_the_step_of_the_fraud(sample: Whole) -> None:
    """Judged from just after the payments of that day on."""
    (given,) = sample.given_labels.itertuples(index=False)
    day = pd.Timestamp("2018-01-09", tz="UTC")
    assert called(sample)[given.customer_id] == "2"
    assert day < given.event_at < day + pd.Timedelta(seconds=1)
    assert given.known_at >= given.event_at
    assert given.value == 1


def test_amlsim_truth_is_what_the_fraud_account_sent_that_day(sample: Whole) -> None:
    ((transaction_id, _, is_illicit, is_patterned),) = sample.truth.itertuples(index=False)
    sent = sample.transactions.set_index("transaction_id").loc[transaction_id]
    assert (called(sample)[sent["payer_account_id"]], sent["amount_cents"], is_illicit) == ("2", 9_950, True)
    assert is_patterned


def test_amlsim_a_fraud_account_without_a_date_is_no_customer_but_stays_a_counterparty(
    sample: Whole,
) -> None:
    name = called(sample)
    assert sorted(sample.customers["customer_id"].map(name)) == ["1", "2", "3", "5"]
    accounts = sample.accounts.set_index("account_id")["customer_id"]
    (undated,) = [number for number, text in name.items() if text == "4"]
    assert pd.isna(accounts[undated])
    assert accounts.drop(undated).astype(int).map(name).tolist() == ["1", "2", "3", "5"]


def test_amlsim_the_order_of_the_rows_in_the_file_does_not_show(tmp_path: Path) -> None:
    """The sample lists fraud first within a day; the reader shuffles before it sorts."""
    size = 200
    lines = [f"{n},{(n + 1) % size},{n + 1},{1 if n < size - 1 else 28}\n" for n in range(size)]
    world = amlsim_folder(tmp_path, "".join(f"{n},0,1,-1\n" for n in range(size)), "".join(lines))
    payer = world.transactions["payer_account_id"].to_numpy()[: size - 1]
    assert abs(np.corrcoef(payer, np.arange(size - 1))[0, 1]) < 0.2


# ------------------------------------------------------------- amlsim_paper


@pytest.fixture
def paper(tmp_path: Path) -> Whole:
    """Alert 7 is SAR on transfer 12, alert 8 is not, alert 9 names a transfer that is lost."""
    transfers = pd.DataFrame(
        {
            "tran_id": [11, 12, 13, 14, 15],
            "orig_acct": [1, 2, 3, 1, 1],
            "bene_acct": [2, 3, 1, 8, 2],
            "base_amt": [10.0, 20.25, 30.0, 40.0, 50.0],
            "tran_timestamp": [f"2020-01-{day:02}T00:00:00Z" for day in (1, 10, 10, 28, 28)],
        }
    )
    alerts = "7,cycle,True,12\n8,fan_in,False,13\n9,cycle,True,99\n"
    return paper_folder(tmp_path, ["1", "2", "3"], transfers, alerts)


def test_amlsim_paper_transfers_become_payments(paper: Whole) -> None:
    assert payments(paper) == {
        ("2020-01-01", "1", "2", 1_000),
        ("2020-01-10", "2", "3", 2_025),
        ("2020-01-10", "3", "1", 3_000),
        ("2020-01-28", "1", "2", 5_000),
    }
    keep_their_contracts(paper)


def test_amlsim_paper_labels_both_ends_of_a_sar_transfer_and_nothing_else(paper: Whole) -> None:
    day = pd.Timestamp("2020-01-10", tz="UTC")
    assert sorted(paper.given_labels["customer_id"].map(called(paper))) == ["2", "3"]
    assert ((paper.given_labels["event_at"] - day) < pd.Timedelta(seconds=1)).all()
    assert (paper.given_labels["event_at"] > day).all()


def test_amlsim_paper_truth_holds_sar_and_other_alerts_apart(paper: Whole) -> None:
    amount = paper.transactions.set_index("transaction_id")["amount_cents"]
    found = {
        (int(amount[row.transaction_id]), row.scheme_id, row.is_illicit)
        for row in paper.truth.itertuples(index=False)
    }
    # Alert 7 is scheme 0, alert 8 scheme 1.
    assert found == {(2_025, 0, True), (3_000, 1, False)}
    members = paper.schemes["account_id"].map(called(paper))
    assert set(zip(paper.schemes["scheme_id"], members, strict=True)) == {
        (0, "2"), (0, "3"), (1, "3"), (1, "1")
    }  # fmt: skip


def test_amlsim_paper_rows_that_cannot_be_used_are_set_aside(paper: Whole) -> None:
    assert aside(paper) == {"transfers_unknown_account": 1, "amlsim_paper_alerts": 1}
    assert {what for what, _, rows in paper.set_aside if not len(rows)} == {
        "transfers_unusable",
        "transfers_early",
        "transfers_late",
        "labels_outside",
        "labels_without_payment",
        "accounts_unreadable",
        "transactions_unreadable",
        "alert_transactions_unreadable",
    }


# ----------------------------------------------------------------- the codes


def test_codes_of_channels_and_purposes_survive_the_disk(
    paper: Whole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers of the table rely on the position of a category, used or not."""
    monkeypatch.chdir(tmp_path)
    pipeline.write(schema.Transactions, paper.transactions)
    table = pipeline.read(schema.Transactions)
    assert table["channel"].cat.categories.tolist() == list(CHANNELS)
    assert table["purpose"].cat.categories.tolist() == list(PURPOSES)
    assert set(table["purpose"]) == {"unstated"}


# --------------------------------------------------------- the real data sets


def real(root: Path, folder: str, source: str) -> tuple[Path, Whole]:
    path = root.parent / "shared/data" / folder
    if not path.exists():
        pytest.skip(f"{path} is not here")
    params = pipeline.params(f"sources.{source}", SourceParams)
    world = READERS[source](path, Terms(source, params, pipeline.params("source_limits", SourceLimits)))
    return path, gather(world)


def test_the_sample_that_amlsim_ships_is_read(root: Path) -> None:
    path, world = real(root, "amlsim-20k", "amlsim")
    keep_their_contracts(world)
    nodes = pd.read_csv(path / "nodes.csv")
    is_dated = nodes["fraudStep"] > 0
    assert len(world.customers) == (~(nodes["isFraud"] == 1) | is_dated).sum()
    rows = len(pd.read_csv(path / "transactions.csv", usecols=["time"]))
    assert len(world.transactions) + sum(n for what, n in aside(world).items() if "transfers" in what) == rows
    fraud = set(nodes.loc[(nodes["isFraud"] == 1) & is_dated, "nodeid"])
    late = set(rows_aside(world, "labels_outside")["account"].astype(int))
    assert len(late) == 8
    # The ids of the file are 0 and up, and so are the numbers.
    assert set(world.given_labels["customer_id"]) == fraud - late
    assert (world.account_names["name"] == world.account_names["account_id"].astype(str)).all()
    assert world.truth["transaction_id"].nunique() > 0


def test_the_paper_preset_is_read(root: Path) -> None:
    path, world = real(root, "amlsim-paper", "amlsim_paper")
    keep_their_contracts(world)
    alerts = pd.read_csv(path / "alert_transactions.csv")
    sar = alerts[alerts["is_sar"]]
    ends = set(sar["orig_acct"]) | set(sar["bene_acct"])
    assert set(world.given_labels["customer_id"]) <= ends
    assert len(set(world.given_labels["customer_id"])) > 0.9 * len(ends)
    accounts = pd.read_csv(path / "accounts.csv", usecols=["acct_id"])
    assert len(world.customers) == len(accounts)
    illicit = world.truth[world.truth["is_illicit"]]
    assert 0 < illicit["transaction_id"].nunique() <= len(sar)
