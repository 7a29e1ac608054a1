"""Whether the world came out as intended: measured figures beside their targets, and distributions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

import pipeline
from data.asof import Events, Parties, bank_time, happened_within
from data.schema import HOUR_US, MONTH_US, WEEK_US, YEAR_US
from data.words.citations import CitedSource, cited
from models.intervals import quantile, ratio, rounded
from models.results.truth import CalibrationRow, Histogram, Week

SHORTEST_GAP_HOURS = 1 / 3_600  # two payments of one second, on a logarithmic scale
PAYMENT_KINDS = ("licit", "look_alike", "illicit")


class Target(pipeline.Parameters):
    """A range that a figure should lie in, where it comes from, and how well that is known.

    The mark is V (read in a primary text), V2 (read in a secondary one) or D (an
    assumption of this project).
    """

    low: float = Field(ge=0)
    high: float = Field(ge=0)
    mark: Literal["V", "V2", "D"]
    source: CitedSource

    @model_validator(mode="after")
    def low_is_below_high(self) -> Target:
        """A range has a lower and an upper end."""
        if self.low > self.high:
            raise ValueError(f"expected low and high in order, found {self.low} and {self.high}")
        return self


class Targets(pipeline.Parameters):
    """Section ``audit.targets`` of params.yaml: one target a measured figure."""

    illicit_transaction_share: Target
    illicit_customers_per_year: Target
    patternless_illicit_share: Target
    rule_alerts_per_thousand_customers_month: Target
    rule_precision: Target
    rule_recall: Target
    amount_median_cny: Target
    amount_p90_cny: Target
    payments_per_customer_month: Target
    gap_median_hours: Target
    gap_p90_hours: Target
    counterparties_median: Target
    counterparties_p99: Target
    amount_overlap: Target
    gap_overlap: Target
    counterparties_overlap: Target
    declined_share: Target
    main_events_month: Target
    second_events_month: Target
    idle_events_month: Target
    burstiness_median: Target
    purchase_median_cny: Target
    purchase_large_share: Target
    wallet_purchase_share: Target
    person_transfers_month: Target
    person_transfer_median_cny: Target
    person_transfer_mean_cny: Target
    empty_remark_share: Target
    shop_size_gini: Target
    shop_met_once_share: Target
    favourite_shop_share: Target
    outsider_met_once_share: Target
    company_partners_median: Target
    company_partners_p99: Target
    largest_buyer_share: Target
    weekend_wages_share: Target


@dataclass(frozen=True)
class JudgedBank:
    """The bank's payments with what is true of them.

    ``kind`` is a code of PAYMENT_KINDS by payment; ``is_ever_illicit``, ``is_ever_double`` (of a
    look-alike, and never illicit) and ``counterparties`` (how many different ones over the
    whole run) go by customer, in the order of ``parties``.
    """

    customers: pd.DataFrame
    accounts: pd.DataFrame
    transactions: pd.DataFrame
    parties: Parties
    events: Events
    kind: np.ndarray
    is_ever_illicit: np.ndarray
    is_ever_double: np.ndarray
    counterparties: np.ndarray
    first_day: pd.Timestamp
    length_us: int

    @classmethod
    def of(
        cls,
        customers: pd.DataFrame,
        accounts: pd.DataFrame,
        transactions: pd.DataFrame,
        truth: pd.DataFrame,
        planted: pd.DataFrame,
        periods: pd.DataFrame,
    ) -> JudgedBank:
        """Put the tables together; ``planted`` are moments of schemes: customer_id, is_illicit."""
        parties = Parties.of(customers["customer_id"], accounts)
        events = Events.of(transactions, parties)
        of_schemes = planted["is_illicit"].to_numpy(dtype=bool)
        is_illicit, is_double = (
            np.isin(parties.customer_id, planted["customer_id"][side]) for side in (of_schemes, ~of_schemes)
        )
        first_day = periods["starts_at"].min()
        return cls(
            customers,
            accounts,
            transactions,
            parties,
            events,
            kinds_of_payments(transactions, truth),
            is_illicit,
            is_double & ~is_illicit,
            counterparty_counts(events),
            first_day,
            (periods["ends_at"].max() - first_day).value // 1_000,
        )

    @property
    def is_illicit(self) -> np.ndarray:
        """Whether a payment belongs to a scheme, shape (transactions,)."""
        return np.asarray(self.kind == PAYMENT_KINDS.index("illicit"))


def target_rows(measured: dict[str, float], targets: Targets) -> list[CalibrationRow]:
    """One row a target: what was aimed at, what came out, and whether it lies in the range."""
    rows = []
    for name, target in targets:
        value = measured[name]
        known = not np.isnan(value)
        rows.append(
            CalibrationRow(
                name=name,
                low=target.low,
                high=target.high,
                mark=target.mark,
                source_en=cited(target.source).en,
                source_zh=cited(target.source).zh,
                measured=rounded(value, 6),
                is_hit=bool(target.low <= value <= target.high) if known else None,
            )
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


def gaps(bank: JudgedBank) -> tuple[np.ndarray, np.ndarray]:
    """Hours since the customer's payment before, and the place of each such payment in the events.

    A customer's first payment has none before it.
    """
    later = np.flatnonzero(np.diff(bank.events.customer, prepend=-1) == 0)
    return (bank.events.at[later] - bank.events.at[later - 1]) / HOUR_US, later


def payment_life(bank: JudgedBank) -> dict[str, float]:
    """Size of payments, time between a customer's payments, counterparties of a customer."""
    customers = len(bank.parties.customer_id)
    yuan = bank.transactions["amount_cents"].to_numpy() / 100
    hours, _ = gaps(bank)
    counterparties = bank.counterparties[bank.counterparties > 0]
    return {
        "illicit_transaction_share": ratio(float(bank.is_illicit.sum()), len(bank.kind)),
        "illicit_customers_per_year": ratio(
            float(bank.is_ever_illicit.sum()), customers * bank.length_us / YEAR_US
        ),
        "amount_median_cny": quantile(yuan, 0.5),
        "amount_p90_cny": quantile(yuan, 0.9),
        "payments_per_customer_month": ratio(len(bank.events), customers * bank.length_us / MONTH_US),
        "gap_median_hours": quantile(hours, 0.5),
        "gap_p90_hours": quantile(hours, 0.9),
        "counterparties_median": quantile(counterparties, 0.5),
        "counterparties_p99": quantile(counterparties, 0.99),
    }


