"""Work on several processors, and answers turned from rows to columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np

QUERIES_AT_ONCE = 20_000  # their columns stay in the processor's cache
ROWS_TURNED_AT_ONCE = 4_000
CHUNKS_PER_THREAD = 8  # small parts, so that one with hubs does not keep the others waiting


def each(work: Callable[[Any], Any], tasks: Iterable[Any], threads: int) -> list[Any]:
    """Results of ``work`` on each task, in order, on ``threads`` threads.

    The kernels release Python's lock and the tasks share no state, so the number of threads
    changes nothing.
    """
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, tasks))


def in_parts(work: Callable[[int, int], Any], size: int, threads: int, most: int | None = None) -> list[Any]:
    """Results of ``work(first, end)`` over parts of ``range(size)``, of no more than ``most``, see `each`."""
    parts = max(threads * CHUNKS_PER_THREAD, -(-size // most) if most else 0)
    bounds = np.linspace(0, size, parts + 1).astype(np.int64)
    return each(lambda span: work(*span), pairwise(bounds.tolist()), threads)


def by_column(answers: np.ndarray, threads: int) -> np.ndarray:
    """Answers (queries, columns) as (columns, queries), turned in parts that stay in the cache."""
    turned = np.empty(answers.shape[::-1], answers.dtype)

    def part(first: int, end: int) -> None:
        turned[:, first:end] = answers[first:end].T

    in_parts(part, len(answers), threads, most=ROWS_TURNED_AT_ONCE)
    return turned
