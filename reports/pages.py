"""View-models: what the sections of the report show, as plain data. No number stands here."""

from __future__ import annotations

from datetime import date
from typing import Any

from data.words import LABEL_SOURCE_NAMES, PERIOD_NAMES, SOPHISTICATION_NAMES
from models.schema import RULES
from reports import figures
from reports.difficulty import difficulty
from reports.drawn_schemes import drawn_schemes
from reports.evidence import Evidence, headline, said
from reports.features import features
from reports.label_pages import label_page
from reports.rulebook import rulebook_page
from reports.wording import (
    DASH,
    METRICS,
    PROBABILITY,
    RANKERS,
    ROLES,
    Interval,
    Text,
    named,
    percent,
    wilson,
)

DIGITS = {"base_rate": 2}  # a rare event needs one more
PLAIN = ("average_precision",)  # an area, no share of anything


def printed(metric: str, value: float | None) -> str:
    """A headline metric as the tables show it."""
    if value is None:
        return "–"
    return f"{value:.3f}" if metric in PLAIN else percent(value, DIGITS.get(metric, 1))


def printed_range(metric: str, interval: Interval) -> str:
    """Its interval, without the sign."""
    if interval["low"] is None or interval["high"] is None:
        return ""
    return "–".join(printed(metric, interval[end]).rstrip("%") for end in ("low", "high"))


def cell(key: str, metric: str, interval: Interval) -> dict[str, Any]:
    """A value with its interval and the key under which metrics.json holds it."""
    return {
        "key": key,
        "shown": printed(metric, interval["value"]),
        "range": printed_range(metric, interval),
        **interval,
    }


def main_table(metrics: dict[str, Any], rankers: list[str]) -> list[dict[str, Any]]:
    """One row a ranker: five metrics, each as the bank sees it and in truth."""
    rows = []
    for ranker in rankers:
        place = RULES if ranker == RULES else f"models.{ranker}"
        blocks = metrics[RULES] if ranker == RULES else metrics["models"][ranker]
        cells = [
            {"view": view} | cell(f"{place}.{view}.{metric}", metric, blocks[view][metric])
            for metric in METRICS
            for view in ("bank", "true")
        ]
        rows.append({"name": named(RANKERS, ranker), "cells": cells})
    return rows


def level(interval: Interval, digits: int = 2) -> dict[str, str]:
    """A plain number with its interval."""
    low, high = interval["low"], interval["high"]
    return {
        "shown": DASH if interval["value"] is None else f"{interval['value']:.{digits}f}",
        "range": "" if low is None or high is None else f"{low:.{digits}f}–{high:.{digits}f}",
    }


def probabilities(metrics: dict[str, Any], models: list[str]) -> list[dict[str, Any]]:
    """One row a model: how far its scores are from probabilities, by the bank's labels and in truth."""
    return [
        {
            "name": named(RANKERS, model),
            "cells": [
                {"view": view} | level(metrics["models"][model][view][name])
                for name in PROBABILITY
                for view in ("bank", "true")
            ],
        }
        for model in models
    ]


def periods(evidence: Evidence) -> list[dict[str, Any]]:
    """The calendar of the run."""
    return [
        {
            "name": named(PERIOD_NAMES, row["name"]),
            "starts": row["starts_at"],
            "ends": row["ends_at"],
            "weeks": (date.fromisoformat(row["ends_at"]) - date.fromisoformat(row["starts_at"])).days / 7,
        }
        for row in evidence.bank["periods"]
    ]


def typologies(evidence: Evidence) -> list[dict[str, Any]]:
    """The kinds of laundering in the test, how many customers, and who looks alike."""
    sizes = {row["typology"]: row["customers"] for row in evidence.truth["by_typology"]}
    return [
        {
            "name": named(evidence.names.typologies, name),
            "look_alike": evidence.names.look_alikes.get(name),
            "customers": size,
        }
        for name, size in sizes.items()
    ]


