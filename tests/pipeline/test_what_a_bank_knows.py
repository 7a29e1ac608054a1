"""No number that the bank sets hangs on what only the simulator knows.

A capacity is a number of hands, a threshold a sentence of somebody experienced, a prior
arithmetic on these. Whose comment speaks of the truth was set with a look at it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pipeline
from data.alert import Params as AlertParams
from data.investigate import Params as InvestigateParams
from data.label import Params as LabelParams
from models.budget import Budget

HIDDEN = re.compile(r"\b(truth|true|truly|schemes?|illicit|guilty|launder\w*|criminals?|organisers?)\b", re.I)
WORLD = re.compile(r"simulate|audit\w*")  # what makes the world, and what judges by it
# How simulated people decide: part of the world they live in, set by no bank.
PEOPLE = "investigate.reviewers"


def told(text: str) -> dict[str, str]:
    """Each line's key with the sections above it, joined by points, and all that its comment says."""
    path: list[tuple[int, str]] = []
    found: dict[str, str] = {}
    for line in text.splitlines():
        body, _, comment = line.partition("#")
        named = re.match(r"( *)(?:- )?([\w.]+):", body)
        if named:
            depth = len(named[1])
            path = [(at, name) for at, name in path if at < depth] + [(depth, named[2])]
        key = ".".join(name for _, name in path)
        found[key] = f"{found.get(key, '')} {comment}".strip()
    return found


def set_with_a_look_at_the_truth(text: str) -> list[str]:
    """Parameters of the bank whose comment speaks of what is hidden from it."""
    return [
        f"{key}: {comment}"
        for key, comment in told(text).items()
        if HIDDEN.search(comment) and not WORLD.match(key) and not key.startswith(PEOPLE)
    ]


def test_no_parameter_of_the_bank_is_explained_by_the_truth() -> None:
    assert set_with_a_look_at_the_truth(Path("params.yaml").read_text(encoding="utf-8")) == []


def test_no_rule_is_explained_by_the_truth() -> None:
    """In the rulebook the source of a number is a field of its own, so that all is read."""
    text = Path("data/rules/rulebook.yaml").read_text(encoding="utf-8")
    assert set_with_a_look_at_the_truth(text) == []
    sources = re.findall(r"source: ([^},\n]*)", text)
    assert len(sources) > 50
    assert [source for source in sources if HIDDEN.search(source)] == []


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("alert:\n  line:\n    hands: 15 # sized for the customers in schemes at a time", True),
        ("budget:\n  alerts: 2.1 # where true recall is best", True),
        ("label:\n  # what the illicit do\n  prior: 0.003", True),
        ("alert:\n  line:\n    hands: 9 # ten a working day of one analyst", False),
        ("simulate:\n  schemes_per_typology: 5 # laundering schemes of each typology", False),
        ("audit_labels:\n  seed: 1 # customers truly illicit", False),
        ("investigate:\n  reviewers:\n    most: 0.9 # of true cases", False),
        ("investigate:\n  random_share: 0.05 # of true cases", True),
    ],
)
def test_a_look_at_the_truth_is_found_where_there_is_one(text: str, is_found: bool) -> None:
    assert bool(set_with_a_look_at_the_truth(text)) == is_found


def test_the_hands_of_the_bank_fit_each_other() -> None:
    """The team takes up the line's alerts and both samples, and the models' budget is the line's."""
    month, weeks = 30.4, 4.0
    line = pipeline.params("alert", AlertParams).line.alerts_per_thousand_customers_month
    team = pipeline.params("investigate", InvestigateParams)
    reviews = team.reviews_per_thousand_customers_day * month
    assert reviews * (1 - team.random_share - team.below_line_share) == pytest.approx(line, rel=0.02)
    week = pipeline.params("budget", Budget).alerts_per_thousand_customers_week
    assert week * month / 7 == pytest.approx(line, rel=0.02)
    prior = pipeline.params("label", LabelParams).settings
    flagged = line / 1_000 * prior.prior_precision * weeks / (month / 7)
    assert prior.class_prior == pytest.approx(flagged / prior.prior_sensitivity, rel=0.02)
