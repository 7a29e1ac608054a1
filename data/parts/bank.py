"""A part of the bank as a bank of its own: some customers, and of all others what concerns these.

Numbers of parties are local to a part and in the order of their keys. Customers of other parts
occur (as counterparties, as users of a shared device) without payments of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.asof import Crowd, DeviceUses, Events, Milestones, Parties, Peers, Surroundings, Trace, codes_of
from data.asof.peers import Usual
from data.asof.surroundings import NO_HOUSEHOLD
from data.indicators import INDICATORS
from data.observed_ledger import LedgerParams, ObservedLedger, customer_facts, matched_money
from data.schema import CUSTOMER_KINDS, DAY_US, NEVER_US

KEY_OF_OUTSIDERS = 1 << 40  # added to the number of an outside account; numbers of customers lie below
Tables = Mapping[str, pa.Table]


@dataclass(frozen=True)
class MomentsAsked:
    """The moments asked about, in UTC microseconds.

    ``origin`` is the first moment of the ledger, ``snapshots`` (weeks,) are those at which peers are
    compared, ``mondays`` (weeks,) those of the weekly indicators.
    """

    origin: int
    snapshots: np.ndarray
    mondays: np.ndarray

    @classmethod
    def of(cls, periods: pd.DataFrame, peers_from_day: int) -> MomentsAsked:
        """Read it off the Periods table, as stage ``observe`` does."""
        origin = int(periods["starts_at"].astype("int64").min())
        first_week = int(periods.set_index("name")["starts_at"].astype("int64").loc["train"])
        end = int(periods["ends_at"].astype("int64").max())
        snapshots = np.arange(origin + peers_from_day * DAY_US, end, 7 * DAY_US)
        return cls(origin, snapshots, np.arange(first_week, end, 7 * DAY_US))


def column(table: pa.Table, name: str) -> np.ndarray:
    """A column as an array that can be written to; others are a type of their own to the kernels.

    Missing numbers become NaN.
    """
    return np.array(table.column(name).to_numpy(), order="C")


def rows_by(table: pa.Table, *names: str) -> pa.Table:
    """Rows in order of the first named column, then of the next; equal ones as they came."""
    return table.take(pa.array(np.lexsort([column(table, name) for name in reversed(names)])))


def numbers_by_key(*columns: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """Keys of all parties that occur in some columns, in order, each once; and their numbers by column."""
    # Sorted once: to look each key up among the others takes several times as long.
    keys, number = np.unique(np.concatenate([np.zeros(0, np.int64), *columns]), return_inverse=True)
    return keys, np.split(number, np.cumsum([len(values) for values in columns])[:-1])


def events_in_order(
    ends: pa.Table, customer: np.ndarray, counterparty: np.ndarray, customers: int
) -> tuple[Events, np.ndarray]:
    """Events of the ends of payments of a part, and which row of ``ends`` each was; shape (n,).

    The order is that of `data.asof.Events`: customer, moment, credits first, transaction.

    Parameters
    ----------
    ends : one row a customer's end of a payment
    customer, counterparty : their numbers among the parties of the part, by row; shapes (n,)
    customers : how many parties are customers
    """
    at, is_credit = column(ends, "moment"), column(ends, "is_credit")
    row = np.lexsort((column(ends, "transaction_id"), ~is_credit, at, customer))
    events = Events(
        starts=np.searchsorted(customer[row], np.arange(customers + 1)),
        customer=customer[row],
        at=at[row],
        cents=column(ends, "cents")[row],
        balance=column(ends, "balance_cents").astype(float)[row] / 100,
        is_credit=is_credit[row],
        counterparty=counterparty[row],
        holder=column(ends, "holder")[row],
        channel=column(ends, "channel")[row],
        purpose=column(ends, "purpose")[row],
        city=column(ends, "city")[row],
        payment=np.arange(len(row)),  # of this part: one for each end
    )
    return events, row


# Of other customers nothing is known, and nobody asks before they join.
NOTHING = {"b": False, "i": NEVER_US, "f": np.nan}


def among_all(values: np.ndarray, own: np.ndarray, size: int, nothing: float | None = None) -> np.ndarray:
    """Facts of the part's own customers among those of all that occur in it; others have none."""
    result = np.full(size, NOTHING[values.dtype.kind] if nothing is None else nothing, values.dtype)
    result[own] = values
    return result


@dataclass(frozen=True)
class _Occurring:
    """The parties that occur in a part: ``keys`` of all, ``own`` are numbers of its own customers.

    ``customer`` and ``counterparty`` are the numbers of both parties of each of its ``ends``.
    """

    keys: np.ndarray
    customers: int
    own: np.ndarray
    customer: np.ndarray
    counterparty: np.ndarray

    @classmethod
    def of(cls, part: Tables) -> _Occurring:
        others = {"uses": ("customer",), "fast": ("customer",), "crowds": ("customer", "party")}
        besides = [column(part[t], name) for t, names in others.items() if t in part for name in names]
        ends = (column(part["ends"], name) for name in ("customer", "counterparty"))
        keys, numbers = numbers_by_key(column(part["customers"], "customer"), *ends, *besides)
        own, customer, counterparty = numbers[:3]
        return cls(keys, int(np.searchsorted(keys, KEY_OF_OUTSIDERS)), np.sort(own), customer, counterparty)

    def by_party(self, events: Events, values: np.ndarray, nothing: float) -> np.ndarray:
        """What is told of the counterparty of each event, by party."""
        result = np.full(len(self.keys), nothing, values.dtype)
        result[events.counterparty] = values
        return result


