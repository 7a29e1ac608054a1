"""A whole stream as arrays in order of time, accounts numbered: what the engines of features take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

WORDS = ("currency", "kind", "typology", "own")


@dataclass(frozen=True)
class Coded:
    """A column of few distinct words: ``codes`` (n,) into ``words``, -1 where there is none."""

    codes: np.ndarray
    words: list[str]


@dataclass(frozen=True)
class Ledger:
    """Transactions in order of time; of one moment in the order of the file.

    ``row``, ``at_us``, ``payer``, ``payee``, ``cents``, ``is_cash``, ``label`` (1, 0, -1 without one),
    ``known_us`` (0 without a label) : shape (n,). ``accounts`` has the names by number, in the
    order in which the file brings them. ``words`` holds currency, kind, typology, the own end and the columns
    kept.
    """

    row: np.ndarray
    at_us: np.ndarray
    payer: np.ndarray
    payee: np.ndarray
    cents: np.ndarray
    is_cash: np.ndarray
    label: np.ndarray
    known_us: np.ndarray
    accounts: list[str]
    words: dict[str, Coded]

    def __len__(self) -> int:
        """How many transactions."""
        return len(self.row)


class Numbering:
    """Distinct texts by number, in the order in which they come."""

    def __init__(self) -> None:
        self.number_of: dict[str, int] = {}

    def codes(self, column: pa.ChunkedArray) -> np.ndarray:
        """Numbers of texts, -1 where there is none, int32 of shape (n,)."""
        encoded = pc.dictionary_encode(column.combine_chunks())
        known = self.number_of
        places = np.array(
            [known.setdefault(text, len(known)) for text in encoded.dictionary.to_pylist()], np.int32
        )
        indices = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
        return np.append(places, np.int32(-1))[indices]


def gather_stream(stream: Iterable[pa.Table], keep: tuple[str, ...] = ()) -> Ledger:
    """Walk through a stream and put it in order of time; about 50 bytes a transaction.

    Parameters
    ----------
    keep : columns of the mapping's ``keep`` that the ledger shall have as words
    """
    accounts, words = Numbering(), {name: Numbering() for name in (*WORDS, *keep)}
    parts: dict[str, list[np.ndarray]] = {}
    for table in stream:
        of_table = {
            "row": table["row"].to_numpy(),
            "at_us": table["at"].cast(pa.int64()).to_numpy(),
            "payer": accounts.codes(table["payer"]),
            "payee": accounts.codes(table["payee"]),
            "cents": table["cents"].to_numpy(),
            "is_cash": table["is_cash"].to_numpy(),
            "label": pc.fill_null(table["label"].cast(pa.int8()), -1).to_numpy(),
            "known_us": pc.fill_null(table["known_at"].cast(pa.int64()), 0).to_numpy(),
        } | {f"word {name}": numbering.codes(table[name]) for name, numbering in words.items()}
        for name, values in of_table.items():
            parts.setdefault(name, []).append(values)
    whole = {name: np.concatenate(parts.pop(name)) for name in list(parts)}
    at_us = whole.get("at_us", np.empty(0, np.int64))
    if len(at_us) and (at_us[1:] < at_us[:-1]).any():
        order = np.argsort(at_us, kind="stable")
        whole = {name: values[order] for name, values in whole.items()}
    empty = np.empty(0, np.int64)
    columns = {
        name: whole.get(name, empty)
        for name in Ledger.__dataclass_fields__
        if name not in ("accounts", "words")
    }
    return Ledger(
        **columns,
        accounts=list(accounts.number_of),
        words={
            name: Coded(whole.get(f"word {name}", empty), list(numbering.number_of))
            for name, numbering in words.items()
        },
    )
