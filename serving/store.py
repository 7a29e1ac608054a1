"""Transactions that outlive a restart: one DuckDB file, one process, ids that count once."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from data.schema import DAY_US, HOUR_US
from parameters import BadInput
from serving.ledger import CASH, HOUR, NarrowLedger, between_two
from serving.posted import PostedTransaction

TABLE = """CREATE TABLE IF NOT EXISTS transactions (
    id VARCHAR PRIMARY KEY, at_us BIGINT NOT NULL, payer VARCHAR, payee VARCHAR,
    cents BIGINT NOT NULL, is_cash BOOLEAN NOT NULL)"""
SAME = """s.at_us = p.at_us AND s.payer IS NOT DISTINCT FROM p.payer AND s.payee IS NOT DISTINCT FROM p.payee
    AND s.cents = p.cents AND s.is_cash = p.is_cash"""
DESK_NAME = "cash"


class Conflict(Exception):
    """Ids of a batch that are known with other contents; the batch is not stored."""

    def __init__(self, ids: list[str]) -> None:
        super().__init__("ids are known with other contents")
        self.ids = ids


class Full(Exception):
    """The store would hold more than it may; the batch is not stored."""


@dataclass(frozen=True)
class Added:
    """What became of a batch: new ones, and those that were known with the same contents."""

    accepted: int
    repeated: int
    stored: int


class TransactionStore:
    """The transactions of a service.

    Parameters
    ----------
    most_stored : transactions that it may hold
    zone_hours : hours ahead of UTC, of the clock of times without an offset
    customers : names of the accounts to be looked at; without them all

    Raises
    ------
    BadInput
        if the file is none of ours, or another process has it
    """

    def __init__(
        self, path: Path, most_stored: int, zone_hours: float, customers: frozenset[str] | None = None
    ) -> None:
        self.most_stored, self.zone_hours, self.customers = most_stored, zone_hours, customers
        self._lock = threading.Lock()
        try:
            self._base = duckdb.connect(str(path))
            self._asked(TABLE)
            self._count = self._counted()
        except duckdb.Error as error:
            why = str(error).splitlines()[0]
            raise BadInput(f"{path}: the store cannot be opened ({why})") from None

    def close(self) -> None:
        """Write everything down and let the file go."""
        with self._lock:
            self._base.close()

    @property
    def count(self) -> int:
        """How many are stored; it grows with everything that is new."""
        return self._count

    def add(self, batch: list[PostedTransaction]) -> Added:
        """Store a batch, all or nothing; an id within it or known already must say the same.

        Raises
        ------
        Conflict
            if an id says something else
        Full
            if there is no room
        """
        rows: dict[str, tuple[object, ...]] = {}
        clashes = []
        for one in batch:
            row = (one.id, one.at_us(self.zone_hours), one.payer, one.payee, one.cents, one.kind == "cash")
            if rows.setdefault(one.id, row) != row:
                clashes.append(one.id)
        if clashes:
            raise Conflict(clashes)
        names = ("id", "at_us", "payer", "payee", "cents", "is_cash")
        kinds = (pa.string(), pa.int64(), pa.string(), pa.string(), pa.int64(), pa.bool_())
        posted = pa.table(
            {
                name: pa.array(column, kind)
                for name, kind, column in zip(names, kinds, zip(*rows.values(), strict=True), strict=True)
            }
        )
        with self._lock:
            return self._insert(posted, len(batch))

    def _insert(self, posted: pa.Table, size: int) -> Added:
        base = self._base
        base.register("posted", posted)
        try:
            known = self._asked(
                f"SELECT p.id, {SAME} FROM posted p JOIN transactions s USING (id) ORDER BY p.id"
            )
            clashes = [name for name, is_same in known if not is_same]
            if clashes:
                raise Conflict(clashes)
            new = len(posted) - len(known)
            if self._count + new > self.most_stored:
                raise Full
            if new:
                self._asked(
                    "INSERT INTO transactions SELECT * FROM posted p ANTI JOIN transactions s USING (id)"
                )
                self._count += new
            return Added(new, size - new, self._count)
        finally:
            base.unregister("posted")

    def _counted(self) -> int:
        ((count,),) = self._asked("SELECT count(*) FROM transactions")
        return int(count)

    def _asked(self, statement: str) -> list[Any]:
        """Rows of a statement, all of them: DuckDB does nothing else before a result is fetched."""
        return self._base.execute(statement).fetchall()

    def ledger(self, history_days: int) -> tuple[NarrowLedger, list[str], int]:
        """The stored payments of the last ``history_days``, names of accounts, and how many are stored.

        In order of time and id, whatever the order in which they came.

        Raises
        ------
        BadInput
            if nothing is stored
        """
        with self._lock:
            table = self._base.sql(
                "SELECT at_us, payer, payee, cents, is_cash FROM transactions "
                "WHERE at_us > (SELECT max(at_us) FROM transactions) - ? ORDER BY at_us, id",
                params=[history_days * DAY_US],
            ).to_arrow_table()
            count = self._count
        return (*narrow_store(table.to_pandas(), round(self.zone_hours * HOUR_US), self.customers), count)


def narrow_store(
    stored: pd.DataFrame, offset_us: int, customers: frozenset[str] | None
) -> tuple[NarrowLedger, list[str]]:
    """Stored rows as a narrow ledger; the missing end of cash is the desk, the last account."""
    ends = [stored[name].astype("str") for name in ("payer", "payee")]
    names = sorted(set(ends[0].dropna()) | set(ends[1].dropna()))
    index = pd.Index(names, dtype="str")
    payer, payee = (
        np.where(end.isna(), len(names), index.get_indexer(end.fillna(""))).astype(np.int64) for end in ends
    )
    is_looked_at = np.array([customers is None or name in customers for name in names], bool)
    owner = np.append(np.where(is_looked_at, np.arange(len(names)), -1), -1)
    ledger = NarrowLedger(
        payments=between_two(
            pd.DataFrame(
                {
                    "at_us": stored["at_us"].to_numpy(np.int64),
                    "payer": payer,
                    "payee": payee,
                    "cents": stored["cents"].to_numpy(np.int64),
                    "is_cash": stored["is_cash"].to_numpy(bool),
                }
            )
        ),
        owner=owner,
        is_desk=np.arange(len(owner)) == len(names),
        facts=frozenset({CASH, HOUR}),
        midnight_us=-offset_us,
    )
    return ledger, [*names, DESK_NAME]
