"""Chains, answers, crowds, devices and spreads against slow functions that anybody can read."""

from __future__ import annotations

from itertools import product
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.asof import Crowd, DeviceUses, Trace
from data.asof.events import ends_in_order
from data.asof.money_trail import answers
from data.asof.network import Multigraph, Trails, quick_chains
from data.asof.surroundings import count_companions, largest_crowd
from data.asof.windows import dense_keys, first_at_or_after, previous_of_key, spread_over_keys

NODES, CUSTOMERS = 6, 4
PAYMENTS = st.lists(
    st.tuples(
        st.integers(0, NODES - 1),
        st.integers(0, NODES - 1),
        st.integers(0, 12),
        st.sampled_from([94, 95, 96, 98, 100]),
    ).filter(lambda line: line[0] != line[1]),
    max_size=14,
)


def columns(lines: list[tuple[Any, ...]]) -> list[np.ndarray]:
    """Lines in order of their third entry, the moment, as one array a column."""
    lines = sorted(lines, key=lambda line: line[2])
    return [np.array([line[place] for line in lines], np.int64) for place in range(4)]


@given(lines=PAYMENTS, within=st.sampled_from([1, 3, 8, 30]), kept=st.sampled_from([0.95, 0.97, 1.0]))
def test_chains_are_all_those_that_trying_every_three_payments_finds(lines, within, kept) -> None:
    payer, payee, at, cents = columns(lines)
    graph = Multigraph.of(payer, payee, at, cents, NODES)
    party, edge = quick_chains(graph, Trails.of(graph, within, (0.0, 1.5), 20, threads=1), within, kept)
    hop = graph.row[edge]
    expected = set()
    for g, f, e in product(range(len(at)), repeat=3):
        parties = [payer[g], payer[f], payer[e], payee[e]]
        if payee[g] != payer[f] or payee[f] != payer[e] or len(set(parties)) < 4:
            continue
        if at[g] < at[f] < at[e] and at[e] - at[g] <= within:
            fees = [kept * cents[g] <= cents[f] <= cents[g], kept * cents[f] <= cents[e] <= cents[f]]
            if all(fees):
                expected |= {(who, e) for who in parties}
    found = list(zip(party.tolist(), hop.tolist(), strict=True))
    assert len(found) == len(set(found))
    assert set(found) == expected


@given(
    lines=st.lists(
        st.tuples(st.integers(0, 2), st.booleans(), st.integers(0, 20), st.sampled_from([90, 100, 110])),
        max_size=15,
    ),
    after=st.sampled_from([0, 2]),
    within=st.sampled_from([3, 10, 50]),
)
def test_answers_are_those_of_every_pair(lines, after, within) -> None:
    other, opens, at, cents = columns(lines)
    opens = opens.astype(bool)
    starts = np.array([0, len(at)])
    met = previous_of_key(starts, other, np.ones(len(at), bool))
    found = answers(at, cents, met, opens, ~opens, after, within, 0.95, 1.05)
    expected = [
        bool(
            not opens[k]
            and any(
                opens[j]
                and other[j] == other[k]
                and after < at[k] - at[j] <= within
                and 0.95 * cents[j] <= cents[k] <= 1.05 * cents[j]
                for j in range(len(at))
            )
        )
        for k in range(len(at))
    ]
    assert found.tolist() == expected


@given(
    dealings=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 20), st.integers(0, 5)), max_size=20),
    as_of=st.integers(0, 25),
    days=st.sampled_from([2, 7, 30]),
    within=st.sampled_from([0, 1, 3]),
)
def test_the_largest_crowd_is_that_of_sql(dealings, as_of, days, within) -> None:
    """Customer 0 asks; everybody's dealings, customer 0's too, are the crowd."""
    table = pd.DataFrame(dealings, columns=["party", "moment", "customer"]).astype("int64")
    mine = table[table["customer"] == 0].sort_values("moment")
    party, at, customer = (table[name].to_numpy() for name in ("party", "moment", "customer"))
    crowd = Crowd.of(party, at, customer, 3)
    starts = np.array([0, len(mine)])
    moments, asked = mine["moment"].to_numpy(), np.array([0])
    first = first_at_or_after(starts, moments, asked, np.array([as_of - days]))
    end = first_at_or_after(starts, moments, asked, np.array([as_of]))
    found = largest_crowd(
        first, end, np.array([as_of]), np.ones(len(mine), bool), moments, mine["party"].to_numpy(),
        crowd.starts, crowd.at, crowd.customer, within, 1_000, 6,
    )  # fmt: skip
    with duckdb.connect() as bench:
        bench.register("dealings", table)
        query = """
            SELECT coalesce(max(n), 0) FROM (
                SELECT count(DISTINCT o.customer) AS n FROM dealings m JOIN dealings o USING (party)
                WHERE m.customer = 0 AND m.moment >= $1 - $2 AND m.moment < $1 AND o.moment < $1
                  AND abs(o.moment - m.moment) <= $3
                GROUP BY m.party, m.moment)
        """
        (expected,) = bench.execute(query, [as_of, days, within]).fetchone()
    assert found.tolist() == [expected]


USES = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(0, 20), st.none() | st.integers(1, 15)),
    max_size=12,
)


