"""What alerts reach: money still to be moved, schemes, and customers soon enough, in either view.

The view decides who is positive, what money is at stake and who belongs together; reaching
is the same. An alert catches if it falls on a customer within the label window after his
own illicit payment (his report); what moves at that moment or later is reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from data.asof.moments import microseconds
from data.results import Interval
from data.schema import DAY_US
from models.intervals import UNMEASURED, drawn, interval, mean_by_group, middle_part
from models.metrics import Catches
from models.positives import Positives
from models.results.money import AtStake, DelayPoint, Reached
from models.truth.delays import WaitingCurve

NOT_CAUGHT = np.iinfo(np.int64).max  # a first catch that never came, in microseconds


@dataclass(frozen=True)
class Stakes:
    """What there is to reach.

    ``customer`` are the ids of the positive customers in rising order, ``group`` what each is
    drawn with, ``began_us`` when he began, minus one where that lies before the test; shape
    (n,). Rows of ``ends`` are payer or payee of a payment at stake: customer (place in
    ``customer``), payment (numbered from 0); ``at_us``, ``yuan`` and ``paid_group`` are of the
    payments. Rows of ``clubs`` say which customer (place) belongs to which club, a scheme or
    case numbered from 0. ``weight`` is of `models.intervals.drawn`; ``ends_us`` when watching ends.
    """

    customer: np.ndarray
    group: np.ndarray
    began_us: np.ndarray
    ends: pd.DataFrame
    at_us: np.ndarray
    yuan: np.ndarray
    paid_group: np.ndarray
    clubs: pd.DataFrame
    weight: np.ndarray
    ends_us: int

    @classmethod
    def of(
        cls,
        subjects: pd.DataFrame,
        positives: Positives,
        payments: pd.DataFrame,
        began: pd.Series,
        clubs: pd.DataFrame,
        draws: int,
        seed: int,
    ) -> Stakes:
        """Number what is at stake.

        Parameters
        ----------
        subjects : the test's customer_id and as_of
        positives : what a view makes of them
        payments : payment, customer_id, at, yuan; a row for each end that counts
        began : moments of the test by customer_id, of those who began in it
        clubs : customer_id and club
        """
        owner = subjects["customer_id"].to_numpy()
        catches = Catches.of(owner, positives)
        customer = np.unique(owner[positives.is_positive])
        mine = payments[payments["customer_id"].isin(customer)]
        _, first, number = np.unique(mine["payment"].to_numpy(), return_index=True, return_inverse=True)
        place = np.searchsorted(customer, mine["customer_id"].to_numpy())
        known = began[began.index.isin(customer)]
        began_us = np.full(len(customer), -1, np.int64)
        began_us[np.searchsorted(customer, known.index.to_numpy())] = microseconds(known)
        held = clubs[clubs["customer_id"].isin(customer)].drop_duplicates()
        _, club = np.unique(held["club"].to_numpy(), return_inverse=True)
        member = np.searchsorted(customer, held["customer_id"].to_numpy())
        return cls(
            customer=customer,
            group=catches.group,
            began_us=began_us,
            ends=pd.DataFrame({"customer": place, "payment": number}),
            at_us=microseconds(mine["at"])[first],
            yuan=mine["yuan"].to_numpy(np.float64)[first],
            paid_group=catches.group[place[first]],
            clubs=pd.DataFrame({"customer": member, "club": club}),
            weight=drawn(catches.groups, draws, seed),
            ends_us=int(microseconds(subjects["as_of"]).max(initial=0)),
        )

    @cached_property
    def club_group(self) -> np.ndarray:
        """What each club is drawn with."""
        _, first = np.unique(self.clubs["club"].to_numpy(), return_index=True)
        return self.group[self.clubs["customer"].to_numpy()[first]]

    @property
    def size(self) -> AtStake:
        """What there is to reach, counted."""
        return AtStake(
            customers=len(self.customer),
            clubs=len(self.club_group),
            yuan=round(float(self.yuan.sum()), 2),
            began=int((self.began_us >= 0).sum()),
        )

    def first_catch(self, customer: np.ndarray, at_us: np.ndarray) -> np.ndarray:
        """When each customer is first caught, `NOT_CAUGHT` for nobody; from catching alerts, any order."""
        found = np.full(len(self.customer), NOT_CAUGHT)
        is_mine = np.isin(customer, self.customer)
        np.minimum.at(found, np.searchsorted(self.customer, customer[is_mine]), at_us[is_mine])
        return found

    def yuan_reached(self, first_us: np.ndarray) -> np.ndarray:
        """Of each payment what moves once an end of it is caught, yuan."""
        is_late = self.at_us[self.ends["payment"]] >= first_us[self.ends["customer"]]
        return self.yuan * (np.bincount(self.ends["payment"], is_late, len(self.yuan)) > 0)

    def drawn_sum(self, yuan: np.ndarray) -> np.ndarray:
        """Sum over the payments under every draw, shape (draws + 1,)."""
        return np.asarray(self.weight @ np.bincount(self.paid_group, yuan, self.weight.shape[1]))

    def value_share(self, first_us: np.ndarray) -> np.ndarray:
        """Money reached as a share of what is at stake under every draw, NaN of nothing; (draws + 1,)."""
        whole, part = self.drawn_sum(self.yuan), self.drawn_sum(self.yuan_reached(first_us))
        return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)

    def value_recall(self, first_us: np.ndarray, over_us: np.ndarray | None = None) -> Interval:
        """Money reached as a share of what is at stake; less that of other first catches, if any."""
        share = self.value_share(first_us)
        if over_us is not None:
            share = share - self.value_share(over_us)
        return interval(share[0], *middle_part(share[1:]))

    def clubs_caught(self, first_us: np.ndarray) -> np.ndarray:
        """1 for each scheme or case of which anybody is caught, else 0."""
        is_caught = first_us[self.clubs["customer"]] < NOT_CAUGHT
        return (np.bincount(self.clubs["club"], is_caught, len(self.club_group)) > 0).astype(float)

    def club_recall(self, first_us: np.ndarray, over_us: np.ndarray | None = None) -> Interval:
        """Schemes or cases of which anybody is caught, share; less that of other first catches, if any."""
        caught = self.clubs_caught(first_us)
        if not len(caught):
            return UNMEASURED
        if over_us is not None:
            caught = caught - self.clubs_caught(over_us)
        return mean_by_group(caught, self.club_group, self.weight)

    def waiting(self, first_us: np.ndarray) -> WaitingCurve:
        """How long those who began in the test wait for their first alert."""
        mine = self.began_us >= 0
        first, began = first_us[mine], self.began_us[mine]
        is_alerted = first <= self.ends_us
        days = (np.where(is_alerted, first, self.ends_us) - began) / DAY_US
        return WaitingCurve.of(np.maximum(days, 0.0), is_alerted, self.group[mine], self.weight)

    def reached(self, first_us: np.ndarray, rules_us: np.ndarray, days: tuple[int, ...]) -> Reached:
        """All of it for one ranker, and its lead over the rules; waiting is told at ``days``."""
        curve = self.waiting(first_us)
        return Reached(
            money=self.value_recall(first_us),
            clubs=self.club_recall(first_us),
            money_over_rules=self.value_recall(first_us, rules_us),
            clubs_over_rules=self.club_recall(first_us, rules_us),
            delays=[DelayPoint(days=day, alerted=curve.alerted_by(day)) for day in days],
            median_days=curve.median,
        )


def illicit_payments(
    transactions: pd.DataFrame, accounts: pd.DataFrame, truth: pd.DataFrame, schemes: pd.DataFrame
) -> pd.DataFrame:
    """The ends of illicit payments that members of their scheme hold.

    Returns payment (transaction_id), customer_id, scheme_id, at and yuan; one row an end. A
    payment in two schemes has its ends in both and is one payment all the same.
    """
    owner = accounts.set_index("account_id")["customer_id"]
    named = truth.loc[truth["is_illicit"], ["transaction_id", "scheme_id"]]
    named = named.merge(transactions, on="transaction_id")
    ends = [
        pd.DataFrame(
            {
                "payment": named["transaction_id"],
                "customer_id": named[end].map(owner),
                "scheme_id": named["scheme_id"],
                "at": named["at"],
                "yuan": named["amount_cents"] / 100,
            }
        )
        for end in ("payer_account_id", "payee_account_id")
    ]
    both = pd.concat(ends).dropna(subset="customer_id").astype({"customer_id": "int64"})
    members = schemes.loc[schemes["is_illicit"], ["scheme_id", "customer_id"]].dropna().drop_duplicates()
    return both.merge(members.astype({"customer_id": "int64"}), on=["scheme_id", "customer_id"])
