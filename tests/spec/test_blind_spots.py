"""The page of blind spots names the kinds that stay hidden, and counts who left no pattern."""

from __future__ import annotations

from typing import Any

from data.results import Interval
from models.results.bank import BankView
from models.results.headline import Headline
from models.results.truth import TruthView, TypologyRecall
from models.schema import RULES
from reports.blind_spots import SIGHT, hidden_rows, patternless_words
from reports.evidence import Evidence
from tests.spec.evidence import evidence_of
from tests.spec.records import partial

CHOSEN = "lightgbm"


def caught(typology: str, customers: int, **by_ranker: int) -> list[TypologyRecall]:
    return [
        partial(TypologyRecall, typology=typology, ranker=ranker, customers=customers, caught=number)
        for ranker, number in by_ranker.items()
    ]


def evidence(rows: list[TypologyRecall], patternless: dict[str, Any] | None = None) -> Evidence:
    parts = {
        "patternless": patternless or {"customers": 0, "caught": 0, "recall": Interval()},
        "everyone": {"customers": 9, "caught": 3, "recall": Interval()},
    }
    headline = partial(Headline, ranker=CHOSEN, parts=parts)
    truth = partial(TruthView, by_typology=rows, least_group=5, headlines=[headline])
    bank = {"chosen": {"name": CHOSEN}}
    return evidence_of(truth=truth, bank=partial(BankView, **bank))


def test_a_kind_of_which_the_chosen_model_finds_a_fifth_at_most_is_hidden() -> None:
    rows = [
        *caught("loan_back", 10, **{RULES: 1, CHOSEN: 2, "gnn": 5}),
        *caught("fan_in", 10, **{RULES: 4, CHOSEN: 3, "gnn": 0}),
        *caught("cycle", 4, **{RULES: 0, CHOSEN: 0, "gnn": 0}),  # too few to compare
        *caught("smurfing", 6, **{RULES: 0, CHOSEN: 0, "gnn": 0}),
    ]
    found = hidden_rows(evidence(rows))
    assert [(row.customers, row.rules, row.chosen, row.best) for row in found] == [
        (6, 0, 0, 0),
        (10, 1, 2, 5),
    ]
    assert found[0].best_name.en == "nobody"
    assert found[1].needed == SIGHT["loan_back"]


def test_those_without_a_pattern_are_counted_and_a_world_without_them_says_nothing() -> None:
    told = patternless_words(evidence([], {"customers": 4, "caught": 1, "recall": Interval()}))
    assert told is not None
    assert told.en.startswith("4 of the 9 illicit customers")
    assert "alerts 1 of them" in told.en
    assert told.zh.startswith("9 名涉案客户中有 4 名")
    assert patternless_words(evidence([])) is None
