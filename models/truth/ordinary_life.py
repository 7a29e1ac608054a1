"""Ordinary life measured: how active customers are, what they buy, whom they meet, and when.

Everything is read from what the bank keeps: kinds of holders, moments, amounts and stated
purposes. Where a data set names no such party or purpose, a figure is NaN.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from data.asof import bank_time
from data.schema import HOLDER_KINDS, MONTH_US
from models.intervals import quantile, ratio
from models.truth.calibration import JudgedBank

# Persons by activity: of this share is it the main bank, of the next the second one (assumption;
# the bank does not know, so the busiest stand for the first).
MAIN_SHARE, SECOND_SHARE = 0.45, 0.35
LARGE_PURCHASE_CENTS = 30_000
FEWEST_GAPS = 50  # of a person whose burstiness is measured
PURCHASES = (50, 120)  # in shops, of a person whose favourite is looked for (1305.1120 [V2])
TRADING_KINDS = ("micro_business", "company")


@dataclass(frozen=True)
class PaymentEnds:
    """Both sides of every payment: nodes and kinds of holders, shape (payments,)."""

    bank: JudgedBank
    payer: np.ndarray
    payee: np.ndarray

    @classmethod
    def of(cls, bank: JudgedBank) -> PaymentEnds:
        """Look the parties of all payments up."""
        table = bank.transactions
        ends = (bank.parties.nodes_of(table[f"{end}_account_id"]) for end in ("payer", "payee"))
        return cls(bank, *ends)

    def is_kind(self, side: np.ndarray, *kinds: str) -> np.ndarray:
        """Whether a side is of one of some kinds of holder, shape (payments,)."""
        return np.isin(HOLDER_KINDS, kinds)[self.bank.parties.holder][side]

    def is_stated(self, *purposes: str) -> np.ndarray:
        """Whether a payment states one of some purposes, shape (payments,)."""
        return self.bank.transactions["purpose"].isin(purposes).to_numpy()

    @cached_property
    def cents(self) -> np.ndarray:
        """Amounts, shape (payments,)."""
        return self.bank.transactions["amount_cents"].to_numpy()

    @cached_property
    def customers(self) -> int:
        """How many nodes are customers; they come first."""
        return len(self.bank.parties.customer_id)

    @cached_property
    def events_a_month(self) -> np.ndarray:
        """Payments of each customer a month, either way, shape (customers,)."""
        return np.diff(self.bank.events.starts) / (self.bank.length_us / MONTH_US)

    @cached_property
    def persons(self) -> np.ndarray:
        """Customers who are persons, the busiest first."""
        kind = self.bank.customers.sort_values("customer_id", kind="stable")["kind"].to_numpy()
        persons = np.flatnonzero(kind == "person")
        return persons[np.argsort(-self.events_a_month[persons], kind="stable")]

    @cached_property
    def busiest(self) -> np.ndarray:
        """The persons who stand for main-bank ones."""
        return self.persons[: round(MAIN_SHARE * len(self.persons))]


def life_figures(bank: JudgedBank) -> dict[str, float]:
    """All figures of ordinary life by name."""
    sides = PaymentEnds.of(bank)
    return activity(sides) | sums(sides) | fame(sides) | partners(sides) | days(sides)


def activity(sides: PaymentEnds) -> dict[str, float]:
    """Events a month by how active persons are, and how bursty the gaps of the busiest are."""
    first = len(sides.busiest)
    second = first + round(SECOND_SHARE * len(sides.persons))
    events, persons = sides.events_a_month, sides.persons
    return {
        "main_events_month": quantile(events[persons[:first]], 0.5),
        "second_events_month": quantile(events[persons[first:second]], 0.5),
        "idle_events_month": quantile(events[persons[second:]], 0.5),
        "burstiness_median": quantile(payer_burstiness(sides, sides.busiest), 0.5),
    }


def payer_burstiness(sides: PaymentEnds, who: np.ndarray) -> np.ndarray:
    """(s - m) / (s + m) of the gaps between a customer's own payments (Goh and Barabasi, 2008).

    m is the mean and s the standard deviation; one value for each of ``who`` with enough gaps.
    """
    events, found = sides.bank.events, []
    for customer in who.tolist():
        mine = slice(events.starts[customer], events.starts[customer + 1])
        gaps = np.diff(events.at[mine][~events.is_credit[mine]])
        if len(gaps) >= FEWEST_GAPS and gaps.any():
            mean, spread = gaps.mean(), gaps.std()
            found.append((spread - mean) / (spread + mean))
    return np.array(found)


def sums(sides: PaymentEnds) -> dict[str, float]:
    """Purchases of persons who bank here, and transfers between persons."""
    by_person = sides.is_kind(sides.payer, "person")
    bought = by_person & (sides.payer < sides.customers) & sides.is_stated("shopping")
    bought &= ~sides.is_kind(sides.payee, "person")
    between = by_person & sides.is_kind(sides.payee, "person")
    yuan, sent = sides.cents[bought] / 100, sides.cents[between] / 100
    ends = np.concatenate([sides.payer[between], sides.payee[between]])
    months = sides.bank.length_us / MONTH_US
    per_month = np.bincount(ends[ends < sides.customers], minlength=sides.customers) / months
    is_unstated = sides.is_stated("unstated")[between]
    return {
        "purchase_median_cny": quantile(yuan, 0.5),
        "purchase_large_share": ratio(float((sides.cents[bought] > LARGE_PURCHASE_CENTS).sum()), len(yuan)),
        "wallet_purchase_share": ratio(float(sides.is_kind(sides.payee, "wallet")[bought].sum()), len(yuan)),
        "person_transfers_month": quantile(per_month[sides.busiest], 0.5),
        "person_transfer_median_cny": quantile(sent, 0.5),
        "person_transfer_mean_cny": float(sent.mean()) if len(sent) else float("nan"),
        "empty_remark_share": ratio(float(is_unstated.sum()), len(is_unstated)),
    }


def fame(sides: PaymentEnds) -> dict[str, float]:
    """How unlike shops are in size, and how persons explore them and return."""
    by_code = sides.bank.transactions["channel"].isin(["qr", "pos"]).to_numpy()
    in_shop = by_code & sides.is_kind(sides.payee, "merchant", "micro_business")
    size = np.bincount(sides.payee[in_shop])
    own = in_shop & sides.is_kind(sides.payer, "person") & (sides.payer < sides.customers)
    buyer, visits = _pairs(sides.payer[own], sides.payee[own])
    total = np.bincount(buyer, visits)
    most = np.zeros(len(total))
    np.maximum.at(most, buyer, visits)
    looked_at = (total >= PURCHASES[0]) & (total <= PURCHASES[1])
    return {
        "shop_size_gini": gini(size[size > 0]),
        "shop_met_once_share": ratio(float((visits == 1).sum()), len(visits)),
        "favourite_shop_share": quantile(most[looked_at] / total[looked_at], 0.5),
    }


def gini(values: np.ndarray) -> float:
    """Gini coefficient of positive values: 0 where all are equal, near 1 where one has all."""
    if not len(values):
        return float("nan")
    ordered = np.sort(values).astype(float)
    rank = np.arange(1, len(ordered) + 1)
    return float(((2 * rank - len(ordered) - 1) * ordered).sum() / (len(ordered) * ordered.sum()))


def partners(sides: PaymentEnds) -> dict[str, float]:
    """Persons elsewhere who are met once, and the partners of companies among firms."""
    both = [(sides.payer, sides.payee), (sides.payee, sides.payer)]
    met = np.concatenate(
        [
            other[sides.is_kind(other, "person") & (other >= sides.customers) & (mine < sides.customers)]
            for mine, other in both
        ]
    )
    times = np.bincount(met)
    is_trade = [
        sides.is_kind(mine, "company")
        & (mine < sides.customers)
        & sides.is_kind(other, *TRADING_KINDS)
        & sides.bank.transactions["channel"].isin(["transfer", "wire"]).to_numpy()
        for mine, other in both
    ]
    firm, _ = _pairs(
        *(np.concatenate([pair[side][m] for pair, m in zip(both, is_trade, strict=True)]) for side in (0, 1))
    )
    partner_count = np.bincount(firm)
    sold = is_trade[1]
    seller, taken = _pairs(sides.payee[sold], sides.payer[sold], sides.cents[sold])
    total, most = np.bincount(seller, taken), np.zeros(int(seller.max(initial=-1)) + 1)
    np.maximum.at(most, seller, taken)
    return {
        "outsider_met_once_share": ratio(float((times == 1).sum()), int((times > 0).sum())),
        "company_partners_median": quantile(partner_count[partner_count > 0], 0.5),
        "company_partners_p99": quantile(partner_count[partner_count > 0], 0.99),
        "largest_buyer_share": quantile(most[total > 0] / total[total > 0], 0.5),
    }


def days(sides: PaymentEnds) -> dict[str, float]:
    """Wages of firms on Saturdays and Sundays that nobody works for a holiday, which firms avoid."""
    table = sides.bank.transactions
    wages = (
        sides.is_stated("payroll") & sides.is_kind(sides.payer, "company") & (table["channel"] == "transfer")
    )
    local = bank_time(table["at"][wages], sides.bank.first_day)
    return {"weekend_wages_share": ratio(float((local.dt.day_of_week >= 5).sum()), len(local))}


def _pairs(
    mine: np.ndarray, other: np.ndarray, weight: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Each pair of nodes that met: the first of it, and how often, or how much. Shape (pairs,)."""
    nodes = int(other.max(initial=0)) + 1
    pair, place = np.unique(mine * nodes + other, return_inverse=True)
    return pair // nodes, np.bincount(place, weight, minlength=len(pair))
