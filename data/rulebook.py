"""The rulebook as checked objects: predicates over indicators, written by business people."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import duckdb
from pydantic import Field

import pipeline
from data.indicators import INDICATORS
from data.schema import CUSTOMER_KINDS
from pipeline import BadInput

RULEBOOK = Path("data/rulebook.yaml")
CUSTOMER_COLUMNS = {"kind": "VARCHAR", "seg": "DOUBLE"}


def _number(value: float) -> str:
    """A number as SQL reads it, without losing a digit."""
    return str(int(value)) if value == int(value) else repr(value)


class Name(pipeline.Parameters):
    """A name in both languages."""

    en: str
    zh: str


class RuleParameter(pipeline.Parameters):
    """A number of a rule, with its unit and where it comes from."""

    value: float
    unit: Literal["CNY", "count", "share", "ratio", "days", "hours"]
    source: str = Field(min_length=1)


class Rule(pipeline.Parameters):
    """One rule of the rulebook."""

    id: str = Field(pattern=r"^R\d\d$")
    name: Name
    red_flags: list[str] = Field(min_length=1)
    predicate: str
    parameters: dict[str, RuleParameter]
    family: str
    typologies: list[str]
    source: str = Field(min_length=1)
    evidence: Literal["V", "V2", "D"]
    owner: str
    known_false_positives: list[str]
    suppress_days: int = Field(ge=0)

    def sql(self) -> str:
        """The predicate with its parameters filled in."""
        try:
            return self.predicate.format(**{key: _number(p.value) for key, p in self.parameters.items()})
        except (KeyError, IndexError, ValueError) as error:
            raise BadInput(
                f"{RULEBOOK}: rule {self.id}: the predicate names unknown parameter {error}"
            ) from None

    def indicators(self) -> set[str]:
        """Indicators that the predicate uses."""
        return set(re.findall(r"[a-z_0-9]+", self.sql().lower())) & set(INDICATORS)


class Rulebook(pipeline.Parameters):
    """All rules, and how money thresholds scale by segment."""

    segment_multiplier: dict[str, float]
    rules: list[Rule]


def check(rulebook: Rulebook) -> Rulebook:
    """Refuse duplicate ids, unknown names and predicates that are not true or false."""
    ids = [rule.id for rule in rulebook.rules]
    for rule_id in ids:
        if ids.count(rule_id) > 1:
            raise BadInput(
                f"{RULEBOOK}: rule {rule_id}: the id is used {ids.count(rule_id)} times, expected once"
            )
    missing = set(CUSTOMER_KINDS) - set(rulebook.segment_multiplier)
    if missing:
        raise BadInput(f"{RULEBOOK}: segment_multiplier: {sorted(missing)[0]!r} is missing")
    with duckdb.connect() as bench:
        columns = [f"{name} FLOAT" for name in INDICATORS]
        columns += [f"{name} {kind}" for name, kind in CUSTOMER_COLUMNS.items()]
        bench.execute(f"CREATE TABLE indicators ({', '.join(columns)})")
        for rule in rulebook.rules:
            place = f"{RULEBOOK}: rule {rule.id}"
            try:
                kind = bench.execute(f"SELECT ({rule.sql()}) AS hit FROM indicators").description[0][1]
            except duckdb.BinderException as error:
                unknown = re.search(r'column "(\w+)" not found', str(error))
                what = f"unknown indicator {unknown[1]!r}" if unknown else str(error).splitlines()[0]
                raise BadInput(f"{place}: the predicate has an error: {what}") from None
            except duckdb.Error as error:
                raise BadInput(f"{place}: expected a SQL predicate ({str(error).splitlines()[0]})") from None
            if str(kind) != "BOOLEAN":
                raise BadInput(
                    f"{place}: expected a predicate that is true or false, found one of type {kind}"
                )
    return rulebook


def load() -> Rulebook:
    """Read and check the rulebook; the first fault is one sentence naming the rule."""
    raw = pipeline.read_yaml(RULEBOOK)
    entries = raw.get("rules") if isinstance(raw, dict) else None
    if not isinstance(entries, list):
        raise BadInput(f"{RULEBOOK}: expected a list of rules under 'rules'")
    for position, entry in enumerate(entries):
        name = (
            entry.get("id", f"number {position + 1}") if isinstance(entry, dict) else f"number {position + 1}"
        )
        pipeline.parse(Rule, entry, f"{RULEBOOK}: rule {name}")
    return check(pipeline.parse(Rulebook, raw, str(RULEBOOK)))
