"""The graph neural network itself; imported only where a GNN is fitted or scored.

A slice is the directed, timed multigraph of the payments before one moment. Messages
run along GINE layers in both directions; edges carry amount, age, hour, channel and
direction. The model is inductive: it sees no edge at or after the moment it scores,
in training or later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn
from torch_geometric.nn import GINEConv

from data.schema import CHANNELS, DAY_US, HOLDER_KINDS
from models.zoo import Examples, Graph

EDGE_COLUMNS = 1 + 1 + 2 + len(CHANNELS) + 1


def use_threads(threads: int, seed: int) -> None:
    """Fix threads, seed and algorithms, so that equal inputs give equal bytes."""
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True)


@dataclass(frozen=True)
class Scale:
    """Mean and spread of the compressed features over the training subjects; shape (features,)."""

    mean: np.ndarray
    spread: np.ndarray

    @staticmethod
    def compressed(features: pd.DataFrame) -> np.ndarray:
        """Signed logarithm: money and counts have long tails. NaN stays."""
        values = features.to_numpy(np.float32)
        return np.sign(values) * np.log1p(np.abs(values))

    @classmethod
    def of(cls, features: pd.DataFrame) -> Scale:
        """Learn from training subjects only; a column without values gets mean 0, spread 1."""
        values = cls.compressed(features)
        known = np.isfinite(values)
        count = np.maximum(known.sum(axis=0), 1)
        mean = np.where(known, values, 0).sum(axis=0) / count
        spread = np.sqrt((np.where(known, values - mean, 0) ** 2).sum(axis=0) / count)
        return cls(mean.astype(np.float32), np.where(spread > 1e-6, spread, 1.0).astype(np.float32))

    def __call__(self, features: pd.DataFrame) -> np.ndarray:
        """Standardised features, NaN as 0 (the mean), cut at 5 spreads; shape as given."""
        values = (self.compressed(features) - self.mean) / self.spread
        return np.clip(np.nan_to_num(values, nan=0.0), -5, 5).astype(np.float32)


@dataclass(frozen=True)
class Slice:
    """One moment as tensors.

    ``nodes`` (nodes, features + holders + 1), ``edges`` (2, 2 * payments),
    ``edge_values`` (2 * payments, EDGE_COLUMNS), ``subject`` (subjects,) positions in
    ``nodes``; ``rows`` are the subjects' rows in the examples.
    """

    nodes: Tensor
    edges: Tensor
    edge_values: Tensor
    subject: Tensor
    rows: np.ndarray


def edge_values(edges: pd.DataFrame, as_of_us: int, days: float) -> np.ndarray:
    """What a payment says, shape (payments, EDGE_COLUMNS); the last column is the direction."""
    at = edges["at"].astype("int64").to_numpy()
    hour = edges["hour"].to_numpy() * (2 * np.pi / 24)
    channel = np.eye(len(CHANNELS), dtype=np.float32)[edges["channel"].to_numpy()]
    columns = [
        (edges["log_amount"].to_numpy() - 6) / 3,
        (as_of_us - at) / (days * DAY_US),
        np.sin(hour),
        np.cos(hour),
    ]
    return np.column_stack([*columns, channel, np.zeros(len(edges))]).astype(np.float32)


def slices(examples: Examples, graph: Graph, scale: Scale, stride: int = 1) -> Iterator[Slice]:
    """Every ``stride``-th moment of the examples as tensors, latest always included."""
    owner = graph.nodes["customer_id"].dropna().astype("int64").to_numpy()
    holder = graph.nodes["holder"].to_numpy()
    rows_of = examples.as_of.groupby(examples.as_of).indices
    bounds = graph.slices.set_index("as_of")
    features = scale(examples.features)
    for moment in sorted(rows_of)[::-1][::stride][::-1]:
        first, end = bounds.loc[moment, ["first_edge", "end_edge"]].astype(int)
        edges = graph.edges.iloc[first:end]
        rows = rows_of[moment]
        subject = np.searchsorted(owner, examples.customer_id[rows])
        payer, payee = edges["payer_node"].to_numpy(), edges["payee_node"].to_numpy()
        present, position = np.unique(np.concatenate([subject, payer, payee]), return_inverse=True)
        subject_at = position[: len(rows)]
        payer_at, payee_at = np.split(position[len(rows) :], 2)
        nodes = np.zeros((len(present), features.shape[1] + len(HOLDER_KINDS) + 1), np.float32)
        nodes[subject_at, : features.shape[1]] = features[rows]
        nodes[np.arange(len(present)), features.shape[1] + holder[present]] = 1
        nodes[subject_at, -1] = 1
        as_of_us = int(pd.Timestamp(moment).value // 1_000)
        days = max((as_of_us - int(edges["at"].iloc[0].value // 1_000)) / DAY_US, 1.0) if len(edges) else 1.0
        forward = edge_values(edges, as_of_us, days)
        backward = forward.copy()
        backward[:, -1] = 1
        yield Slice(
            torch.from_numpy(nodes),
            torch.from_numpy(np.stack([np.append(payer_at, payee_at), np.append(payee_at, payer_at)])),
            torch.from_numpy(np.concatenate([forward, backward])),
            torch.from_numpy(subject_at),
            rows,
        )


class PaymentNetwork(nn.Module):
    """GINE layers over one slice, then a head that sees the subject before and after.

    Messages are averaged by logarithmic degree scaling through a layer norm, so that
    hubs do not drown the rest.
    """

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

    def forward(self, part: Slice) -> Tensor:
        """Raw margin of the slice's subjects, shape (subjects,)."""
        start = torch.relu(self.enter(part.nodes))
        edge = self.edge(part.edge_values)
        state = start
        for layer, norm in zip(self.layers, self.norms, strict=True):
            state = norm(state + self.dropout(torch.relu(layer(state, part.edges, edge))))
        subject = torch.cat([start[part.subject], state[part.subject]], dim=1)
        return self.head(subject).squeeze(1)


def fit(
    network: PaymentNetwork,
    parts: list[Slice],
    label: np.ndarray,
    weight: np.ndarray,
    epochs: int,
    learning_rate: float,
    seed: int,
) -> None:
    """Weighted logistic loss with soft labels, one step a slice, slices in random order."""
    optimiser = torch.optim.AdamW(network.parameters(), lr=learning_rate, weight_decay=1e-4)
    steps = epochs * len(parts)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, learning_rate, total_steps=steps)
    target, importance = torch.tensor(label, dtype=torch.float32), torch.tensor(weight, dtype=torch.float32)
    rng = np.random.default_rng(seed)
    network.train()
    for _ in range(epochs):
        for number in rng.permutation(len(parts)):
            part = parts[number]
            optimiser.zero_grad()
            loss = (
                nn.functional.binary_cross_entropy_with_logits(
                    network(part), target[part.rows], importance[part.rows], reduction="sum"
                )
                / importance[part.rows].sum()
            )
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()


@torch.no_grad()
def score(network: PaymentNetwork, parts: Iterator[Slice], size: int) -> np.ndarray:
    """Raw margin by example, shape (size,)."""
    network.eval()
    result = np.full(size, np.nan)
    for part in parts:
        result[part.rows] = network(part).numpy()
    return result
