"""Raw cells of a block as texts, money and moments; what cannot be read is marked and never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.feeds.mapping import FeedAmount, FeedTime
from data.schema import DAY_US
from data.sources.cells import EXACT_FLOATS, ISO, LARGEST_AMOUNT, MISSING, UNITS_US, numbers
from parameters import BadInput

LOST = "\ufffd"  # stands where bytes were no text
CONTROL = r"[\x00-\x1f\x7f]"


def is_text(kind: pa.DataType) -> bool:
    """Whether a column holds text."""
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def texts(column: pa.Array, name: str) -> tuple[pa.Array, np.ndarray]:
    """A column as text, null where nothing stands, and which cells cannot be text.

    Whole numbers are their digits, and so are floats that hold whole numbers below 2^53;
    other floats may stand for several ids and cannot be read.

    Raises
    ------
    BadInput
        If the column holds neither text, numbers nor truths.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return texts(column.dictionary_decode(), name)
    none_bad = np.zeros(len(column), bool)
    if is_text(kind) or pa.types.is_null(kind):
        return column.cast(pa.large_string()), none_bad
    if pa.types.is_integer(kind):
        return column.cast(pa.large_string()), none_bad
    if pa.types.is_boolean(kind):
        return pc.if_else(column, "true", "false").cast(pa.large_string()), none_bad
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        values = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
        is_missing = np.isnan(values)
        fine = (np.trunc(values) == values) & (np.abs(values) < EXACT_FLOATS)
        whole = pa.array(np.where(fine, values, 0).astype(np.int64), mask=~fine)
        return whole.cast(pa.large_string()), ~fine & ~is_missing
    raise BadInput(f"column {name!r}: expected text or numbers, found {kind}")


def _of_distinct(text: pa.Array, ask: Callable[[pa.Array], pa.Array]) -> np.ndarray:
    """What is asked of each text, answered once for each distinct one, bool of shape (n,); null is no."""
    encoded = pc.dictionary_encode(text)
    answers = np.append(pc.fill_null(ask(encoded.dictionary), False).to_numpy(zero_copy_only=False), False)
    return answers[pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)]


def missing(text: pa.Array) -> np.ndarray:
    """Which texts stand for nothing, shape (n,)."""
    nothing = pa.array(MISSING, pa.large_string())
    is_null = pc.is_null(text).to_numpy(zero_copy_only=False)
    return is_null | _of_distinct(
        text, lambda word: pc.is_in(pc.utf8_trim_whitespace(word), value_set=nothing)
    )


def one_of(text: pa.Array, words: tuple[str, ...]) -> np.ndarray:
    """Which texts are one of the words, shape (n,); null is none."""
    return _of_distinct(text, lambda word: pc.is_in(word, value_set=pa.array(words, pa.large_string())))


def unfit_names(text: pa.Array, longest: int) -> np.ndarray:
    """Which texts are no names: lost or control characters, or too long, shape (n,)."""

    def ask(word: pa.Array) -> pa.Array:
        is_lost = pc.or_(pc.match_substring(word, LOST), pc.match_substring_regex(word, CONTROL))
        return pc.or_(is_lost, pc.greater(pc.utf8_length(word), longest))

    return _of_distinct(text, ask)


def with_slash(text: pa.Array) -> np.ndarray:
    """Which texts hold a slash, shape (n,)."""
    return _of_distinct(text, lambda word: pc.match_substring(word, "/"))


def cells_joined(parts: list[pa.Array]) -> pa.Array:
    """Several columns as one, a blank between them; null where any of them is missing."""
    if len(parts) == 1:
        return parts[0]
    whole = pc.binary_join_element_wise(*parts, pa.scalar(" ", pa.large_string()))
    return pc.if_else(pa.array(np.logical_or.reduce([missing(part) for part in parts])), None, whole)


def units_of_money(column: pa.Array, params: FeedAmount) -> np.ndarray:
    """Amounts in units of the currency, NaN where a cell holds none, shape (n,)."""
    if pa.types.is_dictionary(column.type):
        return units_of_money(column.dictionary_decode(), params)
    if is_text(column.type) and (params.thousands or params.decimal != "."):
        mark, point = re.escape(params.thousands), re.escape(params.decimal)
        whole = rf"\d{{1,3}}({mark}\d{{3}})+|\d+" if mark else r"\d+"
        text = pc.utf8_trim_whitespace(column)
        is_amount = pc.fill_null(pc.match_substring_regex(text, rf"^[+-]?({whole})({point}\d*)?$"), False)
        plain = pc.replace_substring(text, params.thousands, "") if mark else text
        plain = pc.replace_substring(plain, params.decimal, ".")
        column = pc.if_else(is_amount, plain, pa.scalar(None, plain.type))
    values = numbers(column) * params.unit
    return np.where(np.abs(values) < LARGEST_AMOUNT, values, np.nan)


