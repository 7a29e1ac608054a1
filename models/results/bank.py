"""Contract of the result of the stage evaluate: what the bank itself can measure."""

from __future__ import annotations

from pydantic import Field

from data.results import Interval
from models.results.judged import Compared, Difference, Judged
from pipeline import Record, Result


class Chosen(Record):
    """The model that the bank would put to work, by what it knew when the test began.

    Its labels know only what its rules hit, and cannot tell who finds the rest. So the bank
    keeps back schemes that were planted by another author's hand, which no model learnt from.
    Chosen is the highest mean of two figures: recall on validation by its labels, and the share
    of those kept back that lie above the model's own cut on validation. A model that reads
    payments beside the features has no score of a planted customer, and is not compared; where
    nothing was kept back, validation alone chooses among all. Ties go to the higher average
    precision on validation, then to the first name.
    """

    name: str = Field(description="the model with the highest mean of both figures")
    by_validation: str = Field(description="the model, among all, that validation alone would choose")
    customers: int = Field(description="customers suspicious on validation by labels known then")
    validation: dict[str, Compared] = Field(description="by ranker, on validation")
    planted: int = Field(description="customers of planted schemes that were kept back")
    coverage: dict[str, Interval] = Field(
        description="by model: share of them above its cut, with an interval by scheme"
    )
    differences: dict[str, dict[str, Difference]] = Field(
        description="of the chosen model (first key) over each other ranker (second), on validation"
    )


class BankRule(Record):
    """A rule in words, and what became of its alerts, as the bank counts it; whole run."""

    rule_id: str = Field(description="rule")
    name_en: str = Field(description="name in English")
    name_zh: str = Field(description="name in Chinese")
    predicate: str = Field(description="condition over indicators, in SQL")
    source_en: str = Field(description="where the rule comes from, in English")
    source_zh: str = Field(description="where the rule comes from, in Chinese")
    known_false_positives_en: str = Field(description="who meets it innocently, in English")
    known_false_positives_zh: str = Field(description="who meets it innocently, in Chinese")
    red_flags_en: str = Field(description="red flags that it looks for, in English")
    red_flags_zh: str = Field(description="red flags that it looks for, in Chinese")
    use: str = Field(description="label: raises alerts; feature and held_out: does not")
    vote: int = Field(description="1 speaks for suspicion, -1 against it")
    is_applied: bool = Field(description="whether the data has every column that it needs")
    hits: int = Field(description="customer-days that met it")
    alerts: int = Field(description="alerts that it raised, alone or with others")
    unique_alerts: int = Field(description="alerts that it alone raised")
    reviewed: int = Field(description="of its alerts decided")
    reported: int = Field(description="of them reported")
    reported_share: float | None = Field(description="reported over reviewed; null where none was reviewed")


class OutcomeCounts(Record):
    """How many reviews of one stream ended how."""

    dismissed: int = Field(description="dismissed at once")
    case: int = Field(description="looked into and closed")
    reported: int = Field(description="reported")
    unreviewed: int = Field(description="waited too long and closed unseen")

    @property
    def decided(self) -> int:
        """Reviews on which a person decided."""
        return self.dismissed + self.case + self.reported


class StreamCounts(Record):
    """Reviews by the way in which a customer came to be reviewed."""

    alert: OutcomeCounts = Field(description="alerts above the line")
    below_line: OutcomeCounts = Field(description="a sample of what lies below it")
    random: OutcomeCounts = Field(description="customers drawn at random")


class Funnel(Record):
    """From rule hits to reports; whole run, rates from the first decision on."""

    rule_hits: int = Field(description="customer-days hit by rules that raise alerts")
    alerts: int = Field(description="alerts")
    cases: int = Field(description="alerts that were looked into, closed or reported")
    reports: int = Field(description="alerts that were reported")
    case_files: int = Field(description="cases of alerts looked into")
    report_files: int = Field(description="cases with a reported alert")
    alerts_per_thousand_customers_month: float = Field(description="a month has 30.4 days")
    cases_per_thousand_customers_month: float = Field(description="likewise")
    reports_per_thousand_customers_month: float = Field(description="likewise")
    case_files_per_thousand_customers_month: float = Field(description="likewise")
    report_files_per_thousand_customers_month: float = Field(description="likewise")
    decisions: StreamCounts = Field(description="reviews by stream and outcome")


class Agreement(Record):
    """What two reviewers of the same material decided."""

    reviewed_twice: int = Field(description="reviews with a second opinion")
    same_share: float | None = Field(description="share of them with the same outcome; null without any")
    kappa: float | None = Field(description="Cohen's kappa over the outcomes: 1 always, 0 chance; or null")


class OutcomeDelay(Record):
    """Days from an alert (or a draw) to its outcome."""

    outcome: str = Field(description="dismissed, case or reported")
    decisions: int = Field(description="decisions with this outcome")
    median_days: float | None = Field(description="median, days; null without any")
    p90_days: float | None = Field(description="90th percentile, days; null without any")


class Reviews(Record):
    """How the reviews went."""

    agreement: Agreement = Field(description="of two reviewers")
    delays: list[OutcomeDelay] = Field(description="one row an outcome")


class LabelCount(Record):
    """Subjects of a role whose label has one source."""

    role: str = Field(description="train, validation or test")
    source: str = Field(description="where the label comes from")
    subjects: int = Field(description="subjects")
    suspicious: float = Field(description="sum of their labels, subjects")


class Period(Record):
    """A period of the run, in whole days."""

    name: str = Field(description="warm_up, train, embargo, validation or test")
    starts_at: str = Field(description="first local date")
    ends_at: str = Field(description="local date after the last")


class BankWorld(Record):
    """Sizes of the world as the bank sees it."""

    customers: int = Field(description="parties with an account at the bank")
    transactions: int = Field(description="payments of the whole run")
    days: int = Field(description="length of the run, all periods, days")
    test_subjects: int = Field(description="subjects of the test period")
    test_customers: int = Field(description="different customers among them")
    suspicious_customers_in_test: int = Field(
        description="customers suspicious in the test by the bank's labels; what its recall is a share of"
    )
    suspicious_leftovers_in_test: int = Field(
        description="customers suspicious only in the label window before the test"
    )


class BankView(Judged, Result):
    """What the BANK can measure, from its own rules, reviews and labels; any bank can know this."""

    chosen: Chosen = Field(description="the model that the bank would put to work")
    rule_table: list[BankRule] = Field(description="one row a rule")
    funnel: Funnel = Field(description="from hits to reports")
    reviews: Reviews = Field(description="how people decided")
    labels: list[LabelCount] = Field(description="one row a role and source")
    periods: list[Period] = Field(description="in order of time")
    world: BankWorld = Field(description="sizes")
