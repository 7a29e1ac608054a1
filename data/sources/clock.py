"""The clock of a foreign data set: what its times mean, where its midnights lie, what ties are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.schema import DAY_US, MINUTE_US
from data.sources.settings import Terms
from data.sources.sheets import Sheet
from pipeline import BadInput


@dataclass(frozen=True)
class Clock:
    """How far the source's clock is ahead of UTC, and whether it knows hours at all."""

    offset_us: int
    has_hours: bool
    notes: list[str]

    def midnight(self, at_us: int) -> int:
        """The last midnight of the clock up to a moment, UTC microseconds."""
        return (at_us + self.offset_us) // DAY_US * DAY_US - self.offset_us


def read_clock(
    at_us: np.ndarray, offset: np.ndarray, sheet: Sheet, column: str, terms: Terms
) -> tuple[np.ndarray, Clock]:
    """Moments in UTC, and the clock that they are on.

    The clock is that of ``utc_offset_hours``; else the one offset that all times carry; else
    that of the times as they stand.

    Parameters
    ----------
    at_us, offset : shape (n,), as ``cells.moments`` reads them

    Raises
    ------
    BadInput
        If no ``utc_offset_hours`` is given, and times carry several offsets, or some none.
    """
    is_marked = ~np.isnan(offset)
    hours = terms.params.utc_offset_hours
    notes = []
    if hours is not None:
        offset_us = round(hours * 60) * MINUTE_US
    else:
        found, first = np.unique(offset, return_index=True)
        if len(found) > 1:
            one, other = (f"{_named(offset[place])} in row {sheet.rows.index[place]}" for place in first[:2])
            raise BadInput(
                f"{sheet.path}, column {column}: times carry {one} and {other}, "
                f"{terms.key('utc_offset_hours')} must say on which clock the days are"
            )
        minutes = float(found[0]) if len(found) and is_marked.any() else 0.0
        offset_us = round(minutes) * MINUTE_US
        notes.append(
            f"{terms.key('utc_offset_hours')} is not given: days and nights are those of the file's times, "
            + (f"which carry {_named(minutes)}" if is_marked.any() else "as they stand")
        )
    at_utc = np.where(is_marked, at_us, at_us - offset_us).astype(np.int64)
    of_day = (at_utc + offset_us) % DAY_US
    has_hours = bool(len(of_day)) and bool((of_day != of_day[0]).any())
    if len(of_day) and not has_hours:
        notes.append(f"{sheet.path}: the times know days only; what counts hours steps aside")
    return at_utc, Clock(offset_us, has_hours, notes)


def _named(minutes: float) -> str:
    if np.isnan(minutes):
        return "no offset"
    hours, rest = divmod(abs(round(minutes)), 60)
    return f"the offset {'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def in_order_of_file(at_us: np.ndarray, place: str, terms: Terms) -> np.ndarray:
    """Moments of which equal ones follow each other by a microsecond, in the order of the file.

    Raises
    ------
    BadInput
        If there are more rows of one moment than microseconds up to the next.
    """
    order = np.argsort(at_us, kind="stable")
    rank = pd.Series(at_us[order]).groupby(at_us[order]).cumcount().to_numpy()
    spread = at_us[order] + rank
    if (np.diff(spread) <= 0).any():
        raise BadInput(f"{place}: {terms.key('ties')} in_order_of_file needs more room between moments")
    apart = np.empty_like(at_us)
    apart[order] = spread
    return apart
