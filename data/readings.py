"""Room for the indicators of many queries, filled part by part."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from data.indicators import INDICATORS


class Readings:
    """One row a query, one column an indicator: money in one block, all else in another.

    Blocks are what a frame is made of without a copy.

    Parameters
    ----------
    customer_id, as_of : shape (queries,), as_of in UTC microseconds
    money : precision of indicators in yuan; all others are float32
    """

    def __init__(self, customer_id: np.ndarray, as_of: np.ndarray, money: type[np.floating]) -> None:
        self._customer_id, self._as_of = customer_id, as_of
        kinds = [np.dtype(money if entry.is_money else np.float32) for entry in INDICATORS.values()]
        self._names = {
            kind: [name for name, own in zip(INDICATORS, kinds, strict=True) if own == kind]
            for kind in dict.fromkeys(kinds)
        }
        self._blocks = {kind: np.empty((len(names), len(as_of)), kind) for kind, names in self._names.items()}

    def fill(self, first: int, values: Mapping[str, np.ndarray]) -> None:
        """Write every indicator of the queries from ``first`` on."""
        for kind, names in self._names.items():
            for row, name in zip(self._blocks[kind], names, strict=True):
                row[first : first + len(values[name])] = values[name]

    def frame(self) -> pd.DataFrame:
        """The table, on the very memory that was filled."""
        moments = pd.DatetimeIndex(self._as_of.astype("datetime64[us]"), tz="UTC")
        keys = pd.DataFrame({"customer_id": self._customer_id, "as_of": moments})
        blocks = [
            pd.DataFrame(self._blocks[kind].T, columns=names, copy=False)
            for kind, names in self._names.items()
        ]
        return pd.concat([keys, *blocks], axis=1)
