"""Those around a party: counterparties, their indicators, shared devices, reported customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from data.asof.network.ahead import INNER, NONE
from data.asof.network.multigraph import Multigraph, Pairs, by_node

FAR = 1_000  # half-steps: nobody found


@dataclass(frozen=True)
class Counterparties:
    """Counterparties of a window, party by party: who paid whom, either way, once.

    Those of a node are ``other[first[node]:first[node + 1]]``; ``first`` has shape
    (nodes + 1,), ``other`` holds each two of them twice. ``out_degree`` and ``in_degree``,
    shape (nodes,), are the parties that each one paid there, and received from.
    """

    first: np.ndarray
    other: np.ndarray
    out_degree: np.ndarray
    in_degree: np.ndarray

    @classmethod
    def of(cls, graph: Multigraph, since: int, until: int) -> Counterparties:
        """The links of payments in ``[since, until)``."""
        begin, end = np.searchsorted(graph.at, [since, until])
        state = np.zeros(len(graph.mirror), np.uint8)
        state[graph.pair[begin:end]] = PAID
        both = graph.turned_later[state[graph.turned_later] == PAID]
        state[both[state[graph.mirror[both]] == PAID]] = PAID_BACK
        out_degree, in_degree = np.zeros((2, graph.nodes), np.int32)
        first = np.zeros(graph.nodes + 1, np.int64)
        room = np.empty(2 * np.count_nonzero(state == PAID) + 1, np.int32)
        _linked(graph.paid, graph.received, state, state[graph.turned], first, room, out_degree, in_degree)
        return cls(first, room[:-1], out_degree, in_degree)

    def degree(self) -> np.ndarray:
        """Counterparties of each node, shape (nodes,)."""
        return np.diff(self.first)


PAID, PAID_BACK = 1, 2  # of two pairs that paid both ways the one with the higher number is PAID_BACK


@njit(**INNER)
def _append(
    party: np.ndarray, state: np.ndarray, begin: int, end: int, other: np.ndarray, size: int
) -> tuple[int, int]:
    """Add to ``other`` those of a party's pairs that paid: (places filled then, pairs that paid).

    Each is written and then kept or not: which pairs paid cannot be foreseen.
    """
    paid = 0
    for k in range(begin, end):
        other[size] = party[k]
        size += state[k] == PAID
        paid += state[k] > 0
    return size, paid


@njit(**INNER)
def _linked(
    paid: Pairs,
    received: Pairs,
    paid_state: np.ndarray,
    received_state: np.ndarray,
    first: np.ndarray,
    other: np.ndarray,
    out_degree: np.ndarray,
    in_degree: np.ndarray,
) -> None:
    """Fill the last four; ``other`` has one place more than will be kept.

    Those whom a party paid stand before those who paid it.
    """
    paid_first, payee = paid
    received_first, payer = received
    size = NONE
    for node in range(len(out_degree)):
        begin, end = paid_first[node], paid_first[node + 1]
        size, out_degree[node] = _append(payee, paid_state, begin, end, other, size)
        begin, end = received_first[node], received_first[node + 1]
        size, in_degree[node] = _append(payer, received_state, begin, end, other, size)
        first[node + 1] = size


def _summed(links: Counterparties, values: np.ndarray) -> np.ndarray:
    """Sum of ``values`` (nodes,) over the counterparties of each node, shape (nodes,)."""
    total = np.empty(len(values), np.int64)
    _sum_over(links.first, links.other, values.astype(np.int32), total)
    return total


@njit(**INNER)
def _sum_over(first: np.ndarray, other: np.ndarray, values: np.ndarray, total: np.ndarray) -> None:
    """Fill the last of `_summed`.

    One column at a time: its few bytes a node stay in the processor's cache, a row would not.
    """
    for me in range(len(total)):
        its_total = 0
        for k in range(first[me], first[me + 1]):
            its_total += values[other[k]]
        total[me] = its_total


@njit(**INNER)
def _look_around(
    first: np.ndarray,
    other: np.ndarray,
    counts: np.ndarray,
    values: np.ndarray,
    known: np.ndarray,
    totals: np.ndarray,
    mean: np.ndarray,
    largest: np.ndarray,
) -> None:
    """Fill the last three, node by node, from the rows of its counterparties; ``known`` is room.

    ``totals`` are the sums of ``counts`` (nodes, columns), ``mean`` and ``largest`` (nodes,
    columns) are of the known ``values`` (nodes, columns). Both are looked up at once.
    """
    width = values.shape[1]
    for me in range(len(totals)):
        for column in range(counts.shape[1]):
            totals[me, column] = 0
        for column in range(width):
            known[column], mean[me, column], largest[me, column] = 0, 0.0, -np.inf
        for k in range(first[me], first[me + 1]):
            you = other[k]
            for column in range(counts.shape[1]):
                totals[me, column] += counts[you, column]
            for column in range(width):
                value = values[you, column]
                is_known = not np.isnan(value)
                known[column] += is_known
                mean[me, column] += value if is_known else 0.0
                largest[me, column] = value if value > largest[me, column] else largest[me, column]
        for column in range(width):
            mean[me, column] = mean[me, column] / known[column] if known[column] > 0 else np.nan
            largest[me, column] = largest[me, column] if known[column] > 0 else np.nan


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
    links: Counterparties,
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
    is_customer = np.arange(nodes) < customers
    counterparties = links.degree()
    customers_of = counterparties if customers == nodes else _summed(links, is_customer)
    shared = np.zeros(nodes, np.int64)
    if is_outside_person.any():
        shared = _summed(links, np.where(is_outside_person, customers_of, 0))
        shared -= is_customer * _summed(links, is_outside_person)
    values = np.full((nodes, width), np.nan)
    values[:customers] = indicators
    counts = np.stack([customers_of, reported & is_customer], axis=1).astype(np.int32)
    totals = np.empty((nodes, 2), np.int64)
    mean, largest = np.empty((2, nodes, width))
    room = np.empty(width, np.int64)
    _look_around(links.first, links.other, counts, values, room, totals, mean, largest)
    some = np.where(counterparties > 0, counterparties, np.nan)
    return Around(
        counterparties=counterparties,
        customers=customers_of,
        degree_mean=totals[:, 0] / some,
        shared_customers=shared,
        reported=totals[:, 1],
        mean=mean,
        largest=largest,
    )


@njit(**INNER)
def _offer(known: np.ndarray, distance: int, origin: int) -> None:
    """Keep the two nearest different sources of a node: ``known`` are their distances, then they."""
    if origin == known[2]:
        if distance < known[0]:
            known[0] = distance
    elif distance < known[0]:
        known[1], known[3] = known[0], known[2]
        known[0], known[2] = distance, origin
    elif distance < known[1]:
        known[1], known[3] = distance, origin


@njit(cache=True, nogil=True)
def _nearest_reported(
    first: np.ndarray,
    other: np.ndarray,
    joined_first: np.ndarray,
    joined: np.ndarray,
    passes_on: np.ndarray,
    known: np.ndarray,
    is_reached: np.ndarray,
) -> None:
    """Let the reports of ``known`` (nodes + groups, 4) spread, nearest first; see `_offer`.

    ``is_reached`` (most + 1,) says which distances there are, the first of them at first.
    """
    most = len(is_reached) - 1
    for distance in range(most):
        if not is_reached[distance]:
            continue
        for giver in range(len(known)):
            if distance > 0 and not passes_on[giver]:
                continue
            for slot in range(2):
                if known[giver, slot] != distance:
                    continue
                origin = known[giver, 2 + slot]
                if giver < len(first) - 1 and distance + 2 <= most:
                    for k in range(first[giver], first[giver + 1]):
                        _offer(known[other[k]], distance + 2, origin)
                        is_reached[distance + 2] = True
                for k in range(joined_first[giver], joined_first[giver + 1]):
                    _offer(known[joined[k]], distance + 1, origin)
                    is_reached[distance + 1] = True


def report_distance(
    links: Counterparties,
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
    # A group is a node of its own half a step away from its members. Of each node the two
    # nearest sources are kept, since its own report is not meant.
    everybody = nodes + group_count
    known = np.full((everybody, 4), (FAR, FAR, -1, -1), np.int32)
    source = np.flatnonzero(reported)
    known[source, 0], known[source, 2] = 0, source
    is_reached = np.zeros(2 * most_steps + 1, bool)
    is_reached[0] = len(source) > 0
    joined_first, order = by_node(np.concatenate([members, nodes + groups]), everybody)
    size = np.bincount(groups, minlength=group_count)
    _nearest_reported(
        links.first,
        links.other,
        joined_first,
        np.concatenate([nodes + groups, members])[order],
        np.concatenate([links.degree(), size]) <= hub_degree,
        known,
        is_reached,
    )
    found = np.where(reported, known[:nodes, 1], known[:nodes, 0])
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


def linked_sharers(links: Counterparties, members: np.ndarray, groups: np.ndarray, nodes: int) -> np.ndarray:
    """Counterparties of each node that share one of its groups, shape (nodes,)."""
    joined_first, order = by_node(members, nodes)
    count = np.zeros(nodes, np.int64)
    _linked_sharers(links.first, links.other, joined_first, groups[order], count)
    return count


@njit(**INNER)
def _linked_sharers(
    first: np.ndarray, other: np.ndarray, joined_first: np.ndarray, joined: np.ndarray, count: np.ndarray
) -> None:
    """Fill ``count`` (nodes,), at first 0, see `linked_sharers`."""
    for me in range(len(first) - 1):
        for k in range(first[me], first[me + 1]):
            is_shared = False
            for i in range(joined_first[me], joined_first[me + 1]):
                for j in range(joined_first[other[k]], joined_first[other[k] + 1]):
                    is_shared |= joined[i] == joined[j]
            count[me] += is_shared
