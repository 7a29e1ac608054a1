"""Every key that the bank's tables hold has its words, in both languages, and a source is said in both."""

from __future__ import annotations

import pytest

from data import schema, words
from data.labels.reviewers import EXCUSES, SUSPICIOUS
from data.words import Words, complete
from data.words.citations import CITED, LAWS, check_source, cited
from data.world.firms import INDUSTRIES
from data.world.people import OCCUPATIONS

VOCABULARIES = {
    name: names
    for name, names in vars(words).items()
    if name.isupper() and isinstance(names, dict) and name != "CITED"
}


@pytest.mark.parametrize("name", VOCABULARIES)
def test_every_word_stands_in_both_languages(name: str) -> None:
    for key, pair in VOCABULARIES[name].items():
        assert complete(pair) == pair, key


@pytest.mark.parametrize(
    ("names", "keys"),
    [
        (words.CUSTOMER_KIND_NAMES, schema.CUSTOMER_KINDS),
        (words.HOLDER_NAMES, schema.HOLDER_KINDS),
        (words.CHANNEL_NAMES, schema.CHANNELS),
        (words.PURPOSE_NAMES, schema.PURPOSES),
        (words.OUTCOME_NAMES, schema.OUTCOMES),
        (words.STREAM_NAMES, schema.STREAMS),
        (words.LABEL_SOURCE_NAMES, (*schema.LABEL_SOURCES, "unreviewed")),
        (words.RULE_USE_NAMES, (*schema.RULE_USES, "against")),
        (words.REASON_NAMES, (*EXCUSES, SUSPICIOUS)),
        (words.OCCUPATION_NAMES, OCCUPATIONS),
        (words.INDUSTRY_NAMES, [industry for choices in INDUSTRIES.values() for industry in choices]),
    ],
)
def test_the_words_are_of_the_keys_that_tables_hold_and_of_no_others(names, keys) -> None:
    assert set(names) == set(keys)


@pytest.mark.parametrize(
    ("source", "english", "chinese"),
    [
        ("FinCEN FIN-2014-A005", "FinCEN FIN-2014-A005", "FinCEN FIN-2014-A005"),
        ("assumption", "assumption", "本项目假设"),
        ("2006办法 Art.11(3)", "2006 Measures Art. 11(3)", "2006办法第11条(3)"),
        ("3号令", "PBoC Order 3 (2016)", "3号令"),
        ("rule R07; typology T20", "rule R07; typology T20", "规则 R07；类型 T20"),
        (
            "2006办法 Art.11(1) (value is an assumption)",
            "2006 Measures Art. 11(1) (value is an assumption)",
            "2006办法第11条(1)（取值为假设）",
        ),
        (Words("a walk", "散步"), "a walk", "散步"),
    ],
)
def test_a_source_is_said_in_both_languages(source, english: str, chinese: str) -> None:
    assert cited(check_source(source)) == (english, chinese)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "somewhere",
        "FFIEC and others",
        "反洗钱法",
        "AMLTRIX T0070; hearsay",
        Words("only English", "English"),
    ],
)
def test_a_source_without_words_in_a_language_is_refused(source) -> None:
    with pytest.raises(ValueError, match="expected"):
        check_source(source)


def test_every_work_that_is_cited_has_no_chinese_in_english() -> None:
    for pair in [*CITED.values(), *LAWS.values()]:
        assert complete(pair) == pair
