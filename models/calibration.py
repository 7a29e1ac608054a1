"""Whether the world came out as intended: measured figures beside their targets, and distributions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

import pipeline
from data.asof import Events, Parties, bank_time, happened_within
from data.schema import DAY_US, HOUR_US
from models.difficulty import plain
from models.metrics import ratio

WEEK_US = 7 * DAY_US
KINDS = ("licit", "look_alike", "illicit")


class Target(pipeline.Parameters):
    """A range that a figure should lie in, where it comes from, and how well that is known.

    The mark is V (read in a primary text), V2 (read in a secondary one) or D (an
    assumption of this project).
    """

    low: float
    high: float
    mark: Literal["V", "V2", "D"]
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def low_is_below_high(self) -> Target:
        """A range has a lower and an upper end."""
        if self.low > self.high:
            raise ValueError("expected low to be at most high")
        return self


class Targets(pipeline.Parameters):
    """Section ``audit.targets`` of params.yaml: one target a measured figure."""

    illicit_transaction_share: Target
    patternless_illicit_share: Target
    rule_alerts_per_thousand_customers_month: Target
    rule_precision: Target
    rule_recall: Target
    amount_median_cny: Target
    amount_p90_cny: Target
    gap_median_hours: Target
    counterparties_median: Target
    counterparties_p99: Target
    declined_share: Target


@dataclass(frozen=True)
class Bank:
    """The bank's payments with what is true of them.

    ``kind`` is a code of KINDS by payment; ``is_ever_illicit`` and ``counterparties`` (how
    many different ones over the whole run) go by customer, in the order of ``parties``.
    """

    customers: pd.DataFrame
    accounts: pd.DataFrame
    transactions: pd.DataFrame
    parties: Parties
    events: Events
    kind: np.ndarray
    is_ever_illicit: np.ndarray
    counterparties: np.ndarray
    first_day: pd.Timestamp

    @classmethod
    def of(
        cls,
        customers: pd.DataFrame,
        accounts: pd.DataFrame,
        transactions: pd.DataFrame,
        truth: pd.DataFrame,
        illicit: pd.DataFrame,
        periods: pd.DataFrame,
    ) -> Bank:
        """Put the tables together; ``illicit`` are moments of illicit schemes by customer_id."""
        parties = Parties.of(customers["customer_id"], accounts)
        events = Events.of(transactions, parties)
        return cls(
            customers,
            accounts,
            transactions,
            parties,
            events,
            kinds_of_payments(transactions, truth),
            np.isin(parties.customer_id, illicit["customer_id"]),
            degrees(events),
            periods["starts_at"].min(),
        )

    @property
    def is_illicit(self) -> np.ndarray:
        """Whether a payment belongs to a scheme, shape (transactions,)."""
        return np.asarray(self.kind == KINDS.index("illicit"))


def illicit_counts(bank: Bank) -> dict[str, Any]:
    """Illicit payments and customers of the whole run."""
    payments = int(bank.is_illicit.sum())
    return {
        "illicit_transactions": payments,
        "illicit_transaction_share": plain(ratio(payments, len(bank.kind)), 6),
        "illicit_customers": int(bank.is_ever_illicit.sum()),
    }


def table(measured: dict[str, float], targets: Targets) -> list[dict[str, Any]]:
    """One row a target: what was aimed at, what came out, and whether it lies in the range."""
    rows = []
    for name, target in targets:
        value = measured[name]
        known = not np.isnan(value)
        rows.append(
            {
                "name": name,
                "low": target.low,
                "high": target.high,
                "mark": target.mark,
                "source": target.source,
                "measured": round(float(value), 6) if known else None,
                "is_hit": bool(target.low <= value <= target.high) if known else None,
            }
        )
    return rows


def rule_performance(
    alerts: pd.DataFrame, illicit: pd.DataFrame, days: int, months: float, customers: int
) -> dict[str, float]:
    """How much the rules alert, their true precision, and whom they alert of the illicit customers.

    Over the whole run, as soon as rules raise alerts. ``illicit`` are moments
    (customer_id, at); an alert is true within ``days`` after one of them.
    """
    is_true = happened_within(illicit, alerts["customer_id"], alerts["alerted_at"], days)
    watched = illicit[illicit["at"] >= alerts["alerted_at"].min()]["customer_id"]
    caught = alerts["customer_id"][is_true].drop_duplicates()
    return {
        "rule_alerts_per_thousand_customers_month": ratio(len(alerts) * 1_000, months * customers),
        "rule_precision": ratio(float(is_true.sum()), len(alerts)),
        "rule_recall": ratio(float(caught.isin(watched).sum()), watched.nunique()),
    }


def payment_life(bank: Bank) -> dict[str, float]:
    """Size of payments, time between a customer's payments, counterparties of a customer."""

    def quantile(values: np.ndarray, share: float) -> float:
        return float(np.quantile(values, share)) if len(values) else float("nan")

    yuan = bank.transactions["amount_cents"].to_numpy() / 100
    gaps = np.diff(bank.events.at)[np.diff(bank.events.customer) == 0]
    counterparties = bank.counterparties[bank.counterparties > 0]
    return {
        "illicit_transaction_share": ratio(float(bank.is_illicit.sum()), len(bank.kind)),
        "amount_median_cny": quantile(yuan, 0.5),
        "amount_p90_cny": quantile(yuan, 0.9),
        "gap_median_hours": quantile(gaps, 0.5) / HOUR_US,
        "counterparties_median": quantile(counterparties, 0.5),
        "counterparties_p99": quantile(counterparties, 0.99),
    }


