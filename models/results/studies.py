"""Contracts of the results of studies: long searches and many seeds, with what made them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from data.results import Interval
from models.results.trials import TrialWorth
from models.results.tuned import Choice, TunedTrial
from pipeline import Record, StudyResult

LeftOutOf = Literal["labels", "labels_and_library"]


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


class NoveltyFound(Record):
    """What is found of typologies that a model was taught, and of the same that it was not."""

    customers: int = Field(description="illicit customers of the test in them, counted once a typology")
    groups: int = Field(description="schemes with all who take part in them, which a bootstrap draws as one")
    known: Interval = Field(description="their true recall at the budget, everything taught; mean of seeds")
    novel: Interval = Field(description="the same, their typology left out")
    change: Interval = Field(description="the second less the first, paired by scheme")
    others_change: Interval = Field(
        description="the same difference of all other illicit customers: what another fit changes by itself"
    )


class LeftOut(Record):
    """One typology that a model was not taught."""

    typology: str = Field(description="name of the typology")
    left_out: LeftOutOf = Field(
        description="what its rows were taken out of: the bank's labels, or the library as well"
    )
    labelled: int = Field(description="customers with a suspicious label among the rows taken out")
    planted: int = Field(description="customers of the library among the rows taken out")
    found: NoveltyFound = Field(description="what is found of it")


class NoveltyStudy(StudyResult):
    """Leave one typology out: what a model finds of a typology of which it was taught nothing."""

    model: str = Field(description="model of the zoo")
    made_by: Provenance = Field(description="data and parameters")
    choice: Choice = Field(description="hyper-parameters, those of the default run or smaller ones")
    least_customers: int = Field(
        description="a typology is left out where labels teach and the test holds so many customers of it"
    )
    rows: list[LeftOut] = Field(description="by typology, and by what it was taken out of")
    together: dict[str, NoveltyFound] = Field(
        description="all typologies by what they were taken out of; each customer by the fit without its own"
    )


class LibraryWorth(Record):
    """What one fixed model finds that was taught the bank's labels and one library of typologies."""

    library: str = Field(description="none, the written one, or the same with the world's own figures")
    label_en: str = Field(description="what is taught, in English")
    label_zh: str = Field(description="the same in Chinese")
    customers: int = Field(description="planted customers to learn from")
    schemes: int = Field(description="planted schemes to learn from")
    recall: Interval = Field(description="true recall at the budget, mean of the seeds, by scheme")
    gain: Interval = Field(description="it less that of the bank's labels alone, paired by scheme")
    described: Interval = Field(description="recall of test customers in schemes of typologies it has")
    undescribed: Interval = Field(description="recall of all other illicit customers of the test")


class BestLibraryStudy(StudyResult):
    """What the library would be worth if it were drawn with the figures of the world: the best case."""

    made_by: Provenance = Field(description="data and parameters")
    rows: list[LibraryWorth] = Field(description="no library, the written one, the best case")
    gap: Interval = Field(description="true recall with the best case less that with the written one, paired")


class WayWorth(Record):
    """What one way to learn from the library finds, for one family of models."""

    family: str = Field(description="trees, the audit's fixed ones, or net, the zoo's plain one")
    way: str = Field(
        description="bank: its labels alone; mixed: the library's rows beside them; warmed: the library "
        "first, the bank's labels afterwards; headed: mixed, and a head for each typology"
    )
    recall: Interval = Field(description="true recall at the budget, mean of the seeds, by scheme")
    gain: Interval = Field(description="it less that of the bank's labels alone, paired by scheme")
    over_mixed: Interval = Field(description="it less that of the library mixed in, paired by scheme")
    by_seed: list[float] = Field(description="true recall of each seed's fit")


class HeadsStudy(StudyResult):
    """Ways to learn from the library of typologies other than to mix it in."""

    made_by: Provenance = Field(description="data and parameters")
    choice: Choice = Field(description="hyper-parameters of the net, those of the default run")
    auxiliary: float = Field(description="what a typology's head counts beside the first one, in the loss")
    rows: list[WayWorth] = Field(description="by family and way")
