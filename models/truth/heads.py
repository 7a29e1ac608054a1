"""A plain net with an auxiliary head for each typology of the library; torch is imported here.

The trunk is that of the zoo's plain net. One head learns who is suspicious from the bank's labels
and the library; each other one learns, from the library alone, whether a planted row is of its
typology (Caruana, Multitask Learning, 1997). Only the first head ranks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from models.zoo import Examples, emphasised
from models.zoo.nets.fitting import LONGEST_GRADIENT, Descent, begin
from models.zoo.nets.networks import perceptron
from models.zoo.scaling import Scale

BLOCK = 16_384  # rows scored at a time; bounds the memory


@dataclass(frozen=True)
class Lesson:
    """Rows to learn from, one after the other in time of teaching.

    ``heads`` names the typology of each row, empty for one of none and None where nothing is said of
    it, shape (rows,); ``auxiliary`` is what another head's loss counts beside the first one's.
    """

    examples: Examples
    heads: np.ndarray
    auxiliary: float


@dataclass(frozen=True)
class Training:
    """How a net of one shape goes down, in the names of the zoo's plain net."""

    descent: Descent
    width: int
    dropout: float
    positive_weight: float
    threads: int


class HeadedNet(nn.Module):
    """The zoo's plain net whose last layer has ``heads`` margins; shape (rows, columns) to (rows, heads)."""

    def __init__(self, columns: int, width: int, dropout: float, heads: int) -> None:
        super().__init__()
        *trunk, _ = perceptron(columns, width, dropout)
        self.trunk, self.heads = nn.Sequential(*trunk), nn.Linear(width, heads)

    def forward(self, values: Tensor) -> Tensor:
        """Margins of all heads."""
        margins: Tensor = self.heads(self.trunk(values))
        return margins


def targets(lesson: Lesson, typologies: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """What each head is to learn and what a row counts for it; both of shape (rows, 1 + typologies).

    A row that is of no typology is a counter-example of every one; of which nothing is said, of none.
    """
    rows, is_told = len(lesson.heads), np.array([name is not None for name in lesson.heads])
    wanted = np.zeros((rows, 1 + len(typologies)), np.float32)
    counts = np.zeros_like(wanted)
    wanted[:, 0], counts[:, 0] = lesson.examples.label, 1.0
    for place, name in enumerate(typologies, start=1):
        wanted[:, place] = lesson.heads == name
        counts[is_told, place] = lesson.auxiliary
    return wanted, counts


def taught(lessons: Sequence[Lesson], scale: Scale, training: Training, seed: int) -> HeadedNet:
    """A new net that was taught the lessons in turn; all have the columns of ``scale``."""
    begin(training.threads, seed)
    typologies = sorted({name for lesson in lessons for name in lesson.heads if name})
    network = HeadedNet(len(scale.mean), training.width, training.dropout, 1 + len(typologies))
    for lesson in lessons:
        _descend(network, lesson, typologies, scale, training, seed)
    network.eval()
    return network


def _descend(
    network: HeadedNet, lesson: Lesson, typologies: list[str], scale: Scale, training: Training, seed: int
) -> None:
    values = torch.from_numpy(scale(lesson.examples.features))
    wanted, counts = (torch.from_numpy(part) for part in targets(lesson, typologies))
    weight = emphasised(lesson.examples, training.positive_weight)
    label, descent = lesson.examples.label, training.descent
    steps = list(descent.batches(label, weight, np.arange(len(label)), seed))
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=descent.learning_rate, weight_decay=descent.weight_decay
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, descent.learning_rate, total_steps=max(2, len(steps))
    )
    network.train()
    for rows, mass in steps:
        mine = torch.from_numpy(rows)
        optimiser.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(
            network(values[mine]), wanted[mine], reduction="none"
        )
        each = (loss * counts[mine]).sum(1)
        (each * torch.from_numpy(mass.astype(np.float32))).mean().backward()
        nn.utils.clip_grad_norm_(network.parameters(), LONGEST_GRADIENT)
        optimiser.step()
        schedule.step()


@torch.inference_mode()
def first_margins(network: HeadedNet, scale: Scale, values: np.ndarray) -> np.ndarray:
    """The first head's margin of rows of shape (n, columns); shape (n,)."""
    result = np.empty(len(values))
    for first in range(0, len(values), BLOCK):
        rows = slice(first, first + BLOCK)
        result[rows] = network(torch.from_numpy(scale(values[rows])))[:, 0].numpy()
    return result
