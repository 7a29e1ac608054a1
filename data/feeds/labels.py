"""Labels of accounts with the day on which each was known, from a file of their own.

One account may have several rows, known one after the other; what counts as of a moment is the
latest that was known strictly before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.feeds.cells import missing, one_of, texts, unfit_names, utc_moments, with_slash, within_days
from data.feeds.files import blocks_of
from data.feeds.mapping import Column, FeedLabel, FeedTime, FileForm
from data.feeds.rows import Marks, aside_rows
from data.feeds.stream import Accounting
from parameters import BadInput, Parameters


class LabelColumns(Parameters):
    """Columns of a file of labels; ``bank`` where the feed's accounts are told by bank and account."""

    account: Column
    bank: Column | None = None
    label: Column
    known: Column

    def of_file(self) -> list[str]:
        """Every column that is asked for, once, in order."""
        return list(dict.fromkeys(name for name in self.model_dump().values() if name))


class LabelMapping(FileForm):
    """What a file of labels means; times as in the mapping of a feed."""

    columns: LabelColumns
    time: FeedTime = FeedTime()
    label: FeedLabel = FeedLabel()


@dataclass(frozen=True)
class AccountLabels:
    """Labels in the order in which they were known, each of shape (n,).

    ``account`` as a feed names it; ``known_us`` microseconds; ``is_positive``.
    """

    account: np.ndarray
    known_us: np.ndarray
    is_positive: np.ndarray

    def as_of(self, accounts: Sequence[str], moment_us: int) -> np.ndarray:
        """1, 0, or -1 without a label, of each account as known strictly before a moment, int8 (n,)."""
        known = self.known_us < moment_us
        latest = pd.Series(self.is_positive[known].astype(np.int8), self.account[known])
        latest = latest[~latest.index.duplicated(keep="last")]
        return latest.reindex(accounts).fillna(-1).to_numpy(np.int8)


def read_account_labels(path: Path, mapping: LabelMapping) -> tuple[AccountLabels, Accounting]:
    """The labels of a CSV or Parquet file, and what became of its rows.

    Raises
    ------
    BadInput
        As a feed: if the file cannot be read, or more of its rows than the limits allow are set aside.
    """
    account, found = Accounting(), []
    for block in blocks_of(path, mapping, mapping.columns.of_file()):
        marks = Marks(block.rows, block.cells)
        rows = _typed(block.cells, mapping, marks)
        found.append(rows[marks.fine])
        asides = list(marks.tables)
        if block.broken:
            numbers, _, shown = zip(*block.broken, strict=True)
            asides.append(
                aside_rows(list(numbers), "number_of_cells", "", "as many as the header", list(shown))
            )
        account.read += len(block.rows) + len(block.broken)
        account.kept += int(marks.fine.sum())
        for table in asides:
            account.set_aside[table["reason"][0].as_py()] += len(table)
    total = sum(account.set_aside.values())
    if not account.read:
        raise BadInput(f"{path}: the file has no rows")
    if total > mapping.limits.most_set_aside_share * account.read:
        raise BadInput(
            f"{path}: {total:,} of {account.read:,} rows cannot be used; limits.most_set_aside_share allows "
            f"{mapping.limits.most_set_aside_share:g}"
        )
    labels = pd.concat(found).sort_values("known_us", kind="stable")
    columns = (labels[name].to_numpy() for name in ("account", "known_us", "is_positive"))
    return AccountLabels(*columns), account


def _typed(cells: dict[str, pa.Array], mapping: LabelMapping, marks: Marks) -> pd.DataFrame:
    columns, longest = mapping.columns, mapping.limits.longest_id
    name, is_bad = texts(cells[columns.account], columns.account)
    is_bad = is_bad | missing(name) | unfit_names(name, longest)
    marks.set_aside(is_bad, "account", columns.account, f"an id of at most {longest} letters")
    if columns.bank:
        bank, is_bad_bank = texts(cells[columns.bank], columns.bank)
        is_bad_bank = is_bad_bank | missing(bank) | unfit_names(bank, longest) | with_slash(bank)
        marks.set_aside(is_bad_bank, "account", columns.bank, "an id of a bank, without a slash")
        name = pc.binary_join_element_wise(bank, name, pa.scalar("/", pa.large_string()))
    word, _ = texts(cells[columns.label], columns.label)
    yes, no = one_of(word, mapping.label.positive), one_of(word, mapping.label.negative)
    expected = " or ".join((*mapping.label.positive[:1], *mapping.label.negative[:1]))
    marks.set_aside(~(yes | no), "label", columns.label, expected)
    at = utc_moments(cells[columns.known], mapping.time)
    first, last = np.datetime64(mapping.time.earliest), np.datetime64(mapping.time.latest)
    marks.set_aside(
        ~within_days(first, last, at), "label_known", columns.known, "the time at which the label was known"
    )
    return pd.DataFrame(
        {
            "account": name.to_pandas().astype(object),
            "known_us": at.astype("datetime64[us]").astype(np.int64),
            "is_positive": yes,
        }
    )
