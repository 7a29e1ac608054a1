"""What the report may speak of, and the finding that stands at its head."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from models.schema import RULES
from reports.comparison import compared, gap_between
from reports.sentences import Labels
from reports.wording import RANKERS, Interval, Names, Text, named

GRAPH, CONTROL = "gnn", "gnn_without_edges"
IN_A_SENTENCE = {RULES: Text("the rules", "规则"), CONTROL: Text("the GNN without edges", "无边 GNN")}


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
    names: Names = field(default_factory=Names)  # of typologies, look-alikes and their members

    @property
    def chosen(self) -> str:
        """The model that the bank would put to work, by what it saw on validation."""
        return str(self.bank["chosen"]["name"])

    @property
    def rankers(self) -> list[str]:
        """The rules, then the models in the order in which validation puts them."""
        seen = self.bank["chosen"]["validation"]

        def order(ranker: str) -> tuple[bool, bool, float, float, str]:
            recall, precision = (
                -(seen[ranker][metric]["value"] or 0.0)
                for metric in ("recall_at_budget", "average_precision")
            )
            return ranker != RULES, ranker != self.chosen, recall, precision, ranker

        return sorted(self.truth["metrics"], key=order)

    @property
    def models(self) -> list[str]:
        """The models in the order in which validation puts them, the chosen one first."""
        return [ranker for ranker in self.rankers if ranker != RULES]

    def recall(self, view: str, ranker: str) -> Interval:
        """Recall at the budget by the bank's labels or in truth."""
        results = self.bank if view == "bank" else self.truth
        interval: Interval = results["metrics"][ranker]["recall_at_budget"]
        return interval


def headline(evidence: Evidence) -> dict[str, Any]:
    """The few figures that carry the finding.

    The model is the one that the bank chooses on validation; the truth of the test chooses
    nothing. What the truth would have chosen is said beside it, as a word of the audit.
    """
    best, by_truth = evidence.chosen, evidence.truth["chosen_by_truth"]
    beyond = {row["ranker"]: row for row in evidence.truth["beyond_rules"]}
    seen = evidence.bank["chosen"]
    return {
        "best": best,
        "best_name": named(RANKERS, best),
        "by_truth": by_truth,
        "by_truth_name": named(RANKERS, by_truth),
        "validation": seen["validation"][best]["recall_at_budget"],
        "validation_customers": seen["customers"],
        "runner_up": runner_up(evidence),
        "true": {name: evidence.recall("true", who) for name, who in shown(best, by_truth).items()},
        "bank": {name: evidence.recall("bank", who) for name, who in shown(best, by_truth).items()},
        "over_rules": {
            view: said(results, best, RULES)
            for view, results in (("bank", evidence.bank), ("true", evidence.truth))
        },
        "over_by_truth": said(evidence.truth, best, by_truth) if best != by_truth else None,
        "control": control(evidence),
        "beyond": beyond.get(best),
        "alerts": next(row["alerts"] for row in evidence.truth["alerts_spent"] if row["ranker"] == best),
        "leftovers": {row["ranker"]: row for row in evidence.truth["leftovers"]}[best],
    }


def shown(best: str, by_truth: str) -> dict[str, str]:
    """Of whom the finding speaks."""
    return {"best": best, "rules": RULES, "by_truth": by_truth}


def said(measured: dict[str, Any], one: str, other: str) -> dict[str, Text]:
    """What may be said of two rankers, in recall and in average precision."""
    gaps = gap_between(measured, one, other)
    one_name, other_name = (IN_A_SENTENCE.get(ranker) or named(RANKERS, ranker) for ranker in (one, other))
    return {
        name: compared(one_name, other_name, gaps[metric], metric)
        for name, metric in (("recall", "recall_at_budget"), ("precision", "average_precision"))
    }


def control(evidence: Evidence) -> dict[str, Text] | None:
    """What the graph network has over the same network without edges, in truth; None where one is missing."""
    if not {GRAPH, CONTROL} <= set(evidence.truth["metrics"]):
        return None
    return said(evidence.truth, GRAPH, CONTROL)


def runner_up(evidence: Evidence) -> Text | None:
    """Whether validation told the chosen model from the next one; None where there is no other."""
    if len(evidence.models) < 2:
        return None
    best, second = evidence.models[:2]
    return said(evidence.bank["chosen"], best, second)["recall"]
