"""A search of hyper-parameters that is killed goes on where it was, to the same bytes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

import pipeline
from features import schema as features_schema
from models import schema

ROOT = Path.cwd()
TRIALS = 12  # ten at random, then two that depend on what those found
# Runs the stage; dies without a word when it is about to fit once more than it may.
RUN = """
import os, runpy, signal, sys
from models.zoo.lightgbm import LightgbmLearner
fit, fits, most = LightgbmLearner.fit, [], int(sys.argv[1])
def fit_or_die(self, choice):
    if len(fits) == most:
        os.kill(os.getpid(), signal.SIGKILL)
    fits.append(choice)
    return fit(self, choice)
LightgbmLearner.fit = fit_or_die
sys.argv = ["tune", "lightgbm"]
runpy.run_module("models.tune", run_name="__main__", alter_sys=True)
print(len(fits))
"""


def lay_out(folder: Path, monkeypatch: pytest.MonkeyPatch, flip: int = 0, earlier: bool = False) -> None:
    """A folder with a small split, its folds and a matrix; ``flip`` labels are others.

    With an ``earlier`` fold the second hundred of training subjects is judged as well.
    """
    rng = np.random.default_rng(1)
    count = 400
    values = rng.standard_normal((count, 3)).astype(np.float32)
    label = (values[:, 0] + rng.standard_normal(count) > 1.5).astype(float)
    label[:flip] = 1 - label[:flip]
    split = pd.DataFrame(
        {
            "subject_id": np.arange(count),
            "customer_id": np.arange(count) % 100,
            "as_of": pd.Timestamp("2025-01-06", tz="UTC") + pd.to_timedelta(np.arange(count) // 100 * 7, "D"),
            "role": np.where(np.arange(count) < 200, "train", "validation"),
            "label": label,
            "weight": 1.0,
            "label_source": "disposition",
            "label_event_at": pd.Timestamp("2025-01-05", tz="UTC").as_unit("us"),
        }
    )
    params = pipeline.read_yaml(ROOT / "params.yaml")
    params["models"]["lightgbm"] |= {"trials": TRIALS, "trees": [2, 9], "threads": 1}
    params["tune"]["patient_trials"] = 3
    params["budget"]["alerts_per_thousand_customers_week"] = 50
    folder.mkdir(exist_ok=True)
    (folder / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
    monkeypatch.chdir(folder)
    pipeline.write(schema.Split, split)
    sides = [(np.arange(100), np.arange(100, 200))] if earlier else []
    sides.append((np.arange(200), np.arange(200, count)))
    parts = [
        split.loc[rows, ["subject_id", "label", "weight"]].assign(fold=number, role=role)
        for number, fold in enumerate(sides)
        for role, rows in zip(schema.FOLD_ROLES, fold, strict=True)
    ]
    pipeline.write(schema.Folds, pd.concat(parts)[["fold", "subject_id", "role", "label", "weight"]])
    matrix = pd.DataFrame(values, columns=["one", "two", "three"])
    pipeline.write(features_schema.FeatureMatrix, pd.concat([split[["subject_id"]], matrix], axis=1))
    monkeypatch.chdir(ROOT)


def tune(folder: Path, most: int) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", RUN, str(most)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def studies(folder: Path) -> list[Path]:
    return sorted((folder / "artifacts/studies").iterdir())


def test_a_search_killed_twice_ends_as_one_that_never_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for folder in (whole, killed):
        lay_out(folder, monkeypatch)
    done = tune(whole, TRIALS)
    assert done.returncode == 0, done.stderr[-2_000:]
    assert int(done.stdout.split()[-1]) == TRIALS
    out = "artifacts/models/tuned/lightgbm.json"

    for most in (4, 7):  # at random, then where the sampler has begun to learn
        assert tune(killed, most).returncode == -signal.SIGKILL
        assert not (killed / out).exists()
        assert len(studies(killed)) == 1
    resumed = tune(killed, TRIALS)
    assert resumed.returncode == 0, resumed.stderr[-2_000:]
    assert int(resumed.stdout.split()[-1]) == TRIALS - 4 - 7
    assert (killed / out).read_bytes() == (whole / out).read_bytes()
    assert len(json.loads((whole / out).read_text())["trials"]) == TRIALS
    assert not studies(killed), "a search that is done leaves a study"


def test_a_search_over_folds_gives_poor_trials_up_and_resumes_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for folder in (whole, killed):
        lay_out(folder, monkeypatch, earlier=True)
    done = tune(whole, 2 * TRIALS)
    assert done.returncode == 0, done.stderr[-2_000:]
    out = "artifacts/models/tuned/lightgbm.json"
    trials = json.loads((whole / out).read_text())["trials"]
    judged = [len(trial["folds"]) for trial in trials]
    assert [trial["is_pruned"] for trial in trials] == [folds == 1 for folds in judged]
    assert 0 < sum(trial["is_pruned"] for trial in trials) < TRIALS
    assert [trial["folds"][0]["fold"] for trial in trials] == [1] * TRIALS, "the latest fold comes first"
    assert int(done.stdout.split()[-1]) == sum(judged), "a fold was fitted that nobody asked for"

    assert tune(killed, 13).returncode == -signal.SIGKILL
    resumed = tune(killed, 2 * TRIALS)
    assert int(resumed.stdout.split()[-1]) < sum(judged)
    assert (killed / out).read_bytes() == (whole / out).read_bytes()


def test_a_search_of_other_labels_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out(tmp_path, monkeypatch)
    assert tune(tmp_path, 3).returncode == -signal.SIGKILL
    (older,) = studies(tmp_path)
    lay_out(tmp_path, monkeypatch, flip=5)
    assert tune(tmp_path, 1).returncode == -signal.SIGKILL
    (study,) = studies(tmp_path)
    assert study != older
    assert int(tune(tmp_path, TRIALS).stdout.split()[-1]) == TRIALS - 1


def test_a_search_leaves_the_study_of_a_model_whose_name_begins_with_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(tmp_path, monkeypatch)
    assert tune(tmp_path, 3).returncode == -signal.SIGKILL
    (mine,) = studies(tmp_path)
    other = mine.with_name(mine.name.replace("lightgbm_", "lightgbm_with_more_"))
    mine.rename(other)
    assert tune(tmp_path, 1).returncode == -signal.SIGKILL
    assert other in studies(tmp_path)
