"""A range that is turned round is refused by `python console.py check`, whichever parameter it is.

The ranges are found in the parameter classes themselves, so that a new one is tried the day
it is declared.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel

import check
import console
from parameters import BadInput, read_yaml
from pipeline import PARAMS_FILE

Place = tuple[str | int, ...]

# Two ends of a range that are fields of their own.
ENDS = (("low", "high"), ("median_days", "p90_days"), ("first_day", "last_day"))
# Pairs and rows of numbers that are no range, by key, with the reason.
NO_RANGE = {
    "observe.night_hours": "hours of the clock: a night from 23 to 5 runs over midnight",
    "observe.stakes_cny": "sums of which each counts by itself",
    "observe.patterns.large_lines_cny": "report lines of which each counts by itself",
    "investigate.trial_random_shares": "shares of which each is tried by itself",
    "label.prior_sweep": "multiples of which each is tried by itself",
    "simulate.sophistication_shares": "shares of three kinds of schemes",
    "audit.anomaly_shares": "shares of the budget of which each is tried by itself",
    "audit_graph.few_payments": "numbers of payments of which each is counted by itself",
    "penalise.l1_shares": "mixes of penalties of which each is drawn by itself",
    "audit_injection.teaching.oracle_seeds": "seeds",
    "audit_knowledge.reviews": "numbers of reviews of which each is tried by itself",
    "audit_knowledge.next_in_line": "lengths of a queue of which each is counted by itself",
    "audit_money.days": "days of which each is counted by itself",
    "audit_money.worths": "worths of a yuan of which each is tried by itself",
    "audit_explanations.trusts": "degrees of trust of which each is tried by itself",
    "audit_explanations.harms": "harms of a reason of which each is tried by itself",
}


def is_no_range(key: str) -> bool:
    return any(key == name or key.startswith(f"{name}.") for name in NO_RANGE)


def fields_of(annotation: Any, value: Any, path: Place) -> Iterator[tuple[Place, Any, Any]]:
    """Every field below a place of params.yaml: where it is, its annotation and its value."""
    yield path, annotation, value
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        hints = typing.get_type_hints(annotation, include_extras=False)
        for name in annotation.model_fields:
            if name in value:
                yield from fields_of(hints[name], value[name], (*path, name))
    elif get_origin(annotation) is dict:
        for key, inner in value.items():
            yield from fields_of(get_args(annotation)[1], inner, (*path, key))
    elif get_origin(annotation) is list:
        for place, inner in enumerate(value):
            yield from fields_of(get_args(annotation)[0], inner, (*path, place))


def is_pair(annotation: Any) -> bool:
    """Whether an annotation is a tuple of exactly two numbers."""
    ends = get_args(annotation) if get_origin(annotation) is tuple else ()
    return len(ends) == 2 and all(end in (int, float) for end in ends)


def dotted(path: Place) -> str:
    return ".".join(str(part) for part in path)


def everywhere() -> list[tuple[Place, Any, Any]]:
    values, found = read_yaml(PARAMS_FILE), []
    for section, settings in check.settings_by_section(values, console.stages()).items():
        inner: Any = values
        for part in section.split("."):
            inner = inner[part]
        found += list(fields_of(settings, inner, tuple(section.split("."))))
    return found


def turned(values: Any, path: Place, turn: Callable[[Any], Any]) -> Any:
    """The values with one place of them changed."""
    if not path:
        return turn(values)
    copy: Any = list(values) if isinstance(values, list) else dict(values)
    copy[path[0]] = turned(values[path[0]], path[1:], turn)
    return copy


def refusal(path: Place, turn: Callable[[Any], Any]) -> str:
    values = turned(read_yaml(PARAMS_FILE), path, turn)
    with pytest.raises(BadInput) as refused:
        check.parameters(values, console.stages())
    return str(refused.value)


PAIRS = [path for path, annotation, _ in everywhere() if is_pair(annotation)]
APART = [
    (path, ends)
    for path, _, value in everywhere()
    for ends in ENDS
    if isinstance(value, dict) and set(ends) <= set(value)
]


@pytest.mark.parametrize("path", [path for path in PAIRS if not is_no_range(dotted(path))], ids=dotted)
def test_a_pair_of_numbers_turned_round_is_refused_with_its_key(path: Place) -> None:
    def turn(pair: list[float]) -> list[float]:
        low, high = pair
        return [high, low] if low < high else [high + 1, low]

    sentence = refusal(path, turn)
    assert sentence.startswith(f"params.yaml: {dotted(path)}: expected two numbers in order, found ")
    assert "\n" not in sentence


@pytest.mark.parametrize(("path", "ends"), APART, ids=[dotted(path) for path, _ in APART])
def test_two_ends_that_are_fields_of_their_own_are_refused_when_exchanged(
    path: Place, ends: tuple[str, str]
) -> None:
    low, high = ends

    def turn(values: dict[str, float]) -> dict[str, float]:
        spread = values[high] if values[low] < values[high] else values[high] + 1
        return values | {low: spread, high: values[low]}

    sentence = refusal(path, turn)
    assert sentence.startswith(f"params.yaml: {dotted(path)}")
    assert "\n" not in sentence


def test_every_row_of_numbers_in_the_file_is_a_range_bands_in_order_or_named_as_neither() -> None:
    """A range that was declared as a bare list would slip through the tests above."""
    unnamed = []
    for path, _, value in everywhere():
        is_row = isinstance(value, list) and len(value) > 1 and isinstance(value[0], int | float)
        if not is_row or path in PAIRS or is_no_range(dotted(path)):
            continue
        if not refusal(path, lambda row: row[::-1]).startswith(f"params.yaml: {dotted(path)}: expected"):
            unnamed.append(dotted(path))
    assert not unnamed


def test_what_is_named_as_no_range_is_there() -> None:
    known = {dotted(path) for path, _, _ in everywhere()}
    assert set(NO_RANGE) <= known
