"""A stage that meets bad input ends with code 2, and no half-written file is left."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import pipeline
from models.results.tuned import Tuned
from pipeline import BadInput
from tests.spec.bad_input.refusals import edit, refusal


def run(root: Path, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(root)}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def outputs(folder: Path) -> list[str]:
    return [str(path) for path in (folder / "artifacts").rglob("*") if path.is_file()]


def test_a_stage_with_bad_parameters_ends_with_code_2_and_writes_nothing(here: Path, root: Path) -> None:
    edit(here / "params.yaml", lambda values: values["simulate"].update(customers="many"))
    ended = run(root, here, "data.simulate")
    assert ended.returncode == 2
    assert ended.stderr.startswith("error: params.yaml: simulate.customers: ")
    assert ended.stderr.count("\n") == 1
    assert ended.stdout == ""
    assert outputs(here) == []


def test_a_stage_without_its_input_ends_with_code_2_and_writes_nothing(here: Path, root: Path) -> None:
    ended = run(root, here, "data.alert")
    assert ended.returncode == 2
    assert ended.stderr == (
        "error: artifacts/data/daily_indicators.parquet: the table is missing, run the stage that writes it\n"
    )
    assert outputs(here) == []


def test_bad_input_inside_a_stage_ends_the_process_with_code_2(here: Path, capsys) -> None:
    def main() -> None:
        raise BadInput("somewhere: something is wrong")

    with pytest.raises(SystemExit) as ended:
        pipeline.run_stage("broken", main)
    assert ended.value.code == 2
    assert capsys.readouterr().err == "error: somewhere: something is wrong\n"
    assert outputs(here) == []


@pytest.mark.parametrize("arguments", [[], ["a", "b"]])
def test_a_stage_of_one_argument_refuses_another_number(arguments, monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["stage", *arguments])
    with pytest.raises(SystemExit) as ended:
        pipeline.argument("model")
    assert ended.value.code == 2
    assert capsys.readouterr().err == "error: expected one argument, the model\n"


def test_a_writer_that_fails_half_way_leaves_no_file(here: Path) -> None:
    def half(path: Path) -> None:
        path.write_text("the first ha")
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        pipeline.save("models", "model.txt", half)
    assert outputs(here) == []


def test_a_writer_that_fails_leaves_the_file_of_the_run_before(here: Path) -> None:
    pipeline.write_text("models", "model.txt", "whole")

    def half(path: Path) -> None:
        path.write_text("ha")
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        pipeline.save("models", "model.txt", half)
    assert (here / "artifacts/models/model.txt").read_text() == "whole"
    assert len(outputs(here)) == 1


def test_equal_results_are_equal_bytes(here: Path) -> None:
    choice = {"trees": 7, "rate": 2.5, "name": "中"}
    pipeline.write_result(Tuned(choice=choice, trials=[]), "one")
    pipeline.write_result(Tuned(trials=[], choice=dict(reversed(choice.items()))), "two")
    one, two = ((here / f"artifacts/models/tuned/{name}.json").read_bytes() for name in ("one", "two"))
    assert one == two
    assert "中".encode() in one


def test_a_result_comes_back_as_it_was_written_whole_numbers_whole(here: Path) -> None:
    written = Tuned(choice={"trees": 7, "rate": 2.0}, trials=[])
    pipeline.write_result(written, "one")
    found = pipeline.read_result(Tuned, "one")
    assert found == written
    assert [type(value) for value in found.choice.values()] == [float, int]  # in the order of the file


def test_a_broken_result_is_named_with_its_line(here: Path) -> None:
    pipeline.write_text("models", "tuned.json", '{\n  "choice": ,\n}')
    assert refusal(pipeline.read_result, Tuned) == "artifacts/models/tuned.json, line 2: expected valid JSON"
    assert refusal(pipeline.read_result, Tuned, "none").startswith(
        "artifacts/models/tuned/none.json: the file"
    )


def test_an_outdated_result_is_named_with_its_key(here: Path) -> None:
    pipeline.write_text("models", "tuned.json", '{"choice": {}, "trials": [], "best": 1}')
    assert refusal(pipeline.read_result, Tuned) == (
        "artifacts/models/tuned.json.best: unknown key, expected one of: choice, trials"
    )
    pipeline.write_text("models", "tuned.json", '{"choice": {"rate": [1]}, "trials": []}')
    assert refusal(pipeline.read_result, Tuned).startswith("artifacts/models/tuned.json.choice.rate")


def test_rows_set_aside_are_kept_with_the_reason(here: Path) -> None:
    pipeline.set_aside(pd.DataFrame({"row": [1, 2]}), "hits", "too late")
    kept = pd.read_parquet(here / "artifacts/set_aside/hits.parquet")
    assert kept.to_dict("list") == {"row": [1, 2], "reason": ["too late", "too late"]}


def test_a_run_that_sets_nothing_aside_leaves_no_rows_of_an_earlier_run(here: Path) -> None:
    pipeline.set_aside(pd.DataFrame({"row": [1, 2]}), "hits", "too late")
    pipeline.set_aside(pd.DataFrame({"row": []}), "hits", "too late")
    kept = here / "artifacts/set_aside/hits.parquet"
    assert not kept.exists() or pd.read_parquet(kept).empty
