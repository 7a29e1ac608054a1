"""A drawn CSV file in the form of IBM AMLworld's ``*_Trans.csv``, for measuring speed and memory only.

Accounts' weights fall with their rank, rows stand in the order of their hour, not of their minute,
and one payment in a thousand belongs to a fan of small equal payments that is labelled laundering.
What a model makes of these labels says nothing about a real file.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

HEADER = (
    "Timestamp,From Bank,Account,To Bank,Account,Amount Received,Receiving Currency,Amount Paid,"
    "Payment Currency,Payment Format,Is Laundering\n"
)
FORMATS = ("Cheque", "Credit Card", "ACH", "Cash", "Reinvestment", "Wire", "Bitcoin")
FORMAT_SHARES = (0.37, 0.26, 0.12, 0.10, 0.09, 0.03, 0.03)
CURRENCIES = ("US Dollar", "Euro", "Yuan", "Yen", "Bitcoin")
CURRENCY_SHARES = (0.55, 0.25, 0.1, 0.07, 0.03)
FIRST_DAY = np.datetime64("2022-09-01", "m")
DAYS = 18
PAYMENTS_PER_ACCOUNT = 10
BANKS = 30_000
SKEW = 0.5  # exponent of the accounts' weights by rank
LAUNDERING_SHARE = 0.001
FAN = 10  # payments of an attempt, on one day
FAN_AMOUNTS = (9_000.0, 9_900.0)
BLOCK = 500_000  # rows that are drawn at a time


def _accounts(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Banks and names of accounts as the original writes them: padded numbers, hexadecimal."""
    banks = np.array([f"{bank:03d}" for bank in range(BANKS)], object)
    names = np.array([f"{0x800000000 + 16 * number:X}" for number in range(count)], object)
    return banks[np.arange(count) * 7 % BANKS], names


def _block(rng: np.random.Generator, steps: np.ndarray, order: np.ndarray, rows: int) -> pd.DataFrame:
    """Payments between numbered accounts within one block of time, hours in order."""
    last = len(steps) - 1
    payer, payee = (order[np.minimum(np.searchsorted(steps, rng.random(rows)), last)] for _ in range(2))
    form = rng.choice(len(FORMATS), rows, p=FORMAT_SHARES)
    is_self = form == FORMATS.index("Reinvestment")
    payee = np.where(is_self, payer, payee)
    amount = np.round(np.exp(rng.normal(np.log(1_500), 2.0, rows)), 2) + 0.01
    is_bad = np.zeros(rows, np.int8)
    fans = round(rows * LAUNDERING_SHARE / FAN)
    first = rng.choice(rows // FAN, fans, replace=False) * FAN
    for start in first.tolist():
        fan = slice(start, start + FAN)
        payer[fan] = payer[start]
        payee[fan] = rng.choice(order, FAN, replace=False)
        form[fan] = FORMATS.index("ACH")
        amount[fan] = np.round(rng.uniform(*FAN_AMOUNTS, FAN), 2)
        is_bad[fan] = 1
    return pd.DataFrame(
        {
            "payer": payer,
            "payee": payee,
            "form": form,
            "currency": rng.choice(len(CURRENCIES), rows, p=CURRENCY_SHARES),
            "amount": amount,
            "is_bad": is_bad,
        }
    )


def write_file(path: Path, rows: int, seed: int = 0) -> None:
    """Write so many payments of ``DAYS`` days; the same bytes for the same seed."""
    rng = np.random.default_rng(seed)
    accounts = max(rows // PAYMENTS_PER_ACCOUNT, 50)
    banks, names = _accounts(accounts)
    weight = np.arange(1, accounts + 1) ** -SKEW
    steps, order = np.cumsum(weight / weight.sum()), rng.permutation(accounts)
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for begin in range(0, rows, BLOCK):
            count = min(BLOCK, rows - begin)
            drawn = _block(rng, steps, order, count)
            hour = (np.arange(begin, begin + count) * DAYS * 24 // rows).astype(np.int64)
            minute = FIRST_DAY + hour * 60 + rng.integers(0, 60, count)
            texts = pd.Series(minute.astype("datetime64[s]")).dt.strftime("%Y/%m/%d %H:%M")
            currency = np.array(CURRENCIES, object)[drawn["currency"]]
            amount = drawn["amount"].map("{:.2f}".format)
            columns = [
                texts, banks[drawn["payer"]], names[drawn["payer"]], banks[drawn["payee"]],
                names[drawn["payee"]], amount, currency, amount, currency,
                np.array(FORMATS, object)[drawn["form"]], drawn["is_bad"].astype(str),
            ]  # fmt: skip
            pd.concat([pd.Series(column).reset_index(drop=True) for column in columns], axis=1).to_csv(
                file, header=False, index=False, lineterminator="\n"
            )
