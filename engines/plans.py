"""What Spark's plan of a query says of its rows: whether a worker can find them without the others.

DuckDB then runs the query in the worker, on some rows of one table at a time, and none of them passes
through Java. So a query counts only where an answer of some rows is a part of the answer of all: no groups,
no windows, no table joined with itself.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import duckdb

from engines.parts import open_bench

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def tables_of(sql: str) -> set[str]:
    """The relations that a query asks; none where DuckDB does not understand it."""
    with open_bench({"threads": 1}) as bench:
        try:
            return bench.get_table_names(sql)
        except duckdb.Error:
            return set()


def files_read(leaf: Any) -> frozenset[str]:
    """The Parquet files that a leaf of a plan reads."""
    paths = leaf.relation().location().rootPaths()
    return frozenset(paths.apply(place).toUri().getPath() for place in range(paths.size()))


def source_row_by_row(frame: DataFrame, small: Collection[frozenset[str]]) -> frozenset[str] | None:
    """Where each row of a query comes from, if it comes from one row whatever the others are.

    Files, or none where it comes from a packet. The row may be joined with rows that the query itself spells
    out, and with small tables beside; None where it is not so.
    """
    step, beside = frame._jdf.queryExecution().optimizedPlan(), set()
    if not step.subqueriesAll().isEmpty():
        return None
    while step.nodeName() in ("Project", "Filter", "Join"):
        if step.nodeName() == "Join":
            leaves = step.children().last().collectLeaves()
            for leaf in (leaves.apply(place) for place in range(leaves.size())):
                if leaf.nodeName() == "LogicalRelation" and files_read(leaf) in small:
                    beside.add(files_read(leaf))
                elif leaf.nodeName() not in ("LocalRelation", "OneRowRelation"):
                    return None
            if step.joinType().toString() not in ("Cross", "Inner", "LeftOuter"):
                return None
        step = step.children().head()
    if step.nodeName() == "MapInArrow":
        return frozenset()
    if step.nodeName() != "LogicalRelation" or files_read(step) in beside:
        return None
    return files_read(step)
