"""Foreign data sets as worlds: one file a reader, each a function from a folder and a calendar to tables.

A reader brings its own labels and, often, hardly any profile. Columns that it cannot
fill stay empty; the stages that need them step aside and say so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from data.world.calendar import Span
from pipeline import BadInput, Registry, import_siblings


@dataclass(frozen=True)
class World:
    """All tables that the simulate stage writes, whoever made them.

    ``set_aside`` holds rows that were not used: (what, reason, rows).
    """

    periods: pd.DataFrame
    customers: pd.DataFrame
    profile_tags: pd.DataFrame
    accounts: pd.DataFrame
    transactions: pd.DataFrame
    truth: pd.DataFrame
    schemes: pd.DataFrame
    given_labels: pd.DataFrame
    set_aside: list[tuple[str, str, pd.DataFrame]] = field(default_factory=list)


Reader = Callable[[Path, Span], World]
READERS: Registry[Reader] = Registry("source")


def read_csv(path: Path, columns: dict[str, str]) -> pd.DataFrame:
    """Columns of a CSV file by name and dtype; the first fault is one sentence."""
    try:
        text = pd.read_csv(path, dtype=str, keep_default_na=False)
    except FileNotFoundError:
        raise BadInput(f"{path}: the file is missing") from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: expected a CSV file ({str(error).strip()})") from None
    return _typed(text, path, columns)


def read_parquet(path: Path, columns: dict[str, str]) -> pd.DataFrame:
    """Columns of a Parquet file by name and dtype; the first fault is one sentence."""
    try:
        frame = pd.read_parquet(path)
    except FileNotFoundError:
        raise BadInput(f"{path}: the file is missing") from None
    except (OSError, ValueError) as error:
        raise BadInput(f"{path}: expected a Parquet file ({str(error).splitlines()[0]})") from None
    return _typed(frame, path, columns)


def _typed(frame: pd.DataFrame, path: Path, columns: dict[str, str]) -> pd.DataFrame:
    for column, dtype in columns.items():
        if column not in frame:
            raise BadInput(f"{path}: column {column!r} is missing, found {', '.join(frame.columns)}")
        if dtype == "str":
            continue
        if dtype == "time":
            typed = pd.to_datetime(frame[column], utc=True, errors="coerce").astype("datetime64[us, UTC]")
        elif dtype == "bool":
            typed = (
                frame[column]
                .astype(str)
                .str.lower()
                .map({"true": True, "false": False, "1": True, "0": False})
            )
        else:
            typed = pd.to_numeric(frame[column], errors="coerce")
            if dtype == "int":
                typed = typed.where(typed % 1 == 0)
        bad = typed.isna().to_numpy().nonzero()[0]
        if len(bad):
            row = int(bad[0])
            raise BadInput(
                f"{path}, row {row + 1}, column {column}: expected {dtype}, found {frame[column].iloc[row]!r}"
            )
        frame[column] = typed.astype("int64") if dtype == "int" else typed
    return frame[list(columns)]


import_siblings(__name__, str(Path(__file__).parent))
