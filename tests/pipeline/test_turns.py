"""Turns of the loop as experiments of DVC: found by name, laid over the files, nothing else touched."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from dvc.api import exp_show

import iterate
import pipeline
import replays
import turns
from models.results.iterations import Iterations
from parameters import BadInput, read_yaml, write_yaml
from tests.pipeline.test_resumed_replays import project as project  # a fixture: a folder of two turns
from tests.pipeline.test_resumed_replays import stand_in

ROOT = Path.cwd()
NAMES = ["turn-00-before", "turn-01-dearer", "turn-02-more_random"]
COMMENT = "# what the bank asks of its reviewers"


def git(*words: str) -> str:
    done = subprocess.run(["git", *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def dvc(*words: str) -> str:
    """What DVC answers in this folder."""
    command = [sys.executable, "-m", "dvc", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of two turns that have run, as a repository of git and DVC, all committed."""
    folder: Path = request.getfixturevalue("project")
    stand_in(monkeypatch)
    iterate.run_iterations()
    params = folder / "params.yaml"
    params.write_text(f"{COMMENT}\n{params.read_text(encoding='utf-8')}", encoding="utf-8")
    (folder / "dvc.yaml").write_text("params: [params.yaml]\n", encoding="utf-8")
    (folder / ".dvc").mkdir()
    shutil.copy2(ROOT / ".dvc/config", folder / ".dvc")
    (folder / ".dvc/.gitignore").write_text("/config.local\n/tmp\n/cache\n", encoding="utf-8")
    (folder / ".gitignore").write_text("artifacts\n", encoding="utf-8")
    for name, value in (("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CEILING_DIRECTORIES", str(folder.parent))):
        monkeypatch.setenv(name, value)
    git("init", "--quiet")
    commit()
    return folder


def commit() -> None:
    git("add", "--all")
    git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message", "a commit")


def state() -> tuple[str, str, str]:
    """Changed files, branches and the commit that is checked out."""
    return git("status", "--porcelain"), git("for-each-ref", "refs/heads"), git("rev-parse", "HEAD")


def test_turns_are_experiments_of_dvc_and_the_repository_stays_as_it_was(repository: Path) -> None:
    before = state()
    turns.save_turns()
    first = git("for-each-ref", "refs/exps")
    turns.save_turns()
    assert git("for-each-ref", "refs/exps") == first  # twice: the same names, the same commits
    assert state() == before
    assert dvc("exp", "list", "--name-only").split() == NAMES
    found = json.loads(dvc("exp", "diff", *NAMES[1:], "--json"))
    assert found["params"]["params.yaml"] == {
        "investigate.random_share": {"old": 0.05, "new": 0.2, "diff": 0.15000000000000002}
    }
    figures = found["metrics"][str(turns.FIGURES)]
    log = pipeline.read_result(Iterations).iterations
    assert [figures["verdict"][end] for end in ("old", "new")] == ["kept", "taken back: aim"]
    assert figures["true.lightgbm"]["old"] == log[0].true[2].after
    assert figures["false_alarms.before"]["old"] == 20
    head, ref = git("rev-parse", "HEAD"), first.split()[2]
    held = git("diff", "--name-only", head, ref).splitlines()
    assert held == [
        "params.yaml",
        str(turns.FOLDER / "dvc.yaml"),
        str(turns.FIGURES),
    ]  # and nothing of DVC's own
    rows = {row["Experiment"]: row for row in exp_show()}
    assert set(NAMES) < set(rows)
    assert [rows[name]["true.lightgbm"] for name in NAMES[1:]] == [turn.true[2].after for turn in log]


def test_an_experiment_lays_the_turn_over_the_files_in_their_own_form(repository: Path) -> None:
    turns.save_turns()
    dvc("exp", "apply", NAMES[2])
    assert read_yaml(Path("params.yaml"))["investigate"]["random_share"] == 0.2
    # The first turn was kept, so that the second one stands on it.
    assert read_yaml(iterate.RULEBOOK)["rules"][0]["parameters"]["total"]["value"] == 400_000
    assert Path("params.yaml").read_text(encoding="utf-8").startswith(f"{COMMENT}\n")


def test_a_changed_file_keeps_its_order_and_its_comments(tmp_path: Path) -> None:
    written = turns.YamlText(pipeline.PARAMS_FILE)
    values = replays.changed_params(written.values, {"simulate": {"customers": 24_000}})
    text = written.with_values(values)
    (tmp_path / "params.yaml").write_text(text, encoding="utf-8")
    assert read_yaml(tmp_path / "params.yaml") == values
    assert written.with_values(written.values) == written.text
    assert text.count("#") == written.text.count("#")
    assert "  customers: 24000 # parties with an account at the bank" in text.splitlines()


def test_another_commit_takes_the_names_over(repository: Path) -> None:
    turns.save_turns()
    Path("a_file.txt").write_text("of the next commit\n", encoding="utf-8")
    commit()
    turns.save_turns()
    head, refs = git("rev-parse", "HEAD"), git("for-each-ref", "--format=%(refname)", "refs/exps").split()
    assert refs == [f"refs/exps/{head[:2]}/{head[2:]}/{name}" for name in NAMES]


def test_a_log_that_is_not_committed_yet_goes_along(repository: Path) -> None:
    result = pipeline.result_path(Iterations)
    text = result.read_text(encoding="utf-8") + "\n"
    result.write_text(text, encoding="utf-8")
    turns.save_turns()
    ref = git("for-each-ref", "--format=%(refname)", "refs/exps").split()[0]
    assert git("show", f"{ref}:{result}") == text.strip()


def rename_a_turn(folder: Path) -> None:
    plan = read_yaml(folder / iterate.PLAN)
    plan["iterations"][0]["name"] = "another"
    write_yaml(folder / iterate.PLAN, plan)
    commit()


def change_a_turn(folder: Path) -> None:
    plan = read_yaml(folder / iterate.PLAN)
    plan["iterations"][1]["change"]["params"]["investigate"]["random_share"] = 0.3
    write_yaml(folder / iterate.PLAN, plan)
    commit()


def change_a_file(folder: Path) -> None:
    (folder / "params.yaml").write_text("simulate: {}\n", encoding="utf-8")


def take_git_away(folder: Path) -> None:
    shutil.rmtree(folder / ".git")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (take_git_away, "no git repository here"),
        (change_a_file, "^params.yaml: changed since the last commit"),
        (rename_a_turn, "dearer has run, yet is no turn of it"),
        (change_a_turn, "more_random changes other values now than it did"),
    ],
)
def test_what_would_be_a_false_experiment_is_refused_in_one_sentence(
    repository: Path, spoil: Any, told: str
) -> None:
    spoil(repository)
    with pytest.raises(BadInput, match=told) as found:
        turns.save_turns()
    assert "\n" not in str(found.value)


def test_the_committed_log_fits_the_plan_the_parameters_and_the_rulebook() -> None:
    study = pipeline.read_result(Iterations)
    plan = iterate.PlannedTurns.model_validate(read_yaml(iterate.PLAN)).iterations
    made = turns.experiments_of(study, plan, read_yaml(pipeline.PARAMS_FILE), read_yaml(iterate.RULEBOOK))
    assert len(made) == len(study.iterations) + 1 >= 6
    assert made[0].figures["true"] == {row.figure: row.before for row in study.iterations[0].true}
