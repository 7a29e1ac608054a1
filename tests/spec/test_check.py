"""`python console.py check` refuses what a stage or a library would refuse later, before anything runs."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from dvc.utils.hydra import apply_overrides

import check
import console
import pipeline
from models.zoo import MODELS
from parameters import BadInput, read_yaml, write_yaml
from tests.spec.bad_input.refusals import edit

RULEBOOK = "data/rules/rulebook.yaml"

Values = dict[str, Any]


@pytest.fixture(scope="module")
def stages(_at_the_root: None) -> check.Stages:
    return console.stages()


@pytest.fixture(scope="module")
def values(_at_the_root: None) -> Values:
    return read_yaml(Path("params.yaml"))


def put(values: Values, key: str, value: object) -> Values:
    """The values with another one at a dotted key."""
    first, _, rest = key.partition(".")
    return values | {first: put(values[first], rest, value) if rest else value}


def refusal(act: Callable[..., object], *arguments: object) -> str:
    with pytest.raises(BadInput) as refused:
        act(*arguments)
    sentence = str(refused.value)
    assert "\n" not in sentence
    assert len(sentence) < 600
    return sentence


@pytest.mark.parametrize(
    ("key", "value", "what"),
    [
        ("models.lightgbm.trees", [80, 40], "expected two numbers in order, found [80, 40]"),
        ("models.lightgbm.trees", [0, 80], "greater than or equal to 1, found 0"),
        ("models.lightgbm.trees", [40.5, 80], "valid integer, found 40.5"),
        ("models.lightgbm.learning_rate", [0.0, 0.1], "found 0"),
        ("models.lightgbm.num_leaves", [1, 1], "greater than or equal to 2, found 1"),
        ("models.lightgbm.num_leaves", [7, 131_073], "less than or equal to 131072, found 131073"),
        ("models.lightgbm.feature_fraction", [0.5, 1.5], "less than or equal to 1, found 1.5"),
        ("models.lightgbm.seed", 2**40, "less than 4294967296, found 1099511627776"),
        ("models.lightgbm.threads", True, "valid integer, found True"),
        ("models.xgboost.max_depth", [0, 3], "found 0"),
        ("models.xgboost.reg_lambda", [1, 1e39], "found 1e+39"),
        ("models.gnn.dropout", [0.5, 1.0], "less than 1, found 1"),
        ("models.gnn.hidden", 0, "found 0"),
        *((f"{place}.seed", 2**32, "less than 4294967296, found 4294967296") for place in
          ("simulate", "investigate", "label", "learn", "models.xgboost", "models.gnn", "evaluate", "audit",
           "audit_ladder", "audit_labels", "explain")),
        ("split.maturity_days", True, "valid integer, found True"),
        ("split.maturity_days", "on", "valid integer, found 'on'"),
        ("split.unreviewed_weight", "0.3", "valid number, found '0.3'"),
        ("observe.night_hours", [23, 25], "less than or equal to 24, found 25"),
        ("observe.night_hours", [5, 5], "expected two different hours, found [5, 5]"),
        ("observe.first_day", 392, "expected a day before 392, found 392"),
        ("observe.patterns.large_lines_cny", {"giant": [5]}, "unknown kind 'giant'"),
        ("build.peers.age_years", [35, 25], "expected numbers in increasing order, found [35, 25]"),
        ("investigate.reviewers.case_delay", {"median_days": 9, "p90_days": 3}, "found 9.0 and 3.0"),
        ("investigate.reviewers.visibility", {"fan_inn": 0.5}, "unknown typology 'fan_inn'"),
        ("investigate.reviewers.visibility", {"fan_in": 0.0}, "found 0"),
        ("investigate.reviews_per_thousand_customers_day", 1e-7, "nobody of 57000 customers is reviewed"),
        ("budget.alerts_per_thousand_customers_week", 0.008,
         "the budget allows 0 alerts a week for 57000 customers"),
        ("explain.model", "gnn", "expected a tree model (lightgbm, lightgbm_library, xgboost), found 'gnn'"),
        ("explain.model", "catboost",
         "expected a tree model (lightgbm, lightgbm_library, xgboost), found 'catboost'"),
        ("source_path", "nowhere", "'nowhere' does not exist"),
        ("source", "amlsin", "unknown source 'amlsin'"),
        ("source", "amlsim", "expected a folder, found the file 'data/no_source'"),
        ("source", ["amlsim"], "expected text, found ['amlsim']"),
        ("models", ["lightgbm"], "expected a mapping of sections"),
        ("simulate.first_day_of", {"virtual_gift": 3}, "unknown typology 'virtual_gift'"),
        ("audit_ladder.rating_tag", "mood", "should be 'risk_rating', found 'mood'"),
    ],
)  # fmt: skip
def test_what_no_run_can_use_is_refused_with_its_key(
    key: str, value: object, what: str, values: Values, stages: check.Stages
) -> None:
    sentence = refusal(check.parameters, put(values, key, value), stages)
    assert sentence.startswith(f"params.yaml: {key}")
    assert what in sentence


def test_a_range_of_one_value_and_a_night_over_midnight_or_not_are_accepted(
    values: Values, stages: check.Stages
) -> None:
    for key, value in (
        ("models.lightgbm.trees", [80, 80]),
        ("observe.night_hours", [0, 6]),
        ("simulate.customers", 24_000.0),
        ("models.lightgbm.learning_rate", [1e-05, 1]),
        ("explain.model", "xgboost"),
    ):
        check.parameters(put(values, key, value), stages)


def test_what_an_experiment_sets_is_accepted_as_it_was_set(
    tmp_path: Path, root: Path, values: Values, stages: check.Stages
) -> None:
    """By the function of DVC behind ``dvc exp run -S``, which writes the whole file anew."""
    file = tmp_path / "params.yaml"
    shutil.copy(root / "params.yaml", file)
    words = ["split.unreviewed_weight=1e-5", "models.lightgbm.learning_rate=[1e-05,1]"]
    apply_overrides(file, [*words, "explain.model=xgboost", "simulate.start='2025-02-03'"])
    changed = put(values, "split.unreviewed_weight", 1e-05)
    changed = put(changed, "models.lightgbm.learning_rate", [1e-05, 1])
    changed = put(put(changed, "explain.model", "xgboost"), "simulate.start", "2025-02-03")
    assert read_yaml(file) == changed
    check.parameters(read_yaml(file), stages)


def leaves(values: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(values, dict):
        for key, inner in values.items():
            yield from leaves(inner, (*path, key))
    else:
        yield path, values


def changes_of(value: Any) -> list[Any]:
    """Values that somebody, or an unlucky experiment, might put in a parameter's place."""
    changes: list[Any] = [-1, 0, 0.5, 1e-300, math.nan, math.inf, 2**32, 2**63, 1e300]
    changes += [True, "many", None, {"a": 1}, [1, 2, 3]]
    if isinstance(value, list) and len(value) > 1:
        size = len(value)
        changes += [value[::-1], [[each] for each in value]]
        changes += [[end] * size for end in (-1, 0, 0.5, 2**40, math.nan, True, "1")]
    return changes


