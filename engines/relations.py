"""What an engine must be able to do for the passes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import pyarrow as pa

Kernel = Callable[[Mapping[str, pa.Table]], pa.Table]
Measured = Callable[[Mapping[str, pa.Table]], Mapping[str, pa.Table]]
Shared = TypeVar("Shared")
Query = str | tuple[str, ...]  # in SQL; of several the rows of all
By = Mapping[str, str]


def pieces_of(query: Query) -> tuple[str, ...]:
    """The queries of which a query has all rows."""
    return (query,) if isinstance(query, str) else query


def in_one(query: Query) -> str:
    """A query in one piece."""
    return " UNION ALL ".join(pieces_of(query))


class Named:
    """A kernel with one answer, as one with an answer by name."""

    def __init__(self, name: str, kernel: Kernel) -> None:
        self.name, self.kernel = name, kernel

    def __call__(self, tables: Mapping[str, pa.Table]) -> Mapping[str, pa.Table]:
        """The answer by its name."""
        return {self.name: self.kernel(tables)}


@dataclass(frozen=True)
class Dealing:
    """How keys are dealt out to parts: ``((key % prime) * multiplier + salt) % parts``.

    Any whole numbers from 1 on give the same answers; others deal otherwise. The time of a party with more
    than ``hub`` payments is cut into slices of about so many where it can be, see `engines.hubs`.
    """

    parts: int
    multiplier: int = 1
    salt: int = 0
    prime: int = 1_000_003
    hub: int = 1_000_000

    def of(self, key: str) -> str:
        """The number of the part of a key, in SQL."""
        return f"CAST(((({key}) % {self.prime}) * {self.multiplier} + {self.salt}) % {self.parts} AS INT)"


class Engine(Protocol):
    """Relations by name: views in SQL, and what a kernel makes of each part of some of them.

    A relation that is dealt has a column ``part``; the kernel sees the rows of one part, without it.

    A query can say ``by`` what it joins or groups: names of all relations that it asks, and of each an
    expression of whole numbers. A row of the answer comes then from rows alike in these. A relation with
    nothing to be joined by is small, and asked as a whole for each row. An engine may then answer in pieces.
    """

    def table(self, name: str, *files: Path) -> None:
        """Name a Parquet file, or several as one."""

    def view(self, name: str, sql: str, by: By | None = None) -> None:
        """Name a query over named relations; an engine that answers it in pieces may compute it once."""

    def once(self, name: str, query: Query, by: By | None = None) -> None:
        """Name a query that is computed once, because several others ask for it."""

    def is_empty(self, name: str) -> bool:
        """Whether a relation has no rows."""

    def by_part(self, name: str, kernel: Kernel, given: Mapping[str, Query], schema: pa.Schema) -> None:
        """Name what a kernel makes of each part.

        Parameters
        ----------
        given : name under which the kernel sees a relation, and the relation: its name or a query; the
            largest comes first
        schema : of the answer
        """

    def write(
        self,
        folder: Path,
        kernel: Measured,
        given: Mapping[str, Query],
        tables: Collection[str],
    ) -> Mapping[str, int]:
        """Write what a kernel makes of each part, and say how many rows each of its tables has.

        The table ``t`` lies in ``folder/t`` afterwards, in files of whole parts that `engines.puts.files_of`
        names; a part that was tried twice is among them once.
        """

    def shared(self, value: Shared) -> Callable[[], Shared]:
        """What gives a value to kernels, which comes once to each process and not with every part."""

    def close(self) -> None:
        """Give back what the engine holds."""
