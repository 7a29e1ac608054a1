"""A feature of the profile is added as the README says: one function, and nothing else is edited."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import console

ADDED = '''"""How long the customer has been one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from features.profile import CDD, Profile, feature


@feature("开户年限", "years", "profile", "assumption", owner=CDD)
def tenure_years(known: Profile) -> np.ndarray:
    """Years since the customer joined."""
    tenure = known.subjects["as_of"] - known.on_file("joined_at")
    return (tenure / pd.Timedelta(days=365)).to_numpy(dtype=float)
'''
VALUE = '''"""The feature that was added, on a little bank."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.property.worlds import drawn_bank, model_inputs, tags


def test_it_is_a_column_of_the_matrix() -> None:
    ledger = drawn_bank([("2025-03-09 10:00", "eve", "carl", 100)])
    inputs = model_inputs(ledger, tags())
    mine = inputs.subjects["customer_id"] == ledger.customer_id["carl"]
    mine &= inputs.subjects["as_of"] == pd.Timestamp("2025-03-10", tz="UTC")
    row = inputs.matrix.set_index("subject_id").loc[inputs.subjects.loc[mine, "subject_id"].iloc[0]]
    assert row["tenure_years"] == pytest.approx(18 / 365, abs=1 / 365)  # carl joined on 20 February
'''
# Also the laws of the room's own files, and the declared deps of every stage.
OF_FEATURES = "feature or tenure or declares"
CATALOGUE = ("tests/spec/test_registry_and_docs.py", "tests/spec/test_features_page.py")


def test_a_feature_is_one_function(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    console.copy_sources(tmp_path)
    (tmp_path / "features/profile/tenure.py").write_text(ADDED, encoding="utf-8")
    (tmp_path / "tests/spec/test_tenure.py").write_text(VALUE, encoding="utf-8")
    chosen = [*CATALOGUE, "tests/pipeline/test_laws.py", "tests/spec/test_tenure.py"]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", "-vv", "-k", OF_FEATURES, *chosen],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2_000:]
    assert "a_known_family[tenure_years] PASSED" in done.stdout
    assert "test_it_is_a_column_of_the_matrix PASSED" in done.stdout
