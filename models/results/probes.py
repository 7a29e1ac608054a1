"""Parts of the audit's result that say how hard the world is: indicators, probes, look-alikes."""

from __future__ import annotations

from pydantic import Field

from data.results import Interval
from pipeline import Record

Figure = int | float | Interval | None  # a count keeps its type, so that equal results are equal bytes


class Direction(Record):
    """An indicator and the end of it that is suspicious."""

    indicator: str = Field(description="weekly indicator")
    direction: str = Field(description="high or low")


class SingleIndicator(Direction):
    """What one indicator finds when the labels themselves chose it: a ceiling, no result."""

    average_precision: float | None = Field(description="over the test subjects; missing values rank lowest")
    auc: float | None = Field(description="area under the ROC; 0.5 is chance")


class IndicatorPair(Record):
    """What the best sum of the ranks of two indicators finds."""

    indicators: list[Direction] = Field(description="the two")
    average_precision: float | None = Field(description="over the test subjects")


class IndicatorCeilings(Record):
    """What one and two indicators find by one set of labels."""

    subjects: int = Field(description="test subjects that count")
    positives: int = Field(description="positive ones among them")
    base_rate: float | None = Field(description="their share; null without subjects")
    singles: list[SingleIndicator] = Field(description="the best ones, the best first")
    best_single: SingleIndicator | None = Field(description="the first of them; null without positives")
    best_pair: IndicatorPair | None = Field(description="the best pair among them")


class TypologyIndicator(Record):
    """The indicator that tells the customer-weeks of a typology best."""

    typology: str = Field(description="typology")
    subjects: int = Field(description="subjects active in it")
    indicator: str | None = Field(description="weekly indicator; null for too few customers")
    direction: str | None = Field(description="high or low")
    auc: float | None = Field(description="area under the ROC; 0.5 is chance")


class Indicators(Record):
    """What single indicators find: by the bank's labels, in truth, and by typology in truth."""

    bank: IndicatorCeilings = Field(description="by the bank's labels")
    true: IndicatorCeilings = Field(description="in truth")
    by_typology: list[TypologyIndicator] = Field(description="one row a typology")


class ColumnArea(Record):
    """What one artefact column finds alone."""

    column: str = Field(description="column of the probe")
    auc: float | None = Field(description="area under the ROC; 0.5 is chance")


class ArtefactProbe(Record):
    """Whether the way in which rows were made tells who is illicit."""

    rows: int = Field(description="rows of both sides")
    positives: int = Field(description="illicit ones among them")
    auc: Interval = Field(description="area under the ROC of all columns together; 0.5 is chance")
    columns: list[ColumnArea] = Field(description="each column alone")


class Artefacts(Record):
    """The artefact probe on both units."""

    customers: ArtefactProbe = Field(description="customers ever illicit against the rest")
    payments: ArtefactProbe = Field(description="illicit payments against the rest")


class LookAlikeProbe(Record):
    """Whether the amounts of a scheme tell it from a look-alike of the typology."""

    typology: str = Field(description="typology; all: all of them together")
    schemes: int = Field(description="schemes")
    look_alikes: int = Field(description="look-alikes")
    is_exploratory: bool = Field(description="few schemes on one side")
    auc: Interval = Field(description="area by scheme, cross-validated; null below one a fold")


class TypologyPayments(Record):
    """Whether single payments of a typology's schemes can be told from those of its look-alikes."""

    typology: str = Field(description="typology")
    schemes: int = Field(description="schemes")
    look_alikes: int = Field(description="look-alikes")
    auc: Interval = Field(description="area, every scheme with the same weight; null for few schemes")


class PaymentLookAlikes(Record):
    """Whether single payments of schemes can be told from those of look-alikes."""

    schemes: int = Field(description="schemes")
    look_alikes: int = Field(description="look-alikes")
    is_exploratory: bool = Field(description="few schemes on one side")
    auc: Interval = Field(description="area by payment, of models that saw other schemes")
    auc_by_scheme: Interval = Field(description="the same, every scheme with the same weight")
    typologies: list[TypologyPayments] = Field(description="one row a typology")


class Cell(Record):
    """Payments of one channel, purpose, kinds of both parties, domestic or abroad."""

    cell_en: str = Field(description="the cell in words, in English")
    cell_zh: str = Field(description="the cell in words, in Chinese")
    payments: int = Field(description="payments in it, whole run")
    planned: int = Field(description="of a scheme or a look-alike")
    illicit: int = Field(description="of a scheme")


class PlannedCells(Record):
    """Cells that are mostly planned: ordinary life hardly uses them."""

    count: int | None = Field(description="how many; null where nothing is planned")
    payments: int | None = Field(description="payments in them")
    worst: list[Cell] = Field(description="those with the most planned payments")


