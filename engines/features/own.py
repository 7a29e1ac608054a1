"""The own payments of a part's customers, as stage ``build`` looks at them, and their lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from data.asof import Events, Parties
from data.parts import OUTSIDE
from data.parts.bank import Tables, column, events_in_order, numbers_by_key, rows_by
from features import build, sequence
from features.schema import TOKEN_COLUMNS

MOMENT = pa.timestamp("us", "UTC")
ENDS = pa.schema(
    {name: pa.int64() for name in ("customer", "counterparty", "moment", "transaction_id", "cents")}
    | {"is_credit": pa.bool_(), "balance_cents": pa.float64(), "city": pa.int16()}
    | {name: pa.int8() for name in ("holder", "channel", "purpose")}
)
LINES = pa.schema(
    {"customer_id": pa.int64(), "as_of": MOMENT, "token_first": pa.int64(), "token_end": pa.int64()}
)
TOKENS = pa.schema(
    {"customer_id": pa.int64(), "day": pa.int16()} | {name: pa.uint8() for name in TOKEN_COLUMNS}
)


def subjects_of(weeks: pa.Table) -> pd.DataFrame:
    """Subjects (customer_id, as_of) in order of moment and customer, as stage ``build`` draws them.

    Parameters
    ----------
    weeks : ``customer`` and ``as_of`` (microseconds), in this order
    """
    keys = weeks.select(["customer", "as_of"]).cast(pa.schema({"customer": pa.int64(), "as_of": MOMENT}))
    return keys.to_pandas().rename(columns={"customer": "customer_id"})


@dataclass(frozen=True)
class Own:
    """Payments of a part's customers as ``events``, and the ``subjects`` among these with their lines.

    Rows of lines are counted within the part.
    """

    events: Events
    parties: Parties
    subjects: pd.DataFrame

    @classmethod
    def of(cls, ends: pa.Table, weeks: pa.Table, line: sequence.Line) -> Own:
        """Order the ends of payments.

        Parameters
        ----------
        ends : one row a customer's end of a payment
        weeks : as for `subjects_of`
        """
        both = column(ends, "customer"), column(ends, "counterparty")
        keys, (customer, counterparty, _) = numbers_by_key(*both, column(weeks, "customer"))
        customers = int(np.searchsorted(keys, OUTSIDE))
        events, _ = events_in_order(ends, customer, counterparty, customers)
        parties = Parties(keys[:customers], keys, np.arange(len(keys)), np.zeros(len(keys), np.int8))
        subjects = build.with_lines(subjects_of(weeks), events, parties.customer_id, line)
        return cls(events, parties, subjects)

    def line_statistics(self, origin_us: int, line: sequence.Line) -> pd.DataFrame:
        """Statistics of the line of each subject; ``origin_us`` is the first moment of the ledger."""
        is_new, hour = (
            sequence.new_meetings(self.events, line.days),
            sequence.hours_of(self.events, origin_us),
        )
        return sequence.line_statistics(self.events, is_new, hour, self.subjects, line)


def lines_of_part(part: Tables, origin_us: int, line: sequence.Line) -> tuple[pa.Table, pa.Table]:
    """Payments of a part's customers as tokens, by customer and time; and which are whose line at a moment.

    Lines are counted from the customer's first payment.

    Parameters
    ----------
    part : ``ends`` of the customers' payments, and as ``weeks`` the moments (``as_of``) asked about
    origin_us : first moment of the ledger
    """
    own = Own.of(part["ends"], rows_by(part["weeks"], "as_of", "customer"), line)
    tokens = sequence.tokens(own.events, own.parties.customer_id, origin_us, line.days)
    first = own.events.starts[np.searchsorted(own.parties.customer_id, own.subjects["customer_id"])]
    lines = own.subjects.assign(**{name: own.subjects[name] - first for name in LINES.names[2:]})
    by_customer = rows_by(pa.Table.from_pandas(lines, LINES, preserve_index=False), "customer_id", "as_of")
    return pa.Table.from_pandas(tokens, TOKENS, preserve_index=False), by_customer
