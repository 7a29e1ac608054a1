"""A network that reads a customer's line of payments once, for all the weeks that ask about it.

A causal convolution tells of each payment what it and the few before it are: a state that no later
payment changes. The line of a week is the mean of such states over its payments, a difference of two
running sums, and the next week's line only moves both ends. So a payment is worked out once, however
many weeks look back at it, and a new payment costs one state.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from data.schema import CHANNELS, HOLDER_KINDS
from features.schema import TOKEN_COLUMNS
from models.zoo import PaymentLines
from models.zoo.nets.networks import perceptron

LEVELS = {
    "weekday": 7,
    "hour": 24,
    "amount_bucket": 256,
    "gap_bucket": 256,
    "direction": 2,
    "channel": len(CHANNELS),
    "counterparty_kind": len(HOLDER_KINDS),
    "is_new": 2,
}
ORDERED = ("amount_bucket", "gap_bucket")  # read as numbers as well: a rare step is like its neighbours
STEPS_OF_ORDERED = 64.0  # buckets that make one on the scale of the other inputs
TAPS = 4  # payments that one layer puts together
STRIDES = (1, TAPS)  # between them, layer by layer
SEEN = sum((TAPS - 1) * stride for stride in STRIDES)  # payments before one that its state knows of
SUMMED = 64  # states in a block of running sums; 32 and 64 were the fastest of 16 to 128
LATEST = (1, 8, 32)  # payments at the end of a line that are averaged apart, beside all of it


@dataclass(frozen=True)
class LineStretch:
    """Payments of some customers end to end, and where the lines of subjects lie in them.

    ``tokens`` (payments, columns) are as in PaymentLines, ``place`` (payments,) is how many of the customer's
    payments stand before each one here; ``first`` and ``end`` (subjects,) are rows of ``tokens``.
    """

    tokens: np.ndarray
    place: np.ndarray
    first: np.ndarray
    end: np.ndarray

    @classmethod
    def of(cls, lines: PaymentLines, customer: np.ndarray, rows: np.ndarray, before: int) -> LineStretch:
        """The lines of ``rows``, whose customers are given, and up to ``before`` payments before them."""
        _, number = np.unique(customer, return_inverse=True)
        first, end, opens = lines.first[rows], lines.end[rows], lines.opens[rows]
        low = np.full(number.max(initial=-1) + 1, np.iinfo(np.int64).max)
        high = np.zeros(len(low), np.int64)
        np.minimum.at(low, number, np.maximum(first - before, opens))
        np.maximum.at(high, number, end)
        length = high - low
        begins = np.cumsum(length) - length
        place = np.arange(length.sum()) - np.repeat(begins, length)
        moved = (begins - low)[number]
        return cls(lines.tokens[place + np.repeat(low, length)], place, first + moved, end + moved)

    def tensors(self) -> tuple[Tensor, ...]:
        """Tokens, place, first and end for a network."""
        whole = (self.tokens.astype(np.int64), self.place, self.first, self.end)
        return tuple(torch.from_numpy(each) for each in whole)


class CausalLayer(nn.Module):
    """Adds to each payment's state what it makes of that state and of earlier ones of the customer."""

    def __init__(self, width: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.mix = nn.Linear(TAPS * width, width)

    def forward(self, state: Tensor, place: Tensor) -> Tensor:
        """States after the layer; shape (payments, width) as given."""
        taps = [state]
        for tap in range(1, TAPS):
            back = min(tap * self.stride, len(state))
            moved = nn.functional.pad(state[: len(state) - back], (0, 0, back, 0))
            taps.append(moved * (place >= tap * self.stride)[:, None])
        return state + torch.relu(self.mix(torch.cat(taps, 1)))


class RunningSums:
    """Sums of the states before any row: those within a block by one product, those of whole blocks added up.

    In double precision where it matters: the mean of a few states is a difference of two sums of very many.
    """

    def __init__(self, states: Tensor) -> None:
        count, width = states.shape
        whole = nn.functional.pad(states, (0, 0, 1, SUMMED - 1 - count % SUMMED)).view(-1, SUMMED, width)
        within = torch.ones(SUMMED, SUMMED).tril() @ whole
        self.within = within.view(-1, width)
        self.blocks = nn.functional.pad(within[:, -1].double().cumsum(0), (0, 0, 1, 0))

    def before(self, row: Tensor) -> Tensor:
        """Sum of all states before each ``row``; shape (rows, width)."""
        return self.blocks.index_select(0, row // SUMMED) + self.within.index_select(0, row)


class LineReader(nn.Module):
    """Lines as numbers: the mean state of their last payments and of all, and how long they are."""

    def __init__(self, width: int) -> None:
        super().__init__()
        sizes = [LEVELS[name] for name in TOKEN_COLUMNS]
        self.embed = nn.EmbeddingBag(sum(sizes), width, mode="sum")
        nn.init.normal_(self.embed.weight, std=len(sizes) ** -0.5)
        self.slope = nn.Linear(len(ORDERED), width)
        self.layers = nn.ModuleList(CausalLayer(width, stride) for stride in STRIDES)
        self.columns = (len(LATEST) + 1) * width + 1
        begins = torch.tensor(np.cumsum([0, *sizes[:-1]]))
        self.register_buffer("begins", begins, persistent=False)
        self.ordered = [TOKEN_COLUMNS.index(name) for name in ORDERED]

    def states(self, tokens: Tensor, place: Tensor) -> Tensor:
        """What each payment and the `SEEN` before it are; shape (payments, width)."""
        state = self.embed(tokens + self.begins) + self.slope(tokens[:, self.ordered] / STEPS_OF_ORDERED)
        for layer in self.layers:
            state = layer(state, place)
        return state

    def forward(self, tokens: Tensor, place: Tensor, first: Tensor, end: Tensor) -> Tensor:
        """One row a line; shape (subjects, columns)."""
        sums = RunningSums(self.states(tokens, place))
        until = sums.before(end)
        parts = []
        for begin in (*(torch.maximum(first, end - latest) for latest in LATEST), first):
            count = (end - begin).clamp(min=1)[:, None]
            parts.append(((until - sums.before(begin)) / count).float())
        return torch.cat([*parts, torch.log1p((end - first).float())[:, None]], 1)


class LineNetwork(nn.Module):
    """A net of the plain one's shape that sees the line beside the features."""

    def __init__(self, columns: int, width: int, dropout: float, line_width: int) -> None:
        super().__init__()
        self.reader = LineReader(line_width)
        self.judge = perceptron(columns + self.reader.columns, width, dropout)

    def forward(self, values: Tensor, tokens: Tensor, place: Tensor, first: Tensor, end: Tensor) -> Tensor:
        """Margins, shape (subjects, 1)."""
        margins: Tensor = self.judge(torch.cat([values, self.reader(tokens, place, first, end)], 1))
        return margins
