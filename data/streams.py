"""Named random streams: adding a typology leaves every other draw as it was.

numpy's own exponentials, logarithms and powers of arrays end in other digits by the
processor's vector width, and a moment or a sum would move with them. Whatever ends in a
table takes them from scipy or from Python, which ask the C library.
"""

from __future__ import annotations

from math import log2
from zlib import crc32

import numpy as np
from scipy.special import exp2


def stream(seed: int, *names: str) -> np.random.Generator:
    """A generator that depends on the seed and its name only, not on who drew before."""
    return np.random.default_rng([seed, crc32("/".join(names).encode())])


def log_uniform(rng: np.random.Generator, low: float, high: float, count: int | None = None) -> np.ndarray:
    """Draws between two positive numbers, each doubling as likely as the next, shape (count,) or ()."""
    return np.asarray(exp2(rng.uniform(log2(low), log2(high), count)))
