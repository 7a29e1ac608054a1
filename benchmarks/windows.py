"""How fast window indicators are answered, beside DuckDB, polars and pandas.

Run by hand from the repository's root: ``python -m benchmarks.windows [transactions]``; the
result goes to benchmarks/results/windows.json, from two million transactions on. Every
engine runs in this process, one after the other, and answers 36 columns a transaction:
count, sum and number of different counterparties of what came in and of what went out in
1, 7 and 30 days strictly before it, for its payer and for its payee. Their values must be
equal. pandas has no rolling distinct count but `Rolling.apply`; what it takes for the other
24 columns alone stands beside. Ours are the pipeline's own `Past` and kernels, from the
payments on: each core deals out a stretch of time and asks for its share of the customers.
The others start from a table in which both ends of
the payments already stand, and use the cores that they find. The best run of an engine
counts, the one run of pandas' slow `apply` excepted, and all memory has been touched before
(see `benchmarks.memory`). polars is optional (``pip install --target``). Windows hold more
payments where fewer customers share them; the second draw says what that is worth (pandas
without its `apply`).

Where the pipeline has run, the seconds of its stages that measure all daily and weekly
indicators and run all rules stand beside.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from benchmarks.memory import touch
from data.asof import WAYS, Events, Flows, Past
from data.asof.events import Ends, ends_in_order, on_cores
from data.indicators import INDICATORS
from data.rules.rulebook import load
from data.schema import DAY_US

RESULT = Path("benchmarks/results/windows.json")
RUNS = Path("artifacts/runs")
TRANSACTIONS = 2_000_000
WARM_UP = 20_000
TOUCHED_GIB = 8
CORES = 2
REPEATS = 3  # fresh memory makes an engine's first run slow; pandas' minutes are run once
DAYS = (1, 7, 30)
SPAN_DAYS = 60
CUSTOMERS = 24_000  # as many as in the standard world; a power law spreads the payments over them
SPARSE_CUSTOMERS = 100_000
NAMES = [f"{what}_{way}_{days}d" for days in DAYS for way in WAYS for what in ("count", "sum", "distinct")]


def draw(transactions: int, customers: int) -> pd.DataFrame:
    """Drawn payments in order of time, no two at one moment."""
    rng = np.random.default_rng(7)
    weight = np.arange(1, customers + 1) ** -0.5
    payer, payee = rng.choice(customers, (2, transactions), p=weight / weight.sum())
    payee = np.where(payee == payer, (payee + 1) % customers, payee)
    gaps = rng.integers(1, 2 * SPAN_DAYS * DAY_US // transactions, transactions)
    cents = rng.integers(100, 5_000_000, transactions)
    return pd.DataFrame({"payer": payer, "payee": payee, "at": np.cumsum(gaps), "cents": cents})


def both_ends(payments: pd.DataFrame) -> pd.DataFrame:
    """One row a customer's end of a payment, in order of time."""
    ways = [("payer", "payee", False), ("payee", "payer", True)]
    ends = [
        pd.DataFrame(
            {
                "customer": payments[me],
                "counterparty": payments[other],
                "at": payments["at"],
                "cents": payments["cents"],
                "is_credit": is_credit,
            }
        )
        for me, other, is_credit in ways
    ]
    return pd.concat(ends).sort_values(["at", "is_credit"], ignore_index=True)


def by_engine(payments: pd.DataFrame) -> pd.DataFrame:
    """The pipeline's own kernels, on every core, as a table."""
    payer, payee, at, cents = (payments[name].to_numpy() for name in ("payer", "payee", "at", "cents"))
    ends, found = engine_flows(payer, payee, at, cents, DAYS)
    columns = {"at": ends.at, "is_credit": ends.is_credit}
    for number, days in enumerate(DAYS):
        for way, name in enumerate(WAYS):
            columns[f"count_{name}_{days}d"] = found.count[number, way]
            columns[f"sum_{name}_{days}d"] = found.total[number, way]
            columns[f"distinct_{name}_{days}d"] = found.distinct[number, way]
    return pd.DataFrame(columns, copy=False)


