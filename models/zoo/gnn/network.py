"""The graph neural network itself; imported only where a GNN is fitted or scored.

A subject is told by its features and by messages along its ties. A message is made of what
was paid between the pair (amounts, times, channels, in each direction), of what the party
beyond the tie pays and receives otherwise, and, where it is a customer too, of its features.
Parties that the subject pays and parties that pay it speak through weights of their own; what
they say is put together as mean, largest value, spread, and mean times the logarithm of their
number. The model is inductive: no payment at or after the moment that it scores is seen, in
training or later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from data.schema import HOLDER_KINDS
from models.zoo.gnn.partners import NOBODY, PARTY_COLUMNS, SAID_COLUMNS
from models.zoo.gnn.shown import FORETOLD_COLUMNS, ShownSubjects

WAYS = [0, 5]  # columns of a tie: whether the subject pays the party beyond it, and is paid by it
AGGREGATES = 4
ROWS_AT_A_TIME = 4_096  # subjects scored together; a step of training takes a batch
SORTED_STEPS = 8  # steps among which subjects are dealt out by their number of ties
AVERAGED_FROM = 0.5  # share of the steps after which the weights are averaged


def use_threads(threads: int, seed: int) -> None:
    """Fix threads, seed and algorithms, so that equal inputs give equal bytes."""
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # nothing here reads what it did not write


def device() -> torch.device:
    """A GPU if torch sees one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


@dataclass(frozen=True)
class Batch:
    """Some subjects as tensors.

    ``known`` (subjects, features), ``own`` (subjects, PARTY_COLUMNS); ``said`` and ``holder``
    are those of their ties, (subjects, most, columns) and (subjects, most), and ``is_there``
    (subjects, most) whether there is one. ``beyond`` (customers, features) are the
    features of the customers at the ties ``at`` (customers,), counted through all subjects.
    """

    known: Tensor
    own: Tensor
    said: Tensor
    holder: Tensor
    is_there: Tensor
    at: Tensor
    beyond: Tensor

    @classmethod
    def of(cls, shown: ShownSubjects, rows: np.ndarray, where: torch.device) -> Batch:
        """The subjects at ``rows`` of ``shown``."""
        ties = shown.ties
        place = ties.place[rows]
        most = max(int((place != NOBODY).sum(axis=1).max(initial=0)), 1)
        place = np.ascontiguousarray(place[:, :most])
        row = shown.beyond[place].ravel()
        at = np.flatnonzero(row >= 0)
        arrays = (
            shown.known[rows],
            ties.own[rows],
            ties.said[place],
            ties.holder[place].astype(np.int64),
            place != NOBODY,
            at,
            shown.known[row[at]],
        )
        return cls(*(torch.from_numpy(values).to(where) for values in arrays))


class PaymentNetwork(nn.Module):
    """Messages along ties, then a head that sees the subject with and without them."""

    def __init__(self, node_columns: int, hidden: int, dropout: float, tie_dropout: float) -> None:
        super().__init__()
        self.hidden, self.tie_dropout = hidden, tie_dropout
        self.enter = nn.Linear(node_columns + PARTY_COLUMNS, 2 * hidden)
        self.said = nn.Linear(SAID_COLUMNS, hidden)
        self.holder = nn.Embedding(len(HOLDER_KINDS), hidden)
        self.beyond = nn.Linear(node_columns, hidden, bias=False)
        self.ways = nn.Linear(hidden, len(WAYS) * hidden)
        self.around = nn.Linear(len(WAYS) * AGGREGATES * hidden, hidden)
        self.dropout = nn.Dropout(dropout)
        self.mixed = nn.Linear(3 * hidden, 2 * hidden)
        self.head = nn.Linear(2 * hidden, 1)
        self.ahead = nn.Linear(2 * hidden, FORETOLD_COLUMNS)

    def state(self, batch: Batch) -> Tensor:
        """What the subjects are with all that surrounds them, shape (subjects, 2 * hidden)."""
        own = torch.relu(self.enter(torch.cat([batch.known, batch.own], dim=1)))
        around = torch.relu(self.around(self._aggregated(batch)))
        return torch.relu(self.mixed(self.dropout(torch.cat([own, around], dim=1))))

    def forward(self, batch: Batch) -> Tensor:
        """Raw margin of the subjects, shape (subjects,)."""
        margin: Tensor = self.head(self.dropout(self.state(batch))).squeeze(1)
        return margin

    def foretell(self, batch: Batch) -> Tensor:
        """What they will pay and receive, shape (subjects, FORETOLD_COLUMNS)."""
        told: Tensor = self.ahead(self.state(batch))
        return told

    def _aggregated(self, batch: Batch) -> Tensor:
        """Messages of both ways put together, shape (subjects, ways * AGGREGATES * hidden)."""
        spoken = self.said(batch.said) + self.holder(batch.holder)
        flat = spoken.reshape(-1, self.hidden)
        if len(batch.at):
            flat = flat + _Spread.apply(self.beyond(batch.beyond), batch.at, len(flat))
        is_there = batch.is_there
        if self.training and self.tie_dropout > 0:
            is_there = is_there & (torch.rand_like(batch.said[:, :, 0]) >= self.tie_dropout)
        is_way = (is_there.unsqueeze(2) & (batch.said[:, :, WAYS] > 0)).unsqueeze(3)
        message = torch.relu(self.ways(torch.relu(flat))).reshape(*is_way.shape[:3], self.hidden) * is_way
        count = is_way.sum(1)
        mean = message.sum(1) / count.clamp(min=1)
        spread = (message.square().sum(1) / count.clamp(min=1) - mean.square()).clamp(min=0)
        parts = [mean, message.amax(1), torch.sqrt(spread + 1e-6), mean * torch.log1p(count)]
        return torch.cat(parts, dim=2).flatten(1)


