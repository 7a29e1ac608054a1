"""How fast the payment network learns, beside the same network of torch-geometric's own layers.

Run by hand from the repository's root: ``python -m benchmarks.gnn``; the result goes to
benchmarks/results/gnn.json. Both networks begin with the same parameters and are fitted on the
same slices of a drawn graph of the standard world's size, an epoch at a time in turn, in one
process and with the parameters of params.yaml; afterwards their scores are compared. A number
after the command (``python -m benchmarks.gnn 500``) makes the graph that many customers small
and tries all without writing.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pipeline  # before torch: it says how threads wait

# isort: split
import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn
from torch_geometric.nn import GINEConv

from data.schema import CHANNELS, DAY_US, HOLDER_KINDS
from models.zoo import Examples, Graph
from models.zoo.gnn import GnnSettings
from models.zoo.gnn.network import PaymentNetwork, fit_network, score, use_threads
from models.zoo.gnn.slices import EDGE_COLUMNS, Slice, Slicer, kinds
from models.zoo.scaling import Scale

RESULT = Path("benchmarks/results/gnn.json")
CUSTOMERS = 24_000
OUTSIDE_SHARE = 1.5  # parties outside the bank, by customer
PAYMENTS_SHARE = 8  # payments of a slice, by customer
FEATURES = 206
WEEKS, SLICE_DAYS = 3, 28
SKEW = 0.6  # exponent of the parties' weights by rank
EPOCHS = 3
LEARNING_RATE, DROPOUT = 0.007, 0.15


@dataclass(frozen=True)
class PlainSlice:
    """The same moment as rows of messages: ``edges`` (2, messages), ``said`` (messages, columns)."""

    nodes: Tensor
    edges: Tensor
    said: Tensor
    subject: Tensor
    rows: np.ndarray

    @classmethod
    def of(cls, part: Slice) -> PlainSlice:
        """Write down what the payments of a slice stand for."""
        payments = part.payments
        nodes = torch.zeros(len(part.holder), part.features.shape[1])
        nodes[:, -1 - part.others.shape[1] : -1] = part.others
        nodes[part.subject] = part.features
        receiver = np.repeat(np.arange(len(part.holder)), np.diff(payments.first))
        said = kinds()[payments.kind.astype(np.int64)]
        said[:, 0], said[:, 1] = torch.from_numpy(payments.amount), torch.from_numpy(payments.age)
        edges = torch.from_numpy(np.stack([payments.other.astype(np.int64), receiver]))
        return cls(nodes, edges, said, part.subject, part.rows)


class PlainNetwork(nn.Module):
    """`PaymentNetwork` of torch-geometric's layers as they come; parameters have the same names."""

    def __init__(self, node_columns: int, hidden: int, layers: int, dropout: float) -> None:
        super().__init__()
        self.enter = nn.Linear(node_columns, hidden)
        self.edge = nn.Linear(EDGE_COLUMNS, hidden)
        self.layers = nn.ModuleList(
            GINEConv(
                nn.Sequential(nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, hidden)), aggr="mean"
            )
            for _ in range(layers)
        )
        self.norms = nn.ModuleList(nn.LayerNorm(hidden) for _ in range(layers))
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Sequential(
            nn.Linear(2 * hidden, hidden), nn.ReLU(), self.dropout, nn.Linear(hidden, 1)
        )

    def forward(self, part: PlainSlice) -> Tensor:
        """Raw margin of the slice's subjects, shape (subjects,)."""
        start = torch.relu(self.enter(part.nodes))
        said = self.edge(part.said)
        state = start
        for layer, norm in zip(self.layers, self.norms, strict=True):
            state = norm(state + self.dropout(torch.relu(layer(state, part.edges, said))))
        both = torch.cat([start[part.subject], state[part.subject]], dim=1)
        margin: Tensor = self.head(both).squeeze(1)
        return margin


