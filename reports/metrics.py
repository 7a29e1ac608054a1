"""The metrics that are kept in git: what the bank measures and what is true, side by side."""

from __future__ import annotations

from typing import TypeVar

from models.results.bank import BankView
from models.results.judged import HeadlineMetrics, Judged, Measured
from models.results.labels import LabelAudit
from models.results.probes import Difficulty
from models.results.truth import TruthView
from models.schema import RULES
from reports.comparison import gap_between
from reports.experiments import Experiments
from reports.headline import headline_figures
from reports.results import (
    CaughtBySide,
    ChosenMetrics,
    DifferenceMetrics,
    DifferenceOfBoth,
    DifficultyMetrics,
    KnownAndUnknown,
    LabelsMetrics,
    LeftoverFigures,
    LeftoversOfBoth,
    Metrics,
    ModelFigures,
    ModelMetrics,
    RulebookAlerts,
    RulesMetrics,
    SilentOfBoth,
    Spent,
    WorldMetrics,
)

CONTROLS = (
    ("gnn", "gnn_without_edges"),
    ("gnn", "net"),
    ("gnn", "lightgbm"),
    ("lightgbm_library", "lightgbm"),
    ("sequence", "net"),
    ("stack", "gnn"),
    ("stack", "lightgbm"),
    ("stack", "sequence"),
)
RULE_PRECISION, RULE_RECALL = "rule_precision", "rule_recall"  # figures of the calibration table

Figures = TypeVar("Figures", bound=HeadlineMetrics)


def taken(figures: type[Figures], measured: Measured) -> Figures:
    """The metrics of one ranker by one set of labels that ``figures`` declares."""
    return figures.model_validate({name: value for name, value in measured if name in figures.model_fields})


def leftovers(measured: Judged, ranker: str) -> LeftoverFigures:
    """What of a ranker's alerts fell on leftovers."""
    row = next(row for row in measured.leftovers if row.ranker == ranker)
    return LeftoverFigures(recall=row.recall, alerts=row.alerts)


def spent_by(bank: BankView, truth: TruthView, ranker: str) -> Spent:
    """What a ranker spent of its budget, and what of it fell on leftovers."""
    seen, real = (
        next(row for row in measured.alerts_spent if row.ranker == ranker) for measured in (bank, truth)
    )
    return Spent(
        alerts_spent=real.alerts,
        silent=SilentOfBoth(bank=seen.silent, true=real.silent),
        leftovers=LeftoversOfBoth(bank=leftovers(bank, ranker), true=leftovers(truth, ranker)),
    )


def model_metrics(bank: BankView, truth: TruthView, name: str) -> ModelMetrics:
    """A model in both views."""
    return ModelMetrics(
        bank=taken(ModelFigures, bank.metrics[name]),
        true=taken(ModelFigures, truth.metrics[name]),
        **dict(spent_by(bank, truth, name)),
    )


def rules_metrics(bank: BankView, truth: TruthView) -> RulesMetrics:
    """The rules as a ranker in both views, and as they really ran."""
    true = taken(HeadlineMetrics, truth.metrics[RULES])
    return RulesMetrics(
        bank=taken(HeadlineMetrics, bank.metrics[RULES]),
        true=true,
        alerts=rulebook_alerts(bank, truth),
        **dict(true),
        **dict(spent_by(bank, truth, RULES)),
    )


def rulebook_alerts(bank: BankView, truth: TruthView) -> RulebookAlerts:
    """What the rulebook's own alerts were worth over the whole run, as the bank counts it and in truth."""
    of_alerts = bank.funnel.decisions.alert
    measured = {row.name: row.measured for row in truth.calibration}
    return RulebookAlerts(
        bank_precision=round(of_alerts.reported / of_alerts.decided, 4) if of_alerts.decided else None,
        true_precision=measured[RULE_PRECISION],
        true_recall=measured[RULE_RECALL],
    )


def chosen_metrics(bank: BankView, truth: TruthView) -> ChosenMetrics:
    """The model that the bank chooses by what it sees on validation, and the one that the truth would."""
    found = bank.chosen
    return ChosenMetrics(
        name=found.name,
        by_validation=found.by_validation,
        customers=found.customers,
        validation={name: row for name, row in found.validation.items() if name != RULES},
        coverage=found.coverage,
        by_truth=truth.chosen_by_truth,
    )


