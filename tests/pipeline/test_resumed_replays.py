"""Worlds and iterations in scratch copies: what is finished is not run again, and nothing else changes.

The pipeline inside a copy is replaced by a short stand-in that reads the copy's own parameters
and rulebook; copies, names, resumption, judgement and results are the product's own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import console
import iterate
import pipeline
import replays
import worlds
from data.results import Interval
from models.results.iterations import Iterations
from models.results.judged import Compared
from models.results.world_run import Caught, RankerGap, ReviewSlice, RuleReach, WorldRun, WorldView
from models.results.worlds import Worlds
from parameters import read_yaml, write_yaml
from pipeline import PARAMS_FILE
from provenance import STUDY_PARAMS
from replays import Replay

ROOT = Path.cwd()
SECTIONS = ("simulate", "investigate")
MODELS = ("lightgbm", "lightgbm_library")
CUSTOMERS = 40
ALARMS = {200_000: 20, 400_000: 8}  # false alarms of rule R12 by its money: twice the money, fewer by 60 %


class CutOffError(Exception):
    """What a test throws where a run is killed."""


class StandIn:
    """In the place of the pipeline of a copy: counts its runs, and is killed in that of a number."""

    def __init__(self, killed_in: int | None = None) -> None:
        self.killed_in = killed_in
        self.runs: list[int] = []

    def __call__(self, replay: Replay) -> None:
        params = read_yaml(replay.copy / "params.yaml")
        rules = {rule["id"]: rule for rule in read_yaml(replay.copy / iterate.RULEBOOK)["rules"]}
        seed, money = params["simulate"]["seed"], rules["R12"]["parameters"]["total"]["value"]
        self.runs.append(seed)
        if len(self.runs) == self.killed_in:
            raise CutOffError
        text = world_run(seed, ALARMS[money], params["investigate"]["random_share"]).model_dump_json()
        target = replay.copy / pipeline.result_path(WorldRun)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def share(value: float) -> Compared:
    found = Interval(value=round(value, 4), low=round(value - 0.1, 4), high=round(value + 0.1, 4))
    return Compared(recall_at_budget=found, precision_at_budget=found, average_precision=found)


def world_run(seed: int, alarms: int, random_share: float) -> WorldRun:
    """A world's result; with more random review LightGBM catches fewer."""
    rng = np.random.default_rng(seed)
    caught = {name: rng.integers(0, 2, CUSTOMERS).tolist() for name in ("rules", *MODELS)}
    if random_share > 0.1:
        caught["lightgbm"] = [0] * CUSTOMERS
    whom = Caught(customers=list(range(CUSTOMERS)), groups=list(range(CUSTOMERS)), caught=caught)
    view = WorldView(
        customers=CUSTOMERS,
        groups=CUSTOMERS,
        metrics={name: share(float(np.mean(mine))) for name, mine in caught.items()},
        gaps=[RankerGap(first="lightgbm", second="rules", difference=share(rng.random()))],
        caught=whom,
    )
    of_rules = {"alerts": 100, "reviewed": 100, "reported": 10, "illicit": 12}
    reach = whom.model_copy(update={"caught": {"rules": caught["rules"]}})
    return WorldRun(
        seed=seed,
        customers=900,
        transactions=9_000,
        bank=view,
        true=view,
        rules=RuleReach(caught=reach, **of_rules),
        slices=[
            ReviewSlice(
                rule_id="R12",
                occupation="worker",
                alerts=alarms + 2,
                reviewed=alarms + 2,
                reported=2,
                reasons={"known customer": alarms},
                illicit=1,
                look_alikes={"fan_out": 3},
            )
        ],
        past_cases=[],
    )


