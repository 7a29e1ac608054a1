"""View-models: what the sections of the report show, as plain data. No number stands here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from data.results import Interval
from data.words import LABEL_SOURCE_NAMES, PERIOD_NAMES, SOPHISTICATION_NAMES
from models.schema import RULES, STACK
from reports import figures, trial_figures
from reports.bank_words import TERMS
from reports.blind_spots import blind_spots
from reports.broke import BROKE
from reports.broke_checked import CHECKED
from reports.difficulty import difficulty
from reports.drawn_schemes import drawn_pair, drawn_schemes
from reports.evidence import GRAPH, SAID, Evidence, headline
from reports.explanation_tests import explanation_tests
from reports.features import features
from reports.finding import known_unknown_bars, opening, sureness
from reports.knowledge import knowledge_section
from reports.label_pages import label_page
from reports.loop_pages import loop_page
from reports.model_file import model_file
from reports.model_tables import (
    alert_rows,
    beyond,
    by_group,
    comparisons,
    main_table,
    probabilities,
    spending,
    tuning,
)
from reports.money_tables import money_section
from reports.over_time import time_section
from reports.page_figures import calendar, claim_marks, claims_chart, defects_chart, rules_chart
from reports.results import Metrics
from reports.rulebook import rulebook_page
from reports.several_worlds import worlds_page
from reports.tour import tour
from reports.tracing import share_of
from reports.trials import tried_sections
from reports.wording import (
    METRICS,
    PROBABILITY,
    RANKERS,
    ROLES,
    Text,
    named,
)
from reports.zoo_tables import zoo_section

FEW = 8  # lines of a drawing, as many as there are colours


@dataclass(frozen=True)
class PeriodRow:
    """A period of the run."""

    name: Text
    starts: str
    ends: str
    weeks: float


def period_rows(evidence: Evidence) -> list[PeriodRow]:
    """The calendar of the run."""
    return [
        PeriodRow(
            named(PERIOD_NAMES, row.name),
            row.starts_at,
            row.ends_at,
            (date.fromisoformat(row.ends_at) - date.fromisoformat(row.starts_at)).days / 7,
        )
        for row in evidence.bank.periods
    ]


@dataclass(frozen=True)
class LaunderingRow:
    """A kind of laundering, who looks alike, and its customers in the test."""

    name: Text
    look_alike: Text | None
    customers: int


def laundering_rows(evidence: Evidence) -> list[LaunderingRow]:
    """The kinds of laundering in the test, how many customers, and who looks alike."""
    sizes = {row.typology: row.customers for row in evidence.truth.by_typology}
    names = evidence.names
    return [
        LaunderingRow(named(names.typologies, name), names.look_alikes.get(name), size)
        for name, size in sizes.items()
    ]


def funnel_figure(evidence: Evidence) -> Markup:
    """The way from hits to reports, as the bank counts it."""
    counts = evidence.bank.funnel
    steps = [
        (Text("rule hits", "规则触发"), counts.rule_hits),
        (Text("alerts", "预警"), counts.alerts),
        (Text("looked into", "进入深度甄别"), counts.cases),
        (Text("reported", "上报可疑"), counts.reports),
    ]
    return figures.funnel_chart(steps)


@dataclass(frozen=True)
class Investigators:
    """How often the simulated investigators were right: decisions, and shares of them."""

    reported_true: int
    reported_false: int
    dismissed_true: int
    dismissed_false: int
    illicit: int
    innocent: int
    reported: int
    found: Interval
    wronged: Interval
    right: Interval


def investigators(evidence: Evidence) -> Investigators:
    """How often the simulated investigators were right."""
    counts = evidence.truth.dispositions
    illicit = counts.reported_true + counts.dismissed_true
    innocent = counts.reported_false + counts.dismissed_false
    reported = counts.reported_true + counts.reported_false
    return Investigators(
        reported_true=counts.reported_true,
        reported_false=counts.reported_false,
        dismissed_true=counts.dismissed_true,
        dismissed_false=counts.dismissed_false,
        illicit=illicit,
        innocent=innocent,
        reported=reported,
        found=share_of(counts.reported_true, illicit),
        wronged=share_of(counts.reported_false, innocent),
        right=share_of(counts.reported_true, reported),
    )


@dataclass(frozen=True)
class LabelRow:
    """Subjects of one role whose label has one source."""

    role: Text
    source: Text
    subjects: int
    suspicious: float


def label_table(evidence: Evidence) -> list[LabelRow]:
    """Subjects and what the bank believes of them by role and source of the label."""
    order = list(ROLES)
    rows = sorted(evidence.bank.labels, key=lambda row: (order.index(row.role), row.source))
    return [
        LabelRow(ROLES[row.role], named(LABEL_SOURCE_NAMES, row.source), row.subjects, row.suspicious)
        for row in rows
    ]


@dataclass(frozen=True)
class Figures:
    """The charts of the results."""

    dumbbell: Markup
    curves: Markup
    typology: Markup
    funnel: Markup
    features: Markup


def few_rankers(rankers: list[str]) -> list[str]:
    """Rankers that a drawing with one line each can tell apart: the first ones, stack and graph always."""
    extra = [ranker for ranker in (STACK, GRAPH) if ranker in rankers[FEW:]]
    return rankers[: FEW - len(extra)] + extra


def result_figures(evidence: Evidence) -> Figures:
    """The charts of the results, in both languages."""
    rankers, bank, truth = evidence.rankers, evidence.bank, evidence.truth
    return Figures(
        dumbbell=figures.dumbbell(bank, truth, rankers),
        curves=figures.curves(
            bank.recall_by_budget,
            truth.recall_by_budget,
            few_rankers(rankers),
            evidence.experiments.beyond.rulebook,
        ),
        typology=trial_figures.caught_map(truth.by_typology, rankers, evidence.names.typologies),
        funnel=funnel_figure(evidence),
        features=figures.top_features(evidence.faithfulness.feature_shares),
    )


def sections(evidence: Evidence, metrics: Metrics) -> dict[str, object]:
    """Everything that the templates need but the cases and the questions."""
    rankers = evidence.rankers
    bank, truth = evidence.bank.metrics[RULES], evidence.truth.metrics[RULES]
    book = rulebook_page(evidence)
    tables = zoo_section(evidence, metrics.headline) | tried_sections(evidence, metrics)
    return tables | {
        "known": knowledge_section(evidence),
        "loop_page": loop_page(evidence),
        "several": worlds_page(evidence),
        "blind": blind_spots(evidence),
        "file": model_file(evidence, metrics),
        "metric_names": METRICS,
        "ranker_names": {ranker: named(RANKERS, ranker) for ranker in rankers},
        "rankers": rankers,
        "world": metrics.world,
        "main_table": main_table(metrics, rankers),
        "spending": spending(evidence),
        "ran": metrics.rules.alerts,
        "comparisons": comparisons(evidence),
        "compared_names": [METRICS[name] for name in SAID],
        "probabilities": probabilities(metrics, evidence.models),
        "probability_names": PROBABILITY,
        "headline": headline(evidence),
        "opening": opening(metrics),
        "sureness": sureness(metrics),
        "stops": tour(evidence, metrics),
        "broke": (*BROKE, CHECKED),
        "broke_chart": defects_chart((*BROKE, CHECKED)),
        "calendar": calendar(evidence.bank.periods),
        "claims_chart": claims_chart(claim_marks(evidence, metrics)),
        "official_terms": TERMS,
        "known_unknown": known_unknown_bars(metrics),
        "base_rate": truth.base_rate,
        "bank_base_rate": bank.base_rate,
        "ceiling": truth.precision_ceiling,
        "bank_ceiling": bank.precision_ceiling,
        "periods": period_rows(evidence),
        "typologies": laundering_rows(evidence),
        "drawn_schemes": drawn_schemes(evidence),
        "drawn_pair": drawn_pair(evidence),
        "rulebook": book,
        "rules_chart": rules_chart(book.rules),
        "difficulty": difficulty(evidence),
        "features": features(evidence),
        "funnel": evidence.bank.funnel,
        "investigators": investigators(evidence),
        "labels": label_table(evidence),
        "label_page": label_page(evidence),
        "tuning": tuning(evidence),
        "by_typology": by_group(
            evidence.truth.by_typology, lambda row: row.typology, evidence.names.typologies
        ),
        "by_sophistication": by_group(
            evidence.truth.by_sophistication, lambda row: row.sophistication, SOPHISTICATION_NAMES
        ),
        "beyond": beyond(evidence),
        "least_group": evidence.truth.least_group,
        "alerts": alert_rows(evidence),
        "faithfulness": evidence.faithfulness,
        "explanation_tests": explanation_tests(evidence),
        "explained_name": named(RANKERS, evidence.faithfulness.model),
        "leading": next(iter(evidence.faithfulness.feature_shares), None),
        "time": time_section(evidence),
        "budget": evidence.budget,
        "simulate": evidence.simulate,
        "is_simulated": evidence.is_simulated,
        "money": money_section(evidence),
        "figures": result_figures(evidence),
    }