def difference(bank: BankView, truth: TruthView, one: str, other: str) -> DifferenceOfBoth:
    """By how much one ranker exceeds another in both views."""
    return DifferenceOfBoth(bank=gap_between(bank, one, other), true=gap_between(truth, one, other))


def difference_metrics(bank: BankView, truth: TruthView) -> DifferenceMetrics:
    """Every comparison that a sentence makes: the first named over the second, on the same draws."""
    name = bank.chosen.name
    return DifferenceMetrics(
        chosen_over_rules=difference(bank, truth, name, RULES),
        chosen_over_by_truth=difference(bank, truth, name, truth.chosen_by_truth),
        gnn_over_gnn_without_edges=difference(bank, truth, "gnn", "gnn_without_edges"),
    )


def paired_metrics(bank: BankView, truth: TruthView) -> dict[str, DifferenceOfBoth]:
    """The chosen model against every other ranker, and what has a control against it."""
    name = bank.chosen.name
    pairs = [(name, other) for other in truth.metrics if other != name]
    pairs += [(truth.chosen_by_truth, bank.chosen.by_validation), (bank.chosen.by_validation, RULES)]
    pairs += [(one, other) for one, other in CONTROLS if {one, other} <= set(truth.metrics)]
    return {f"{one}_{other}": difference(bank, truth, one, other) for one, other in pairs if one != other}


def difficulty_metrics(found: Difficulty) -> DifficultyMetrics:
    """How hard the world is: what one or two indicators find, and what the probes give away.

    None where there was nothing to measure.
    """
    indicators = found.indicators.true
    single, pair = indicators.best_single, indicators.best_pair
    ceilings = {
        "best_single_indicator_ap": single.average_precision if single else None,
        "best_pair_ap": pair.average_precision if pair else None,
        "base_rate": indicators.base_rate,
    }
    return DifficultyMetrics.model_validate(ceilings | {row.name: row.figure for row in found.goals})


def world_metrics(bank: BankView, truth: TruthView) -> WorldMetrics:
    """The world in numbers, as both sides count it."""
    return WorldMetrics(
        rule_alerts_per_thousand_customers_month=bank.funnel.alerts_per_thousand_customers_month,
        cases_per_thousand_customers_month=bank.funnel.cases_per_thousand_customers_month,
        reports_per_thousand_customers_month=bank.funnel.reports_per_thousand_customers_month,
        difficulty=difficulty_metrics(truth.difficulty),
        **dict(bank.world),
        **dict(truth.world),
    )


def known_and_unknown(truth: TruthView) -> KnownAndUnknown:
    """The illicit customers of the test in counts, by whether the bank's labels know them."""
    of_rules = next(row.parts for row in truth.headlines if row.ranker == RULES)
    return KnownAndUnknown(
        known=of_rules.known.customers,
        unknown=of_rules.unknown.customers,
        caught={
            row.ranker: CaughtBySide(
                everyone=row.parts.everyone.caught,
                known=row.parts.known.caught,
                unknown=row.parts.unknown.caught,
            )
            for row in truth.headlines
        },
    )


def labels_metrics(bank: BankView, audit: LabelAudit) -> LabelsMetrics:
    """How far reviewers agree, and what the labels cost the one model that learns from each set.

    Of the chosen label model's sets with decisions the one that the bank's criterion
    likes best is shown; where no decision was made, the set of votes alone.
    """
    chosen = [row for row in audit.sets if row.model == audit.chosen]
    mine = [row for row in chosen if row.uses_dispositions] or chosen
    best = min(mine, key=lambda row: row.log_loss.value or float("inf"))
    return LabelsMetrics(
        kappa=bank.reviews.agreement.kappa,
        true_recall=best.true_recall,
        ceiling=audit.ceiling,
        below_ceiling=best.below_ceiling,
    )


def metrics(bank: BankView, truth: TruthView, label_audit: LabelAudit, experiments: Experiments) -> Metrics:
    """The metrics of a run, from the results of its judges and of its experiments."""
    oracle, parts = experiments.injection.oracle, experiments.stack_parts
    return Metrics(
        headline=headline_figures(truth, oracle, bank.chosen.name, parts),
        counts=known_and_unknown(truth),
        paired=paired_metrics(bank, truth),
        world=world_metrics(bank, truth),
        rules=rules_metrics(bank, truth),
        labels=labels_metrics(bank, label_audit),
        models={name: model_metrics(bank, truth, name) for name in truth.metrics if name != RULES},
        chosen=chosen_metrics(bank, truth),
        differences=difference_metrics(bank, truth),
    )
