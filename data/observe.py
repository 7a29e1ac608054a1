"""Stage observe: measure every indicator, daily for the rules and weekly for the models."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import AfterValidator, Field

import pipeline
from data import schema
from data.asof import Crowd, Devices, Events, Milestones, Parties, Past, Peers, Surroundings, Trace, codes_of
from data.asof.habits import PatternParams, patterns
from data.asof.money_trail import answers, layered_chains, match_first_in_first_out, round_trip_hops
from data.asof.ranges import Pages, ranges
from data.asof.surroundings import NO_HOUSEHOLD
from data.asof.survey import Links, Survey
from data.asof.windows import previous_of_key
from data.indicators import INDICATORS, Indicator
from data.readings import Readings
from data.schema import CHANNELS, CUSTOMER_KINDS, DAY_US, HOLDER_KINDS, HOUR_US, PURPOSES
from parameters import Count, Days, DaysRange, Hours, KeptRange, Part, Threads, Yuan, YuanRange

EXPLAINED = (
    "payroll",
    "utility",
    "loan_repayment",
    "shopping",
    "savings",
    "fee",
    "interest",
    "tax",
    "refund",
)
# Supervised firms that know their own customers: money parked there and back moves no further.
LICENSED = ("broker", "insurer")
CASH = ("cash_deposit", "cash_withdrawal")
CODES = ("qr", "pos")
UPKEEP = ("payroll", "utility", "rent", "tax")  # what a firm that works pays for
OFFICIAL = ("utility", "broker", "lender", "insurer", "bank", "state")
HUBS = (
    "merchant",
    "utility",
    "cash_desk",
    "wallet",
    "bank",
    "state",
)  # whoever deals with everybody is no acquaintance
EVER_US = np.iinfo(np.int64).max // 2


def _apart(hours: tuple[int, int]) -> tuple[int, int]:
    if hours[0] == hours[1]:
        raise ValueError(f"expected two different hours, found {list(hours)}")
    return hours


LocalHour = Annotated[int, Field(ge=0, le=24)]
Night = Annotated[tuple[LocalHour, LocalHour], AfterValidator(_apart)]  # over midnight or not


class Params(pipeline.Parameters):
    """Section ``observe`` of params.yaml."""

    first_day: int = Field(ge=0, le=36_500)
    near_line_cny: YuanRange
    round_to_cny: Count
    night_hours: Night
    fast_hours: Hours
    matching_memory_days: Days
    round_trip_days: Days
    round_trip_kept: KeptRange
    round_trip_hops: int = Field(ge=2, le=10)
    round_trip_steps: int = Field(ge=10, le=10**9)
    chain_hours: Hours
    chain_kept: Part
    chain_steps: int = Field(ge=10, le=10**9)
    high_risk_countries: tuple[str, ...]
    stakes_cny: tuple[Count, ...]
    early_repaid_days: Days
    early_repaid_share: KeptRange
    lent_back_days: DaysRange
    lent_back_kept: KeptRange
    surrendered_days: Days
    surrendered_share: KeptRange
    fast_sharer_cny: Yuan
    most_device_users: int = Field(ge=2, le=10**9)
    most_dealings: int = Field(ge=2, le=10**9)
    ends_at_a_time: Count
    ends_a_page: Count
    threads: Threads
    peers_least: Count
    peers_from_day: int = Field(ge=0, le=36_500)
    patterns: PatternParams


def selections(events: Events, origin_us: int, params: Params) -> dict[str, np.ndarray]:
    """Row-wise choices of events by name, each of shape (n,).

    ``origin_us`` is a local midnight; hours of the day count from it.
    """
    low, high = (round(yuan * 100) for yuan in params.near_line_cny)
    dusk, dawn = params.night_hours
    hour = (events.at - origin_us) % DAY_US // HOUR_US

    def is_among(codes: np.ndarray, names: tuple[str, ...], chosen: tuple[str, ...]) -> np.ndarray:
        return np.array([*(name in chosen for name in names), False])[codes]  # an unknown code is -1

    return {
        "credit": events.is_credit,
        "debit": ~events.is_credit,
        "cash": is_among(events.channel, CHANNELS, CASH),
        "unexplained": ~(
            is_among(events.purpose, PURPOSES, EXPLAINED) | is_among(events.holder, HOLDER_KINDS, LICENSED)
        ),
        "near_line": (events.cents >= low) & (events.cents < high),
        "night": (hour >= dusk) & (hour < dawn) if dusk < dawn else (hour >= dusk) | (hour < dawn),
        "round": events.cents % (params.round_to_cny * 100) == 0,
        "stake": np.isin(events.cents, [yuan * 100 for yuan in params.stakes_cny]),
        "code": is_among(events.channel, CHANNELS, CODES),
        "upkeep": is_among(events.purpose, PURPOSES, UPKEEP),
        "wages": events.purpose == PURPOSES.index("payroll"),
        "official": is_among(events.holder, HOLDER_KINDS, OFFICIAL),
        "in_city": events.city >= 0,
        "with_cents": events.cents % 100 != 0,
        "personal": ~is_among(events.holder, HOLDER_KINDS, HUBS),
        "not_of_the_bank": events.holder != HOLDER_KINDS.index("bank"),  # its interest and fees wake nobody
        **{f"with_{name}": events.holder == code for code, name in enumerate(HOLDER_KINDS)},
    }


def met_before(events: Events) -> np.ndarray:
    """The event before with the same counterparty, or -1; shape (n,)."""
    return previous_of_key(events.starts, events.counterparty, np.ones(len(events), bool))


def sums_that_come_back(
    events: Events, met: np.ndarray, chosen: dict[str, np.ndarray], params: Params
) -> dict[str, np.ndarray]:
    """Events that answer an earlier one with the same party: loans repaid, lent back, policies given up.

    ``met`` is the event before with the same party, see `met_before`.
    """
    debit, credit, lender, insurer = (
        chosen[name] for name in ("debit", "credit", "with_lender", "with_insurer")
    )
    private = chosen["with_person"] | chosen["with_micro_business"] | chosen["with_company"]

    def answered(
        opens: np.ndarray, closes: np.ndarray, days: tuple[int, int], shares: tuple[float, float]
    ) -> np.ndarray:
        after, within = (number * DAY_US for number in days)
        return answers(events.at, events.cents, met, opens, closes, after, within, *shares)

    repaid, given_up = (0, params.early_repaid_days), (0, params.surrendered_days)
    lent, kept = params.lent_back_days, params.lent_back_kept
    insured = credit & insurer
    ever_paid = answers(events.at, events.cents, met, debit, insured, 0, EVER_US, 0.0, np.inf)
    return {
        "early_repaid": answered(credit & lender, debit & lender, repaid, params.early_repaid_share),
        "lent_back": answered(debit & private, credit & private, lent, kept),
        "surrendered": answered(debit & insurer, insured, given_up, params.surrendered_share),
        "unpaid_for": insured & ~ever_paid,
    }


def closes_round_trip(transfers: Links, payments: int, parties: Parties, params: Params) -> np.ndarray:
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
    closes = np.zeros(payments, bool)
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


@dataclass(frozen=True)
class Bank:
    """The tables that the stage reads, and what the data set can say at all."""

    pages: Pages
    accounts: pd.DataFrame
    customers: pd.DataFrame
    devices: pd.DataFrame
    periods: pd.DataFrame
    offered: frozenset[str]


def facts(customers: pd.DataFrame, origin_us: int) -> dict[str, np.ndarray]:
    """Facts by node that do not change; ``customers`` in order of their nodes.

    The bank has seen a customer since they joined, or since its ledger begins.
    """
    founded = customers["founded_at"]
    return {
        "monthly_income": customers["monthly_income_cents"].to_numpy(dtype=float, na_value=np.nan) / 100,
        "joined_us": customers["joined_at"].astype("int64").to_numpy(),
        "seen_since_us": np.maximum(customers["joined_at"].astype("int64").to_numpy(), origin_us),
        "founded_us": np.where(founded.isna(), np.nan, founded.astype("int64")),
        "capital": customers["registered_capital_cents"].to_numpy(dtype=float, na_value=np.nan) / 100,
        "is_firm": (customers["kind"] != "person").to_numpy(),
        "is_company": (customers["kind"] == "company").to_numpy(),
    }


def on_file(events: Events, customers: pd.DataFrame, parties: Parties) -> np.ndarray:
    """Events with the employer or a member of the household that the bank has on file, shape (n,)."""
    account = customers["employer_account_id"]
    employer = np.full(len(customers), -1)
    employer[account.notna()] = parties.nodes_of(account.dropna().astype("int64"))
    household = np.append(customers["household_id"].fillna(NO_HOUSEHOLD).to_numpy(np.int64), NO_HOUSEHOLD)
    other = np.minimum(events.counterparty, len(customers))
    is_family = (household[other] == household[events.customer]) & (household[other] != NO_HOUSEHOLD)
    return is_family | (events.counterparty == employer[events.customer])


def countries(accounts: pd.DataFrame, parties: Parties, high_risk: tuple[str, ...]) -> tuple[np.ndarray, ...]:
    """By node: number of the country of the account, and whether it is one of higher risk."""
    names, number = np.unique(accounts["country"].fillna("").to_numpy(str), return_inverse=True)
    country = np.zeros(len(parties.holder), np.int64)
    country[parties.nodes_of(accounts["account_id"])] = number
    return country, np.isin(names, high_risk)[country]


def surroundings(
    bank: Bank, survey: Survey, events: Events, fast: np.ndarray, parties: Parties, params: Params
) -> Surroundings:
    """What everybody's payments and devices say about each customer.

    ``fast``, shape of the events, is what of each was passed on fast, in cents.
    """
    size, transfers, abroad = len(parties.customer_id), survey.transfers, survey.abroad
    members, hop = layered_chains(
        transfers.payer,
        transfers.payee,
        transfers.at,
        transfers.cents,
        len(parties.holder),
        size,
        params.chain_hours * HOUR_US,
        params.chain_kept,
        params.chain_steps,
    )
    out, into = abroad.payer < size, abroad.payee < size
    household = bank.customers.set_index("customer_id").loc[parties.customer_id, "household_id"]
    devices = Devices.of(bank.devices, parties.customer_id, household)
    shared = (fast > 0) & devices.sharers()[events.customer]
    return Surroundings(
        traces={
            "chain": Trace.of(members, transfers.at[hop], transfers.cents[hop], size),
            "fast": Trace.of(events.customer[shared], events.at[shared], fast[shared], size),
        },
        crowds={
            "paying_abroad": Crowd.of(
                abroad.payee[out], abroad.at[out], abroad.payer[out], len(parties.holder)
            ),
            "paid_from_abroad": Crowd.of(
                abroad.payer[into], abroad.at[into], abroad.payee[into], len(parties.holder)
            ),
        },
        devices=devices,
        milestones=milestones(bank.accounts, parties.customer_id),
        least_fast_cents=round(params.fast_sharer_cny * 100),
        most_users=params.most_device_users,
        most_dealings=params.most_dealings,
    )


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


def peer_groups(customers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Codes of the group (kind with occupation or industry) and of the kind of each customer."""
    trade = customers["occupation"].fillna(customers["industry"]).fillna("unknown")
    group = pd.factorize(customers["kind"].astype(str) + "/" + trade.astype(str), sort=True)[0]
    return group, codes_of(customers["kind"], CUSTOMER_KINDS)


