"""Network features of one transaction: both ends as of the payment, and what it completes.

For data sets that label payments. The same kernels answer as for customers; the only thing
known of the payment itself is that it is made.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numba import njit

from data.schema import DAY_US
from features.network.columns import ROLE_DAYS, WINDOWS
from features.network.degrees import COUNTS, PORTS, degrees, ports, ports_ever
from features.network.limits import Limits
from features.network.multigraph import Multigraph
from features.network.neighbours import Links, around, report_distance
from features.network.parallel import each
from features.network.queries import Queries
from features.network.roles import ROLES, Patterns, roles

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
    payer, payee = np.asarray(payer, np.int64), np.asarray(payee, np.int64)
    at = np.asarray(at, np.int64)
    graph = Multigraph.of(payer, payee, at, np.asarray(cents, np.int64), nodes, limits.threads)
    patterns = Patterns.of(graph, limits)
    # Every end of a payment is a query, in order of time.
    order = np.argsort(at, kind="stable")
    node, as_of = np.stack([payer[order], payee[order]], axis=1).ravel(), np.repeat(at[order], 2)
    done, queries = each(
        lambda find: find(),
        (lambda: completed(patterns), lambda: Queries.of(node, as_of, nodes)),
        limits.threads,
    )
    columns: dict[str, np.ndarray] = {}
    is_in_order = bool((order[1:] > order[:-1]).all())
    told = _told(patterns, queries, limits) | _at_midnights(graph, node, as_of, facts or Facts(), limits)
    for name, answers in told.items():
        for end, whose in enumerate(ENDS):
            column = answers[end::2]
            columns[f"{whose}_{name}"] = column if is_in_order else _in_rows(column, order, len(at))
    columns |= {name: _in_rows(values, graph.row, len(at)) for name, values in done.items()}
    return pd.DataFrame(columns, copy=False)


def completed(patterns: Patterns) -> dict[str, np.ndarray]:
    """Columns of COMPLETED for each edge of the graph, shape (n,)."""
    graph, rings, joins = patterns.graph, patterns.cycles, patterns.scatter_gather
    cycle_count, cycle_hops = np.zeros((2, len(graph)), np.int32)
    _all_lengths(rings.counts, cycle_count, cycle_hops)
    values = (
        *ports(graph).T,
        patterns.chain_hops,
        cycle_count,
        cycle_hops,
        rings.kept,
        joins.middles,
        joins.count,
        patterns.gather,
        patterns.scatter,
    )
    return dict(zip(COMPLETED, values, strict=True))


@njit(cache=True, nogil=True)
def _all_lengths(counts: np.ndarray, total: np.ndarray, longest: np.ndarray) -> None:
    """Fill the last two (n,) from the cycles of 2, 3 and more payments, ``counts`` (n, lengths)."""
    for e in range(len(counts)):
        for i in range(counts.shape[1]):
            total[e] += counts[e, i]
            longest[e] = i + 2 if counts[e, i] > 0 else longest[e]


def _in_rows(values: np.ndarray, row: np.ndarray, rows: int) -> np.ndarray:
    """Values by edge as values by payment, 0 where a payment is no edge."""
    result = np.zeros(rows, values.dtype)
    result[row] = values
    return result


def _told(patterns: Patterns, queries: Queries, limits: Limits) -> dict[str, np.ndarray]:
    """Degrees, ports and roles of each query's party as of its moment, by name."""
    graph, memory = patterns.graph, limits.memory_days * DAY_US
    counted = degrees(graph, [days * DAY_US for days in WINDOWS], memory, queries, limits.threads)
    answers = {
        f"{name}_{days}d": column
        for days, counts in zip(WINDOWS, counted, strict=True)
        for name, column in zip(COUNTS, counts, strict=True)
    }
    answers |= dict(zip(PORTS, ports_ever(graph, queries, limits.threads).T, strict=True))
    found = roles(patterns, queries, ROLE_DAYS * DAY_US, limits.threads)
    return answers | {f"{name}_{ROLE_DAYS}d": column for name, column in zip(ROLES, found.T, strict=True)}


def _at_midnights(
    graph: Multigraph, node: np.ndarray, as_of: np.ndarray, facts: Facts, limits: Limits
) -> dict[str, np.ndarray]:
    """Counterparties, their degrees, and reports around each query at the last midnight."""
    nobody = np.zeros(graph.nodes, bool)
    days = as_of // DAY_US
    starts = np.flatnonzero(np.diff(days, prepend=-1))
    ends = np.append(starts[1:], len(days)).astype(np.int64)
    answers = np.empty((len(AT_MIDNIGHT), len(as_of)), np.float32)

    def at_midnight(span: tuple[int, int]) -> None:
        first, end = span
        moment = days[first] * DAY_US
        links = Links.of(graph, moment - ROLE_DAYS * DAY_US, moment)
        indicators = np.stack([links.out_degree, links.in_degree], axis=1).astype(np.float64)
        reported = nobody.copy()
        reported[facts.reported[facts.reported_at < moment]] = True
        found = around(links, graph.nodes, nobody, indicators, reported)
        steps = report_distance(
            links, facts.members, facts.groups, reported, limits.hub_degree, limits.report_steps
        )
        columns = (found.degree_mean, *found.mean.T, *found.largest.T, found.reported, steps)
        _tell(np.stack(columns, axis=1, dtype=np.float32), node, first, end, answers)

    # The last ones know most and take longest.
    each(at_midnight, reversed(list(zip(starts, ends, strict=True))), limits.threads)
    return dict(zip(AT_MIDNIGHT, answers, strict=True))


@njit(cache=True, nogil=True)
def _tell(told: np.ndarray, node: np.ndarray, first: int, end: int, answers: np.ndarray) -> None:
    """Write what is ``told`` (nodes, columns) of each query's node, from ``first`` to ``end``."""
    for q in range(first, end):
        for column in range(len(answers)):
            answers[column, q] = told[node[q], column]
