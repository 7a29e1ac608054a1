"""A small set of features that two engines must agree on: this project's window engine, and polars.

For both ends of every payment between two accounts, as of the midnight before it: how many payments
came in and went out within 1, 7 and 28 days, their sum in cents, and with how many different
counterparties. 18 columns an end, 36 a payment. polars may sum up each account's day before it rolls,
which is the fastest way of writing it that was found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.windows import engine_flows
from data.asof import WAYS
from data.feeds import Ledger
from data.schema import DAY_US

DAYS = (1, 7, 28)
NAMES = [f"{what}_{way}_{days}d" for days in DAYS for way in WAYS for what in ("count", "sum", "distinct")]


@dataclass(frozen=True)
class Payments:
    """Payments between two accounts in order of time, each array of shape (n,); ``day`` counts days."""

    payer: np.ndarray
    payee: np.ndarray
    day: np.ndarray
    cents: np.ndarray

    @classmethod
    def of(cls, ledger: Ledger) -> Payments:
        """Those of a ledger; what an account pays to itself is left out."""
        other = ledger.payer != ledger.payee
        day = ledger.at_us[other] // DAY_US
        return cls(ledger.payer[other], ledger.payee[other], day, ledger.cents[other])

    def __len__(self) -> int:
        """How many payments."""
        return len(self.day)


# What an engine gives: a function that has all answers ready, asked for those of some payments,
# (payments asked, 2 ends, columns of NAMES), the payer's end first.
Answers = Callable[[np.ndarray], np.ndarray]


def by_engine(payments: Payments) -> Answers:
    """The pipeline's own kernels, on every core."""
    ends, found = engine_flows(payments.payer, payments.payee, payments.day * DAY_US, payments.cents, DAYS)

    def of(asked: np.ndarray) -> np.ndarray:
        places = np.flatnonzero(np.isin(ends.payment, asked))
        order = np.lexsort((ends.is_credit[places], ends.payment[places]))
        three = found.count, np.round(found.total * 100), found.distinct
        parts = [
            part[window, way, places] for window in range(len(DAYS)) for way in range(2) for part in three
        ]
        return np.stack(parts, axis=1)[order].reshape(len(asked), 2, -1)

    return of


def by_polars(payments: Payments) -> Answers:
    """Rolling groups over each account's days, closed on the left, joined back to the payments."""
    import polars as pl

    table = pl.DataFrame({"payment": np.arange(len(payments)), **vars(payments)})
    ends = pl.concat(
        table.select(
            "payment",
            "day",
            "cents",
            pl.col(me).alias("customer"),
            pl.col(other).alias("other"),
            pl.lit(is_credit).alias("is_credit"),
        )
        for me, other, is_credit in (("payer", "payee", False), ("payee", "payer", True))
    )
    of_day, of_window = [], []
    for way in WAYS:
        mine = pl.col("is_credit") == (way == "credit")
        of_day += [
            mine.sum().alias(f"count_{way}"),
            pl.col("cents").filter(mine).sum().alias(f"sum_{way}"),
            pl.col("other").filter(mine).unique().alias(f"distinct_{way}"),
        ]
        of_window += [
            pl.col(f"count_{way}").sum(),
            pl.col(f"sum_{way}").sum(),
            pl.col(f"distinct_{way}").explode().drop_nulls().n_unique(),
        ]
    daily = ends.group_by("customer", "day").agg(of_day).sort("customer", "day", maintain_order=True)
    told = [daily.select("customer", "day")]
    for days in DAYS:
        windows = daily.rolling("day", period=f"{days}i", closed="left", group_by="customer")
        told.append(
            windows.agg(of_window).drop("customer", "day").rename(lambda name, d=days: f"{name}_{d}d")
        )
    whole = ends.select("payment", "customer", "day", "is_credit").join(
        pl.concat(told, how="horizontal"), on=["customer", "day"], how="left"
    )

    def of(asked: np.ndarray) -> np.ndarray:
        found = whole.filter(pl.col("payment").is_in(asked.tolist())).sort(
            "payment", "is_credit", maintain_order=True
        )
        return found.select(NAMES).to_numpy().reshape(len(asked), 2, -1)

    return of


ENGINES: dict[str, Callable[[Payments], Answers]] = {"ours": by_engine, "polars": by_polars}
