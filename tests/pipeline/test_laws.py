"""The three laws and the truth rule, read off the code and dvc.yaml."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import console
from models.zoo import MODELS
from pipeline import ROOMS

SHARED_DOORS = {
    "data.asof",
    "data.feeds",
    "data.indicators",
    "data.words",
    "models.examples",
    "models.intervals",
    "models.zoo",
}
MAY_READ_TRUTH = {"simulate", "investigate", "audit", "audit_labels"}
TRUTH = {"artifacts/data/truth.parquet", "artifacts/data/schemes.parquet"}
# What the audit writes of the truth is for the report's own, marked, boxes.
TRUTH_AUDITED = {
    "artifacts/models/truth_view.json",
    "artifacts/models/drawn_schemes.json",
    "artifacts/models/ladder.json",
    "artifacts/models/audited_alerts.parquet",
    "artifacts/models/audited_cases.json",
    "artifacts/models/label_audit.json",
    "artifacts/models/rule_report.json",
    "artifacts/models/injection.json",
    "artifacts/models/money_audit.json",
    "artifacts/explain/explanation_audit.json",
}
OF_EVERY_MODEL = {"artifacts/models/fitted", "artifacts/models/tuned"}
# What reviewers would have decided in other streams, and labels learnt from that: never a model's food.
ON_TRIAL = {"artifacts/data/trial_dispositions.parquet", "artifacts/data/trial_labels.parquet"}
MAY_READ_TRIALS = {"label", "audit_labels"}


def modules() -> list[Path]:
    return sorted(file for room in ROOMS for file in Path(room).rglob("*.py"))


def imported(file: Path) -> set[str]:
    """Every module that a file imports, ``from x import y`` counted as ``x`` and ``x.y``."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("file", modules(), ids=str)
def test_a_room_imports_upstream_rooms_only_and_through_their_doors(file: Path) -> None:
    room = file.parts[0]
    for name in imported(file):
        other = name.split(".")[0]
        if other not in ROOMS or other == room:
            continue
        assert ROOMS.index(other) < ROOMS.index(room), f"{file} imports {name}, which lies downstream"
        doors = {f"{other}.schema", f"{other}.results"} | SHARED_DOORS
        is_door = name == other or any(name == door or name.startswith(door + ".") for door in doors)
        assert is_door, f"{file} imports {name}, which is no door of {other}"


@pytest.mark.parametrize("file", modules(), ids=str)
def test_every_attribution_is_checked_and_no_fit_stops_early(file: Path) -> None:
    """Libraries score and explain a booster that stopped early with different numbers of trees.

    shap is therefore asked in one place, which checks that contributions add up; who adds
    early stopping to a model must save it cut to its best round, and say so here.
    """
    named = {
        node.value
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
    }
    called = {
        node.attr if isinstance(node, ast.Attribute) else node.arg
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, (ast.Attribute, ast.keyword))
    }
    assert file == Path("explain/attribution.py") or "shap" not in {
        name.split(".")[0] for name in imported(file)
    }
    stopping = {str(word) for word in named | called if isinstance(word, str) and "early_stopping" in word}
    assert not stopping, f"{file} stops early ({stopping}): cut the model that is saved"


