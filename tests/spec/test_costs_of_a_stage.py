"""What a stage cost is kept with its run, that of the processes it started included."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

# A stage that hands its work to a second process: it burns processor time and fills memory there.
STAGE = """
import os, time
import pipeline

def main():
    if (child := os.fork()) == 0:
        filled = bytearray(os.urandom(1)) * (200 << 20)
        until = time.process_time() + 1.0
        while time.process_time() < until:
            pass
        os._exit(0)
    os.waitpid(child, 0)

pipeline.run_stage("shared", {stage})
"""


def cost_of(folder: Path, stage: str, root: Path) -> dict[str, float]:
    """The numbers that the run of a stage keeps."""
    command = [sys.executable, "-c", STAGE.format(stage=stage)]
    subprocess.run(command, cwd=folder, env=os.environ | {"PYTHONPATH": str(root)}, check=True)
    kept: dict[str, float] = json.loads((folder / "artifacts/runs/shared.json").read_text(encoding="utf-8"))
    return kept


def test_what_a_second_process_used_is_counted_with_the_stage(tmp_path: Path, root: Path) -> None:
    idle, shared = (cost_of(tmp_path, stage, root) for stage in ("lambda: None", "main"))
    assert shared["cpu_seconds"] > idle["cpu_seconds"] + 0.8
    assert shared["peak_mb"] > idle["peak_mb"] + 200
    assert shared["page_faults"] > idle["page_faults"]
