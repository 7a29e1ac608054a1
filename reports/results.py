"""Contracts of the results of this room: the metrics that are kept in git, and what a run cost."""

from __future__ import annotations

from pydantic import Field

from data.results import Interval
from models.results.bank import BankWorld
from models.results.judged import Compared, Difference, HeadlineMetrics
from models.results.truth import TrueWorld
from pipeline import Record, Result
from reports.headline import HeadlineFigures


class ModelFigures(HeadlineMetrics):
    """The five headline metrics of a model, and how far its scores are from probabilities."""

    calibration_ratio: Interval = Field(
        description="mean over the test subjects of the sigmoid of the score, over the mean label; "
        "1 is the right level"
    )
    calibration_slope: Interval = Field(
        description="slope of a logistic regression of the label on the score; 1 is the right spread, "
        "less says that scores are spread too far"
    )


class LeftoverFigures(Record):
    """What fell on leftovers: customers whose events all lie in the label window before the test."""

    recall: Interval = Field(
        description="leftovers alerted while positive, share; null below audit.least_group customers in truth"
    )
    alerts: int = Field(description="alerts of the test that fell on them")


class LeftoversOfBoth(Record):
    """Leftovers in both views; a week of one is neither right nor wrong to alert."""

    bank: LeftoverFigures = Field(description="by the bank's labels")
    true: LeftoverFigures = Field(description="in truth; simulator")


class SilentOfBoth(Record):
    """Customers positive in the test whom nobody can alert at first, since validation alerted them."""

    bank: int = Field(description="suspicious by the bank's labels, customers")
    true: int = Field(description="illicit in truth, customers; simulator")


class Spent(Record):
    """What a ranker spent of its budget."""

    alerts_spent: int = Field(description="alerts in the test; equal for all rankers with candidates enough")
    silent: SilentOfBoth = Field(description="whom it could not alert at first")
    leftovers: LeftoversOfBoth = Field(description="what fell on leftovers; part of no other figure")


class ModelMetrics(Spent):
    """A model in the test, as the bank sees it and in truth."""

    bank: ModelFigures = Field(description="by the bank's labels after they matured; bank")
    true: ModelFigures = Field(description="by the planted schemes; simulator")


class RulebookAlerts(Record):
    """The rulebook as it really ran, with its own line and no budget; whole run."""

    bank_precision: float | None = Field(description="reported alerts as a share of those decided; bank")
    true_precision: float | None = Field(
        description="alerts within the label window after an illicit payment, share of all; simulator"
    )
    true_recall: float | None = Field(
        description="customers alerted so, as a share of all illicit since the first alert; simulator"
    )


class RulesMetrics(Spent, HeadlineMetrics):
    """The rules as a ranker: their strongest vote of the label window, those below the line last.

    The five metrics stand here once more as in ``true``, for a quick look.
    """

    bank: HeadlineMetrics = Field(description="by the bank's labels after they matured; bank")
    true: HeadlineMetrics = Field(description="by the planted schemes; simulator")
    alerts: RulebookAlerts = Field(description="what the rulebook's own alerts were worth")


class LabelsMetrics(Record):
    """What the labels are, and what they cost the one model, never tuned, that learns from each set."""

    kappa: float | None = Field(
        description="Cohen's kappa of two reviewers of the same material: 1 always, 0 chance; bank"
    )
    true_recall: Interval = Field(
        description="true recall at the budget of that model, taught by the chosen label model (of its sets "
        "with decisions the one that the bank's criterion likes best); simulator"
    )
    ceiling: Interval = Field(description="the same of one that learns from the truth; simulator")
    below_ceiling: Interval = Field(
        description="the first less the second, paired, by scheme: the price of selection bias and of wrong "
        "labels; simulator"
    )


class ChosenMetrics(Record):
    """The model that leads the report, chosen by two figures that the bank can see.

    The mean of its recall on validation, by labels known when the test began, and of the share
    of planted customers kept back that it would find; see `Chosen` of the bank's view.
    """

    name: str = Field(description="the model; bank")
    by_validation: str = Field(description="the model that validation alone would choose; bank")
    customers: int = Field(description="customers suspicious on validation; bank")
    validation: dict[str, Compared] = Field(description="of every model, on validation; bank")
    coverage: dict[str, Interval] = Field(description="by model that reads features alone; bank")
    by_truth: str = Field(description="the model with the highest true recall on the test; simulator")


class DifferenceOfBoth(Record):
    """A paired difference in both views: both rankers are weighed by the same draws."""

    bank: Difference = Field(description="by the bank's labels")
    true: Difference = Field(description="in truth; simulator")