class _Spread(torch.autograd.Function):
    """Rows put at places of a longer matrix, each place once: no way back adds up in whatever order."""

    @staticmethod
    def forward(ctx: object, rows: Tensor, at: Tensor, size: int) -> Tensor:
        ctx.at = at  # type: ignore[attr-defined]
        return rows.new_zeros(size, rows.shape[1]).index_copy_(0, at, rows)

    @staticmethod
    def backward(ctx: object, grad: Tensor) -> tuple[Tensor, None, None]:
        return grad[ctx.at], None, None  # type: ignore[attr-defined]


Loss = Callable[[Batch, np.ndarray], Tensor]


@dataclass(frozen=True)
class Schedule:
    """How long and how fast a network learns: subjects a step, passes over them, highest rate of learning."""

    batch: int
    epochs: int
    learning_rate: float
    weight_decay: float
    seed: int

    def steps(self, rows: np.ndarray, ties: np.ndarray) -> Iterator[np.ndarray]:
        """The rows of each step, drawn; ``ties`` (subjects,) are counts.

        Of every few steps drawn together each takes subjects with about as many ties, so that
        little is worked out for ties that are not there.
        """
        rng = np.random.default_rng(self.seed)
        for _ in range(self.epochs):
            order, steps = rng.permutation(rows), max(len(rows) // self.batch, 1)
            whole = [
                part
                for drawn in np.array_split(order, -(-steps // SORTED_STEPS))
                for part in np.array_split(
                    drawn[np.argsort(ties[drawn], kind="stable")], max(len(drawn) // self.batch, 1)
                )
            ]
            yield from (whole[number] for number in rng.permutation(len(whole)))

    def run(self, network: PaymentNetwork, shown: ShownSubjects, rows: np.ndarray, loss: Loss) -> None:
        """Learn from ``rows`` of ``shown``; the weights end as the mean of those of the later steps.

        The mean takes the place of stopping early: it forgets the noise of single steps, and
        no validation weeks are spent on it.
        """
        parameters = list(network.parameters())
        optimiser = torch.optim.AdamW(
            parameters, lr=self.learning_rate, weight_decay=self.weight_decay, fused=True
        )
        steps = list(self.steps(rows, (shown.ties.place != NOBODY).sum(axis=1)))
        rates = torch.optim.lr_scheduler.OneCycleLR(optimiser, self.learning_rate, total_steps=len(steps))
        averaged_from = int(AVERAGED_FROM * len(steps))
        mean = [torch.zeros_like(part) for part in parameters]
        where = next(network.parameters()).device
        network.train()
        for number, mine in enumerate(steps):
            optimiser.zero_grad()
            value = loss(Batch.of(shown, mine, where), mine)
            value.backward()
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            rates.step()
            if number >= averaged_from:
                for total, part in zip(mean, parameters, strict=True):
                    total += part.detach()
        with torch.no_grad():
            for total, part in zip(mean, parameters, strict=True):
                part.copy_(total / (len(steps) - averaged_from))


def labelled_loss(network: PaymentNetwork, label: np.ndarray, weight: np.ndarray) -> Loss:
    """Weighted logistic loss with soft labels; shapes (subjects,)."""
    where = next(network.parameters()).device
    target, importance = (
        torch.tensor(values, dtype=torch.float32, device=where) for values in (label, weight / weight.mean())
    )

    def loss(batch: Batch, rows: np.ndarray) -> Tensor:
        mine = torch.from_numpy(rows).to(where)
        return nn.functional.binary_cross_entropy_with_logits(
            network(batch), target[mine], importance[mine], reduction="mean"
        )

    return loss


def foretelling_loss(network: PaymentNetwork, ahead: np.ndarray) -> Loss:
    """Squared error of what is foretold, (subjects, FORETOLD_COLUMNS), each column by its own spread."""
    where = next(network.parameters()).device
    spread = np.maximum(np.nanstd(ahead, axis=0), 1e-3)
    target = torch.from_numpy((ahead - np.nanmean(ahead, axis=0)) / spread).to(where)

    def loss(batch: Batch, rows: np.ndarray) -> Tensor:
        return nn.functional.mse_loss(network.foretell(batch), target[torch.from_numpy(rows).to(where)])

    return loss


@torch.no_grad()
def margins_of(network: PaymentNetwork, shown: ShownSubjects) -> np.ndarray:
    """Raw margin of each subject, shape (subjects,)."""
    network.eval()
    where = next(network.parameters()).device
    blocks = np.array_split(np.arange(len(shown.rows)), max(-(-len(shown.rows) // ROWS_AT_A_TIME), 1))
    found = [network(Batch.of(shown, rows, where)).cpu().numpy() for rows in blocks]
    return np.concatenate(found)
