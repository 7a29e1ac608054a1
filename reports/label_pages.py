"""View-model of how alerts became labels: levels of review, label models and their price."""

from __future__ import annotations

from typing import Any

from data.words import OUTCOME_NAMES
from reports.evidence import Evidence
from reports.wording import (
    DASH,
    LABEL_MODELS,
    Interval,
    Text,
    joined,
    named,
    percent,
    percent_range,
)

ALERT_RATE = "rule_alerts_per_thousand_customers_month"  # the target that speaks of alerts
LEVELS: tuple[tuple[str, Text, Text | None], ...] = (
    (
        "alerts",
        Text("alerts", "预警"),
        None,  # as the calibration table has it
    ),
    (
        "cases",
        Text("looked into", "立案调查"),
        Text(
            "95 in 1,000 alerts, from 40 reports and 42% of cases reported [D]",
            "每千条预警 95 件，由 40 件上报与 42% 立案上报率推算 [D]",
        ),
    ),
    (
        "reports",
        Text("reported", "上报可疑"),
        Text("40 in 1,000 alerts, BPI [V2]", "每千条预警 40 件，BPI [V2]"),
    ),
)


def levels(evidence: Evidence) -> list[dict[str, Any]]:
    """Alerts, cases and reports: counts, rates, and what sources say of banks."""
    target = next((row for row in evidence.truth.get("calibration", []) if row["name"] == ALERT_RATE), None)
    of_target = Text(DASH, DASH)
    if target:
        of_target = Text(*(f"{target[f'source_{language}']} [{target['mark']}]" for language in ("en", "zh")))
    funnel = evidence.bank["funnel"]
    return [
        {
            "name": name,
            "count": funnel[key],
            "monthly": f"{funnel[f'{key}_per_thousand_customers_month']:.2f}",
            "in_thousand": f"{1_000 * funnel[key] / funnel['alerts']:.0f}" if funnel["alerts"] else DASH,
            "source": source or of_target,
        }
        for key, name, source in LEVELS
    ]


def people(evidence: Evidence) -> dict[str, Any]:
    """How far two reviewers agree, and how long an outcome takes."""
    found = evidence.bank["reviews"]
    agreement = found["agreement"]
    return {
        "twice": agreement["reviewed_twice"],
        "same": percent(agreement["same_share"], 0),
        "kappa": None if agreement["kappa"] is None else f"{agreement['kappa']:.2f}",
        "delays": [
            {
                "outcome": named(OUTCOME_NAMES, row["outcome"]),
                "decisions": row["decisions"],
                "median": DASH if row["median_days"] is None else f"{row['median_days']:.0f}",
                "p90": DASH if row["p90_days"] is None else f"{row['p90_days']:.0f}",
            }
            for row in found["delays"]
        ],
    }


def loss(value: float | None) -> str:
    """A log-loss as the table shows it."""
    return DASH if value is None else f"{value:.3f}"


def loss_cell(interval: Interval) -> dict[str, str]:
    """A log-loss with its interval."""
    low, high = interval["low"], interval["high"]
    ends = "" if low is None or high is None else f"{low:.3f}–{high:.3f}"
    return {"shown": loss(interval["value"]), "range": ends}


def points(interval: Interval) -> dict[str, str]:
    """A difference of recalls in percentage points."""
    if interval["value"] is None or interval["low"] is None or interval["high"] is None:
        return {"shown": DASH, "range": ""}
    ends = [f"{100 * (interval[end] or 0.0):+.0f}" for end in ("value", "low", "high")]
    return {"shown": ends[0], "range": f"{ends[1]} … {ends[2]}"}


def label_sets(evidence: Evidence) -> list[dict[str, Any]]:
    """One row a label set: the bank's own criterion, and what the set is worth in truth."""
    audit = evidence.label_audit
    return [
        {
            "name": named(LABEL_MODELS, row["model"]),
            "uses": row["uses_dispositions"],
            "share": percent(row["random_share"], 0) if row["uses_dispositions"] else DASH,
            "bank": loss_cell(row["log_loss"]),
            "true_loss": loss(row["true_log_loss"]),
            "right": {
                "shown": percent(row["labels"]["right"]["value"], 0),
                "range": percent_range(row["labels"]["right"], 0),
                "size": row["labels"]["suspicious"],
            },
            "recall": {
                "shown": percent(row["true_recall"]["value"], 0),
                "range": percent_range(row["true_recall"], 0),
            },
            "gap": points(row["below_ceiling"]),
            "is_chosen": row["model"] == audit["chosen"] and row["uses_dispositions"],
        }
        for row in audit["sets"]
    ]


def not_told_apart(audit: dict[str, Any]) -> list[str]:
    """Label models beside the chosen one with a set that is not measured to be worse than the best."""
    close = [
        row["model"]
        for row in audit["sets"]
        if row["behind_best"]["low"] is not None and row["behind_best"]["low"] <= 0
    ]
    return [name for name in dict.fromkeys(close) if name != audit["chosen"]]


def verdict(evidence: Evidence) -> Text:
    """Whether what the bank sees bears out its choice of a label model."""
    audit = evidence.label_audit
    chosen, preferred = named(LABEL_MODELS, audit["chosen"]), named(LABEL_MODELS, audit["preferred"]["model"])
    mine = [row for row in audit["sets"] if row["model"] == audit["chosen"] and row["uses_dispositions"]]
    gaps = [row["behind_best"]["low"] for row in mine if row["behind_best"]["low"] is not None]
    if not gaps:
        return Text("No later decision judges the choice.", "没有后续结论可供评判该选择。")
    if audit["chosen"] == audit["preferred"]["model"]:
        close = not_told_apart(audit)
        if not close:
            return Text(
                f"The criterion bears out the choice, {chosen.en}.", f"该准则支持当前选择：{chosen.zh}。"
            )
        names = joined([named(LABEL_MODELS, name) for name in close], Text(", ", "、"))
        return Text(
            f"The criterion puts the choice, {chosen.en}, first and cannot tell it from {names.en}.",
            f"该准则将当前选择“{chosen.zh}”排在首位，但无法与{names.zh}区分。",
        )
    if min(gaps) <= 0:
        return Text(
            f"The criterion cannot tell the choice, {chosen.en}, from its favourite, {preferred.en}.",
            f"该准则无法区分当前选择“{chosen.zh}”与最优的“{preferred.zh}”。",
        )
    return Text(
        f"The criterion speaks against the choice, {chosen.en}: {preferred.en} foretells better.",
        f"该准则不支持当前选择“{chosen.zh}”：“{preferred.zh}”更能预示后续结论。",
    )


def label_page(evidence: Evidence) -> dict[str, Any]:
    """All that the section shows; empty where the labels were not audited."""
    audit = evidence.label_audit
    if not audit:
        return {}
    return {
        "levels": levels(evidence),
        "people": people(evidence),
        "sets": label_sets(evidence),
        "verdict": verdict(evidence),
        "ceiling": {
            "shown": percent(audit["ceiling"]["value"], 0),
            "range": percent_range(audit["ceiling"], 0),
            "customers": audit["customers"],
        },
        "constant": loss_cell(audit["constant_belief"]),
        "judges": audit["judges"],
        "until": audit["until"],
        "judged_by": audit["judged_by"],
    }
