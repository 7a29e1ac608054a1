"""A way to learn that ends where subjects held back are told best; torch is imported here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from models.zoo.gnn.network import ROWS_AT_A_TIME, Batch, Loss, PaymentNetwork, Schedule
from models.zoo.gnn.partners import NOBODY
from models.zoo.gnn.shown import ShownSubjects
from models.zoo.nets.fitting import LONGEST_GRADIENT


@dataclass(frozen=True)
class StoppedEarly(Schedule):
    """At most so many passes at one rate of learning; the weights of the best one are kept.

    ``is_held_back`` (subjects,) marks the subjects that are not learnt from and whose loss is measured
    after each pass. Where it has not fallen for ``patience`` passes, learning ends.
    """

    is_held_back: np.ndarray
    patience: int

    def run(self, network: PaymentNetwork, shown: ShownSubjects, rows: np.ndarray, loss: Loss) -> None:
        """Learn from those of ``rows`` that are not held back."""
        taught, held = rows[~self.is_held_back[rows]], rows[self.is_held_back[rows]]
        optimiser = torch.optim.AdamW(
            network.parameters(), lr=self.learning_rate, weight_decay=self.weight_decay, fused=True
        )
        steps = list(self.steps(taught, (shown.ties.place != NOBODY).sum(axis=1)))
        best, least, since = network.state_dict(), np.inf, 0
        size = len(steps) // self.epochs
        for number in range(self.epochs):
            for mine in steps[number * size : (number + 1) * size]:
                self._step(network, optimiser, shown, mine, loss)
            found = loss_over(network, shown, held, loss)
            if found < least:
                best = {name: part.clone() for name, part in network.state_dict().items()}
                least, since = found, 0
            else:
                since += 1
            if since == self.patience:
                break
        network.load_state_dict(best)

    def _step(
        self,
        network: PaymentNetwork,
        optimiser: torch.optim.Optimizer,
        shown: ShownSubjects,
        rows: np.ndarray,
        loss: Loss,
    ) -> None:
        network.train()
        optimiser.zero_grad()
        loss(Batch.of(shown, rows, next(network.parameters()).device), rows).backward()
        nn.utils.clip_grad_norm_(network.parameters(), LONGEST_GRADIENT)
        optimiser.step()


@torch.no_grad()
def loss_over(network: PaymentNetwork, shown: ShownSubjects, rows: np.ndarray, loss: Loss) -> float:
    """Mean loss of ``rows``, infinite without any."""
    network.eval()
    where = next(network.parameters()).device
    blocks = [rows[first : first + ROWS_AT_A_TIME] for first in range(0, len(rows), ROWS_AT_A_TIME)]
    total = sum(len(mine) * float(loss(Batch.of(shown, mine, where), mine)) for mine in blocks)
    return total / len(rows) if len(rows) else float("inf")


def held_back(customer: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Marks all subjects of a drawn ``share`` of the customers; ``customer`` has shape (subjects,)."""
    names, number = np.unique(customer, return_inverse=True)
    return np.random.default_rng(seed).random(len(names))[number] < share
