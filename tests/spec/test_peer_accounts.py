"""Accounts of a window of days: what is counted, what is not seen, how windows are learnt from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.peers.accounts import window_features, without_spending_and_balance
from benchmarks.peers.amlgentex import Windows, read_log, stacked, ways_to_train

HEADER = (
    "step,type,amount,nameOrig,nameDest,bankOrig,bankDest,newbalanceOrig,newbalanceDest,isSAR,patternID,"
    "modelType"
)


def log(*rows: tuple[float, ...]) -> pd.DataFrame:
    """Payments (day, payer, payee, amount), the balance 100 after each, none marked."""
    frame = pd.DataFrame(rows, columns=["day", "payer", "payee", "amount"]).astype(
        {"day": int, "payer": int, "payee": int}
    )
    return frame.assign(type="TRANSFER", balance_payer=100.0, balance_payee=100.0, label=False)


def test_amlgentex_is_read_with_its_balances_and_the_parties_beyond(tmp_path) -> None:
    rows = [
        "0,INITALBALANCE,50.5,-2,7,source,bank_a,0.0,101.0,0,-1,0",
        "3,TRANSFER,9.25,7,8,bank_a,bank_a,91.75,9.25,1,4,2",
    ]
    path = tmp_path / "tx_log.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    found, account = read_log(path)
    assert found["day"].tolist() == [0, 3]
    assert found["payer"].tolist() == [-2, 7]
    assert found["payee"].tolist() == [7, 8]
    assert found["balance_payee"].tolist() == [101.0, 9.25]
    assert found["label"].tolist() == [False, True]
    assert account.startswith("2 rows read: 2 kept")


def test_what_lies_outside_the_window_changes_nothing() -> None:
    inside = [(10, 1, 2, 50.0), (11, 2, 3, 49.0), (12, 1, 3, 20.0), (12, -2, 1, 900.0), (13, 1, -1, 30.0)]
    outside = [(9, 1, 2, 5_000.0), (16, 3, 1, 7_000.0), (16, 4, 1, 1.0)]
    alone = window_features(log(*inside), 10, 15)
    pd.testing.assert_frame_equal(window_features(log(*inside, *outside), 10, 15), alone, check_dtype=False)


def test_money_passed_on_is_counted_by_days_and_by_likeness() -> None:
    found = window_features(log((0, 1, 2, 100.0), (2, 2, 3, 95.0), (3, 2, 3, 10.0)), 0, 9).loc[2]
    assert found["passed_within_1"] == 0
    assert found["passed_within_3"] == 2
    assert found["passed_alike_within_3"] == 1
    assert found["passed_closest"] == pytest.approx(0.05)


def test_counts_are_by_day_so_that_windows_of_any_length_compare() -> None:
    short = window_features(log((0, 1, 2, 10.0), (1, 1, 2, 10.0)), 0, 1)
    long = window_features(log((0, 1, 2, 10.0), (1, 1, 2, 10.0), (2, 1, 2, 10.0), (3, 1, 2, 10.0)), 0, 3)
    assert short.loc[1, "made_count"] == long.loc[1, "made_count"] == 1


def test_without_spending_and_balance_no_column_moves_with_them() -> None:
    rows = [(0, 1, 2, 10.0), (1, 2, 1, 4.0)]
    plain = window_features(log(*rows, (1, 2, -1, 3.0)), 0, 4)
    changed = window_features(log(*rows, (1, 2, -1, 900.0)).assign(balance_payer=7.0), 0, 4)
    assert not plain.equals(changed)
    pd.testing.assert_frame_equal(
        without_spending_and_balance(plain), without_spending_and_balance(changed), check_dtype=False
    )


def test_windows_of_equal_length_end_with_the_first_window_and_carry_labels_of_their_own() -> None:
    payments = log(*[(day, 1 + day % 3, 4 + day % 2, 10.0 + day) for day in range(60)])
    payments.loc[payments["day"] == 50, "label"] = True
    windows = Windows(payments)
    split = pd.DataFrame(
        {"win_start": 0, "win_end": 50, "account": [1, 2, 3, 4, 5], "is_sar": [0, 0, 1, 1, 0]}
    )
    ways = ways_to_train(windows, split)
    # The payment of day 50 goes from account 3 to account 4.
    assert ways["whole_window"][0][1].tolist() == [0, 0, 1, 1, 0]
    assert [label.sum() for _, label in ways["windows_of_equal_length"]] == [2, 0, 0, 0, 0, 0]
    first, label = ways["last_days"][0]
    assert first.index[label == 1].tolist() == [3, 4]


def test_roles_follow_each_other_in_the_table() -> None:
    part = [(pd.DataFrame({"x": np.zeros(n)}), np.arange(n) % 2) for n in (3, 2, 4)]
    table, label, roles = stacked([part[0]], part[1], part[2])
    assert len(table) == len(label) == 9
    assert np.flatnonzero(roles.learnt).tolist() == [0, 1, 2]
    assert np.flatnonzero(roles.chosen).tolist() == [3, 4]
    assert np.flatnonzero(roles.test).tolist() == [5, 6, 7, 8]
