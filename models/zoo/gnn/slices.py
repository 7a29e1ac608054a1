"""Time slices of the payment graph as tensors: what the network sees of one moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from data.schema import CHANNELS, DAY_US, HOLDER_KINDS
from models.zoo import Examples, Graph
from models.zoo.gnn.messages import SlicePayments
from models.zoo.scaling import Scale

HOURS = 24
EDGE_COLUMNS = 1 + 1 + 2 + len(CHANNELS) + 1


@dataclass(frozen=True)
class Slice:
    """One moment as tensors.

    ``holder`` (nodes,) is each party's kind, ``others`` (nodes, holders) has a one for it where
    the party is no subject. ``features`` (subjects, features + holders + 1) is what is known of
    subjects, their kind, and a one. ``payments`` are those between the parties, ``to_subjects``
    the same as they reach subjects; ``subject`` (subjects,) holds positions among the nodes,
    ``rows`` in the examples.
    """

    holder: Tensor
    others: Tensor
    features: Tensor
    payments: SlicePayments
    to_subjects: SlicePayments
    subject: Tensor
    rows: np.ndarray


def kinds() -> Tensor:
    """What a payment says but for amount and age, shape (hours * channels * 2, EDGE_COLUMNS).

    A row for each hour, channel and direction, in this order; the last column is the direction.
    """
    hour, channel, direction = np.indices((HOURS, len(CHANNELS), 2)).reshape(3, -1)
    angle = hour * (2 * np.pi / HOURS)
    columns = [
        np.zeros((len(hour), 2)),
        np.sin(angle),
        np.cos(angle),
        np.eye(len(CHANNELS))[channel],
        direction,
    ]
    return torch.from_numpy(np.column_stack(columns).astype(np.float32))


def payments_of(
    edges: pd.DataFrame, payer: np.ndarray, payee: np.ndarray, as_of_us: int, is_subject: np.ndarray
) -> SlicePayments:
    """The payments of a slice between positions ``payer`` and ``payee``, scaled; see `kinds`."""
    at = edges["at"].astype("int64").to_numpy()
    days = max((as_of_us - int(at[0])) / DAY_US, 1.0) if len(at) else 1.0
    return SlicePayments.of(
        payer,
        payee,
        amount=(edges["log_amount"].to_numpy() - 6) / 3,
        age=(as_of_us - at) / (days * DAY_US),
        kind=edges["hour"].to_numpy().astype(np.uint16) * len(CHANNELS) + edges["channel"].to_numpy(),
        is_subject=is_subject,
    )


class Slicer:
    """Slices by one scale. Those of the last examples are kept: a search asks for them again and again."""

    def __init__(self, scale: Scale) -> None:
        self.scale = scale
        self._last: tuple[pd.DataFrame, int, list[Slice]] | None = None

    def __call__(self, examples: Examples, stride: int = 1) -> list[Slice]:
        """Every ``stride``-th moment of the examples, see `slices`."""
        if self._last is None or self._last[0] is not examples.features or self._last[1] != stride:
            if examples.graph is None:
                raise ValueError("the GNN needs the graph")
            parts = list(slices(examples, examples.graph, self.scale, stride))
            self._last = examples.features, stride, parts
        return self._last[2]


def slices(examples: Examples, graph: Graph, scale: Scale, stride: int = 1) -> Iterator[Slice]:
    """Every ``stride``-th moment of the examples as tensors, latest always included."""
    owner = graph.nodes["customer_id"].dropna().astype("int64").to_numpy()
    holder = graph.nodes["holder"].to_numpy()
    rows_of = examples.as_of.groupby(examples.as_of).indices
    bounds = graph.slices.set_index("as_of")
    for moment in sorted(rows_of)[::-1][::stride][::-1]:
        first, end = bounds.loc[moment, ["first_edge", "end_edge"]].astype(int)
        edges = graph.edges.iloc[first:end]
        rows = rows_of[moment]
        subject = np.searchsorted(owner, examples.customer_id[rows])
        payer, payee = edges["payer_node"].to_numpy(), edges["payee_node"].to_numpy()
        is_present = np.zeros(len(holder), bool)
        for nodes in (subject, payer, payee):
            is_present[nodes] = True
        present, position = np.flatnonzero(is_present), np.cumsum(is_present) - 1
        subject_at = position[subject]
        is_subject = np.zeros(len(present), bool)
        is_subject[subject_at] = True
        one = np.eye(len(HOLDER_KINDS), dtype=np.float32)[holder[present]]
        known = [scale(examples.features.iloc[rows]), one[subject_at], np.ones((len(rows), 1), np.float32)]
        as_of_us = int(pd.Timestamp(moment).value // 1_000)
        payments = payments_of(edges, position[payer], position[payee], as_of_us, is_subject)
        yield Slice(
            torch.from_numpy(holder[present].astype(np.int64)),
            torch.from_numpy(one * ~is_subject[:, None]),
            torch.from_numpy(np.hstack(known)),
            payments,
            payments.to(subject_at),
            torch.from_numpy(subject_at),
            rows,
        )