def test_every_parameter_is_accepted_or_refused_in_one_sentence_with_its_key(
    values: Values, stages: check.Stages
) -> None:
    """Thousands of changes, one at a time; none ends in a traceback."""
    accepted: list[tuple[str, Any]] = []
    settings = check.settings_by_section(values, stages)
    for path, value in leaves(values):
        key = ".".join(path)
        for change in changes_of(value):
            changed = put(values, key, change)
            section = ".".join(path[:2]) if path[0] in ("models", "sources") else path[0]
            try:
                if section in settings:  # refused there, as nearly all are, it need not be asked of all
                    pipeline.section_of(changed, section, settings[section])
                check.parameters(changed, stages)
            except BadInput as refused:
                sentence = str(refused)
                # Of two keys that contradict each other, either may be named.
                assert sentence.startswith(f"params.yaml: {path[0]}"), (key, change, sentence)
                assert {*path[-2:]} & set(sentence.replace(":", ".").replace(" ", ".").split(".")), sentence
                assert "\n" not in sentence
                assert len(sentence) < 600, sentence
            else:
                accepted.append((key, change))
    for key, change in accepted:
        numbers = change if isinstance(change, list) else [change]
        for number in numbers:
            assert not isinstance(number, bool), key
            is_number = isinstance(number, int | float)
            # The targets that the audit compares with are numbers that nothing computes with.
            assert (
                not is_number
                or key.startswith(("audit.targets.", "audit.probe.wanted."))
                or abs(number) <= 2**32
            ), (key, change)
            assert not is_number or math.isfinite(number), key
    assert len(accepted) > 100


