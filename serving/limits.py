"""How much of the service one client may take."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable


class Buckets:
    """A bucket of requests for each client: it fills at a rate, and a request takes one out.

    Of clients beyond ``most`` the one that was silent longest is forgotten, with a full bucket.

    Parameters
    ----------
    rate, burst : requests a second over a longer time, and at once
    clock : seconds
    """

    def __init__(self, rate: float, burst: int, most: int, clock: Callable[[], float]) -> None:
        self.rate, self.burst, self.most, self.clock = rate, burst, most, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, client: str) -> float:
        """Take one out; the seconds until there is one where there is none, otherwise 0."""
        now = self.clock()
        with self._lock:
            left, since = self._left.pop(client, (float(self.burst), now))
            left = min(self.burst, left + (now - since) * self.rate)
            is_allowed = left >= 1
            self._left[client] = (left - is_allowed, now)
            if len(self._left) > self.most:
                self._left.popitem(last=False)
        return 0.0 if is_allowed else (1 - left) / self.rate