def funnel_figure(evidence: Evidence) -> Any:
    """The way from hits to reports, as the bank counts it."""
    counts = evidence.bank["funnel"]
    steps = [
        (Text("rule hits", "规则命中"), counts["rule_hits"]),
        (Text("alerts", "预警"), counts["alerts"]),
        (Text("looked into", "立案调查"), counts["cases"]),
        (Text("reported", "上报可疑"), counts["reports"]),
    ]
    return figures.funnel(steps)


def investigators(evidence: Evidence) -> dict[str, Any]:
    """How often the simulated investigators were right."""
    counts = evidence.truth["dispositions"]
    illicit = counts["reported_true"] + counts["dismissed_true"]
    innocent = counts["reported_false"] + counts["dismissed_false"]
    return counts | {
        "illicit": illicit,
        "innocent": innocent,
        "found": wilson(counts["reported_true"], illicit),
        "wronged": wilson(counts["reported_false"], innocent),
        "reported": counts["reported_true"] + counts["reported_false"],
        "right": wilson(counts["reported_true"], counts["reported_true"] + counts["reported_false"]),
    }


def label_table(evidence: Evidence) -> list[dict[str, Any]]:
    """Subjects and what the bank believes of them by role and source of the label."""
    order = list(ROLES)
    rows = sorted(evidence.bank["labels"], key=lambda row: (order.index(row["role"]), row["source"]))
    return [
        row | {"role": ROLES[row["role"]], "source": named(LABEL_SOURCE_NAMES, row["source"])} for row in rows
    ]


def tuning(evidence: Evidence) -> list[dict[str, Any]]:
    """Trials of each model; recall here is on validation and by the bank's labels."""
    rows = []
    for name in sorted(evidence.tuned, key=evidence.models.index):
        trials = evidence.tuned[name]["trials"]
        recalls = [trial["recall"] for trial in trials if trial["recall"] is not None]
        choice = evidence.tuned[name]["choice"]
        rows.append(
            {
                "name": named(RANKERS, name),
                "trials": len(trials),
                "best": max(recalls, default=None),
                "worst": min(recalls, default=None),
                "choice": ", ".join(
                    f"{key} {value:.3g}" if isinstance(value, float) else f"{key} {value}"
                    for key, value in choice.items()
                ),
            }
        )
    return rows


def by_group(rows: list[dict[str, Any]], column: str, names: dict[Any, Text]) -> list[dict[str, Any]]:
    """Rows of a breakdown grouped by value: name, customers and one cell a ranker."""
    grouped = []
    for value in dict.fromkeys(row[column] for row in rows):
        mine = {row["ranker"]: row for row in rows if row[column] == value}
        size = max(row["customers"] for row in mine.values())
        grouped.append({"name": named(names, value), "customers": size, "by_ranker": mine})
    return grouped


def alerts_in_truth(evidence: Evidence) -> list[dict[str, Any]]:
    """What each ranker's alerts really were."""
    rows = {row["ranker"]: row for row in evidence.truth["alerts"]}
    found = []
    for ranker in evidence.rankers:
        if ranker not in rows:
            continue
        row = rows[ranker]
        other = row["alerts"] - row["illicit"] - row["look_alike"]
        found.append(
            row
            | {
                "name": named(RANKERS, ranker),
                "other": other,
                "illicit_share": wilson(row["illicit"], row["alerts"]),
                "look_alike_share": wilson(row["look_alike"], row["alerts"]),
            }
        )
    return found


def beyond(evidence: Evidence) -> list[dict[str, Any]]:
    """Recall among illicit customers whom no rule hit."""
    rows = {row["ranker"]: row for row in evidence.truth["beyond_rules"]}
    return [rows[ranker] | {"name": named(RANKERS, ranker)} for ranker in evidence.rankers if ranker in rows]


