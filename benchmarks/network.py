"""How fast the network features of a transaction are, beside raphtory's three-node motifs.

Run by hand from the repository's root: ``python -m benchmarks.network``; the result goes to
benchmarks/results/network.json. Every feature of `features.network.transaction_features` is
computed for every payment of graphs of ten days: one whose parties' degrees follow a power
law, the same with planted patterns, and one with a single hub at one end of half of all
payments. One party in a thousand has been reported, one in ten shares a device. The
parameters are those of params.yaml; all memory has been touched before, see
`benchmarks.memory`. Raphtory counts three-node temporal motifs only, so it is a yardstick and
no rival; it is optional (``pip install --target``), without it its figures are null. A number
after the command (``python -m benchmarks.network 20000``) makes the graph that small and tries
all without writing.
"""

from __future__ import annotations

import json
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

import pipeline
from benchmarks.memory import touch
from data.asof.network import TrailLimits
from data.schema import DAY_US, HOUR_US
from features.build import Params
from features.network import Facts, Limits, transaction_features

RESULT = Path("benchmarks/results/network.json")
EDGES = 1_000_000
GROWTH = (0.5, 1, 2, 5, 10)  # multiples of EDGES for the exponent
DAYS = 10
PAYMENTS_PER_PARTY = 10
SKEW = 0.8  # exponent of the parties' weights by rank
HUB_SHARE = 0.5
PATTERNS_OF_A_KIND = 1_000
MOTIF_WINDOW_US = DAY_US
WARM_UP = 5_000  # edges; compiles the kernels
REPEATS = 2  # of which the faster counts
TOUCHED_GIB = 16  # what the largest graph takes
REPORTED_SHARE = 0.001
SHARING_SHARE = 0.1
SHARERS = 3  # parties on a shared device

