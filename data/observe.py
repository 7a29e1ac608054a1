"""Stage observe: measure every indicator, daily for the rules and weekly for the models."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data import schema
from data.asof import Events, Parties, Past
from data.indicators import INDICATORS
from data.money_trail import Transfers, match_first_in_first_out, round_trip_hops
from data.ranges import Pages, payments_of, ranges
from data.schema import CHANNELS, DAY_US, HOUR_US, PURPOSES

EXPLAINED = ("payroll", "utility", "loan_repayment", "shopping", "savings")
CASH = ("cash_deposit", "cash_withdrawal")


class Params(pipeline.Parameters):
    """Section ``observe`` of params.yaml."""

    first_day: int = Field(ge=0)
    near_line_cny: tuple[float, float]
    round_to_cny: int = Field(ge=1)
    night_hours: tuple[int, int]
    fast_hours: int = Field(ge=1)
    matching_memory_days: int = Field(ge=1)
    round_trip_days: int = Field(ge=1)
    round_trip_kept: tuple[float, float]
    round_trip_hops: int = Field(ge=2, le=10)
    round_trip_steps: int = Field(ge=10)
    ends_at_a_time: int = Field(ge=1)


def selections(events: Events, origin_us: int, params: Params) -> dict[str, np.ndarray]:
    """Row-wise choices of events by name, each of shape (n,).

    ``origin_us`` is a local midnight; hours of the day count from it.
    """
    low, high = (round(yuan * 100) for yuan in params.near_line_cny)
    dusk, dawn = params.night_hours
    hour = (events.at - origin_us) % DAY_US // HOUR_US
    explained = np.isin(events.purpose, [PURPOSES.index(name) for name in EXPLAINED])
    return {
        "credit": events.is_credit,
        "debit": ~events.is_credit,
        "cash": np.isin(events.channel, [CHANNELS.index(name) for name in CASH]),
        "unexplained": ~explained,
        "near_line": (events.cents >= low) & (events.cents < high),
        "night": (hour >= dusk) & (hour < dawn) if dusk < dawn else (hour >= dusk) | (hour < dawn),
        "round": events.cents % (params.round_to_cny * 100) == 0,
    }


def closes_round_trip(transfers: Transfers, parties: Parties, params: Params) -> np.ndarray:
    """Which payments close a round trip of three or more, shape (payments,)."""
    low, high = params.round_trip_kept
    hops = round_trip_hops(
        transfers.payer,
        transfers.payee,
        transfers.at,
        transfers.cents,
        len(parties.holder),
        len(parties.customer_id),
        params.round_trip_days * DAY_US,
        low,
        high,
        params.round_trip_hops,
        params.round_trip_steps,
    )
    closes = np.zeros(transfers.payments, bool)
    closes[transfers.payment[hops >= 3]] = True
    return closes


def matched_money(events: Events, params: Params) -> dict[str, np.ndarray]:
    """Columns of money by event: the amount, and what of it was followed from a credit to a debit."""
    matched, fast, residence = match_first_in_first_out(
        events.starts,
        events.at,
        events.cents,
        events.is_credit,
        np.ones(len(events), bool),
        params.fast_hours * HOUR_US,
        params.matching_memory_days * DAY_US,
    )
    return {
        "cents": events.cents,
        "matched_cents": matched,
        "fast_cents": fast,
        "residence_cent_hours": residence,
    }


def daily_queries(events: Events, origin_us: int, first_day: int) -> tuple[np.ndarray, np.ndarray]:
    """(customer, as_of) of the midnight after each active day, from ``first_day`` on."""
    day = (events.at - origin_us) // DAY_US
    changes = np.ones(len(events), bool)
    changes[1:] = (events.customer[1:] != events.customer[:-1]) | (day[1:] != day[:-1])
    keep = changes & (day >= first_day)
    return events.customer[keep], origin_us + (day[keep] + 1) * DAY_US


def weekly_queries(
    whose: range, joined_us: np.ndarray, first_us: int, end_us: int
) -> tuple[np.ndarray, np.ndarray]:
    """(customer, as_of) of every customer of the time at each weekly moment in the stretch."""
    moments = np.arange(first_us, end_us, 7 * DAY_US)
    customer = np.repeat(np.arange(whose.start, whose.stop), len(moments))
    as_of = np.tile(moments, len(whose))
    keep = joined_us[customer] < as_of
    return customer[keep], as_of[keep]


def measure(past: Past, offered: frozenset[str]) -> dict[str, np.ndarray]:
    """Every indicator of the catalogue; one whose needs are not offered is empty."""
    empty = np.full(len(past), np.nan, np.float32)
    return {
        name: entry.measure(past).astype(np.float32) if entry.needs <= offered else empty
        for name, entry in INDICATORS.items()
    }


@dataclass(frozen=True)
class Bank:
    """The tables that the stage reads, and what the data set can say at all."""

    pages: Pages
    accounts: pd.DataFrame
    customers: pd.DataFrame
    periods: pd.DataFrame
    offered: frozenset[str]


def parts(bank: Bank, params: Params) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Daily and weekly indicators, range by range of the customers in order of their ids."""
    parties = Parties.of(bank.customers["customer_id"], bank.accounts)
    by_node = bank.customers.set_index("customer_id").loc[parties.customer_id]
    profile = {
        "monthly_income": by_node["monthly_income_cents"].to_numpy(dtype=float, na_value=np.nan) / 100,
        "joined_us": by_node["joined_at"].astype("int64").to_numpy(),
    }
    bounds = bank.periods.set_index("name")
    origin = int(bounds["starts_at"].astype("int64").min())
    first_week = int(bounds["starts_at"].astype("int64").loc["train"])
    end = int(bounds["ends_at"].astype("int64").max())

    transfers = Transfers.of(bank.pages(), parties)
    closes = closes_round_trip(transfers, parties, params)
    pieces = ranges(transfers.ends, params.ends_at_a_time)
    for whose in pipeline.progress(pieces, "indicators", "range of customers"):
        events = Events.of(payments_of(bank.pages, parties, whose), parties, whose)
        chosen = selections(events, origin, params)
        chosen["round_trip"] = events.is_credit & closes[events.payment]
        none = np.empty(0, np.int64)
        past = Past(events, none, none, chosen, matched_money(events, params), profile)
        tables = []
        for customer, as_of in (
            daily_queries(events, origin, params.first_day),
            weekly_queries(whose, profile["joined_us"], first_week, end),
        ):
            moments = pd.DatetimeIndex(as_of.astype("datetime64[us]"), tz="UTC")
            values = measure(past.asked(customer, as_of), bank.offered)
            keys = {"customer_id": parties.customer_id[customer], "as_of": moments}
            tables.append(pd.DataFrame(keys | values))
        yield tables[0], tables[1]


def observe(
    transactions: pd.DataFrame,
    accounts: pd.DataFrame,
    customers: pd.DataFrame,
    periods: pd.DataFrame,
    offered: frozenset[str],
    params: Params,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Daily and weekly indicators as two whole tables, from tables in memory."""
    page = transactions.reset_index(drop=True)
    bank = Bank(lambda: iter([page]), accounts, customers, periods, offered)
    daily, weekly = zip(*parts(bank, params), strict=True)
    return pd.concat(daily, ignore_index=True), pd.concat(weekly, ignore_index=True)


def main() -> None:
    """Write the daily and weekly indicators, range by range."""
    params = pipeline.params("observe", Params)
    bank = Bank(
        lambda: pipeline.pages(schema.Transactions),
        pipeline.read(schema.Accounts),
        pipeline.read(schema.Customers),
        pipeline.read(schema.Periods),
        frozenset(pipeline.read(schema.Offers)["name"]),
    )
    with (
        pipeline.writer(schema.DailyIndicators) as add_daily,
        pipeline.writer(schema.WeeklyIndicators) as add,
    ):
        for daily, weekly in parts(bank, params):
            add_daily(daily)
            add(weekly)


if __name__ == "__main__":
    pipeline.run_stage("observe", main)