@given(
    uses=USES,
    fast=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 25), st.integers(1, 5)), max_size=12),
    as_of=st.integers(1, 25),
    window=st.sampled_from([1, 5, 30]),
)
def test_companions_are_those_of_every_pair_of_stretches(uses, fast, as_of, window) -> None:
    ids, household = np.arange(100, 106), pd.Series([1, 1, 2, None, None, 2], dtype="Int64")
    rows = [(100 + who, device, since, None if n is None else since + n) for who, device, since, n in uses]
    table = pd.DataFrame(rows, columns=["customer_id", "device_id", "valid_from", "valid_to"])
    for name in ("valid_from", "valid_to"):
        moments = pd.to_datetime(table[name].astype("Int64"), unit="us", utc=True)
        table[name] = moments.astype("datetime64[us, UTC]")
    table = table.astype({"customer_id": "int64", "device_id": "int64"})
    devices = DeviceUses.of(table, ids, household)
    who, when, cents = (np.array([line[place] for line in fast], np.int64) for place in range(3))
    trace = Trace.of(who, when, cents, 6)
    others, passed_on = count_companions(
        np.arange(6), np.full(6, as_of), window, devices.starts, devices.device, devices.since,
        devices.until, devices.user_starts, devices.user, devices.user_since, devices.user_until,
        devices.household, trace.starts, trace.at, trace.running, window, 4, 100,
    )  # fmt: skip
    homes = [1, 1, 2, None, None, 2]

    def touches(use: tuple[Any, ...]) -> bool:
        _, _, since, n = use
        return since < as_of and (n is None or since + n > as_of - window)

    for me in range(6):
        mine = {device for one, device, *rest in uses if one == me and touches((one, device, *rest))}
        near = {
            use[0]
            for use in uses
            if use[0] != me and use[1] in mine and touches(use)
            and (homes[use[0]] is None or homes[use[0]] != homes[me])
        }  # fmt: skip
        assert others[me] == len(near)
        sums = [sum(c for w, t, c in fast if w == one and as_of - window <= t < as_of) for one in near]
        assert passed_on[me] == sum(total >= 4 for total in sums)


@given(
    lines=st.lists(
        st.tuples(st.integers(0, 4), st.booleans(), st.integers(0, 9), st.integers(1, 50)), max_size=20
    ),
    top=st.integers(1, 3),
)
def test_the_spread_over_keys_is_that_of_pandas(lines, top) -> None:
    key, selected, _, weight = columns(lines)
    chosen = selected.astype(bool)
    starts, window = np.array([0, len(key)]), (np.array([0]), np.array([len(key)]))
    dense = dense_keys(starts, key)
    found = spread_over_keys(*window, np.array([True]), chosen, dense, weight, top, True)
    frame = pd.DataFrame({"key": key[chosen], "weight": weight[chosen]})
    if frame.empty:
        assert all(np.isnan(part[0]) for part in found)
        return
    sums, counts = frame.groupby("key")["weight"].sum(), frame["key"].value_counts()
    shares = counts / counts.sum()
    assert found[0][0] == pytest.approx(sums.nlargest(top).sum() / sums.sum())
    assert found[1][0] == pytest.approx((counts > 1).mean())
    assert found[2][0] == pytest.approx(-(shares * np.log2(shares)).sum())


@given(lines=PAYMENTS, seed=st.integers(0, 99), in_order=st.booleans(), cores=st.integers(1, 3))
def test_ends_are_dealt_out_in_the_order_of_a_full_sort(lines, seed, in_order, cores) -> None:
    payer, payee, at, cents = columns(lines)
    ids = np.random.default_rng(seed).permutation(len(at))
    if in_order:
        payer, payee, at, cents = (column[np.lexsort((ids, at))] for column in (payer, payee, at, cents))
        ids = np.arange(len(at))
    whose = np.arange(NODES) < CUSTOMERS
    found = ends_in_order(payer, payee, at, ids, cents, whose, CUSTOMERS, cores)
    ends = [(payer[p], at[p], 1, ids[p], p) for p in range(len(at)) if whose[payer[p]]]
    ends += [(payee[p], at[p], 0, ids[p], p) for p in range(len(at)) if whose[payee[p]]]
    ends.sort()
    assert found.payment.tolist() == [end[4] for end in ends]
    assert found.is_credit.tolist() == [end[2] == 0 for end in ends]
    assert found.starts.tolist() == [sum(end[0] < c for end in ends) for c in range(CUSTOMERS + 1)]
    payment = [end[4] for end in ends]
    other = np.where(found.is_credit, payer[payment], payee[payment])
    assert found.counterparty.tolist() == other.tolist()
    assert found.at.tolist() == at[payment].tolist()
    assert found.cents.tolist() == cents[payment].tolist()


@given(
    moments=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 30)), max_size=25),
    asked=st.lists(st.tuples(st.integers(0, 2), st.integers(-1, 32)), min_size=1, max_size=12),
    in_order=st.booleans(),
)
def test_the_first_event_at_or_after_is_that_of_counting(moments, asked, in_order) -> None:
    """Whether or not the queries come in order, from which the search profits."""
    owner, at = (np.array([line[place] for line in sorted(moments)], np.int64) for place in range(2))
    starts = np.searchsorted(owner, np.arange(4))
    asked = sorted(asked) if in_order else asked
    who, when = (np.array([line[place] for line in asked], np.int64) for place in range(2))
    found = first_at_or_after(starts, at, who, when)
    expected = [
        int(starts[c] + (at[starts[c] : starts[c + 1]] < t).sum()) for c, t in zip(who, when, strict=True)
    ]
    assert found.tolist() == expected
