"""The rulebook as checked objects: predicates over indicators, written by business people."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Annotated, Any, Literal

import duckdb
from pydantic import AfterValidator, Field, ValidationInfo, field_validator

import pipeline
from data.indicators import INDICATORS
from data.rules.predicates import PLAIN, Unit, check_units
from data.schema import CUSTOMER_KINDS
from data.words import FAMILIES, SIGNED_UNITS, UNITS, Said
from data.words.citations import CitedSource
from parameters import Positive, read_yaml
from pipeline import BadInput

RULEBOOK = Path("data/rules/rulebook.yaml")
CUSTOMER_COLUMNS = {"kind": "VARCHAR", "seg": "DOUBLE"}

Mark = Literal["V", "V2", "D"]


def _every_segment(values: dict[str, float]) -> dict[str, float]:
    """One value a kind of customer, no more and no fewer."""
    for kind in values:
        if kind not in CUSTOMER_KINDS:
            raise ValueError(f"unknown segment '{kind}', expected {', '.join(CUSTOMER_KINDS)}")
    for kind in CUSTOMER_KINDS:
        if kind not in values:
            raise ValueError(f"segment '{kind}' is missing")
    return values


BySegment = Annotated[dict[str, Positive], AfterValidator(_every_segment)]
LARGEST = 1e15  # of a threshold; SQL keeps every digit of it


def _number(value: float) -> str:
    """A number as SQL reads it, without losing a digit."""
    return str(int(value)) if value == int(value) else repr(value)


def _known_unit(unit: str) -> str:
    """A unit that the report can print in both languages."""
    if unit not in UNITS:
        raise ValueError(f"unknown unit '{unit}', expected one of: {', '.join(UNITS)}")
    return unit


KnownUnit = Annotated[str, AfterValidator(_known_unit)]


class Case(pipeline.Parameters):
    """A public case or official description from which rules were drawn."""

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    name: Said
    source: CitedSource
    evidence: Mark


class RuleParameter(pipeline.Parameters):
    """A number of a rule, or one number a segment, with its unit and where it comes from."""

    unit: KnownUnit  # first, for what a value may be hangs on it
    value: float | dict[str, float]
    source: CitedSource

    @field_validator("value", mode="before")
    @classmethod
    def _one_number_or_one_a_segment(cls, value: Any, known: ValidationInfo) -> Any:
        """Each number must be one that the unit allows; pydantic's own refusal of a union names no cause."""
        unit = known.data.get("unit", SIGNED_UNITS[0])  # an unknown one is refused by itself
        for number in (_every_segment(value) if isinstance(value, dict) else {"": value}).values():
            if isinstance(number, bool) or not isinstance(number, int | float):
                raise ValueError(f"expected a number, found '{number}'")
            if not -LARGEST <= number <= LARGEST:
                raise ValueError(f"expected a number up to {LARGEST:g}, found {number}")
            if number < 0 and unit not in SIGNED_UNITS:
                raise ValueError(f"expected 0 or more, for {unit} is never below zero, found {number}")
        return value

    def sql(self) -> str:
        """The value as SQL reads it."""
        if not isinstance(self.value, dict):
            return _number(self.value)
        person, *firms = (_number(self.value[kind]) for kind in CUSTOMER_KINDS)
        if len(set(firms)) == 1:
            return f"case when kind = 'person' then {person} else {firms[0]} end"
        micro, company = firms
        return f"case kind when 'person' then {person} when 'micro_business' then {micro} else {company} end"


class Rule(pipeline.Parameters):
    """One rule of the rulebook.

    ``amount`` names the indicator that tells how much money a hit is about: a hit within
    ``suppress_days`` of an alert raises another one only if its amount has grown by the
    share ``growth``. ``room`` is how many alerts it may raise above its line to one of an
    ordinary rule. A rule that is ``computed_in`` the features room is over columns of
    the feature matrix that are known only after investigations: it is recorded here, and
    never run over the daily indicators.
    """

    id: str = Field(pattern=r"^R\d\d[a-z]?$")
    name: Said
    use: Literal["label", "feature", "held_out"]
    case_refs: list[str] = Field(default_factory=list)
    red_flags: list[str] = Field(min_length=1)
    predicate: str
    parameters: dict[str, RuleParameter]
    family: str
    typologies: list[str]
    source: CitedSource
    evidence: Mark
    owner: str = Field(min_length=1)
    reviewed: datetime.date
    known_false_positives: list[Said]
    suppress_days: int = Field(ge=0, le=36_500)
    amount: str | None = None
    growth: float = Field(0.5, gt=0, le=1e6)
    room: float = Field(1.0, gt=0, le=1_000)
    computed_in: Literal["data", "features"] = "data"

    @property
    def vote(self) -> int:
        """+1: a hit speaks for suspicion."""
        return 1

    @property
    def raises_alerts(self) -> bool:
        """Whether a hit sends a case to the investigators."""
        return self.use == "label" and self.vote > 0

    def sql(self) -> str:
        """The predicate with its parameters filled in."""
        return self._filled({key: parameter.sql() for key, parameter in self.parameters.items()})

    def _filled(self, values: dict[str, str]) -> str:
        try:
            return self.predicate.format(**values)
        except (KeyError, IndexError, ValueError) as error:
            raise BadInput(
                f"{RULEBOOK}: rule {self.id}: the predicate names unknown parameter {error}"
            ) from None

    def check_units(self) -> None:
        """Refuse a predicate that compares what has different units."""
        names: dict[str, Unit] = {name: entry.unit for name, entry in INDICATORS.items()}
        names |= dict.fromkeys(CUSTOMER_COLUMNS, PLAIN)
        names |= {f"{{{key}}}": parameter.unit for key, parameter in self.parameters.items()}
        quoted = self._filled({key: f'"{{{key}}}"' for key in self.parameters})
        check_units(quoted, names, f"{RULEBOOK}: rule {self.id}")

    def indicators(self) -> set[str]:
        """Indicators that the predicate uses."""
        return set(re.findall(r"[a-z_0-9]+", self.sql().lower())) & set(INDICATORS)


