"""What the report may speak of, and the finding that stands at its head."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel, ConfigDict

from data.results import Interval
from explain.results.attribution_checks import AttributionChecks
from explain.results.cases import ExplainedCase
from explain.results.explanation_audit import ExplanationAudit
from explain.results.faithfulness import Faithfulness
from models.results.audited_cases import AuditedMember
from models.results.bank import BankView, Chosen
from models.results.costs import ZooCosts
from models.results.judged import Judged, Leftovers, RankerRecall
from models.results.labels import LabelAudit, RuleReport
from models.results.ladder import Ladder
from models.results.money import MoneyAudit
from models.results.schemes import DrawnTypology
from models.results.truth import TruthView
from models.results.tuned import Tuned
from models.schema import RULES
from reports.case_choice import QueueRow
from reports.catalogue import Labels
from reports.comparison import comparison_sentence, gap_between
from reports.decisions import ReaderDecision
from reports.experiments import Experiments
from reports.wording import RANKERS, RunNames, Text, named
from reports.written import WrittenRulebook

RECALL, PRECISION = "recall_at_budget", "average_precision"
SAID = (RECALL, PRECISION)  # metrics in which a sentence compares two rankers
GRAPH, CONTROL = "gnn", "gnn_without_edges"
IN_A_SENTENCE = {RULES: Text("the rules", "规则"), CONTROL: Text("the GNN without edges", "无边 GNN")}


def in_a_sentence(ranker: str) -> Text:
    """A ranker's name within a sentence."""
    return IN_A_SENTENCE.get(ranker) or named(RANKERS, ranker)


class ShownSettings(BaseModel):
    """Base of what the report says of a section of params.yaml; what it does not say is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class BudgetSettings(ShownSettings):
    """Section ``budget`` of params.yaml."""

    alerts_per_thousand_customers_week: float | int
    suppress_days: int
    label_window_days: int


class WorldSettings(ShownSettings):
    """Section ``simulate`` of params.yaml."""

    schemes_per_typology: int
    look_alikes_per_scheme: int
    festivals: list[date] = []
    promotions: list[date] = []


class Load(ShownSettings):
    """Requests of one kind that the small service answers, measured by hand."""

    requests_per_second: float
    p50_ms: float
    p99_ms: float
    transactions_per_second: float = 0.0


class Scoring(ShownSettings):
    """One round of scoring by the small service."""

    accounts: int
    median_seconds: float


class ServingCosts(ShownSettings):
    """What the small service does in a second: benchmarks/results/serve.json."""

    cores: int
    scoring: Scoring
    questions_known_alerts: Load
    posts: Load


@dataclass(frozen=True)
class Evidence:
    """All that the report may speak of: the results of earlier stages and a few parameters."""

    bank: BankView
    truth: TruthView
    drawn: list[DrawnTypology]  # one scheme and one look-alike of each typology
    tuned: dict[str, Tuned]  # by model
    faithfulness: Faithfulness
    attribution_checks: AttributionChecks
    explanation_audit: ExplanationAudit
    cases: list[ExplainedCase]
    queue: list[QueueRow]  # every alert of the explained model
    members: list[AuditedMember]  # who took part in what, of truth
    decisions: dict[str, ReaderDecision]  # what a reader decided in the browser, by case
    schemes: dict[int, str]  # of the explained model's alerts, by subject_id
    catalogue: Labels
    budget: BudgetSettings
    simulate: WorldSettings | None  # None: the data set is no simulated one
    rulebook: WrittenRulebook  # as business people wrote it
    label_audit: LabelAudit
    ladder: Ladder
    rule_report: RuleReport
    costs: ZooCosts
    serving: ServingCosts | None
    experiments: Experiments
    money: MoneyAudit
    shap_share: dict[str, float]  # of the explained alerts, by feature
    names: RunNames  # of typologies, look-alikes, their members and label models

    @property
    def is_simulated(self) -> bool:
        """Whether the world is the simulator's."""
        return self.simulate is not None

    @property
    def chosen(self) -> str:
        """The model that the bank would put to work, by what it saw on validation."""
        return self.bank.chosen.name

    @property
    def rankers(self) -> list[str]:
        """The rules, then the models in the order in which validation puts them."""
        seen = self.bank.chosen.validation

        def order(ranker: str) -> tuple[bool, bool, float, float, str]:
            recall, precision = seen[ranker].recall_at_budget.value, seen[ranker].average_precision.value
            return ranker != RULES, ranker != self.chosen, -(recall or 0.0), -(precision or 0.0), ranker

        return sorted(self.truth.metrics, key=order)

    @property
    def models(self) -> list[str]:
        """The models in the order in which validation puts them, the chosen one first."""
        return [ranker for ranker in self.rankers if ranker != RULES]

    @property
    def views(self) -> tuple[tuple[str, Judged], tuple[str, Judged]]:
        """What the bank sees and what is true, each under the name of its colour on the page."""
        return ("bank", self.bank), ("true", self.truth)


