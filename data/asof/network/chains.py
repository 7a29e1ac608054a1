"""Chains of payments that continue each other, and by when money had moved on."""

from __future__ import annotations

import numpy as np
from numba import njit

from data.asof.network.ahead import INNER
from data.asof.network.multigraph import Multigraph
from data.asof.network.trails import Trails


@njit(**INNER)
def _chains(
    payer: np.ndarray,
    payee: np.ndarray,
    at: np.ndarray,
    first: np.ndarray,
    earlier: np.ndarray,
    hop_us: int,
    most_hops: int,
    longest: np.ndarray,
) -> None:
    for e in range(len(payer)):
        hops = 1
        for position in range(first[e], first[e + 1]):
            before = earlier[position]
            if at[before] < at[e] - hop_us:
                break  # what stands behind it in the list is older still
            if payer[before] != payee[e] and longest[before] >= hops:
                hops = longest[before] + 1
        longest[e] = hops if hops < most_hops else most_hops


def chains(graph: Multigraph, trails: Trails, hop_us: int, most_hops: int) -> np.ndarray:
    """Payments of the longest chain that ends in each payment, at most ``most_hops``; shape (n,).

    Each payment of a chain continues the one before within ``hop_us`` and does not go straight
    back to its payer.
    """
    room = np.empty(len(graph), np.int32)
    _chains(graph.payer, graph.payee, graph.at, trails.first, trails.earlier, hop_us, most_hops, room)
    return room


@njit(**INNER)
def _passed_on(
    payer: np.ndarray,
    payee: np.ndarray,
    at: np.ndarray,
    first: np.ndarray,
    earlier: np.ndarray,
    hop_us: int,
    mover: np.ndarray,
) -> None:
    for e in range(len(payer) - 1, -1, -1):
        for position in range(first[e], first[e + 1]):
            before = earlier[position]
            if at[before] < at[e] - hop_us:
                break
            if payer[before] == payee[e]:
                continue
            mover[before, 0] = e  # no earlier one comes after it
            for hop in range(mover.shape[1] - 1):
                if mover[e, hop] < mover[before, hop + 1]:
                    mover[before, hop + 1] = mover[e, hop]


def passed_on(graph: Multigraph, trails: Trails, hop_us: int, hops: int) -> np.ndarray:
    """The payment by which the money of each one had moved on by 1 to ``hops`` payments, shape (n, hops).

    Each payment moves on within ``hop_us`` what the one before brought.

    The earliest such payment, n where it did not. A query as of a moment asks whether that
    payment lies before: what was completed later has not happened yet.
    """
    room = np.full((len(graph), hops), len(graph), np.int32)
    _passed_on(graph.payer, graph.payee, graph.at, trails.first, trails.earlier, hop_us, room)
    return room


@njit(cache=True, nogil=True)
def _quick_chains(
    payer: np.ndarray,
    payee: np.ndarray,
    at: np.ndarray,
    cents: np.ndarray,
    first: np.ndarray,
    earlier: np.ndarray,
    nodes: int,
    within_us: int,
    kept_low: float,
) -> tuple[np.ndarray, np.ndarray]:
    found_party, found_hop = [np.int32(0) for _ in range(0)], [np.int32(0) for _ in range(0)]
    stamp = np.full(nodes, -1)
    for e in range(len(payer)):
        last, end, opens = payer[e], payee[e], at[e] - within_us
        for i in range(first[e], first[e + 1]):
            f = earlier[i]
            middle = payer[f]
            if at[f] < opens:
                break  # what stands behind it in the list is older still
            if middle == end or cents[e] < kept_low * cents[f] or cents[e] > cents[f]:
                continue
            for j in range(first[f], first[f + 1]):
                g = earlier[j]
                start = payer[g]
                if at[g] < opens:
                    break
                if start in (end, last) or cents[f] < kept_low * cents[g] or cents[f] > cents[g]:
                    continue
                for who in (start, middle, last, end):
                    if stamp[who] != e:
                        found_party.append(np.int32(who))
                        found_hop.append(np.int32(e))
                    stamp[who] = e
    return np.array(found_party, np.int32), np.array(found_hop, np.int32)


def quick_chains(
    graph: Multigraph, trails: Trails, within_us: int, kept_low: float
) -> tuple[np.ndarray, np.ndarray]:
    """Parties on a chain of three payments in a short time, at the payment that ends it.

    The chain passes four different parties. Each payment continues the one before and keeps
    ``kept_low`` to all of its amount; from the first to the last no more than ``within_us``
    pass. A longer chain is several of three payments.

    Returns
    -------
    party, edge : shape (found,) both, each party on a chain and the edge that is its third payment
    """
    return _quick_chains(
        graph.payer,
        graph.payee,
        graph.at,
        graph.cents,
        trails.first,
        trails.earlier,
        graph.nodes,
        within_us,
        kept_low,
    )
