"""Messages of payments, averaged by the party that they reach, without writing one of them down.

torch-geometric's GINE layer makes a row for every message, and autograd keeps several: most
of a step's time went into memory. Here two kernels walk the payments of each party, as it
receives (forward) and as it sends (backward), and make each message where it is used.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numba import njit
from torch import Tensor
from torch_geometric.nn import GINEConv

from models.zoo.gnn.compiling import Apart

BLOCKS = 8  # of parties with as many payments each; fixed, so that no sum depends on the threads


@dataclass(frozen=True)
class SlicePayments:
    """The payments of a slice party by party, each listed with both of its parties.

    Those of a node stand from ``first[node]`` to ``first[node + 1]`` (nodes + 1,), those with a
    subject as the other party before ``cut[node]`` (nodes,). The arrays of shape
    (2 * payments,) hold the ``other`` party's node, the ``amount``, the ``age`` and the
    ``kind``: a row in the table of what payments say, with its last bit set where the node
    pays. That bit tells the direction of the message that reaches the node; the message that
    leaves it for the other party has the other direction.

    Messages are made for ``receivers`` (receivers,) only: all nodes, or the subjects.
    ``place`` (nodes,) is where a node stands among them.
    """

    first: np.ndarray
    cut: np.ndarray
    other: np.ndarray
    amount: np.ndarray
    age: np.ndarray
    kind: np.ndarray
    receivers: np.ndarray
    place: np.ndarray

    @classmethod
    def of(
        cls,
        payer: np.ndarray,
        payee: np.ndarray,
        amount: np.ndarray,
        age: np.ndarray,
        kind: np.ndarray,
        is_subject: np.ndarray,
    ) -> SlicePayments:
        """Deal payments out to both parties; shapes (payments,), ``kind`` without the last bit."""
        nodes = len(is_subject)
        party, other = np.append(payee, payer), np.append(payer, payee)
        order = np.argsort(2 * party + ~is_subject[other], kind="stable")
        counts = np.bincount(2 * party + ~is_subject[other], minlength=2 * nodes)
        ends = np.cumsum(counts).astype(np.int32)
        payment = order % max(len(payer), 1)
        return cls(
            first=np.append(np.int32(0), ends[1::2]),
            cut=ends[::2].copy(),
            other=other.astype(np.int32)[order],
            amount=amount.astype(np.float32)[payment],
            age=age.astype(np.float32)[payment],
            kind=(2 * kind[payment] + (order >= len(payer))).astype(np.uint16),
            receivers=np.arange(nodes, dtype=np.int32),
            place=np.arange(nodes, dtype=np.int32),
        )

    def to(self, subjects: np.ndarray) -> SlicePayments:
        """The same with messages for the subjects alone, in their order; shape (subjects,)."""
        place = np.full(len(self.place), -1, np.int32)
        place[subjects] = np.arange(len(subjects))
        return replace(self, receivers=subjects.astype(np.int32), place=place)

    @cached_property
    def last(self) -> np.ndarray:
        """Where the payments of each node end whose other party receives, shape (nodes,)."""
        return self.first[1:] if len(self.receivers) == len(self.place) else self.cut

    @cached_property
    def counts(self) -> Tensor:
        """Messages that reach each receiver, at least 1; shape (receivers, 1)."""
        counts = np.diff(self.first)[self.receivers]
        return torch.from_numpy(np.maximum(counts, 1).astype(np.float32)[:, None])

    @cached_property
    def receiving(self) -> list[tuple[int, int]]:
        """Ranges of receivers with about as many messages each."""
        return _blocks(np.diff(self.first)[self.receivers])

    @cached_property
    def sending(self) -> list[tuple[int, int]]:
        """Ranges of nodes that send about as many messages each."""
        return _blocks(self.last - self.first[:-1])


def _blocks(work: np.ndarray) -> list[tuple[int, int]]:
    """BLOCKS ranges of ``work`` with about the same sum."""
    done = np.cumsum(work)
    shares = np.linspace(0, done[-1] if len(done) else 0, BLOCKS + 1)[1:-1]
    return list(pairwise([0, *np.searchsorted(done, shares).tolist(), len(work)]))


@cache
def _kernels(width: int) -> tuple[Callable[..., None], Callable[..., None]]:
    """Forward and backward for messages of one width, known when compiling: that halves the time."""

    @njit(cache=True, nogil=True, fastmath={"contract"}, pipeline_class=Apart)
    def gather(  # type: ignore[no-untyped-def]
        state, table, by_amount, by_age, first, last, other, amount, age, kind, receivers, place,
        begin, end, mean,
    ):  # fmt: skip
        """Mean of the messages relu(state of the other + what the payment says) by receiver."""
        for where in range(begin, end):
            node = receivers[where]
            for j in range(width):
                mean[where, j] = 0
            for k in range(first[node], first[node + 1]):
                source, row, x, y = other[k], kind[k], amount[k], age[k]
                for j in range(width):
                    message = state[source, j] + (table[row, j] + x * by_amount[j] + y * by_age[j])
                    mean[where, j] += np.float32(0) if message <= 0 else message
            count = np.float32(max(first[node + 1] - first[node], 1))
            for j in range(width):
                mean[where, j] /= count

    @njit(cache=True, nogil=True, fastmath={"contract"}, pipeline_class=Apart)
    def scatter(  # type: ignore[no-untyped-def]
        state, table, by_amount, by_age, first, last, other, amount, age, kind, receivers, place,
        begin, end, arriving, for_state, for_table, for_amount, for_age,
    ):  # fmt: skip
        """Gradients by the messages that leave each node, which are made once more."""
        for node in range(begin, end):
            for j in range(width):
                for_state[node, j] = 0
            for k in range(first[node], last[node]):
                target, row, x, y = place[other[k]], kind[k] ^ 1, amount[k], age[k]
                for j in range(width):
                    message = state[node, j] + (table[row, j] + x * by_amount[j] + y * by_age[j])
                    back = arriving[target, j]
                    back = np.float32(0) if message <= 0 else back
                    for_state[node, j] += back
                    for_table[row, j] += back
                    for_amount[j] += x * back
                    for_age[j] += y * back

    return gather, scatter


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads)


def in_blocks(work: Callable[..., None], blocks: list[tuple[int, int]]) -> None:
    """Call ``work(number, first, end)`` for every block; blocks share nothing that is written."""
    tasks = [(number, *block) for number, block in enumerate(blocks)]
    list(_pool(torch.get_num_threads()).map(lambda task: work(*task), tasks))


class _MeanMessages(torch.autograd.Function):
    """Mean of relu(state of the sender + what the payment says) by receiver."""

    @staticmethod
    def forward(ctx: Any, state: Tensor, table: Tensor, slopes: Tensor, payments: SlicePayments) -> Tensor:
        state = state.contiguous()
        ctx.save_for_backward(state, table, slopes)
        ctx.payments = payments
        mean = state.new_empty(len(payments.receivers), state.shape[1])
        gather, _ = _kernels(state.shape[1])
        inputs, out = _arrays(state, table, slopes, payments), mean.numpy()
        in_blocks(lambda _, first, end: gather(*inputs, first, end, out), payments.receiving)
        return mean

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        state, table, slopes = ctx.saved_tensors
        payments: SlicePayments = ctx.payments
        _, scatter = _kernels(state.shape[1])
        arriving = (grad / payments.counts).numpy()
        # Each block of nodes adds up its own share of what all messages have in common.
        by_state = torch.empty_like(state)
        by_table, by_slopes = (part.new_zeros(BLOCKS, *part.shape) for part in (table, slopes))
        inputs, outs = _arrays(state, table, slopes, payments), by_state.numpy()
        table_outs, slope_outs = by_table.numpy(), by_slopes.numpy()
        in_blocks(
            lambda number, first, end: scatter(
                *inputs, first, end, arriving, outs, table_outs[number], *slope_outs[number]
            ),
            payments.sending,
        )
        return by_state, by_table.sum(0), by_slopes.sum(0), None


def _arrays(state: Tensor, table: Tensor, slopes: Tensor, payments: SlicePayments) -> tuple[np.ndarray, ...]:
    """The inputs that both kernels take."""
    p = payments
    lists = (p.first, p.last, p.other, p.amount, p.age, p.kind, p.receivers, p.place)
    return (state.detach().numpy(), table.detach().numpy(), *slopes.detach().numpy(), *lists)


class PaymentConv(GINEConv):
    """torch-geometric's GINE layer with the mean of its messages in one pass over the payments.

    Called as ``conv(state, payments, (table, slopes))``: what a payment says is the row of its
    kind in ``table`` (kinds, width), plus its amount and age times ``slopes`` (2, width).
    """

    def propagate(
        self,
        edge_index: SlicePayments,
        *,
        x: tuple[Tensor, Tensor],
        edge_attr: tuple[Tensor, Tensor],
        size: None,
    ) -> Tensor:
        """Mean message by node, shape (nodes, width)."""
        mean: Tensor = _MeanMessages.apply(x[0], *edge_attr, edge_index)
        return mean
