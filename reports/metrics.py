"""The metrics that are kept in git: what the bank measures and what is true, side by side.

Every key is described in docs/metrics.md; a test compares.
"""

from __future__ import annotations

from typing import Any

from models.schema import RULES
from reports.wording import METRICS, Interval


def block(measured: dict[str, Any]) -> dict[str, Interval]:
    """The five headline metrics of one ranker by one set of labels."""
    return {name: {part: measured[name][part] for part in ("value", "low", "high")} for name in METRICS}


def difficulty(found: dict[str, Any]) -> dict[str, float | None]:
    """How hard the world is in four numbers; None where there was nothing to measure."""
    indicators = found["indicators"]["true"]
    best = {kind: (indicators[kind] or {}).get("average_precision") for kind in ("best_single", "best_pair")}
    return {
        "best_single_indicator_ap": best["best_single"],
        "best_pair_ap": best["best_pair"],
        "base_rate": indicators["base_rate"],
        "artefact_probe_auc": found["artefacts"]["customers"]["auc"]["value"],
    }


def metrics(bank: dict[str, Any], truth: dict[str, Any]) -> dict[str, Any]:
    """The content of metrics.json.

    Parameters
    ----------
    bank, truth : the results of the stages evaluate and audit

    Returns
    -------
    ``models.<name>.bank`` and ``.true`` hold the five metrics of each model. ``rules``
    holds the same two blocks and, for a quick look, the five of ``true`` once more.
    ``world`` holds counts, and under ``difficulty`` what can be found without a model.
    """
    both = {
        ranker: {"bank": block(bank["metrics"][ranker]), "true": block(truth["metrics"][ranker])}
        for ranker in truth["metrics"]
    }
    rules = both.pop(RULES)
    return {
        "world": bank["world"]
        | truth["world"]
        | {
            "rule_alerts_per_thousand_customers_month": bank["funnel"]["alerts_per_thousand_customers_month"],
            "difficulty": difficulty(truth["difficulty"]),
        },
        "rules": rules | rules["true"],
        "models": both,
    }
