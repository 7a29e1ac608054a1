"""Network features of one transaction: both ends as of the payment, and what it completes.

For data sets that label payments. The same kernels answer as for customers; the only thing
known of the payment itself is that it is made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd
from numba import njit

from data.asof.network.ahead import AHEAD, INNER, fetch
from data.asof.network.limits import TrailLimits
from data.asof.network.multigraph import Multigraph
from data.asof.network.parallel import each
from data.schema import DAY_US
from features.network.columns import ROLE_DAYS, WINDOWS
from features.network.degrees import COUNTS, PORTS, counting, ports_and_ever
from features.network.limits import Limits
from features.network.neighbours import Counterparties, around, report_distance
from features.network.queries import Queries
from features.network.roles import ROLES, Patterns, telling

ENDS = ("payer", "payee")
COMPLETED = (
    "out_port",
    "in_port",
    "chain_hops",
    "cycle_count",
    "cycle_hops",
    "cycle_kept_share",
    "scatter_gather_middles",
    "scatter_gather_count",
    "gather_degree",
    "scatter_degree",
)
AT_MIDNIGHT = (
    "counterparty_degree_mean_28d",
    "neighbour_out_degree_mean",
    "neighbour_in_degree_mean",
    "neighbour_out_degree_max",
    "neighbour_in_degree_max",
    "reported_counterparty_count_28d",
    "report_distance_steps",
)


@dataclass(frozen=True)
class Facts:
    """What else is known of the parties; all of it may stay empty.

    ``reported``, ``reported_at`` (reports,): parties and when their report was filed.
    ``members``, ``groups`` (memberships,): parties and what they share.
    """

    reported: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    reported_at: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    members: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    groups: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))


def transaction_features(
    payer: np.ndarray,
    payee: np.ndarray,
    at: np.ndarray,
    cents: np.ndarray,
    nodes: int,
    limits: Limits,
    trail_limits: TrailLimits,
    facts: Facts | None = None,
) -> pd.DataFrame:
    """One row a payment in the order given, one column a feature, float32 or int32.

    ``payer_*`` and ``payee_*`` tell of the party as of the payment, from strictly earlier
    payments; names end as those of the customers' features. ``*_neighbour_*`` and
    ``*_report_distance_steps`` are as of the last midnight (UTC) before or at it. The other
    columns tell what the payment completes. A payment from a party to itself completes
    nothing: its own columns are 0.

    Parameters
    ----------
    payer, payee : shape (rows,), parties from 0 to nodes - 1
    at, cents : shape (rows,), microseconds and a positive amount
    """
    (payer, payee, at, cents), order = _in_order_of_time(payer, payee, at, cents)
    rows = len(order)
    graph = Multigraph.of(payer, payee, at, cents, nodes, limits.threads)
    # Every end of a payment is a query: what is told of payers stands before what is of payees.
    both = np.stack([payer, payee], axis=1).ravel()
    queries = Queries.of(both, np.repeat(at, 2), np.stack([order, rows + order], axis=1).ravel())
    told, ports, patterns = _told(graph, queries, facts or Facts(), limits, trail_limits)
    result = {
        f"{whose}_{name}": answers[end * rows : (end + 1) * rows]
        for name, answers in told.items()
        for end, whose in enumerate(ENDS)
    }
    done, places = completed(patterns, ports), order[graph.row]
    shown = each(lambda values: _in_rows(values, places, rows), done.values(), limits.threads)
    return pd.DataFrame(result | dict(zip(done, shown, strict=True)), copy=False)


def _in_order_of_time(
    payer: np.ndarray, payee: np.ndarray, at: np.ndarray, cents: np.ndarray
) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
    """Columns in order of time, and the row of each payment there."""
    columns = tuple(np.asarray(column, np.int64) for column in (payer, payee, at, cents))
    at = columns[2]
    if (at[1:] >= at[:-1]).all():
        return columns, np.arange(len(at), dtype=np.int32)
    order = np.argsort(at, kind="stable")
    return tuple(column[order] for column in columns), order.astype(np.int32)


def completed(patterns: Patterns, ports: np.ndarray) -> dict[str, np.ndarray]:
    """Columns of COMPLETED for each edge of the graph, shape (n,); ``ports`` (2, n) are its ports."""
    rings, joins = patterns.cycles, patterns.scatter_gather
    cycle_count, cycle_hops = np.zeros((2, len(patterns.graph)), np.int32)
    kept = np.zeros(len(patterns.graph), np.float32)
    cycle_count[rings.closing] = rings.counts.sum(axis=1)
    # Columns are cycles of 2, 3 and more payments: the last one that occurs is the longest.
    cycle_hops[rings.closing] = 1 + rings.counts.shape[1] - (rings.counts[:, ::-1] > 0).argmax(axis=1)
    kept[rings.closing] = rings.kept
    values = (
        *ports,
        patterns.chain_hops,
        cycle_count,
        cycle_hops,
        kept,
        joins.middles,
        joins.count,
        patterns.gather,
        patterns.scatter,
    )
    return dict(zip(COMPLETED, values, strict=True))


def _in_rows(values: np.ndarray, row: np.ndarray, rows: int) -> np.ndarray:
    """Values by edge as values by payment, 0 where a payment is no edge."""
    result = np.zeros(rows, values.dtype)
    _put(values, row, result)
    return result


@njit(**INNER)
def _put(values: np.ndarray, row: np.ndarray, result: np.ndarray) -> None:
    for e in range(len(values)):
        result[row[e]] = values[e]


def _told(
    graph: Multigraph, queries: Queries, facts: Facts, limits: Limits, trail_limits: TrailLimits
) -> tuple[dict[str, np.ndarray], np.ndarray, Patterns]:
    """What is told of each query's party as of its moment, by name; the ports of each edge; its patterns."""
    size = len(queries)
    counted = np.empty((len(WINDOWS), len(COUNTS), size), np.int32)
    ports, ever = np.empty((2, len(graph)), np.int32), np.empty((2, size), np.int32)
    shown, around_them = (
        np.empty((len(ROLES), size), np.float32),
        np.empty((len(AT_MIDNIGHT), size), np.float32),
    )
    windows = [days * DAY_US for days in WINDOWS]
    tasks = [
        *counting(graph, windows, limits.memory_days * DAY_US, queries, counted, limits.threads),
        lambda: ports_and_ever(graph, queries, ports, ever),
        *_midnights(graph, queries, facts, limits, around_them),
    ]
    patterns = Patterns.of(graph, limits, trail_limits)
    tasks = [*telling(patterns, queries, ROLE_DAYS * DAY_US, shown), *tasks]
    each(lambda task: task(), tasks, limits.threads)
    answers = {
        f"{name}_{days}d": column
        for days, counts in zip(WINDOWS, counted, strict=True)
        for name, column in zip(COUNTS, counts, strict=True)
    }
    answers |= dict(zip(PORTS, ever, strict=True))
    answers |= {role.name: column for role, column in zip(ROLES, shown, strict=True)}
    return answers | dict(zip(AT_MIDNIGHT, around_them, strict=True)), ports, patterns


