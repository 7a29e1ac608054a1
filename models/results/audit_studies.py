"""Contracts of the results of the audit's own studies: a rule left out, age left out, many doubles."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from data.results import Interval
from models.results.headline import PartRecall
from models.results.probes import LookAlikeProbe, TypologyPayments
from models.results.studies import Provenance
from pipeline import Record, StudyResult

AgeDecision = Literal["remove", "keep", "open"]


class RuleLeftOut(Record):
    """The bank without one of its rules: its labels made anew, and one fixed model taught by them."""

    rule_id: str = Field(description="rule left out")
    alerts: int = Field(description="alerts of it alone, above or below the line, which nobody would see")
    reports: int = Field(description="reports among their decisions")
    labelled: int = Field(description="customers of training no longer labelled with at least one half")
    hit: PartRecall = Field(description="illicit customers of the test whom it hit then; all labels taught")
    hit_left_out: PartRecall = Field(description="the same, taught without it")
    hit_change: Interval = Field(description="recall of these less that before, paired by scheme")
    change: Interval = Field(description="the same difference of all illicit customers of the test")


class RulesLeftOutStudy(StudyResult):
    """Leave one rule out: what a model still finds of what that rule alone would have taught it."""

    made_by: Provenance = Field(description="data and parameters")
    least_customers: int = Field(description="a rule is left out where so many training customers lose")
    recall: Interval = Field(description="true recall at the budget, all labels taught; mean of the seeds")
    corrected: Interval = Field(description="the same where every label the bank has was put right")
    corrected_change: Interval = Field(description="that less the first, paired: what mistakes cost")
    truth: Interval = Field(description="the same taught the truth of everybody in the training weeks")
    truth_change: Interval = Field(
        description="that less the labels put right, paired: what it costs whom the bank never looks at"
    )
    labelled: int = Field(description="training customers with a label of at least one half")
    illicit: int = Field(description="training customers truly illicit")
    illicit_spoken_of: int = Field(description="of them with any label by a rule or a person")
    rows: list[RuleLeftOut] = Field(description="by rule, those that teach most first")
    untaught: list[str] = Field(description="rules that fewer training customers depend on: not left out")
    together: Interval = Field(
        description="change over all pairs of a rule left out and a customer it hit, paired by scheme"
    )


class AgeBand(Record):
    """One band of age at the cut of a model with and without age, in truth."""

    group: str = Field(description="band of age, years")
    positives: int = Field(description="illicit persons of the test in it")
    caught_with: Interval = Field(description="of them caught, age known to the model; null for few")
    caught_change: Interval = Field(description="the same without age, less that with it, paired")
    others: int = Field(description="innocent persons in it")
    alerted_with: Interval = Field(description="of them alerted, age known to the model; null for few")
    alerted_gap_with: Interval = Field(description="the same less that of all other bands")
    alerted_gap_without: Interval = Field(description="the same where the model does not know age")


class AgeRow(Record):
    """One model with and without age."""

    model: str = Field(description="model of the zoo")
    features: list[str] = Field(description="columns taken out")
    recall_with: Interval = Field(description="true recall at the budget, by scheme; mean of the seeds")
    recall_without: Interval = Field(description="the same without age")
    change: Interval = Field(description="the second less the first, paired by scheme")
    bands: list[AgeBand] = Field(description="by band of age")
    decision: AgeDecision = Field(
        description="remove: costs at most the margin in every likely case; keep: costs provably; open: "
        "this run cannot tell"
    )


class AgeStudy(StudyResult):
    """What a model loses that does not know the customer's age, and whether it treats ages more alike."""

    made_by: Provenance = Field(description="data and parameters")
    margin: float = Field(description="recall that fairness may cost, set beforehand; share")
    seeds: int = Field(description="fits of each model with and without")
    least_group: int = Field(description="persons below which no rate is given")
    rows: list[AgeRow] = Field(description="by model")


class Doubles(Record):
    """One typology's schemes against its look-alikes, enough of both to say something."""

    typology: str = Field(description="typology")
    amounts: LookAlikeProbe = Field(description="told by the amounts of a scheme alone")
    payments: TypologyPayments = Field(description="told by all columns of single payments")


class DoublesStudy(StudyResult):
    """The look-alike probe by typology in a bank of its own that plants many schemes for it alone."""

    made_by: Provenance = Field(description="parameters; no table of the world is read")
    customers: int = Field(description="customers of the probe's bank")
    least: int = Field(description="schemes on each side from which on a typology has an interval")
    rows: list[Doubles] = Field(description="by typology")
    null_probes: int = Field(description="probes of sides dealt by lot, which nothing can tell apart")
    null_excluded: float | None = Field(description="share of their intervals that leave 0.5 out")
    null_margin: float | None = Field(
        description="distance from 0.5 that one in twenty of them exceeds: a typology beyond it is told apart"
    )
