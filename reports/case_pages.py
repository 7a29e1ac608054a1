"""View-models of the case pages: facts first, reasons second, the simulator's knowledge apart."""

from __future__ import annotations

from typing import Any

from data.words import OUTCOME_NAMES, STREAM_NAMES
from reports.case_figures import flow, leading_on, timeline
from reports.evidence import Evidence
from reports.wording import (
    FACTS,
    Names,
    Text,
    chinese,
    count,
    named,
    party,
    same,
)

LIKE = "like_"


def header(case: dict[str, Any]) -> list[tuple[Text, Text]]:
    """What the bank knows of the customer, as pairs of name and value; unknown facts are left out."""
    facts: list[tuple[Text, Text | None]] = [
        (Text("Customer", "客户号"), same(case["customer_name"])),
        (Text("Alerted as of", "预警日期"), same(case["as_of"])),
        (Text("Rank that week", "当周排名"), same(str(case["rank"]))),
        (Text("Kind", "客户类型"), named(FACTS, case["kind"])),
        (Text("Occupation", "职业"), named(FACTS, case["occupation"]) if case["occupation"] else None),
        (Text("Industry", "行业"), named(FACTS, case["industry"]) if case["industry"] else None),
        (Text("City code", "城市代码"), same(str(case["city"])) if case["city"] is not None else None),
        (Text("Customer since", "开户日期"), same(case["joined_at"])),
        (
            Text("Declared income", "申报月收入"),
            Text(f"CNY {count(case['declared_income'])} a month", f"每月 {count(case['declared_income'])} 元")
            if case["declared_income"] is not None
            else None,
        ),
    ]
    return [(name, value) for name, value in facts if value is not None]


def reasons(case: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Reasons for the score and evidence against it, with the length of a bar in percent."""
    rows = [
        {
            "rank": row["rank"],
            "family": Text(row["family_en"], row["family_zh"]),
            "text": Text(row["text_en"], chinese(row["text_zh"])),
            "shown": f"{row['contribution']:+.2f}".replace("-", "−"),
            "contribution": row["contribution"],
        }
        for row in sorted(case["reasons"], key=lambda row: row["rank"])
    ]
    longest = max((abs(row["contribution"]) for row in rows), default=1.0) or 1.0
    for row in rows:
        row["bar"] = f"{abs(row['contribution']) / longest * 100:.1f}"
    return [row for row in rows if row["rank"] > 0], [row for row in rows if row["rank"] < 0]


def knowledge(schemes_of: str, names: Names) -> dict[str, Any]:
    """What the simulator knows of an alert; ``schemes_of`` is the schemes of AuditedAlerts."""
    found = schemes_of.split()
    schemes = [named(names.typologies, name) for name in found if not name.startswith(LIKE)]
    licit = [
        names.look_alikes.get(name.removeprefix(LIKE), named(names.typologies, name.removeprefix(LIKE)))
        for name in found
        if name.startswith(LIKE)
    ]
    return {
        "is_illicit": bool(schemes),
        "schemes": Text(" and ".join(name.en for name in schemes), "、".join(name.zh for name in schemes)),
        "look_alikes": Text(" and ".join(name.en for name in licit), "、".join(name.zh for name in licit)),
    }


def case_pages(evidence: Evidence) -> list[dict[str, Any]]:
    """One entry a case, in order of the score."""
    pages = []
    for place, case in enumerate(evidence.cases, start=1):
        reasons_for, against = reasons(case)
        pages.append(
            {
                "anchor": f"case-{place}",
                "number": place,
                "customer_name": case["customer_name"],
                "as_of": case["as_of"],
                "kind": named(FACTS, case["occupation"] or case["industry"] or case["kind"]),
                "facts": header(case),
                "sentence": Text(case["headline"]["en"], chinese(case["headline"]["zh"])),
                "rule_hits": [
                    row | {"name": Text(row["name_en"], row["name_zh"])} for row in case["rule_hits"]
                ],
                "rules": " ".join(row["rule_id"] for row in case["rule_hits"]),
                "reasons": reasons_for,
                "against": against,
                "timeline": timeline(case["timeline"], case["as_of"], case["days"]),
                "counterparties": [row | {"name": party(row["name"])} for row in case["counterparties"]],
                "flow": flow(case["flow"], case["customer_name"]),
                "edges": len(leading_on(case["flow"], case["customer_name"])),
                "decisions": [
                    row
                    | {
                        "outcome": named(OUTCOME_NAMES, row["outcome"]),
                        "stream": named(STREAM_NAMES, row["stream"]),
                    }
                    for row in case["earlier_decisions"]
                ],
                "truth": knowledge(evidence.schemes[case["subject_id"]], evidence.names)
                if case["subject_id"] in evidence.schemes
                else None,
            }
        )
    return pages
