"""The metrics that are kept in git: what the bank measures and what is true, side by side.

Every key is described in docs/metrics.md; a test compares.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from data.schema import DECIDED
from models.schema import RULES
from reports.comparison import gap_between
from reports.wording import METRICS, PROBABILITY, Interval


def block(measured: dict[str, Any], names: Iterable[str] = METRICS) -> dict[str, Interval]:
    """The five headline metrics (or other ones) of one ranker by one set of labels."""
    return {name: {part: measured[name][part] for part in ("value", "low", "high")} for name in names}


def spending(bank: dict[str, Any], truth: dict[str, Any], ranker: str) -> dict[str, Any]:
    """What a ranker spent of its budget, and what of it fell on leftovers.

    Leftovers are customers whose illicit payments (for the bank: reported behaviour) all lie
    in the label window before the test. They are part of no other figure.
    """
    views = (("bank", bank), ("true", truth))
    rows, spent = (
        {view: next(row for row in measured[key] if row["ranker"] == ranker) for view, measured in views}
        for key in ("leftovers", "alerts_spent")
    )
    return {
        "alerts_spent": spent["true"]["alerts"],
        "silent": {view: row["silent"] for view, row in spent.items()},
        "leftovers": {view: {"recall": row["recall"], "alerts": row["alerts"]} for view, row in rows.items()},
    }


def chosen(bank: dict[str, Any], truth: dict[str, Any]) -> dict[str, Any]:
    """The model that the bank chooses by what it sees on validation, and the one that the truth would."""
    found = bank["chosen"]
    figures = {name: block(row, row) for name, row in found["validation"].items() if name != RULES}
    return {
        "name": found["name"],
        "customers": found["customers"],
        "validation": figures,
        "by_truth": truth["chosen_by_truth"],
    }


def differences(bank: dict[str, Any], truth: dict[str, Any]) -> dict[str, Any]:
    """Every comparison that a sentence makes: the first named over the second, on the same draws."""
    name = bank["chosen"]["name"]
    pairs = {
        "chosen_over_rules": (name, RULES),
        "chosen_over_by_truth": (name, truth["chosen_by_truth"]),
        "gnn_over_gnn_without_edges": ("gnn", "gnn_without_edges"),
    }
    return {
        key: {view: gap_between(measured, *pair) for view, measured in (("bank", bank), ("true", truth))}
        for key, pair in pairs.items()
    }


def difficulty(found: dict[str, Any]) -> dict[str, Any]:
    """How hard the world is: what one or two indicators find, and what the probes give away.

    None where there was nothing to measure.
    """
    indicators = found["indicators"]["true"]
    best = {kind: (indicators[kind] or {}).get("average_precision") for kind in ("best_single", "best_pair")}
    return {
        "best_single_indicator_ap": best["best_single"],
        "best_pair_ap": best["best_pair"],
        "base_rate": indicators["base_rate"],
    } | {row["name"]: row["figure"] for row in found["goals"]}


def alerts(bank: dict[str, Any], truth: dict[str, Any]) -> dict[str, Any]:
    """What the rulebook's own alerts were worth over the whole run, as the bank counts it and in truth."""
    funnel = bank["funnel"]
    decided = sum(funnel[f"alert_{outcome}"] for outcome in DECIDED)
    measured = {row["name"]: row["measured"] for row in truth["calibration"]}
    return {
        "bank_precision": round(funnel["alert_reported"] / decided, 4) if decided else None,
        "true_precision": measured["rule_precision"],
        "true_recall": measured["rule_recall"],
    }


def labels(bank: dict[str, Any], audit: dict[str, Any]) -> dict[str, Any]:
    """How far reviewers agree, and what the labels cost the one model that learns from each set.

    Of the chosen label model's sets with decisions the one that the bank's criterion
    likes best is shown; where no decision was made, the set of votes alone.
    """
    chosen = [row for row in audit["sets"] if row["model"] == audit["chosen"]]
    mine = [row for row in chosen if row["uses_dispositions"]] or chosen
    best = min(mine, key=lambda row: row["log_loss"]["value"] or float("inf"))
    return {
        "kappa": bank["reviews"]["agreement"]["kappa"],
        "true_recall": best["true_recall"],
        "ceiling": audit["ceiling"],
        "below_ceiling": best["below_ceiling"],
    }


def metrics(bank: dict[str, Any], truth: dict[str, Any], label_audit: dict[str, Any]) -> dict[str, Any]:
    """The content of metrics.json.

    Parameters
    ----------
    bank, truth, label_audit : the results of the stages evaluate, audit and audit_labels

    Returns
    -------
    ``models.<name>.bank`` and ``.true`` hold the five metrics of each model, and how far its
    scores are from probabilities, with what was spent beside them. ``rules`` holds two
    blocks of the five and, for a quick
    look, those of ``true`` once more, and under ``alerts`` what the alerts were worth;
    ``labels`` says what the labels cost, ``chosen`` which model the bank would put to work,
    ``differences`` how the rankers that a sentence compares differ. ``world`` holds counts,
    and under ``difficulty`` what can be found without a model.
    """
    both = {
        ranker: {
            view: block(measured["metrics"][ranker], METRICS if ranker == RULES else (*METRICS, *PROBABILITY))
            for view, measured in (("bank", bank), ("true", truth))
        }
        | spending(bank, truth, ranker)
        for ranker in truth["metrics"]
    }
    rules = both.pop(RULES)
    return {
        "world": bank["world"]
        | truth["world"]
        | {
            "rule_alerts_per_thousand_customers_month": bank["funnel"]["alerts_per_thousand_customers_month"],
            "cases_per_thousand_customers_month": bank["funnel"]["cases_per_thousand_customers_month"],
            "reports_per_thousand_customers_month": bank["funnel"]["reports_per_thousand_customers_month"],
            "difficulty": difficulty(truth["difficulty"]),
        },
        "rules": rules | rules["true"] | {"alerts": alerts(bank, truth)},
        "labels": labels(bank, label_audit),
        "models": both,
        "chosen": chosen(bank, truth),
        "differences": differences(bank, truth),
    }
