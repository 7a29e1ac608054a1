"""Payments of alerts that lack their label, first days of schemes, and what the errors are, by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.peers.amlsim_limits import errors_of, first_days, payments_without_label
from benchmarks.peers.amlsim_paper import Payments
from benchmarks.peers.judging import Roles

ACCOUNTS = ["10", "11", "12", "13", "14"]
MEMBERS = """alertID,reason,accountID,isMain,isSAR,startStep,endStep
1,fan_in,10,true,true,0,9
1,fan_in,11,false,true,0,9
2,stack,12,true,true,2,5
2,stack,13,false,true,2,5
3,stack,12,true,false,0,9
3,stack,14,false,false,0,9
"""
#        day, payer, payee, label, alert (0: of none)
ROWS = (
    (1, 0, 1, 1, 1),  # the labelled alert's first day
    (1, 2, 3, 0, 0),  # members of alert 2, before its days
    (3, 2, 3, 0, 0),  # within them
    (4, 0, 1, 1, 1),  # the labelled alert later
    (4, 2, 4, 0, 0),  # members of an alert that is not laundering
    (5, 3, 2, 0, 0),  # within, the other way round
    (5, 2, 1, 0, 2),  # an alert that the file calls ordinary
    (6, 3, 2, 0, 0),  # after
)


@pytest.fixture
def payments() -> Payments:
    day, payer, payee, label, alert = np.array(ROWS).T
    return Payments(payer, payee, day, day, day, label, alert, len(ACCOUNTS))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "alert_members.csv").write_text(MEMBERS, encoding="utf-8")
    (tmp_path / "alert_transactions.csv").write_text("alert_id,tran_id\n1,7\n", encoding="utf-8")
    return tmp_path


def test_payments_between_members_of_a_laundering_alert_without_labels_are_told(
    payments: Payments, folder: Path
) -> None:
    lacking = payments_without_label(folder, ACCOUNTS, payments)
    assert np.flatnonzero(lacking).tolist() == [2, 5]


def test_the_first_day_of_a_scheme_is_that_of_its_own_alert(payments: Payments) -> None:
    assert np.flatnonzero(first_days(payments)).tolist() == [0]


def test_errors_are_counted_at_the_threshold_of_the_validation_rows(payments: Payments, folder: Path) -> None:
    everywhere = np.ones(len(ROWS), bool)
    roles = Roles(everywhere, everywhere, everywhere, everywhere.astype(float))
    lacking = payments_without_label(folder, ACCOUNTS, payments)
    # Of each the largest F1 lies at the second positive's score; above it one false: row 2, or row 6.
    scores = [
        np.array([0.5, 0.1, 0.8, 0.9, 0.2, 0.3, 0.4, 0.1]),
        np.array([0.5, 0.1, 0.4, 0.9, 0.2, 0.3, 0.8, 0.1]),
    ]
    found = errors_of(payments, lacking, scores, roles)
    assert (found["positive_first_day"], found["recall_first_day"]) == (1, 1)
    assert (found["positive_later"], found["recall_later"]) == (1, 1)
    assert (found["without_label"], found["false"]) == (2, 1)
    assert (found["false_without_label"], found["false_of_ordinary_alerts"]) == (0.5, 0.5)
