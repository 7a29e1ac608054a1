"""Who is truly illicit in the test, and what a bootstrap draws as one: for the audit alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from data.asof import happened_within
from models.positives import Positives

# Columns of Transactions from which the moments of schemes are told.
MOMENT_COLUMNS = ["transaction_id", "at", "payer_account_id", "payee_account_id"]


def concerned(
    subjects: pd.DataFrame, moments: pd.DataFrame, starts_at: pd.Timestamp, days: int
) -> tuple[np.ndarray, np.ndarray]:
    """Weeks with a moment in their window of ``days``, and weeks with one inside the test; shape (n,)."""
    customer_id, as_of = subjects["customer_id"], subjects["as_of"]
    inside = moments[moments["at"] >= starts_at]
    return (
        happened_within(moments, customer_id, as_of, days),
        happened_within(inside, customer_id, as_of, days),
    )


def in_truth(subjects: pd.DataFrame, illicit: pd.DataFrame, starts_at: pd.Timestamp, days: int) -> Positives:
    """By illicit payments.

    Parameters
    ----------
    subjects : the test's customer_id and as_of
    illicit : moments (customer_id, at, scheme_id) of the whole run
    starts_at : when the test begins
    days : the label window
    """
    customer = subjects["customer_id"].to_numpy()
    recent = illicit[illicit["at"] >= starts_at - pd.Timedelta(days=days)]
    return Positives.of(
        customer, *concerned(subjects, recent, starts_at, days), group=scheme_groups(customer, recent)
    )


def scheme_groups(customer: np.ndarray, moments: pd.DataFrame) -> np.ndarray:
    """What each subject is drawn with: its scheme and all who take part in it, or its customer alone.

    Whoever takes part in several schemes makes them one. Members of one scheme act together
    and are caught together, so that as many customers say less than strangers would.

    Parameters
    ----------
    customer : shape (n,)
    moments : customer_id and scheme_id

    Returns
    -------
    Whole numbers from 0, shape (n,); none is left out.
    """
    owners, owner = np.unique(customer, return_inverse=True)
    part = moments.loc[moments["customer_id"].isin(owners), ["customer_id", "scheme_id"]].drop_duplicates()
    schemes, scheme = np.unique(part["scheme_id"].to_numpy(), return_inverse=True)
    ends = np.searchsorted(owners, part["customer_id"].to_numpy()), scheme + len(owners)
    size = len(owners) + len(schemes)
    ties = coo_array((np.ones(len(part)), ends), shape=(size, size))
    _, component = connected_components(ties, directed=False)
    _, group = np.unique(component[owner], return_inverse=True)
    return np.asarray(group)
