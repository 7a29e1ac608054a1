"""The payments between parties that a part sees, as a graph of its own.

A part has all payments of its own parties, and of others those that concern them. Numbers of parties
and the order of payments are local but in the order of the whole bank's, so that whatever a kernel
decides by order it decides alike in every part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from data.asof.network import Multigraph
from data.parts.bank import column, numbers_by_key, rows_by

PARTIES = ("payer", "payee")


@dataclass(frozen=True)
class LocalGraph:
    """Payments of a part by edge: ``keys`` (nodes,) of the parties in order, ``rows`` of the edges' table."""

    keys: np.ndarray
    graph: Multigraph
    rows: pa.Table

    @classmethod
    def of(cls, ties: pa.Table, others: tuple[np.ndarray, ...] = ()) -> LocalGraph:
        """Order the payments; one that comes twice counts once.

        Parameters
        ----------
        ties : ``transaction_id``, ``moment``, ``cents``, ``payer``, ``payee`` and whatever is known of a
            payment besides
        others : keys of parties that are asked about though they may have no payments here
        """
        ties = rows_by(ties, "moment", "transaction_id")
        number = column(ties, "transaction_id")
        ties = ties.filter(pa.array(np.diff(number, prepend=number[:1] - 1) != 0))
        keys, (payer, payee, *_) = numbers_by_key(*(column(ties, name) for name in PARTIES), *others)
        graph = Multigraph.of(payer, payee, column(ties, "moment"), column(ties, "cents"), len(keys))
        return cls(keys, graph, ties.take(pa.array(graph.row)))

    def node(self, key: np.ndarray) -> np.ndarray:
        """Numbers of parties by their keys."""
        return np.searchsorted(self.keys, key)

    def told(self, name: str) -> np.ndarray:
        """A column of the edges' table, shape (n,)."""
        return column(self.rows, name)

    def edge(self, transaction_id: np.ndarray) -> np.ndarray:
        """Edges by the numbers of their payments; n for those that are not here."""
        number = self.told("transaction_id")
        if not len(number):
            return np.zeros(np.shape(transaction_id), np.int64)
        order = np.argsort(number, kind="stable")
        place = np.minimum(np.searchsorted(number[order], transaction_id), len(number) - 1)
        found = order[place]
        return np.where(number[found] == transaction_id, found, len(number))
