"""Those around a party: counterparties, their indicators, shared devices, reported customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from features.network.multigraph import Multigraph

FAR = 1_000  # half-steps: nobody found


@dataclass(frozen=True)
class Links:
    """Counterparties of a window: each two parties that paid one another, once; shapes (links,).

    ``out_degree`` and ``in_degree``, shape (nodes,), are the parties that each one paid there,
    and received from.
    """

    one: np.ndarray
    other: np.ndarray
    out_degree: np.ndarray
    in_degree: np.ndarray

    @classmethod
    def of(cls, graph: Multigraph, since: int, until: int) -> Links:
        """The links of payments in ``[since, until)``."""
        first, end = np.searchsorted(graph.at, [since, until])
        active = np.zeros(len(graph.mirror), bool)
        active[graph.pair[first:end]] = True
        pair = np.flatnonzero(active)
        mirror = graph.mirror[pair]
        once = pair[(mirror < 0) | (mirror > pair) | ~active[mirror]]
        return cls(
            graph.pair_payer[once],
            graph.pair_payee[once],
            np.bincount(graph.pair_payer[pair], minlength=graph.nodes),
            np.bincount(graph.pair_payee[pair], minlength=graph.nodes),
        )

    def degree(self) -> np.ndarray:
        """Counterparties of each node, shape (nodes,)."""
        nodes = len(self.out_degree)
        return np.bincount(self.one, minlength=nodes) + np.bincount(self.other, minlength=nodes)


@njit(cache=True, nogil=True)
def _around(
    one: np.ndarray,
    other: np.ndarray,
    customers: int,
    is_outside_person: np.ndarray,
    indicators: np.ndarray,
    reported: np.ndarray,
    customers_of: np.ndarray,
    counts: np.ndarray,
    total: np.ndarray,
    known: np.ndarray,
    largest: np.ndarray,
) -> None:
    for way in range(2):
        mine, theirs = (one, other) if way == 0 else (other, one)
        for k in range(len(one)):
            customers_of[theirs[k]] += mine[k] < customers
    for way in range(2):
        mine, theirs = (one, other) if way == 0 else (other, one)
        for k in range(len(one)):
            me, you = mine[k], theirs[k]
            counts[me, 0] += 1
            counts[me, 2] += customers_of[you]
            if is_outside_person[you]:
                counts[me, 3] += customers_of[you] - (me < customers)
            if you >= customers:
                continue
            counts[me, 1] += 1
            counts[me, 4] += reported[you]
            for i in range(indicators.shape[1]):
                value = indicators[you, i]
                if np.isnan(value):
                    continue
                total[me, i] += value
                known[me, i] += 1
                if not value <= largest[me, i]:
                    largest[me, i] = value


@dataclass(frozen=True)
class Around:
    """What stands around each node; shapes (nodes,) and, for indicators, (nodes, indicators).

    ``counterparties``, ``customers`` among them, ``degree_mean``: how many customers they deal
    with on average, ``shared_customers``: other customers behind the same outside persons,
    ``reported``: counterparties with a report filed and known, ``mean`` and ``largest`` of the
    indicators of counterparties who are customers, NaN without any.
    """

    counterparties: np.ndarray
    customers: np.ndarray
    degree_mean: np.ndarray
    shared_customers: np.ndarray
    reported: np.ndarray
    mean: np.ndarray
    largest: np.ndarray


def around(
    links: Links,
    customers: int,
    is_outside_person: np.ndarray,
    indicators: np.ndarray,
    reported: np.ndarray,
) -> Around:
    """Look at the counterparties of every node.

    Parameters
    ----------
    customers : the first so many nodes are customers
    is_outside_person, reported : shape (nodes,), booleans
    indicators : shape (customers, indicators), NaN where unknown
    """
    nodes, width = len(reported), indicators.shape[1]
    counts, known = np.zeros((nodes, 5), np.int64), np.zeros((nodes, width), np.int64)
    total, largest = np.zeros((nodes, width)), np.full((nodes, width), np.nan)
    _around(
        links.one,
        links.other,
        customers,
        is_outside_person,
        indicators,
        reported,
        np.zeros(nodes, np.int64),
        counts,
        total,
        known,
        largest,
    )
    some = np.where(counts[:, 0] > 0, counts[:, 0], np.nan)
    return Around(
        counterparties=counts[:, 0],
        customers=counts[:, 1],
        degree_mean=counts[:, 2] / some,
        shared_customers=counts[:, 3],
        reported=counts[:, 4],
        mean=total / np.where(known > 0, known, np.nan),
        largest=largest,
    )


@njit(cache=True, nogil=True)
def _offer(nearest: np.ndarray, source: np.ndarray, node: int, distance: int, origin: int) -> None:
    """Keep the two nearest different sources of a node."""
    if origin == source[node, 0]:
        nearest[node, 0] = min(nearest[node, 0], distance)
    elif distance < nearest[node, 0]:
        nearest[node, 1], source[node, 1] = nearest[node, 0], source[node, 0]
        nearest[node, 0], source[node, 0] = distance, origin
    elif distance < nearest[node, 1]:
        nearest[node, 1], source[node, 1] = distance, origin


@njit(cache=True, nogil=True)
def _nearest_reported(
    one: np.ndarray,
    other: np.ndarray,
    cost: np.ndarray,
    passes_on: np.ndarray,
    nearest: np.ndarray,
    source: np.ndarray,
    most: int,
) -> None:
    is_reached = np.zeros(most + 1, np.bool_)
    is_reached[0] = (nearest == 0).any()
    for distance in range(most):
        if not is_reached[distance]:
            continue
        for k in range(len(one)):
            if distance + cost[k] > most:
                continue
            for way in range(2):
                giver, taker = (one[k], other[k]) if way == 0 else (other[k], one[k])
                if distance > 0 and not passes_on[giver]:
                    continue
                for slot in range(2):
                    if nearest[giver, slot] == distance:
                        _offer(nearest, source, taker, distance + cost[k], source[giver, slot])
                        is_reached[distance + cost[k]] = True


def report_distance(
    links: Links,
    members: np.ndarray,
    groups: np.ndarray,
    reported: np.ndarray,
    hub_degree: int,
    most_steps: int,
) -> np.ndarray:
    """Steps from each node to the nearest other customer with a report, shape (nodes,).

    A step leads to a counterparty or to a member of the same group (a device, a household).
    A party with more than ``hub_degree`` counterparties, or a group with more members, passes
    nothing on, unless the report is its own. Beyond ``most_steps`` the answer is one more.

    Parameters
    ----------
    members, groups : shape (memberships,), node and number of its group
    reported : shape (nodes,), whether a report was filed and known
    """
    nodes = len(reported)
    group_count = int(groups.max()) + 1 if len(groups) else 0
    size = np.bincount(groups, minlength=group_count)
    # A group is a node of its own half a step away from its members. Of each node the two
    # nearest sources are kept, since its own report is not meant.
    nearest = np.full((nodes + group_count, 2), FAR, np.int32)
    source = np.full((nodes + group_count, 2), -1, np.int32)
    nearest[:nodes, 0][reported] = 0
    source[:nodes, 0][reported] = np.flatnonzero(reported)
    _nearest_reported(
        np.concatenate([links.one, members]),
        np.concatenate([links.other, nodes + groups]),
        np.repeat([2, 1], [len(links.one), len(members)]),
        np.concatenate([links.degree(), size]) <= hub_degree,
        nearest,
        source,
        2 * most_steps,
    )
    found = np.where(reported, nearest[:nodes, 1], nearest[:nodes, 0])
    return np.minimum((found + 1) // 2, most_steps + 1)


def sharers(members: np.ndarray, groups: np.ndarray, within: np.ndarray, nodes: int) -> np.ndarray:
    """Most others of another household in one of a party's groups, shape (nodes,).

    Parameters
    ----------
    members, groups : shape (memberships,), each two different
    within : shape (nodes,), household of each node
    """
    if not len(members):
        return np.zeros(nodes, np.int64)
    size = np.bincount(groups)
    homes, home = np.unique(
        groups.astype(np.int64) * (within.max() + 1) + within[members], return_inverse=True
    )
    relatives = np.bincount(home, minlength=len(homes))[home]
    result = np.zeros(nodes, np.int64)
    np.maximum.at(result, members, size[groups] - relatives)
    return result


def reported_sharers(members: np.ndarray, groups: np.ndarray, reported: np.ndarray) -> np.ndarray:
    """Most reported others in one of a party's groups, shape (nodes,); arguments as above."""
    result = np.zeros(len(reported), np.int64)
    if len(members):
        known = np.bincount(groups, weights=reported[members]).astype(np.int64)
        np.maximum.at(result, members, known[groups] - reported[members])
    return result


def linked_sharers(links: Links, members: np.ndarray, groups: np.ndarray, nodes: int) -> np.ndarray:
    """Counterparties of each node that share one of its groups, shape (nodes,)."""
    order = np.lexsort((groups, members))
    first = np.searchsorted(members[order], np.arange(nodes + 1))
    return _linked_sharers(links.one, links.other, first, groups[order], np.zeros(nodes, np.int64))


@njit(cache=True, nogil=True)
def _linked_sharers(
    one: np.ndarray, other: np.ndarray, first: np.ndarray, groups: np.ndarray, count: np.ndarray
) -> np.ndarray:
    for k in range(len(one)):
        is_shared = False
        for i in range(first[one[k]], first[one[k] + 1]):
            for j in range(first[other[k]], first[other[k] + 1]):
                is_shared |= groups[i] == groups[j]
        if is_shared:
            count[one[k]] += 1
            count[other[k]] += 1
    return count