@dataclass(frozen=True)
class Shown:
    """Recall at the budget of those of whom the finding speaks, in one view."""

    best: Interval
    rules: Interval
    by_truth: Interval

    @classmethod
    def of(cls, measured: Judged, best: str, by_truth: str) -> Shown:
        """By one set of labels."""
        return cls(*(measured.metrics[who].recall_at_budget for who in (best, RULES, by_truth)))


@dataclass(frozen=True)
class Said:
    """What may be said of two rankers, in recall and in average precision."""

    recall: Text
    precision: Text

    @classmethod
    def of(cls, measured: Judged | Chosen, one: str, other: str) -> Said:
        """By one set of labels."""
        gaps = gap_between(measured, one, other)
        first, second = map(in_a_sentence, (one, other))
        return cls(*(comparison_sentence(first, second, gaps.figure(metric), metric) for metric in SAID))


@dataclass(frozen=True)
class SaidOfBoth:
    """The same in both views."""

    bank: Said
    true: Said


@dataclass(frozen=True)
class Finding:
    """The few figures that carry the finding."""

    best: str
    best_name: Text
    by_truth: str
    by_truth_name: Text
    validation: Interval
    validation_customers: int
    coverage: Interval | None
    by_validation: str
    by_validation_name: Text
    runner_up: Text | None
    true: Shown
    bank: Shown
    over_rules: SaidOfBoth
    over_by_truth: Said | None
    control: Said | None
    beyond: RankerRecall | None
    alerts: int
    leftovers: Leftovers


def headline(evidence: Evidence) -> Finding:
    """The few figures that carry the finding.

    The model is the one that the bank chooses on validation; the truth of the test chooses
    nothing. What the truth would have chosen is said beside it, as a word of the audit.
    """
    bank, truth = evidence.bank, evidence.truth
    best, by_truth = evidence.chosen, truth.chosen_by_truth
    return Finding(
        best=best,
        best_name=named(RANKERS, best),
        by_truth=by_truth,
        by_truth_name=named(RANKERS, by_truth),
        validation=bank.chosen.validation[best].recall_at_budget,
        validation_customers=bank.chosen.customers,
        coverage=bank.chosen.coverage.get(best),
        by_validation=bank.chosen.by_validation,
        by_validation_name=named(RANKERS, bank.chosen.by_validation),
        runner_up=runner_up(evidence),
        true=Shown.of(truth, best, by_truth),
        bank=Shown.of(bank, best, by_truth),
        over_rules=SaidOfBoth(Said.of(bank, best, RULES), Said.of(truth, best, RULES)),
        over_by_truth=Said.of(truth, best, by_truth) if best != by_truth else None,
        control=control(evidence),
        beyond=next((row for row in truth.beyond_rules if row.ranker == best), None),
        alerts=next(row.alerts for row in truth.alerts_spent if row.ranker == best),
        leftovers=next(row for row in truth.leftovers if row.ranker == best),
    )


def control(evidence: Evidence) -> Said | None:
    """What the graph network has over the same network without edges, in truth; None where one is missing."""
    if not {GRAPH, CONTROL} <= set(evidence.truth.metrics):
        return None
    return Said.of(evidence.truth, GRAPH, CONTROL)


def runner_up(evidence: Evidence) -> Text | None:
    """Whether validation told the chosen model from the next one; None where there is no other."""
    if len(evidence.models) < 2:
        return None
    best, second = evidence.models[:2]
    return Said.of(evidence.bank.chosen, best, second).recall