def milestones(accounts: pd.DataFrame, customer_id: np.ndarray) -> dict[str, Milestones]:
    """Openings and closings of the customers' accounts."""
    return {
        "opening": Milestones.of(accounts["customer_id"], accounts["opened_at"], customer_id),
        "closing": Milestones.of(accounts["customer_id"], accounts["closed_at"], customer_id),
    }


@dataclass(frozen=True)
class Ledger:
    """Everybody's events, and what of them is found once for all customers together.

    ``money`` are columns by event, see `matched_money`; ``closes`` tells the payments that
    close a round trip; the rest is by node or customer.
    """

    events: Events
    money: dict[str, np.ndarray]
    closes: np.ndarray
    parties: Parties
    customers: pd.DataFrame
    profile: dict[str, np.ndarray]
    country: np.ndarray
    is_high_risk: np.ndarray
    group: np.ndarray
    kind: np.ndarray
    around: Surroundings
    origin: int

    @classmethod
    def of(cls, bank: Bank, params: Params) -> Ledger:
        """Read the payments, once."""
        parties = Parties.of(bank.customers["customer_id"], bank.accounts)
        by_node = bank.customers.set_index("customer_id").loc[parties.customer_id]
        origin = int(bank.periods["starts_at"].astype("int64").min())
        payments = pd.concat(list(bank.pages()))
        survey, events = Survey.of([payments], parties), Events.of(payments, parties)
        del payments
        money = matched_money(events, params)
        country, is_high_risk = countries(bank.accounts, parties, params.high_risk_countries)
        group, kind = peer_groups(by_node)
        return cls(
            events=events,
            money=money,
            closes=closes_round_trip(survey.transfers, survey.payments, parties, params),
            parties=parties,
            customers=by_node,
            profile=facts(by_node, origin),
            country=country,
            is_high_risk=is_high_risk,
            group=group,
            kind=kind,
            around=surroundings(bank, survey, events, money["fast_cents"], parties, params),
            origin=origin,
        )

    def pieces(self, most: int, within: range | None = None) -> list[range]:
        """Customers, all or ``within`` some, in ranges of at most ``most`` events."""
        first, end = (within.start, within.stop) if within else (0, len(self.parties.customer_id))
        found = ranges(np.diff(self.events.starts[first : end + 1]), most)
        return [range(first + piece.start, first + piece.stop) for piece in found]

    def glance(self, whose: range, params: Params) -> Past:
        """What a range of customers did, as far as one look at each event tells."""
        events, none = self.events.of_customers(whose), np.empty(0, np.int64)
        chosen, columns = selections(events, self.origin, params), {"cents": events.cents}
        return Past(events, none, none, chosen, columns, self.profile, self.around)

    def history(self, whose: range, params: Params) -> Past:
        """What a range of customers did, with everything that earlier events say about later ones."""
        events, none = self.events.of_customers(whose), np.empty(0, np.int64)
        met = met_before(events)
        chosen = selections(events, self.origin, params)
        chosen |= sums_that_come_back(events, met, chosen, params)
        chosen["first_time"] = met < 0
        chosen["round_trip"] = events.is_credit & self.closes[events.payment]
        chosen["high_risk"] = chosen["with_overseas"] & self.is_high_risk[events.counterparty]
        chosen["on_file"] = on_file(events, self.customers, self.parties)
        below_line = events.cents < round(params.near_line_cny[1] * 100)
        choices = met, chosen["unexplained"], chosen["on_file"], below_line
        more, columns = patterns(events, *choices, self.kind, self.origin, params.patterns)
        mine = slice(self.events.starts[whose.start], self.events.starts[whose.stop])
        columns |= {name: values[mine] for name, values in self.money.items()}
        columns["country"] = self.country[events.counterparty]
        return Past(events, none, none, chosen | more, columns, self.profile, self.around)