def _people(part: Tables, found: _Occurring, household: np.ndarray) -> pd.DataFrame:
    """Employer and household by customer of the part, as `data.observed_ledger.on_file` asks for them."""
    table = part["customers"].select(["customer", "employer", "household_id"]).to_pandas()
    table = table.sort_values("customer", kind="stable")
    employer = np.full(found.customers, -1)
    employer[found.own] = table["employer"].fillna(-1).to_numpy(np.int64)
    employer[~np.isin(employer, found.keys)] = -1  # nobody of this part dealt with them
    home = household[: found.customers].copy()
    home[found.own] = table["household_id"].fillna(NO_HOUSEHOLD).to_numpy(np.int64)
    frame = pd.DataFrame({"employer_account_id": employer, "household_id": home})
    return frame.astype("Int64").mask(frame == -1)


def _trace(table: pa.Table, keys: np.ndarray, customers: int) -> Trace:
    who = np.searchsorted(keys, column(table, "customer"))
    return Trace.of(who, column(table, "moment"), column(table, "cents"), customers)


def _devices(table: pa.Table, keys: np.ndarray, customers: int) -> DeviceUses:
    uses = table.to_pandas().rename(columns={"customer": "customer_id"})
    household = np.full(customers, NO_HOUSEHOLD)
    node = np.searchsorted(keys, uses["customer_id"])
    household[node] = uses["household_id"].fillna(NO_HOUSEHOLD).to_numpy(np.int64)
    return DeviceUses.of(uses, keys[:customers], pd.Series(household))


def _around(part: Tables, found: _Occurring, params: LedgerParams) -> Surroundings:
    """Traces, crowds, devices and milestones, as far as the part's customers can ask for them."""
    keys, customers = found.keys, found.customers
    crowds = part["crowds"]
    who, party = (np.searchsorted(keys, column(crowds, name)) for name in ("customer", "party"))
    at, is_out = column(crowds, "moment"), column(crowds, "is_out").astype(bool)
    accounts = part["accounts"].to_pandas()

    def crowd(way: np.ndarray) -> Crowd:
        return Crowd.of(party[way], at[way], who[way], len(keys))

    def moments(name: str) -> Milestones:
        return Milestones.of(accounts["customer"], accounts[name], keys[:customers])

    return Surroundings(
        traces={name: _trace(part[table], keys, customers) for name, table in TRACES.items()},
        crowds={"paying_abroad": crowd(is_out), "paid_from_abroad": crowd(~is_out)},
        devices=_devices(part["uses"], keys, customers),
        milestones={"opening": moments("opened_at"), "closing": moments("closed_at")},
        least_fast_cents=round(params.fast_sharer_cny * 100),
        most_users=params.most_device_users,
        most_dealings=params.most_dealings,
    )


TRACES = {"chain": "chains", "fast": "fast"}


def ledger_of_part(
    part: Tables, calendar: MomentsAsked, params: LedgerParams, is_whole: bool = True
) -> tuple[ObservedLedger, np.ndarray]:
    """The payments of a part's customers, and the numbers of these customers among those that occur.

    ``is_whole`` is false for a first look that needs nothing but the customers and their ends of payments;
    then nothing is followed and nobody stands around.
    """
    found = _Occurring.of(part)
    ends, keys, customers = part["ends"], found.keys, found.customers
    events, row = events_in_order(ends, found.customer, found.counterparty, customers)
    own = part["customers"].to_pandas().sort_values("customer", kind="stable")
    facts = customer_facts(own, calendar.origin)
    household = np.nan_to_num(column(ends, "household").astype(float), nan=NO_HOUSEHOLD).astype(np.int64)
    closings = column(part["closings"], "transaction_id") if is_whole else np.zeros(0, np.int64)
    holder = found.by_party(events, events.holder, 0)
    ledger = ObservedLedger(
        events=events,
        money=matched_money(events, params) if is_whole else {},
        closes=np.isin(column(ends, "transaction_id")[row], closings),
        parties=Parties(keys[:customers], keys, np.arange(len(keys)), holder),
        customers=_people(part, found, found.by_party(events, household[row], NO_HOUSEHOLD)),
        profile={name: among_all(values, found.own, customers) for name, values in facts.items()},
        country=found.by_party(events, column(ends, "country")[row].astype(np.int64), 0),
        is_high_risk=found.by_party(events, column(ends, "is_high_risk")[row].astype(bool), False),
        group=among_all(np.unique(own["peer_group"], return_inverse=True)[1], found.own, customers, 0),
        kind=among_all(codes_of(own["kind"], CUSTOMER_KINDS), found.own, customers, 0),
        around=_around(part, found, params) if is_whole else Surroundings(),
        origin=calendar.origin,
    )
    return ledger, found.own


def peers_of_part(part: Tables, calendar: MomentsAsked, ledger: ObservedLedger) -> Peers:
    """What is usual among the peers of a part's customers; ``usual`` of the part says it of all groups."""
    groups = np.unique(part["customers"].column("peer_group").to_numpy())
    usual = part["usual"].filter(pc.is_in(part["usual"].column("peer_group"), pa.array(groups)))
    shape = len(calendar.snapshots), len(groups)
    place = (
        np.searchsorted(calendar.snapshots, column(usual, "moment")),
        np.searchsorted(groups, usual.column("peer_group").to_numpy()),
    )

    def measures(name: str) -> Usual:
        found = [np.full(shape, np.nan) for _ in range(3)]
        for values, measure in zip(found, ("centre", "spread", "upper"), strict=True):
            values[place] = column(usual, f"{name}_{measure}")
        return Usual(*found)

    compared = [name for name, entry in INDICATORS.items() if entry.has_peers]
    return Peers(calendar.snapshots, ledger.group, {name: measures(name) for name in compared})
