"""Everybody's payments as the customers see them, and what is found of them once for all.

What one customer did is found without any other customer, a range of customers at a time.
What runs from account to account (money that is followed, round trips, chains, who else
uses a device) needs everybody's payments at once, and stands here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import Field

from data.asof import Crowd, DeviceUses, Events, Milestones, Parties, Past, Surroundings, Trace, codes_of
from data.asof.habits import PatternParams, patterns
from data.asof.money_trail import match_first_in_first_out
from data.asof.network import Multigraph, TrailLimits, quick_chains
from data.asof.ranges import Pages, ranges
from data.asof.surroundings import NO_HOUSEHOLD
from data.asof.survey import Links, Survey
from data.schema import CUSTOMER_KINDS, DAY_US, HOUR_US
from data.selections import SelectionParams, met_before, selections, sums_that_come_back
from parameters import Days, Hours, Part, Threads, Yuan

ROUND_TRIP_HOPS = 3  # over two others at least: who sends money straight back, returns it


class LedgerParams(SelectionParams):
    """How far money is followed, and who is compared with whom; part of section ``observe``."""

    fast_hours: Hours
    matching_memory_days: Days
    trails: TrailLimits
    chain_hours: Hours
    chain_kept: Part
    high_risk_countries: tuple[str, ...]
    fast_sharer_cny: Yuan
    most_device_users: int = Field(ge=2, le=10**9)
    most_dealings: int = Field(ge=2, le=10**9)
    threads: Threads
    patterns: PatternParams


@dataclass(frozen=True)
class BankTables:
    """The tables that the stage reads, and what the data set can say at all."""

    pages: Pages
    accounts: pd.DataFrame
    customers: pd.DataFrame
    devices: pd.DataFrame
    periods: pd.DataFrame
    offered: frozenset[str]


def customer_facts(customers: pd.DataFrame, origin_us: int) -> dict[str, np.ndarray]:
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


def countries(accounts: pd.DataFrame, parties: Parties, high_risk: tuple[str, ...]) -> tuple[np.ndarray, ...]:
    """By node: number of the country of the account, and whether it is one of higher risk."""
    names, number = np.unique(accounts["country"].fillna("").to_numpy(str), return_inverse=True)
    country = np.zeros(len(parties.holder), np.int64)
    country[parties.nodes_of(accounts["account_id"])] = number
    return country, np.isin(names, high_risk)[country]


def on_file(events: Events, customers: pd.DataFrame, parties: Parties) -> np.ndarray:
    """Events with the employer or a member of the household that the bank has on file, shape (n,)."""
    account = customers["employer_account_id"]
    employer = np.full(len(customers), -1)
    employer[account.notna()] = parties.nodes_of(account.dropna().astype("int64"))
    household = np.append(customers["household_id"].fillna(NO_HOUSEHOLD).to_numpy(np.int64), NO_HOUSEHOLD)
    other = np.minimum(events.counterparty, len(customers))
    is_family = (household[other] == household[events.customer]) & (household[other] != NO_HOUSEHOLD)
    return is_family | (events.counterparty == employer[events.customer])


def matched_money(events: Events, params: LedgerParams) -> dict[str, np.ndarray]:
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


@dataclass(frozen=True)
class MoneyTrails:
    """What transfers make together, found once of the whole ledger.

    ``closes``, shape (payments,): payments that bring money back over two others or more.
    ``chain_customer``, ``chain_at``, ``chain_cents``, shape (found,): customers on a quick chain of
    three transfers, and the moment and amount of the last.
    """

    closes: np.ndarray
    chain_customer: np.ndarray
    chain_at: np.ndarray
    chain_cents: np.ndarray

    @classmethod
    def of(cls, survey: Survey, parties: Parties, params: LedgerParams) -> MoneyTrails:
        """Follow the money of the survey's transfers."""
        transfers, nodes, limits = survey.transfers, len(parties.holder), params.trails
        graph = Multigraph.of(
            transfers.payer, transfers.payee, transfers.at, transfers.cents, nodes, params.threads
        )
        trails = limits.trails(graph, params.threads)
        back = limits.cycles(graph, trails, params.threads).closing_through(ROUND_TRIP_HOPS)
        closes = np.zeros(survey.payments, bool)
        closes[transfers.payment[graph.row[back]]] = True
        party, edge = quick_chains(graph, trails, params.chain_hours * HOUR_US, params.chain_kept)
        is_customer = party < len(parties.customer_id)
        party, edge = party[is_customer], edge[is_customer]
        return cls(closes, party, graph.at[edge], graph.cents[edge])


def surroundings(
    bank: BankTables,
    abroad: Links,
    trails: MoneyTrails,
    events: Events,
    fast: np.ndarray,
    parties: Parties,
    params: LedgerParams,
) -> Surroundings:
    """What everybody's payments and devices say about each customer.

    ``fast``, shape of the events, is what of each was passed on fast, in cents.
    """
    size = len(parties.customer_id)
    out, into = abroad.payer < size, abroad.payee < size
    household = bank.customers.set_index("customer_id").loc[parties.customer_id, "household_id"]
    devices = DeviceUses.of(bank.devices, parties.customer_id, household)
    shared = (fast > 0) & devices.sharers()[events.customer]
    return Surroundings(
        traces={
            "chain": Trace.of(trails.chain_customer, trails.chain_at, trails.chain_cents, size),
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


@dataclass(frozen=True)
class ObservedLedger:
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
    def of(cls, bank: BankTables, params: LedgerParams) -> ObservedLedger:
        """Read the payments, once."""
        parties = Parties.of(bank.customers["customer_id"], bank.accounts)
        by_node = bank.customers.set_index("customer_id").loc[parties.customer_id]
        origin = int(bank.periods["starts_at"].astype("int64").min())
        payments = pd.concat(list(bank.pages()))
        survey, events = Survey.of([payments], parties), Events.of(payments, parties)
        del payments
        money = matched_money(events, params)
        trails = MoneyTrails.of(survey, parties, params)
        country, is_high_risk = countries(bank.accounts, parties, params.high_risk_countries)
        group, kind = peer_groups(by_node)
        return cls(
            events=events,
            money=money,
            closes=trails.closes,
            parties=parties,
            customers=by_node,
            profile=customer_facts(by_node, origin),
            country=country,
            is_high_risk=is_high_risk,
            group=group,
            kind=kind,
            around=surroundings(bank, survey.abroad, trails, events, money["fast_cents"], parties, params),
            origin=origin,
        )

    def pieces(self, most: int, within: range | None = None) -> list[range]:
        """Customers, all or ``within`` some, in ranges of at most ``most`` events."""
        first, end = (within.start, within.stop) if within else (0, len(self.parties.customer_id))
        found = ranges(np.diff(self.events.starts[first : end + 1]), most)
        return [range(first + piece.start, first + piece.stop) for piece in found]

    def glance(self, whose: range, params: LedgerParams) -> Past:
        """What a range of customers did, as far as one look at each event tells."""
        events, none = self.events.of_customers(whose), np.empty(0, np.int64)
        chosen, columns = selections(events, self.origin, params), {"cents": events.cents}
        return Past(events, none, none, chosen, columns, self.profile, self.around)

    def history(self, whose: range, params: LedgerParams) -> Past:
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
