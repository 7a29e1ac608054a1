"""Readers of foreign data sets, on tiny folders written here, and on the real ones where present."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import pipeline
from data import schema
from data.schema import CHANNELS, PURPOSES
from data.simulate import SourceParams
from data.sources import Whole, gather
from data.sources.amlsim import amlsim
from data.sources.amlsim_paper import amlsim_paper
from data.world.calendar import Span

SPAN = Span(warm_up_weeks=1, train_weeks=1, embargo_weeks=0, validation_weeks=1, test_weeks=1)
TABLES = {
    "periods": schema.Periods,
    "customers": schema.Customers,
    "profile_tags": schema.ProfileTags,
    "accounts": schema.Accounts,
    "transactions": schema.Transactions,
    "truth": schema.Truth,
    "schemes": schema.Schemes,
    "given_labels": schema.GivenLabels,
}


def keep_their_contracts(world: Whole) -> None:
    for name, table in TABLES.items():
        table.validate(getattr(world, name).reset_index(drop=True))


def aside(world: Whole) -> dict[str, int]:
    return {what: len(rows) for what, _, rows in world.set_aside}


def payments(world: Whole) -> set[tuple[str, int, int, int]]:
    table = world.transactions
    days = table["at"].dt.strftime("%Y-%m-%d")
    columns = (table["payer_account_id"], table["payee_account_id"], table["amount_cents"])
    return set(zip(days, *columns, strict=True))


# ------------------------------------------------------------------- amlsim


@pytest.fixture
def sample(tmp_path: Path) -> Whole:
    """Five accounts: 2 is fraud on day 9, 4 fraud without a date, 9 has no account."""
    (tmp_path / "nodes.csv").write_text(
        "nodeid,isFraud,init_balance,fraudStep\n1,0,5,-1\n2,1,5,9\n3,False,5,-1\n4,true,5,-1\n5,0,5,-1\n"
    )
    (tmp_path / "transactions.csv").write_text(
        "sourceNodeId,targetNodeId,value,time\n"
        "1,2,100.05,1\n"  # step 1 is the first day, 1 January 2018
        "2,3,99.5,9\n"
        "3,4,50,9\n"
        "4,1,10,15\n"
        "1,9,10,15\n"  # unknown account
        "3,3,10,15\n"  # to itself
        "3,1,0,15\n"  # no amount
        "1,3,70,28\n"
        "1,3,70,29\n"  # after the four weeks
    )
    return gather(amlsim(tmp_path, SPAN))


def test_amlsim_transfers_become_payments_in_order_of_time(sample: Whole) -> None:
    assert payments(sample) == {
        ("2018-01-01", 1, 2, 10_005),
        ("2018-01-09", 2, 3, 9_950),
        ("2018-01-09", 3, 4, 5_000),
        ("2018-01-15", 4, 1, 1_000),
        ("2018-01-28", 1, 3, 7_000),
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
    ((undated),) = [rows for what, _, rows in sample.set_aside if what == "amlsim_nodes"]
    assert undated["nodeid"].tolist() == [4]


def test_amlsim_no_row_vanishes(sample: Whole) -> None:
    transfers = sum(count for what, count in aside(sample).items() if what.startswith("transfers"))
    assert len(sample.transactions) + transfers == 9


def test_amlsim_labels_are_dated_by_the_step_of_the_fraud(sample: Whole) -> None:
    """Judged from just after the payments of that day on."""
    (given,) = sample.given_labels.itertuples(index=False)
    day = pd.Timestamp("2018-01-09", tz="UTC")
    assert given.customer_id == 2
    assert day < given.event_at < day + pd.Timedelta(seconds=1)
    assert given.known_at >= given.event_at
    assert given.value == 1


def test_amlsim_truth_is_what_the_fraud_account_sent_that_day(sample: Whole) -> None:
    ((transaction_id, _, is_illicit, is_patterned),) = sample.truth.itertuples(index=False)
    sent = sample.transactions.set_index("transaction_id").loc[transaction_id]
    assert (sent["payer_account_id"], sent["amount_cents"], is_illicit) == (2, 9_950, True)
    assert is_patterned


def test_amlsim_a_fraud_account_without_a_date_is_no_customer_but_stays_a_counterparty(
    sample: Whole,
) -> None:
    assert sorted(sample.customers["customer_id"]) == [1, 2, 3, 5]
    accounts = sample.accounts.set_index("account_id")["customer_id"]
    assert pd.isna(accounts[4])
    assert accounts.drop(4).astype(int).tolist() == [1, 2, 3, 5]


def test_amlsim_the_order_of_the_rows_in_the_file_does_not_show(tmp_path: Path) -> None:
    """The sample lists fraud first within a day; the reader shuffles before it sorts."""
    size = 200
    (tmp_path / "nodes.csv").write_text(
        "nodeid,isFraud,init_balance,fraudStep\n" + "".join(f"{n},0,1,-1\n" for n in range(size))
    )
    lines = [f"{n},{(n + 1) % size},{n + 1},{1 if n < size - 1 else 28}\n" for n in range(size)]
    (tmp_path / "transactions.csv").write_text("sourceNodeId,targetNodeId,value,time\n" + "".join(lines))
    payer = gather(amlsim(tmp_path, SPAN)).transactions["payer_account_id"].to_numpy()[: size - 1]
    assert abs(np.corrcoef(payer, np.arange(size - 1))[0, 1]) < 0.2


# ------------------------------------------------------------- amlsim_paper


@pytest.fixture
def paper(tmp_path: Path) -> Whole:
    """Alert 7 is SAR on transfer 12, alert 8 is not, alert 9 names a transfer that is lost."""
    (tmp_path / "accounts.csv").write_text("acct_id,type\n1,I\n2,I\n3,I\n")
    pd.DataFrame(
        {
            "tran_id": [11, 12, 13, 14],
            "orig_acct": [1, 2, 3, 1],
            "bene_acct": [2, 3, 1, 8],
            "base_amt": [10.0, 20.25, 30.0, 40.0],
            "tran_timestamp": [f"2020-01-{day:02}T00:00:00Z" for day in (1, 10, 10, 28)],
        }
    ).to_parquet(tmp_path / "transactions.zstd.parquet")
    (tmp_path / "alert_transactions.csv").write_text(
        "alert_id,alert_type,is_sar,tran_id\n7,cycle,True,12\n8,fan_in,False,13\n9,cycle,True,99\n"
    )
    return gather(amlsim_paper(tmp_path, SPAN))


def test_amlsim_paper_transfers_become_payments(paper: Whole) -> None:
    assert payments(paper) == {
        ("2020-01-01", 1, 2, 1_000),
        ("2020-01-10", 2, 3, 2_025),
        ("2020-01-10", 3, 1, 3_000),
    }
    keep_their_contracts(paper)


def test_amlsim_paper_labels_both_ends_of_a_sar_transfer_and_nothing_else(paper: Whole) -> None:
    day = pd.Timestamp("2020-01-10", tz="UTC")
    assert sorted(paper.given_labels["customer_id"]) == [2, 3]
    assert ((paper.given_labels["event_at"] - day) < pd.Timedelta(seconds=1)).all()
    assert (paper.given_labels["event_at"] > day).all()


def test_amlsim_paper_truth_holds_sar_and_other_alerts_apart(paper: Whole) -> None:
    amount = paper.transactions.set_index("transaction_id")["amount_cents"]
    found = {
        (int(amount[row.transaction_id]), row.scheme_id, row.is_illicit)
        for row in paper.truth.itertuples(index=False)
    }
    assert found == {(2_025, 7, True), (3_000, 8, False)}
    assert set(zip(paper.schemes["scheme_id"], paper.schemes["account_id"], strict=True)) == {
        (7, 2), (7, 3), (8, 3), (8, 1)
    }  # fmt: skip


def test_amlsim_paper_rows_that_cannot_be_used_are_set_aside(paper: Whole) -> None:
    assert aside(paper) == {
        "transfers_unknown_account": 1,
        "transfers_unusable": 0,
        "transfers_late": 0,
        "amlsim_paper_alerts": 1,
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


def real(root: Path, folder: str, source: str) -> tuple[Path, Span]:
    path = root.parent / "shared/data" / folder
    if not path.exists():
        pytest.skip(f"{path} is not here")
    return path, pipeline.params(f"sources.{source}", SourceParams).calendar


def test_the_sample_that_amlsim_ships_is_read(root: Path) -> None:
    path, span = real(root, "amlsim-20k", "amlsim")
    world = gather(amlsim(path, span))
    keep_their_contracts(world)
    nodes = pd.read_csv(path / "nodes.csv")
    is_dated = nodes["fraudStep"] > 0
    assert len(world.customers) == (~(nodes["isFraud"] == 1) | is_dated).sum()
    rows = len(pd.read_csv(path / "transactions.csv", usecols=["time"]))
    assert len(world.transactions) + sum(n for what, n in aside(world).items() if "transfers" in what) == rows
    fraud = set(nodes.loc[(nodes["isFraud"] == 1) & is_dated, "nodeid"])
    assert set(world.given_labels["customer_id"]) == fraud
    assert world.truth["transaction_id"].nunique() > 0


def test_the_paper_preset_is_read(root: Path) -> None:
    path, span = real(root, "amlsim-paper", "amlsim_paper")
    world = gather(amlsim_paper(path, span))
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
