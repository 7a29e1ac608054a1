"""What ends a layer, in one pass: relu, dropout, the way past the layer, and layer norm.

Each of these is little work on much memory; one after the other they cost as much as the
layer's products of matrices.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numba import njit
from torch import Tensor, nn

from models.zoo.gnn.compiling import Apart
from models.zoo.gnn.messages import BLOCKS, in_blocks


@cache
def _kernels(width: int) -> tuple[Callable[..., None], Callable[..., None]]:
    """Forward and backward for states of one width, known when compiling."""

    @njit(cache=True, nogil=True, fastmath={"contract", "reassoc"}, pipeline_class=Apart)
    def settle(state, change, is_kept, factor, gain, shift, tiny, begin, end, centre, slope, out):  # type: ignore[no-untyped-def]
        """Layer norm of state + dropout(relu(change)); ``centre`` and ``slope`` standardise a row."""
        none = np.float32(0)
        for row in range(begin, end):
            total = none
            for j in range(width):
                step = change[row, j] * factor
                step = step if is_kept[row, j] else none
                out[row, j] = state[row, j] + (none if step <= 0 else step)
                total += out[row, j]
            middle = total / np.float32(width)
            total = none
            for j in range(width):
                out[row, j] -= middle
                total += out[row, j] * out[row, j]
            steep = np.float32(1) / np.sqrt(total / np.float32(width) + tiny)
            for j in range(width):
                out[row, j] = out[row, j] * steep * gain[j] + shift[j]
            centre[row], slope[row] = middle, steep

    @njit(cache=True, nogil=True, fastmath={"contract", "reassoc"}, pipeline_class=Apart)
    def unsettle(  # type: ignore[no-untyped-def]
        state, change, is_kept, factor, gain, centre, slope, grad, begin, end,
        for_state, for_change, for_gain, for_shift,
    ):  # fmt: skip
        """Gradients of the above; the standardised row is worked out once more."""
        none = np.float32(0)
        for row in range(begin, end):
            plain, along = none, none
            for j in range(width):
                step = change[row, j] * factor
                step = step if is_kept[row, j] else none
                standard = (state[row, j] + (none if step <= 0 else step) - centre[row]) * slope[row]
                for_change[row, j] = standard
                for_gain[j] += grad[row, j] * standard
                for_shift[j] += grad[row, j]
                plain += grad[row, j] * gain[j]
                along += grad[row, j] * gain[j] * standard
            plain /= np.float32(width)
            along /= np.float32(width)
            for j in range(width):
                back = slope[row] * (grad[row, j] * gain[j] - plain - for_change[row, j] * along)
                for_state[row, j] = back
                back = back * factor if is_kept[row, j] else none
                for_change[row, j] = none if change[row, j] <= 0 else back

    return settle, unsettle


class _Settled(torch.autograd.Function):
    """See `settled`."""

    @staticmethod
    def forward(
        ctx: Any,
        state: Tensor,
        change: Tensor,
        gain: Tensor,
        shift: Tensor,
        tiny: float,
        is_kept: np.ndarray,
        factor: float,
    ) -> Tensor:
        state, change = state.contiguous(), change.contiguous()
        settle, _ = _kernels(state.shape[1])
        out = torch.empty_like(state)
        centre, slope = np.empty((2, len(state)), np.float32)
        ctx.save_for_backward(state, change, gain)
        ctx.known = is_kept, np.float32(factor), centre, slope
        inputs = (state.numpy(), change.numpy(), is_kept, np.float32(factor), gain.numpy(), shift.numpy())
        outs = centre, slope, out.numpy()
        in_blocks(lambda _, *span: settle(*inputs, np.float32(tiny), *span, *outs), _spans(len(state)))
        return out

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        state, change, gain = ctx.saved_tensors
        is_kept, factor, centre, slope = ctx.known
        _, unsettle = _kernels(state.shape[1])
        for_state, for_change = torch.empty_like(state), torch.empty_like(change)
        sums = torch.zeros(BLOCKS, 2, state.shape[1])
        inputs = (state.numpy(), change.numpy(), is_kept, factor, gain.numpy(), centre, slope)
        outs, sums_of = (for_state.numpy(), for_change.numpy()), sums.numpy()
        arriving = grad.contiguous().numpy()
        in_blocks(
            lambda number, *span: unsettle(*inputs, arriving, *span, *outs, *sums_of[number]),
            _spans(len(state)),
        )
        for_gain, for_shift = sums.sum(0)
        return for_state, for_change, for_gain, for_shift, None, None, None


def _spans(size: int) -> list[tuple[int, int]]:
    return list(pairwise(np.linspace(0, size, BLOCKS + 1).astype(int).tolist()))


def settled(state: Tensor, change: Tensor, norm: nn.LayerNorm, is_kept: np.ndarray, factor: float) -> Tensor:
    """``norm(state + dropout(relu(change)))``: what ``is_kept`` is multiplied by ``factor``, the rest is 0.

    Shapes (nodes, width).
    """
    out: Tensor = _Settled.apply(state, change, norm.weight, norm.bias, norm.eps, is_kept, factor)
    return out
