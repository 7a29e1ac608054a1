"""Commands around the pipeline: check parameters, smoke run, summary, generated pages.

- ``python console.py check``: refuse wrong parameters before anything runs
- ``python console.py summary``: stage, seconds, peak memory, rows; where the report is
- ``python console.py compile``: compile the numba kernels, on both cores, before a stage needs them
- ``python console.py smoke``: the whole pipeline on a small world, in a scratch copy
- ``python console.py low``: likewise, on the world of low prevalence
- ``python console.py worlds``: the headline in several worlds, from where a run before ended
- ``python console.py iterate``: the iterations of studies/iterations.yaml, likewise
- ``python console.py experiments``: the iterations that have run, as experiments of DVC
- ``python console.py fix``: put the hash of the configuration in force into studies/verdicts.yaml
- ``python console.py docs``: render the pages in docs/ that are made from code and results, and the
  finding of both READMEs
- ``python console.py pdf``: print the report's pages, one PDF a language; needs a Chromium
- ``python console.py sample``: make docs/sample from the run in artifacts/
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import check as checks
import pipeline
import verdicts
from check import DVC_FILE, laid_over
from check import module_of as module_of
from docs_pages import (
    GLOSSARY,
    MEASURED_PAGE,
    README,
    README_CHINESE,
    RESULTS_PAGE,
    TABLES_PAGE,
    finding_in_words,
    results_page,
    tables_page,
    with_finding,
    with_results,
    with_terms,
)
from parameters import read_yaml, write_yaml
from pipeline import ARTIFACTS, PARAMS_FILE, BadInput, Registry
from reports.results import Metrics, Run, StageRun
from study_pages import STUDIES_PAGE, studies_page

GENERATED = {"artifacts", "__pycache__", "dvc_plots"}
KEPT_HIDDEN = {".ci", ".dvc"}

Command = Callable[[], None]
COMMANDS: Registry[Command] = Registry("command")


def stages(file: Path = DVC_FILE) -> dict[str, dict[str, Any]]:
    """Every stage of dvc.yaml (or of another such ``file``) in order, ``foreach`` unfolded.

    A name leads to its cmd, deps and outs.

    Interpolations are filled in from params.yaml and the ``foreach`` items; a dep that
    stands twice is one.
    """
    values, pipelines = read_yaml(PARAMS_FILE), read_yaml(file)
    if not isinstance(values, dict):
        raise BadInput(f"{PARAMS_FILE}: expected sections by name")
    if not isinstance(pipelines, dict) or not isinstance(pipelines.get("stages"), dict):
        raise BadInput(f"{file}: expected stages by name under 'stages'")
    unfolded: dict[str, dict[str, Any]] = {}
    for name, body in pipelines["stages"].items():
        items = body.get("foreach") if isinstance(body, dict) else None
        if items is None:
            unfolded[name] = _filled(body, values)
        elif not isinstance(items, dict) or "do" not in body:
            raise BadInput(f"{file}: stage {name}: expected 'foreach' by key, and 'do'")
        else:
            for key, item in items.items():
                unfolded[f"{name}@{key}"] = _filled(body["do"], values | {"key": key, "item": item})
    for name, stage in unfolded.items():
        if not isinstance(stage, dict) or not re.fullmatch(r"python -m [\w.]+( \w+)?", str(stage.get("cmd"))):
            raise BadInput(f"{file}: stage {name}: expected a command 'python -m <module>'")
    return {
        name: stage | {"deps": list(dict.fromkeys(stage.get("deps", [])))} for name, stage in unfolded.items()
    }


def _filled(value: Any, values: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {_filled(key, values): _filled(inner, values) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, values) for inner in value]
    if not isinstance(value, str):
        return value

    def fill(match: re.Match[str]) -> str:
        found: Any = values
        for part in match[1].split("."):
            if not isinstance(found, dict) or part not in found:
                raise BadInput(f"{DVC_FILE}: {match[0]} is no parameter of {PARAMS_FILE}")
            found = found[part]
        return str(found)

    return re.sub(r"\$\{([\w.]+)\}", fill, value)


@COMMANDS.register("check")
def check_inputs() -> None:
    """Refuse wrong parameters and rules before anything runs."""
    checks.everything(stages())


@COMMANDS.register("summary")
def summary() -> None:
    """Print what each stage cost and what the run found; keep it in artifacts/reports/run.json."""
    rows = []
    for name in stages():
        path = ARTIFACTS / "runs" / f"{name}.json"
        if path.exists():
            found = {"stage": name, **json.loads(path.read_text(encoding="utf-8"))}
            rows.append(pipeline.parse(StageRun, found, str(path)))
    total = round(sum(row.seconds for row in rows), 1)
    peak = max((row.peak_mb for row in rows), default=0)
    pipeline.write_result(Run(stages=rows, seconds=total, peak_mb=peak))
    print(f"{'stage':<16}{'seconds':>9}{'peak MB':>9}{'rows in':>12}{'rows out':>12}{'set aside':>11}")
    for row in rows:
        counts = [sum(rows_of.values()) for rows_of in (row.rows_in, row.rows_out, row.set_aside)]
        print(
            f"{row.stage:<16}{row.seconds:>9.1f}{row.peak_mb:>9,}"
            f"{counts[0]:>12,}{counts[1]:>12,}{counts[2]:>11,}"
        )
    print(f"{'all stages':<16}{total:>9.1f}{peak:>9,}")
    for row in rows:
        for what, count in row.set_aside.items():
            if count:
                print(f"set aside in {row.stage}: {count:,} of {what}")
    print()
    print(finding_in_words(pipeline.read_result(Metrics)))
    print(f"report: {(ARTIFACTS / 'reports' / 'site' / 'index.html').resolve()}")


@COMMANDS.register("compile")
def compile_kernels() -> None:
    """Compile every kernel that has not been compiled yet."""
    import kernels  # here, for it brings every room, and the other commands need none of that

    kernels.compile_all()


@COMMANDS.register("smoke")
def smoke() -> None:
    """Run the whole pipeline on a small world in a scratch copy."""
    run_world(Path("params.smoke.yaml"))


@COMMANDS.register("low")
def low() -> None:
    """Run the whole pipeline on the world of low prevalence in a scratch copy."""
    run_world(Path("params.low.yaml"))


@COMMANDS.register("worlds")
def draw_worlds() -> None:
    """Run the headline in several worlds, each in a scratch copy, from where a run before ended."""
    import worlds  # here, for it imports this module

    compile_kernels()
    worlds.run_worlds()


@COMMANDS.register("iterate")
def iterations() -> None:
    """Run the iterations of the feedback loop, each in a scratch copy, from where a run before ended."""
    import iterate  # here, for it imports this module

    compile_kernels()
    iterate.run_iterations()
    try:
        keep_experiments()
    except BadInput as error:  # the log is written: what is left waits for `make experiments`
        print(f"no experiments of DVC: {error}")


@COMMANDS.register("experiments")
def keep_experiments() -> None:
    """Make every iteration that has run an experiment of DVC; nothing is run."""
    import turns  # here, for it imports this module

    turns.save_turns()


def run_world(changes_file: Path) -> None:
    """Run the whole pipeline in a scratch copy with a file of changed parameters."""
    compile_kernels()
    scratch = Path(tempfile.mkdtemp(prefix="aml-"))
    copy_sources(scratch)
    lay_over(scratch / PARAMS_FILE, changes_file)
    no_scm = ["-m", "dvc", "config", "--local", "core.no_scm", "true"]
    # Nothing has run in the copy and nothing runs in it again: no cache is asked or filled.
    repro = ["-m", "dvc", "repro", "--quiet", "--force", "--no-commit"]
    # DVC runs `python`: it must be this one.
    search = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    for command in (no_scm, ["console.py", "check"], repro, ["console.py", "summary"]):
        done = subprocess.run(
            [sys.executable, *command], cwd=scratch, check=False, env=os.environ | {"PATH": search}
        )
        if done.returncode:
            raise SystemExit(done.returncode)


def copy_sources(target: Path) -> None:
    """Copy every file that git knows or would add, and nothing else."""
    for name in source_files():
        if Path(name).exists() and name != "dvc.lock" and not name.startswith("artifacts/"):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(name, target / name)
            copy_kernels(Path(name), target / name)


def copy_kernels(source: Path, target: Path) -> None:
    """Copy what numba has compiled of a module; it stays valid by the module's time and size."""
    if source.suffix == ".py":
        for file in source.parent.glob(f"__pycache__/{source.stem}.*.nb[ic]"):
            (target.parent / "__pycache__").mkdir(exist_ok=True)
            shutil.copy2(file, target.parent / "__pycache__")


