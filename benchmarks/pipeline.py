"""Race the whole pipeline of two revisions: processor seconds, wall time, page faults.

``python -m benchmarks.pipeline OLD NEW [--rounds N]`` clones both revisions into scratch
folders, with cold kernels and no results, and runs ``make report`` there, first the one,
then the other, round after round, in this environment (the same lock file is taken for
granted). What each command took is told by the operating system when its process ends. The medians and
their ratios (new over old) go into ``benchmarks/results/pipeline.json``, with a list of
what differs between the two ``metrics.json``: a faster run that finds something else has
not won anything.

Only the standard library is imported here: this file also stands between make and Python
while the pipeline runs, and must cost nothing there.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RESULT = Path("benchmarks/results/pipeline.json")
COUNTS = ("cpu_seconds", "wall_seconds", "page_faults")
METRICS = "artifacts/reports/metrics.json"

Cost = dict[str, float]


def cost_of(command: list[str], **options: object) -> tuple[int, Cost]:
    """Run a command to its end: exit code, and what it and its children took."""
    started = time.perf_counter()
    process = subprocess.Popen(command, **options)  # type: ignore[call-overload]
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, {
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "wall_seconds": time.perf_counter() - started,
        "page_faults": used.ru_minflt,
        "peak_gb": used.ru_maxrss / 1024**2,
    }


def stand_between(log: Path, arguments: list[str]) -> int:
    """Run Python with ``arguments`` and note what it took; the exit code."""
    code, cost = cost_of([sys.executable, *arguments])
    with log.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"command": " ".join(arguments).removeprefix("-m "), **cost}) + "\n")
    return code


def checkout(revision: str, folder: Path) -> str:
    """Clone this repository at ``revision`` into ``folder``; the short hash."""
    subprocess.run(["git", "clone", "--quiet", "--no-checkout", ".", str(folder)], check=True)
    subprocess.run(["git", "checkout", "--quiet", "--detach", revision], cwd=folder, check=True)
    shown = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(shown, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def run(folder: Path) -> tuple[Cost, dict[str, Cost]]:
    """``make report`` in a checkout: what all of it took, and each command of Python's."""
    log = folder.parent / f"{folder.name}.log"
    # The checkout's environment is this one, with a notary in front of its Python.
    tools = folder / ".venv" / "bin"
    tools.mkdir(parents=True)
    between = f'"{sys.executable}" -S "{Path(__file__).resolve()}" --log "{log}" -- "$@"'
    for name, line in {"python": between, "dvc": f'"{sys.executable}" -m dvc "$@"'}.items():
        (tools / name).write_text(f"#!/bin/sh\nexec {line}\n", encoding="utf-8")
        (tools / name).chmod(0o755)
    (tools.parent / "installed").touch()
    code, total = cost_of(["make", "report"], cwd=folder, stdout=subprocess.DEVNULL)
    if code:
        raise SystemExit(f"make report in {folder} ended with exit code {code}")
    commands = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    total["peak_gb"] = max(command["peak_gb"] for command in commands)
    return total, {command.pop("command"): command for command in commands}


def medians(costs: list[Cost]) -> Cost:
    """Median of each count over the rounds."""
    return {key: round(statistics.median(cost[key] for cost in costs), 2) for key in costs[0]}


def compared(old: list[Cost], new: list[Cost]) -> dict[str, object]:
    """Medians of both sides and their ratios, new over old."""
    one, other = medians(old), medians(new)
    ratios = {
        f"ratio_{key.removesuffix('_seconds')}": round(other[key] / max(one[key], 0.01), 3) for key in COUNTS
    }
    return {"old": one, "new": other, **ratios}


def flat(value: object, place: str = "") -> dict[str, object]:
    """Leaves of nested mappings and lists, by dotted key."""
    inner = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    )
    if inner is None:
        return {place: value}
    return {key: leaf for name, item in inner for key, leaf in flat(item, f"{place}.{name}").items()}


def differing(old: Path, new: Path) -> dict[str, object]:
    """Which values of the two metrics.json differ."""
    one, other = (flat(json.loads((side / METRICS).read_text(encoding="utf-8"))) for side in (old, new))
    keys = sorted(key.strip(".") for key in one.keys() | other.keys() if one.get(key) != other.get(key))
    return {"values": len(one.keys() | other.keys()), "differ": len(keys), "keys": keys}


def race(revisions: tuple[str, str], rounds: int) -> dict[str, object]:
    """Run both revisions in turn and compare them."""
    totals: tuple[list[Cost], list[Cost]] = ([], [])
    stages: tuple[dict[str, list[Cost]], dict[str, list[Cost]]] = ({}, {})
    hashes = ["", ""]
    for number in range(rounds):
        scratch = Path(tempfile.mkdtemp(prefix="aml-race-"))
        folders = scratch / "old", scratch / "new"
        for side, (revision, folder) in enumerate(zip(revisions, folders, strict=True)):
            hashes[side] = checkout(revision, folder)
            total, by_stage = run(folder)
            totals[side].append(total)
            for name, cost in by_stage.items():
                stages[side].setdefault(name, []).append(cost)
            shown = ", ".join(f"{key} {value:,.0f}" for key, value in total.items())
            print(f"round {number + 1}, {hashes[side]}: {shown}", flush=True)
        found = differing(*folders)
        shutil.rmtree(scratch)
    whole = compared(*totals)
    return {
        "revisions": {"old": hashes[0], "new": hashes[1]},
        "rounds": rounds,
        "cores": os.cpu_count(),
        **whole,
        "stages": {
            name: compared(stages[0][name], costs) for name, costs in stages[1].items() if name in stages[0]
        },
        "metrics": found,
    }


def main() -> None:
    """Race two revisions, or stand between make or DVC and Python."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--log", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("words", nargs="*", metavar="OLD NEW")
    given = parser.parse_args()
    if given.log:
        raise SystemExit(stand_between(given.log, given.words))
    if len(given.words) != 2:
        parser.error("expected two revisions, the old and the new one")
    result = race((given.words[0], given.words[1]), given.rounds)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps({key: value for key, value in result.items() if key.startswith("ratio")}))


if __name__ == "__main__":
    main()
