"""A rule that cannot run is refused with one sentence that names it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data.rules import rulebook
from data.rules.rulebook import Rule
from tests.spec.bad_input.refusals import RULEBOOK, edit, refusal, written


def loaded(rule_id: str = "R01") -> Rule:
    """The same rule read and checked."""
    return next(rule for rule in rulebook.load().rules if rule.id == rule_id)


def rule_one(change: Callable[[dict[str, Any]], object]) -> str:
    """The refusal of the rulebook after a change of rule R01."""
    edit(Path(RULEBOOK), lambda book: change(written(book)))
    return refusal(rulebook.load)


PLACE = "data/rules/rulebook.yaml: rule R01"


def test_a_rule_with_an_unknown_indicator_is_refused(here: Path) -> None:
    sentence = rule_one(lambda rule: rule.update(predicate="cash_in_amuont_7d >= {count} and 1 < {total}"))
    assert sentence == f"{PLACE}: the predicate has an error: unknown indicator 'cash_in_amuont_7d'"


def test_a_rule_that_is_neither_true_nor_false_is_refused(here: Path) -> None:
    sentence = rule_one(lambda rule: rule.update(predicate="cash_in_amount_7d + {total}"))
    assert sentence.startswith(f"{PLACE}: expected a predicate that is true or false, found one of type")


@pytest.mark.parametrize(
    "predicate", ["cash_in_amount_7d >=", "", "cash_in_amount_7d >= 1)", "'a' = kind kind"]
)
def test_a_rule_that_is_no_sql_is_refused(here: Path, predicate: str) -> None:
    assert rule_one(lambda rule: rule.update(predicate=predicate)).startswith(PLACE)


def test_a_rule_with_an_unknown_parameter_is_refused(here: Path) -> None:
    sentence = rule_one(lambda rule: rule.update(predicate="cash_in_amount_7d >= {totl}"))
    assert sentence == f"{PLACE}: the predicate names unknown parameter 'totl'"


def test_a_rule_parameter_without_a_source_is_refused(here: Path) -> None:
    sentence = rule_one(lambda rule: rule["parameters"]["total"].pop("source"))
    assert sentence == f"{PLACE}.parameters.total.source: field required"


@pytest.mark.parametrize(
    ("key", "value"),
    [("value", "a lot"), ("unit", "yuan"), ("source", ""), ("source", "heard it somewhere")],
)
def test_a_malformed_rule_parameter_is_named(here: Path, key: str, value: str) -> None:
    sentence = rule_one(lambda rule: rule["parameters"]["total"].update({key: value}))
    assert sentence.startswith(f"{PLACE}.parameters.total.{key}: ")


def test_a_threshold_below_zero_is_refused_where_its_unit_has_no_such_values(here: Path) -> None:
    sentence = rule_one(lambda rule: rule["parameters"]["total"].update(value=-1))
    where = f"{PLACE}.parameters.total.value"
    assert sentence == f"{where}: expected 0 or more, for CNY is never below zero, found -1"
    values = {"person": 3, "micro_business": -5, "company": 9}
    sentence = rule_one(lambda rule: rule["parameters"]["count"].update(value=values))
    assert sentence.endswith("expected 0 or more, for count is never below zero, found -5")


@pytest.mark.parametrize(
    ("unit", "indicator"), [("ratio", "lowest_balance_ratio_7d"), ("deviations", "in_peer_deviation_30d")]
)
def test_a_threshold_of_an_overdrawn_balance_or_under_the_peers_may_lie_below_zero(
    here: Path, unit: str, indicator: str
) -> None:
    low = {"value": -0.5, "unit": unit, "source": "assumption"}
    edit(
        here / RULEBOOK,
        lambda book: written(book).update(predicate=f"{indicator} <= {{low}}", parameters={"low": low}),
    )
    assert loaded().sql() == f"{indicator} <= -0.5"


def test_an_unknown_key_of_a_rule_is_refused(here: Path) -> None:
    assert rule_one(lambda rule: rule.update(threshold=3)).startswith(f"{PLACE}.threshold: unknown key")


def test_a_number_for_an_unknown_segment_is_refused(here: Path) -> None:
    values = {"person": 3, "micro_business": 5, "giant": 9}
    sentence = rule_one(lambda rule: rule["parameters"]["count"].update(value=values))
    assert sentence.startswith(f"{PLACE}.parameters.count.value: unknown segment 'giant'")


def test_a_number_a_segment_must_leave_no_segment_out(here: Path) -> None:
    sentence = rule_one(lambda rule: rule["parameters"]["count"].update(value={"person": 3, "company": 5}))
    assert "segment 'micro_business' is missing" in sentence


def test_a_segment_that_a_predicate_names_must_exist(here: Path) -> None:
    sentence = rule_one(lambda rule: rule.update(predicate=rule["predicate"] + " and kind = 'persno'"))
    assert sentence.startswith(f"{PLACE}: unknown segment 'persno', expected one of: person")


@pytest.mark.parametrize(
    ("predicate", "units"),
    [
        ("cash_in_amount_7d >= {count}", "CNY and count"),
        ("near_line_cash_count_7d between {count} and {total}", "count and CNY"),
        ("cash_in_amount_7d + near_line_cash_count_7d >= {total}", "CNY and count"),
        ("near_line_cash_count_7d >= {total} * seg", "count and CNY"),
        ("cash_in_share_30d >= cash_in_amount_7d", "share and CNY"),
        ("cash_in_amount_7d >= case when kind = 'person' then {total} else {count} end", "CNY and count"),
        ("greatest(cash_in_amount_7d, tenure_days) >= {total}", "CNY and days"),
    ],
)
def test_a_parameter_of_the_wrong_unit_is_refused(here: Path, predicate: str, units: str) -> None:
    sentence = rule_one(lambda rule: rule.update(predicate=predicate))
    assert sentence == f"{PLACE}: expected one unit on both sides, found {units}"


@pytest.mark.parametrize(
    "predicate",
    [
        "cash_in_amount_7d / in_amount_7d >= residence_hours_7d / residence_hours_7d",
        "cash_in_amount_7d >= {total} * seg * cash_in_share_30d",
        "(tenure_days < silent_days_before_10d)::int + (in_count_7d > {count})::int >= {count}",
        "not (in_amount_7d is null) and coalesce(in_amount_7d, 0) >= {total} and kind in ('company')",
    ],
)
def test_a_predicate_whose_units_agree_is_accepted(here: Path, predicate: str) -> None:
    edit(here / RULEBOOK, lambda book: written(book).update(predicate=predicate))
    assert loaded().sql()


def test_a_bare_number_in_a_predicate_is_refused_because_it_has_no_source(here: Path) -> None:
    sentence = rule_one(lambda rule: rule.update(predicate="cash_in_amount_7d >= 75000"))
    assert sentence == f"{PLACE}: the number 75000 has no source, expected a parameter in its place"


def test_a_predicate_that_asks_other_tables_is_refused(here: Path) -> None:
    sentence = rule_one(lambda rule: rule.update(predicate="cash_in_amount_7d >= (select {total})"))
    assert sentence == f"{PLACE}: expected a predicate over indicators, found a subquery"


def test_a_rule_of_an_unknown_use_is_refused(here: Path) -> None:
    assert rule_one(lambda rule: rule.update(use="sometimes")).startswith(f"{PLACE}.use: ")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"red_flags": ["smells"]}, "the red flag 'smells' has no words under 'red_flags'"),
        ({"owner": "nobody"}, "the owner 'nobody' has no words under 'owners'"),
        ({"family": "cassh"}, "unknown family 'cassh'"),
    ],
)
def test_a_name_that_has_no_words_is_refused(here: Path, change: dict[str, object], what: str) -> None:
    assert rule_one(lambda rule: rule.update(change)).startswith(f"{PLACE}: {what}")


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ({"en": "bonus"}, ".zh: field required"),
        ({"en": "bonus", "zh": "bonus"}, " expected Chinese under 'zh', found 'bonus'"),
        ({"en": "奖金", "zh": "奖金"}, " expected English under 'en', found '奖金'"),
        ({"en": "", "zh": "奖金"}, " expected English under 'en', found ''"),
    ],
)
def test_words_that_lack_a_language_are_refused(here: Path, words: dict[str, str], what: str) -> None:
    sentence = rule_one(lambda rule: rule.update(known_false_positives=[words]))
    assert sentence.startswith(f"{PLACE}.known_false_positives.0") and what in sentence
    edit(here / RULEBOOK, lambda book: written(book).update(known_false_positives=[]))
    edit(here / RULEBOOK, lambda book: book["red_flags"].update(smells=words))
    assert what in refusal(rulebook.load)


def test_a_rule_that_refers_to_an_unknown_case_is_refused(here: Path) -> None:
    sentence = rule_one(lambda rule: rule.update(case_refs=["hearsay"]))
    assert sentence == f"{PLACE}: unknown case 'hearsay', expected one of the list under 'cases'"


def test_the_amount_of_a_rule_must_be_money(here: Path) -> None:
    sentence = rule_one(lambda rule: rule.update(amount="near_line_cash_count_7d"))
    assert sentence == f"{PLACE}: expected an amount in CNY, found 'near_line_cash_count_7d' in count"
    sentence = rule_one(lambda rule: rule.update(amount="nothing_7d"))
    assert sentence == f"{PLACE}: the amount is the unknown indicator 'nothing_7d'"


def test_a_negative_rule_is_checked_like_any_other(here: Path) -> None:
    def add(book: dict[str, Any]) -> None:
        book["negative_rules"] = [written(book) | {"id": "R99"}]

    edit(here / RULEBOOK, add)
    assert refusal(rulebook.load).startswith("data/rules/rulebook.yaml: rule R99.id: ")
    edit(here / RULEBOOK, lambda book: book["negative_rules"][0].update(id="N1"))
    assert rulebook.load().negative_rules[0].vote == -1
    edit(
        here / RULEBOOK,
        lambda book: book["negative_rules"][0].update(predicate="in_count_7d"),
    )
    assert refusal(rulebook.load).startswith("data/rules/rulebook.yaml: rule N1: expected a predicate")


def test_an_unknown_key_of_a_rule_parameter_lists_the_known_ones(here: Path) -> None:
    sentence = rule_one(lambda rule: rule["parameters"]["total"].update(unti="CNY"))
    assert sentence == f"{PLACE}.parameters.total.unti: unknown key, expected one of: source, unit, value"


def test_two_rules_of_one_id_are_refused(here: Path) -> None:
    edit(here / RULEBOOK, lambda book: book["rules"].append(written(book)))
    assert refusal(rulebook.load) == f"{PLACE}: the id is used 2 times, expected once"


def test_a_rule_without_a_proper_id_is_named_by_its_place_in_the_list(here: Path) -> None:
    edit(here / RULEBOOK, lambda book: book["rules"][1].pop("id"))
    assert refusal(rulebook.load) == "data/rules/rulebook.yaml: rule number 2.id: field required"
    edit(here / RULEBOOK, lambda book: book["rules"].__setitem__(1, "R02"))
    assert refusal(rulebook.load).startswith("data/rules/rulebook.yaml: rule number 2: expected a mapping")


def test_a_kind_of_customer_without_a_multiplier_is_refused(here: Path) -> None:
    edit(here / RULEBOOK, lambda book: book["segment_multiplier"].pop("company"))
    assert refusal(rulebook.load).startswith(
        "data/rules/rulebook.yaml.segment_multiplier: segment 'company' is missing"
    )


def test_a_rulebook_without_a_list_of_rules_is_refused(here: Path) -> None:
    (here / RULEBOOK).write_text("rules: none\n", encoding="utf-8")
    assert refusal(rulebook.load) == "data/rules/rulebook.yaml: expected a list of rules under 'rules'"


def test_a_threshold_reaches_the_sql_to_its_last_digit(here: Path) -> None:
    edit(
        here / RULEBOOK,
        lambda book: written(book)["parameters"]["total"].update(value=1234567),
    )
    threshold = loaded().sql().split(">=")[-1]
    assert float(threshold) == 1_234_567


def test_the_indicators_of_a_rule_are_found_however_they_are_written(here: Path) -> None:
    edit(
        here / RULEBOOK,
        lambda book: written(book).update(predicate="IN_AMOUNT_7D >= {total}"),
    )
    assert loaded().indicators() == {"in_amount_7d"}
