"""Columns of foreign files as numbers, names and moments, cell by cell.

A cell that cannot be read is marked and spoils nothing but its row. What would spoil a whole
column, such as account numbers that were stored as fractions, is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.schema import DAY_US
from data.sources.settings import Terms
from pipeline import BadInput

# Texts that stand for nothing: ids, amounts and times that read so are missing.
MISSING = ("", "(null)", "null", "NULL", "nan", "NaN", "None", "N/A")
LARGEST_AMOUNT = 1e15  # yuan become cents, and both are 64 bits wide
LARGEST_STEP = 1e6  # days
EXACT_FLOATS = 2.0**53  # above it a float no longer tells whole numbers apart
NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
ISO = (
    r"^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)?"
    r" ?(?P<offset>[Zz]|[+-]\d{2}(?::?\d{2})?)?$"
)
UNITS_US = {"s": 1e6, "ms": 1e3, "us": 1.0, "ns": 1e-3, "days": float(DAY_US)}
EARLIEST_US, LATEST_US = (
    int(np.datetime64(day, "us").astype(np.int64)) for day in ("0001-01-02", "9999-12-31")
)
FLAGS = {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}


@dataclass(frozen=True)
class Cells:
    """A column that was read.

    ``columns`` holds the values by name, ``is_bad`` (n,) the cells that cannot be read and
    ``expected`` says in words what they should have been.
    """

    columns: dict[str, np.ndarray | pd.Categorical]
    is_bad: np.ndarray
    expected: str = field(default="")


@dataclass(frozen=True)
class Place:
    """Where a column stands and on what terms it is read."""

    file: str
    column: str
    terms: Terms

    def refuse(self, row: int, expected: str, found: object) -> BadInput:
        """The sentence that refuses a column for what stands in a row, counted from 0."""
        return BadInput(
            f"{self.file}, row {row + 1}, column {self.column}: expected {expected}, found {found}"
        )


def names(column: pa.Array, place: Place) -> Cells:
    """Names: the text of a cell as it was written, numbered.

    No name passes through a number: "0280", "280" and "280.0" are three. Typed columns have
    these texts: whole numbers their digits, categories the text of the category, and floats
    the digits of the whole number that they hold.

    Raises
    ------
    BadInput
        If a float or decimal is no whole number, or is too large to be told from the next
        one, or the column holds neither text nor numbers.
    """
    text = _as_text(column, place)
    encoded = pc.dictionary_encode(pc.fill_null(text, ""))
    texts = encoded.dictionary.to_pandas()
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    is_missing = texts.str.strip().isin(MISSING).to_numpy(bool)
    return Cells(
        {place.column: pd.Categorical.from_codes(codes, categories=pd.Index(texts))},
        is_missing[codes] if len(texts) else np.zeros(len(codes), bool),
        "an id",
    )


def _as_text(column: pa.Array, place: Place) -> pa.Array:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _as_text(column.dictionary_decode(), place)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind):
        return column.cast(pa.large_string())
    if pa.types.is_integer(kind):
        return column.cast(pa.large_string())
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        numbers = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
        fine = np.isnan(numbers) | ((np.trunc(numbers) == numbers) & (np.abs(numbers) < EXACT_FLOATS))
        if not fine.all():
            row = int(np.argmin(fine))
            raise place.refuse(row, "ids as text, or whole numbers below 2^53", numbers[row])
        whole = pa.array(np.nan_to_num(numbers).astype(np.int64), mask=np.isnan(numbers))
        return whole.cast(pa.large_string())
    raise BadInput(
        f"{place.file}, column {place.column}: expected ids as text or whole numbers, found {kind}"
    )


def joined_with_bank(bank: pd.Categorical, account: pd.Categorical, place: Place) -> pd.Categorical:
    """Names of accounts that only their bank tells apart, written ``bank/account``."""
    pairs = bank.codes.astype(np.int64) * max(len(account.categories), 1) + account.codes
    distinct, codes = np.unique(pairs, return_inverse=True)
    banks, accounts = np.divmod(distinct, max(len(account.categories), 1))
    texts = [
        f"{one}/{other}"
        for one, other in zip(bank.categories[banks], account.categories[accounts], strict=True)
    ]
    if len(set(texts)) < len(texts):
        raise BadInput(
            f"{place.file}, column {place.column}: banks or accounts with a slash are not told apart"
        )
    return pd.Categorical.from_codes(codes, categories=pd.Index(texts, dtype=account.categories.dtype))


def numbers(column: pa.Array) -> np.ndarray:
    """Finite numbers of a column, NaN where a cell holds none, shape (n,)."""
    if pa.types.is_dictionary(column.type):
        return numbers(column.dictionary_decode())
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        text = pc.utf8_trim_whitespace(column)
        is_number = pc.fill_null(pc.match_substring_regex(text, NUMBER), False)
        column = pc.if_else(is_number, text, pa.scalar(None, text.type))
    elif not (
        pa.types.is_integer(column.type)
        or pa.types.is_floating(column.type)
        or pa.types.is_decimal(column.type)
    ):
        return np.full(len(column), np.nan)
    values = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return np.where(np.isfinite(values), values, np.nan)


def amounts(column: pa.Array, place: Place) -> Cells:
    """Money in units of the currency."""
    values = numbers(column)
    fine = np.abs(values) < LARGEST_AMOUNT
    return Cells({place.column: values}, ~fine, f"a number below {LARGEST_AMOUNT:.0e}")


def steps(column: pa.Array, place: Place) -> Cells:
    """Whole numbers of days."""
    values = numbers(column)
    fine = (np.abs(values) < LARGEST_STEP) & (values % 1 == 0)
    return Cells({place.column: np.where(fine, values, 0).astype(np.int64)}, ~fine, "a whole number of days")


def flags(column: pa.Array, place: Place) -> Cells:
    """True or false, in words or as 1 and 0."""
    found = column.to_pandas().astype(str).str.lower().map(FLAGS)
    return Cells({place.column: (found == True).to_numpy(bool)}, found.isna().to_numpy(), "true or false")  # noqa: E712


def word_cells(column: pa.Array, place: Place) -> Cells:
    """Text of whatever kind, empty where there is none."""
    text = column.to_pandas().astype("str").fillna("")
    return Cells({place.column: pd.Categorical(text)}, np.zeros(len(column), bool))


def moments(column: pa.Array, place: Place) -> Cells:
    """Moments in microseconds, and beside them (``COLUMN offset``) the offset from UTC in minutes.

    A moment without an offset of its own is on the source's clock, and its offset NaN.
    Text is ISO 8601, or as ``time_format`` says; numbers count as ``time_unit`` says.
    """
    kind, params = column.type, place.terms.params
    if pa.types.is_dictionary(kind):
        return moments(column.dictionary_decode(), place)
    expected = (
        f"a time like {params.time_format}"
        if params.time_format
        else f"a number of {params.time_unit}"
        if params.time_unit
        else f"an ISO 8601 time (another form needs {place.terms.key('time_format')}, "
        f"a number {place.terms.key('time_unit')})"
    )
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        at_us, offset = _stamps(column)
    elif params.time_unit:
        at_us, offset = _counted(numbers(column), params.time_unit)
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind):
        at_us, offset = _written(column.cast(pa.large_string()), params.time_format)
    else:
        raise BadInput(
            f"{place.file}, column {place.column}: times are of type {kind}, "
            f"{place.terms.key('time_unit')} must say what they count"
        )
    fine = (at_us >= EARLIEST_US) & (at_us < LATEST_US + DAY_US)
    at_us = np.where(fine, at_us, 0).astype(np.int64)
    return Cells({place.column: at_us, f"{place.column} offset": offset}, ~fine, expected)


def _stamps(column: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    times = column.cast(pa.timestamp("us", getattr(column.type, "tz", None)), safe=False).to_pandas()
    nowhere = times.isna().to_numpy()
    clock = times.dt.tz_localize(None)
    utc = clock if times.dt.tz is None else times.dt.tz_convert("UTC").dt.tz_localize(None)
    offset = (clock - utc).dt.total_seconds().to_numpy() / 60
    at_us = utc.astype("datetime64[us]").astype("int64").to_numpy().astype(float)
    return np.where(nowhere, np.nan, at_us), np.full(len(at_us), np.nan) if times.dt.tz is None else offset


def _counted(values: np.ndarray, unit: str) -> tuple[np.ndarray, np.ndarray]:
    """Seconds and the like count from 1970 in UTC; days are those of the source's clock."""
    at_us = np.floor(values * UNITS_US[unit])
    return at_us, np.full(len(values), np.nan if unit == "days" else 0.0)