def patternless_share(truth: pd.DataFrame, schemes: pd.DataFrame, typologies: list[str]) -> float:
    """Share of the illicit payments whose scheme follows no fixed shape; NaN without any."""
    illicit = truth[truth["is_illicit"]]
    shapeless = schemes[schemes["typology"].isin(typologies)]["scheme_id"]
    return ratio(
        float(illicit[illicit["scheme_id"].isin(shapeless)]["transaction_id"].nunique()),
        illicit["transaction_id"].nunique(),
    )


def declined_share(settlement: dict[str, int | None], settled: int) -> float:
    """Share of the intended payments that did not settle; NaN where the source does not say."""
    declined = settlement["declined_payments"]
    return float("nan") if declined is None else ratio(declined, settled + declined)


def degrees(events: Events) -> np.ndarray:
    """Different counterparties of each customer, whole run; shape (customers,)."""
    nodes = int(events.counterparty.max(initial=0)) + 1
    pairs = np.unique(events.customer * nodes + events.counterparty)
    return np.bincount(pairs // nodes, minlength=len(events.starts) - 1)


def kinds_of_payments(transactions: pd.DataFrame, truth: pd.DataFrame) -> np.ndarray:
    """A code of KINDS by payment: part of a scheme, of a look-alike only, or of neither."""
    kind = np.zeros(len(transactions), np.int8)
    for code, side in ((1, ~truth["is_illicit"]), (2, truth["is_illicit"])):
        kind[transactions["transaction_id"].isin(truth["transaction_id"][side]).to_numpy()] = code
    return kind


def weekly_volume(at_us: np.ndarray, kind: np.ndarray, first_day: pd.Timestamp) -> list[dict[str, Any]]:
    """Payments of each kind by week of the run, dated by the bank's calendar."""
    if not len(at_us):
        return []
    week = (at_us - first_day.value // 1_000) // WEEK_US
    weeks = int(week.max()) + 1
    starts = pd.Series(pd.date_range(first_day, periods=weeks, freq=pd.Timedelta(days=7)))
    counts = {name: np.bincount(week[kind == code], minlength=weeks) for code, name in enumerate(KINDS)}
    return [
        {"starts_at": f"{day:%Y-%m-%d}"} | {name: int(counts[name][number]) for name in KINDS}
        for number, day in enumerate(bank_time(starts, first_day))
    ]


def histogram(groups: dict[str, np.ndarray], per_decade: int) -> dict[str, Any]:
    """Shares of positive values by bins that are even in their logarithm.

    Returns ``edges`` (one more than bins), ``sizes`` and ``shares`` by group; all empty
    where no group has a value.
    """
    every = np.concatenate([np.zeros(0), *groups.values()])
    if not len(every):
        return {"edges": [], "sizes": {}, "shares": {}}
    low = int(np.floor(np.log10(every.min()) * per_decade))
    high = int(np.floor(np.log10(every.max()) * per_decade)) + 1
    edges = 10 ** (np.arange(low, high + 1) / per_decade)
    shares = {}
    for name, values in groups.items():
        count = np.histogram(values, edges)[0] if len(values) else np.zeros(len(edges) - 1)
        shares[name] = [plain(float(part)) for part in count / max(len(values), 1)]
    return {
        "edges": [float(f"{edge:.4g}") for edge in edges],
        "sizes": {name: len(values) for name, values in groups.items()},
        "shares": shares,
    }


def distributions(bank: Bank, per_decade: int) -> dict[str, Any]:
    """Payments by week and by amount, and customers by number of counterparties."""
    yuan = bank.transactions["amount_cents"].to_numpy() / 100
    at_us = bank.transactions["at"].astype("int64").to_numpy()
    is_active = bank.counterparties > 0
    by_kind = {name: yuan[bank.kind == code] for code, name in enumerate(KINDS)}
    by_customer = {
        "licit": bank.counterparties[is_active & ~bank.is_ever_illicit],
        "illicit": bank.counterparties[is_active & bank.is_ever_illicit],
    }
    return {
        "weeks": weekly_volume(at_us, bank.kind, bank.first_day),
        "amounts": histogram(by_kind, per_decade),
        "counterparties": histogram(by_customer, per_decade),
    }