def spending(evidence: Evidence) -> list[dict[str, Any]]:
    """What each ranker spent of the budget, and what it found of the leftovers on both sides."""
    spent = {row["ranker"]: row for row in evidence.truth["alerts_spent"]}
    views = {
        view: {row["ranker"]: row for row in results["leftovers"]}
        for view, results in (("bank", evidence.bank), ("true", evidence.truth))
    }
    return [
        {"name": named(RANKERS, ranker), "alerts": spent[ranker]["alerts"], "silent": spent[ranker]["silent"]}
        | {view: rows[ranker] for view, rows in views.items()}
        for ranker in evidence.rankers
    ]


def comparisons(evidence: Evidence) -> list[dict[str, Any]]:
    """What may be said of the chosen model against each other ranker, in truth."""
    best = evidence.chosen
    return [
        {"name": named(RANKERS, ranker), "cells": list(said(evidence.truth, best, ranker).values())}
        for ranker in evidence.rankers
        if ranker != best
    ]


def sections(evidence: Evidence, metrics: dict[str, Any]) -> dict[str, Any]:
    """Everything that the templates need but the cases and the questions."""
    rankers = evidence.rankers
    both = {
        ranker: {
            view: results["metrics"][ranker]
            for view, results in (("bank", evidence.bank), ("true", evidence.truth))
        }
        for ranker in rankers
    }
    curves = evidence.bank["recall_by_budget"], evidence.truth["recall_by_budget"]
    return {
        "metric_names": METRICS,
        "ranker_names": {ranker: named(RANKERS, ranker) for ranker in rankers},
        "rankers": rankers,
        "world": metrics["world"],
        "main_table": main_table(metrics, rankers),
        "spending": spending(evidence),
        "ran": metrics[RULES]["alerts"],
        "comparisons": comparisons(evidence),
        "compared_names": [METRICS["recall_at_budget"], METRICS["average_precision"]],
        "probabilities": probabilities(metrics, evidence.models),
        "probability_names": PROBABILITY,
        "headline": headline(evidence),
        "base_rate": evidence.truth["metrics"][RULES]["base_rate"],
        "bank_base_rate": evidence.bank["metrics"][RULES]["base_rate"],
        "ceiling": evidence.truth["metrics"][RULES]["precision_ceiling"],
        "bank_ceiling": evidence.bank["metrics"][RULES]["precision_ceiling"],
        "periods": periods(evidence),
        "typologies": typologies(evidence),
        "drawn_schemes": drawn_schemes(evidence),
        "rulebook": rulebook_page(evidence),
        "difficulty": difficulty(evidence),
        "features": features(evidence),
        "funnel": evidence.bank["funnel"],
        "investigators": investigators(evidence),
        "labels": label_table(evidence),
        "label_page": label_page(evidence),
        "tuning": tuning(evidence),
        "by_typology": by_group(evidence.truth["by_typology"], "typology", evidence.names.typologies),
        "by_sophistication": by_group(
            evidence.truth["by_sophistication"], "sophistication", SOPHISTICATION_NAMES
        ),
        "beyond": beyond(evidence),
        "least_group": evidence.truth["least_group"],
        "alerts": alerts_in_truth(evidence),
        "faithfulness": evidence.faithfulness,
        "explained_name": named(RANKERS, evidence.faithfulness["model"]),
        "leading": next(iter(evidence.faithfulness["feature_shares"]), None),
        "budget": evidence.budget,
        "simulate": evidence.simulate,
        "is_simulated": evidence.is_simulated,
        "figures": {
            "dumbbell": figures.dumbbell(both, rankers),
            "curves": figures.curves(*curves, rankers),
            "typology": figures.groups(
                evidence.truth["by_typology"], "typology", evidence.names.typologies, rankers
            ),
            "funnel": funnel_figure(evidence),
            "features": figures.top_features(evidence.faithfulness["feature_shares"]),
        },
    }
