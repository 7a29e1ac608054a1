"""Stage observe: measure every indicator, daily for the rules and weekly for the models."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data import schema
from data.asof import Events, Past, Peers
from data.indicators import INDICATORS, Indicator
from data.observed_ledger import BankTables, LedgerParams, ObservedLedger
from data.readings import Readings
from data.schema import DAY_US
from parameters import Count


class Params(LedgerParams):
    """Section ``observe`` of params.yaml."""

    first_day: int = Field(ge=0, le=36_500)
    ends_at_a_time: Count
    ends_a_page: Count
    peers_least: Count
    peers_from_day: int = Field(ge=0, le=36_500)


def daily_queries(events: Events, origin_us: int, first_day: int) -> tuple[np.ndarray, np.ndarray]:
    """(customer, as_of) of the midnight after each active day, from ``first_day`` on."""
    day = (events.at - origin_us) // DAY_US
    changes = np.ones(len(events), bool)
    changes[1:] = (events.customer[1:] != events.customer[:-1]) | (day[1:] != day[:-1])
    keep = changes & (day >= first_day)
    return events.customer[keep], origin_us + (day[keep] + 1) * DAY_US


def weekly_queries(whose: range, joined_us: np.ndarray, moments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(customer, as_of) of every customer of the time at each of the weekly moments."""
    customer = np.repeat(np.arange(whose.start, whose.stop), len(moments))
    as_of = np.tile(moments, len(whose))
    keep = joined_us[customer] < as_of
    return customer[keep], as_of[keep]


def measure(past: Past, offered: frozenset[str], money: type[np.floating]) -> dict[str, np.ndarray]:
    """Every indicator of the catalogue; one whose needs are not offered is empty.

    What is measured in yuan comes as ``money``, all else as float32.
    """

    def answered(entry: Indicator) -> np.ndarray:
        precision = money if entry.is_money else np.float32
        found = entry.measure(past) if entry.needs <= offered else np.full(len(past), np.nan)
        return found.astype(precision)

    return {name: answered(entry) for name, entry in INDICATORS.items()}


def snapshots(
    pasts: Iterator[tuple[range, Past]], joined_us: np.ndarray, moments: np.ndarray, offered: frozenset[str]
) -> dict[str, np.ndarray]:
    """What is compared among peers, of every customer at every snapshot; shape (snapshots, customers)."""
    compared = {
        name: entry for name, entry in INDICATORS.items() if entry.has_peers and entry.needs <= offered
    }
    shape = len(moments), len(joined_us)
    values = {
        name: np.full(shape, np.nan, np.float64 if entry.is_money else np.float32)
        for name, entry in compared.items()
    }
    for whose, past in pasts:
        customer, as_of = weekly_queries(whose, joined_us, moments)
        asked = past.asked(customer, as_of)
        place = np.searchsorted(moments, as_of), customer
        for name, entry in compared.items():
            values[name][place] = entry.measure(asked)
    return values


def indicator_pages(bank: BankTables, params: Params) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Daily and weekly indicators, page by page of the customers in order of their ids.

    The customers are gone through twice, few at a time: what is usual among peers must be
    known of everybody before anybody is compared with it.
    """
    ledger = ObservedLedger.of(bank, params)
    bounds = bank.periods.set_index("name")
    first_week = int(bounds["starts_at"].astype("int64").loc["train"])
    end = int(bounds["ends_at"].astype("int64").max())
    joined, offered = ledger.profile["joined_us"], bank.offered

    weeks = np.arange(ledger.origin + params.peers_from_day * DAY_US, end, 7 * DAY_US)
    glances = ((whose, ledger.glance(whose, params)) for whose in ledger.pieces(params.ends_at_a_time))
    seen = snapshots(glances, joined, weeks, offered)
    peers = Peers.of(weeks, seen, ledger.group, ledger.kind, params.peers_least)
    mondays = np.arange(first_week, end, 7 * DAY_US)
    for page in pipeline.progress(ledger.pieces(params.ends_a_page), "indicators", "page of customers"):
        yield page_of_indicators(ledger, page, peers, mondays, offered, params)


def page_of_indicators(
    ledger: ObservedLedger,
    page: range,
    peers: Peers,
    mondays: np.ndarray,
    offered: frozenset[str],
    params: Params,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Daily and weekly indicators of a range of customers; ``mondays`` are the weekly moments."""
    queries = (
        daily_queries(ledger.events.of_customers(page), ledger.origin, params.first_day),
        weekly_queries(page, ledger.profile["joined_us"], mondays),
    )
    # Rules compare cents; float32 holds seven digits, which is enough for a model.
    precision: tuple[type[np.floating], ...] = (np.float64, np.float32)
    tables = [
        Readings(ledger.parties.customer_id[customer], as_of, money)
        for (customer, as_of), money in zip(queries, precision, strict=True)
    ]

    def fill(whose: range) -> None:
        past = ledger.history(whose, params).beside(peers)
        for (customer, as_of), money, table in zip(queries, precision, tables, strict=True):
            first, last = np.searchsorted(customer, [whose.start, whose.stop])
            asked = past.asked(customer[first:last], as_of[first:last])
            table.fill(first, measure(asked, offered, money))

    with ThreadPoolExecutor(params.threads) as cores:
        list(cores.map(fill, ledger.pieces(params.ends_at_a_time, page)))
    return tables[0].frame(), tables[1].frame()


def observe(
    transactions: pd.DataFrame,
    accounts: pd.DataFrame,
    customers: pd.DataFrame,
    devices: pd.DataFrame,
    periods: pd.DataFrame,
    offered: frozenset[str],
    params: Params,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Daily and weekly indicators as two whole tables, from tables in memory."""
    page = transactions.reset_index(drop=True)
    bank = BankTables(lambda: iter([page]), accounts, customers, devices, periods, offered)
    daily, weekly = zip(*indicator_pages(bank, params), strict=True)
    return pd.concat(daily, ignore_index=True), pd.concat(weekly, ignore_index=True)


def main() -> None:
    """Write the daily and weekly indicators, page by page."""
    params = pipeline.params("observe", Params)
    bank = BankTables(
        lambda: pipeline.pages(schema.Transactions),
        pipeline.read(schema.Accounts),
        pipeline.read(schema.Customers),
        pipeline.read(schema.Devices),
        pipeline.read(schema.Periods),
        frozenset(pipeline.read(schema.Offers)["name"]),
    )
    days, weeks = pipeline.writer(schema.DailyIndicators), pipeline.writer(schema.WeeklyIndicators)
    with days as add_daily, weeks as add_weekly:
        for daily, weekly in indicator_pages(bank, params):
            add_daily(daily)
            add_weekly(weekly)


if __name__ == "__main__":
    pipeline.run_stage("observe", main)
