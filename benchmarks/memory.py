"""Memory that has been used before: a machine may be slow to give out what nobody has touched."""

from __future__ import annotations

import ctypes

import numpy as np

GIB = 2**30
# From glibc's malloc.h.
M_TRIM_THRESHOLD, M_MMAP_MAX, M_ARENA_MAX = -1, -4, -8


def touch(gib: float) -> None:
    """Write to so much memory once and keep it for this process, where its C library can.

    A virtual machine gets its memory from its host as it first writes to it, and gives back
    what is freed, at a price of seconds per GiB that would fall on whoever is measured first,
    or on the largest size: a figure about the machine, not about what is measured.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for option, value in ((M_MMAP_MAX, 0), (M_ARENA_MAX, 1), (M_TRIM_THRESHOLD, -1)):
            mallopt(option, value)
    np.empty(round(gib * GIB), np.uint8).fill(1)
