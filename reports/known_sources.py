"""The evidence of a report with the file and key of every number: what `reports.tracing` is asked to read."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pipeline
from explain.results.cases import ExplainedCase
from models.results.studies import NoveltyStudy
from reports.catalogue import Labels
from reports.evidence import Evidence
from reports.results import Metrics
from reports.tracing import Imprint, ReadFrom, TracedRows, TracedTable, sourced, traced

CATALOGUE = "artifacts/features/feature_catalogue.parquet"
COSTS, SERVED = "benchmarks/results/zoo.json", "benchmarks/results/serve.json"
CLAIMS = "studies/verdicts.yaml"
CASES = "artifacts/explain/explained_cases.json"


def file_of(value: Any, of: str = "") -> str:
    """Where a result lies."""
    return str(pipeline.result_path(type(value), of))


def with_file(value: Any, ledger: Imprint) -> Any:
    """A result with the origins of its numbers; anything else as it is."""
    if isinstance(value, NoveltyStudy):
        return value  # one file a typology: no sentence quotes it
    return traced(value, file_of(value), ledger) if isinstance(value, pipeline.Result) else value


def _catalogue(labels: Labels, ledger: Imprint) -> Labels:
    """The catalogue with the origin of each stability index."""

    def known(feature: str, value: float | None) -> float | None:
        origin = ReadFrom(CATALOGUE, f"[feature={feature}].psi")
        return None if value is None else sourced(value, origin, ledger)

    rows = {name: replace(row, psi=known(name, row.psi)) for name, row in labels.items()}
    return TracedTable(rows).read_in(CATALOGUE, "", ledger)


def _cases(cases: list[ExplainedCase], ledger: Imprint) -> list[ExplainedCase]:
    """The cases as a list that can be counted, and so the parties of each."""
    found = []
    for place, case in enumerate(cases):
        parties = TracedRows(case.parties).read_in(CASES, f"cases[{place}].parties", ledger)
        found.append(case.model_copy(update={"parties": parties}))
    return TracedRows(found).read_in(CASES, "cases", ledger)


def _parts(value: Any, ledger: Imprint) -> Any:
    """A collection of results, each of them with its origins."""
    found = {field.name: with_file(getattr(value, field.name), ledger) for field in fields(value)}
    return replace(value, **found)


def with_sources(evidence: Evidence, ledger: Imprint) -> Evidence:
    """The same evidence, whose numbers know where they were read.

    Numbers in pictures and tables are printed from the evidence as it was; the sentences are
    printed from this one.
    """
    experiments = _parts(evidence.experiments, ledger)
    experiments = replace(
        experiments,
        studies=_parts(experiments.studies, ledger),
        verdicts=traced(experiments.verdicts, CLAIMS, ledger),
    )
    return replace(
        _parts(evidence, ledger),
        tuned={name: traced(one, file_of(one, name), ledger) for name, one in evidence.tuned.items()},
        cases=_cases(evidence.cases, ledger),
        costs=traced(evidence.costs, COSTS, ledger),
        serving=traced(evidence.serving, SERVED, ledger),
        catalogue=_catalogue(evidence.catalogue, ledger),
        experiments=experiments,
    )


def metrics_with_sources(metrics: Metrics, ledger: Imprint) -> Metrics:
    """The metrics that are kept in git, whose numbers know their keys."""
    return traced(metrics, file_of(metrics), ledger)
