"""Blocks of raw cells as rows of transactions, and as rows set aside, each with one reason."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.feeds.cells import (
    cells_joined,
    missing,
    one_of,
    texts,
    unfit_names,
    units_of_money,
    utc_moments,
    with_slash,
    within_days,
)
from data.feeds.files import SHOWN, Block
from data.feeds.mapping import BATCH_COLUMNS, Mapping

CASH = "cash"  # the party behind money that comes or goes as cash
LARGEST_CENTS = 2**53
ASIDE = pa.schema(
    [
        ("row", pa.int64()),
        ("reason", pa.string()),
        ("column", pa.string()),
        ("expected", pa.string()),
        ("found", pa.large_string()),
    ]
)
# Why a row is set aside, in the order in which it is looked for.
REASONS = (
    "number_of_cells",
    "end_of_payment",
    "direction",
    "amount",
    "not_positive",
    "currency",
    "time",
    "time_out_of_range",
    "label",
    "label_known",
    "id",
    "repeated_id",
)


@dataclass
class Marks:
    """Which rows of a block are set aside; the first reason that is met counts.

    ``rows`` (n,) are their numbers in the file, ``cells`` the columns as they stand.
    """

    rows: np.ndarray
    cells: dict[str, pa.Array]
    fine: np.ndarray = field(init=False)
    tables: list[pa.Table] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.fine = np.ones(len(self.rows), bool)

    def set_aside(self, is_bad: np.ndarray, reason: str, column: str, expected: str) -> None:
        """Mark rows for a reason; ``column`` is the name in the file, with pluses where it is several."""
        places = np.flatnonzero(is_bad & self.fine)
        if not len(places):
            return
        self.fine[places] = False
        found = [self._shown(column, place) for place in places.tolist()]
        self.tables.append(aside_rows(self.rows[places], reason, column, expected, found))

    def _shown(self, column: str, place: int) -> str:
        values = (self.cells[name][place].as_py() for name in column.split("+") if name in self.cells)
        return " ".join("nothing" if value is None else str(value) for value in values)[:SHOWN]


def aside_rows(
    rows: np.ndarray | list[int], reason: str, column: str, expected: str, found: list[str]
) -> pa.Table:
    """Rows set aside for one reason, as they are kept."""
    size = len(rows)
    columns = [rows, [reason] * size, [column] * size, [expected] * size, found]
    return pa.table(
        [pa.array(values, kind) for values, kind in zip(columns, ASIDE.types, strict=True)], ASIDE
    )


class Repeats:
    """Ids that stood before, known by 64 bits each: five million are told apart in 40 MB.

    Two different ids have the same bits once in a million files of that size.
    """

    def __init__(self) -> None:
        self._seen = np.empty(0, np.uint64)

    def of(self, ids: pa.Array, fine: np.ndarray) -> np.ndarray:
        """Which of the ids of rows so far fine stood before, shape (n,); the first one stays."""
        marks = pd.util.hash_array(ids.to_numpy(zero_copy_only=False).astype(object), categorize=False)
        places = np.searchsorted(self._seen, marks)
        known = np.zeros(len(marks), bool)
        inside = places < len(self._seen)
        known[inside] = self._seen[places[inside]] == marks[inside]
        places = np.flatnonzero(fine & ~known)
        fresh, first = np.unique(marks[places], return_index=True)
        is_again = np.ones(len(places), bool)
        is_again[first] = False
        known[places] = is_again
        self._seen = np.insert(self._seen, np.searchsorted(self._seen, fresh), fresh)
        return known


def typed(block: Block, mapping: Mapping, repeats: Repeats) -> tuple[pa.Table, list[pa.Table]]:
    """The usable rows of a block, columns as ``BATCH_COLUMNS`` and those kept; and all others."""
    marks = Marks(block.rows, block.cells)
    columns = mapping.columns
    kind = _words(block, columns.kind)
    is_cash = one_of(kind, mapping.cash.kinds)
    payer, payee, own = _ends(block, mapping, is_cash, marks)
    amount, cents, currency = _amounts(block, mapping, marks)
    if mapping.amount.negative == "reverse":
        payer, payee = _chosen(amount < 0, payee, payer)
        own = np.where(amount < 0, ~own, own)
        amount, cents = np.abs(amount), np.abs(cents)
    at = _times(block, mapping, marks)
    label, known = _labels(block, mapping, at, marks)
    ids = _ids(block, mapping, marks, repeats)
    values = [
        pa.array(block.rows), ids, _stamps(at), payer, payee, pa.array(amount), pa.array(cents), currency,
        kind, pa.array(is_cash), label, _words(block, columns.typology), known,
        _own_end(own, mapping),
    ]  # fmt: skip
    kept = {name: texts(block.cells[name], name)[0] for name in mapping.keep}
    table = pa.table([*values, *kept.values()], names=[*BATCH_COLUMNS, *kept])
    asides = marks.tables
    if block.broken:
        rows, cells, lines = zip(*block.broken, strict=True)
        found = [f"{count} cells: {line}" for count, line in zip(cells, lines, strict=True)]
        asides = [aside_rows(list(rows), REASONS[0], "", "as many cells as the header", found), *asides]
    return (table if marks.fine.all() else table.filter(pa.array(marks.fine))), asides


def _words(block: Block, column: str | None) -> pa.Array:
    """A column of words, null where it is missing or the file has none."""
    if column is None:
        return pa.nulls(len(block.rows), pa.large_string())
    text = cells_joined([texts(block.cells[part], part)[0] for part in column.split("+")])
    return pc.if_else(pa.array(missing(text)), None, text)


def _stamps(at: np.ndarray) -> pa.Array:
    return pa.array(at.astype("datetime64[us]"), pa.timestamp("us")).cast(pa.timestamp("us", "UTC"))


def _chosen(swap: np.ndarray, one: pa.Array, other: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Two columns: ``one`` and ``other`` where swapped, else ``other`` and ``one``."""
    is_swapped = pa.array(swap)
    return pc.if_else(is_swapped, one, other), pc.if_else(is_swapped, other, one)