class NegativeRule(Rule):
    """A rule that speaks for innocence: it raises no alert, its vote is -1."""

    id: str = Field(pattern=r"^N\d$")

    @property
    def vote(self) -> int:
        """-1: a hit speaks against suspicion."""
        return -1


class Rulebook(pipeline.Parameters):
    """All rules, the cases behind them, and how money thresholds scale by segment.

    ``red_flags`` and ``owners`` hold the words of the names that rules use.
    """

    segment_multiplier: BySegment
    red_flags: dict[str, Said]
    owners: dict[str, Said]
    cases: list[Case] = Field(default_factory=list)
    rules: list[Rule]
    negative_rules: list[NegativeRule] = Field(default_factory=list)

    @property
    def every_rule(self) -> list[Rule]:
        """Rules that speak for suspicion, then those that speak against it."""
        return [*self.rules, *self.negative_rules]

    def indicators(self) -> list[str]:
        """Indicators that any rule needs, in the order of the catalogue."""
        needed = {rule.amount for rule in self.every_rule}.union(*(r.indicators() for r in self.every_rule))
        return [name for name in INDICATORS if name in needed]


def _check_words(rule: Rule, rulebook: Rulebook, place: str) -> None:
    """Refuse a name that the page could not print in both languages."""
    for flag in rule.red_flags:
        if flag not in rulebook.red_flags:
            raise BadInput(f"{place}: the red flag '{flag}' has no words under 'red_flags'")
    if rule.owner not in rulebook.owners:
        raise BadInput(f"{place}: the owner '{rule.owner}' has no words under 'owners'")
    if rule.family not in FAMILIES:
        raise BadInput(f"{place}: unknown family {rule.family!r}, expected one of: {', '.join(FAMILIES)}")


def _check_references(rule: Rule, cases: set[str], place: str) -> None:
    for case in rule.case_refs:
        if case not in cases:
            raise BadInput(f"{place}: unknown case '{case}', expected one of the list under 'cases'")
    if rule.amount is not None and rule.amount not in INDICATORS:
        raise BadInput(f"{place}: the amount is the unknown indicator '{rule.amount}'")
    if rule.amount is not None and INDICATORS[rule.amount].unit != "CNY":
        raise BadInput(
            f"{place}: expected an amount in CNY, found '{rule.amount}' in {INDICATORS[rule.amount].unit}"
        )


def check(rulebook: Rulebook) -> Rulebook:
    """Refuse duplicate ids, names without words, mixed units and predicates that are not true or false."""
    ids = [rule.id for rule in rulebook.every_rule]
    for rule_id in ids:
        if ids.count(rule_id) > 1:
            raise BadInput(
                f"{RULEBOOK}: rule {rule_id}: the id is used {ids.count(rule_id)} times, expected once"
            )
    cases = {case.id for case in rulebook.cases}
    with duckdb.connect() as bench:
        columns = [f"{name} {'DOUBLE' if entry.is_money else 'FLOAT'}" for name, entry in INDICATORS.items()]
        columns += [f"{name} {kind}" for name, kind in CUSTOMER_COLUMNS.items()]
        bench.execute(f"CREATE TABLE indicators ({', '.join(columns)})")
        for rule in rulebook.every_rule:
            place = f"{RULEBOOK}: rule {rule.id}"
            _check_words(rule, rulebook, place)
            if rule.computed_in == "features":
                if rule.use != "feature":
                    raise BadInput(
                        f"{place}: expected use: feature for a rule computed in features, found {rule.use}"
                    )
                continue
            rule.check_units()
            try:
                kind = bench.execute(f"SELECT ({rule.sql()}) AS hit FROM indicators").description[0][1]
            except duckdb.Error as error:
                raise BadInput(f"{place}: expected a SQL predicate ({str(error).splitlines()[0]})") from None
            if str(kind) != "BOOLEAN":
                raise BadInput(
                    f"{place}: expected a predicate that is true or false, found one of type {kind}"
                )
            _check_references(rule, cases, place)
    return rulebook


def load() -> Rulebook:
    """Read and check the rulebook; the first fault is one sentence naming the rule."""
    raw = read_yaml(RULEBOOK)
    if not isinstance(raw, dict) or not isinstance(raw.get("rules"), list):
        raise BadInput(f"{RULEBOOK}: expected a list of rules under 'rules'")
    for section, settings in (("rules", Rule), ("negative_rules", NegativeRule)):
        entries = raw.get(section, [])
        if not isinstance(entries, list):
            raise BadInput(f"{RULEBOOK}: expected a list of rules under '{section}'")
        for position, entry in enumerate(entries, start=1):
            name = entry.get("id", f"number {position}") if isinstance(entry, dict) else f"number {position}"
            pipeline.parse(settings, entry, f"{RULEBOOK}: rule {name}")
    return check(pipeline.parse(Rulebook, raw, str(RULEBOOK)))
