"""How every network of this folder is fitted; torch is imported here, so import it where one is fitted.

A fixed number of passes over the rows, and a step size that falls to nothing: no fit looks at validation
to stop, which the search looks at already.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

LONGEST_GRADIENT = 1.0  # a step of one odd batch is no longer than this; common practice


def begin(threads: int, seed: int) -> None:
    """Fix threads, seed and algorithms, so that equal inputs give equal weights on one machine."""
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # nothing here reads what it did not write


@dataclass(frozen=True)
class Descent:
    """A way down: ``epochs`` passes, ``batch`` rows a step, the largest step and the pull to zero.

    An epoch sees all rows with a label above zero and ``seen_share`` of the others, drawn anew;
    they stand for all of them.
    """

    epochs: int
    batch: int
    learning_rate: float
    weight_decay: float
    seen_share: float

    def batches(
        self, label: np.ndarray, weight: np.ndarray, together: np.ndarray, seed: int
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Rows of each step and what they count, one on average; arrays of shape (rows of the step,).

        Parameters
        ----------
        label, weight : shape (n,)
        together : shape (n,), rows of one number come in one step or in two that follow each other
        """
        rng = np.random.default_rng(seed)
        chance = np.where(label > 0, 1.0, self.seen_share)
        counts = weight / chance * (chance.sum() / weight.sum())
        _, number = np.unique(together, return_inverse=True)
        for _ in range(self.epochs):
            rows = np.flatnonzero(rng.random(len(label)) < chance)
            turn = rng.permutation(number.max(initial=-1) + 1)[number[rows]]
            rows = rows[np.argsort(turn, kind="stable")]
            for part in np.array_split(rows, max(1, math.ceil(len(rows) / self.batch))):
                yield part, counts[part]

    def run(
        self,
        network: nn.Module,
        margins: Callable[[np.ndarray], Tensor],
        label: np.ndarray,
        steps: Sequence[tuple[np.ndarray, np.ndarray]],
    ) -> None:
        """Weighted logistic loss with soft labels, downhill.

        ``margins`` gives the raw margins of rows, shape (rows, members): each member of an ensemble
        learns for itself. ``steps`` are those of `batches`.
        """
        optimiser = torch.optim.AdamW(
            network.parameters(), lr=self.learning_rate, weight_decay=self.weight_decay
        )
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, self.learning_rate, total_steps=max(2, len(steps))
        )
        target = torch.from_numpy(label.astype(np.float32))
        network.train()
        for rows, counts in steps:
            optimiser.zero_grad()
            found = margins(rows)
            wanted = target[torch.from_numpy(rows)][:, None].expand_as(found)
            loss = nn.functional.binary_cross_entropy_with_logits(found, wanted, reduction="none")
            (loss.mean(1) * torch.from_numpy(counts.astype(np.float32))).mean().backward()
            nn.utils.clip_grad_norm_(network.parameters(), LONGEST_GRADIENT)
            optimiser.step()
            schedule.step()
        network.eval()