def _own_end(is_payer: np.ndarray, mapping: Mapping) -> pa.Array:
    """Which end the statement is of, null where the file is no statement."""
    if not mapping.columns.is_statement:
        return pa.nulls(len(is_payer), pa.large_string())
    return pa.array(np.where(is_payer, "payer", "payee"), pa.large_string())


def _ends(
    block: Block, mapping: Mapping, is_cash: np.ndarray, marks: Marks
) -> tuple[pa.Array, pa.Array, np.ndarray]:
    """Payer and payee, and whether the payer is the account that the row is of.

    The end of cash that is no account is the party ``cash``.
    """
    columns = mapping.columns
    first, second = (_party(block, mapping, end, is_cash, marks) for end in columns.ends)
    if mapping.direction is None:
        return first, second, np.ones(len(block.rows), bool)
    words = _words(block, columns.direction)
    came, left = one_of(words, mapping.direction.into), one_of(words, mapping.direction.out)
    expected = " or ".join((*mapping.direction.out, *mapping.direction.into))
    marks.set_aside(~(came ^ left), "direction", columns.direction or "", expected)
    return *_chosen(came, second, first), ~came


def _party(block: Block, mapping: Mapping, end: str, is_cash: np.ndarray, marks: Marks) -> pa.Array:
    column = getattr(mapping.columns, end)
    text, is_bad = texts(cells_joined([block.cells[part] for part in column.split("+")]), column)
    nothing = missing(text)
    at_desk = is_cash & (nothing | one_of(text, mapping.cash.no_account))
    is_bad = is_bad | nothing | unfit_names(text, mapping.limits.longest_id)
    expected = f"an id of at most {mapping.limits.longest_id} letters"
    bank_column = getattr(mapping.columns, f"{end}_bank")
    if bank_column:
        bank, is_bad_bank = texts(block.cells[bank_column], bank_column)
        is_bad_bank |= missing(bank) | unfit_names(bank, mapping.limits.longest_id)
        # The first slash parts bank and account, so that no two pairs are written alike.
        is_bad_bank |= with_slash(bank)
        marks.set_aside(
            is_bad_bank & ~at_desk, "end_of_payment", bank_column, "an id of a bank, without a slash"
        )
        text = pc.binary_join_element_wise(bank, text, pa.scalar("/", pa.large_string()))
    marks.set_aside(is_bad & ~at_desk, "end_of_payment", column, expected)
    return pc.if_else(pa.array(at_desk), pa.scalar(CASH, text.type), text)


