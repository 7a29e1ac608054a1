"""Patterns of the line and peers against plain Python that looks at everything, and against DuckDB."""

from __future__ import annotations

from collections import Counter
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.asof import Peers
from data.asof.patterns import (
    acquainted_since,
    after_test,
    alike_before,
    commonest_share,
    days_in_a_row,
    largest,
    passed_on_but_for_commission,
    times_that_day,
    variation,
)
from data.asof.windows import previous_of_key
from tests.property.test_windows_reference import plain_events
from tests.property.worlds import AS_OF, PAST, drawn_bank
from tests.spec.ledger import observed

HOUR, DAY = 1, 24
ROW = st.tuples(
    st.sampled_from([0, 1, 2, 23, 24, 25, 47, 48, 49, 72, 73, 96, 120, 335, 336, 337]),
    st.sampled_from([0, 1, 2]),
    st.sampled_from([1, 5, 90, 99, 100, 110, 111, 120]),
    st.booleans(),
)
LINES = st.lists(ROW, min_size=1, max_size=14)


class Line:
    """One customer's events in order of time: hour, party, cents and a mark each."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        rows = sorted(rows, key=lambda row: row[0])
        self.at, self.party, self.cents = (np.array([row[i] for row in rows], np.int64) for i in range(3))
        self.mark = np.array([row[3] for row in rows])
        self.starts = np.array([0, len(rows)])
        self.size = range(len(rows))

    def before(self, mask: np.ndarray) -> np.ndarray:
        return previous_of_key(self.starts, self.party, mask)


@given(rows=LINES)
def test_an_acquaintance_begins_after_so_long_a_silence(rows) -> None:
    line = Line(rows)
    found = acquainted_since(line.at, line.before(np.ones(len(rows), bool)), 48 * HOUR)
    for k in line.size:
        since = line.at[k]
        for i in reversed(range(k)):
            if line.party[i] == line.party[k] and since - line.at[i] <= 48 * HOUR:
                since = line.at[i]
        assert found[k] == since


@given(rows=LINES)
def test_what_follows_a_test_is_strictly_later_and_soon(rows) -> None:
    line = Line(rows)
    found = after_test(line.starts, line.at, line.mark, ~line.mark, 24 * HOUR)
    for k in line.size:
        tests = [line.at[i] for i in line.size if line.mark[i] and line.at[i] < line.at[k]]
        assert found[k] == (not line.mark[k] and any(line.at[k] - at <= 24 * HOUR for at in tests))


@given(rows=LINES, opens=st.sampled_from([0, 24, 60]))
def test_the_longest_row_and_the_busiest_day_of_a_pair_are_found(rows, opens) -> None:
    line = Line(rows)
    day, previous = line.at // DAY, line.before(line.mark)
    window = np.array([np.searchsorted(line.at, opens)]), np.array([len(rows)])
    row = largest(days_in_a_row(day, previous), line.mark, *window)[0]
    times = largest(times_that_day(day, previous), line.mark, *window)[0]
    longest = busiest = 0
    for party in (0, 1, 2):
        mine = line.mark & (line.party == party)
        days = set(day[mine].tolist())
        for last in set(day[mine & (line.at >= opens)].tolist()):
            first = last
            while first - 1 in days:
                first -= 1
            longest = max(longest, last - first + 1)
            busiest = max(busiest, int((day[mine] == last).sum()))
    assert (row, times) == (longest, busiest)


@given(rows=LINES)
def test_alike_payments_of_a_pair_are_those_that_everybody_would_count(rows) -> None:
    line = Line(rows)
    count, total = alike_before(line.at, line.cents, line.before(line.mark), 336 * HOUR, 0.1)
    for k in np.flatnonzero(line.mark):
        alike = [
            int(line.cents[i])
            for i in line.size
            if line.mark[i]
            and line.party[i] == line.party[k]
            and 0 <= line.at[k] - line.at[i] <= 336 * HOUR
            and abs(line.cents[i] - line.cents[k]) <= 0.1 * max(line.cents[i], line.cents[k])
        ]
        assert (count[k], total[k]) == (len(alike), sum(alike))


@given(rows=LINES, credits=st.lists(st.booleans(), min_size=14, max_size=14))
def test_money_passed_on_is_that_of_the_largest_stretch_that_keeps_little(rows, credits) -> None:
    """Of all stretches from the first payment of a moment to the last of the debit's."""
    line = Line(rows)
    is_credit = np.array(credits[: len(rows)])
    came, number = passed_on_but_for_commission(
        line.starts, line.at, line.cents, is_credit, line.mark, 48 * HOUR, 0.85, 0.999, 100
    )
    for k in line.size:
        found = [(0, 0)]
        for opens in {line.at[i] for i in line.size if line.mark[i] and is_credit[i]}:
            inside = [i for i in line.size if line.mark[i] and opens <= line.at[i] <= line.at[k]]
            into = [int(line.cents[i]) for i in inside if is_credit[i]]
            out = sum(int(line.cents[i]) for i in inside if not is_credit[i])
            if line.at[k] - opens <= 48 * HOUR and 0.85 * sum(into) <= out <= 0.999 * sum(into):
                found.append((sum(into), len(into)))
        is_debit = line.mark[k] and not is_credit[k]
        largest_sum = max(into for into, _ in found) if is_debit else 0
        assert came[k] == largest_sum
        assert (int(came[k]), int(number[k])) in found or not is_debit
        assert is_debit or number[k] == 0


