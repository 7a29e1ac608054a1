"""View-model of the section on what raised recall and what did not."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from models.results.graph_honesty import FewPayments, GraphHonesty
from models.results.injection import Injection
from reports import trial_figures
from reports.adaptation_tables import adaptation_section
from reports.bound_tables import bound_section
from reports.evidence import Evidence
from reports.fold_stack_tables import fold_stack_section
from reports.lesson_tables import (
    CoverageRow,
    GraphRow,
    TaughtRow,
    coverage_rows,
    coverage_seen,
    few_rows,
    graph_rows,
    graph_seen,
    lesson_rows,
    lessons_seen,
)
from reports.novelty_tables import novelty_section
from reports.penalty_figures import penalty_curves
from reports.results import Metrics
from reports.seed_tables import seeds_section
from reports.step_figures import steps_chart
from reports.steps import REFERENCE, Step, recall_ladder, steps_counted
from reports.trial_tables import (
    ClaimRow,
    CutRow,
    HandlingRow,
    claim_rows,
    claims_seen,
    cut_rows,
    cuts_seen,
    handling_rows,
    handling_seen,
)
from reports.way_tables import ways_section
from reports.wording import RANKERS, Text, named


@dataclass(frozen=True)
class Tried:
    """Everything that the template of the section needs."""

    steps: list[Step]
    steps_seen: Text
    steps_chart: Markup | None
    reference: Text
    forest: Markup | None
    handlings: list[HandlingRow]
    handlings_seen: Text
    suspicious: int
    balance: float
    learning: Markup
    size_reading: Text
    rounds_reading: Text
    cuts: list[CutRow]
    cuts_seen: Text
    random_subjects: int
    random_reported: int
    searches: Markup | None
    claims: list[ClaimRow]
    claims_seen: Text
    champion: Text
    configuration: str


def reference_forest(evidence: Evidence) -> Markup | None:
    """Every ranker against the reference; None where the reference was not ranked."""
    gaps = [
        (named(RANKERS, ranker), evidence.truth.differences[ranker][REFERENCE].recall_at_budget)
        for ranker in evidence.rankers
        if REFERENCE in evidence.truth.differences[ranker]
    ]
    return trial_figures.forest_chart(gaps, named(RANKERS, REFERENCE))


def tried_section(evidence: Evidence, metrics: Metrics) -> Tried:
    """The whole section."""
    found, steps, claims = evidence.experiments, recall_ladder(evidence), claim_rows(evidence, metrics)
    curves, verdicts = found.curves, found.verdicts
    return Tried(
        steps=steps,
        steps_seen=steps_counted(steps),
        steps_chart=steps_chart(steps),
        reference=named(RANKERS, REFERENCE),
        forest=reference_forest(evidence),
        handlings=handling_rows(evidence),
        handlings_seen=handling_seen(evidence),
        suspicious=found.imbalance.suspicious,
        balance=found.imbalance.balance,
        learning=trial_figures.learning_chart(curves),
        size_reading=Text(curves.size_reading_en, curves.size_reading_zh),
        rounds_reading=Text(curves.rounds_reading_en, curves.rounds_reading_zh),
        cuts=cut_rows(evidence),
        cuts_seen=cuts_seen(evidence),
        random_subjects=found.calibration.random_subjects,
        random_reported=found.calibration.random_reported,
        searches=trial_figures.search_chart(evidence.tuned),
        claims=claims,
        claims_seen=claims_seen(claims),
        champion=Text(verdicts.champion.en, verdicts.champion.zh),
        configuration=verdicts.configuration,
    )


@dataclass(frozen=True)
class Taught:
    """What the part on lessons, the choice and the graph needs."""

    injection: Injection
    lessons: list[TaughtRow]
    lessons_seen: Text
    coverage: list[CoverageRow]
    coverage_seen: Text
    graph: GraphHonesty
    graphs: list[GraphRow]
    graph_seen: Text
    few: list[FewPayments]


def taught_section(evidence: Evidence) -> Taught:
    """Lessons, the choice by two figures, and the graph changed."""
    graph = evidence.experiments.graph
    return Taught(
        injection=evidence.experiments.injection,
        lessons=lesson_rows(evidence),
        lessons_seen=lessons_seen(evidence),
        coverage=coverage_rows(evidence),
        coverage_seen=coverage_seen(evidence),
        graph=graph,
        graphs=graph_rows(graph),
        graph_seen=graph_seen(graph),
        few=few_rows(graph),
    )


def tried_sections(evidence: Evidence, metrics: Metrics) -> dict[str, object]:
    """What the templates of the section need."""
    penalties = evidence.experiments.penalties
    return {
        "tried": tried_section(evidence, metrics),
        "taught": taught_section(evidence),
        "novelty": novelty_section(evidence),
        "ways": ways_section(evidence),
        "adaptations": adaptation_section(evidence),
        "seeds": seeds_section(evidence),
        "bounds": bound_section(evidence),
        "fold_stack": fold_stack_section(evidence),
        "penalties": penalties,
        "penalty_curves": penalty_curves(penalties),
    }
