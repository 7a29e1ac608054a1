"""Network features of a customer as of a moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

import pipeline
from data.asof import Parties
from data.asof.network.limits import TrailLimits
from data.asof.network.multigraph import Multigraph
from data.schema import DAY_US, HOLDER_KINDS, NEVER_US
from features.network.columns import FEATURES, NEIGHBOUR_SOURCES, PORT_DAYS, ROLE_DAYS, WINDOWS
from features.network.degrees import COUNTS, degrees
from features.network.limits import Limits
from features.network.neighbours import (
    Counterparties,
    around,
    linked_sharers,
    report_distance,
    reported_sharers,
    sharers,
)
from features.network.queries import Queries
from features.network.roles import ROLES, Patterns, roles

MUTUAL_WINDOWS = (7, 28)


@dataclass(frozen=True)
class Ties:
    """What the bank knows of its customers besides payments, each with the moment it was known.

    ``device_member``, ``device`` (uses,) with ``used_from``, ``used_to`` (microseconds, far in
    the future while in use); ``household`` (customers,), -1 without; ``joined_at`` (customers,);
    ``reported``, ``reported_at`` (reports,): customers and when their report was filed and
    known. Customers are nodes.
    """

    device_member: np.ndarray
    device: np.ndarray
    used_from: np.ndarray
    used_to: np.ndarray
    household: np.ndarray
    joined_at: np.ndarray
    reported: np.ndarray
    reported_at: np.ndarray

    @classmethod
    def of(
        cls, parties: Parties, customers: pd.DataFrame, devices: pd.DataFrame, dispositions: pd.DataFrame
    ) -> Ties:
        """Read them off the tables; an open end lies in the far future."""
        node = np.searchsorted(parties.customer_id, customers["customer_id"].to_numpy())
        household = np.full(len(parties.customer_id), -1)
        household[node] = customers["household_id"].fillna(-1).to_numpy().astype(np.int64)
        joined_at = np.full(len(parties.customer_id), NEVER_US)
        joined_at[node] = customers["joined_at"].astype("int64").to_numpy()
        filed = dispositions[(dispositions["outcome"] == "reported") & dispositions["known_at"].notna()]
        ended = devices["valid_to"].notna().to_numpy()
        used_to = np.full(len(devices), NEVER_US)
        used_to[ended] = devices.loc[ended, "valid_to"].astype("int64").to_numpy()
        return cls(
            device_member=np.searchsorted(parties.customer_id, devices["customer_id"].to_numpy()),
            device=np.unique(devices["device_id"].to_numpy(), return_inverse=True)[1],
            used_from=devices["valid_from"].astype("int64").to_numpy(),
            used_to=used_to,
            household=household,
            joined_at=joined_at,
            reported=np.searchsorted(parties.customer_id, filed["customer_id"].to_numpy()),
            reported_at=filed["known_at"].astype("int64").to_numpy(),
        )

    def devices_in_use(self, since: int, until: int) -> tuple[np.ndarray, np.ndarray]:
        """Customers and devices that they used in ``[since, until)``, each two once."""
        used = (self.used_from < until) & (self.used_to > since)
        both = np.unique(np.stack([self.device_member[used], self.device[used]]), axis=1)
        return both[0], both[1]

    def households(self, until: int) -> tuple[np.ndarray, np.ndarray]:
        """Customers who had joined before a moment, and their households, numbered from 0."""
        member = np.flatnonzero((self.household >= 0) & (self.joined_at < until))
        return member, np.unique(self.household[member], return_inverse=True)[1]


def network_features(
    subjects: pd.DataFrame,
    graph: Multigraph,
    parties: Parties,
    indicators: pd.DataFrame,
    ties: Ties,
    limits: Limits,
    trail_limits: TrailLimits,
) -> pd.DataFrame:
    """Network features by subject, row by row; counts are 0 where a customer has no edge.

    ``subjects`` are (customer_id, as_of) in order of as_of; ``indicators`` are the weekly
    indicators with the same keys.
    """
    node = np.searchsorted(parties.customer_id, subjects["customer_id"].to_numpy())
    as_of = subjects["as_of"].astype("int64").to_numpy()
    queries = Queries.of(node, as_of)
    columns = _windowed(graph, queries, limits)
    found = roles(Patterns.of(graph, limits, trail_limits), queries, ROLE_DAYS * DAY_US, limits.threads)
    columns |= {role.name: found[:, i] for i, role in enumerate(ROLES)}
    columns |= _surroundings(graph, parties, node, as_of, indicators, ties, limits)
    # Popped, for all of them in both precisions would be the largest thing of the stage.
    return pd.DataFrame({f.name: columns.pop(f.name).astype(np.float32) for f in FEATURES})


def _windowed(graph: Multigraph, queries: Queries, limits: Limits) -> dict[str, np.ndarray]:
    """Degrees by window, ports, and the share of counterparties with money both ways."""
    columns: dict[str, np.ndarray] = {}
    windows = (*WINDOWS, PORT_DAYS)
    lengths, memory = [days * DAY_US for days in windows], limits.memory_days * DAY_US
    answers = degrees(graph, lengths, memory, queries, limits.threads)
    for days, counted in zip(windows, answers, strict=True):
        counts = dict(zip(COUNTS, counted, strict=True))
        columns |= {f"{name}_{days}d": counts[name] for name in counts}
        if days in MUTUAL_WINDOWS:
            all_of_them = counts["out_degree"] + counts["in_degree"] - counts["mutual_degree"]
            some = np.where(all_of_them > 0, all_of_them, np.nan)
            columns[f"reciprocated_share_{days}d"] = counts["mutual_degree"] / some
    return columns


def _surroundings(
    graph: Multigraph,
    parties: Parties,
    node: np.ndarray,
    as_of: np.ndarray,
    indicators: pd.DataFrame,
    ties: Ties,
    limits: Limits,
) -> dict[str, np.ndarray]:
    """Counterparties, devices, households and reports around each subject, moment by moment."""
    customers = len(parties.customer_id)
    is_outside_person = parties.holder == HOLDER_KINDS.index("person")
    is_outside_person[:customers] = False
    sources = [source for source, *_ in NEIGHBOUR_SOURCES.values()]
    values = indicators[sources].to_numpy(np.float64)
    owner = np.searchsorted(parties.customer_id, indicators["customer_id"].to_numpy())
    told_at = indicators["as_of"].astype("int64").to_numpy()
    by_moment = np.argsort(told_at, kind="stable")
    moments, starts = np.unique(as_of, return_index=True)
    result: dict[str, np.ndarray] = {}
    for moment, first, end in pipeline.progress(
        zip(moments, starts, [*starts[1:], len(as_of)], strict=True), "network", "week", len(moments)
    ):
        own = by_moment[slice(*np.searchsorted(told_at, [moment, moment + 1], sorter=by_moment))]
        told = np.full((customers, len(sources)), np.nan)
        told[owner[own]] = values[own]
        for name, column in _at_moment(
            graph, moment, customers, is_outside_person, told, ties, limits
        ).items():
            if name not in result:
                result[name] = np.full(len(as_of), np.nan, np.float32)
            result[name][first:end] = column[node[first:end]]
    return result


def _at_moment(
    graph: Multigraph,
    moment: int,
    customers: int,
    is_outside_person: np.ndarray,
    told: np.ndarray,
    ties: Ties,
    limits: Limits,
) -> dict[str, np.ndarray]:
    """Surroundings of every customer as of one moment, columns of shape (customers,) or longer."""
    since = moment - ROLE_DAYS * DAY_US
    links = Counterparties.of(graph, since, moment)
    reported = np.zeros(graph.nodes, bool)
    reported[ties.reported[ties.reported_at < moment]] = True
    found = around(links, customers, is_outside_person, told, reported)
    user, device = ties.devices_in_use(since, moment)
    relative, home = ties.households(moment)
    household = np.arange(graph.nodes) + len(relative)  # everybody else lives alone
    household[relative] = home
    members = np.concatenate([user, relative])
    groups = np.concatenate([device, home + (device.max() + 1 if len(device) else 0)])
    columns = {
        "customer_counterparty_count_28d": found.customers,
        "counterparty_degree_mean_28d": found.degree_mean,
        "shared_counterparty_customer_count_28d": found.shared_customers,
        "device_customer_count_28d": sharers(user, device, household, graph.nodes),
        "device_counterparty_count_28d": linked_sharers(links, user, device, graph.nodes),
        "reported_counterparty_count_28d": found.reported,
        "reported_sharer_count": reported_sharers(members, groups, reported),
        "report_distance_steps": report_distance(
            links,
            members,
            groups,
            reported,
            limits.hub_degree,
            limits.report_steps,
        ),
    }
    for i, name in enumerate(NEIGHBOUR_SOURCES):
        columns[f"neighbour_{name}_mean"] = found.mean[:, i]
        columns[f"neighbour_{name}_max"] = found.largest[:, i]
    return columns
