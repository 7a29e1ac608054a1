"""The bank cut in ranges of customers, so that what is found of them stays near the processor.

What one customer did is found without any other customer; only what runs from account
to account (see `money_trail`) needs everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

# The transactions from the first to the last, page by page; the
# index of a page counts the transactions.
Pages = Callable[[], Iterator[pd.DataFrame]]


def ranges(ends: np.ndarray, most: int) -> list[range]:
    """Customers, in order, in ranges that hold at most ``most`` ends of payments.

    ``ends``, shape (customers,), counts the ends of payments of each; a customer with
    more of them than ``most`` is a range alone.
    """
    found, first, held = [], 0, 0
    for customer, count in enumerate(ends.tolist()):
        if customer > first and held + count > most:
            found.append(range(first, customer))
            first, held = customer, 0
        held += count
    return [*found, range(first, len(ends))]