def engine_flows(
    payer: np.ndarray, payee: np.ndarray, at: np.ndarray, cents: np.ndarray, days: tuple[int, ...]
) -> tuple[Ends, Flows]:
    """Order the events, then ask a `Past` at each of them, on every core."""
    customers = int(max(payer.max(), payee.max())) + 1
    everybody = np.ones(customers, bool)
    ends = ends_in_order(payer, payee, at, np.arange(len(at)), cents, everybody, customers, CORES)
    found = Flows.empty(len(days), len(ends.at))
    cuts = np.searchsorted(ends.starts, np.linspace(0, len(ends.at), CORES + 1))

    def answer(core: int) -> None:
        """Ask for a core's share of the customers."""
        first, end = ends.starts[cuts[core]], ends.starts[cuts[core + 1]]
        events = history(ends, cuts[core], cuts[core + 1])
        past = Past(events, events.customer, events.at, {}, {}, {})
        past.flows(*days, into=found.part(first, end))

    on_cores(answer, CORES)
    return ends, found


def history(ends: Ends, customer: int, until: int) -> Events:
    """What the customers from ``customer`` to ``until`` did, as far as windows ask for it."""
    starts = ends.starts[customer : until + 1]
    mine = slice(starts[0], starts[-1])
    nothing = np.zeros(0, np.int8)
    return Events(
        starts=starts - starts[0],
        customer=np.repeat(np.arange(until - customer), np.diff(starts)),
        at=ends.at[mine],
        cents=ends.cents[mine],
        balance=nothing,
        is_credit=ends.is_credit[mine],
        counterparty=ends.counterparty[mine],
        holder=nothing,
        channel=nothing,
        purpose=nothing,
        city=nothing,
        payment=ends.payment[mine],
    )


def by_duckdb(ends: pd.DataFrame) -> pd.DataFrame:
    """SQL window functions over half-open ranges."""
    columns, windows = [], []
    for days in DAYS:
        windows.append(
            f'w{days} AS (PARTITION BY customer ORDER BY "at"'
            f" RANGE BETWEEN {days * DAY_US} PRECEDING AND 1 PRECEDING)"
        )
        for way, sign in (("credit", ""), ("debit", "NOT ")):
            only = f"FILTER (WHERE {sign}is_credit) OVER w{days}"
            columns += [
                f"count(*) {only} AS count_{way}_{days}d",
                f"coalesce(sum(cents) {only}, 0) / 100 AS sum_{way}_{days}d",
                f"count(DISTINCT counterparty) {only} AS distinct_{way}_{days}d",
            ]
    with duckdb.connect() as bench:
        bench.register("ends", ends)
        query = f'SELECT "at", is_credit, {", ".join(columns)} FROM ends WINDOW {", ".join(windows)}'
        return bench.execute(query).df()


def by_polars(ends: pd.DataFrame) -> pd.DataFrame | None:
    """Rolling groups, closed on the left."""
    try:
        import polars as pl
    except ImportError:
        return None
    columns = ["customer", "counterparty", "at", "cents", "is_credit"]
    table = pl.DataFrame({name: ends[name].to_numpy() for name in columns}).sort("customer", "at")
    parts = []
    for days in DAYS:
        asked = []
        for way, mask in (("credit", pl.col("is_credit")), ("debit", ~pl.col("is_credit"))):
            asked += [
                mask.sum().alias(f"count_{way}_{days}d"),
                (pl.col("cents").filter(mask).sum() / 100).alias(f"sum_{way}_{days}d"),
                pl.col("counterparty").filter(mask).n_unique().alias(f"distinct_{way}_{days}d"),
            ]
        rolling = table.rolling("at", period=f"{days * DAY_US}i", closed="left", group_by="customer")
        parts.append(rolling.agg(asked).drop("customer", "at"))
    found = pl.concat([table.select("at", "is_credit"), *parts], how="horizontal")
    return pd.DataFrame({name: found[name].to_numpy() for name in found.columns}, copy=False)


def by_pandas(ends: pd.DataFrame, with_distinct: bool) -> pd.DataFrame:
    """Rolling sums by customer and, if asked for, distinct counts by a function of each window."""
    credit = ends["is_credit"].to_numpy()
    table = pd.DataFrame({"customer": ends["customer"]})
    for way, mask in (("credit", credit), ("debit", ~credit)):
        table[f"count_{way}"] = mask.astype(float)
        table[f"sum_{way}"] = np.where(mask, ends["cents"], 0) / 100
        table[f"distinct_{way}"] = np.where(mask, ends["counterparty"], -1.0)
    table.index = pd.to_datetime(ends["at"], unit="us")
    table = table.sort_values("customer", kind="stable")
    groups = table.groupby("customer", sort=True)
    found: dict[str, np.ndarray] = {}
    for days in DAYS:
        rolling = groups[[f"{what}_{way}" for way in WAYS for what in ("count", "sum")]].rolling(
            f"{days}D", closed="left"
        )
        sums = rolling.sum().fillna(0.0)
        found |= {f"{name}_{days}d": sums[name].to_numpy() for name in sums.columns}
        for way in WAYS if with_distinct else ():
            windows = groups[f"distinct_{way}"].rolling(f"{days}D", closed="left")
            counted = windows.apply(distinct_keys, raw=True).fillna(0.0)
            found[f"distinct_{way}_{days}d"] = counted.to_numpy()
    keys = ends[["at", "is_credit"]].iloc[np.argsort(ends["customer"].to_numpy(), kind="stable")]
    return pd.DataFrame({name: keys[name].to_numpy() for name in keys.columns} | found, copy=False)