@given(rows=LINES, most=st.integers(1, 5))
def test_no_more_payments_than_told_are_looked_at(rows, most) -> None:
    line = Line(rows)
    everything, half = np.ones(len(rows), bool), line.mark
    _, number = passed_on_but_for_commission(
        line.starts, line.at, line.cents, half, everything, 10**6, 0.5, 2.0, most
    )
    assert number.max(initial=0) <= most


@given(rows=LINES, cut=st.integers(0, 14))
def test_variation_and_commonest_figure_are_those_of_numpy_and_a_counter(rows, cut) -> None:
    line = Line(rows)
    first, end = np.array([min(cut, len(rows)), 0]), np.array([len(rows), min(cut, len(rows))])
    varied = variation(line.cents, line.mark, first, end)
    common = commonest_share(line.party, 3, line.mark, first, end)
    for q in (0, 1):
        inside = slice(first[q], end[q])
        cents = line.cents[inside][line.mark[inside]]
        parties = line.party[inside][line.mark[inside]].tolist()
        expected = np.std(cents) / np.mean(cents) if len(cents) > 1 else np.nan
        assert varied[q] == pytest.approx(expected, nan_ok=True, abs=1e-12)
        expected = max(Counter(parties).values()) / len(parties) if parties else np.nan
        assert common[q] == pytest.approx(expected, nan_ok=True)


SQL = """
    SELECT e.customer_id,
      coalesce(sum(e.cents) FILTER (e.credit AND e.unexplained AND e.at >= $d30), 0) / 100
        AS unexplained_in_amount_30d,
      count(DISTINCT e.counterparty) FILTER (e.credit AND e.unexplained AND e.at >= $d30)
        AS unexplained_payer_count_30d,
      count(*) FILTER (e.unexplained AND e.at >= $d14) AS unexplained_count_14d,
      count(*) FILTER (e.unexplained AND e.at >= $d14 AND e.cents % 100000 = 0) AS round_count,
      entropy(CASE WHEN e.unexplained AND e.at >= $d14 THEN e.cents // 100 % 10 END)
        AS last_digit_entropy_14d
    FROM events e WHERE e.at < $as_of GROUP BY e.customer_id
"""


@settings(max_examples=15)
@given(lines=PAST)
def test_duckdb_computes_the_same_windows(lines, observe_params) -> None:
    ledger = drawn_bank(lines)
    _, weekly = observed(ledger, observe_params)
    as_of = AS_OF.value // 1_000
    at = {f"d{days}": as_of - days * 86_400_000_000 for days in (14, 30)} | {"as_of": as_of}
    events = plain_events(ledger)
    with duckdb.connect() as bench:
        bench.register("events", events)
        found = bench.execute(SQL, at).df().set_index("customer_id")
    mine = weekly[weekly["as_of"] == AS_OF.tz_localize("UTC")].set_index("customer_id").loc[found.index]
    for name in ("unexplained_in_amount_30d", "unexplained_payer_count_30d", "unexplained_count_14d"):
        assert mine[name].to_numpy() == pytest.approx(found[name].to_numpy(float), rel=1e-6), name
    some = found["unexplained_count_14d"] > 0
    shares = (found["round_count"] / found["unexplained_count_14d"])[some]
    assert mine.loc[some, "round_amount_share_14d"].to_numpy() == pytest.approx(
        shares.to_numpy(float), rel=1e-6
    )
    assert mine.loc[some, "last_digit_entropy_14d"].to_numpy() == pytest.approx(
        found.loc[some, "last_digit_entropy_14d"].to_numpy(float), rel=1e-5, abs=1e-6
    )
    assert mine.loc[~some, "round_amount_share_14d"].isna().all()


@given(
    values=st.lists(st.sampled_from([0.0, 0.0, 1.0, 2.5, 4.0, 10.0, float("nan")]), min_size=1, max_size=12),
    groups=st.lists(st.sampled_from([0, 1]), min_size=12, max_size=12),
)
def test_centre_and_spread_of_peers_are_those_of_duckdb(values, groups) -> None:
    group = np.array(groups[: len(values)])
    # Groups of one kind; codes without a gap.
    group = np.unique(group, return_inverse=True)[1]
    line = np.array([values])
    peers = Peers.of(np.array([7]), {"x": line}, group, np.zeros(len(group), np.int64), 3)
    members = np.arange(len(group))
    found = peers.deviation("x", line[0], peers.place(members, np.full(len(group), 9)))
    with duckdb.connect() as bench:
        bench.register("t", pd.DataFrame({"who": members, "g": group, "x": line[0]}))
        asked = (
            "WITH own AS (SELECT g, count(x) n, median(x) m, mad(x) d FROM t GROUP BY g),"
            " all_of AS (SELECT count(x) n, median(x) m, mad(x) d FROM t)"
            " SELECT t.who, t.x, CASE WHEN own.n >= 3 THEN own.m ELSE all_of.m END AS m,"
            " CASE WHEN own.n >= 3 THEN own.d ELSE all_of.d END AS d, greatest(own.n, all_of.n) AS n"
            " FROM t JOIN own USING (g), all_of ORDER BY who"
        )
        frame = bench.execute(asked).df()
    measurable = ((frame["n"] >= 3) & (frame["d"] > 0) & frame["x"].notna()).to_numpy()
    expected = ((frame["x"] - frame["m"]) / (1.4826 * frame["d"])).to_numpy(float)
    assert found[measurable] == pytest.approx(expected[measurable])
    assert np.isnan(found[np.isnan(line[0])]).all()
    if (frame["n"] < 3).all():
        assert np.isnan(found).all()
    early = peers.deviation("x", line[0], peers.place(members, np.full(len(group), 6)))
    assert np.isnan(early).all()
