"""Transactions of anybody's file as a stream of typed rows: nothing guessed, nothing dropped in silence.

A mapping (a small YAML file) says what the columns mean. Rows come in the order of the file, in
bounded memory; a row that cannot be used is set aside with the reason, so that the rows read are
those kept and those set aside. What would spoil the whole file is refused in one sentence.
"""

from __future__ import annotations

from data.feeds.gather import Ledger, gather_stream
from data.feeds.mapping import Mapping, read_mapping, shipped
from data.feeds.stream import Accounting, Stream, read_transactions

__all__ = [
    "Accounting",
    "Ledger",
    "Mapping",
    "Stream",
    "gather_stream",
    "read_mapping",
    "read_transactions",
    "shipped",
]