def distinct_keys(window: np.ndarray) -> float:
    """Different keys of a window, -1 standing for none."""
    return float(len(set(window.tolist()) - {-1.0}))


def measured(
    engine: Callable[[pd.DataFrame], pd.DataFrame | None],
    ends: pd.DataFrame,
    ours: pd.DataFrame | None,
    runs: int,
) -> tuple[float | None, pd.DataFrame | None]:
    """Seconds of an engine (the best of its runs), and its values, which must be ours."""
    seconds, found = np.inf, None
    for _ in range(runs):
        found = None  # its memory goes to the next run
        started = time.perf_counter()
        found = engine(ends)
        seconds = min(seconds, time.perf_counter() - started)
    if found is None:
        return None, None
    found = found.sort_values(["at", "is_credit"], ignore_index=True)
    for name in found.columns if ours is not None else ():
        # Floating sums that slide differ in their last digits; whole numbers do not.
        slack = 0.01 if name.startswith("sum") else 0
        assert ours is not None
        np.testing.assert_allclose(found[name], ours[name], rtol=1e-9, atol=slack, err_msg=name)
    return seconds, found


def stage_seconds() -> dict[str, Any] | None:
    """What the last run of the pipeline took for all indicators and all rules."""
    runs = {stage: RUNS / f"{stage}.json" for stage in ("observe", "alert")}
    if not all(path.exists() for path in runs.values()):
        return None
    read = {stage: json.loads(path.read_text(encoding="utf-8")) for stage, path in runs.items()}
    return {
        "transactions": read["observe"]["rows_in"]["transactions"],
        "customer_days": read["observe"]["rows_out"]["daily_indicators"],
        "indicators": len(INDICATORS),
        "rules": len(load().every_rule),
        "seconds": round(read["observe"]["seconds"] + read["alert"]["seconds"], 1),
        "peak_gb": round(read["observe"]["peak_mb"] / 1024, 2),
    }


def race(size: int, customers: int, with_apply: bool) -> dict[str, Any]:
    """All engines on one draw: seconds, and how many times ours they take."""
    payments = draw(size, customers)
    ends = both_ends(payments)
    ours_seconds, ours = measured(by_engine, payments, None, REPEATS)
    assert ours_seconds is not None
    assert ours is not None
    held = ours["count_credit_30d"] + ours["count_debit_30d"]
    result: dict[str, Any] = {
        "transactions": size,
        "customers": customers,
        "columns": 2 * len(NAMES),
        "payments_in_30_days": round(float(held.mean()), 1),
        "seconds": {"ours": round(ours_seconds, 2)},
        "transactions_per_second": round(size / ours_seconds),
    }
    engines: dict[str, Callable[[pd.DataFrame], pd.DataFrame | None]] = {
        "duckdb": by_duckdb,
        "polars": by_polars,
        "pandas_without_distinct": partial(by_pandas, with_distinct=False),
    }
    if with_apply:
        engines["pandas"] = partial(by_pandas, with_distinct=True)
    for name, engine in engines.items():
        seconds, _ = measured(engine, ends, ours, 1 if name == "pandas" else REPEATS)
        result["seconds"][name] = None if seconds is None else round(seconds, 2)
        result[f"ratio_to_{name}"] = None if seconds is None else round(seconds / ours_seconds, 2)
        print(customers, name, result[f"ratio_to_{name}"], flush=True)
    return result


def main() -> None:
    """Measure and write."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else TRANSACTIONS
    touch(TOUCHED_GIB * min(1.0, size / TRANSACTIONS))
    by_engine(draw(WARM_UP, CUSTOMERS))  # numba compiles
    result = race(size, CUSTOMERS, with_apply=True)
    result["where_windows_are_short"] = race(size, SPARSE_CUSTOMERS, with_apply=False)
    result["all_daily_indicators_and_rules"] = stage_seconds()
    print(json.dumps(result, indent=2))
    if size >= TRANSACTIONS:
        RESULT.parent.mkdir(parents=True, exist_ok=True)
        RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
