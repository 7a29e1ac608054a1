"""The transfers of a foreign file: who paid whom, how much, when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.sources.clock import Clock, read_clock
from data.sources.settings import Terms
from data.sources.sheets import Sheet

Aside = list[tuple[str, str, pd.DataFrame]]


def timestamps(us: np.ndarray) -> pd.DatetimeIndex:
    """Microseconds as moments in UTC."""
    return pd.DatetimeIndex(np.asarray(us, np.int64).astype("datetime64[us]"), tz="UTC")


@dataclass(frozen=True)
class Transfers:
    """The transfers of a file, one place a row that can be read.

    Parameters
    ----------
    payer, payee : names of the accounts
    yuan, at_us, row : shape (n,), amount, moment in UTC microseconds, row of the file from 1
    clock : the clock that the moments are on
    place : the file, for the messages
    """

    payer: pd.Categorical
    payee: pd.Categorical
    yuan: np.ndarray
    at_us: np.ndarray
    row: np.ndarray
    clock: Clock
    place: str

    def parties(self) -> list[str]:
        """The names of all accounts that pay or are paid."""
        return [
            name for end in (self.payer, self.payee) for name in end.categories[np.unique(end.codes)].tolist()
        ]

    def table(self, chosen: np.ndarray) -> pd.DataFrame:
        """The chosen rows as they are set aside, with names as the file writes them."""
        return pd.DataFrame(
            {
                "row": self.row[chosen],
                "payer": self.payer[chosen].astype(str),
                "payee": self.payee[chosen].astype(str),
                "yuan": self.yuan[chosen],
                "at": timestamps(self.at_us[chosen]),
            }
        )


def read_transfers(
    sheet: Sheet, payer: str, payee: str, amount: str, time: str, terms: Terms, yuan: np.ndarray | None = None
) -> Transfers:
    """The transfers of a sheet by the names of its columns; ``yuan`` where the amount is converted."""
    rows = sheet.rows
    at_us, clock = read_clock(rows[time].to_numpy(), rows[f"{time} offset"].to_numpy(), sheet, time, terms)
    return Transfers(
        payer=rows[payer].array,
        payee=rows[payee].array,
        yuan=rows[amount].to_numpy() if yuan is None else yuan,
        at_us=at_us,
        row=rows.index.to_numpy(),
        clock=clock,
        place=str(sheet.path),
    )


def in_yuan(sheet: Sheet, amount: str, currency: str, terms: Terms) -> tuple[np.ndarray, list[str]]:
    """Amounts by the source's ``rates`` (CNY for one unit), and what the log says of currencies.

    A currency without a rate leaves its amounts as they stand where no rates are given at all,
    and is no amount (NaN) where some are.
    """
    amounts, kinds = sheet.rows[amount].to_numpy(), sheet.rows[currency].array
    rates = terms.params.rates
    if not rates:
        found = len(np.unique(kinds.codes))
        several = f"{sheet.path}: amounts in {found} currencies count as they stand ({terms.key('rates')})"
        return amounts, [several] if found > 1 else []
    rate = np.array([rates.get(name, np.nan) for name in kinds.categories])
    without = [name for name in kinds.categories if name not in rates]
    missing = (
        f"{sheet.path}: no {terms.key('rates')} for {', '.join(without)}: set aside as no positive amount"
    )
    return amounts * rate[kinds.codes], [missing] if without else []


def ids_in_order(names: Iterable[str]) -> pd.Index:
    """Distinct names; an account's number is its place. Shorter ones first, as numbers count.

    The order of the rows in a file does not show in the numbers.
    """
    return pd.Index(sorted(set(names), key=lambda name: (len(name), name)), dtype="str")


def numbers_of(names: pd.Categorical, known: pd.Index) -> np.ndarray:
    """Places of names among the known ones, -1 where a name is unknown, shape (n,)."""
    places = known.get_indexer(names.categories.astype("str"))
    return places[names.codes] if len(places) else np.full(len(names), -1)
