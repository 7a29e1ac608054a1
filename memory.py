"""How a process of this project waits and takes memory, which changes no result, and what it used."""

from __future__ import annotations

import ctypes
import os
import resource

import pyarrow

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4  # glibc's malloc.h
HEAP_STEP = 64 << 20  # bytes by which the heap grows


def set_up() -> None:
    """Set both for the whole process; whoever loads OpenMP does so later."""
    # Threads that wait must sleep: where cores are shared, spinning ones cost ten times the
    # work. OpenMP reads this when it loads.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    reuse_freed_memory()


def reuse_freed_memory() -> None:
    """Let the C library keep what is freed and hand it out again.

    glibc gives each large array back to the system, and the next one touches new pages:
    of the whole run every fifth processor second went into that. Arrow's own pool does
    likewise. Where the C library is another one, its ways are left alone.
    """
    library = ctypes.CDLL(None)
    if not hasattr(library, "gnu_get_libc_version"):
        return
    library.mallopt(M_MMAP_MAX, 0)
    library.mallopt(M_TRIM_THRESHOLD, -1)
    library.mallopt(M_TOP_PAD, HEAP_STEP)
    pyarrow.set_memory_pool(pyarrow.system_memory_pool())


def give_back() -> None:
    """Give the system what was freed and not handed out again.

    What `reuse_freed_memory` keeps is touched already and costs nothing to use again, but it lies
    in pieces: a large array often fits into none of them, and the heap grows beside them. Where
    much was freed and much is to come, this is worth the new pages. Where the C library is
    another one, nothing happens.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "malloc_trim"):  # glibc
        library.malloc_trim(0)


def used() -> dict[str, float]:
    """What this process and those it waited for have used; peaks add up, as if all were reached at once.

    The system keeps the peak of the largest process that was waited for, and counts pages that
    two processes share in each: the sum is never too small where one process helps another.
    """
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "cpu_seconds": round(sum(each.ru_utime + each.ru_stime for each in used), 2),
        "peak_mb": round(sum(each.ru_maxrss for each in used) / 1024),
        "page_faults": sum(each.ru_minflt for each in used),
    }
