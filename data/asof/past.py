"""Answers about customers as of moments, for the authors of indicators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

import numpy as np

from data.asof.events import Events
from data.asof.flows import Flows, answer_flows
from data.asof.patterns import commonest_share, largest, variation
from data.asof.peers import Peers
from data.asof.surroundings import Surroundings, count_companions, largest_crowd
from data.asof.windows import (
    LONGEST_TABLE,
    count_distinct,
    count_new,
    dense_keys,
    first_at_or_after,
    largest_selected,
    moment_met_before,
    number_keys,
    previous_of_key,
    smallest,
    spread_over_keys,
    sums_between,
)
from data.schema import DAY_US


class Past:
    """Answers about customers as of moments, from strictly earlier events.

    Parameters
    ----------
    events : the whole history; a `Past` never lets its later part be seen
    customer, as_of : shape (queries,), node of the customer and UTC microseconds
    selections : named row-wise choices of events, shape (n,) each
    columns : named event-wise quantities in whole units, shape (n,) each
    profile : named facts by customer, shape (customers,) each, fixed over time
    surroundings : traces, crowds and devices; without them their questions have no answer
    """

    def __init__(
        self,
        events: Events,
        customer: np.ndarray,
        as_of: np.ndarray,
        selections: Mapping[str, np.ndarray],
        columns: Mapping[str, np.ndarray],
        profile: Mapping[str, np.ndarray],
        surroundings: Surroundings | None = None,
    ) -> None:
        self._events = events
        self._customer = customer
        self._as_of = as_of
        self._selections = selections
        self._columns = columns
        self._profile = profile
        self._surroundings = surroundings or Surroundings()
        self._earlier: dict[int, Past] = {}
        self._starts_of_window: dict[int, np.ndarray] = {}
        # Indicators share parts: what is asked for again is not answered again.
        self._answers: dict[tuple[str, tuple[str, ...], int, int], np.ndarray] = {}
        # What is kept by event serves every query; see `asked`.
        self._sums: dict[tuple[str, tuple[str, ...]], np.ndarray] = {}
        self._met: dict[tuple[str, tuple[str, ...]], np.ndarray] = {}
        self._numbered: dict[str, np.ndarray] = {}
        self._dense: dict[str, np.ndarray] = {}

    def asked(self, customer: np.ndarray, as_of: np.ndarray) -> Past:
        """The same history under other queries; what is summed by event is not summed again."""
        given = (self._selections, self._columns, self._profile, self._surroundings)
        other = Past(self._events, customer, as_of, *given)
        other._sums, other._met = self._sums, self._met
        other._numbered, other._dense = self._numbered, self._dense
        return other

    def beside(self, peers: Peers) -> Past:
        """The same questions, with what is usual among peers."""
        other = self.asked(self._customer, self._as_of)
        other._surroundings = replace(self._surroundings, peers=peers)
        return other

    def earlier(self, days: int) -> Past:
        """The same questions ``days`` days before."""
        if days not in self._earlier:
            self._earlier[days] = self.asked(self._customer, self._as_of - days * DAY_US)
        return self._earlier[days]

    def __len__(self) -> int:
        return len(self._customer)

    @cached_property
    def _end(self) -> np.ndarray:
        return first_at_or_after(self._events.starts, self._events.at, self._customer, self._as_of)

    def _first(self, days: int) -> np.ndarray:
        if days not in self._starts_of_window:
            self._starts_of_window[days] = first_at_or_after(
                self._events.starts, self._events.at, self._customer, self._as_of - days * DAY_US
            )
        return self._starts_of_window[days]

    def _mask(self, select: tuple[str, ...]) -> np.ndarray:
        if not select:
            return np.ones(len(self._events), bool)
        mask = self._selections[select[0]]
        for name in select[1:]:
            mask = mask & self._selections[name]
        return mask

    def _running(self, column: str, select: tuple[str, ...]) -> np.ndarray:
        if (column, select) not in self._sums:
            mask = self._mask(select)
            values = mask if column == "count" else np.where(mask, self._columns[column], 0)
            running = np.zeros(len(mask) + 1, np.int64)
            np.cumsum(values, dtype=np.int64, out=running[1:])
            self._sums[column, select] = running
        return self._sums[column, select]

    def _window(
        self, column: str, select: tuple[str, ...], days: int, gap_days: int = 0, unit: float = 1
    ) -> np.ndarray:
        asked = f"{column} in {unit}", select, days, gap_days
        if asked not in self._answers:
            end = self._first(gap_days) if gap_days else self._end
            self._answers[asked] = sums_between(self._running(column, select), self._first(days), end, unit)
        return self._answers[asked]

    def flows(self, *days: int, into: Flows | None = None) -> Flows:
        """What came in and what went out in each of the windows: counts, totals, counterparties.

        The same as `count`, `total` and `distinct` of all credits and all debits, in one walk.
        ``into`` is room for the answers.
        """
        events, found = self._events, into or Flows.empty(len(days), len(self))
        keys = events.counterparty
        if keys.max(initial=0) >= LONGEST_TABLE:
            keys = self._number("counterparty")
        last = np.full(2 * (int(keys.max(initial=-1)) + 1), -1, np.int32)
        spans = np.array(days, np.int64) * DAY_US
        columns = events.starts, events.at, events.cents, events.is_credit, keys
        answers = found.count, found.total, found.distinct
        answer_flows(*columns, self._customer, self._as_of, spans, last, *answers)
        return found

    def total(self, *select: str, days: int, gap_days: int = 0, column: str = "cents") -> np.ndarray:
        """Sum in yuan of the selected events in ``[as_of - days, as_of - gap_days)``."""
        return self._window(column, select, days, gap_days, unit=100)

    def largest_amount(self, *select: str, days: int) -> np.ndarray:
        """Largest amount in yuan among the selected events in the window; NaN if there is none."""
        mask = self._mask(select)
        return largest_selected(self._events.cents, mask, self._first(days), self._end) / 100

    def count(self, *select: str, days: int) -> np.ndarray:
        """Number of the selected events in the window."""
        return self._window("count", select, days)

    def distinct(self, *select: str, days: int, key: str = "counterparty") -> np.ndarray:
        """Number of different values of ``key`` among the selected events in the window."""
        asked = f"distinct {key}", select, days, 0
        if asked not in self._answers:
            keys, mask = self._number(key), self._mask(select)
            self._answers[asked] = count_distinct(self._first(days), self._end, mask, keys)
        return self._answers[asked]

    def _number(self, key: str) -> np.ndarray:
        if key not in self._numbered:
            self._numbered[key] = number_keys(self._events.starts, self._keys(key))
        return self._numbered[key]

    def new_count(self, *select: str, days: int, known_days: int, key: str = "counterparty") -> np.ndarray:
        """How many of the window's keys were not seen in ``known_days`` before it."""
        known_since = self._as_of - (days + known_days) * DAY_US
        return count_new(self._first(days), self._end, self._met_before(key, select), known_since)

    def new_share(self, *select: str, days: int, known_days: int) -> np.ndarray:
        """Share of the window's counterparties not seen in ``known_days`` before it; NaN if none."""
        new = self.new_count(*select, days=days, known_days=known_days)
        return share(new, self.distinct(*select, days=days))

    def _keys(self, key: str) -> np.ndarray:
        values = self._columns[key] if key in self._columns else getattr(self._events, key)
        return np.asarray(values, np.int64)

    def _met_before(self, key: str, select: tuple[str, ...]) -> np.ndarray:
        if (key, select) not in self._met:
            events, mask = self._events, self._mask(select)
            previous = previous_of_key(events.starts, self._keys(key), mask)
            self._met[key, select] = moment_met_before(events.at, previous, mask)
        return self._met[key, select]

    def top_share(self, *select: str, days: int, top: int, of: str | None = None) -> np.ndarray:
        """Share of the window's money with the ``top`` largest counterparties; NaN if there is none.

        With ``of`` only customers for whom that fact is 1 are answered, here and below.
        """
        return self._spread(select, days, self._number("counterparty"), top, of)[0]

    def repeated_share(
        self, *select: str, days: int, key: str = "counterparty", of: str | None = None
    ) -> np.ndarray:
        """Share of the window's keys with two events or more; NaN if there is none."""
        return self._spread(select, days, self._number(key), 0, of)[1]

    def entropy(self, *select: str, days: int, key: str, of: str | None = None) -> np.ndarray:
        """Entropy in bits of the window's events over ``key``; NaN if there is none."""
        if key not in self._dense:
            self._dense[key] = dense_keys(self._events.starts, self._keys(key))
        return self._spread(select, days, self._dense[key], 0, of, with_entropy=True)[2]

    def _spread(
        self,
        select: tuple[str, ...],
        days: int,
        numbered: np.ndarray,
        top: int,
        of: str | None,
        with_entropy: bool = False,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        wanted = np.ones(len(self), bool) if of is None else self.fact(of) == 1
        windows = self._first(days), self._end
        cents = self._events.cents
        return spread_over_keys(*windows, wanted, self._mask(select), numbered, cents, top, with_entropy)

    def commonest_share(self, *select: str, days: int, column: str) -> np.ndarray:
        """Share of the commonest code of a column among the window's selected events; NaN if none."""
        code = self._columns[column]
        size = int(code.max(initial=0)) + 1
        return commonest_share(code, size, self._mask(select), self._first(days), self._end)

    def variation(self, *select: str, days: int) -> np.ndarray:
        """Standard deviation over mean of the selected amounts; NaN below two of them."""
        return variation(self._events.cents, self._mask(select), self._first(days), self._end)

    def largest(self, *select: str, days: int, column: str) -> np.ndarray:
        """Largest value of a column among the selected events in the window, 0 if there is none."""
        return largest(self._columns[column], self._mask(select), self._first(days), self._end)

    def happened(self, milestone: str, days: int) -> np.ndarray:
        """How often a milestone of the customer's accounts was reached in the window."""
        first, end = self._milestone_window(milestone, days)
        return (end - first).astype(float)

    def largest_flow_before(self, milestone: str, days: int, flow_days: int) -> np.ndarray:
        """Most yuan moved, in and out, in ``flow_days`` before a milestone of the window; 0 if none."""
        marks = self._surroundings.milestones[milestone]
        moved = self.asked(marks.customer, marks.at).total(days=flow_days)
        everything = np.ones(len(moved), bool)
        return largest(moved, everything, *self._milestone_window(milestone, days))

    def _milestone_window(self, milestone: str, days: int) -> tuple[np.ndarray, np.ndarray]:
        marks = self._surroundings.milestones[milestone]
        opens = first_at_or_after(marks.starts, marks.at, self._customer, self._as_of - days * DAY_US)
        return opens, first_at_or_after(marks.starts, marks.at, self._customer, self._as_of)

    def peer_deviation(self, name: str, values: np.ndarray) -> np.ndarray:
        """Robust standard deviations between ``values`` and what is usual of ``name`` among peers."""
        peers = self._surroundings.peers
        if peers is None:
            return np.full(len(self), np.nan)
        return peers.deviation(name, values, self._among_peers)

    def peer_upper(self, name: str) -> np.ndarray:
        """The value of ``name`` that 95 % of the peers stay below."""
        peers = self._surroundings.peers
        if peers is None:
            return np.full(len(self), np.nan)
        return peers.upper(name, self._among_peers)

    @cached_property
    def _among_peers(self) -> np.ndarray:
        assert self._surroundings.peers is not None
        return self._surroundings.peers.place(self._customer, self._as_of)

    def usual_month(self, *select: str, days: int, gap_days: int) -> np.ndarray:
        """Mean of 30 days in yuan over ``[as_of - days, as_of - gap_days)``, of what the bank has seen.

        The bank sees a customer from the day of joining, and from the ledger's first day
        on; NaN where it has seen less than 30 days of the stretch.
        """
        opens = np.maximum(self._as_of - days * DAY_US, self.fact("seen_since_us"))
        seen_days = (self._as_of - gap_days * DAY_US - opens) / DAY_US
        total = self.total(*select, days=days, gap_days=gap_days)
        return np.where(seen_days >= 30, total / np.maximum(seen_days, 30) * 30, np.nan)

    def lowest_balance(self, days: int) -> np.ndarray:
        """Lowest balance in yuan after any event in the window; NaN where unknown."""
        return smallest(self._events.balance, self._first(days), self._end)

    def silent_days(self, *select: str, before_days: int) -> np.ndarray:
        """Days without a selected event before the window, counted back from its start.

        A customer never seen before the window was silent since they joined. NaN where
        no selected event lies in the window.
        """
        first, running = self._first(before_days), self._running("count", select)
        opens = self._as_of - before_days * DAY_US
        places = np.flatnonzero(self._mask(select))
        seen = running[first] > running[self._events.starts[self._customer]]
        last = places[np.maximum(running[first] - 1, 0)] if len(places) else np.zeros(len(first), np.int64)
        since = np.where(seen, self._events.at[last] if len(self._events) else 0, self.fact("joined_us"))
        is_active = running[self._end] > running[first]
        return np.where(is_active, np.maximum(opens - since, 0) / DAY_US, np.nan)

    def traced(self, name: str, days: int) -> np.ndarray:
        """Yuan of the customer's moments in a trace in the window."""
        since = self._as_of - days * DAY_US
        return self._surroundings.traces[name].cents(self._customer, since, self._as_of) / 100

    def largest_crowd(self, name: str, *select: str, days: int, within_days: int) -> np.ndarray:
        """Most customers with one counterparty of the window's selected events at about the same time.

        Those count who are in the crowd ``name`` within ``within_days`` of such an event.
        """
        events, crowd = self._events, self._surroundings.crowds[name]
        return largest_crowd(
            self._first(days),
            self._end,
            self._as_of,
            self._mask(select),
            events.at,
            events.counterparty,
            crowd.starts,
            crowd.at,
            crowd.customer,
            within_days * DAY_US,
            self._surroundings.most_dealings,
            len(events.starts) - 1,
        ).astype(float)

    def device_sharers(self, days: int) -> np.ndarray:
        """Others outside the household who used a device of the customer's in the window."""
        return self._companions(days)[0]

    def fast_device_sharers(self, days: int) -> np.ndarray:
        """Those of them who passed on more than a little within hours of its arrival in the window."""
        return self._companions(days)[1]

    def _companions(self, days: int) -> tuple[np.ndarray, np.ndarray]:
        around = self._surroundings
        devices = around.devices
        if devices is None:
            return np.full(len(self), np.nan), np.full(len(self), np.nan)
        trace = around.traces["fast"]
        others, fast = count_companions(
            self._customer,
            self._as_of,
            days * DAY_US,
            devices.starts,
            devices.device,
            devices.since,
            devices.until,
            devices.user_starts,
            devices.user,
            devices.user_since,
            devices.user_until,
            devices.household,
            trace.starts,
            trace.at,
            trace.running,
            days * DAY_US,
            around.least_fast_cents,
            around.most_users,
        )
        return others.astype(float), fast.astype(float)

    def tenure_days(self) -> np.ndarray:
        """Days since the customer joined."""
        return self.days_since("joined_us")

    def days_since(self, name: str) -> np.ndarray:
        """Days since the moment (UTC microseconds) that is a fact of the customer; NaN where unknown."""
        return (self._as_of - self.fact(name)) / DAY_US

    def fact(self, name: str) -> np.ndarray:
        """A fact of the query's customer; NaN where unknown."""
        return self._profile[name][self._customer]


def share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """``part / whole``, NaN where there is no whole.

    Examples
    --------
    >>> share(np.array([1.0, 0.0]), np.array([4.0, 0.0]))
    array([0.25,  nan])
    """
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
