"""The spine: the only module that knows a path, reads a parameter or writes a file.

A stage is a module with pure functions, one ``Params`` class and a ``main()``.
``main()`` asks this module for parameters and tables and hands tables back;
everything between is a function from tables to tables.

A table lies at ``artifacts/<room>/<table>.parquet``; room and name come from its
pandera class (``data.schema.Customers`` is ``artifacts/data/customers.parquet``),
so that code names tables and never files.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pyarrow
import pyarrow.parquet as parquet
from tqdm import tqdm

import memory
from parameters import BadInput as BadInput
from parameters import Parameters as Parameters
from parameters import Settings
from parameters import parse as parse
from parameters import parse_text as parse_text
from parameters import read_yaml as read_yaml
from registry import Registry as Registry
from registry import import_siblings as import_siblings

memory.set_up()

ARTIFACTS = Path("artifacts")
STUDIES = Path("studies")
PARAMS_FILE = Path("params.yaml")
ROOMS = ("data", "features", "models", "explain", "reports")
ROWS_IN_A_GROUP = 1 << 16  # of a Parquet file: who wants the last weeks unpacks the last groups
COLUMNS_AT_A_TIME = 16  # of a matrix unpacked together

Item = TypeVar("Item")


class Table(pa.DataFrameModel):
    """Base of every table contract: exactly the declared columns, checked once, on write."""

    class Config:
        """Columns that are not declared are refused; types are made exact."""

        strict = True
        coerce = True


class Record(Parameters):
    """Base of a part of a JSON result: frozen, finite, exactly the declared keys, each with a description."""


class Result(Record):
    """Base of the contract of a JSON result, which lies where its class says."""


class StudyResult(Result):
    """Base of a result of a study: too long for the default run, kept in git with what made it."""


Kept = TypeVar("Kept", bound=Result)


# ---------------------------------------------------------------- parameters


def params(section: str, settings: type[Settings]) -> Settings:
    """One section of params.yaml (dots descend) as a checked, frozen object."""
    return section_of(read_yaml(PARAMS_FILE), section, settings)


def section_of(values: Any, section: str, settings: type[Settings]) -> Settings:
    """The same of values that are read already."""
    for key in section.split("."):
        if not isinstance(values, dict) or key not in values:
            raise BadInput(f"{PARAMS_FILE}: section {section!r} is missing")
        values = values[key]
    return parse(settings, values, f"{PARAMS_FILE}: {section}")


def param(key: str) -> Any:
    """One top-level value of params.yaml."""
    values = read_yaml(PARAMS_FILE)
    if not isinstance(values, dict) or key not in values:
        raise BadInput(f"{PARAMS_FILE}: key {key!r} is missing")
    return values[key]


# ------------------------------------------------------------------- tables


def table_name(table: type[Table]) -> str:
    """The table's name in a path.

    >>> class RuleHits(Table): ...
    >>> table_name(RuleHits)
    'rule_hits'
    """
    return _snake(table.__name__)


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def table_path(table: type[Table]) -> Path:
    """Where a table lies: ``artifacts/<room>/<name>.parquet``."""
    return ARTIFACTS / table.__module__.split(".")[0] / f"{table_name(table)}.parquet"


@contextmanager
def _written_aside(path: Path) -> Iterator[Path]:
    """A temporary sibling that takes the place of ``path`` only when the block succeeds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield aside
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def remove_leftovers() -> None:
    """Remove half-written files of processes that were killed."""
    for left in ARTIFACTS.glob("*/**/.*.part"):
        number = left.name.split(".")[-2]
        if number.isdigit() and not _is_running(int(number)):
            left.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    with suppress(PermissionError, OverflowError):  # it is another user's, or a number of no process here
        try:
            os.kill(process, 0)  # sends nothing
        except ProcessLookupError:
            return False
    return True


@contextmanager
def _opened(table: type[Table]) -> Iterator[parquet.ParquetFile]:
    """The file of a table; a missing, broken or outdated one is bad input."""
    path = table_path(table)
    try:
        file = parquet.ParquetFile(path)
        for name, column in table.to_schema().columns.items():
            if not column.regex and name not in file.schema_arrow.names:
                raise BadInput(f"{path}: column {name!r} is missing, run the stage that writes the table")
        yield file
    except FileNotFoundError:
        raise BadInput(f"{path}: the table is missing, run the stage that writes it") from None
    except (pyarrow.ArrowInvalid, OSError) as error:
        raise BadInput(f"{path}: expected a Parquet file ({str(error).splitlines()[0]})") from None


