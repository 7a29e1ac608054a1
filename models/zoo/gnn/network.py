"""The graph neural network itself; imported only where a GNN is fitted or scored.

A slice is the directed, timed multigraph of the payments before one moment. Messages
run along GINE layers in both directions; edges carry amount, age, hour, channel and
direction. The model is inductive: it sees no edge at or after the moment it scores,
in training or later.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from models.zoo.gnn.draws import Draws
from models.zoo.gnn.messages import PaymentConv
from models.zoo.gnn.settling import settled
from models.zoo.gnn.slices import EDGE_COLUMNS, Slice, kinds


def use_threads(threads: int, seed: int) -> None:
    """Fix threads, seed and algorithms, so that equal inputs give equal bytes."""
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # nothing here reads what it did not write


class _Rows(torch.autograd.Function):
    """Rows of a matrix, each at most once: the way back needs no adding up, in whatever order."""

    @staticmethod
    def forward(ctx: Any, matrix: Tensor, rows: Tensor) -> Tensor:
        ctx.shape, ctx.rows = matrix.shape, rows
        return matrix[rows]

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        return grad.new_zeros(ctx.shape).index_copy_(0, ctx.rows, grad), None


class _Joined(torch.autograd.Function):
    """States of all nodes: those of the subjects, and for the others that of their kind of party."""

    @staticmethod
    def forward(ctx: Any, own: Tensor, of_kind: Tensor, part: Slice) -> Tensor:
        ctx.part = part
        return of_kind[part.holder].index_copy_(0, part.subject, own)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None]:
        return grad[ctx.part.subject], ctx.part.others.T @ grad, None


class _Dropout(nn.Dropout):
    """Torch's dropout by the same numbers, drawn faster."""

    draws: Draws | None = None

    @property
    def share(self) -> float:
        """Which share of the values is kept."""
        return 1 - self.p if self.training else 1.0

    def kept(self, *shape: int) -> np.ndarray:
        """Which values of a ``shape`` are kept; bool."""
        if self.share == 1:
            return np.ones(shape, np.bool_)
        self.draws = self.draws or Draws.of_torch()
        return self.draws.kept(shape, self.share)

    def forward(self, input: Tensor) -> Tensor:
        """The values with some of them dropped."""
        return input if self.share == 1 else input * (torch.from_numpy(self.kept(*input.shape)) / self.share)


class PaymentNetwork(nn.Module):
    """GINE layers over one slice, then a head that sees the subject before and after.

    Messages are averaged by logarithmic degree scaling through a layer norm, so that
    hubs do not drown the rest. The last layer works out the subjects alone, for nobody
    reads the others.
    """

    def __init__(self, node_columns: int, hidden: int, layers: int, dropout: float) -> None:
        super().__init__()
        self.enter = nn.Linear(node_columns, hidden)
        self.edge = nn.Linear(EDGE_COLUMNS, hidden)
        self.layers = nn.ModuleList(
            PaymentConv(
                nn.Sequential(nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, hidden)), aggr="mean"
            )
            for _ in range(layers)
        )
        self.norms = nn.ModuleList(nn.LayerNorm(hidden) for _ in range(layers))
        self.dropout = _Dropout(dropout)
        self.head = nn.Sequential(
            nn.Linear(2 * hidden, hidden), nn.ReLU(), self.dropout, nn.Linear(hidden, 1)
        )
        self.register_buffer("kinds", kinds(), persistent=False)

    def forward(self, part: Slice) -> Tensor:
        """Raw margin of the slice's subjects, shape (subjects,)."""
        state, own = self._entered(part)
        begin = own
        said = self.edge(self.kinds), self.edge.weight[:, :2].T.contiguous()
        for number, (layer, norm) in enumerate(zip(self.layers, self.norms, strict=True)):
            is_kept = self.dropout.kept(*state.shape)
            if number < len(self.layers) - 1:
                change = layer(state, part.payments, said)
            else:
                own = _Rows.apply(state, part.subject)
                change = layer((state, own), part.to_subjects, said)
                # Drawn for all, so that the numbers are those of a layer that works out all.
                state, is_kept = own, is_kept[part.subject.numpy()]
            state = settled(state, change, norm, is_kept, 1 / self.dropout.share)
        margin: Tensor = self.head(torch.cat([begin, state], dim=1)).squeeze(1)
        return margin

    def _entered(self, part: Slice) -> tuple[Tensor, Tensor]:
        """States before the layers: of all nodes, and of the subjects."""
        own = torch.relu(self.enter(part.features))
        # Of the others only the kind is known, so that each kind is worked out once.
        of_holder = self.enter.weight[:, -1 - part.others.shape[1] : -1].T
        state: Tensor = _Joined.apply(own, torch.relu(of_holder + self.enter.bias), part)
        return state, own


def fit_network(
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
    network.dropout.draws = Draws.of_torch()
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
def score(network: PaymentNetwork, parts: Iterable[Slice], size: int) -> np.ndarray:
    """Raw margin by example, shape (size,)."""
    network.eval()
    result = np.full(size, np.nan)
    for part in parts:
        result[part.rows] = network(part).numpy()
    return result
