"""View-model of the section on what raised recall and what did not."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from reports import trial_figures
from reports.evidence import Evidence
from reports.results import Metrics
from reports.steps import REFERENCE, Step, recall_ladder, steps_seen
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
from reports.wording import RANKERS, Text, named


@dataclass(frozen=True)
class Tried:
    """Everything that the template of the section needs."""

    steps: list[Step]
    steps_seen: Text
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
        steps_seen=steps_seen(steps),
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
