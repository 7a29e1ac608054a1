"""View-models of the rulebook page: each rule in words and numbers, and one alert from case to label."""

from __future__ import annotations

from typing import Any

from data.words import MARK_NAMES, REASON_NAMES, RULE_USE_NAMES, SOPHISTICATION_NAMES
from data.words.citations import cited
from reports.evidence import Evidence
from reports.sentences import amount, sentence
from reports.wording import (
    DASH,
    FACTS,
    LABEL_MODELS,
    Text,
    count,
    joined,
    named,
    percent,
    same,
    wilson,
)

CLAIM = 0.01  # the rate below the line that a sample is meant to exclude
SAMPLE = 299  # reviews without a report that exclude it with 95 % confidence: ln 0.05 / ln 0.99


def rulebook(evidence: Evidence) -> list[dict[str, Any]]:
    """One entry a rule: its words, what the bank counts, what is true."""
    truth = {row["rule_id"]: row for row in evidence.truth["rule_table"]}
    rows = []
    for rule in evidence.bank["rule_table"]:
        true = truth.get(rule["rule_id"])
        rows.append(
            rule
            | {
                "name": Text(rule["name_en"], rule["name_zh"]),
                "sentence": sentence(rule["predicate"], evidence.labels),
                "source": Text(rule["source_en"], rule["source_zh"]),
                "flags": Text(rule["red_flags_en"], rule["red_flags_zh"]),
                "false_positives": Text(rule["known_false_positives_en"], rule["known_false_positives_zh"]),
                "share": wilson(rule["reported"], rule["reviewed"]),
                "true": true["true"] if true else 0,
                "precision": true["precision"] if true else wilson(0, 0),
            }
        )
    return rows


def case_words(case: dict[str, Any]) -> dict[str, Text]:
    """A public case: what it is, and how well its source is known."""
    source, mark = origin(case["source"]), MARK_NAMES[case["evidence"]]
    return {
        "name": Text(**case["name"]),
        "source": Text(f"{source.en} ({mark.en})", f"{source.zh}（{mark.zh}）"),
    }


def origin(source: str | dict[str, str]) -> Text:
    """Where a number or a case comes from, as the rulebook writes it."""
    return cited(Text(**source) if isinstance(source, dict) else source)


def parameters(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """The numbers of a rule with where each comes from."""
    rows = []
    for name, told in entry.get("parameters", {}).items():
        value, unit = told["value"], told["unit"]
        if isinstance(value, dict):
            parts = [
                Text(
                    f"{amount(part, unit).en} ({named(FACTS, kind).en})",
                    f"{amount(part, unit).zh}（{named(FACTS, kind).zh}）",
                )
                for kind, part in value.items()
            ]
            shown = joined(parts, Text(", ", "、"))
        else:
            shown = amount(value, unit)
        rows.append({"name": name, "value": shown, "source": origin(told["source"])})
    return rows


def sample(row: dict[str, Any] | None) -> dict[str, Any] | None:
    """A reviewed sample on one side of the line, and whether it excludes one report in a hundred."""
    if row is None:
        return None
    return row | {"claim": row["at_most"] is not None and row["at_most"] < CLAIM}


def votes(row: dict[str, Any]) -> list[dict[str, Any]]:
    """What each label model learned of a rule's vote."""
    return [
        {"model": named(LABEL_MODELS, model), "value": percent(value)}
        for model, value in row.get("learned", {}).items()
    ]


def rulebook_page(evidence: Evidence) -> dict[str, Any]:
    """Everything that the page's template needs."""
    audited = {row["rule_id"]: row for row in evidence.rule_report.get("rules", [])}
    entries = evidence.rulebook.get("rules", []) + evidence.rulebook.get("negative_rules", [])
    written = {entry["id"]: entry for entry in entries}
    public = {case["id"]: case for case in evidence.rulebook.get("cases", [])}
    owners = evidence.rulebook.get("owners", {})
    rows = []
    for rule in rulebook(evidence):
        name = rule["rule_id"]
        mine, entry = audited.get(name, {}), written.get(name, {})
        rows.append(
            rule
            | {
                "use_name": RULE_USE_NAMES["against" if rule["vote"] < 0 else rule["use"]],
                "is_elsewhere": entry.get("computed_in") == "features",
                "cases": [case_words(public[case]) for case in entry.get("case_refs", []) if case in public],
                "owner": Text(**owners[entry["owner"]]) if entry else same(DASH),
                "last_review": str(entry.get("reviewed", DASH)),
                "parameters": parameters(entry),
                "found": mine,
                "above": sample(mine.get("above")),
                "below": sample(mine.get("below")),
                "votes": votes(mine),
                "true_alone": mine.get("true_alone"),
            }
        )
    lines = evidence.rule_report.get("lines", {})
    return {
        "rules": rows,
        "is_audited": bool(audited),
        "voting": [row for row in rows if row["above"]],
        "models": [row["model"] for row in next((row["votes"] for row in rows if row["votes"]), [])],
        "negative": [
            row | {"name": next(rule["name"] for rule in rows if rule["rule_id"] == row["rule_id"])}
            for row in evidence.rule_report.get("negative_rules", [])
        ],
        "lines": {side: sample(lines.get(side)) for side in ("above", "below")},
        "effort": evidence.rule_report.get("effort"),
        "hours": sum(row["found"].get("hours", 0.0) for row in rows),
        "sample": SAMPLE,
        "claim": CLAIM,
        "trace": trace(evidence, rows, public),
    }


def shown_value(value: float | None, unit: str) -> Text:
    """A measured indicator with its unit."""
    if value is None:
        return same(DASH)
    return amount(round(value, 3 if unit == "share" else 2) if abs(value) < 100 else round(value), unit)


def trace(evidence: Evidence, rules: list[dict[str, Any]], public: dict[str, Any]) -> dict[str, Any] | None:
    """One alert from the public case behind its rule to its label; None where none was reported and true."""
    found = evidence.truth["trace"]
    if found is None:
        return None
    rule = next(row for row in rules if row["rule_id"] == found["rule_id"])
    case = public.get(found["case_id"])
    indicators = []
    for row in found["indicators"]:
        label = evidence.labels.get(row["name"])
        name = Text(label["label_en"], label["label_zh"]) if label else named({}, row["name"])
        indicators.append({"name": name, "value": shown_value(row["value"], label["unit"] if label else "")})
    return found | {
        "rule": rule,
        "case": case_words(case) if case else None,
        "who": named(FACTS, found["occupation"] or found["kind"]),
        "shown": indicators,
        "reason": named(REASON_NAMES, found["reason"]),
        "typology_name": named(evidence.names.typologies, found["typology"]),
        "role_name": named(evidence.names.roles, found["role"]) if found["role"] else None,
        "level": None if found["sophistication"] is None else SOPHISTICATION_NAMES[found["sophistication"]],
        "alert_number": count(found["alert_id"]),
    }