class ColumnGain(Record):
    """What a column carries of a probe's model."""

    column: str = Field(description="column of a payment")
    gain: float | None = Field(description="share of the total gain")


class PaymentProbe(Record):
    """How well a model of single payments tells one side from the other."""

    payments: int = Field(description="payments of the test that are judged, of the side looked for")
    schemes: int = Field(description="schemes they belong to, which the interval draws")
    auc: Interval = Field(description="area by payment; 0.5 is chance")
    lift: Interval = Field(description="average precision over the base rate, times")
    base_rate: float | None = Field(description="share of the side looked for")
    columns: list[ColumnGain] = Field(description="what carries the model, the most first")


class StrataProbe(Record):
    """The same payments told within strata of like payments, and among all."""

    within: PaymentProbe = Field(description="within channel, kinds of both parties and decade of the amount")
    without: PaymentProbe = Field(description="among all payments")


class Stratum(Record):
    """A stratum of like payments that gives plans away."""

    stratum: str = Field(description="the stratum in words")
    planned: int = Field(description="planned payments of the test in it")
    auc: float | None = Field(description="area within it")


class SinglePayments(Record):
    """What all columns of one payment tell."""

    planned: StrataProbe = Field(description="planned payments from ordinary life")
    illicit: StrataProbe = Field(description="illicit payments from all others")
    without_life_share: float | None = Field(
        description="planned payments in strata with hardly an ordinary one; share"
    )
    strata: list[Stratum] = Field(description="those that give most away")


class DigitGroup(Record):
    """What the digits give away in one channel and purpose."""

    channel: str = Field(description="channel")
    purpose: str = Field(description="stated purpose")
    planned: int = Field(description="planned payments in it")
    auc: float | None = Field(description="area within it")


class Digits(PaymentProbe):
    """What the digits of the amount alone tell, within channel and purpose."""

    sized: Interval = Field(description="area within the decade of the amount, too")
    groups: list[DigitGroup] = Field(description="those that give most away")


class CellLookup(Record):
    """A lookup of the best illicit rate of a customer's cells, as a weekly ranker."""

    recall: Interval = Field(description="illicit customers of the test caught at the budget; share")
    average_precision: float | None = Field(description="by test subject")
    over_base: Interval = Field(description="average precision over the base rate, times")


class OrganiserOracle(Record):
    """A model of all features that is taught the truth of organisers."""

    learnt: int = Field(description="organisers it learnt from, customers")
    organisers: int = Field(description="organisers at work in the test, customers")
    recall: Interval = Field(description="of them caught at the budget; share")
    recall_of_new: Interval = Field(description="of those it had not learnt from; share")
    average_precision: float | None = Field(description="by test subject")


class RuleInvisible(Record):
    """Schemes that no rule that raises alerts hit within the label window, whole run."""

    typology: str = Field(description="typology; all: all of them together")
    schemes: int = Field(description="schemes")
    unseen: int = Field(description="never hit")
    share: Interval = Field(description="unseen over schemes, Wilson; null for few")


class Goal(Record):
    """A probe's figure under its name in metrics.json, beside what is wanted."""

    name: str = Field(description="key of world.difficulty in metrics.json")
    figure: Figure = Field(description="the figure; null: not measured")
    wanted: tuple[float, float] | None = Field(description="range wanted (audit.probe.wanted), if one is")
    is_met: bool | None = Field(description="whether it lies there; null where nothing can be said")


class ProbeFindings(Record):
    """How hard the world is; every probe is taught the truth and says what the simulator gives away."""

    indicators: Indicators = Field(description="what one or two indicators find")
    artefacts: Artefacts = Field(description="what the making of the rows gives away")
    look_alikes: list[LookAlikeProbe] = Field(description="amounts of schemes by typology")
    amount_look_alikes: LookAlikeProbe = Field(description="amounts of all schemes together")
    payment_look_alikes: PaymentLookAlikes = Field(description="single payments of schemes and look-alikes")
    cells: PlannedCells = Field(description="cells that ordinary life hardly uses")
    single_payments: SinglePayments = Field(description="all columns of one payment")
    digits: Digits = Field(description="digits of the amount")
    cell_lookup: CellLookup = Field(description="a lookup instead of a model")
    organisers: OrganiserOracle = Field(description="organisers, whose payments lie outside any pattern")
    rule_invisible: list[RuleInvisible] = Field(description="schemes that no rule saw")


class Difficulty(ProbeFindings):
    """What was found, and the figures that are kept of it beside what is wanted."""

    goals: list[Goal] = Field(description="the figures of metrics.json beside what is wanted")