def patternless_share(truth: pd.DataFrame) -> float:
    """Share of the illicit payments that lie outside their typology's shape; NaN without any."""
    illicit = truth[truth["is_illicit"]]
    payments = illicit["transaction_id"].nunique()
    patterned = illicit["transaction_id"][illicit["is_patterned"]].nunique()
    return ratio(float(payments - patterned), payments)


def declined_share(declined: int | None, settled: int) -> float:
    """Share of the intended payments that did not settle; NaN where the source does not say."""
    return float("nan") if declined is None else ratio(declined, settled + declined)


def counterparty_counts(events: Events) -> np.ndarray:
    """Different counterparties of each customer, whole run; shape (customers,)."""
    nodes = int(events.counterparty.max(initial=0)) + 1
    pairs = np.unique(events.customer * nodes + events.counterparty)
    return np.bincount(pairs // nodes, minlength=len(events.starts) - 1)


def kinds_of_payments(transactions: pd.DataFrame, truth: pd.DataFrame) -> np.ndarray:
    """A code of PAYMENT_KINDS by payment: part of a scheme, of a look-alike only, or of neither."""
    kind = np.zeros(len(transactions), np.int8)
    for code, side in ((1, ~truth["is_illicit"]), (2, truth["is_illicit"])):
        kind[transactions["transaction_id"].isin(truth["transaction_id"][side]).to_numpy()] = code
    return kind


def weekly_volume(bank: JudgedBank) -> list[Week]:
    """Payments of each kind by week of the run, dated by the bank's calendar."""
    at_us, first_day = bank.transactions["at"].astype("int64").to_numpy(), bank.first_day
    if not len(at_us):
        return []
    week = (at_us - first_day.value // 1_000) // WEEK_US
    weeks = int(week.max()) + 1
    starts = pd.Series(pd.date_range(first_day, periods=weeks, freq=pd.Timedelta(days=7)))
    counts = {
        name: np.bincount(week[bank.kind == code], minlength=weeks) for code, name in enumerate(PAYMENT_KINDS)
    }
    return [
        Week(starts_at=f"{day:%Y-%m-%d}", **{name: int(counts[name][number]) for name in PAYMENT_KINDS})
        for number, day in enumerate(bank_time(starts, first_day))
    ]


def histogram(groups: dict[str, np.ndarray], per_decade: int) -> Histogram:
    """Shares of positive values by bins that are even in their logarithm; all empty without a value."""
    every = np.concatenate([np.zeros(0), *groups.values()])
    if not len(every):
        return Histogram(edges=[], sizes={}, shares={})
    low = int(np.floor(np.log10(every.min()) * per_decade))
    high = int(np.floor(np.log10(every.max()) * per_decade)) + 1
    edges = 10 ** (np.arange(low, high + 1) / per_decade)
    shares = {}
    for name, values in groups.items():
        count = np.histogram(values, edges)[0] if len(values) else np.zeros(len(edges) - 1)
        shares[name] = [round(float(part), 4) for part in count / max(len(values), 1)]
    return Histogram(
        edges=[float(f"{edge:.4g}") for edge in edges],
        sizes={name: len(values) for name, values in groups.items()},
        shares=shares,
    )


def overlaps(found: Mapping[str, Histogram]) -> dict[str, float]:
    """How much of the illicit distribution lies under that of the look-alikes, from `histograms`.

    1 where the two are alike, 0 where they share no bin, NaN where one is empty.
    """

    def shared(histogram: Histogram) -> float:
        sizes, shares = histogram.sizes, histogram.shares
        if not (sizes.get("illicit") and sizes.get("look_alike")):
            return float("nan")
        return float(np.minimum(*(np.array(shares[side], float) for side in ("illicit", "look_alike"))).sum())

    return {
        "amount_overlap": shared(found["amounts"]),
        "gap_overlap": shared(found["gaps"]),
        "counterparties_overlap": shared(found["counterparties"]),
    }


def histograms(bank: JudgedBank, per_decade: int) -> dict[str, Histogram]:
    """Payments by amount and by the time since the one before, customers by counterparties.

    A payment between two customers has a time since the one before for each of them.
    """
    yuan = bank.transactions["amount_cents"].to_numpy() / 100
    is_active = bank.counterparties > 0
    by_kind = {name: yuan[bank.kind == code] for code, name in enumerate(PAYMENT_KINDS)}
    hours, later = gaps(bank)
    of_gap = bank.kind[bank.events.payment[later]]
    waited = np.maximum(hours, SHORTEST_GAP_HOURS)
    by_customer = {
        "licit": bank.counterparties[is_active & ~bank.is_ever_illicit & ~bank.is_ever_double],
        "look_alike": bank.counterparties[is_active & bank.is_ever_double],
        "illicit": bank.counterparties[is_active & bank.is_ever_illicit],
    }
    return {
        "amounts": histogram(by_kind, per_decade),
        "gaps": histogram(
            {name: waited[of_gap == code] for code, name in enumerate(PAYMENT_KINDS)}, per_decade
        ),
        "counterparties": histogram(by_customer, per_decade),
    }
