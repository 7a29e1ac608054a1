"""The payment graph as tables: nodes, timed edges, and the slice that a moment may see."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import log1p

from data.asof import Parties, codes_of
from data.asof.network.multigraph import Multigraph
from data.schema import CHANNELS, DAY_US, HOLDER_KINDS, HOUR_US

HUBS = ("merchant", "utility", "wallet", "bank", "state")
# Parties through which everybody's money passes: nobody's trail leads through them.
POOLED = (*HUBS, "cash_desk", "lender", "broker", "insurer", "exchange")


def graph_nodes(parties: Parties) -> pd.DataFrame:
    """The GraphNodes table."""
    size = len(parties.holder)
    customer = pd.array(np.zeros(size, np.int64), dtype="Int64")
    customer[: len(parties.customer_id)] = parties.customer_id
    customer[len(parties.customer_id) :] = pd.NA
    return pd.DataFrame(
        {"node": np.arange(size), "customer_id": customer, "holder": parties.holder.astype(np.uint8)}
    )


def graph_edges(transactions: pd.DataFrame, parties: Parties, origin_us: int) -> pd.DataFrame:
    """The GraphEdges table; ``transactions`` in order of time."""
    payer = parties.nodes_of(transactions["payer_account_id"])
    payee = parties.nodes_of(transactions["payee_account_id"])
    hubs = np.isin(parties.holder, [HOLDER_KINDS.index(name) for name in HUBS])
    keep = (payer != payee) & ~hubs[payer] & ~hubs[payee]
    at = transactions["at"][keep]
    return pd.DataFrame(
        {
            "at": at,
            "payer_node": payer[keep],
            "payee_node": payee[keep],
            "log_amount": log1p(transactions["amount_cents"].to_numpy()[keep] / 100).astype(np.float32),
            "channel": codes_of(transactions["channel"], CHANNELS)[keep].astype(np.uint8),
            "hour": ((at.astype("int64") - origin_us) % DAY_US // HOUR_US).astype(np.uint8),
        }
    ).reset_index(drop=True)


def graph_slices(edges: pd.DataFrame, moments: pd.DatetimeIndex, days: int) -> pd.DataFrame:
    """The GraphSlices table: the edges of ``[as_of - days, as_of)`` for each moment."""
    at = edges["at"].astype("int64").to_numpy()
    as_of = moments.as_unit("us").asi8
    return pd.DataFrame(
        {
            "as_of": moments,
            "first_edge": np.searchsorted(at, as_of - days * DAY_US, side="left"),
            "end_edge": np.searchsorted(at, as_of, side="left"),
        }
    )


def multigraph(transactions: pd.DataFrame, parties: Parties, threads: int) -> Multigraph:
    """The payments between parties in their own right; pooled accounts are left out."""
    payer = parties.nodes_of(transactions["payer_account_id"])
    payee = parties.nodes_of(transactions["payee_account_id"])
    pooled = np.isin(parties.holder, [HOLDER_KINDS.index(name) for name in POOLED])
    keep = (payer != payee) & ~pooled[payer] & ~pooled[payee]
    return Multigraph.of(
        payer[keep],
        payee[keep],
        transactions["at"].astype("int64").to_numpy()[keep],
        transactions["amount_cents"].to_numpy()[keep],
        len(parties.holder),
        threads,
    )