def read(table: type[Table], columns: list[str] | None = None) -> pd.DataFrame:
    """Read a table (or some of its columns); a missing or broken file is bad input."""
    with _opened(table) as file:
        frame = file.read(columns=columns).to_pandas()
    _run["rows_in"][table_name(table)] = len(frame)
    return frame


def read_matrix(
    table: type[Table], rows: Sequence[np.ndarray], without: tuple[str, ...]
) -> list[pd.DataFrame]:
    """Some rows of a table of numbers, each choice as one float32 matrix, column by column in memory.

    The table is never held whole: each column is unpacked, picked from and forgotten, and
    row groups of which nothing is asked are passed over.

    Parameters
    ----------
    rows : places in the table, one array a choice, in any order
    without : columns to leave out
    """
    with _opened(table) as file:
        names = [name for name in file.schema_arrow.names if name not in without]
        filled = [np.empty((len(names), len(wanted)), np.float32) for wanted in rows]
        order = [np.argsort(wanted, kind="stable") for wanted in rows]
        first = 0
        for number in range(file.num_row_groups):
            end = first + file.metadata.row_group(number).num_rows
            picked = []
            for matrix, wanted, by_place in zip(filled, rows, order, strict=True):
                low, high = np.searchsorted(wanted, [first, end], sorter=by_place)
                mine = by_place[low:high]
                if len(mine):
                    picked.append((matrix, mine, wanted[mine] - first))
            for start in range(0, len(names) if picked else 0, COLUMNS_AT_A_TIME):
                page = file.read_row_group(number, columns=names[start : start + COLUMNS_AT_A_TIME])
                for place, name in enumerate(page.column_names, start):
                    column = page.column(name).to_numpy()
                    for matrix, mine, of_group in picked:
                        matrix[place, mine] = column[of_group]
            first = end
        _run["rows_in"][table_name(table)] = first
    return [pd.DataFrame(matrix.T, columns=names, copy=False) for matrix in filled]


def pages(table: type[Table]) -> Iterator[pd.DataFrame]:
    """A table that is larger than memory, one row group after the other.

    The index of the frames counts the rows of the table.
    """
    with _opened(table) as file:
        _run["rows_in"][table_name(table)] = file.metadata.num_rows
        first = 0
        for number in range(file.num_row_groups):
            page = file.read_row_group(number).to_pandas()
            page.index = pd.RangeIndex(first, first + len(page))
            first += len(page)
            yield page


def write(table: type[Table], frame: pd.DataFrame) -> None:
    """Check a table against its contract, then write it (Parquet, zstd) in one move."""
    checked = table.validate(frame.reset_index(drop=True), inplace=True)
    with _written_aside(table_path(table)) as aside:
        page = pyarrow.Table.from_pandas(checked, preserve_index=False)
        how = _measured(page.schema)
        parquet.write_table(page, aside, compression="zstd", row_group_size=ROWS_IN_A_GROUP, **how)
    _run["rows_out"][table_name(table)] = len(checked)


def _measured(schema: pyarrow.Schema) -> dict[str, list[str]]:
    """What Parquet is to do for columns that are no floats: dictionaries and bounds.

    Measured numbers hardly repeat: their dictionaries make a file a third larger and take
    twice the time, and nobody looks for rows by their bounds.
    """
    others = [field.name for field in schema if not pyarrow.types.is_floating(field.type)]
    return {"use_dictionary": others, "write_statistics": others}


