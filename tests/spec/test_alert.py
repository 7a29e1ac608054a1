"""What becomes of hits: rules that vote raise alerts, the others are recorded, negative ones answer."""

from __future__ import annotations

import pandas as pd
import pytest

from data.alert import Raised, run
from data.rules.rulebook import NegativeRule, Rule, Rulebook

KINDS = pd.DataFrame({"customer_id": [1, 2], "kind": ["person", "company"]})
DAILY = pd.DataFrame(
    {
        "customer_id": [1, 1, 2],
        "as_of": pd.DatetimeIndex(["2025-03-01", "2025-03-02", "2025-03-01"], tz="UTC").as_unit("us"),
        "in_amount_7d": [100.0, 200.0, 100.0],
        "in_count_7d": [5.0, 1.0, 5.0],
    }
)


def rule(book: Rulebook, kind: type[Rule] = Rule, **changes: object) -> Rule:
    """The first rule of the rulebook, changed; without parameters of its own."""
    plain = book.rules[0].model_dump() | {"parameters": {}, "predicate": "in_amount_7d > 0"}
    return kind.model_validate(plain | {"amount": "in_amount_7d"} | changes)


@pytest.fixture
def raised(book: Rulebook) -> Raised:
    """A rule of each use on every day, and a negative one on days of many payments."""
    rules = [
        rule(book, id="R01", use="label"),
        rule(book, id="R02", use="feature"),
        rule(book, id="R03", use="held_out"),
    ]
    negative = rule(book, NegativeRule, id="N1", use="label", predicate="in_count_7d > 1")
    return run(DAILY, KINDS, book.model_copy(update={"rules": rules, "negative_rules": [negative]}))


def test_only_rules_that_label_raise_alerts(raised: Raised) -> None:
    assert set(raised.alerts["rule_ids"]) == {"R01"}
    assert len(raised.alerts) == 3  # the second day of customer 1 is about twice the money


def test_hits_of_every_use_are_recorded_with_their_money(raised: Raised) -> None:
    by_use = raised.hits.groupby("use")["amount_cents"].apply(list).to_dict()
    assert by_use == {use: [10_000, 10_000, 20_000] for use in ("label", "feature", "held_out")}


def test_a_negative_rule_raises_no_alert_and_answers_only_where_another_rule_hits(
    book: Rulebook, raised: Raised
) -> None:
    assert raised.negative_hits["customer_id"].tolist() == [1, 2]
    assert "N1" not in set(raised.hits["rule_id"])
    quiet = rule(book, predicate="in_amount_7d > 0 and kind = 'company'")
    negative = rule(book, NegativeRule, id="N1", predicate="in_count_7d > 1")
    only = book.model_copy(update={"rules": [quiet], "negative_rules": [negative]})
    assert run(DAILY, KINDS, only).negative_hits["customer_id"].tolist() == [2]


def test_the_rules_table_tells_use_and_vote(raised: Raised) -> None:
    table = raised.rules.set_index("rule_id")
    assert table["use"].to_dict() == {"R01": "label", "R02": "feature", "R03": "held_out", "N1": "label"}
    assert table["vote"].to_dict() == {"R01": 1, "R02": 1, "R03": 1, "N1": -1}
    assert table["hits"].to_dict() == {"R01": 3, "R02": 3, "R03": 3, "N1": 2}


def test_a_parameter_by_segment_applies_to_each_segment(book: Rulebook) -> None:
    values = {"person": 150, "micro_business": 1, "company": 100}
    parameter = {"value": values, "unit": "CNY", "source": "assumption"}
    changed = rule(book, predicate="in_amount_7d >= {total}", parameters={"total": parameter})
    hits = run(DAILY, KINDS, book.model_copy(update={"rules": [changed], "negative_rules": []})).hits
    assert list(zip(hits["customer_id"], hits["amount_cents"], strict=True)) == [(2, 10_000), (1, 20_000)]
