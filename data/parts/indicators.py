"""Indicators of the customers of one part, and what must be known of everybody before."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.asof import Past, Peers
from data.asof.peers import Usual
from data.indicators import INDICATORS
from data.observe import Params as ObserveParams
from data.observe import page_of_indicators, snapshots
from data.observed_ledger import matched_money
from data.parts.bank import (
    MomentsAsked,
    Tables,
    column,
    events_in_order,
    ledger_of_part,
    numbers_by_key,
    peers_of_part,
    rows_by,
)

COMPARED = [name for name, entry in INDICATORS.items() if entry.has_peers]
MEASURES = ("centre", "spread", "upper")
FAST_MONEY = pa.schema({"customer": pa.int64(), "moment": pa.int64(), "cents": pa.int64()})
SNAPSHOTS = pa.schema(
    {"customer": pa.int64(), "kind": pa.string(), "peer_group": pa.string(), "moment": pa.int64()}
    | {name: pa.float64() for name in COMPARED}
)
USUAL = pa.schema(
    {"peer_group": pa.string(), "moment": pa.int64()}
    | {f"{name}_{measure}": pa.float64() for name in COMPARED for measure in MEASURES}
)


def fast_money(part: Tables, params: ObserveParams) -> pa.Table:
    """What customers passed on fast: one row a payment with cents that had come a short time before.

    Parameters
    ----------
    part : ``ends`` of the payments of some customers; ``sharers`` are those of them who are asked about
    """
    ends = part["ends"].filter(pc.is_in(part["ends"]["customer"], part["sharers"]["customer"]))
    keys, (customer, counterparty) = numbers_by_key(column(ends, "customer"), column(ends, "counterparty"))
    events, _ = events_in_order(ends, customer, counterparty, len(keys))
    fast = matched_money(events, params)["fast_cents"]
    rows = np.flatnonzero(fast > 0)
    return pa.table([keys[events.customer[rows]], events.at[rows], fast[rows]], schema=FAST_MONEY)


def snapshots_of_part(
    part: Tables, calendar: MomentsAsked, offered: frozenset[str], params: ObserveParams
) -> pa.Table:
    """What is compared among peers: one row a customer of the part at a weekly moment.

    Parameters
    ----------
    part : ``customers``, and ``ends`` of their payments
    """
    ledger, own = ledger_of_part(part, calendar, params, is_whole=False)

    def glances() -> Iterator[tuple[range, Past]]:
        for whose in ledger.pieces(params.ends_at_a_time):
            yield whose, ledger.glance(whose, params)

    joined = ledger.profile["joined_us"]
    seen = snapshots(glances(), joined, calendar.snapshots, offered)
    week, who = np.nonzero(joined[own] < calendar.snapshots[:, np.newaxis])
    people = rows_by(part["customers"].select(["customer", "kind", "peer_group"]), "customer")
    found = people.take(pa.array(who))
    found = found.append_column("moment", pa.array(calendar.snapshots[week]))
    for name in COMPARED:
        values = seen[name][week, own[who]] if name in seen else np.full(len(who), np.nan)
        found = found.append_column(name, pa.array(values, pa.float64(), from_pandas=False))
    return found.cast(SNAPSHOTS)


def usual_of_peers(part: Tables, params: ObserveParams) -> pa.Table:
    """What is usual in each group of one kind of customers at one moment: one row a group.

    Parameters
    ----------
    part : ``snapshots`` of all customers of a kind at a moment
    """
    table = rows_by(part["snapshots"], "customer")
    groups, group = np.unique(table.column("peer_group").to_numpy(), return_inverse=True)
    moment = column(table, "moment")[:1]
    values = {name: column(table, name)[np.newaxis] for name in COMPARED}
    peers = Peers.of(moment, values, group, np.zeros(len(group), np.int64), params.peers_least)
    found = {"peer_group": groups, "moment": np.repeat(moment, len(groups))}
    for name in COMPARED:
        usual: Usual = peers.usual[name]
        found |= {f"{name}_{measure}": getattr(usual, measure)[0] for measure in MEASURES}
    return pa.table(
        [pa.array(found[name], from_pandas=False) for name in USUAL.names], names=USUAL.names
    ).cast(USUAL)


def indicators_of_part(
    part: Tables, calendar: MomentsAsked, offered: frozenset[str], params: ObserveParams
) -> tuple[pa.Table, pa.Table]:
    """Daily and weekly indicators of the customers of a part, as stage ``observe`` writes them.

    Parameters
    ----------
    part
        | ``customers``: the part's customers with the group of their peers
        | ``ends``: both ends of payments as far as the customers are one of them
        | ``accounts``: the customers' accounts, with the moments of opening and closing
        | ``uses``: who used a device of the customers' when, with the household
        | ``fast``: what these users passed on fast, see `fast_money`
        | ``chains``: what the customers moved on quick chains, see `followed_money`
        | ``closings``: payments that bring the customers their money back
        | ``crowds``: who dealt when with the parties abroad that the customers dealt with
        | ``usual``: what is usual among peers, see `usual_of_peers`
    calendar, offered, params
        the moments asked about, what the data set can say at all, section ``observe``

    Returns
    -------
    daily, weekly : in order of customer and moment
    """
    ledger, _ = ledger_of_part(part, calendar, params)
    everybody = range(len(ledger.parties.customer_id))
    peers = peers_of_part(part, calendar, ledger)
    daily, weekly = page_of_indicators(ledger, everybody, peers, calendar.mondays, offered, params)
    return as_arrow(daily), as_arrow(weekly)


def as_arrow(frame: pd.DataFrame) -> pa.Table:
    """As a table in which NaN stays NaN."""
    columns = [
        pa.array(frame[name]) if name == "as_of" else pa.array(frame[name].to_numpy(), from_pandas=False)
        for name in frame
    ]
    return pa.table(columns, names=list(frame))
