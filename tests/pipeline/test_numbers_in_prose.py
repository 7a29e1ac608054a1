"""Every number in the prose of the finding, the answers and the tour lies in a file, in both languages.

The prose is printed from numbers that know their file and key (`reports.tracing`). Here each is
looked up in the raw file and printed again; what bears no mark must be on the short list of words
that hold a digit and are no number of a run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from reports import report
from reports.adjacent import adjacent_questions
from reports.evidence import Evidence
from reports.finding import opening, sureness, told_rankers
from reports.known_sources import metrics_with_sources, with_sources
from reports.metrics import metrics
from reports.questions import questions
from reports.results import Metrics
from reports.tour import tour
from reports.tracing import MARK, Imprint, marks_of, sourced, unmarked
from reports.wording import RANKERS, Text
from tests.pipeline.conftest import STAGES, Made, lay_out
from tests.pipeline.printed_numbers import raw, recomputed

EXEMPT = (
    r"\b95 ?%",  # the level of every interval
    r"\bL[12]\b",  # penalties
    r"\b[RM]\d+\b",  # rules and cases by their number
)
MOST_WORDS, MOST_LETTERS = 175, 440  # that one says in a minute and a bit, English words and Chinese signs
DIGITS = re.compile(r"\d[\d.,]*")


@dataclass(frozen=True)
class Told:
    """The prose of one run with marks and without, and the names that its files hold."""

    folder: Path
    marked: dict[str, Text]
    plain: dict[str, Text]
    imprint: Imprint
    names: list[str]


def prose(evidence: Evidence, figures: Metrics, plain: Evidence) -> Iterator[tuple[str, Text]]:
    """Every text in scope, by where it stands."""
    for row in questions(evidence, plain):
        answer = {"said": row.answer.said, "so": row.answer.so, "more": row.answer.more}
        answer |= {f"follow-up {place}": one.said for place, one in enumerate(row.followed)}
        yield from ((f"question {row.number}, {name}", text) for name, text in answer.items() if text)
    yield from ((f"beside: {row.key}", row.said) for row in adjacent_questions(evidence))
    for place, text in enumerate([*opening(figures), *sureness(figures)]):
        yield f"finding {place}", text
    for place, stop in enumerate(tour(evidence, figures)):
        yield f"tour {place}, figure", stop.figure
        yield f"tour {place}, said", stop.said


def names_with_digits(value: Any) -> Iterator[str]:
    """Words of a raw result that hold a digit: labels, groups, titles."""
    if isinstance(value, str) and re.search(r"\d", value) and not DIGITS.fullmatch(value):
        yield value
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        yield from names_with_digits(child)


def told_of(folder: Path) -> Told:
    """The prose of the run in a folder, which is the working directory."""
    found, imprint = report.read_inputs(), Imprint()
    result = metrics(found.bank, found.truth, found.label_audit, found.experiments)
    known, figures = with_sources(found, imprint), metrics_with_sources(result, imprint)
    marked = dict(prose(known, figures, found))
    read = {one.file for number in imprint.printed for one in number.reads}
    names = {name for file in read for name in names_with_digits(raw((folder / file).resolve()))}
    names |= {words for text in RANKERS.values() for words in text if re.search(r"\d", words)}
    return Told(folder, marked, dict(prose(found, result, found)), imprint, sorted(names, key=len)[::-1])


@cache
def _told(folder: Path) -> Told:
    return told_of(folder)


@pytest.fixture
def told(made: Made, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Told:
    """The prose of the small world."""
    made.upto("report")
    folder = tmp_path_factory.getbasetemp() / "prose"  # of this process alone
    if not folder.exists():
        lay_out(folder, STAGES["report"], made.folder)
        metrics_file = Path("artifacts/reports/metrics.json")
        (folder / metrics_file).parent.mkdir(parents=True, exist_ok=True)
        (folder / metrics_file).write_bytes((made.folder / metrics_file).read_bytes())
    monkeypatch.chdir(folder)
    return _told(folder)


def bare_numbers(text: str, names: list[str]) -> list[str]:
    """Numbers that bear no mark, after names of the run's own and the exempt words are taken out."""
    rest = MARK.sub("", text)
    for name in names:
        rest = rest.replace(name, "").replace(name[:1].lower() + name[1:], "")
    for pattern in EXEMPT:
        rest = re.sub(pattern, "", rest)
    return DIGITS.findall(rest)


def test_every_number_of_the_prose_is_read_from_a_named_file(told: Told) -> None:
    bare = {
        (where, words): found
        for where, text in told.marked.items()
        for words in text
        if (found := bare_numbers(words, told.names))
    }
    assert not bare


def test_every_number_of_the_prose_is_what_its_file_holds_printed_again(told: Told) -> None:
    wrong = [
        (where, number.text, number.origin)
        for where, text in told.marked.items()
        for words in text
        for number in marks_of(words, told.imprint)
        if number.text not in {format(value, number.form) for value in recomputed(told.folder, number.origin)}
    ]
    assert not wrong
    assert sum(len(marks_of(words, told.imprint)) for text in told.marked.values() for words in text) > 100


def test_marks_change_no_word(told: Told) -> None:
    assert {where: Text(*map(unmarked, text)) for where, text in told.marked.items()} == told.plain


def test_both_languages_tell_the_same_numbers(told: Told) -> None:
    """Marks are one number each, so a language that leaves one out, or takes another, is seen."""
    for where, text in told.marked.items():
        english, chinese = (
            sorted(number.text.lstrip("+") for number in marks_of(words, told.imprint)) for words in text
        )
        assert english == chinese, where


def test_an_answer_takes_a_minute_and_has_a_conclusion(told: Told) -> None:
    for number in range(1, 12):
        said, so = (told.plain[f"question {number}, {part}"] for part in ("said", "so"))
        assert so.en.endswith(".") and so.zh.endswith("。"), number
        assert len(f"{said.en} {so.en}".split()) <= MOST_WORDS, number
        assert len(said.zh + so.zh) <= MOST_LETTERS, number


def test_the_finding_is_told_from_the_counts_that_are_kept_in_git(told: Told) -> None:
    kept = json.loads(Path("artifacts/reports/metrics.json").read_text(encoding="utf-8"))
    counts = kept["counts"]
    names = told_rankers(Metrics.model_validate(kept))
    whole = counts["known"] + counts["unknown"]
    if not whole:
        pytest.skip("nobody launders in the test weeks of the small world")
    caught = {side: [counts["caught"][name][side] for name in names] for side in counts["caught"][names[0]]}
    first = sorted([kept["rules"]["alerts_spent"], whole, *caught["everyone"]])
    second = sorted([counts["known"], counts["unknown"], *caught["known"], *caught["unknown"]])
    for text, expected in zip(
        (told.plain["finding 0"], told.plain["finding 1"]), (first, second), strict=True
    ):
        for words in text:
            numbers = DIGITS.findall(words.replace(",", ""))
            assert sorted(int(number.rstrip(".")) for number in numbers) == expected


def test_a_number_that_was_written_by_hand_is_found() -> None:
    imprint = Imprint()
    read = sourced(7, 7, imprint)
    assert bare_numbers(f"Of {read} customers 8 are caught by R10, 95% sure.", []) == ["8"]
    assert bare_numbers(f"Of {read} customers of “band 50-64”.", ["band 50-64"]) == []
