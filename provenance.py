"""What made a result of a study, and whether that still holds.

Studies do not run with the pipeline. Each result keeps the digests of the files that it was
made from, as DVC counts them, and the parameters; dvc.lock and params.yaml say what both are
now.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from models.results.studies import Provenance
from parameters import BadInput, Settings, parse, read_yaml
from pipeline import PARAMS_FILE, STUDIES

LOCK = Path("dvc.lock")
STUDY_PARAMS = STUDIES / PARAMS_FILE


def digest(path: Path) -> str:
    """MD5 of a file; a missing one is bad input."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    except FileNotFoundError:
        raise BadInput(f"{path}: the file is missing, run the stage that writes it") from None


def study_params(section: str, settings: type[Settings]) -> Settings:
    """One section of the parameters of the studies."""
    return parse(settings, section_at(read_yaml(STUDY_PARAMS), section), f"{STUDY_PARAMS}: {section}")


def section_at(values: Any, section: str) -> Any:
    """A section of read parameters by its dotted name; None where there is none."""
    for key in section.split("."):
        values = values.get(key) if isinstance(values, dict) else None
    return values


def as_json(value: Any) -> str:
    """A value as one line of JSON in which the order of keys does not matter."""
    return json.dumps(value, sort_keys=True, default=str)


def made_now(data: Iterable[str], sections: Iterable[str], own: str) -> Provenance:
    """The provenance of a result that is made from these files and sections now; ``own`` is the study's."""
    values = read_yaml(PARAMS_FILE)
    return Provenance(
        data={name: digest(Path(name)) for name in data},
        parameters={name: as_json(section_at(values, name)) for name in sections},
        own=as_json(section_at(read_yaml(STUDY_PARAMS), own)),
    )


def locked(lock: Any) -> dict[str, str]:
    """The digest of every output of the pipeline, by path, from what dvc.lock says."""
    stages = lock.get("stages", {}) if isinstance(lock, dict) else {}
    outs = [out for stage in stages.values() for out in stage.get("outs", [])]
    return {out["path"]: out["md5"] for out in outs}


def changes(made_by: Provenance, outs: Mapping[str, str], values: Any) -> list[str]:
    """What is another now than when a result was made: files by path, sections by name.

    ``outs`` are of `locked`, ``values`` those of params.yaml. What a model's section says of
    the default run's trials and start is no part of a study, which has its own trials and
    whose finding the start is.
    """
    files = [name for name, mark in made_by.data.items() if outs.get(name) != mark]
    sections = []
    for name, told in made_by.parameters.items():
        then, now = (_without_search(each) for each in (json.loads(told), section_at(values, name)))
        if as_json(then) != as_json(now):
            sections.append(name)
    return files + sections


def _without_search(section: Any) -> Any:
    if not isinstance(section, dict):
        return section
    return {key: value for key, value in section.items() if key not in ("trials", "start")}