def plan() -> dict[str, Any]:
    """Two turns: one that reaches its aim, then one that does not."""
    words = {"en": "a wish", "zh": "诉求"}
    total = {"value": 400_000, "source": "wish of the rule's owner"}
    return {
        "iterations": [
            {
                "name": "dearer",
                "title": words,
                "hypothesis": words,
                "slice": {"rules": ["R12"]},
                "change": {"rules": {"R12": {"parameters": {"total": total}}}},
                "aim": "false_alarms",
            },
            {
                "name": "more_random",
                "title": words,
                "hypothesis": words,
                "slice": {},
                "change": {"params": {"investigate": {"random_share": 0.2}}},
                "aim": "lightgbm",
            },
        ]
    }


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the parameters and the one rule that matter here, in which replays run."""
    values, studies = read_yaml(ROOT / "params.yaml"), read_yaml(ROOT / STUDY_PARAMS)
    rules = [rule for rule in read_yaml(ROOT / iterate.RULEBOOK)["rules"] if rule["id"] == "R12"]
    studies["worlds"]["seeds"] = [11, 23]
    files = {
        PARAMS_FILE: {name: values[name] for name in SECTIONS},
        STUDY_PARAMS: studies,
        iterate.RULEBOOK: {"rules": rules},
        iterate.PLAN: plan(),
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        write_yaml(tmp_path / name, content)
    monkeypatch.chdir(tmp_path)
    stages = {"simulate": {"deps": [str(iterate.RULEBOOK)], "params": list(SECTIONS)}}
    monkeypatch.setattr(replays, "stages_before", lambda _: stages)
    monkeypatch.setattr(console, "source_files", lambda: [str(name) for name in files])
    monkeypatch.setattr(Replay, "_asked", lambda *_: None)
    return tmp_path


def stand_in(monkeypatch: pytest.MonkeyPatch, killed_in: int | None = None) -> StandIn:
    made = StandIn(killed_in)
    monkeypatch.setattr(Replay, "_repro", lambda replay: made(replay))
    return made


@pytest.mark.parametrize(
    ("command", "result", "runs"), [(worlds.run_worlds, Worlds, 3), (iterate.run_iterations, Iterations, 3)]
)
def test_what_is_killed_goes_on_where_it_was_to_the_same_bytes(
    project: Path, monkeypatch: pytest.MonkeyPatch, command: Any, result: Any, runs: int
) -> None:
    file, folder = pipeline.result_path(result), project / "artifacts/studies"
    whole = stand_in(monkeypatch)
    command()
    assert len(whole.runs) == runs
    wanted = file.read_bytes()
    again = stand_in(monkeypatch)
    command()
    assert again.runs == []
    for done in (file, *folder.rglob("*.json")):
        done.unlink()
    killed = stand_in(monkeypatch, killed_in=2)
    with pytest.raises(CutOffError):
        command()
    rest = stand_in(monkeypatch)
    command()
    assert len(killed.runs) - 1 + len(rest.runs) == runs
    assert file.read_bytes() == wanted


def test_a_turn_that_is_taken_back_leaves_no_trace(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {name: (project / name).read_bytes() for name in ("params.yaml", str(iterate.RULEBOOK))}
    stand_in(monkeypatch)
    iterate.run_iterations()
    found = pipeline.read_result(Iterations)
    kept, back = found.iterations
    assert (kept.is_kept, kept.reasons, kept.base) == (True, [], [])
    assert (kept.slice_before.false_alarms, kept.slice_after.false_alarms) == (20, 8)
    assert (back.is_kept, back.reasons, back.base) == (False, ["aim"], ["dearer"])
    assert back.change == ["params.yaml investigate.random_share: 0.05 → 0.2"]
    assert found.kept == ["dearer"]
    assert {name: (project / name).read_bytes() for name in before} == before


def test_other_parameters_begin_anew(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch)
    iterate.run_iterations()
    values = read_yaml(project / "params.yaml")
    values["simulate"]["schemes_per_typology"] += 1
    write_yaml(project / "params.yaml", values)
    anew = stand_in(monkeypatch)
    iterate.run_iterations()
    assert len(anew.runs) == 3


def test_the_spread_between_worlds_stands_beside_that_within_one() -> None:
    def figure(value: float, half: float = 0.1) -> Interval:
        return Interval(value=value, low=value - half, high=value + half)

    found = worlds.spread_of([figure(0.1, 0.15), figure(0.2), figure(0.3), Interval()])
    assert found.mean.value == 0.2
    assert found.between == 0.1
    assert found.within == pytest.approx((0.3 + 0.2 + 0.2) / 3 / 3.92, abs=1e-4)
    assert (found.least, found.most) == (0.1, 0.3)
    # Student's t for three worlds: 4.303 standard errors.
    assert found.mean.low == pytest.approx(0.2 - 4.3027 * 0.1 / np.sqrt(3), abs=1e-4)
    assert (found.above_zero, found.below_zero) == (2, 0)
