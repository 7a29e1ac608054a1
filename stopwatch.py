"""The clock of a study: what a fit costs. No room looks at a clock itself; a main hands one in."""

from __future__ import annotations

import time


def processor_seconds() -> float:
    """Seconds of processor time used by all threads of this process; what others use does not count."""
    return time.process_time()
