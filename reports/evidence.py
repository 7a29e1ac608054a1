"""What the report may speak of, and the finding that stands at its head."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from models.schema import RULES
from reports.sentences import Labels
from reports.wording import RANKERS, Interval, named


@dataclass(frozen=True)
class Evidence:
    """All that the report may speak of: the results of earlier stages and a few parameters."""

    bank: dict[str, Any]
    truth: dict[str, Any]
    drawn: list[dict[str, Any]]  # one scheme and one look-alike of each typology
    tuned: dict[str, dict[str, Any]]
    faithfulness: dict[str, Any]
    cases: list[dict[str, Any]]
    schemes: dict[int, str]  # of the explained model's alerts, by subject_id
    labels: Labels
    budget: dict[str, Any]
    simulate: dict[str, Any]
    is_simulated: bool
    label_audit: dict[str, Any] = field(default_factory=dict)  # of label sets; empty: not audited
    rulebook: dict[str, Any] = field(default_factory=dict)  # as business people wrote it
    catalogue: list[dict[str, Any]] = field(default_factory=list)  # every feature, as FeatureCatalogue has it
    ladder: dict[str, Any] = field(default_factory=dict)  # what each group adds; empty: not audited
    shap_share: dict[str, float] = field(default_factory=dict)  # of the explained alerts, by feature
    rule_report: dict[str, Any] = field(default_factory=dict)  # what each rule is worth; empty: not audited

    @property
    def rankers(self) -> list[str]:
        """The rules, then the models from the best true recall to the worst."""

        def order(ranker: str) -> tuple[bool, float, str]:
            return ranker != RULES, -(self.recall("true", ranker)["value"] or 0.0), ranker

        return sorted(self.truth["metrics"], key=order)

    @property
    def models(self) -> list[str]:
        """The models from the best true recall to the worst."""
        return [ranker for ranker in self.rankers if ranker != RULES]

    def recall(self, view: str, ranker: str) -> Interval:
        """Recall at the budget by the bank's labels or in truth."""
        results = self.bank if view == "bank" else self.truth
        interval: Interval = results["metrics"][ranker]["recall_at_budget"]
        return interval


def headline(evidence: Evidence) -> dict[str, Any]:
    """The few figures that carry the finding."""
    best = evidence.models[0]
    ranking = [(evidence.recall("bank", ranker)["value"] or 0.0, ranker) for ranker in evidence.rankers]
    favourite = max(ranking, key=lambda pair: pair[0])[1]
    true_best, true_rules = evidence.recall("true", best), evidence.recall("true", RULES)
    beyond = {row["ranker"]: row for row in evidence.truth["beyond_rules"]}
    return {
        "best": best,
        "best_name": named(RANKERS, best),
        "favourite": favourite,
        "favourite_name": named(RANKERS, favourite),
        "true": {"best": true_best, "rules": true_rules, "favourite": evidence.recall("true", favourite)},
        "bank": {
            "best": evidence.recall("bank", best),
            "rules": evidence.recall("bank", RULES),
            "favourite": evidence.recall("bank", favourite),
        },
        "beyond": beyond.get(best),
        "best_beyond": max(beyond.values(), key=lambda row: row["caught"], default=None),
        "small": small_budget(evidence, best),
        "precise": most_precise(evidence, best),
        "overlap": overlap(true_best, true_rules),
        "leads": (true_best["value"] or 0.0) > (true_rules["value"] or 0.0),
        "alerts": next((row["alerts"] for row in evidence.truth["alerts"] if row["ranker"] == best), None),
    }


def small_budget(evidence: Evidence, best: str) -> dict[str, Any] | None:
    """Who leads in truth at the smallest budget looked at, and how ``best`` does there."""
    rows = [row for row in evidence.truth["recall_by_budget"] if row["recall"] is not None]
    if not rows:
        return None
    least = min(row["budget"] for row in rows)
    recalls = {row["ranker"]: row["recall"] for row in rows if row["budget"] == least}
    leader = max(recalls, key=lambda ranker: recalls[ranker])
    return {
        "budget": f"{least:g}",
        "ranker": leader,
        "name": named(RANKERS, leader),
        "recall": recalls[leader],
        "best_recall": recalls.get(best),
    }


def most_precise(evidence: Evidence, best: str) -> dict[str, Any]:
    """Who has the best average precision in truth, and what ``best`` has."""
    values = {
        ranker: results["average_precision"]["value"] or 0.0
        for ranker, results in evidence.truth["metrics"].items()
    }
    leader = max(values, key=lambda ranker: values[ranker])
    return {
        "ranker": leader,
        "name": named(RANKERS, leader),
        "value": values[leader],
        "best_value": values[best],
    }


def overlap(one: Interval, other: Interval) -> tuple[float, float] | None:
    """Where two intervals overlap, None where they do not."""
    if one["low"] is None or one["high"] is None or other["low"] is None or other["high"] is None:
        return None
    low, high = max(one["low"], other["low"]), min(one["high"], other["high"])
    return (low, high) if low <= high else None
