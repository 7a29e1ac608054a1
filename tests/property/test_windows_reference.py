"""The as-of engine against two others: pandas that anybody can read, and SQL by DuckDB."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from data.asof import WAYS, Events, Parties, Past, happened_within, pairs_within
from data.asof.windows import count_distinct, number_keys, previous_of_key
from data.observe import Params
from data.schema import DAY_US
from data.selections import selections
from tests.property.worlds import AS_OF, PAST, drawn_bank
from tests.spec.ledger import Ledger

EXPLAINED = ("payroll", "utility", "loan_repayment", "shopping", "savings")
LICENSED = ("broker", "insurer")
WINDOWS = st.sampled_from([1, 7, 10, 30, 90])
CHOICES = st.sampled_from([(), ("credit",), ("debit",), ("cash", "credit"), ("unexplained", "debit")])


@dataclass(frozen=True)
class Asked:
    """An engine with its queries, and the plain events it answers from."""

    past: Past
    customer_id: np.ndarray
    as_of_us: np.ndarray
    events: pd.DataFrame
    joined_us: dict[int, int]

    def answers(self, days: int, select: tuple[str, ...] = ()) -> list[pd.DataFrame]:
        """By query, the selected events of its customer in [as_of - days, as_of)."""
        chosen = self.events[self.events[list(select)].all(axis=1)] if select else self.events
        return [
            chosen[(chosen["customer_id"] == who) & (chosen["at"] >= t - days * DAY_US) & (chosen["at"] < t)]
            for who, t in zip(self.customer_id, self.as_of_us, strict=True)
        ]


def plain_events(ledger: Ledger) -> pd.DataFrame:
    """Both ends of every payment, one row a customer's end, written out the long way."""
    owner = ledger.accounts.set_index("account_id")["customer_id"]
    holder = ledger.accounts.set_index("account_id")["holder"]
    rows = []
    for row in ledger.transactions.itertuples(index=False):
        payer, payee = owner[row.payer_account_id], owner[row.payee_account_id]
        if pd.notna(payer) and pd.notna(payee) and payer == payee:
            continue
        sides = (
            (payer, payee, row.payee_account_id, row.payer_balance_cents, False),
            (payee, payer, row.payer_account_id, row.payee_balance_cents, True),
        )
        for me, other, account, balance, is_credit in sides:
            if pd.notna(me):
                rows.append(
                    {
                        "customer_id": int(me),
                        "at": row.at.value // 1_000,
                        "cents": row.amount_cents,
                        "balance": balance / 100,
                        "counterparty": f"account {account}" if pd.isna(other) else f"customer {other}",
                        "city": -1 if pd.isna(row.city) else row.city,
                        "credit": is_credit,
                        "debit": not is_credit,
                        "cash": row.channel in ("cash_deposit", "cash_withdrawal"),
                        "unexplained": row.purpose not in EXPLAINED and holder[account] not in LICENSED,
                    }
                )  # fmt: skip
    return pd.DataFrame(rows)