def parts(bank: Bank, params: Params) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Daily and weekly indicators, page by page of the customers in order of their ids.

    The customers are gone through twice, few at a time: what is usual among peers must be
    known of everybody before anybody is compared with it.
    """
    ledger = Ledger.of(bank, params)
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
        yield page_of(ledger, page, peers, mondays, offered, params)


def page_of(
    ledger: Ledger,
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
    bank = Bank(lambda: iter([page]), accounts, customers, devices, periods, offered)
    daily, weekly = zip(*parts(bank, params), strict=True)
    return pd.concat(daily, ignore_index=True), pd.concat(weekly, ignore_index=True)


def main() -> None:
    """Write the daily and weekly indicators, page by page."""
    params = pipeline.params("observe", Params)
    bank = Bank(
        lambda: pipeline.pages(schema.Transactions),
        pipeline.read(schema.Accounts),
        pipeline.read(schema.Customers),
        pipeline.read(schema.Devices),
        pipeline.read(schema.Periods),
        frozenset(pipeline.read(schema.Offers)["name"]),
    )
    days, weeks = pipeline.writer(schema.DailyIndicators), pipeline.writer(schema.WeeklyIndicators)
    with days as add_daily, weeks as add_weekly:
        for daily, weekly in parts(bank, params):
            add_daily(daily)
            add_weekly(weekly)


if __name__ == "__main__":
    pipeline.run_stage("observe", main)
