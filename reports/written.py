"""The rulebook as business people wrote it, as far as the report shows it."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict

from data.words import Words
from data.words.citations import Source


class Written(BaseModel):
    """Base of a part of rulebook.yaml; what the report does not show is passed over.

    The stage alert refuses a rulebook that is wrong; here it is read as it stands.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")


class WrittenCase(Written):
    """A public case, and how well its source is known."""

    id: str
    name: Words
    source: Source
    evidence: str


class WrittenNumber(Written):
    """A number of a predicate, or one a kind of customer, with where it comes from."""

    value: float | dict[str, float]
    unit: str
    source: Source


class WrittenRule(Written):
    """A rule, for suspicion or against it."""

    id: str
    owner: str
    reviewed: date
    computed_in: str = ""
    case_refs: list[str] = []
    parameters: dict[str, WrittenNumber] = {}


class WrittenRulebook(Written):
    """The parts of rulebook.yaml that the page of the rules shows."""

    owners: dict[str, Words] = {}
    cases: list[WrittenCase] = []
    rules: list[WrittenRule] = []
    negative_rules: list[WrittenRule] = []

    def by_id(self) -> dict[str, WrittenRule]:
        """Every rule under its id."""
        return {rule.id: rule for rule in (*self.rules, *self.negative_rules)}

    def public_cases(self) -> dict[str, WrittenCase]:
        """Every public case under its id."""
        return {case.id: case for case in self.cases}
