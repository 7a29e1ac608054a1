"""What an engine wrote by part, put together again, and what it should have written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet

import pipeline
from engines.features.passes import SUBJECT_LINES
from engines.puts import files_of
from engines.relations import Dealing, Engine
from features import build
from features import schema as feature_schema
from tests.property.harm import Harmed

PARTS = 6
# Of features; all customers of its first part are asleep, and many parties are cut into slices.
DEALING = Dealing(PARTS, 104_729, 5, hub=300)
DEALINGS = [Dealing(1), Dealing(5, 7_919, 13), Dealing(11, 104_729, 5), Dealing(5, 7_919, 13, hub=20)]
KEYS = ["customer_id", "as_of"]


def gathered(folder: Path) -> pa.Table:
    """All that counts in a folder, where nobody may have left hidden and half-written files."""
    assert not list(folder.glob(".*"))
    return pa.concat_tables([parquet.read_table(file, partitioning=None) for file in files_of(folder)])


def in_order(windows: pa.Table) -> pa.Table:
    """Window columns in the order of the ends of payments."""
    keys = [("transaction_id", "ascending"), ("is_credit", "ascending")]
    return windows.sort_by(keys).combine_chunks().replace_schema_metadata(None)


def in_folder(folder: Path) -> pa.Table:
    """The window columns in a folder."""
    return in_order(gathered(folder))


def written(engine: Engine, bank: Path, out: Path, kernel: Harmed) -> int:
    """Rows of the windows of the bank that an engine says it wrote to a folder."""
    engine.table("bank", bank)
    dealt = f"SELECT CAST(customer % {PARTS} AS INT) AS part, * FROM bank"
    return engine.write(out, kernel, {"ends": dealt}, ["windows"])["windows"]


def in_one(folder: Path) -> pd.DataFrame:
    """The indicators in a folder, in the order of one machine."""
    return gathered(folder).to_pandas().sort_values(["customer_id", "as_of"], ignore_index=True)


def differing(found: pd.DataFrame, expected: pd.DataFrame) -> list[str]:
    """Columns that are missing, too many or not the same to the byte."""
    named = set(found) ^ set(expected)
    both = [name for name in expected if name in found]
    return sorted(named) + [name for name in both if contents(found[name]) != contents(expected[name])]


def matrix_of(built: build.ModelInputs) -> pd.DataFrame:
    """The feature matrix of stage build by customer and moment."""
    matrix = pd.concat([built.subjects[KEYS], built.matrix.drop(columns="subject_id")], axis=1)
    return matrix.sort_values(KEYS, ignore_index=True)


def differing_features(folder: Path, built: build.ModelInputs) -> list[str]:
    """Columns of the matrix, the lines and the tokens in a folder that are not those of stage build."""
    matrix = matrix_of(built)
    found = in_one(folder / pipeline.table_name(feature_schema.FeatureMatrix))
    moved = [] if list(found) == list(matrix) else ["the order of columns"]
    tokens = gathered(folder / pipeline.table_name(feature_schema.Sequences)).to_pandas()
    tokens = tokens.sort_values("customer_id", kind="stable")
    lines = gathered(folder / SUBJECT_LINES).to_pandas().sort_values(KEYS, ignore_index=True)
    first = np.searchsorted(tokens["customer_id"], lines["customer_id"])  # lines count from a customer's own
    lines = lines.assign(**{name: lines[name] + first for name in ("token_first", "token_end")})
    spans = built.subjects.drop(columns="subject_id").sort_values(KEYS, ignore_index=True)
    return moved + differing(found, matrix) + differing(tokens, built.line) + differing(lines, spans)


def contents(column: pd.Series) -> bytes:
    """The bytes of a column; moments as their microseconds."""
    return (column.astype("int64") if column.name == "as_of" else column).to_numpy().tobytes()
