"""A matrix is read by its wanted rows, and libraries of trees come without what nobody uses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as parquet
import pytest

import pipeline
from features.schema import FeatureMatrix

ROWS = 1_000


@pytest.fixture
def whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """A matrix of more columns than are unpacked together, in seven row groups."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pipeline, "ROWS_IN_A_GROUP", 150)
    rng = np.random.default_rng(1)
    values = rng.standard_normal((ROWS, 20)).astype(np.float32)
    values[rng.random(values.shape) < 0.3] = np.nan
    values[:, 7] = np.nan
    table = pd.DataFrame(values, columns=[f"feature_{number}" for number in range(20)])
    table.insert(0, "subject_id", np.arange(ROWS))
    pipeline.write(FeatureMatrix, table)
    assert parquet.ParquetFile(pipeline.table_path(FeatureMatrix)).num_row_groups == 7
    return table.drop(columns="subject_id")


def test_chosen_rows_are_those_of_the_table_in_the_order_asked_for(whole: pd.DataFrame) -> None:
    rng = np.random.default_rng(2)
    choices = [
        rng.permutation(ROWS)[:400],
        np.arange(160, 290),
        np.array([999, 0, 999, 149, 150]),
        np.empty(0, np.int64),
    ]
    found = pipeline.read_matrix(FeatureMatrix, choices, without=("subject_id",))
    for rows, mine in zip(choices, found, strict=True):
        expected = whole.iloc[rows].reset_index(drop=True)
        pd.testing.assert_frame_equal(mine, expected, check_exact=True)
        assert mine.to_numpy().flags.f_contiguous


def test_row_groups_of_which_nothing_is_asked_are_not_unpacked(
    whole: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked = set()
    read = parquet.ParquetFile.read_row_group

    def noted(self: parquet.ParquetFile, number: int, **others: object) -> object:
        unpacked.add(number)
        return read(self, number, **others)

    monkeypatch.setattr(parquet.ParquetFile, "read_row_group", noted)
    pipeline.read_matrix(FeatureMatrix, [np.array([310, 899])], without=("subject_id",))
    assert unpacked == {2, 5}


@pytest.mark.parametrize("name", ["lightgbm", "xgboost"])
def test_trees_are_imported_without_scikit_learn_which_stays_importable(name: str) -> None:
    code = (
        f"import sys; from models.zoo import library; library('{name}'); "
        "assert 'sklearn' not in sys.modules; import sklearn; assert sklearn.__version__"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
