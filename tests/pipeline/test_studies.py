"""Studies stand beside the pipeline: they declare what they read, nothing reads them, and age is seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import optuna
import pytest

import console
import pipeline
import study_pages
from models.budget import Budget
from models.results.studies import Provenance
from models.search import importances, mark_without_trials
from models.tune import Params as TuneParams
from models.tune import Search
from models.zoo import MODELS
from provenance import changes, digest, locked
from tests.pipeline.test_laws import TRUTH, own_files

STUDIES = Path("studies/dvc.yaml")


@pytest.mark.parametrize("name", console.stages(STUDIES))
def test_a_study_declares_every_file_of_the_project_that_it_imports(name: str) -> None:
    stage = console.stages(STUDIES)[name]
    declared = [Path(dep) for dep in stage["deps"]]
    missing = [
        str(file)
        for file in own_files(console.module_of(stage["cmd"]))
        if not any(file == dep or dep in file.parents for dep in declared)
    ]
    assert not missing, f"{name} does not declare {sorted(missing)}"
    assert stage["wdir"] == ".."


def test_only_a_study_of_the_audit_reads_the_truth() -> None:
    for name, stage in console.stages(STUDIES).items():
        assert not set(stage["deps"]) & TRUTH or name.startswith("audit_"), name


def test_no_stage_of_the_pipeline_waits_for_a_study() -> None:
    """The report prints results of studies, which are therefore no outputs that it would wait for."""
    waiting = [name for name, stage in console.stages(STUDIES).items() if stage.get("outs")]
    assert waiting == []


def test_what_the_report_prints_of_studies_is_kept_in_git() -> None:
    results = [dep for dep in console.stages()["report"]["deps"] if dep.startswith("studies/results/")]
    assert results
    for result in map(Path, results):
        assert any(result.glob("*.json")) if result.is_dir() else result.is_file(), result


# --------------------------------------------------------------------- age

MADE = Provenance(
    data={"artifacts/models/split.parquet": "12ab"},
    parameters={"models.lightgbm": '{"seed": 1, "trees": [60, 300], "trials": 40}', "budget": "{}"},
    own="{}",
)
OUTS = {"artifacts/models/split.parquet": "12ab"}
VALUES = {
    "models": {"lightgbm": {"trees": [60, 300], "trials": 6, "start": {"trees": 70}, "seed": 1}},
    "budget": {},
}


def test_a_study_is_of_today_while_data_and_ranges_are_whatever_the_default_run_tries() -> None:
    assert changes(MADE, OUTS, VALUES) == []


def test_other_data_or_another_range_make_a_study_stale_by_name() -> None:
    other = {"models": {"lightgbm": {"trees": [60, 400], "seed": 1}}, "budget": {}}
    assert changes(MADE, OUTS, other) == ["models.lightgbm"]
    assert changes(MADE, {}, VALUES) == ["artifacts/models/split.parquet"]
    assert changes(MADE, OUTS, {"budget": {"alerts": 2}}) == ["models.lightgbm", "budget"]


def test_the_lock_tells_the_digest_that_a_file_has(tmp_path: Path) -> None:
    file = tmp_path / "one"
    file.write_bytes(b"hello")
    assert digest(file) == "5d41402abc4b2a76b9719d911017c592"
    lock = {"stages": {"split": {"outs": [{"path": "one", "md5": digest(file)}]}, "check": {"cmd": "none"}}}
    assert locked(lock) == {"one": digest(file)}


def test_the_page_of_studies_shows_what_is_kept() -> None:
    """But for their age, which every change of the data changes."""
    page = study_pages.STUDIES_PAGE.read_text(encoding="utf-8").splitlines()
    made = study_pages.studies_page().splitlines()
    for mine in (page, made):
        mine[:] = [line for line in mine if not line.startswith(("STALE", "Made from"))]
    assert page == made, "run: make docs"


def test_a_search_is_the_same_however_many_trials_it_is_given() -> None:
    """One that is cut short, or made longer, goes on from the trials that it has."""
    model = MODELS["net"]
    settings = pipeline.params("models.net", model.settings)
    budget, own = pipeline.params("budget", Budget), TuneParams(patient_trials=3)
    marks = {
        mark_without_trials(
            Search(model, settings.model_copy(update={"trials": trials}), own, budget, None, []), b"code"
        )
        for trials in (2, 30)
    }
    assert len(marks) == 1
    other = Search(model, settings.model_copy(update={"width": 7}), own, budget, None, [])
    assert mark_without_trials(other, b"code") not in marks


# ------------------------------------------------------------- importances


def searched(trials: int, weight: float) -> optuna.Study:
    """A study in which one of three parameters decides, as far as ``weight`` says, and chance the rest."""
    rng = np.random.default_rng(4)
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.RandomSampler(seed=2))
    for _ in range(trials):
        trial = study.ask()
        deciding = trial.suggest_float("deciding", 0, 1)
        trial.suggest_float("idle", 0, 1)
        trial.suggest_int("still", 1, 9)
        study.tell(trial, weight * deciding + rng.normal(0, 0.1))
    return study


def test_what_decides_stands_first_and_above_what_chance_reaches() -> None:
    found = importances(searched(60, 3.0), 20, 1)
    assert found[0].parameter == "deciding"
    assert found[0].share > 0.9 > found[0].noise
    assert all(one.share < one.noise for one in found[1:])


def test_importances_of_pure_chance_stay_below_what_chance_reaches() -> None:
    found = importances(searched(12, 0.0), 20, 1)
    assert abs(sum(one.share for one in found) - 1) < 1e-3
    assert sum(one.share > one.noise for one in found) <= 1


def test_a_search_of_equal_trials_has_no_importances() -> None:
    study = searched(1, 1.0)
    assert importances(study, 20, 1) == []
