"""A rule beside the customer: every comparison of its predicate with the figure at the hit."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from explain.results.cases import Phrase, RuleCheck

NAME, NUMBER = r"[a-z][a-z_0-9]*", r"\d+(?:\.\d+)?"
SUM = rf"{NAME}(?:\s*\+\s*{NAME})*"  # indicators that a rule adds up
TERM = rf"case\b.*?\bend|{NUMBER}(?:\s*\*\s*{NAME})?"
COMPARISON = re.compile(
    rf"(?<![\w'])({SUM})\s*(?:(>=|<=|>|<)\s*({TERM})|between\s+({NUMBER})\s+and\s+({NUMBER}))"
)
HOLDS = {
    ">=": lambda value, bound: value >= bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    "<": lambda value, bound: value < bound,
}
Figures = Mapping[str, float]


def indicators_in(predicates: pd.Series, known: set[str]) -> list[str]:
    """Indicators that any of the predicates names, sorted."""
    return sorted(set(re.findall(NAME, " ".join(predicates))) & known)


def known_figure(figures: Figures, name: str) -> float | None:
    """A figure of the customer; None where it could not be measured."""
    value = figures.get(name)
    return None if value is None or pd.isna(value) else float(value)


def bound_of(term: str, kind: str, segment: float, figures: Figures) -> float | None:
    """What a comparison compares with, for a customer of a kind; None where it cannot be had.

    Terms are those that the rulebook writes: a number, a number times ``seg`` or times an
    indicator, and a choice by kind of customer.
    """
    if term.startswith("case"):
        chosen = re.search(rf"(?:kind\s*=\s*'{kind}'|when\s+'{kind}')\s+then\s+({NUMBER})", term)
        other = re.search(rf"else\s+({NUMBER})", term)
        found = chosen or other
        return None if found is None else float(found[1])
    number, _, factor = (part.strip() for part in term.partition("*"))
    if not factor:
        return float(number)
    times = segment if factor == "seg" else known_figure(figures, factor)
    return None if times is None else float(number) * times


def summed(names: list[str], figures: Figures) -> float | None:
    """The figure that a comparison is about: one indicator, or a few added up."""
    parts = [known_figure(figures, name) for name in names]
    known = [part for part in parts if part is not None]
    return round(sum(known), 4) if len(known) == len(parts) else None


def holds(sign: str, value: float | None, bound: float | None, upper: float | None) -> bool:
    """Whether a comparison holds; what cannot be measured holds nowhere."""
    if value is None or bound is None:
        return False
    return bound <= value <= upper if upper is not None else bool(HOLDS[sign](value, bound))


def rule_checks(
    predicate: str, kind: str, segment: float, figures: Figures, labels: pd.DataFrame
) -> list[RuleCheck]:
    """Every comparison of a predicate in the order in which it stands there.

    Parameters
    ----------
    predicate : SQL over indicators, parameters filled in
    kind, segment : of the customer; the multiplier of money thresholds
    figures : the customer's indicators at the hit
    labels : the feature catalogue by feature, which holds the indicators
    """
    checks = []
    for left, sign, term, low, high in COMPARISON.findall(predicate):
        names = [name.strip() for name in left.split("+")]
        value = summed(names, figures)
        bound = float(low) if low else bound_of(term, kind, segment, figures)
        upper = float(high) if high else None
        checks.append(
            RuleCheck(
                indicator=left,
                label=Phrase(**{tongue: labels_told(names, labels, tongue) for tongue in ("en", "zh")}),
                unit=labels["unit"].get(names[0], "count"),
                sign=sign or "between",
                threshold=bound,
                upper=upper,
                value=value,
                is_met=holds(sign, value, bound, upper),
            )
        )
    return checks


def labels_told(names: list[str], labels: pd.DataFrame, tongue: str) -> str:
    """The label of an indicator, or of several added up; its name in words where it has none."""
    column = labels[f"label_{tongue}"]
    return " + ".join(str(column.get(name, name.replace("_", " "))) for name in names)
