"""Who counts in the test: customers with an event inside its weeks, and those whose events lie before it.

A label looks back over the label window, so that in the first weeks of the test somebody
may be positive for what happened before it began. Whoever did nothing in the test itself is
a leftover: a row of its own, in no headline, neither right nor wrong to alert. The same rule
holds for the bank's labels (an event is what was reported) and for the truth (an illicit
payment): two columns that stand side by side must count alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Positives:
    """The subjects of the test by what they count as; arrays of shape (n,).

    ``is_positive`` are weeks within the label window after an event, of customers with an
    event inside the test; ``is_leftover`` the same of customers without one. ``group`` is
    what a bootstrap draws as one: schemes in truth, customers for the bank, who knows of no
    scheme.
    """

    is_positive: np.ndarray
    is_leftover: np.ndarray
    group: np.ndarray

    @property
    def counts(self) -> np.ndarray:
        """Subjects that the headline is about: all but leftovers."""
        return ~self.is_leftover

    @classmethod
    def of(
        cls,
        customer: np.ndarray,
        is_concerned: np.ndarray,
        is_inside: np.ndarray,
        group: np.ndarray | None = None,
    ) -> Positives:
        """Sort weeks with an event in their window by whether the customer has one inside the test.

        ``is_inside`` marks weeks in whose window an event of the test lies. Without
        ``group`` every customer is one.
        """
        is_mine = np.isin(customer, customer[is_inside])
        if group is None:
            _, group = np.unique(customer, return_inverse=True)
        return cls(is_concerned & is_mine, is_concerned & ~is_mine, group)


def as_labelled(subjects: pd.DataFrame, starts_at: pd.Timestamp) -> Positives:
    """By the bank's labels; ``subjects`` are the test's rows of Split, the test begins at ``starts_at``."""
    is_suspicious = (subjects["label"] >= 0.5).to_numpy()
    is_inside = is_suspicious & (subjects["label_event_at"] >= starts_at).to_numpy(bool, na_value=False)
    return Positives.of(subjects["customer_id"].to_numpy(), is_suspicious, is_inside)