Columns = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def power_law(edges: int, seed: int) -> tuple[Columns, int]:
    """Payments between parties whose weights fall with their rank; amounts log-normal."""
    rng = np.random.default_rng(seed)
    nodes = max(edges // PAYMENTS_PER_PARTY, 20)
    weight = np.arange(1, nodes + 1) ** -SKEW
    steps = np.cumsum(weight / weight.sum())
    ends = [
        rng.permutation(nodes)[np.minimum(np.searchsorted(steps, rng.random(edges)), nodes - 1)]
        for _ in range(2)
    ]
    at = np.sort(rng.integers(0, DAYS * DAY_US, edges))
    cents = np.round(np.exp(rng.normal(np.log(20_000), 1.5, edges))).astype(np.int64) + 1
    return (ends[0], ends[1], at, cents), nodes


def with_hub(edges: int, seed: int) -> tuple[Columns, int]:
    """The same with one party at one end, in turn, of HUB_SHARE of the payments."""
    (payer, payee, at, cents), nodes = power_law(edges, seed)
    turn = np.random.default_rng([seed, 1]).random(edges)
    payer[turn < HUB_SHARE / 2] = 0
    payee[(turn >= HUB_SHARE / 2) & (turn < HUB_SHARE)] = 0
    return (payer, payee, at, cents), nodes


def _ring(parties: np.ndarray) -> list[tuple[int, int]]:
    return list(zip(parties, np.roll(parties, -1), strict=True))


def _chain(parties: np.ndarray) -> list[tuple[int, int]]:
    return list(pairwise(parties))


def _scatter_gather(parties: np.ndarray) -> list[tuple[int, int]]:
    return [(parties[0], middle) for middle in parties[2:]] + [(middle, parties[1]) for middle in parties[2:]]


def _gather_scatter(parties: np.ndarray) -> list[tuple[int, int]]:
    half = len(parties) // 2
    hub = parties[half]
    return [(payer, hub) for payer in parties[:half]] + [(hub, payee) for payee in parties[half + 1 :]]


# Kind of planted pattern: its payments in order, and the column that its last payment must show.
PLANTED = {
    "cycle": (_ring, "cycle_hops", 0),
    "chain": (_chain, "chain_hops", -1),
    "scatter_gather": (_scatter_gather, "scatter_gather_middles", -2),
    "gather_scatter": (_gather_scatter, "scatter_degree", None),
}


def planted(edges: int, seed: int) -> tuple[Columns, int, dict[str, list[tuple[int, int]]]]:
    """The power law with patterns over it: (payments, parties, last payment and size by kind).

    A pattern's payments follow each other within its first three days; each keeps 99 %.
    """
    columns, nodes = power_law(edges, seed)
    rng = np.random.default_rng([seed, 2])
    found: dict[str, list[tuple[int, int]]] = {}
    rows: list[tuple[int, int, int, int]] = []
    each = min(PATTERNS_OF_A_KIND, edges // 1_000)
    for kind, (draw, _, fewer) in PLANTED.items():
        found[kind] = []
        for _ in range(each):
            parties = rng.choice(nodes, rng.integers(7, 11), replace=False)
            payments = draw(parties)
            starts = rng.integers(0, (DAYS - 3) * DAY_US)
            apart = np.cumsum(rng.integers(HOUR_US, 4 * HOUR_US, len(payments)))
            amount = int(rng.integers(1_000_000, 9_000_000))
            rows += [
                (payer, payee, starts + apart[k], round(amount * 0.99**k))
                for k, (payer, payee) in enumerate(payments)
            ]
            size = len(parties) - 1 - len(parties) // 2 if fewer is None else len(parties) + fewer
            found[kind].append((edges + len(rows) - 1, size))
    more = np.array(rows, np.int64).T
    both = [np.concatenate(pair) for pair in zip(columns, more, strict=True)]
    return (both[0], both[1], both[2], both[3]), nodes, found


def facts_of(nodes: int) -> Facts:
    """Reports filed in the course of the days, and devices that parties share."""
    rng = np.random.default_rng(3)
    reported = rng.choice(nodes, round(nodes * REPORTED_SHARE), replace=False)
    members = rng.choice(nodes, round(nodes * SHARING_SHARE), replace=False)
    return Facts(
        reported=reported,
        reported_at=rng.integers(0, DAYS * DAY_US, len(reported)),
        members=members,
        groups=np.arange(len(members)) // SHARERS,
    )


def timed(columns: Columns, nodes: int, limits: tuple[Limits, TrailLimits]) -> tuple[dict[str, float], Any]:
    """Seconds and payments a second for all features of all payments, and the features."""
    facts = facts_of(nodes)
    seconds = np.inf
    for _ in range(REPEATS):
        features = None  # its memory serves the next run
        started = time.perf_counter()
        features = transaction_features(*columns, nodes, *limits, facts)
        seconds = min(seconds, time.perf_counter() - started)
    edges = len(columns[0])
    row = {"transactions": edges, "seconds": round(seconds, 2), "per_second": round(edges / seconds)}
    return row, features


def run_raphtory(columns: Columns) -> dict[str, float] | None:
    """Three-node temporal motifs of the same payments."""
    try:
        import pandas as pd
        from raphtory import Graph, algorithms
    except ImportError:
        return None
    payer, payee, at, _ = columns
    graph = Graph()
    frame = pd.DataFrame({"at": at // 1_000, "payer": payer, "payee": payee})
    graph.load_edges(frame, time="at", src="payer", dst="payee")
    started = time.perf_counter()
    algorithms.global_temporal_three_node_motif(graph, MOTIF_WINDOW_US // 1_000)
    seconds = time.perf_counter() - started
    return {"transactions": len(at), "seconds": round(seconds, 2), "per_second": round(len(at) / seconds)}


def main() -> None:
    """Measure, print and write."""
    edges = int(sys.argv[1]) if len(sys.argv) > 1 else EDGES
    limits = pipeline.params("build", Params).network, pipeline.params("observe.trails", TrailLimits)
    touch(TOUCHED_GIB * min(1.0, edges / EDGES))
    columns, nodes = power_law(WARM_UP, 0)
    timed(columns, nodes, limits)

    growth = []
    for share in GROWTH:
        columns, nodes = power_law(round(edges * share), 1)
        row, features = timed(columns, nodes, limits)
        growth.append(row | {"largest_in_degree": int(np.bincount(columns[1]).max())})
    width = features.shape[1]
    columns, nodes, places = planted(edges, 1)
    patterns, features = timed(columns, nodes, limits)
    for kind, (_, column, _) in PLANTED.items():
        values = features[column].to_numpy()
        patterns[f"{kind}_recall"] = float(np.mean([values[row] >= size for row, size in places[kind]]))
    columns, nodes = with_hub(edges, 1)
    hub, _ = timed(columns, nodes, limits)
    hub["largest_in_degree"] = int(np.bincount(columns[1]).max())
    columns, _ = power_law(edges, 1)
    raphtory = run_raphtory(columns)

    logs = np.log([[row["transactions"], row["seconds"]] for row in growth])
    at_size = next(row for row in growth if row["transactions"] == edges)
    speed = min(at_size["per_second"], patterns["per_second"])
    result: dict[str, Any] = {
        "features_a_transaction": width,
        "power_law": growth,
        "planted": patterns,
        "hub": hub,
        "raphtory_motifs": raphtory,
        "transactions_per_second": speed,
        "hub_transactions_per_second": hub["per_second"],
        "exponent": round(float(np.polyfit(logs[:, 0], logs[:, 1], 1)[0]), 3),
        "ratio_to_raphtory": round(speed / raphtory["per_second"], 2) if raphtory else None,
    }
    print(json.dumps(result, indent=2))
    if edges == EDGES:
        RESULT.parent.mkdir(parents=True, exist_ok=True)
        RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
