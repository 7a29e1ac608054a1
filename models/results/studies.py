"""Contracts of the results of studies: long searches and many seeds, with what made them."""

from __future__ import annotations

from pydantic import Field

from models.results.trials import TrialWorth
from models.results.tuned import Choice, TunedTrial
from pipeline import Record, StudyResult


class Provenance(Record):
    """What made a result: it is stale where one of these is another now."""

    data: dict[str, str] = Field(description="MD5 of each file read, by path, as DVC counts it")
    parameters: dict[str, str] = Field(description="JSON of each section of params.yaml used, by name")
    own: str = Field(description="JSON of the study's own parameters")


class Importance(Record):
    """How much of the objective's spread over the trials a hyper-parameter accounts for."""

    parameter: str = Field(description="name of the hyper-parameter")
    share: float = Field(description="share of the spread; all of them together are 1")
    noise: float = Field(
        description="what it reaches in one of twenty deals of the objective among the trials; a share "
        "below it says nothing"
    )


class SearchStudy(StudyResult):
    """A long search of the hyper-parameters of one model, on the folds of the default run."""

    model: str = Field(description="model of the zoo")
    made_by: Provenance = Field(description="data and parameters")
    choice: Choice = Field(description="hyper-parameters of the best trial, a start for the default run")
    trials: list[TunedTrial] = Field(description="every trial in order")
    importances: list[Importance] = Field(description="by hyper-parameter, the most important first")


class SeedWorth(Record):
    """One model fitted with one seed."""

    seed: int = Field(description="seed of the fit")
    worth: TrialWorth = Field(description="what it finds; gains are measured from the first seed")


class SeedStudy(StudyResult):
    """How far a model's worth depends on its seed, everything else equal."""

    model: str = Field(description="model of the zoo")
    made_by: Provenance = Field(description="data and parameters")
    choice: Choice = Field(description="hyper-parameters, those of the default run")
    seeds: list[SeedWorth] = Field(description="by seed")
    true_recall_mean: float | None = Field(description="mean of the true recall over the seeds")
    true_recall_spread: float | None = Field(description="largest less smallest true recall")
