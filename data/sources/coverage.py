"""Whether the transfers of a foreign data set fill the calendar that they are to fill.

A calendar that begins with the earliest transfer hangs on one row: a date of 1970 among
those of 2024 moves every other transfer behind its end. So what falls outside is counted,
and every role's weeks must hold transfers.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.schema import DAY_US
from data.sources.clock import Clock
from data.sources.settings import Terms
from data.world.calendar import periods
from pipeline import BadInput

LATE_US = 14 * DAY_US  # by so much may the transfers end before the calendar does


def covered_calendar(
    at_us: np.ndarray, rows: np.ndarray, clock: Clock, place: str, terms: Terms
) -> pd.DataFrame:
    """The Periods table for transfers at the given moments.

    Parameters
    ----------
    at_us, rows : shape (n,), usable transfers: UTC microseconds, and number of the row
    place : file, for the messages

    Raises
    ------
    BadInput
        If they are too few days, too many lie outside, or a role's weeks are (nearly) empty.
    """
    span, given = terms.params.calendar, terms.params.start
    if not len(at_us):
        raise BadInput(f"{place}: the calendar needs {7 * sum(span.weeks().values())} days, found 0")
    earliest = int(np.argmin(at_us))
    start_us = clock.midnight(int(at_us[earliest]))
    if given is not None:
        start_us = int(np.datetime64(given, "us").astype(np.int64)) - clock.offset_us
    calendar = periods(start_us, span)
    end_us = int(calendar["ends_at"].astype("int64").max())
    if at_us.max() < end_us - LATE_US:
        found = max((int(at_us.max()) - start_us) // DAY_US + 1, 0)
        wanted = (end_us - start_us) // DAY_US
        raise BadInput(
            f"{place}: the calendar needs {wanted} days of transfers, found {found} "
            f"({terms.key('calendar')} says so)"
        )
    before, after = int((at_us < start_us).sum()), int((at_us >= end_us).sum())
    if before + after > terms.limits.most_outside_share * len(at_us):
        begins = f"{_day(start_us, clock)}" + ("" if given else f", the day of row {rows[earliest]}")
        raise BadInput(
            f"{place}: {before + after:,} of {len(at_us):,} transfers lie outside the calendar, more than "
            f"{terms.limit('most_outside_share')} allows; it begins on {begins} "
            f"({terms.key('start')} sets another day, {terms.key('calendar')} its length)"
        )
    _demand_transfers(at_us, calendar, place, terms)
    return calendar


def _demand_transfers(at_us: np.ndarray, calendar: pd.DataFrame, place: str, terms: Terms) -> None:
    """Refuse a calendar of which a role has too many days with hardly any transfer."""
    edges = calendar[["starts_at", "ends_at"]].astype("int64")
    start_us, end_us = int(edges["starts_at"].min()), int(edges["ends_at"].max())
    day = (at_us[(at_us >= start_us) & (at_us < end_us)] - start_us) // DAY_US
    a_day = np.bincount(day, minlength=(end_us - start_us) // DAY_US)
    usual = float(np.median(a_day[a_day > 0]))
    is_covered = (a_day > 0) & (a_day >= terms.limits.thin_day_share * usual)
    days = (edges - start_us) // DAY_US
    for role, first, end in zip(calendar["name"], days["starts_at"], days["ends_at"], strict=True):
        covered = is_covered[first:end]
        if covered.mean() < terms.limits.least_covered_share:
            raise BadInput(
                f"{place}: transfers lie on {covered.sum()} of the {len(covered)} days of {role}, a smaller "
                f"share than {terms.limit('least_covered_share')} (a day with fewer than "
                f"{terms.limits.thin_day_share} of the usual {usual:.0f} transfers does not count)"
            )


def _day(at_us: int, clock: Clock) -> str:
    return str(np.datetime64(at_us + clock.offset_us, "us").astype("datetime64[D]"))
