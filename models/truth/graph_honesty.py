"""The harness for graph models: the same subjects over a graph that knows too much, less, or nothing.

Score a model that needs the graph on each of these, and fit it anew on the first two, on equal
terms; the difference is what the future, the wiring, the hubs or a long memory is worth to it.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from models.zoo import Examples, Graph

DROPPED_SHARE = 0.5  # of the payments, in the variant with drop-out
COLD_DAYS = 7  # days of payments that are known of everybody, in the variant of a cold start
HUB_PARTIES = 100  # counterparties above which a party is a hub, as features.network has it
AHEAD_DAYS = 28  # days of the future that the transductive variant sees, as long as a label looks back


def variants(graph: Graph, seed: int) -> dict[str, Graph]:
    """The graph changed in each way, by name; the honest one itself is not among them."""
    return {
        "transductive": transductive(graph, AHEAD_DAYS),
        "rewired": rewired(graph, seed),
        "dealt_anew": dealt_anew(graph, seed),
        "half_dropped": dropped(graph, DROPPED_SHARE, seed),
        "cold_start": cold_start(graph, COLD_DAYS),
        "without_hubs": without_hubs(graph, HUB_PARTIES),
        "without_edges": of_edges(graph, np.zeros(len(graph.edges), bool)),
    }


def transductive(graph: Graph, days: int | None = None) -> Graph:
    """The graph as many papers use it: every slice reaches ``days`` beyond its moment, or to the end.

    A model that gains from this has seen the future; the inductive slices end strictly
    before their moment.
    """
    if days is None:
        return replace(graph, slices=graph.slices.assign(end_edge=len(graph.edges)))
    until = graph.slices["as_of"] + pd.Timedelta(days=days)
    return replace(graph, slices=graph.slices.assign(end_edge=graph.edges["at"].searchsorted(until)))


def rewired(graph: Graph, seed: int) -> Graph:
    """The graph with payees exchanged among the payments between two neighbouring moments.

    Who pays whom is drawn anew; when, how much, and how often each party pays and is paid
    between two moments stay. A model that scores as well as before needs no graph.
    """
    payee = graph.edges["payee_node"].to_numpy().copy()
    cuts = np.unique([0, *graph.slices["first_edge"], *graph.slices["end_edge"], len(payee)])
    rng = np.random.default_rng(seed)
    for first, end in pairwise(cuts):
        payee[first:end] = rng.permutation(payee[first:end])
    return replace(graph, edges=graph.edges.assign(payee_node=payee))


def dealt_anew(graph: Graph, seed: int) -> Graph:
    """The graph with both ends of every payment drawn among all parties of their kind.

    When and how much is paid stays, who pays and how often does not: not even degrees are left.
    """
    holder = graph.nodes["holder"].to_numpy()
    is_customer = graph.nodes["customer_id"].notna().to_numpy()
    kind = holder.astype(np.int64) * 2 + is_customer
    order = np.argsort(kind, kind="stable")
    first = np.searchsorted(kind[order], np.arange(kind.max() + 2))
    rng = np.random.default_rng(seed)
    ends = {}
    for name in ("payer_node", "payee_node"):
        of_kind = kind[graph.edges[name].to_numpy()]
        ends[name] = order[rng.integers(first[of_kind], first[of_kind + 1])]
    return replace(graph, edges=graph.edges.assign(**ends))


def dropped(graph: Graph, share: float, seed: int) -> Graph:
    """The graph without a drawn ``share`` of its payments."""
    return of_edges(graph, np.random.default_rng(seed).random(len(graph.edges)) >= share)


def cold_start(graph: Graph, days: int) -> Graph:
    """The graph as if every party had begun to pay ``days`` before each moment."""
    since = graph.slices["as_of"] - pd.Timedelta(days=days)
    first = np.maximum(graph.edges["at"].searchsorted(since), graph.slices["first_edge"])
    return replace(graph, slices=graph.slices.assign(first_edge=first))


def without_hubs(graph: Graph, parties: int) -> Graph:
    """The graph without the payments of whoever dealt with more than so many ``parties`` in the run."""
    payer, payee = (graph.edges[name].to_numpy().astype(np.int64) for name in ("payer_node", "payee_node"))
    size = len(graph.nodes)
    pair = np.unique(np.append(payer * size + payee, payee * size + payer))
    is_hub = np.bincount(pair // size, minlength=size) > parties
    return of_edges(graph, ~is_hub[payer] & ~is_hub[payee])


def of_edges(graph: Graph, is_kept: np.ndarray) -> Graph:
    """The graph with some of its payments only; ``is_kept`` (edges,)."""
    before = np.append(0, np.cumsum(is_kept))
    bounds = {name: before[graph.slices[name].to_numpy()] for name in ("first_edge", "end_edge")}
    edges = graph.edges[is_kept].reset_index(drop=True)
    return replace(graph, edges=edges, slices=graph.slices.assign(**bounds))


def look_aheads(graph: Graph) -> int:
    """Payments of slices that lie at or after the moment of their slice, counted one by one; 0 is wanted.

    A second way to what the models trust: it looks at the time of each payment of each slice,
    not at where a slice should end.
    """
    at = graph.edges["at"].astype("int64").to_numpy()
    moments = graph.slices["as_of"].astype("int64").to_numpy()
    bounds = graph.slices[["first_edge", "end_edge"]].to_numpy()
    slices = zip(moments, bounds, strict=True)
    return sum(int((at[first:end] >= moment).sum()) for moment, (first, end) in slices)


def payments_of(graph: Graph, subjects: pd.DataFrame) -> np.ndarray:
    """How many payments each subject has in the slice of its moment, shape (n,).

    ``subjects`` holds customer_id and as_of, its index counts the rows.
    """
    owner = graph.nodes["customer_id"].dropna().astype("int64").to_numpy()
    node = np.searchsorted(owner, subjects["customer_id"].to_numpy())
    bounds = graph.slices.set_index("as_of")
    found = np.zeros(len(subjects), np.int64)
    for moment, rows in subjects.groupby("as_of").indices.items():
        first, end = bounds.loc[moment, ["first_edge", "end_edge"]].astype(int)
        edges = graph.edges.iloc[first:end]
        ends = edges[["payer_node", "payee_node"]].to_numpy().ravel()
        found[rows] = np.bincount(ends, minlength=len(graph.nodes))[node[rows]]
    return found


def with_graph(examples: Examples, graph: Graph) -> Examples:
    """The same subjects over another graph: fit and score once with each, on equal terms."""
    return replace(examples, graph=graph)
