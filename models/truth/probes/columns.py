"""The columns of single payments: everything that a payment says of itself, and its digits alone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.asof import bank_time
from models.truth.probes.ground import Ground

# Endings that people like: eights and sixes, 520 ("I love you"), 1314 ("for life").
LUCKY_ENDINGS = (6, 8, 66, 88, 99, 520, 666, 888, 999, 1314, 6666, 8888)


def digits(cents: np.ndarray) -> pd.DataFrame:
    """Digits of amounts, without their size as far as digits can be without; one row an amount.

    ``round_to`` counts up from 0: cents, whole yuan, tens, hundreds, thousands. No more than
    two last digits: of most payments three would be the whole sum.
    """
    yuan = cents // 100
    round_to = sum((cents % (100 * 10**power) == 0).astype(np.int8) for power in range(4))
    is_lucky = np.isin(yuan, LUCKY_ENDINGS) | np.isin(yuan % 100, [66, 88, 99]) | np.isin(yuan % 1000, [520])
    is_lucky |= np.isin(yuan % 10_000, [1314])
    sixes_eights, fours, seen = np.zeros(len(cents)), np.zeros(len(cents)), np.zeros(len(cents))
    left = yuan.copy()
    while (left > 0).any():
        digit, is_digit = left % 10, left > 0
        sixes_eights += is_digit & ((digit == 6) | (digit == 8))
        fours += is_digit & (digit == 4)
        seen += is_digit
        left //= 10
    return pd.DataFrame(
        {
            "round_to": round_to,
            "cents": cents % 100,
            "last_digit": yuan % 10,
            "last_two_digits": yuan % 100,
            "is_lucky": is_lucky,
            "sixes_eights_share": sixes_eights / np.maximum(seen, 1),
            "fours": fours,
        }
    )


def payment_columns(ground: Ground, rows: np.ndarray) -> pd.DataFrame:
    """All that single payments say of themselves; ``rows`` are places in the table, in order."""
    cents, payer, payee = ground.cents[rows], ground.payer[rows], ground.payee[rows]
    table = ground.transactions
    local = bank_time(table["at"].iloc[rows], ground.first_day).dt
    holder, income = ground.parties.holder, _of_customers(ground, "monthly_income_cents")
    home, city = _of_customers(ground, "city"), _known(table["city"].iloc[rows])
    end = np.where(np.isnan(home[payer]), payee, payer)
    columns = {
        "channel": ground.channel[rows],
        "purpose": ground.purpose[rows],
        "payer_kind": holder[payer],
        "payee_kind": holder[payee],
        "is_abroad": ground.is_abroad[rows],
        "is_own": payer == payee,
        "amount": cents,
        "amount_to_payer_income": cents / income[payer],
        "amount_to_payee_income": cents / income[payee],
        "hour": (local.hour + local.minute / 60).to_numpy(),
        "weekday": local.day_of_week.to_numpy(),
        "day_of_month": local.day.to_numpy(),
        "payer_balance_to_amount": _known(table["payer_balance_cents"].iloc[rows]) / cents,
        "payee_balance_to_amount": _known(table["payee_balance_cents"].iloc[rows]) / cents,
        "met_before": payments_before(payer, payee, ground, rows),
        "city": city,
        "is_home_city": np.where(np.isnan(city) | np.isnan(home[end]), np.nan, city == home[end]),
    }
    return pd.concat([pd.DataFrame(columns), digits(cents)], axis=1)


def payments_before(payer: np.ndarray, payee: np.ndarray, ground: Ground, rows: np.ndarray) -> np.ndarray:
    """How many payments from the same payer to the same payee lie before each; shape (rows,)."""
    nodes = len(ground.parties.holder)
    wanted = payer * nodes + payee
    every = ground.payer * nodes + ground.payee
    chosen = np.flatnonzero(pd.Series(every).isin(pd.unique(wanted)).to_numpy())
    key = every[chosen]
    order = np.argsort(key, kind="stable")
    is_first = np.diff(key[order], prepend=-1) != 0
    start = np.maximum.accumulate(np.where(is_first, np.arange(len(key)), 0))
    count = np.empty(len(key), np.int64)
    count[order] = np.arange(len(key)) - start
    return count[np.searchsorted(chosen, rows)]


def _of_customers(ground: Ground, name: str) -> np.ndarray:
    """A number of the customers by node, NaN where unknown or outside; shape (nodes,)."""
    result = np.full(len(ground.parties.holder), np.nan)
    values = _known(ground.customers[name])
    result[: len(values)] = np.where(values == 0, np.nan, values) if name.endswith("cents") else values
    return result


def _known(values: pd.Series) -> np.ndarray:
    return values.to_numpy(dtype=float, na_value=np.nan)
