"""Files of a foreign data set: the rows that can be read, and those that cannot, with the reason."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet

from data.sources.cells import KINDS, Cells, Place, joined_with_bank, names
from data.sources.settings import Terms
from pipeline import BadInput


@dataclass(frozen=True)
class Sheet:
    """What a file says.

    ``rows`` has the asked columns, typed; its index is the number of the row in the file, from
    1. ``unreadable`` has (row, column, expected, found), one row for each row left out.
    ``texts`` has the cells as written of the columns kept so, of all rows; ``accounts`` names
    the columns that hold accounts.
    """

    path: Path
    rows: pd.DataFrame
    unreadable: pd.DataFrame
    texts: pd.DataFrame
    accounts: frozenset[str]

    @property
    def aside(self) -> tuple[str, str, pd.DataFrame]:
        """The rows left out, as World keeps them."""
        what = self.path.name.split(".")[0].lower().replace("-", "_")
        return f"{what}_unreadable", "a cell cannot be read", self.unreadable

    def each_once(self, column: str) -> None:
        """Refuse a file in which a value of a key column stands twice."""
        values = self.rows[column]
        repeated = pd.Series(values.cat.codes).duplicated().to_numpy().nonzero()[0]
        if len(repeated):
            row, found = self.rows.index[repeated[0]], values.iloc[repeated[0]]
            raise BadInput(
                f"{self.path}, row {row}, column {column}: expected each value once, found {found} again"
            )


def only_file(folder: Path, pattern: str) -> Path:
    """The one file of a folder whose name is like ``pattern``."""
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        names_found = ", ".join(path.name for path in found) or "none"
        raise BadInput(f"{folder}: expected one file {pattern}, found {names_found}")
    return found[0]


def read_csv(path: Path, columns: dict[str, str], terms: Terms, as_written: tuple[str, ...] = ()) -> Sheet:
    """Columns of a CSV file by name and kind (see ``cells.KINDS``).

    A name with a plus is two columns read as one, their cells with a blank between them; where
    one is empty, so is the whole.
    ``as_written`` columns are kept as they stand besides.
    """
    try:
        with warnings.catch_warnings():
            # Without the index a row longer than the header would shift every column by one.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            text = pd.read_csv(path, dtype=str, keep_default_na=False, index_col=False)
    except FileNotFoundError:
        raise BadInput(f"{path}: the file is missing") from None
    except pd.errors.ParserWarning:
        raise BadInput(f"{path}: expected a CSV file (rows are longer than the header)") from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: expected a CSV file ({str(error).strip()})") from None
    for column in columns:
        if f"{column}.1" in text and f"{column}.1" not in columns:
            raise BadInput(f"{path}: column {column!r} stands twice")
    parts = [part for name in columns for part in name.split("+")]
    _demand(path, [*parts, *as_written, *_banks(columns, terms)], list(text.columns))
    for name in columns:
        first, *rest = name.split("+")
        if rest:
            is_whole = (text[[first, *rest]] != "").all(axis=1)
            text[name] = text[first].str.cat(text[rest], sep=" ").where(is_whole, "")
    wanted = [*columns, *_banks(columns, terms)]
    raw = {name: pa.array(text[name], pa.large_string()) for name in wanted}
    return _sheet(path, columns, raw, text[list(as_written)], terms)


def read_parquet(path: Path, columns: dict[str, str], terms: Terms) -> Sheet:
    """Columns of a Parquet file (or a folder of such) by name and kind (see ``cells.KINDS``)."""
    try:
        found = parquet.ParquetDataset(path)
        _demand(path, [*columns, *_banks(columns, terms)], found.schema.names)
        table = found.read([*columns, *_banks(columns, terms)])
    except FileNotFoundError:
        raise BadInput(f"{path}: the file is missing") from None
    except (OSError, ValueError) as error:
        raise BadInput(f"{path}: expected a Parquet file ({str(error).splitlines()[0]})") from None
    raw = {name: table[name].combine_chunks() for name in table.column_names}
    return _sheet(path, columns, raw, pd.DataFrame(), terms)


def _banks(columns: dict[str, str], terms: Terms) -> list[str]:
    """The columns with the banks of the account columns, where the terms name any."""
    return [
        terms.params.bank_of[name]
        for name, kind in columns.items()
        if kind == "account" and name in terms.params.bank_of
    ]


def _demand(path: Path, columns: list[str], found: list[str]) -> None:
    for column in columns:
        if column not in found:
            raise BadInput(f"{path}: column {column!r} is missing, found {', '.join(found)}")


def _sheet(
    path: Path, columns: dict[str, str], raw: dict[str, pa.Array], texts: pd.DataFrame, terms: Terms
) -> Sheet:
    count = len(next(iter(raw.values())))
    first_bad = np.full(count, -1)
    typed: dict[str, np.ndarray | pd.Categorical] = {}
    expected = []
    for number, (column, kind) in enumerate(columns.items()):
        place = Place(str(path), column, terms)
        cells = KINDS[kind](raw[column], place)
        if kind == "account" and column in terms.params.bank_of:
            cells = _with_bank(cells, raw[terms.params.bank_of[column]], place)
        typed |= cells.columns
        expected.append(cells.expected)
        first_bad[cells.is_bad & (first_bad < 0)] = number
    rows = pd.DataFrame(typed, index=pd.RangeIndex(1, count + 1))
    bad = np.flatnonzero(first_bad >= 0)
    names_of = list(columns)
    unreadable = pd.DataFrame(
        {
            "row": bad + 1,
            "column": [names_of[number] for number in first_bad[bad]],
            "expected": [expected[number] for number in first_bad[bad]],
            "found": [
                _shown(raw[names_of[number]][row])
                for row, number in zip(bad.tolist(), first_bad[bad].tolist(), strict=True)
            ],
        }
    ).astype({"column": "str", "expected": "str", "found": "str"})
    if len(bad) > terms.limits.most_unreadable_share * count:
        row, column, wanted, found = unreadable.iloc[0]
        raise BadInput(
            f"{path}, row {row}, column {column}: expected {wanted}, found {found}; "
            f"{len(bad):,} of {count:,} rows cannot be read, "
            f"more than {terms.limit('most_unreadable_share')} allows"
        )
    accounts = frozenset(column for column, kind in columns.items() if kind == "account")
    return Sheet(path, rows[first_bad < 0] if len(bad) else rows, unreadable, texts, accounts)


def _with_bank(account: Cells, bank: pa.Array, place: Place) -> Cells:
    """The account column told apart by bank; a missing bank is a missing id."""
    banks = names(bank, Place(place.file, place.terms.params.bank_of[place.column], place.terms))
    (bank_names,), (account_names,) = banks.columns.values(), account.columns.values()
    assert isinstance(bank_names, pd.Categorical) and isinstance(account_names, pd.Categorical)
    is_bad = account.is_bad | banks.is_bad
    return Cells(
        {place.column: joined_with_bank(bank_names, account_names, place)}, is_bad, "an id and its bank"
    )


def _shown(cell: pa.Scalar) -> str:
    value = cell.as_py()
    return "nothing" if value is None else repr(value)