def source_files() -> list[str]:
    """What git knows or would add; where there is no repository, what is not hidden or generated."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
    except (FileNotFoundError, subprocess.CalledProcessError):
        listed = []
    if str(PARAMS_FILE) in listed:
        return [name for name in listed if name]
    found = []
    for folder, folders, files in os.walk("."):
        inside = Path(folder)
        is_open = inside != Path(".dvc")  # of which only the settings are a source
        folders[:] = sorted(
            name
            for name in folders
            if is_open and name not in GENERATED and (name[0] != "." or name in KEPT_HIDDEN)
        )
        found += [str(inside / name) for name in sorted(files) if name not in (".git", "config.local")]
    return found


def lay_over(params_file: Path, changes_file: Path) -> None:
    """Merge a file of changes into a parameter file, section by section."""
    values = laid_over(read_yaml(params_file), read_yaml(changes_file))
    write_yaml(params_file, values)


@COMMANDS.register("docs")
def docs() -> None:
    """Render the pages that are made from schemas and results."""
    TABLES_PAGE.write_text(tables_page(), encoding="utf-8")
    RESULTS_PAGE.write_text(results_page(), encoding="utf-8")
    STUDIES_PAGE.write_text(studies_page(), encoding="utf-8")
    GLOSSARY.write_text(with_terms(GLOSSARY.read_text(encoding="utf-8")), encoding="utf-8")
    metrics = pipeline.read_result(Metrics)
    MEASURED_PAGE.write_text(
        with_results(MEASURED_PAGE.read_text(encoding="utf-8"), metrics), encoding="utf-8"
    )
    for readme, language in ((README, "en"), (README_CHINESE, "zh")):
        text = with_finding(readme.read_text(encoding="utf-8"), metrics, language)
        readme.write_text(text, encoding="utf-8")
    page = verdicts.verdicts_page(
        verdicts.read_verdicts(), metrics.model_dump(mode="json"), verdicts.in_force()
    )
    verdicts.VERDICTS_PAGE.write_text(page, encoding="utf-8")


@COMMANDS.register("sample")
def make_sample() -> None:
    """Make docs/sample from the run in artifacts/: pages, pictures, and of which run they are."""
    import sample  # here, for it brings the whole report
    from reports.report import read_inputs

    sample.write_sample(read_inputs(), pipeline.read_result(Metrics))


@COMMANDS.register("pdf")
def print_report() -> None:
    """Print the report in artifacts/ as PDF."""
    import paper  # here, for it brings the whole report

    site = ARTIFACTS / "reports" / "site"
    pages = {file.name: file.read_text(encoding="utf-8") for file in sorted(site.glob("*.*"))}
    for target in paper.write_paper(pages):
        print(target.resolve())


@COMMANDS.register("fix")
def fix_verdicts() -> None:
    """Fix the claims for the configuration in force."""
    text = verdicts.VERDICTS.read_text(encoding="utf-8")
    verdicts.VERDICTS.write_text(verdicts.fixed(text, verdicts.in_force()), encoding="utf-8")


def main() -> None:
    """Run the command that the first argument names."""
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    try:
        COMMANDS.lookup(name, "console.py")()
    except BadInput as error:
        pipeline.fail(str(error))


if __name__ == "__main__":
    main()
