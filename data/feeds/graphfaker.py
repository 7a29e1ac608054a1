"""graphfaker's folder of tables (``nodes/``, ``edges/``, ``truth/`` of Parquet) as one stream of payments.

A file of ``edges/`` with the columns of a payment is a channel, and its name the kind of its
payments. The truth names the payments of patterns by ``tx_id``: those of fraud are positive, licit
look-alikes of a typology and all others negative. ``memo`` gives labels away and is not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from data.feeds.mapping import shipped
from data.feeds.stream import Accounting, read_transactions
from parameters import BadInput

COLUMNS = {"source", "target", "tx_id", "timestamp", "amount"}
TRUTH = "truth/transactions.parquet"


class GraphfakerStream:
    """Tables as ``read_transactions`` has them; ``accounting`` is whole after the last one.

    Raises
    ------
    BadInput
        If the folder holds no payments, or while walked through, if a file cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.accounting = Accounting()
        self.channels = [path for path in sorted(folder.glob("edges/*.parquet")) if _is_channel(path)]
        if not self.channels:
            raise BadInput(f"{folder}: no table of edges/ has the columns {', '.join(sorted(COLUMNS))}")

    def __iter__(self) -> Iterator[pa.Table]:
        """One channel after the other."""
        truth = _truth(self.folder / TRUTH)
        for path in self.channels:
            stream = read_transactions(path, shipped("graphfaker"))
            for table in stream:
                yield _labelled(table, path.stem, truth)
            self.accounting.read += stream.accounting.read
            self.accounting.kept += stream.accounting.kept
            self.accounting.set_aside.update(stream.accounting.set_aside)
            self.accounting.notes += stream.accounting.notes


def _schema(path: Path) -> set[str]:
    try:
        return set(parquet.read_schema(path).names)
    except (OSError, pa.ArrowException):
        raise BadInput(f"{path}: expected a Parquet file") from None


def _is_channel(path: Path) -> bool:
    return _schema(path) >= COLUMNS


def _truth(path: Path) -> pa.Table | None:
    """Payments of patterns; none where the folder says nothing of the truth, so that nobody is labelled."""
    if not path.is_file():
        return None
    wanted = ["tx_id", "typology", "is_fraud"]
    lacking = [name for name in wanted if name not in _schema(path)]
    if lacking:
        raise BadInput(f"{path}: column {lacking[0]!r} is missing")
    return parquet.read_table(path, columns=wanted)


def _labelled(table: pa.Table, channel: str, truth: pa.Table | None) -> pa.Table:
    """The payments with their kind, and label and typology as the truth has them."""
    kind = pa.array([channel], pa.large_string()).take(pa.array([0] * len(table)))
    table = table.set_column(table.column_names.index("kind"), "kind", kind)
    if truth is None:
        return table
    ids = truth["tx_id"].cast(pa.large_string())
    places = pc.index_in(table["id"].combine_chunks(), value_set=ids.combine_chunks())
    label = pc.fill_null(truth["is_fraud"].take(places).cast(pa.bool_()), False)
    typology = truth["typology"].take(places).cast(pa.large_string())
    for name, values in (("label", label), ("typology", typology), ("known_at", table["at"])):
        table = table.set_column(table.column_names.index(name), name, values)
    return table
