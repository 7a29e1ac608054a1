"""The stream of a file's transactions, and the account of its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
from tqdm import tqdm

from data.feeds.files import Block, blocks_of
from data.feeds.mapping import Mapping
from data.feeds.rows import ASIDE, Repeats, typed
from parameters import BadInput


@dataclass
class Accounting:
    """What became of a file's rows: ``read`` is ``kept`` and all of ``set_aside``, by reason.

    ``notes`` are sentences about what had to be assumed.
    """

    read: int = 0
    kept: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The account in sentences."""
        aside = "; ".join(f"{count:,} {reason}" for reason, count in sorted(self.set_aside.items()))
        total = sum(self.set_aside.values())
        told = f" ({aside})" if aside else ""
        return [f"{self.read:,} rows read: {self.kept:,} kept, {total:,} set aside{told}", *self.notes]


class Stream:
    """The transactions of a file, one ``pa.Table`` after the other, to be walked through once.

    Columns: ``row`` in the file from 1, ``id``, ``at`` (UTC), ``payer``, ``payee`` (never null),
    ``amount`` above zero in the file's currency, ``cents`` in the base currency, at least 1,
    ``currency``, ``kind``, ``is_cash``, ``label``, ``typology``, ``known_at``, ``own`` (``payer`` or
    ``payee``: whose statement the row is of; null in other files), and the kept ones as text.
    ``accounting`` is whole after the last table.

    Raises
    ------
    BadInput
        While walked through, if the file cannot be read, or more of its rows than the mapping's
        limits allow are set aside.
    """

    def __init__(self, path: Path, mapping: Mapping, aside: Path | None) -> None:
        self.path, self.mapping = path, mapping
        self.accounting = Accounting()
        self._aside = AsideFile(aside)
        self._currencies: set[str] = set()

    def __iter__(self) -> Iterator[pa.Table]:
        """Tables in the order of the file; those set aside are written when the last one is out."""
        wanted = list(dict.fromkeys([*self.mapping.columns.of_file(), *self.mapping.keep]))
        repeats = Repeats()
        try:
            with tqdm(desc=self.path.name, unit="row", unit_scale=True, disable=None, leave=False) as bar:
                for block in blocks_of(self.path, self.mapping, wanted):
                    table = self._typed(block, repeats)
                    bar.update(len(block.rows) + len(block.broken))
                    if len(table):
                        yield table
            self._judge()
        except BaseException:
            self._aside.forget()
            raise
        self._aside.finish()

    def _typed(self, block: Block, repeats: Repeats) -> pa.Table:
        try:
            table, asides = typed(block, self.mapping, repeats)
        except BadInput as error:  # cells know their column, not their file
            raise BadInput(f"{self.path}: {error}") from None
        account = self.accounting
        account.read += len(block.rows) + len(block.broken)
        account.kept += len(table)
        for rows in asides:
            account.set_aside[rows["reason"][0].as_py()] += len(rows)
            self._aside.append(rows)
        if account.read > self.mapping.limits.most_rows:
            raise BadInput(
                f"{self.path}: more than {self.mapping.limits.most_rows:,} rows (limits.most_rows)"
            )
        if len(self._currencies) < 2 and not self.mapping.amount.rates:
            self._currencies |= set(table["currency"].unique().to_pylist()) - {None}
        return table

    def _judge(self) -> None:
        """Refuse a file of which too much is of no use; say what was assumed."""
        account, limits = self.accounting, self.mapping.limits
        if not account.read:
            raise BadInput(f"{self.path}: the file has no rows")
        total = sum(account.set_aside.values())
        if total > limits.most_set_aside_share * account.read:
            reason, count = max(account.set_aside.items(), key=lambda item: (item[1], item[0]))
            raise BadInput(
                f"{self.path}: {total:,} of {account.read:,} rows cannot be used, {count:,} for their "
                f"{reason} ({self._aside.first(reason)}); limits.most_set_aside_share allows "
                f"{limits.most_set_aside_share:g}"
            )
        if len(self._currencies) > 1:
            account.notes.append(
                "amounts of several currencies count as they stand: amount.rates is not given"
            )


class AsideFile:
    """A Parquet file of rows set aside, which is there when it is whole; none where there are no rows."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._part = path and path.with_name(f".{path.name}.part")
        self._writer: parquet.ParquetWriter | None = None
        self._first: dict[str, str] = {}

    def append(self, rows: pa.Table) -> None:
        """Keep rows of one reason."""
        first = rows.slice(0, 1).to_pylist()[0]
        place = f", column {first['column']}" if first["column"] else ""
        said = f"row {first['row']}{place}: expected {first['expected']}, found {first['found']!r:.80}"
        self._first.setdefault(first["reason"], said)
        if self._part is None:
            return
        if self._writer is None:
            self._part.parent.mkdir(parents=True, exist_ok=True)
            self._writer = parquet.ParquetWriter(self._part, ASIDE, compression="zstd")
        self._writer.write_table(rows)

    def first(self, reason: str) -> str:
        """The first row that was set aside for a reason, in words."""
        return self._first[reason]

    def finish(self) -> None:
        """Put the file in its place; what an earlier run left there goes."""
        if self._path is None or self._part is None:
            return
        if self._writer is None:
            self._path.unlink(missing_ok=True)
            return
        self._writer.close()
        self._part.replace(self._path)

    def forget(self) -> None:
        """Remove what is half written."""
        if self._part is not None and self._writer is not None:
            self._writer.close()
            self._part.unlink(missing_ok=True)


def read_transactions(path: Path, mapping: Mapping, aside: Path | None = None) -> Stream:
    """The transactions of a CSV file (plain, gzip, bzip2, xz, zstd, or one in a zip) or a Parquet file.

    Parameters
    ----------
    aside : where the rows set aside are written: (row, reason, column, expected, found)
    """
    return Stream(path, mapping, aside)