@pytest.mark.parametrize("file", modules(), ids=str)
def test_only_a_main_touches_disk_clock_or_environment(file: Path) -> None:
    """Outside ``main`` and ``read_inputs``, its reading half, no function touches what is kept."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    touching = {"read", "pages", "write", "writer", "write_text"}
    touching |= {"read_result", "write_result"}
    touching |= {"save", "set_aside", "artifact"}
    touching |= {"params", "param", "read_yaml", "section_of"}
    banned = {"os", "time", "datetime.datetime", "random", "shutil", "subprocess"}
    names = imported(file)
    assert not names & banned, f"{file} imports {sorted(names & banned)}"
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef) or function.name in ("main", "read_inputs"):
            continue
        for node in ast.walk(function):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "pipeline"
            ):
                assert node.attr not in touching, f"{file}: {function.name} calls pipeline.{node.attr}"


def test_the_truth_is_read_by_simulate_investigate_and_audits_only() -> None:
    for name, stage in console.stages().items():
        stage_name = name.split("@")[0]
        if set(stage["deps"]) & TRUTH:
            # Stages of the audit are named after it, so that nobody else slips in.
            is_allowed = stage_name in MAY_READ_TRUTH or stage_name.startswith("audit_")
            assert is_allowed, f"{name} reads the hidden truth"
        if set(stage["deps"]) & TRUTH_AUDITED:
            assert stage_name == "report", f"{name} reads what the audit knows"
        for dep in stage["deps"]:
            covers = [hidden for hidden in TRUTH | TRUTH_AUDITED if hidden.startswith(f"{dep}/")]
            assert not covers, f"{name} reads a folder that holds {covers}"


@pytest.mark.parametrize("file", modules(), ids=str)
def test_only_the_audit_imports_what_handles_the_truth(file: Path) -> None:
    truths = {name for name in imported(file) if name.split(".")[:2] == ["models", "truth"]}
    is_audit = file.parent == Path("models") and file.stem.split("_")[0] == "audit"
    assert not truths or is_audit or Path("models/truth") in file.parents, f"{file} imports {sorted(truths)}"


def test_the_edge_is_imported_by_no_room_and_knows_no_truth() -> None:
    for file in modules():
        assert not {name for name in imported(file) if name.split(".")[0] == "serving"}, file
    for file in sorted(Path("serving").rglob("*.py")):
        truths = {name for name in imported(file) if name.startswith("models.truth")}
        truths |= imported(file) & {"data.schema.Truth", "data.schema.Schemes"}
        assert not truths, f"{file} imports {sorted(truths)}"


def test_labels_on_trial_reach_no_model_of_the_bank() -> None:
    for name, stage in console.stages().items():
        if set(stage["deps"]) & ON_TRIAL:
            assert name in MAY_READ_TRIALS, f"{name} reads labels on trial"


def test_every_stage_is_a_module_a_section_and_a_verb() -> None:
    for name, stage in console.stages().items():
        assert console.module_of(stage["cmd"]).split(".")[1] == name.split("@")[0]


def test_no_stage_declares_a_folder_of_what_is_generated() -> None:
    """A folder would hold what a killed process left, and tables that the stage never reads.

    But for the two that hold one file a model and nothing else, so that a model more is no edit there.
    """
    for name, stage in console.stages().items():
        for dep in set(stage["deps"]) - OF_EVERY_MODEL:
            assert not dep.startswith("artifacts/") or Path(dep).suffix, f"{name} reads the folder {dep}"


def test_the_folders_of_models_hold_one_file_of_each_and_no_other() -> None:
    outs = [out for stage in console.stages().values() for out in stage["outs"] if isinstance(out, str)]
    for folder in OF_EVERY_MODEL:
        held = {Path(out).stem for out in outs if out.startswith(f"{folder}/")}
        assert held == set(MODELS)


def test_every_table_is_written_by_exactly_one_stage() -> None:
    outs = [out for stage in console.stages().values() for out in stage["outs"] if isinstance(out, str)]
    assert len(outs) == len(set(outs))


def own_files(module: str) -> set[Path]:
    """Files of this project that a module imports, and those that they import in turn."""
    found: set[Path] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        path = Path(name.replace(".", "/"))
        file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        if not file.is_file() or file in found:
            continue
        found.add(file)
        waiting += [*imported(file), *(name.rsplit(".", up)[0] for up in range(1, name.count(".") + 1))]
    return found


@pytest.mark.parametrize("name", console.stages())
def test_a_stage_declares_every_file_of_the_project_that_it_imports(name: str) -> None:
    stage = console.stages()[name]
    declared = [Path(dep) for dep in stage["deps"]]
    missing = [
        str(file)
        for file in own_files(console.module_of(stage["cmd"]))
        if not any(file == dep or dep in file.parents for dep in declared)
    ]
    assert not missing, f"{name} does not declare {sorted(missing)}"


ZOO = Path("models/zoo")
# One template declares the deps of every model, and a family is free to need no scale of features.
SCALING = "models/zoo/scaling.py"
OF_ONE_TEMPLATE = ("tune@", "train@")


def is_code(dep: str) -> bool:
    """Whether a dep is a module of this project or a folder of such."""
    path = Path(dep)
    own = not dep.startswith("artifacts/")
    return own and (path.suffix == ".py" or (path.is_dir() and any(path.rglob("*.py"))))


def idle_code(name: str) -> list[str]:
    """Declared modules that a stage imports neither itself nor through a model that it looks up by name."""
    stage = console.stages()[name]
    reached, code = own_files(console.module_of(stage["cmd"])), [dep for dep in stage["deps"] if is_code(dep)]
    for dep in code:
        if ZOO in Path(dep).parents:
            for file in [Path(dep)] if Path(dep).is_file() else sorted(Path(dep).rglob("*.py")):
                module = ".".join(file.with_suffix("").parts).removesuffix(".__init__")
                reached |= own_files(module) - ({file} if dep == SCALING else set())
    return [dep for dep in code if not any(dep == str(file) or Path(dep) in file.parents for file in reached)]


@pytest.mark.parametrize("name", console.stages())
def test_a_stage_declares_no_code_that_it_does_not_import(name: str) -> None:
    idle = idle_code(name)
    if name.startswith(OF_ONE_TEMPLATE):
        idle = [dep for dep in idle if dep != SCALING]
    assert not idle, f"{name} declares deps that it does not import: {idle}"
