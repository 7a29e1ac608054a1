"""What a reader decided in the browser: JSON files of the folder ``decisions``; no model learns from it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

import pipeline
from data.words import Words
from explain.results.cases import ExplainedCase
from pipeline import BadInput

DECISIONS = Path("decisions")
DECISION_REASONS = {
    "documents_explain": Words("documents explain it", "有材料可以解释"),
    "known_business": Words("known business of the customer", "符合客户已知经营"),
    "family": Words("money within the family", "家庭内部往来"),
    "one_off": Words("one-off event", "一次性事件"),
    "no_explanation": Words("no plausible explanation", "无合理解释"),
    "source_unknown": Words("source of funds unknown", "资金来源不明"),
    "pattern_of_typology": Words("pattern of a known typology", "符合已知洗钱手法"),
}
DECISION_OUTCOMES = {
    "dismissed": Words("dismissed", "排除"),
    "case": Words("looked into and closed", "深度甄别后排除"),
    "reported": Words("reported", "上报"),
}
ReasonKey = Literal[
    "documents_explain",
    "known_business",
    "family",
    "one_off",
    "no_explanation",
    "source_unknown",
    "pattern_of_typology",
]
Seen = Annotated[str, Field(min_length=1, max_length=200)]


class ReaderDecision(pipeline.Parameters):
    """A decision on one case, as the form of its page saves it; see decisions/README.md."""

    version: Literal[1]
    case_id: str = Field(pattern=r"^[CMS][0-9]+$")
    as_of: date
    outcome: Literal["dismissed", "case", "reported"]
    reasons: list[ReasonKey]
    documents: list[Seen]
    note: str = Field(max_length=2_000)
    decided_by: str = Field(min_length=1, max_length=100)
    decided_on: date


def checked(raw: object, file: Path) -> ReaderDecision:
    """A decision that is named after its case; anything else is bad input, in one sentence."""
    found = pipeline.parse(ReaderDecision, raw, str(file))
    if found.case_id != file.stem:
        raise BadInput(f"{file}: case_id: expected the name of the file, found {found.case_id!r}")
    return found


def of_another_run(found: dict[str, ReaderDecision], cases: list[ExplainedCase]) -> list[str]:
    """A sentence for each decision that no page shows, of a case or a date that the run does not have."""
    dates = {case.case_id: case.as_of for case in cases}
    return [
        f"{DECISIONS / case_id}.json is left out: this run has no case {case_id} as of {one.as_of}"
        for case_id, one in found.items()
        if dates.get(case_id) != one.as_of.isoformat()
    ]


def read_inputs() -> dict[str, ReaderDecision]:
    """Every decision by case; the folder must be there, and may be empty but for its page."""
    if not (DECISIONS / "README.md").is_file():
        raise BadInput(f"{DECISIONS}: expected the folder with its README.md, found none")
    files = sorted(DECISIONS.glob("*.json"))
    return {file.stem: checked(pipeline.read_yaml(file), file) for file in files}
