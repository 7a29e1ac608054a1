"""Claims fixed beforehand are judged by whole intervals, and a changed configuration is seen."""

from __future__ import annotations

import json
from typing import Any

import pytest

import verdicts
from data.results import Interval
from parameters import BadInput, parse
from pipeline import artifact
from verdicts import Claim, Verdicts, Wording, configuration_hash, figure_at, fixed, outcome, verdicts_page


def claim(**bound: float) -> Claim:
    return Claim(name="one", en="more", zh="更多", figure="models.one.recall", **bound)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.01, 0.2, "holds"), (-0.1, 0.2, "not shown"), (0.0, 0.2, "not shown"), (-0.2, -0.01, "failed")],
)
def test_a_claim_above_holds_where_the_whole_interval_lies_above(
    low: float, high: float, expected: str
) -> None:
    assert outcome(claim(above=0), Interval(value=(low + high) / 2, low=low, high=high)) == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.05, 0.19, "holds"), (0.1, 0.3, "not shown"), (0.21, 0.3, "failed")],
)
def test_a_claim_below_is_its_mirror(low: float, high: float, expected: str) -> None:
    assert outcome(claim(below=0.2), Interval(value=(low + high) / 2, low=low, high=high)) == expected


def test_a_bare_figure_holds_from_the_bound_on_and_none_is_not_measured() -> None:
    assert outcome(claim(above=0.45), Interval(value=0.45)) == "holds"
    assert outcome(claim(above=0.45), Interval(value=0.44)) == "failed"
    assert outcome(claim(above=0.45), Interval()) == "not measured"


def test_a_figure_is_found_by_its_way_and_a_way_into_nothing_is_empty() -> None:
    metrics = {"models": {"one": {"recall": {"value": 0.3, "low": 0.2, "high": 0.4}, "alerts": 7}}}
    assert figure_at(metrics, "models.one.recall") == Interval(value=0.3, low=0.2, high=0.4)
    assert figure_at(metrics, "models.one.alerts").value == 7
    for lost in ("models.two.recall", "models.one.recall.value.more", "nothing"):
        assert figure_at(metrics, lost) == Interval()


def test_the_hash_sees_values_and_code_and_no_order() -> None:
    files = [("a.py", b"1"), ("b.py", b"2")]
    told = configuration_hash({"one": 1, "two": {"x": 2, "y": 3}}, files)
    assert told == configuration_hash({"two": {"y": 3, "x": 2}, "one": 1}, files[::-1])
    assert told != configuration_hash({"one": 1, "two": {"x": 2, "y": 4}}, files)
    assert told != configuration_hash({"one": 1, "two": {"x": 2, "y": 3}}, [("a.py", b"1"), ("b.py", b"3")])


def test_fixing_changes_the_hash_and_nothing_else() -> None:
    text = "# words\nconfiguration: not fixed yet # the hash\nclaims: []\n"
    once = fixed(text, "12ab")
    assert once == '# words\nconfiguration: "12ab" # the hash\nclaims: []\n'
    assert fixed(once, "34cd") == once.replace("12ab", "34cd")
    with pytest.raises(BadInput, match="expected one line"):
        fixed("claims: []\n", "12ab")


@pytest.mark.parametrize("bounds", [{}, {"above": 0, "below": 1}])
def test_a_claim_without_exactly_one_bound_is_refused(bounds: dict[str, float]) -> None:
    told: dict[str, Any] = {"name": "one", "en": "more", "zh": "更多", "figure": "a"} | bounds
    values = {"configuration": "x", "champion": {"en": "a", "zh": "b"}, "claims": [told]}
    with pytest.raises(BadInput, match="expected one of above and below for one"):
        parse(Verdicts, values, "verdicts.yaml")


def test_the_page_shows_failed_claims_and_says_when_the_configuration_has_changed() -> None:
    told = Verdicts(configuration="12ab", champion=Wording(en="rule", zh="规则"), claims=[claim(above=0)])
    metrics = {"models": {"one": {"recall": {"value": -0.1, "low": -0.2, "high": -0.05}}}}
    page = verdicts_page(told, metrics, "12ab")
    assert "| more | 更多 | above 0 | -0.100 (-0.200 to -0.050) | failed | 不成立 |" in page
    assert "STALE" not in page
    assert "STALE: fixed for configuration 12ab, in force is 34cd" in verdicts_page(told, metrics, "34cd")


def test_the_file_of_claims_is_valid_and_names_each_once() -> None:
    claims = verdicts.read_verdicts().claims
    assert len({one.name for one in claims}) == len(claims)


def test_the_page_in_the_repository_shows_the_metrics_that_lie_here() -> None:
    file = artifact("reports", "metrics.json")
    if not file.exists() or not verdicts.VERDICTS_PAGE.exists():
        pytest.skip("no metrics.json yet: run make report")
    metrics = json.loads(file.read_text(encoding="utf-8"))
    told = verdicts.read_verdicts()
    page = verdicts.VERDICTS_PAGE.read_text(encoding="utf-8")
    # Whether it is stale changes with every edit of a model; what it says of the claims does not.
    rows = [line for line in verdicts_page(told, metrics, told.configuration).splitlines() if "|" in line]
    assert [line for line in page.splitlines() if "|" in line] == rows, "run: make docs"