def _written(column: pa.Array, form: str | None) -> tuple[np.ndarray, np.ndarray]:
    encoded = pc.dictionary_encode(pc.fill_null(column, ""))
    texts = encoded.dictionary.to_pandas().astype("str").str.strip()
    at_us, offset = _parsed(texts, form)
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    return (at_us[codes], offset[codes]) if len(texts) else (np.empty(0), np.empty(0))


def _parsed(texts: pd.Series, form: str | None) -> tuple[np.ndarray, np.ndarray]:
    """Moments and offsets of distinct texts, NaN where a text is none."""
    if form:
        is_marked = "%z" in form
        local = texts.str.replace("[Zz]$", "+00:00", regex=True) if is_marked else texts
        parsed = pd.to_datetime(local, format=form, utc=is_marked, errors="coerce")
        offset = local.str.extract(r"(?P<offset>[+-]\d{2}:?\d{2})\s*$")["offset"] if is_marked else None
    else:
        text = texts.str.replace(",", ".", n=1, regex=False)
        offset = text.str.extract(ISO)["offset"]
        is_iso = text.str.match(ISO)
        parsed = pd.to_datetime(text.where(is_iso), format="ISO8601", utc=True, errors="coerce")
    stamps = parsed.dt.as_unit("us").astype("int64").to_numpy().astype(float)
    minutes = np.full(len(texts), np.nan) if offset is None else offset.map(_minutes).to_numpy(float)
    return np.where(parsed.isna(), np.nan, stamps), minutes


def _minutes(offset: object) -> float:
    """Minutes east of UTC of ``Z``, ``+08``, ``+0800`` or ``+08:00``."""
    if not isinstance(offset, str):
        return np.nan
    if offset in "Zz":
        return 0.0
    digits = offset[1:].replace(":", "").ljust(4, "0")
    return (int(digits[:2]) * 60 + int(digits[2:])) * (-1 if offset[0] == "-" else 1)


KINDS: dict[str, Callable[[pa.Array, Place], Cells]] = {
    "account": names,
    "name": names,
    "amount": amounts,
    "step": steps,
    "flag": flags,
    "words": word_cells,
    "time": moments,
}