def utc_moments(column: pa.Array, params: FeedTime) -> np.ndarray:
    """Moments in UTC microseconds, NaT where a cell holds none, datetime64[us] of shape (n,).

    A time without an offset of its own is on the clock of ``zone``: an hour that a clock passes
    twice is the earlier one, and one that it leaps over is the moment of the leap.

    Raises
    ------
    BadInput
        If numbers have no ``unit``.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return utc_moments(column.dictionary_decode(), params)
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        stamps = column.cast(pa.timestamp("us", getattr(kind, "tz", None)), safe=False)
        clock = pd.Series(stamps.cast(pa.timestamp("us"), safe=False).to_pandas())
        return _utc(clock, params) if getattr(kind, "tz", None) is None else _plain(clock)
    if params.unit:
        return _counted_from(numbers(column), params)
    if not (is_text(kind) or pa.types.is_null(kind)):
        raise BadInput(f"times are of type {kind}, time.unit must say what they count")
    encoded = pc.dictionary_encode(pc.fill_null(column.cast(pa.large_string()), ""))
    distinct = encoded.dictionary.to_pandas().astype("str").str.strip()
    if not len(distinct):
        return np.empty(0, "datetime64[us]")
    return _read_texts(distinct, params)[encoded.indices.to_numpy(zero_copy_only=False)]


def _read_texts(distinct: pd.Series, params: FeedTime) -> np.ndarray:
    """Moments of texts; each by its own offset, where it has one."""
    if params.format:
        has_offset = "%z" in params.format
        local = distinct.str.replace("[Zz]$", "+00:00", regex=True) if has_offset else distinct
        parsed = pd.to_datetime(local, format=params.format, utc=has_offset, errors="coerce")
        return _plain(parsed.dt.tz_localize(None)) if has_offset else _utc(parsed, params)
    text = distinct.str.replace(",", ".", n=1, regex=False)
    has_offset = text.str.extract(ISO)["offset"].notna().to_numpy()
    read = pd.to_datetime(text.where(text.str.match(ISO)), format="ISO8601", utc=True, errors="coerce")
    clock = read.dt.tz_localize(None)
    return np.where(has_offset, _plain(clock), _utc(clock, params))


def _counted_from(values: np.ndarray, params: FeedTime) -> np.ndarray:
    unit = params.unit or "s"
    start = np.datetime64(params.first_day or "1970-01-01", "us").astype(np.int64)
    counted = np.floor(values * UNITS_US[unit]) + (start if unit == "days" else 0)
    fine = np.abs(counted) < 2.0**62
    stamps = np.where(fine, counted, 0).astype(np.int64).astype("datetime64[us]")
    stamps = np.where(fine, stamps, np.datetime64("NaT", "us"))
    return _utc(pd.Series(stamps), params) if unit == "days" else stamps


def _utc(clock: pd.Series, params: FeedTime) -> np.ndarray:
    """Times on the clock of ``zone`` as moments in UTC."""
    if isinstance(params.zone, float | int):
        return _plain(clock - pd.Timedelta(hours=params.zone))
    if params.zone == "UTC":
        return _plain(clock)
    # A clock's rules begin and end somewhere; years beyond are out of any range that is asked.
    inside = clock.where((clock.dt.year >= 1900) & (clock.dt.year <= 2200))
    there = inside.dt.tz_localize(
        ZoneInfo(params.zone), ambiguous=np.ones(len(clock), bool), nonexistent="shift_forward"
    )
    return _plain(there.dt.tz_convert("UTC").dt.tz_localize(None))


def _plain(moments: pd.Series) -> np.ndarray:
    return moments.to_numpy("datetime64[us]")


def within_days(first: np.datetime64, last: np.datetime64, at: np.ndarray) -> np.ndarray:
    """Which moments lie within the days, both included, shape (n,); none is outside."""
    us = at.astype("datetime64[us]")
    return (us >= first.astype("datetime64[us]")) & (
        us < last.astype("datetime64[us]") + np.timedelta64(DAY_US, "us")
    )
