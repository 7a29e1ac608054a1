"""Work on several processors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np

CHUNKS_PER_THREAD = 8  # small parts, so that one with hubs does not keep the others waiting


def each(work: Callable[[Any], Any], tasks: Iterable[Any], threads: int) -> list[Any]:
    """Results of ``work`` on each task, in order, on ``threads`` threads.

    The kernels release Python's lock and the tasks share no state, so the number of threads
    changes nothing.
    """
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, tasks))


def in_parts(work: Callable[[int, int], Any], size: int, threads: int) -> list[Any]:
    """Results of ``work(first, end)`` over parts of ``range(size)``, see `each`."""
    bounds = np.linspace(0, size, threads * CHUNKS_PER_THREAD + 1).astype(np.int64)
    return each(lambda span: work(*span), pairwise(bounds.tolist()), threads)
