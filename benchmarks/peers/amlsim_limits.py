"""What stands between the scores of AMLSim's Python port and a perfect one: first payments, and labels.

The file's alerts of the kinds ``bipartite`` and ``stack`` are laundering by the members' list, and
their payments are there, but labelled as ordinary and of no alert. A model that finds them is held to
be wrong. Read after the scores are made; nothing is learnt or chosen from it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks.peers.judging import Roles, best_threshold

if TYPE_CHECKING:
    from benchmarks.peers.amlsim_paper import Payments

MEMBERS, LABELLED = "alert_members.csv", "alert_transactions.csv"


def payments_without_label(folder: Path, accounts: list[str], payments: Payments) -> np.ndarray:
    """Whether a payment labelled ordinary is one of a laundering alert that no label tells of, bool (n,).

    It is where both ends are members of one such alert and its day lies within the alert's.
    """
    members = pd.read_csv(folder / MEMBERS, dtype={"accountID": str})
    labelled = pd.read_csv(folder / LABELLED)["alert_id"].unique()
    number = pd.Series(np.arange(len(accounts)), accounts)
    lacking = np.zeros(len(payments.label), bool)
    unheard = members[members["isSAR"] & ~members["alertID"].isin(labelled)]
    for _, alert in unheard.groupby("alertID"):
        ends = number.reindex(alert["accountID"]).dropna().to_numpy()
        begin, end = alert["startStep"].min(), alert["endStep"].max()
        inside = (payments.day >= begin) & (payments.day <= end)
        lacking |= inside & np.isin(payments.payer, ends) & np.isin(payments.payee, ends)
    return lacking & (payments.label == 0)


def first_days(payments: Payments) -> np.ndarray:
    """Whether a laundering payment falls on the first day of its alert, bool (n,)."""
    positive = payments.label == 1
    first = np.full(payments.alert.max() + 1, payments.day.max() + 1)
    np.minimum.at(first, payments.alert[positive], payments.day[positive])
    return positive & (payments.day == first[payments.alert])


def errors_of(
    payments: Payments, lacking: np.ndarray, scores: list[np.ndarray], roles: Roles
) -> dict[str, Any]:
    """What the test's positives and false positives are at the validation threshold, means over scores.

    Parameters
    ----------
    lacking : shape (n,), see ``payments_without_label``
    scores : each of shape (n,)
    """
    test, label, first = roles.test, payments.label, first_days(payments)
    size = {
        "without_label": int(lacking.sum()),
        "without_label_in_test": int((lacking & test).sum()),
        "positive_first_day": int((first & test).sum()),
        "positive_later": int((test & (label == 1) & ~first).sum()),
    }
    found = []
    for score in scores:
        flagged = test & (score >= best_threshold(label[roles.chosen], score[roles.chosen]))
        false = flagged & (label == 0)
        in_alert = payments.alert != np.bincount(payments.alert).argmax()
        found.append(
            {
                "recall_first_day": flagged[first & test].mean(),
                "recall_later": flagged[test & (label == 1) & ~first].mean(),
                "false": false.sum(),
                "false_without_label": (false & lacking).sum(),
                "false_of_ordinary_alerts": (false & in_alert).sum(),
            }
        )
    return size | {name: round(float(mean), 4) for name, mean in pd.DataFrame(found).mean().items()}
