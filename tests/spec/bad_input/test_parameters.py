"""Parameters that cannot be are refused with one sentence that names the key."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import pipeline
from data import simulate
from data.observe import Params as ObserveParams
from data.rules import rulebook
from data.world.calendar import Span
from data.world.settings import Params as SimulateParams
from features.build import Params as BuildParams
from tests.spec.bad_input.refusals import edit, refusal


def observe_section() -> ObserveParams:
    return pipeline.params("observe", ObserveParams)


def simulate_section() -> SimulateParams:
    return pipeline.params("simulate", SimulateParams)


def test_the_parameters_of_the_repository_are_accepted(here: Path) -> None:
    assert observe_section().fast_hours > 0
    assert simulate_section().customers > 0
    assert len(rulebook.load().rules) > 0


def test_an_unknown_key_is_refused_with_the_known_ones(here: Path) -> None:
    edit(here / "params.yaml", lambda values: values["observe"].update(fast_hour=3))
    sentence = refusal(observe_section)
    assert sentence.startswith("params.yaml: observe.fast_hour: unknown key, expected one of: ")
    assert "fast_hours" in sentence


def test_an_unknown_nested_key_is_refused_with_the_known_ones_of_its_mapping(here: Path) -> None:
    edit(here / "params.yaml", lambda values: values["simulate"]["calendar"].update(warmup_weeks=3))
    sentence = refusal(simulate_section)
    assert "simulate.calendar.warmup_weeks: unknown key" in sentence
    assert "warm_up_weeks" in sentence


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("customers", "many"),
        ("customers", 3),
        ("customers", 400.5),
        ("start", "the sixth of January"),
        ("dormant_share", 1.5),
        ("sophistication_shares", [0.5, 0.5, 0.5]),
        ("sophistication_shares", [0.5, 0.5]),
        ("festivals", "2025-01-29"),
        ("calendar", None),
        ("calendar", {"warm_up_weeks": 0}),
        ("seed", -1),
    ],
)
def test_a_wrong_value_is_refused_with_its_key(here: Path, key: str, value: object) -> None:
    edit(here / "params.yaml", lambda values: values["simulate"].update({key: value}))
    sentence = refusal(simulate_section)
    assert sentence.startswith(f"params.yaml: simulate.{key}")


@pytest.mark.parametrize(
    ("part", "changes", "sentence"),
    [
        (
            "product_launch",
            {"first_day": 392},
            "product_launch.first_day: expected a day before 392, found 392",
        ),
        ("product_launch", {"first_day": -1}, "product_launch.first_day: "),
        ("product_launch", {"adopter_share": 1.2}, "product_launch.adopter_share: "),
        ("policy_change", {"most_cny": 0}, "policy_change.most_cny: "),
        (
            "policy_change",
            {"careful_part": [0.9, 0.5]},
            "policy_change.careful_part: expected two numbers in order, found [0.9, 0.5]",
        ),
        ("policy_change", {"limit": 3}, "policy_change.limit: unknown key"),
    ],
)
def test_a_drift_plan_that_cannot_be_is_refused(
    here: Path, part: str, changes: dict[str, object], sentence: str
) -> None:
    edit(here / "params.yaml", lambda values: values["simulate"]["drift"][part].update(changes))
    assert refusal(simulate_section).startswith(f"params.yaml: simulate.drift.{sentence}")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("organiser_share", 1.5),
        ("firm_share", -0.1),
        ("weeks", [6, 3]),
        ("incomes_a_month", [0, 1]),
        ("months", 3),
    ],
)
def test_an_integration_that_cannot_be_is_refused(here: Path, key: str, value: object) -> None:
    edit(here / "params.yaml", lambda values: values["simulate"]["integration"].update({key: value}))
    assert refusal(simulate_section).startswith(f"params.yaml: simulate.integration.{key}")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"to_typology": "run_scor"}, "shifts.0.to_typology: unknown typology 'run_scor'"),
        ({"last_day": 180}, "shifts.0.last_day: expected a day after 180, found 180"),
        ({"share": -0.1}, "shifts.0.share: "),
    ],
)
def test_a_shift_that_cannot_be_is_refused(here: Path, changes: dict[str, object], sentence: str) -> None:
    edit(here / "params.yaml", lambda values: values["simulate"]["drift"]["shifts"][0].update(changes))
    assert refusal(simulate_section).startswith(f"params.yaml: simulate.drift.{sentence}")


@pytest.mark.parametrize(
    ("key", "changes", "why"),
    [
        ("schemes_per_typology", {"schemes_per_typology": 2_000}, "customers, not 57000"),
        ("schemes_per_typology", {"customers": 300}, r"need \d+ customers, not 300"),
        ("dormant_share", {"dormant_share": 0.002}, r"\d+ plans wake a sleeper each, about 75 customers"),
        ("dormant_share", {"look_alikes_per_scheme": 200}, r"\d+ plans wake a sleeper each"),
        ("stretch_days", {"stretch_days": 393}, "a stretch is longer than the run"),
    ],
)
def test_a_world_that_cannot_be_is_refused_before_it_is_drawn(
    here: Path, key: str, changes: dict[str, object], why: str
) -> None:
    edit(here / "params.yaml", lambda values: values["simulate"].update(changes))
    sentence = refusal(simulate_section)
    assert sentence.startswith(f"params.yaml: simulate.{key}: ")
    assert re.search(why, sentence), sentence


def test_a_run_too_short_for_a_scheme_is_refused(here: Path) -> None:
    weeks = dict.fromkeys(Span.model_fields, 1)
    edit(here / "params.yaml", lambda values: values["simulate"].update(calendar=weeks))
    assert "simulate.calendar: a run of 35 days holds no scheme, 42 are needed" in refusal(simulate_section)


def test_more_plans_than_sleepers_are_refused_before_a_payment_is_drawn(here: Path) -> None:
    params = simulate_section().model_copy(update={"customers": 1_000, "dormant_share": 0.02})
    sentence = refusal(simulate.simulate, params)
    assert sentence.startswith("params.yaml: simulate.dormant_share: the plans wake more accounts than the ")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("kept", [1.01, 0.85]),
        ("kept", [-0.1, 1.0]),
        ("cycle_hops", 1),
        ("fan_least", 1),
        ("memory_days", 7),
        ("most_steps", 0),
        ("hub_degree", "many"),
    ],
)
def test_a_network_limit_that_cannot_be_is_refused(here: Path, key: str, value: object) -> None:
    edit(here / "params.yaml", lambda values: values["build"]["network"].update({key: value}))
    sentence = refusal(lambda: pipeline.params("build", BuildParams))
    assert sentence.startswith("params.yaml: build.network")
    assert key in sentence


def test_a_missing_key_is_named(here: Path) -> None:
    edit(here / "params.yaml", lambda values: values["observe"].pop("night_hours"))
    assert refusal(observe_section) == "params.yaml: observe.night_hours: field required"


def test_a_missing_section_is_named(here: Path) -> None:
    edit(here / "params.yaml", lambda values: values.pop("observe"))
    assert refusal(observe_section) == "params.yaml: section 'observe' is missing"


@pytest.mark.parametrize("value", [None, 7, ["first_day"]])
def test_a_section_that_is_no_mapping_is_refused(here: Path, value: object) -> None:
    edit(here / "params.yaml", lambda values: values.update(observe=value))
    assert refusal(observe_section).startswith("params.yaml: observe: expected a mapping")


def test_a_missing_file_and_broken_yaml_are_named_with_the_line(here: Path) -> None:
    (here / "params.yaml").write_text("observe:\n  first_day: [1\n  other: 2\n", encoding="utf-8")
    assert refusal(observe_section).startswith("params.yaml, line 3: expected valid YAML")
    (here / "params.yaml").unlink()
    assert refusal(observe_section) == "params.yaml: the file is missing"


def test_an_empty_file_misses_every_section(here: Path) -> None:
    (here / "params.yaml").write_text("", encoding="utf-8")
    assert refusal(observe_section) == "params.yaml: section 'observe' is missing"
    assert refusal(pipeline.param, "source") == "params.yaml: key 'source' is missing"


def test_an_unknown_source_is_refused_with_the_known_ones(here: Path) -> None:
    sentence = refusal(simulate.read_inputs, "amlsin", "folder")
    assert sentence.startswith("params.yaml: source: unknown source 'amlsin', expected one of: amlsim")


def test_the_simulation_is_among_the_sources_offered(here: Path) -> None:
    assert "simulate" in refusal(simulate.read_inputs, "simulat", "folder")


@pytest.mark.parametrize(("source", "folder"), [(["amlsim"], "folder"), ("amlsim", 3)])
def test_a_source_or_folder_that_is_no_text_is_refused(here: Path, source: Any, folder: Any) -> None:
    refusal(simulate.read_inputs, source, folder)


def test_a_source_folder_that_is_missing_is_named(here: Path) -> None:
    assert (
        refusal(simulate.read_inputs, "amlsim", "nowhere")
        == "params.yaml: source_path: 'nowhere' does not exist"
    )
    assert refusal(simulate.read_inputs, "amlsim", "folder") == "folder/nodes.csv: the file is missing"
    assert refusal(simulate.read_inputs, "amlsim", "data/no_source") == (
        "params.yaml: source_path: expected a folder, found the file 'data/no_source'"
    )
