"""Stage observe: measure every indicator, daily for the rules and weekly for the models."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data import schema
from data.asof import Events, Parties, Past
from data.indicators import INDICATORS
from data.money_trail import match_first_in_first_out, round_trip_hops
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


def money_trail(
    events: Events, transactions: pd.DataFrame, parties: Parties, params: Params
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Columns of matched money by event, and which events close a round trip of three or more."""
    matched, fast, residence = match_first_in_first_out(
        events.starts,
        events.at,
        events.cents,
        events.is_credit,
        np.ones(len(events), bool),
        params.fast_hours * HOUR_US,
        params.matching_memory_days * DAY_US,
    )
    payer = parties.nodes_of(transactions["payer_account_id"])
    payee = parties.nodes_of(transactions["payee_account_id"])
    # A payment between a customer's own accounts is no hop.
    is_hop = (transactions["channel"] == "transfer").to_numpy() & (payer != payee)
    low, high = params.round_trip_kept
    hops = np.zeros(len(transactions), np.int64)
    hops[is_hop] = round_trip_hops(
        payer[is_hop],
        payee[is_hop],
        transactions["at"].astype("int64").to_numpy()[is_hop],
        transactions["amount_cents"].to_numpy()[is_hop],
        len(parties.holder),
        len(parties.customer_id),
        params.round_trip_days * DAY_US,
        low,
        high,
        params.round_trip_hops,
        params.round_trip_steps,
    )
    columns = {
        "cents": events.cents,
        "matched_cents": matched,
        "fast_cents": fast,
        "residence_cent_hours": residence,
    }
    return columns, events.is_credit & (hops[events.payment] >= 3)


def daily_queries(events: Events, origin_us: int, first_day: int) -> tuple[np.ndarray, np.ndarray]:
    """(customer, as_of) of the midnight after each active day, from ``first_day`` on."""
    day = (events.at - origin_us) // DAY_US
    changes = np.ones(len(events), bool)
    changes[1:] = (events.customer[1:] != events.customer[:-1]) | (day[1:] != day[:-1])
    keep = changes & (day >= first_day)
    return events.customer[keep], origin_us + (day[keep] + 1) * DAY_US


def weekly_queries(
    customers: int, joined_us: np.ndarray, first_us: int, end_us: int
) -> tuple[np.ndarray, np.ndarray]:
    """(customer, as_of) of every customer of the time at each weekly moment in the stretch."""
    moments = np.arange(first_us, end_us, 7 * DAY_US)
    customer = np.repeat(np.arange(customers), len(moments))
    as_of = np.tile(moments, customers)
    keep = joined_us[customer] < as_of
    return customer[keep], as_of[keep]


def measure(past: Past, offered: frozenset[str]) -> dict[str, np.ndarray]:
    """Every indicator of the catalogue; one whose needs are not offered is empty."""
    return {
        name: entry.measure(past).astype(np.float32)
        for name, entry in pipeline.progress(INDICATORS.items(), "indicators", "indicator")
        if entry.needs <= offered
    }


def observe(
    transactions: pd.DataFrame,
    accounts: pd.DataFrame,
    customers: pd.DataFrame,
    periods: pd.DataFrame,
    offered: frozenset[str],
    params: Params,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Daily and weekly indicators as two tables; ``offered`` is what the data set can say."""
    parties = Parties.of(customers["customer_id"], accounts)
    events = Events.of(transactions, parties)
    by_node = customers.set_index("customer_id").loc[parties.customer_id]
    origin_us = int(periods["starts_at"].astype("int64").min())
    profile = {
        "monthly_income": by_node["monthly_income_cents"].to_numpy(dtype=float, na_value=np.nan) / 100,
        "joined_us": by_node["joined_at"].astype("int64").to_numpy(),
    }
    columns, closes_round_trip = money_trail(events, transactions, parties, params)
    chosen = {**selections(events, origin_us, params), "round_trip": closes_round_trip}

    bounds = periods.set_index("name")
    first_week = int(bounds["starts_at"].astype("int64").loc["train"])
    end = int(bounds["ends_at"].astype("int64").max())
    queries = (
        daily_queries(events, origin_us, params.first_day),
        weekly_queries(len(parties.customer_id), profile["joined_us"], first_week, end),
    )
    tables = []
    for customer, as_of in queries:
        past = Past(events, customer, as_of, chosen, columns, profile)
        values = measure(past, offered)
        empty = {
            name: np.full(len(customer), np.nan, np.float32) for name in INDICATORS if name not in values
        }
        tables.append(
            pd.DataFrame(
                {
                    "customer_id": parties.customer_id[customer],
                    "as_of": pd.DatetimeIndex(as_of.astype("datetime64[us]"), tz="UTC"),
                    **{name: (values | empty)[name] for name in INDICATORS},
                }
            )
        )
    return tables[0], tables[1]


def main() -> None:
    """Write the daily and weekly indicators."""
    params = pipeline.params("observe", Params)
    daily, weekly = observe(
        pipeline.read(schema.Transactions),
        pipeline.read(schema.Accounts),
        pipeline.read(schema.Customers),
        pipeline.read(schema.Periods),
        frozenset(pipeline.read(schema.Offers)["name"]),
        params,
    )
    pipeline.write(schema.DailyIndicators, daily)
    pipeline.write(schema.WeeklyIndicators, weekly)


if __name__ == "__main__":
    pipeline.run_stage("observe", main)
