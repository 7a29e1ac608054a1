"""What serving/settings.yaml says, checked."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from parameters import BadInput, Count, Days, Parameters, Part, Positive, Seed, Share, Weeks, parse, read_yaml

SETTINGS_FILE = Path(__file__).with_name("settings.yaml")


class ScoringSettings(Parameters):
    """Section ``scoring``."""

    weeks: Weeks
    least_days: Days
    history_days: Days
    reasons: int = Field(ge=1, le=100)
    listed_payments: int = Field(ge=1, le=10_000)
    most_pages: int = Field(ge=0, le=100_000)


class FileModelSettings(Parameters):
    """Section ``model``."""

    learner: str
    reference_subjects: int = Field(ge=100, le=1_000_000)
    seed: Seed


class DriftSettings(Parameters):
    """Section ``drift``."""

    most_psi: Positive
    chance: Part
    most_drifted_share: Share


class ServiceSettings(Parameters):
    """Section ``service``."""

    host: str
    port: int = Field(ge=1, le=65_535)
    most_body_bytes: int = Field(ge=1_000, le=10**9)
    most_batch: Count
    most_stored: Count
    requests_per_second: Positive
    burst: Count
    most_clients: Count
    most_waiting: Count
    body_seconds: Positive
    ahead_days: float = Field(ge=0, le=36_500)
    zone_hours: float = Field(ge=-12, le=14)


class ServingSettings(Parameters):
    """The whole file."""

    scoring: ScoringSettings
    model: FileModelSettings
    drift: DriftSettings
    service: ServiceSettings


def read_settings(path: Path = SETTINGS_FILE) -> ServingSettings:
    """Read the file; what is wrong with it is one sentence.

    Raises
    ------
    BadInput
        if it is missing, no YAML or not of this form
    """
    values = read_yaml(path)
    if not isinstance(values, dict):
        raise BadInput(f"{path}: expected sections by name")
    return parse(ServingSettings, values, str(path))