def drawn(customers: int, seed: int) -> Examples:
    """Subjects of some weeks and a payment graph whose parties' weights fall with their rank."""
    rng = np.random.default_rng(seed)
    nodes = customers + round(OUTSIDE_SHARE * customers)
    weight = np.arange(1, nodes + 1) ** -SKEW
    steps = np.cumsum(weight / weight.sum())
    payments = round(PAYMENTS_SHARE * customers * (SLICE_DAYS + 7 * WEEKS) / SLICE_DAYS)
    ends = [rng.permutation(nodes)[np.searchsorted(steps, rng.random(payments)) % nodes] for _ in range(2)]
    inside = (ends[0] < customers) | (ends[1] < customers)
    payer, payee = (end[inside & (ends[0] != ends[1])] for end in ends)
    at = np.sort(rng.integers(0, (SLICE_DAYS + 7 * WEEKS) * DAY_US, len(payer)))
    edges = pd.DataFrame(
        {
            "at": pd.to_datetime(at, unit="us", utc=True),
            "payer_node": payer,
            "payee_node": payee,
            "log_amount": rng.normal(6, 2, len(payer)).astype(np.float32),
            "channel": rng.integers(0, len(CHANNELS), len(payer)).astype(np.uint8),
            "hour": rng.integers(0, 24, len(payer)).astype(np.uint8),
        }
    )
    holder = rng.integers(0, len(HOLDER_KINDS), nodes).astype(np.uint8)
    customer_id = pd.array(np.arange(nodes), dtype="Int64")
    customer_id[customers:] = pd.NA
    moments = SLICE_DAYS * DAY_US + 7 * DAY_US * np.arange(1, WEEKS + 1)
    as_of = pd.to_datetime(moments, unit="us", utc=True)
    bounds = [np.searchsorted(at, moments - days * DAY_US) for days in (SLICE_DAYS, 0)]
    graph = Graph(
        pd.DataFrame({"node": np.arange(nodes), "customer_id": customer_id, "holder": holder}),
        edges,
        pd.DataFrame({"as_of": as_of, "first_edge": bounds[0], "end_edge": bounds[1]}),
    )
    size = customers * WEEKS
    features = rng.normal(size=(FEATURES, size)).astype(np.float32)
    # Who is suspicious pays with partners, so that there is something to learn in the graph.
    told = features[0] + np.tile(np.bincount(payer, minlength=nodes)[:customers] > 40, WEEKS)
    return Examples(
        features=pd.DataFrame(features.T, columns=[f"feature_{k}" for k in range(FEATURES)]),
        customer_id=np.tile(np.arange(customers), WEEKS),
        as_of=pd.Series(as_of.repeat(customers)),
        label=(told > np.quantile(told, 0.99)).astype(float),
        weight=np.ones(size),
        graph=graph,
    )


def used() -> np.ndarray:
    """Processor seconds, seconds and minor page faults so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return np.array([usage.ru_utime + usage.ru_stime, time.perf_counter(), usage.ru_minflt])


def main() -> None:
    """Measure, print and write."""
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else CUSTOMERS
    settings = pipeline.params("models.gnn", GnnSettings)
    examples = drawn(customers, 1)
    parts = Slicer(Scale.of(examples.features))(examples)
    inputs: dict[str, list[Any]] = {"plain": [PlainSlice.of(part) for part in parts], "fused": parts}
    shape = (parts[0].features.shape[1], settings.hidden, settings.layers, DROPOUT)
    networks: dict[str, nn.Module] = {}
    for name, kind in (("plain", PlainNetwork), ("fused", PaymentNetwork)):
        use_threads(settings.threads, settings.seed)
        networks[name] = kind(*shape)
    costs: dict[str, list[np.ndarray]] = {"plain": [], "fused": []}
    for epoch in range(EPOCHS + 1):  # the first compiles, and counts for nothing
        for name, network in networks.items():
            torch.manual_seed(epoch)
            before = used()
            fit_network(network, inputs[name], examples.label, examples.weight, 1, LEARNING_RATE, epoch)
            costs[name].append(used() - before)
    messages = sum(len(part.payments.other) for part in parts)
    medians = {name: np.median(rows[1:], axis=0) for name, rows in costs.items()}
    scores = [score(network, inputs[name], len(examples.label)) for name, network in networks.items()]
    ranks = [pd.Series(margin).rank() for margin in scores]
    result: dict[str, Any] = {
        "slices": len(parts),
        "parties_a_slice": round(float(np.mean([len(part.holder) for part in parts]))),
        "messages_an_epoch": messages,
        "hidden": settings.hidden,
        **{
            name: {
                "cpu_seconds_an_epoch": round(cpu, 3),
                "seconds_an_epoch": round(wall, 3),
                "page_faults_an_epoch": round(faults),
                "messages_per_second": round(messages / wall),
            }
            for name, (cpu, wall, faults) in medians.items()
        },
        "ratio_cpu": round(medians["plain"][0] / medians["fused"][0], 2),
        "ratio_wall": round(medians["plain"][1] / medians["fused"][1], 2),
        "largest_difference_of_margins": float(np.abs(scores[0] - scores[1]).max()),
        "spread_of_margins": float(scores[0].std()),
        "rank_correlation": float(ranks[0].corr(ranks[1])),
    }
    print(json.dumps(result, indent=2))
    if customers == CUSTOMERS:
        RESULT.parent.mkdir(parents=True, exist_ok=True)
        RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