# ---------------------------------------------------------------- whole runs


@pytest.fixture
def copied(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what `check` reads, to be changed."""
    for name in ("params.yaml", "dvc.yaml", *(file.name for file in root.glob("params.*.yaml"))):
        shutil.copy(root / name, tmp_path)
    rooms = ("data", "features", "models", "explain", "reports")
    for room in (*rooms, "docs", "benchmarks", "studies", "decisions"):
        shutil.copytree(root / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    for file in root.glob("*.py"):
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def everything() -> None:
    check.everything(console.stages())


def test_the_repository_as_it_is_passes(copied: Path) -> None:
    everything()


@pytest.mark.parametrize(
    ("overlay", "change", "sentence"),
    [
        ("params.smoke.yaml", {"simulate": {"custmers": 3}},
         "params.smoke.yaml: simulate.custmers: unknown key"),
        ("params.low.yaml", {"simulte": {"customers": 3}}, "params.low.yaml: unknown section 'simulte'"),
        ("params.large.yaml", {"models": {"gnn": {"epochs": 0}}}, "params.large.yaml: models.gnn.epochs: "),
        ("params.mine.yaml", {"budget": {"alerts_per_thousand_customers_week": 0.001}},
         "params.mine.yaml: budget.alerts_per_thousand_customers_week: the budget allows 0 alerts"),
        ("params.mine.yaml", {"simulate": None}, "params.mine.yaml: simulate: expected a mapping"),
        ("params.mine.yaml", 3, "params.mine.yaml: expected sections by name"),
    ],
)  # fmt: skip
def test_what_another_world_changes_is_checked_too(
    overlay: str, change: object, sentence: str, copied: Path
) -> None:
    write_yaml(copied / overlay, change)
    assert refusal(everything).startswith(sentence)


def test_a_model_needs_a_section_and_a_section_a_stage(copied: Path) -> None:
    edit(copied / "params.yaml", lambda values: values["models"].pop("xgboost"))
    sentence = refusal(everything)
    assert sentence == "params.yaml: section 'models.xgboost' is missing, dvc.yaml fits this model"


def test_a_model_that_no_stage_fits_is_refused(copied: Path) -> None:
    edit(copied / "dvc.yaml", lambda pipelines: pipelines["stages"]["tune"]["foreach"].pop("xgboost"))
    sentence = refusal(everything)
    fitted = ", ".join(sorted(set(MODELS) - {"xgboost"}))
    assert sentence == f"params.yaml: models.xgboost: no stage of dvc.yaml fits it, found {fitted}"


def test_a_rulebook_by_which_no_rule_votes_is_refused(copied: Path) -> None:
    def watch_only(book: Any) -> None:
        for rule in book["rules"]:
            rule["use"] = "feature"

    edit(copied / RULEBOOK, watch_only)
    assert refusal(everything) == (
        "data/rules/rulebook.yaml: no rule votes, expected 'use: label' of at least one"
    )


def first_of(book: Any) -> Any:
    """Rule R01, wherever it stands."""
    return next(rule for rule in book["rules"] if rule["id"] == "R01")


@pytest.mark.parametrize(
    ("key", "value", "what"),
    [
        ("red_flags", ["smells"], "the red flag 'smells' has no words under 'red_flags'"),
        ("typologies", ["cash_structurin"], "unknown typology 'cash_structurin'"),
        ("family", "cassh", "unknown family 'cassh'"),
    ],
)
def test_a_rule_that_names_what_there_is_not_is_refused(
    key: str, value: object, what: str, copied: Path
) -> None:
    edit(copied / RULEBOOK, lambda book: first_of(book).update({key: value}))
    assert refusal(everything).startswith(f"data/rules/rulebook.yaml: rule R01: {what}")


def test_a_bank_without_any_scheme_is_refused(copied: Path) -> None:
    typologies = [file.stem for file in Path("data/typologies").glob("*.py") if file.stem != "__init__"]
    edit(
        copied / "params.yaml",
        lambda values: values["simulate"].update(share_of=dict.fromkeys(typologies, 0)),
    )
    assert refusal(everything) == (
        "params.yaml: simulate.share_of: no typology is left a scheme, nothing is illicit"
    )


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("- data/alert.py", "- data/alarm.py", "dvc.yaml: stage alert: 'data/alarm.py' does not exist"),
        ("params: [alert]", "params: [alrt]", "dvc.yaml: stage alert: params.yaml has no parameter 'alrt'"),
        ("${source_path}", "${source_folder}", "dvc.yaml: ${source_folder} is no parameter of params.yaml"),
        ("foreach: &models\n", "foreach: [a]\n    was: &models\n",
         "dvc.yaml: stage tune: expected 'foreach' by key, and 'do'"),
        ("cmd: python -m data.alert", "cmd: python data/alert.py",
         "dvc.yaml: stage alert: expected a command 'python -m <module>'"),
        ("stages:\n", "stage:\n", "dvc.yaml: expected stages by name under 'stages'"),
    ],
)  # fmt: skip
def test_a_pipeline_that_dvc_would_refuse_is_refused(old: str, new: str, sentence: str, copied: Path) -> None:
    text = (copied / "dvc.yaml").read_text(encoding="utf-8")
    assert old in text
    (copied / "dvc.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    assert refusal(everything) == sentence


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("params.yaml", "suppress_days: 28", "suppress_days: 2_8", "programs do not agree on what 2_8 is"),
        ("params.yaml", "  suppress_days: 28", "  suppress_days: 28\n  suppress_days: 27",
         "the key 'suppress_days' stands in line"),
        (RULEBOOK, "value: 50000", "value: 050000", "programs do not agree on what 050000 is"),
        (RULEBOOK, "value: 50000", "value: .nan", "expected a finite number, found .nan"),
        (RULEBOOK, "value: 50000", "value: -.inf", "expected a finite number, found -.inf"),
        (RULEBOOK, "value: 50000", "value: 1e16",
         "rule R01.parameters.total.value: expected a number up to 1e+15, found 1"),
        (RULEBOOK, "value: 50000", "value: '3'",
         "rule R01.parameters.total.value: expected a number, found '3'"),
        (RULEBOOK, "    use: label\n", "    use: label\n    use: feature\n",
         "the key 'use' stands in line"),
    ],
)  # fmt: skip
def test_the_command_refuses_what_is_ambiguous_in_one_sentence_and_code_2(
    file: str, old: str, new: str, sentence: str, copied: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    text = (copied / file).read_text(encoding="utf-8")
    assert old in text
    (copied / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["console.py", "check"])
    with pytest.raises(SystemExit) as ended:
        console.main()
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith(f"error: {file}")
    assert sentence in said
    assert said.count("\n") == 1
    assert said.count("found") <= 1


def test_a_threshold_in_the_notation_of_science_is_the_same_number(copied: Path) -> None:
    from data.rules import rulebook

    text = Path(RULEBOOK).read_text(encoding="utf-8")
    before = [rule.sql() for rule in rulebook.load().rules]
    Path(RULEBOOK).write_text(text.replace("value: 50000", "value: 5.0e4", 1), encoding="utf-8")
    assert [rule.sql() for rule in rulebook.load().rules] == before