@contextmanager
def writer(table: type[Table]) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Write a table that is larger than memory: each appended frame becomes a row group.

    The file appears when the block ends without an error.
    """
    rows = 0
    with _written_aside(table_path(table)) as aside:
        file: parquet.ParquetWriter | None = None

        def append(frame: pd.DataFrame) -> None:
            nonlocal file, rows
            checked = table.validate(frame.reset_index(drop=True), inplace=True)
            page = pyarrow.Table.from_pandas(checked, preserve_index=False)
            if file is None:
                file = parquet.ParquetWriter(aside, page.schema, compression="zstd", **_measured(page.schema))
            file.write_table(page.cast(file.schema))
            rows += len(checked)

        yield append
        if file is not None:
            file.close()
    _run["rows_out"][table_name(table)] = rows


# ------------------------------------------------------------------ results


def result_path(result: type[Result], of: str = "") -> Path:
    """Where a result lies: ``artifacts/<room>/<name>.json``, or ``<name>/<of>.json`` where it has parts.

    That of a study lies in ``studies/results``.
    """
    name = _snake(result.__name__) + (f"/{of}" if of else "")
    if issubclass(result, StudyResult):
        return STUDIES / "results" / f"{name}.json"
    return ARTIFACTS / result.__module__.split(".")[0] / f"{name}.json"


def write_result(value: Result, of: str = "") -> None:
    """Write a result in one move, with sorted keys, so that equal results are equal bytes."""
    path = result_path(type(value), of)
    text = json.dumps(value.model_dump(mode="json"), indent=2, sort_keys=True, ensure_ascii=False)
    with _written_aside(path) as aside:
        aside.write_text(f"{text}\n", encoding="utf-8")


def read_result(result: type[Kept], of: str = "") -> Kept:
    """Read a result of an earlier stage; a missing, broken or outdated file is bad input."""
    path = result_path(result, of)
    try:
        return parse_text(result, path.read_text(encoding="utf-8"), str(path))
    except FileNotFoundError:
        raise BadInput(f"{path}: the file is missing, run the stage that writes it") from None


def artifact(room: str, name: str) -> Path:
    """Path of a generated file that is no table (a model, a page, a JSON result)."""
    return ARTIFACTS / room / name


def existing(room: str, name: str) -> Path:
    """Path of a generated file that must be there; a missing one is bad input."""
    path = artifact(room, name)
    if not path.is_file():
        raise BadInput(f"{path}: the file is missing, run the stage that writes it")
    return path


def save(room: str, name: str, writer: Callable[[Path], object]) -> None:
    """Let ``writer`` write a file that appears only when it is whole."""
    with _written_aside(artifact(room, name)) as aside:
        writer(aside)


def write_text(room: str, name: str, text: str) -> None:
    """Write a text file in one move."""
    save(room, name, lambda path: path.write_text(text, encoding="utf-8"))


# ------------------------------------------------------------------- stages

_run: dict[str, Any] = {"rows_in": {}, "rows_out": {}, "set_aside": {}, "notes": [], "parts": {}}


def say(note: str) -> None:
    """One sentence for the log of what a stage had to assume; kept with the stage's run."""
    print(f"note: {note}", file=sys.stderr)
    _run["notes"].append(note)


@contextmanager
def timed(part: str) -> Iterator[None]:
    """Count the seconds of a block as those of a part of the stage; kept with the stage's run."""
    started = time.perf_counter()
    yield
    spent = _run["parts"].get(part, 0.0) + time.perf_counter() - started
    _run["parts"][part] = round(spent, 3)


def set_aside(rows: pd.DataFrame, what: str, reason: str) -> None:
    """Count rows that a stage does not use, and keep them with the reason."""
    _run["set_aside"][f"{what}: {reason}"] = len(rows)
    path = ARTIFACTS / "set_aside" / f"{what}.parquet"
    if not len(rows):
        path.unlink(missing_ok=True)
        return
    with _written_aside(path) as aside:
        rows.assign(reason=reason).to_parquet(aside, compression="zstd", index=False)


def progress(rows: Iterable[Item], what: str, unit: str, total: int | None = None) -> Iterable[Item]:
    """A progress bar with rows a second, on a terminal only."""
    return tqdm(rows, desc=what, unit=unit, total=total, disable=None, leave=False)


def fail(message: str) -> NoReturn:
    """One sentence on standard error, exit code 2."""
    print(f"error: {message}", file=sys.stderr)
    raise SystemExit(2)


def run_stage(name: str, main: Callable[[], None]) -> None:
    """Run a stage's ``main``: faults of the input become one sentence and exit code 2.

    Seconds, peak memory, page faults and rows are kept in ``artifacts/runs/<stage>.json``, those
    of processes that the stage started included; they differ from run to run, so they are no
    output that DVC compares.
    """
    started = time.perf_counter()
    remove_leftovers()
    try:
        main()
    except BadInput as error:
        fail(str(error))
    _run["seconds"] = round(time.perf_counter() - started, 2)
    _run.update(memory.used())
    with _written_aside(ARTIFACTS / "runs" / f"{name}.json") as aside:
        aside.write_text(json.dumps(_run, indent=2) + "\n", encoding="utf-8")


def argument(what: str) -> str:
    """The one command-line argument of a ``foreach`` stage."""
    if len(sys.argv) != 2:
        fail(f"expected one argument, the {what}")
    return sys.argv[1]