class DifferenceMetrics(Record):
    """Every comparison that a sentence makes: the first named less the second, on the test.

    Where the interval holds zero, no sentence calls one of the two better.
    """

    chosen_over_rules: DifferenceOfBoth = Field(description="the chosen model less the rules")
    chosen_over_by_truth: DifferenceOfBoth = Field(
        description="the chosen model less that of `chosen.by_truth`; 0 where they are one"
    )
    gnn_over_gnn_without_edges: DifferenceOfBoth = Field(
        description="the graph network less the same network with every edge taken out"
    )


class DifficultyMetrics(Record):
    """What can be found without a model, and what the simulator gives away; simulator.

    All of them are taught the truth: they say what the simulator gives away, not what a method
    finds. Payments and digits are learnt from before validation and judged in the test, a scheme
    on one side only; the lookup and the organisers are split by time alone, customers and
    look-alikes by scheme alone. All planned payments are kept, of ordinary life a sample is drawn
    by stratum and weighted. The interval is a bootstrap of the schemes (for look-alikes also of
    these; for `artefact_probe_auc` of schemes and of customers of none); ordinary life stays as it
    was drawn. What is wanted of each key stands in `audit.probe.wanted`. An area is one under the
    ROC; 0.5 is chance.
    """

    best_single_indicator_ap: float | None = Field(
        description="average precision, on the test subjects and against the truth, of the weekly indicator "
        "that the truth itself finds best, in its better direction; missing values rank lowest"
    )
    best_pair_ap: float | None = Field(
        description="the same for the best sum of the ranks of two of the best single indicators (how many "
        "are tried: audit.paired_indicators)"
    )
    base_rate: float | None = Field(
        description="test subjects that are truly illicit, share; what a blind ranking would find"
    )
    artefact_probe_auc: Interval = Field(
        description="area by customer of a small model that sees only how a customer's rows were made (ids, "
        "order, cents, seconds, devices, hours of opening and closing, roundness among like sums, burstiness "
        "of ordinary payments) and tells customers ever illicit from all others of the first day; more is a "
        "leak of the simulator"
    )
    planned_from_life_auc: Interval = Field(
        description="area by payment of a model of all columns of one payment (no customer, no day) that "
        "tells planned payments from ordinary life, within strata of channel, kinds of both parties and "
        "decade of the amount"
    )
    planned_from_life_auc_unstratified: Interval = Field(description="the same among all payments")
    planned_without_life_share: float | None = Field(
        description="planned payments of the test in strata with fewer than audit.probe.ordinary_least "
        "ordinary ones there, share; the others are what the areas within strata speak of"
    )
    illicit_payment_auc: Interval = Field(
        description="as planned_from_life_auc: illicit payments from all others, look-alikes among them"
    )
    illicit_payment_auc_unstratified: Interval = Field(description="the same among all payments")
    illicit_payment_lift: Interval = Field(
        description="average precision of the same over the base rate, times; the others of each stratum "
        "weighted so that it has the base rate of all; 1 is chance"
    )
    illicit_payment_lift_unstratified: Interval = Field(description="the same among all payments")
    cell_lookup_recall: Interval = Field(
        description="recall at the budget, of the customers truly illicit in the test, of a lookup: the best "
        "illicit rate before validation of a cell (channel, purpose, kinds of both parties, domestic or "
        "abroad) that the customer used in the label window; no amount, no time"
    )
    cell_lookup_ap_over_base: Interval = Field(
        description="average precision of the lookup by test subject over the base rate, times"
    )
    cells_mostly_planned: int | None = Field(
        description="cells of the whole run with at least audit.probe.cell_least payments of which more than "
        "audit.probe.cell_planned_share are planned"
    )
    digits_auc: Interval = Field(
        description="area by payment of a model of the digits of one amount alone (round sums, last digits, "
        "cents, lucky numbers): planned payments from ordinary life, within channel and purpose"
    )
    digits_auc_of_like_sums: Interval = Field(
        description="the same within the decade of the amount, too: large sums are rounder, whoever pays"
    )
    organiser_oracle_recall: Interval = Field(
        description="recall at the budget, of the organisers at work in the test, of a model of all features "
        "taught the truth of the organisers in the training weeks"
    )
    look_alike_amounts_auc: Interval = Field(
        description="area by scheme of a model of a scheme's amounts (mean, spread, smallest, largest, round "
        "share): schemes from look-alikes, cross-validated; null below audit.probe.exploratory_below a side"
    )
    look_alike_payments_auc: Interval = Field(
        description="area by payment of a model of all columns of one payment of a scheme's shape: a "
        "scheme's from a look-alike's, by models that saw other schemes; null likewise"
    )


