"""One look at the whole ledger, for what runs from account to account and customer to customer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.asof import Parties
from data.schema import HOLDER_KINDS

OVERSEAS = HOLDER_KINDS.index("overseas")


@dataclass(frozen=True)
class Links:
    """Payments between different parties, in order of time.

    Arrays of shape (links,): ``payer`` and ``payee`` are nodes, ``at`` UTC microseconds,
    ``cents`` the amount, ``payment`` the number of the payment among all.
    """

    payer: np.ndarray
    payee: np.ndarray
    at: np.ndarray
    cents: np.ndarray
    payment: np.ndarray

    @classmethod
    def joined(cls, parts: list[Links]) -> Links:
        """The links of one page after the other."""
        names = ("payer", "payee", "at", "cents", "payment")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    def chosen(self, rows: np.ndarray) -> Links:
        """Those links for which ``rows``, shape (links,), is true."""
        return Links(self.payer[rows], self.payee[rows], self.at[rows], self.cents[rows], self.payment[rows])


@dataclass(frozen=True)
class Survey:
    """What is kept of every payment.

    ``transfers`` are the payments that money can be followed over, ``abroad`` those with
    an end overseas. ``payer`` and ``payee``, shape (payments,), are the nodes of all.
    ``ends``, shape (customers,), counts each customer's ends of payments.
    """

    transfers: Links
    abroad: Links
    payer: np.ndarray
    payee: np.ndarray
    ends: np.ndarray

    @property
    def payments(self) -> int:
        """Number of all payments."""
        return len(self.payer)

    @classmethod
    def of(cls, pages: Iterable[pd.DataFrame], parties: Parties) -> Survey:
        """Look at the ledger page by page."""
        customers = len(parties.customer_id)
        ends = np.zeros(customers, np.int64)
        transfers, abroad, payers, payees, payments = [], [], [], [], 0
        is_overseas = parties.holder == OVERSEAS
        for page in pages:
            whole = Links(
                parties.nodes_of(page["payer_account_id"]).astype(np.int32),
                parties.nodes_of(page["payee_account_id"]).astype(np.int32),
                page["at"].astype("int64").to_numpy(),
                page["amount_cents"].to_numpy(),
                payments + np.arange(len(page)),
            )
            differs = whole.payer != whole.payee
            for node in (whole.payer, whole.payee):
                ends += np.bincount(node[differs & (node < customers)], minlength=customers)
            is_transfer = (page["channel"] == "transfer").to_numpy()
            transfers.append(whole.chosen(differs & is_transfer))
            abroad.append(whole.chosen(is_overseas[whole.payer] | is_overseas[whole.payee]))
            payers.append(whole.payer)
            payees.append(whole.payee)
            payments += len(page)
        ways = np.concatenate(payers), np.concatenate(payees)
        return cls(Links.joined(transfers), Links.joined(abroad), *ways, ends)
