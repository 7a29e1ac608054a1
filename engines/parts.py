"""The engine of one machine beyond its memory: DuckDB deals tables out, processes run the kernels.

A process reads the tables of a part, calls the kernel and writes the answer under a temporary name
that it changes when the file is whole. A process that dies takes its part with it, which another one
does again.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as parquet

from engines.relations import By, Kernel, Measured, Named, Query, Shared, in_one

ATTEMPTS = 4  # at a part, as Spark does
Task = Callable[[int], dict[str, int]]


def encode(table: pa.Table, sink: Path | pa.NativeFile) -> None:
    """Write a table as Parquet, the same way whoever writes it."""
    # Measured numbers hardly repeat: a dictionary of them takes time and room.
    words = [field.name for field in table.schema if not pa.types.is_floating(field.type)]
    parquet.write_table(table, sink, compression="zstd", use_dictionary=words, write_statistics=words)


def write_part(table: pa.Table, folder: Path, part: int) -> int:
    """Write the table of a part, in one move; a part written before is replaced. Rows of the table."""
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f".part-{part:05d}.{os.getpid()}.{os.urandom(4).hex()}.tmp"
    try:
        encode(table, aside)
        aside.replace(folder / f"part-{part:05d}.parquet")
    finally:
        aside.unlink(missing_ok=True)
    return len(table)


def sweep(folder: Path) -> None:
    """Remove what attempts that were killed while they wrote have left in a folder, and its subfolders."""
    for left in folder.rglob(".part-*.tmp"):
        left.unlink(missing_ok=True)


def read_part(folder: Path, part: int, schema: pa.Schema) -> pa.Table:
    """The rows of a part in a folder that `PartsEngine` dealt; none where nothing was dealt to it."""
    files = sorted((folder / f"part={part}").glob("*.parquet"))
    if not files:
        return schema.empty_table()
    return pa.concat_tables([parquet.read_table(file, partitioning=None) for file in files])


def answer_part(
    part: int,
    kernel: Measured,
    given: Mapping[str, tuple[Path, pa.Schema]],
    target: Path,
) -> dict[str, int]:
    """Read a part, call the kernel and write its answers; rows by table."""
    tables = {name: read_part(folder, part, schema) for name, (folder, schema) in given.items()}
    answers = kernel(tables)
    return {name: write_part(table, target / name, part) for name, table in answers.items()}


@lru_cache
def read_shared(file: Path) -> Any:
    """What `PartsEngine.shared` keeps in a file, which a process reads once."""
    return pickle.loads(file.read_bytes())


def open_bench(settings: Mapping[str, Any]) -> duckdb.DuckDBPyConnection:
    """DuckDB, understanding what the passes ask for as Spark does."""
    bench = duckdb.connect(config=dict(settings))
    for setting in (
        "preserve_insertion_order = false",
        "TimeZone = 'UTC'",
        # Half a million rows a thread are kept otherwise, which at many parts fill the memory allowed.
        "partitioned_write_flush_threshold = 65536",
    ):
        bench.execute(f"SET {setting}")
    bench.execute("CREATE MACRO unix_micros(t) AS epoch_us(t)")
    return bench


class _Answer:
    """`answer_part` but for the number of the part; processes get it as a whole."""

    def __init__(self, kernel: Measured, given: Mapping[str, tuple[Path, pa.Schema]], target: Path) -> None:
        self.kernel, self.given, self.target = kernel, given, target

    def __call__(self, part: int) -> dict[str, int]:
        return answer_part(part, self.kernel, self.given, self.target)


class PartsEngine:
    """DuckDB and processes; see `engines.relations.Engine`.

    Parameters
    ----------
    folder : for what is between the passes; emptied when the engine is closed
    processes : that run kernels; with 0 this one does
    memory : bound of DuckDB's, such as "2GB"
    threads : of DuckDB
    """

    def __init__(self, folder: Path, processes: int, memory: str = "2GB", threads: int = 2) -> None:
        self._folder = folder
        self._dealt: dict[str, tuple[Path, pa.Schema]] = {}
        folder.mkdir(parents=True, exist_ok=True)
        settings = {"memory_limit": memory, "threads": threads, "temp_directory": str(folder / "spilt")}
        self._bench = open_bench(settings)
        self._processes = processes
        self._pool = self._new_pool()

    def _new_pool(self) -> ProcessPoolExecutor | None:
        if not self._processes:
            return None
        return ProcessPoolExecutor(self._processes, mp_context=get_context("spawn"))

    def table(self, name: str, *files: Path) -> None:
        """Name a Parquet file, or several as one."""
        self._read(name, *map(str, files))

    def _read(self, name: str, *files: str, how: str = "") -> None:
        listed = ", ".join(f"'{file}'" for file in files)
        self._bench.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM read_parquet([{listed}]{how})")

    def view(self, name: str, sql: str, by: By | None = None) -> None:  # noqa: ARG002
        """Name a query over named relations."""
        self._bench.execute(f"CREATE OR REPLACE VIEW {name} AS {sql}")

    def once(self, name: str, query: Query, by: By | None = None) -> None:  # noqa: ARG002
        """Name a query that is computed once; one with a column ``part`` is dealt at once."""
        sql = in_one(query)
        if "part" in self._schema(sql).names:
            self._dealt[name] = self._deal(name, sql)
            how = ", hive_partitioning = true, hive_types = {'part': INTEGER}"
            self._read(name, f"{self._dealt[name][0]}/*/*.parquet", how=how)
            return
        file = self._folder / f"{name}.parquet"
        self._bench.execute(f"COPY ({sql}) TO '{file}' (FORMAT parquet)")
        self._read(name, str(file))

    def is_empty(self, name: str) -> bool:
        """Whether a relation has no rows; see `engines.relations.Engine`."""
        return not self._bench.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchall()

    def _schema(self, sql: str) -> pa.Schema:
        return self._bench.sql(f"SELECT * FROM ({sql}) LIMIT 0").to_arrow_table().schema

    def _deal(self, name: str, sql: str) -> tuple[Path, pa.Schema]:
        """Deal the rows of a query out to the parts; where they lie, and their columns."""
        schema = self._schema(sql)
        folder = self._folder / "dealt" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self._bench.execute(f"COPY ({sql}) TO '{folder}' (FORMAT parquet, PARTITION_BY (part), OVERWRITE)")
        if not any(folder.glob("*/*.parquet")):  # somebody may read the whole of it
            nobody = folder / "part=-1"
            nobody.mkdir(parents=True)
            rest = schema.remove(schema.get_field_index("part"))
            parquet.write_table(rest.empty_table(), nobody / "none.parquet")
        return folder, schema.remove(schema.get_field_index("part"))

    def _given(self, target: str, given: Mapping[str, Query]) -> dict[str, tuple[Path, pa.Schema]]:
        return {name: self._found(f"{target}.{name}", in_one(query)) for name, query in given.items()}

    def _found(self, target: str, asked: str) -> tuple[Path, pa.Schema]:
        """Where a relation is dealt, which is its name or a query."""
        if asked in self._dealt:
            return self._dealt[asked]
        return self._deal(target, asked if " " in asked else f"SELECT * FROM {asked}")

    def by_part(self, name: str, kernel: Kernel, given: Mapping[str, Query], schema: pa.Schema) -> None:
        """Name what a kernel makes of each part; see `engines.relations.Engine`."""
        target = self._folder / "answers"
        self._run(_Answer(Named(name, kernel), self._given(name, given), target))
        parquet_folder = target / name
        parquet_folder.mkdir(parents=True, exist_ok=True)
        parquet.write_table(schema.empty_table(), parquet_folder / "none.parquet")
        self._read(name, f"{parquet_folder}/*.parquet")

    def write(
        self,
        folder: Path,
        kernel: Measured,
        given: Mapping[str, Query],
        tables: Collection[str],
    ) -> Mapping[str, int]:
        """Write what a kernel makes of each part; see `engines.relations.Engine`."""
        for name in tables:
            shutil.rmtree(folder / name, ignore_errors=True)
        rows = self._run(_Answer(kernel, self._given("written", given), folder))
        sweep(folder)
        return {name: sum(each[name] for each in rows) for name in tables}

    def _run(self, answer: _Answer) -> list[dict[str, int]]:
        """Answer every part to which anything was dealt."""
        folders = [folder for folder, _ in answer.given.values()]
        parts = sorted({int(path.name.split("=")[1]) for folder in folders for path in folder.glob("part=*")})
        waiting = [part for part in parts if part >= 0]
        if self._pool is None:
            return [answer(part) for part in waiting]
        done: dict[int, dict[str, int]] = {}
        for attempt in range(ATTEMPTS):
            last = attempt == ATTEMPTS - 1
            done |= dict(self._tried(answer, [part for part in waiting if part not in done], last))
            if len(done) == len(waiting):
                break
        return list(done.values())

    def _tried(
        self, answer: _Answer, parts: Iterable[int], is_last: bool
    ) -> Iterator[tuple[int, dict[str, int]]]:
        """Parts that were answered; what fails is raised where it is the last attempt."""
        assert self._pool is not None
        futures: dict[Future[dict[str, int]], int] = {}
        try:
            futures = {self._pool.submit(answer, part): part for part in parts}
        except BrokenProcessPool:
            if is_last:
                raise
        for future in as_completed(futures):
            try:
                yield futures[future], future.result()
            except Exception:
                if is_last:
                    raise
        if any(isinstance(future.exception(), BrokenProcessPool) for future in futures) or not futures:
            self._pool.shutdown()
            self._pool = self._new_pool()

    def shared(self, value: Shared) -> Callable[[], Shared]:
        """What gives a value to kernels; see `engines.relations.Engine`."""
        kept = pickle.dumps(value)
        # Another value has another name, so that no process takes one for the other.
        file = self._folder / f"{hashlib.sha256(kept).hexdigest()}.shared"
        file.write_bytes(kept)
        return partial(read_shared, file)

    def close(self) -> None:
        """End the processes and remove what lay between the passes."""
        if self._pool is not None:
            self._pool.shutdown()
        self._bench.close()
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def parts_engine(
    folder: Path, processes: int, memory: str = "2GB", threads: int = 2
) -> Iterator[PartsEngine]:
    """A `PartsEngine` that is closed at the end."""
    engine = PartsEngine(folder, processes, memory, threads)
    try:
        yield engine
    finally:
        engine.close()
