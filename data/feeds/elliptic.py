"""Elliptic's three files as nodes with features, labels and edges: a graph of transactions, no payments.

Its nodes are transactions and its edges flows of bitcoin between them; amounts and parties are not
told, so that no stream of payments can be made of it. Times are steps of about two weeks.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.feeds.cells import missing, one_of, texts
from data.feeds.files import blocks_of
from data.feeds.mapping import FileForm
from data.sources.cells import numbers
from parameters import BadInput

FEATURES, CLASSES, EDGES = (f"elliptic_txs_{name}.csv" for name in ("features", "classes", "edgelist"))
FEATURE_COLUMNS = 165  # after id and step
ILLICIT, LICIT, UNKNOWN = ("1", "illicit"), ("2", "licit"), ("unknown", "3")


@dataclass(frozen=True)
class EllipticGraph:
    """Transactions of a graph.

    ``name`` (n,) texts; ``step`` (n,) int64; ``features`` (n, 165) float32; ``label`` (n,) int8: 1
    illicit, 0 licit, -1 unknown; ``edges`` (m, 2) places of nodes, from and to. ``notes`` say what
    was set aside.
    """

    name: np.ndarray
    step: np.ndarray
    features: np.ndarray
    label: np.ndarray
    edges: np.ndarray
    notes: list[str]


def read_elliptic(folder: Path) -> EllipticGraph:
    """The nodes of a folder; a node that the classes do not name is unknown.

    Raises
    ------
    BadInput
        If a file is missing or a node is listed twice, has no name, step or feature that is a number,
        or a class of another name.
    """
    header = ("id", "step", *(f"f{number}" for number in range(FEATURE_COLUMNS)))
    cells = _columns(folder / FEATURES, FileForm(header=header), list(header))
    name = _names(cells["id"], folder / FEATURES)
    if name.has_duplicates:
        raise BadInput(f"{folder / FEATURES}: transaction {name[name.duplicated()][0]} is listed twice")
    values = np.stack([numbers(cells[column]) for column in header[1:]], axis=1)
    row, column = np.nonzero(~np.isfinite(values))
    if len(row):
        raise BadInput(f"{folder / FEATURES}, row {row[0] + 1}: column {column[0] + 2} holds no number")
    edges, note = _edges(folder / EDGES, name)
    return EllipticGraph(
        name=name.to_numpy(),
        step=values[:, 0].astype(np.int64),
        features=values[:, 1:].astype(np.float32),
        label=_labels(folder / CLASSES, name),
        edges=edges,
        notes=note,
    )


def _columns(path: Path, form: FileForm, wanted: list[str]) -> dict[str, pa.Array]:
    blocks = list(blocks_of(path, form, wanted))
    broken = [row for block in blocks for row in block.broken]
    if broken:
        raise BadInput(f"{path}, row {broken[0][0]}: expected {len(wanted)} cells, found {broken[0][1]}")
    return {column: pa.concat_arrays([block.cells[column] for block in blocks]) for column in wanted}


def _names(column: pa.Array, path: Path) -> pd.Index:
    text, is_bad = texts(column, "id")
    is_bad = is_bad | missing(text)
    if is_bad.any():
        raise BadInput(f"{path}, row {int(np.flatnonzero(is_bad)[0]) + 1}: a transaction has no id")
    return pd.Index(text.to_pandas().astype(object))


def _labels(path: Path, name: pd.Index) -> np.ndarray:
    cells = _columns(path, FileForm(), ["txId", "class"])
    word, _ = texts(cells["class"], "class")
    illicit, licit, unknown = (one_of(word, words) for words in (ILLICIT, LICIT, UNKNOWN))
    odd = ~(illicit | licit | unknown)
    if odd.any():
        row = int(np.flatnonzero(odd)[0])
        raise BadInput(f"{path}, row {row + 1}: expected class 1, 2 or unknown, found {word[row].as_py()!r}")
    of = pd.Series(np.where(illicit, 1, np.where(licit, 0, -1)), _names(cells["txId"], path))
    if of.index.has_duplicates:
        raise BadInput(f"{path}: transaction {of.index[of.index.duplicated()][0]} is listed twice")
    return of.reindex(name).fillna(-1).to_numpy(np.int8)


def _edges(path: Path, name: pd.Index) -> tuple[np.ndarray, list[str]]:
    cells = _columns(path, FileForm(), ["txId1", "txId2"])
    known = pa.array(name.to_numpy(), pa.large_string())
    ends = [
        pc.fill_null(pc.index_in(texts(cells[end], end)[0], value_set=known), -1).to_numpy(
            zero_copy_only=False
        )
        for end in ("txId1", "txId2")
    ]
    edges = np.stack(ends, axis=1).astype(np.int64)
    lost = (edges < 0).any(axis=1)
    notes = [f"{int(lost.sum()):,} of {len(edges):,} edges name an unknown transaction"] if lost.any() else []
    return edges[~lost], notes
