"""The Chinese of the report is that of a mainland bank."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from data import words
from data.typologies import ROLES, TYPOLOGIES
from data.words import Words
from reports.bank_words import SAID, TERMS, as_a_bank_says, unsaid_words

SOURCES = sorted(
    [
        *Path("reports").rglob("*.py"),
        *Path("reports/templates").rglob("*.html"),
        *Path("explain").rglob("*.py"),
    ]
)
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")


def chinese_of(text: str) -> list[str]:
    """Its runs of Chinese letters."""
    return CHINESE.findall(text)


@pytest.mark.parametrize("file", [file for file in SOURCES if file.name != "bank_words.py"], ids=str)
def test_no_page_says_what_a_bank_would_not(file: Path) -> None:
    told = [as_a_bank_says(run) for run in chinese_of(file.read_text(encoding="utf-8"))]
    assert not [run for run in told if unsaid_words(run)]


def test_no_word_that_stands_beside_what_it_names_says_it_on_a_page() -> None:
    tables = [table for table in vars(words).values() if isinstance(table, dict)]
    pairs = [pair for table in tables for pair in table.values() if isinstance(pair, Words)]
    kinds = TYPOLOGIES.values()
    pairs += [*ROLES.values(), *(kind.label for kind in kinds), *(kind.look_alike_label for kind in kinds)]
    assert len(pairs) > 100
    assert not [pair.zh for pair in pairs if unsaid_words(as_a_bank_says(pair.zh))]


def test_what_is_put_in_place_of_a_word_needs_no_other() -> None:
    assert {said: as_a_bank_says(said) for said in SAID.values()} == {said: said for said in SAID.values()}
    assert not [said for said in SAID.values() if unsaid_words(said)]


def test_that_suspicion_is_no_finding_of_guilt_is_said_as_the_law_says_it() -> None:
    kept = "可疑是银行的判断，违法由司法认定。"
    assert as_a_bank_says(kept) == kept and not unsaid_words(kept)
    assert unsaid_words("违法客户") == ["违法"]


def test_english_and_markup_are_left_as_they_are() -> None:
    page = '<a href="rules.html">hits of rule R12</a>'
    assert as_a_bank_says(page) == page


def test_longer_words_come_first() -> None:
    assert as_a_bank_says("立案后排除、立案") == "复核后排除、甄别"


@pytest.mark.parametrize("row", TERMS, ids=lambda row: row.term.en)
def test_a_term_names_its_text_in_both_languages(row) -> None:
    assert CHINESE.search(row.term.zh) and CHINESE.search(row.text.zh)
    assert row.text.en and row.read.en