def ask(lines: list[tuple[Any, ...]], params: Params) -> Asked:
    """Ask of every customer at the moments of all events, just after them, and at a Monday."""
    ledger = drawn_bank(lines)
    parties = Parties.of(ledger.customers["customer_id"], ledger.accounts)
    events = Events.of(ledger.transactions, parties)
    origin = int(ledger.periods["starts_at"].astype("int64").min())
    at = ledger.transactions["at"].astype("int64").to_numpy()[-8:]
    moments = np.unique(np.concatenate([at, at + 1, at + 7 * DAY_US, [AS_OF.value // 1_000]]))
    size = len(parties.customer_id)
    customer = np.repeat(np.arange(size), len(moments))
    as_of = np.tile(moments, size)
    joined = ledger.customers.set_index("customer_id")["joined_at"].astype("int64")
    past = Past(
        events,
        customer,
        as_of,
        selections(events, origin, params),
        {"cents": events.cents},
        {"joined_us": joined.loc[parties.customer_id].to_numpy()},
    )
    return Asked(past, parties.customer_id[customer], as_of, plain_events(ledger), joined.to_dict())


@given(lines=PAST, days=WINDOWS, select=CHOICES)
def test_totals_counts_and_distinct_keys_are_those_of_pandas(lines, days, select, observe_params) -> None:
    asked = ask(lines, observe_params)
    windows = asked.answers(days, select)
    total = asked.past.total(*select, days=days)
    assert np.round(total * 100).astype(int).tolist() == [window["cents"].sum() for window in windows]
    assert asked.past.count(*select, days=days).tolist() == [len(window) for window in windows]
    for key in ("counterparty", "city"):
        expected = [window[key].nunique() for window in windows]
        assert asked.past.distinct(*select, days=days, key=key).tolist() == expected


@given(lines=PAST, days=st.lists(WINDOWS, min_size=1, max_size=3), seed=st.integers(0, 99))
def test_flows_are_the_counts_totals_and_counterparties_of_credits_and_debits(
    lines, days, seed, observe_params
) -> None:
    """Asked for one by one they come from other kernels; and queries may come in any order."""
    past = ask(lines, observe_params).past
    order = np.random.default_rng(seed).permutation(len(past)) if seed % 2 else np.arange(len(past))
    mixed = past.asked(past._customer[order], past._as_of[order])
    flows = mixed.flows(*days)
    for window, number in enumerate(days):
        for place, way in enumerate(WAYS):
            assert flows.count[window, place].tolist() == past.count(way, days=number)[order].tolist()
            assert flows.total[window, place].tolist() == past.total(way, days=number)[order].tolist()
            assert flows.distinct[window, place].tolist() == past.distinct(way, days=number)[order].tolist()


@given(lines=PAST, days=st.sampled_from([30, 90]), gap=st.sampled_from([1, 7, 30]))
def test_a_total_with_a_gap_leaves_the_last_days_out(lines, days, gap, observe_params) -> None:
    asked = ask(lines, observe_params)
    whole, near = asked.answers(days), asked.answers(gap)
    expected = [a["cents"].sum() - b["cents"].sum() for a, b in zip(whole, near, strict=True)]
    total = asked.past.total(days=days, gap_days=gap)
    assert np.round(total * 100).astype(int).tolist() == expected


@given(lines=PAST, days=st.sampled_from([1, 7, 30]), known=st.sampled_from([1, 30, 90]))
def test_new_counterparties_are_those_that_pandas_finds(lines, days, known, observe_params) -> None:
    asked = ask(lines, observe_params)
    share = asked.past.new_share("credit", days=days, known_days=known)
    windows = asked.answers(days, ("credit",))
    longer = asked.answers(days + known, ("credit",))
    for got, window, history in zip(share, windows, longer, strict=True):
        now = set(window["counterparty"])
        before = set(history.drop(window.index)["counterparty"])
        if now:
            assert got == len(now - before) / len(now)
        else:
            assert np.isnan(got)


@given(lines=PAST, days=WINDOWS)
def test_the_lowest_balance_and_the_silence_are_those_of_pandas(lines, days, observe_params) -> None:
    asked = ask(lines, observe_params)
    lowest, silent = asked.past.lowest_balance(days=days), asked.past.silent_days(before_days=days)
    windows, ever = asked.answers(days), asked.answers(10_000)
    for number, (window, history) in enumerate(zip(windows, ever, strict=True)):
        if window.empty:
            assert np.isnan(lowest[number])
            assert np.isnan(silent[number])
            continue
        assert lowest[number] == window["balance"].min()
        opens = asked.as_of_us[number] - days * DAY_US
        earlier = history.drop(window.index)["at"]
        since = asked.joined_us[asked.customer_id[number]] if earlier.empty else earlier.max()
        assert silent[number] == max(opens - since, 0) / DAY_US


@settings(max_examples=200)
@given(
    lines=st.lists(st.tuples(st.integers(0, 2), st.integers(-2, 3), st.booleans()), max_size=25),
    asked=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9), st.integers(0, 9)), max_size=10),
    in_order=st.booleans(),
    apart=st.sampled_from([1, 2**40]),
)
def test_keys_are_those_of_sets_whatever_they_are_and_however_the_windows_lie(
    lines, asked, in_order, apart
) -> None:
    """Codes that count in a table and numbers too far apart for one; windows that slide or jump back."""
    lines = sorted(lines, key=lambda line: line[0])
    owner, key, selected = (np.array([line[i] for line in lines], np.int64) for i in range(3))
    key, selected = key * apart, selected.astype(bool)
    starts = np.searchsorted(owner, np.arange(4))
    edges = [sorted(np.minimum(starts[c] + [a, b], starts[c + 1]).tolist()) for c, a, b in asked]
    first, end = np.array(sorted(edges) if in_order else edges, np.int64).reshape(-1, 2).T
    found = count_distinct(first, end, selected, number_keys(starts, key))
    expected = [len(set(key[a:b][selected[a:b]].tolist())) for a, b in zip(first, end, strict=True)]
    assert found.tolist() == expected
    for k, before in enumerate(previous_of_key(starts, key, selected)):
        same = selected & (owner == owner[k]) & (key == key[k]) & (np.arange(len(key)) < k)
        assert before == (np.flatnonzero(same).max(initial=-1) if selected[k] else -1)


SQL = """
    SELECT q.number, count(e.at) AS n, coalesce(sum(e.cents), 0) AS cents,
           count(DISTINCT e.counterparty) AS others
    FROM queries q LEFT JOIN events e
      ON e.customer_id = q.customer_id AND e.at >= q.as_of - ? * 86400000000 AND e.at < q.as_of AND e.credit
    GROUP BY q.number ORDER BY q.number
"""


@settings(max_examples=15)
@given(lines=PAST, days=WINDOWS)
def test_duckdb_finds_the_same_in_half_open_windows(lines, days, observe_params) -> None:
    asked = ask(lines, observe_params)
    queries = pd.DataFrame(
        {"number": np.arange(len(asked.as_of_us)), "customer_id": asked.customer_id, "as_of": asked.as_of_us}
    )
    events = asked.events
    with duckdb.connect() as bench:
        bench.register("queries", queries)
        bench.register("events", events)
        found = bench.execute(SQL, [days]).df()
    assert asked.past.count("credit", days=days).tolist() == found["n"].tolist()
    assert np.round(asked.past.total("credit", days=days) * 100).tolist() == found["cents"].tolist()
    assert asked.past.distinct("credit", days=days).tolist() == found["others"].tolist()


@settings(max_examples=100)
@given(
    moments=st.lists(st.tuples(st.integers(1, 4), st.integers(0, 40)), max_size=12),
    asked=st.lists(st.tuples(st.integers(1, 5), st.integers(0, 40)), min_size=1, max_size=8),
    days=st.sampled_from([1, 3, 10]),
    at_now=st.booleans(),
)
def test_what_happened_within_is_half_open_at_the_start_or_at_the_moment(
    moments, asked, days, at_now
) -> None:
    def table(rows: list[tuple[int, int]], name: str) -> pd.DataFrame:
        frame = pd.DataFrame(rows, columns=["customer_id", name]).astype("int64")
        frame[name] = pd.to_datetime(frame[name] * DAY_US, unit="us", utc=True).astype("datetime64[us, UTC]")
        return frame

    def is_within(at: int, day: int) -> bool:
        return day - days < at <= day if at_now else day - days <= at < day

    queries = table(asked, "as_of").assign(query=range(len(asked)))
    told = table(moments, "at").assign(moment=range(len(moments)))
    found = happened_within(told, queries["customer_id"], queries["as_of"], days, at_now)
    pairs = [
        [number for number, (w, at) in enumerate(moments) if w == who and is_within(at, day)]
        for who, day in asked
    ]
    assert found.tolist() == [bool(mine) for mine in pairs]
    joined = pairs_within(told, queries, days, at_now)
    expected = [
        (query, number)
        for query, mine in enumerate(pairs)
        for number in sorted(mine, key=lambda number: moments[number][1])
    ]
    assert list(zip(joined["query"], joined["moment"], strict=True)) == expected
    assert list(joined) == ["customer_id", "as_of", "query", "at", "moment"]