def _amounts(block: Block, mapping: Mapping, marks: Marks) -> tuple[np.ndarray, np.ndarray, pa.Array]:
    """Amounts in the file's currency, in cents of the base currency, and the currency."""
    columns, params = mapping.columns, mapping.amount
    amount = units_of_money(block.cells[columns.amount], params)
    marks.set_aside(np.isnan(amount), "amount", columns.amount, "a number below 1e15")
    is_wrong = amount == 0 if params.negative == "reverse" else amount <= 0
    marks.set_aside(is_wrong, "not_positive", columns.amount, "an amount above zero")
    currency = _words(block, columns.currency)
    base = amount
    if columns.currency and params.rates:
        encoded = pc.dictionary_encode(pc.fill_null(currency, ""))
        rates = np.array([params.rates.get(name, np.nan) for name in encoded.dictionary.to_pylist()])
        rate = rates[encoded.indices.to_numpy(zero_copy_only=False)] if len(rates) else np.empty(0)
        marks.set_aside(np.isnan(rate), "currency", columns.currency, "a currency of amount.rates")
        base = amount * rate
    cents = np.round(np.nan_to_num(base) * 100)
    marks.set_aside(np.abs(cents) >= LARGEST_CENTS, "amount", columns.amount, "an amount of below 2^53 cents")
    # What is less than a cent is still a payment.
    whole = np.maximum(np.where(np.abs(cents) < LARGEST_CENTS, np.abs(cents), 1), 1).astype(np.int64)
    return amount, np.where(amount < 0, -whole, whole), currency


def _times(block: Block, mapping: Mapping, marks: Marks) -> np.ndarray:
    column, params = mapping.columns.time, mapping.time
    at = utc_moments(cells_joined([block.cells[part] for part in column.split("+")]), params)
    expected = f"a time like {params.format}" if params.format else f"a number of {params.unit}"
    marks.set_aside(
        np.isnat(at), "time", column, expected if params.format or params.unit else "an ISO 8601 time"
    )
    first, last = np.datetime64(params.earliest), np.datetime64(params.latest)
    is_inside = within_days(first, last, at)
    marks.set_aside(~is_inside, "time_out_of_range", column, f"from {params.earliest} to {params.latest}")
    return at


def _labels(block: Block, mapping: Mapping, at: np.ndarray, marks: Marks) -> tuple[pa.Array, pa.Array]:
    """Labels, null where there is none, and when each was known."""
    columns, params = mapping.columns, mapping.label
    if columns.label is None:
        size = len(block.rows)
        return pa.nulls(size, pa.bool_()), pa.nulls(size, pa.timestamp("us", "UTC"))
    words = _words(block, columns.label)
    yes, no = one_of(words, params.positive), one_of(words, params.negative)
    has_none = pc.is_null(words).to_numpy(zero_copy_only=False)
    expected = " or ".join((*params.positive[:1], *params.negative[:1]))
    marks.set_aside(~(yes | no) & ~has_none, "label", columns.label, expected)
    if columns.label_known:
        known = utc_moments(block.cells[columns.label_known], mapping.time)
        is_bad = np.isnat(known) & ~has_none
        marks.set_aside(is_bad, "label_known", columns.label_known, "the time at which the label was known")
    else:
        known = at + np.timedelta64(round(params.known_after_days * 86_400), "s")
    no_label = pa.array(has_none)
    return pc.if_else(no_label, None, pa.array(yes)), pc.if_else(no_label, None, _stamps(known))


def _ids(block: Block, mapping: Mapping, marks: Marks, repeats: Repeats) -> pa.Array:
    column = mapping.columns.id
    if column is None:
        return pa.nulls(len(block.rows), pa.large_string())
    ids, is_bad = texts(block.cells[column], column)
    is_bad = is_bad | missing(ids) | unfit_names(ids, mapping.limits.longest_id)
    marks.set_aside(is_bad, "id", column, f"an id of at most {mapping.limits.longest_id} letters")
    marks.set_aside(repeats.of(ids, marks.fine), "repeated_id", column, "each id once, the first one stays")
    return ids
