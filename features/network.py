"""The payment graph: timed edges, the slice that a moment may see, and first features of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

import pipeline
from data.asof import Parties, codes_of
from data.schema import CHANNELS, DAY_US, HOLDER_KINDS, HOUR_US
from features.catalogue import Feature

HUBS = ("merchant", "utility")

FEATURES = [
    Feature(
        "customer_counterparty_count_28d",
        "Counterparties at this bank in 28 days",
        "近28天行内交易对手数",
        unit="count",
        family="network",
        group="network",
        source="domain G relationship",
    ),
    Feature(
        "reciprocated_share_28d",
        "Share of counterparties with money both ways",
        "双向往来对手占比",
        unit="share",
        family="network",
        group="network",
        source="AMLSim mutual",
    ),
    Feature(
        "counterparty_degree_mean_28d",
        "How many customers the counterparties deal with",
        "交易对手平均关联客户数",
        unit="count",
        family="network",
        group="network",
        source="SAML-D endpoint degree",
    ),
    Feature(
        "shared_counterparty_customer_count_28d",
        "Other customers behind the same outside persons",
        "共同外部对手关联客户数",
        unit="count",
        family="network",
        group="network",
        source="FFIEC shared address/phone",
    ),
    Feature(
        "neighbour_fast_out_share_max",
        "Fastest pass-through among counterparties",
        "对手方最高快进快出占比",
        unit="share",
        family="network",
        group="network",
        source="domain E neighbours' indicators",
    ),
    Feature(
        "neighbour_baseline_ratio_max",
        "Largest surge among counterparties",
        "对手方最大突增倍数",
        unit="ratio",
        family="network",
        group="network",
        source="domain E neighbours' indicators",
    ),
    Feature(
        "neighbour_payer_count_max",
        "Most payers among counterparties",
        "对手方最多付款方数",
        unit="count",
        family="network",
        group="network",
        source="domain E neighbours' indicators",
    ),
]
NEIGHBOUR_SOURCES = {
    "neighbour_fast_out_share_max": "fast_out_share_7d",
    "neighbour_baseline_ratio_max": "in_to_baseline_ratio_30d",
    "neighbour_payer_count_max": "unexplained_payer_count_7d",
}


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
            "log_amount": np.log1p(transactions["amount_cents"].to_numpy()[keep] / 100).astype(np.float32),
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


def _slice_features(
    payer: np.ndarray,
    payee: np.ndarray,
    customers: int,
    outside_persons: np.ndarray,
    indicators: pd.DataFrame,
) -> pd.DataFrame:
    """Network features of all customers (index: node) from the edges of one slice.

    ``indicators`` holds the customers' own indicators at the same moment, by node.
    """
    pairs = pd.DataFrame({"me": payer, "other": payee}).drop_duplicates()
    both = pd.concat([pairs, pairs.rename(columns={"me": "other", "other": "me"})])
    ways = both.groupby(["me", "other"], sort=True).size().rename("ways").reset_index()
    mine = ways[ways["me"] < customers]
    result = pd.DataFrame(index=pd.RangeIndex(customers))
    result["customer_counterparty_count_28d"] = (mine["other"] < customers).groupby(mine["me"]).sum()
    result["reciprocated_share_28d"] = (mine["ways"] == 2).groupby(mine["me"]).mean()

    degree = mine.groupby("other").size()
    mine = mine.assign(degree=mine["other"].map(degree).to_numpy())
    result["counterparty_degree_mean_28d"] = mine.groupby("me")["degree"].mean()
    persons = mine[outside_persons[mine["other"]]]
    result["shared_counterparty_customer_count_28d"] = (persons["degree"] - 1).groupby(persons["me"]).sum()

    inside = mine[mine["other"] < customers]
    for name, source in NEIGHBOUR_SOURCES.items():
        values = inside["other"].map(indicators[source])
        result[name] = values.groupby(inside["me"]).max()
    return result


def network(
    subjects: pd.DataFrame,
    edges: pd.DataFrame,
    slices: pd.DataFrame,
    parties: Parties,
    indicators: pd.DataFrame,
) -> pd.DataFrame:
    """Network features by subject (row by row); counts are 0 where a customer has no edge.

    ``indicators`` are the weekly indicators with (customer_id, as_of).
    """
    customers = len(parties.customer_id)
    is_outside_person = np.zeros(len(parties.holder), bool)
    is_outside_person[customers:] = parties.holder[customers:] == HOLDER_KINDS.index("person")
    node = np.searchsorted(parties.customer_id, subjects["customer_id"].to_numpy())
    payer, payee = edges["payer_node"].to_numpy(), edges["payee_node"].to_numpy()
    own = indicators.set_index(np.searchsorted(parties.customer_id, indicators["customer_id"].to_numpy()))
    by_moment = dict(iter(own.groupby("as_of")))
    rows = subjects.groupby("as_of").indices
    names = [feature.name for feature in FEATURES]
    result = np.full((len(subjects), len(names)), np.nan, np.float32)
    for as_of, first, end in pipeline.progress(
        slices.itertuples(index=False), "network", "week", len(slices)
    ):
        if as_of not in rows:
            continue
        table = _slice_features(
            payer[first:end], payee[first:end], customers, is_outside_person, by_moment[as_of]
        )
        chosen = rows[as_of]
        result[chosen] = table[names].to_numpy(np.float32)[node[chosen]]
    frame = pd.DataFrame(result, columns=names)
    counts = ["customer_counterparty_count_28d", "shared_counterparty_customer_count_28d"]
    frame[counts] = frame[counts].fillna(0)
    return frame
