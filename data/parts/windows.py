"""Window columns of the customers of one part: what came in and what went out before each payment."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from data.asof import WAYS, Events, Past
from data.parts.bank import Tables, column

COUNTED = ("count", "total", "distinct")


def flow_columns(days: tuple[int, ...]) -> list[tuple[str, pa.DataType]]:
    """Names and types of the window columns: count, yuan and counterparties by way and window."""
    kinds = {"count": pa.int32(), "total": pa.float64(), "distinct": pa.int32()}
    return [(f"{what}_{way}_{n}d", kinds[what]) for n in days for way in WAYS for what in COUNTED]


def windows_of_part(part: Tables, days: tuple[int, ...]) -> pa.Table:
    """Flows of the windows of ``days`` strictly before each end of a payment; one row an end.

    Parameters
    ----------
    part : ``ends`` of the payments of some customers: customer, counterparty, moment, transaction_id,
        is_credit, cents; counterparties are small whole numbers
    """
    ends = part["ends"]
    customer, at, number = (column(ends, name) for name in ("customer", "moment", "transaction_id"))
    is_credit = column(ends, "is_credit")
    row = np.lexsort((number, ~is_credit, at, customer))
    whose, first = np.unique(customer[row], return_index=True)
    starts = np.append(first, len(row))
    nothing = np.zeros(0, np.int8)
    events = Events(
        starts=starts,
        customer=np.repeat(np.arange(len(whose)), np.diff(starts)),
        at=at[row],
        cents=column(ends, "cents")[row],
        balance=nothing,
        is_credit=is_credit[row],
        counterparty=column(ends, "counterparty")[row],
        holder=nothing,
        channel=nothing,
        purpose=nothing,
        city=nothing,
        payment=row,
    )
    found = Past(events, events.customer, events.at, {}, {}, {}).flows(*days)
    columns = [number[row], is_credit[row], customer[row]]
    for window in range(len(days)):
        for way in range(len(WAYS)):
            columns += [getattr(found, what)[window, way] for what in COUNTED]
    schema = pa.schema(
        [
            ("transaction_id", pa.int64()),
            ("is_credit", pa.bool_()),
            ("customer", pa.int64()),
            *flow_columns(days),
        ]
    )
    return pa.table([pa.array(values, from_pandas=False) for values in columns], schema=schema)