class WorldMetrics(BankWorld, TrueWorld):
    """Counts and shares of the world; the illicit ones only the simulator knows."""

    rule_alerts_per_thousand_customers_month: float = Field(
        description="alerts that the rulebook raises, from the first decision on; a month has 30.4 days; bank"
    )
    cases_per_thousand_customers_month: float = Field(
        description="alerts above the line that were looked into, closed or reported, likewise; bank"
    )
    reports_per_thousand_customers_month: float = Field(
        description="alerts above the line that were reported, likewise; bank"
    )
    difficulty: DifficultyMetrics = Field(description="how hard the world is; simulator")


class CaughtBySide(Record):
    """Illicit customers of the test whom one ranker catches at the budget, counted; simulator."""

    everyone: int = Field(description="of all of them")
    known: int = Field(description="of those whom the bank's matured labels call suspicious")
    unknown: int = Field(description="of those whom they do not")


class KnownAndUnknown(Record):
    """The illicit customers of the test by whether the bank's labels know them, and whom a ranker catches."""

    known: int = Field(description="illicit customers of the test whom the bank's labels know; simulator")
    unknown: int = Field(description="illicit customers of the test whom they do not; simulator")
    caught: dict[str, CaughtBySide] = Field(description="by ranker: at the budget")


class Metrics(Result):
    """What is kept in git and compared between runs with `dvc metrics diff`: both views side by side.

    - **subject**: a customer as of a week's end, active in the 30 days before.
    - **bank**: by the bank's labels after they matured. A customer whom nobody reviewed counts as
      not suspicious. Any bank can know this.
    - **in the test**: a customer counts by an event inside the test weeks: an illicit payment in
      truth, reported behaviour for the bank. Who has none there, but in the label window before, is
      a **leftover**: a week of such a customer is neither right nor wrong to alert, and is part of
      `leftovers` alone. Both sides count alike, or the two columns could not stand side by side.
    - **true**: by the planted schemes. Only the simulator knows this. For a data set that brings its
      own labels both are the same by construction.
    - **budget**: the section `budget` of params.yaml: alerts per thousand customers and week (whole
      alerts; what one week's rounding leaves is carried into the next), and the days in which a
      customer is not alerted again. Every ranker works in validation as in the test; whom it alerted
      there is silent for what is left of these days.
    - **value, low, high**: the measure and its 95% interval. The interval is a bootstrap: in truth
      schemes are drawn with replacement with all who take part in them (schemes that share a customer
      as one) and customers of no scheme one by one; for the bank, who knows of no scheme, customers.
      All their weeks come along, the alerts stay as they were raised, and the 2.5th and 97.5th
      percentiles are taken. The two of calibration have an interval of 1.96 standard errors in which
      the weeks of one such group count as one observation. It covers the draw of customers in one
      world, not another seed or world. `null` where there is nothing to measure.

    Shares lie between 0 and 1.
    """

    headline: HeadlineFigures = Field(description="what is asked first")
    counts: KnownAndUnknown | None = Field(
        default=None, description="the finding in counts; null: written by an earlier version"
    )
    paired: dict[str, DifferenceOfBoth] = Field(
        description="by `<a>_<b>`: a less b on the same draws; the champion less every other ranker, a model "
        "less its control"
    )
    world: WorldMetrics = Field(description="the world in numbers")
    rules: RulesMetrics = Field(description="the rules as a ranker")
    labels: LabelsMetrics = Field(description="what the labels are worth")
    models: dict[str, ModelMetrics] = Field(description="by model of the zoo")
    chosen: ChosenMetrics = Field(description="the model that the bank would put to work")
    differences: DifferenceMetrics = Field(description="what the sentences compare")


class StageRun(Record):
    """What one stage cost, and the rows that went through it."""

    stage: str = Field(description="stage of dvc.yaml")
    seconds: float = Field(description="wall-clock time, seconds")
    cpu_seconds: float = Field(description="processor time, of processes that it started as well, seconds")
    peak_mb: int = Field(
        description="largest resident memory of its process and of the largest that it started, added up, "
        "MiB; pages that both share count twice"
    )
    page_faults: int = Field(description="minor page faults")
    rows_in: dict[str, int] = Field(description="by table read: rows")
    rows_out: dict[str, int] = Field(description="by table written: rows")
    set_aside: dict[str, int] = Field(description="by table and reason: rows not used")
    notes: list[str] = Field(description="what the stage had to assume, a sentence each")
    parts: dict[str, float] = Field(default={}, description="seconds of its parts, as of each model's scores")


class Run(Result):
    """What a run cost; differs from run to run and is compared by nobody."""

    stages: list[StageRun] = Field(description="in the order of dvc.yaml")
    seconds: float = Field(description="sum over the stages, seconds")
    peak_mb: int = Field(description="largest memory of any stage, MiB")