def _midnights(
    graph: Multigraph, queries: Queries, facts: Facts, limits: Limits, answers: np.ndarray
) -> list[Callable[[], None]]:
    """Tasks, a midnight each, that fill ``answers`` (7, queries): counterparties, degrees, reports."""
    nobody = np.zeros(graph.nodes, bool)
    days = queries.until // DAY_US
    starts = np.flatnonzero(np.diff(days, prepend=days[:1] - 1))
    ends = np.append(starts, len(days))[1:].astype(np.int64)

    def at_midnight(first: int, end: int) -> None:
        moment = days[first] * DAY_US
        links = Counterparties.of(graph, moment - ROLE_DAYS * DAY_US, moment)
        indicators = np.stack([links.out_degree, links.in_degree], axis=1).astype(np.float64)
        reported = nobody.copy()
        reported[facts.reported[facts.reported_at < moment]] = True
        found = around(links, graph.nodes, nobody, indicators, reported)
        steps = report_distance(
            links, facts.members, facts.groups, reported, limits.hub_degree, limits.report_steps
        )
        columns = (found.degree_mean, *found.mean.T, *found.largest.T, found.reported, steps)
        told = np.stack(columns, axis=1, dtype=np.float32)
        _tell(told, queries.party, queries.place, first, end, answers)

    # The last ones know most and take longest.
    return [partial(at_midnight, first, end) for first, end in zip(starts[::-1], ends[::-1], strict=True)]


@njit(**INNER)
def _tell(
    told: np.ndarray, party: np.ndarray, place: np.ndarray, first: int, end: int, answers: np.ndarray
) -> None:
    """Write what is ``told`` (nodes, columns) of each query's party, from ``first`` to ``end``."""
    for q in range(first, end):
        if q + AHEAD < end:
            fetch(told, party[q + AHEAD])
        for column in range(len(answers)):
            answers[column, place[q]] = told[party[q], column]
