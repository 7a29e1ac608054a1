"""Foreign data sets as worlds: one file a reader, each a function from a folder and a calendar to tables.

A reader brings its own labels and, often, hardly any profile. Columns that it cannot
fill stay empty; the stages that need them step aside and say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from data.world.calendar import Span
from pipeline import BadInput, Registry, import_siblings

DRIFT_COLUMNS = ("event", "starts_at", "description_en", "description_zh")
# What a world sets aside when it is settled: the table and the reason.
DECLINED = ("declined_payments", "would overdraw the payer's account")


@dataclass(frozen=True)
class Part:
    """One stretch of time of a world.

    ``truth`` has the columns of the Truth table and ``at``, the moment of the payment;
    ``declined`` holds payments that did not settle.
    """

    transactions: pd.DataFrame
    truth: pd.DataFrame
    declined: pd.DataFrame | None = None


def no_drift() -> pd.DataFrame:
    """An empty DriftPlan table: a foreign data set says nothing of changes."""
    frame = pd.DataFrame({name: pd.Series(dtype=str) for name in DRIFT_COLUMNS})
    return frame.astype({"starts_at": "datetime64[us, UTC]"})


@dataclass(frozen=True)
class World:
    """All that the simulate stage writes, whoever made it.

    ``parts`` comes in order of time and can be walked through once, so that a world
    larger than memory can be written. ``members`` is the Schemes table without the
    moments, which are known when the last part is. ``offers`` names what the data set can
    say (schema.OFFERS). ``set_aside`` holds rows that were not used: (what, reason, rows).
    """

    periods: pd.DataFrame
    customers: pd.DataFrame
    profile_tags: pd.DataFrame
    accounts: pd.DataFrame
    devices: pd.DataFrame
    members: pd.DataFrame
    given_labels: pd.DataFrame
    offers: frozenset[str]
    parts: Iterator[Part]
    set_aside: list[tuple[str, str, pd.DataFrame]] = field(default_factory=list)
    drift_plan: pd.DataFrame = field(default_factory=lambda: no_drift())


@dataclass(frozen=True)
class Whole:
    """A world that fits into memory: every table, the parts put together.

    ``set_aside`` holds the rows that were not used, declined payments among them.
    """

    periods: pd.DataFrame
    customers: pd.DataFrame
    profile_tags: pd.DataFrame
    accounts: pd.DataFrame
    devices: pd.DataFrame
    given_labels: pd.DataFrame
    transactions: pd.DataFrame
    truth: pd.DataFrame
    schemes: pd.DataFrame
    set_aside: list[tuple[str, str, pd.DataFrame]]


def gather(world: World) -> Whole:
    """Walk through a world and put its parts together."""
    parts = list(world.parts)
    truth = pd.concat([part.truth for part in parts], ignore_index=True)
    declined = [part.declined for part in parts if part.declined is not None]
    refused = [(*DECLINED, pd.concat(declined, ignore_index=True))] if declined else []
    return Whole(
        periods=world.periods,
        customers=world.customers,
        profile_tags=world.profile_tags,
        accounts=world.accounts,
        devices=world.devices,
        given_labels=world.given_labels,
        transactions=pd.concat([part.transactions for part in parts], ignore_index=True),
        truth=truth.drop(columns="at"),
        schemes=schemes_table(world.members, truth),
        set_aside=[*world.set_aside, *refused],
    )


def schemes_table(members: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """The Schemes table: members with the first and last payment of their scheme.

    A scheme of which no payment settled never happened.
    """
    span = truth.groupby("scheme_id")["at"].agg(starts_at="min", ends_at="max")
    return members.merge(span, on="scheme_id").sort_values(["scheme_id", "account_id"], ignore_index=True)


Reader = Callable[[Path, Span], World]
READERS: Registry[Reader] = Registry("source")
# The least value that is too large: yuan become cents, and both are 64 bits wide.
LARGEST = {"int": 2.0**63, "float": 1e15}


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


def refuse_repeated(frame: pd.DataFrame, path: Path, column: str) -> None:
    """Refuse a table in which a value of a key column stands twice, as one sentence."""
    repeated = frame[column].duplicated().to_numpy().nonzero()[0]
    if len(repeated):
        row = int(repeated[0])
        found = f"expected each value once, found {frame[column].iloc[row]} again"
        raise BadInput(f"{path}, row {row + 1}, column {column}: {found}")


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
            typed = typed.where(typed.abs() < LARGEST[dtype])
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
