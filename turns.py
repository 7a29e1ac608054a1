"""Turns of the feedback loop as experiments of DVC: ``python console.py experiments``.

DVC keeps an experiment as a commit under ``refs/exps``, on top of the commit it began from, and
knows it by name. Here each turn of studies/results/iterations.json becomes one: its change laid
over params.yaml and the rulebook, its figures in ``studies/turn``. Nothing is run, and neither
files nor branches nor the index of the repository are touched. ``dvc exp save`` is not asked: in
a clone that has run nothing it misses the tables of every stage, and it commits a scratch file of
its own (findings/dvc-exp-save-commits-its-own-scratch-file.sh).
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

import pipeline
from data.results import Interval
from iterate import PLAN, RULEBOOK, Change, PlannedTurn, PlannedTurns, changed_book, changed_values
from models.results.iterations import Iteration, Iterations
from parameters import BadInput, parse, read_yaml, write_yaml
from pipeline import ARTIFACTS, PARAMS_FILE, STUDIES
from provenance import LOCK, as_json, changes
from replays import changed_params

FOLDER = STUDIES / "turn"  # of an experiment: its figures, and what names them to DVC
FIGURES = FOLDER / "figures.json"
NAMED = f"# What `dvc exp show` prints of a turn.\nmetrics:\n  - {FIGURES.name}\n"
FIRST = "turn-00-before"
WRITTEN_BY_RUNS = (str(ARTIFACTS), str(LOCK), str(STUDIES / "results"), str(STUDIES / LOCK), "docs")
AUTHOR = {  # whoever makes it, named in git or not
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", "experiments"), ("EMAIL", "experiments@localhost"))
}


@dataclass(frozen=True)
class Experiment:
    """A turn as DVC shall know it: its changes one after the other, its figures, and what it is about."""

    name: str
    words: str
    changes: list[Change]
    figures: dict[str, Any]


class YamlText:
    """A YAML file as people wrote it, and the same with other values in its order and with its comments."""

    def __init__(self, path: Path) -> None:
        self.path, self.text = path, path.read_text(encoding="utf-8")
        self.values = read_yaml(path)
        self._form = YAML()
        self._form.width, self._form.preserve_quotes = 10**6, True
        self._form.indent(mapping=2, sequence=4, offset=2)
        self._tree = self._form.load(self.text)
        self._told = {as_json(self.values): self.text}  # texts by their values

    def with_values(self, values: Any) -> str:
        """The text of the file with these values."""
        key = as_json(values)
        if key not in self._told:
            told = StringIO()
            self._form.dump(_laid_into(deepcopy(self._tree), values), told)
            self._told[key] = self._read_alike(told.getvalue(), values)
        return self._told[key]

    def _read_alike(self, text: str, values: Any) -> str:
        """The text, where `read_yaml` reads these values in it; two readers differ on a few spellings."""
        with tempfile.TemporaryDirectory() as place:
            aside = Path(place) / self.path.name
            aside.write_text(text, encoding="utf-8")
            if read_yaml(aside) != values:
                write_yaml(aside, values)
            return aside.read_text(encoding="utf-8")


def _laid_into(tree: Any, values: Any) -> Any:
    if isinstance(tree, dict) and isinstance(values, dict):
        pairs: Iterable[tuple[Any, Any]] = values.items()
    elif isinstance(tree, list) and isinstance(values, list) and len(tree) == len(values):
        pairs = enumerate(values)
    else:
        return tree if tree == values else values
    for key, value in pairs:
        is_known = not isinstance(tree, dict) or key in tree
        tree[key] = _laid_into(tree[key], value) if is_known else value
    return tree


def experiments_of(
    study: Iterations, plan: Sequence[PlannedTurn], values: dict[str, Any], book: dict[str, Any]
) -> list[Experiment]:
    """The world before the first turn, and every turn on top of those kept before it.

    ``values`` are those of params.yaml and ``book`` the rulebook. A turn that is no longer in
    the plan, or is another one there, is bad input: its figures would stand beside a change
    that never ran.
    """
    world = Change(params=json.loads(study.changes))
    planned = {turn.name: turn.change for turn in plan}
    made = [Experiment(FIRST, "before the first turn", [world], _before(study.iterations))]
    for number, turn in enumerate(study.iterations, 1):
        missing = {turn.name, *turn.base} - planned.keys()
        if missing:
            raise BadInput(f"{PLAN}: {sorted(missing)[0]} has run, yet is no turn of it: run make iterate")
        base, change = [planned[name] for name in turn.base], planned[turn.name]
        if changed_values(change, base, values, book) != turn.change:
            raise BadInput(f"{PLAN}: {turn.name} changes other values now than it did: run make iterate")
        words = "\n\n".join([turn.title_en, turn.hypothesis_en, *turn.change])
        name = f"turn-{number:02d}-{turn.name}"
        made.append(Experiment(name, words, [world, *base, change], figures_of(turn, change)))
    return made


def files_of(experiment: Experiment, params: YamlText, rules: YamlText) -> dict[str, str]:
    """Text of every file in which an experiment may differ from the commit below it, by path."""
    values = params.values
    for change in experiment.changes:
        values = changed_params(values, change.params)
    return {
        str(PARAMS_FILE): params.with_values(values),
        str(RULEBOOK): rules.with_values(changed_book(rules.values, experiment.changes)),
        str(FOLDER / "dvc.yaml"): NAMED,
        str(FIGURES): json.dumps(experiment.figures, indent=2, ensure_ascii=False) + "\n",
    }


# ----------------------------------------------------------------- figures


def figures_of(turn: Iteration, change: Change) -> dict[str, Any]:
    """What `dvc exp show` prints of a turn: recalls after it, their paired change, the verdict."""
    return {
        "changed": ", ".join([*_places(change.params), *sorted(change.rules)]),
        "verdict": "kept" if turn.is_kept else f"taken back: {', '.join(turn.reasons)}",
        "bank_would": "keep" if turn.bank_would_keep else "take back",
        "false_alarms": {"before": turn.slice_before.false_alarms, "after": turn.slice_after.false_alarms},
        "alerts_on_illicit": {"before": turn.slice_before.illicit, "after": turn.slice_after.illicit},
        "true": {row.figure: row.after for row in turn.true},
        "bank": {row.figure: row.after for row in turn.bank},
        "true_change": {row.figure: _range(row.change) for row in turn.true},
        "bank_change": {row.figure: _range(row.change) for row in turn.bank},
    }


def _before(turns: Sequence[Iteration]) -> dict[str, Any]:
    first = turns[0] if turns else None
    return {
        "verdict": "before the first turn",
        "true": {row.figure: row.before for row in first.true} if first else {},
        "bank": {row.figure: row.before for row in first.bank} if first else {},
    }


def _places(values: Any, place: str = "") -> list[str]:
    if not isinstance(values, dict):
        return [place]
    return [one for key, value in values.items() for one in _places(value, f"{place}.{key}".lstrip("."))]


def _range(found: Interval) -> str:
    if found.value is None or found.low is None or found.high is None:
        return "unknown"
    return f"{found.value:+.3f} ({found.low:+.3f} to {found.high:+.3f})"


# --------------------------------------------------------------------- git


def _git(*words: str, told: str = "", index: str | None = None, second: int | None = None) -> str:
    moment = f"{second} +0000"
    dated = {} if second is None else {"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment}
    surroundings = os.environ | AUTHOR | dated | ({"GIT_INDEX_FILE": index} if index else {})
    done = subprocess.run(
        ["git", *words], input=told.encode(), capture_output=True, check=True, env=surroundings
    )
    return done.stdout.decode().strip()


def head_commit() -> str:
    """The commit on which experiments stand; a folder without one, or changed since, is bad input."""
    try:
        head, inside = _git("rev-parse", "HEAD"), _git("rev-parse", "--show-prefix")
    except (FileNotFoundError, subprocess.CalledProcessError):
        head, inside = "", ""
    if not head or inside:
        raise BadInput(
            "no git repository here: DVC keeps experiments as commits of one (git clone, or git init)"
        )
    written = [f":(exclude){name}" for name in WRITTEN_BY_RUNS]
    changed = _git("diff", "--name-only", "HEAD", "--", ".", *written).splitlines()
    if changed:
        others = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        raise BadInput(
            f"{changed[0]}{others}: changed since the last commit; commit first, experiments stand on it"
        )
    return head


def commit_of(experiment: Experiment, files: dict[str, str], head: str, second: int) -> str:
    """Put the files of an experiment into the repository as a commit on top of ``head``; its digest.

    The moment is ``second`` of the epoch: the same commit whenever it is made, so that DVC knows it again.
    """
    with tempfile.TemporaryDirectory() as place:
        index = str(Path(place) / "index")
        _git("read-tree", head, index=index)
        for name, text in files.items():
            stored = _git("hash-object", "-w", "--stdin", told=text)
            _git("update-index", "--add", "--cacheinfo", f"100644,{stored},{name}", index=index)
        tree = _git("write-tree", index=index)
    words = f"{experiment.name}: {experiment.words}\n"
    return _git("commit-tree", "-p", head, tree, told=words, second=second)


def save_turns() -> None:
    """Make every turn of the log an experiment; one of the same name is replaced."""
    head = head_commit()
    study, params, rules = pipeline.read_result(Iterations), YamlText(PARAMS_FILE), YamlText(RULEBOOK)
    plan = parse(PlannedTurns, read_yaml(PLAN), str(PLAN))
    made = experiments_of(study, plan.iterations, params.values, rules.values)
    # A log that is not committed yet goes along, so that `dvc exp apply` does not take it away.
    result = pipeline.result_path(Iterations)
    log = {str(result): result.read_text(encoding="utf-8")}
    begun = int(_git("show", "--no-patch", "--format=%ct", head))
    commits = {
        experiment.name: commit_of(
            experiment, files_of(experiment, params, rules) | log, head, begun + number
        )
        for number, experiment in enumerate(made)
    }
    place = f"refs/exps/{head[:2]}/{head[2:]}/"
    known = _git("for-each-ref", "--format=%(refname)", "refs/exps").splitlines()
    elsewhere = [ref for ref in known if not ref.startswith(place) and ref.rsplit("/", 1)[1] in commits]
    orders = [f"update {place}{name} {commit}\n" for name, commit in commits.items()]
    _git("update-ref", "--stdin", told="".join([*orders, *(f"delete {ref}\n" for ref in elsewhere)]))
    print("\n".join(table(made)))
    stale = changes(study.made_by, {}, params.values)
    if stale:
        print(f"STALE: the turns ran with other values of {', '.join(stale)}: run make iterate")
    last = made[-1].name
    print(f"{len(made)} experiments of DVC, kept on commit {head[:7]}")
    print(f"one beside another: dvc exp diff {FIRST} {last}")
    print("all in one table, for which DVC reads a minute the first time: dvc exp show --only-changed")
    print(f"its files into this folder, after make report: dvc exp apply {last}")


def table(made: Sequence[Experiment]) -> list[str]:
    """Experiments with their recalls in truth, one a line."""
    rankers = list(made[0].figures["true"])
    wide = max(len(experiment.name) for experiment in made)
    lines = [
        "Recall in truth after each turn:",
        f"{'experiment':<{wide}}  {'false alarms':>14}  {'  '.join(rankers)}  verdict",
    ]
    for experiment in made:
        told = experiment.figures
        alarms = "{before:,} → {after:,}".format(**told["false_alarms"]) if "false_alarms" in told else ""
        recalls = [_recall(told["true"].get(name)).rjust(len(name)) for name in rankers]
        lines.append(f"{experiment.name:<{wide}}  {alarms:>14}  {'  '.join(recalls)}  {told['verdict']}")
    return lines


def _recall(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.3f}"
