"""What stands around the eleven answers leads somewhere, and holds no number that a run could change."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pipeline
from reports.interview import FRAMES
from reports.interview_frame import Frame
from reports.questions import ANSWERS
from reports.site import PAGES

RESULTS = Path("docs/results.md")


def words_of(frame: Frame) -> list[str]:
    """Everything that the frame says, in both languages."""
    told = [frame.asked, frame.not_to_claim]
    told += [text for one in frame.followed for text in (one.asked, one.said)]
    return [words for text in told for words in text]


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.asked.en[:30])
def test_every_answer_has_evidence_on_a_page_three_follow_ups_and_a_limit(frame: Frame) -> None:
    keys = {page.key for page in PAGES}
    assert frame.sources and {one.page for one in frame.sources} <= keys
    assert len(frame.followed) == 3
    assert all(words.strip() for words in words_of(frame))


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.asked.en[:30])
def test_the_words_around_an_answer_hold_no_number(frame: Frame) -> None:
    assert not [words for words in words_of(frame) if re.search(r"\d", words)]


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.asked.en[:30])
def test_a_source_is_a_file_of_the_product_and_a_key_in_it(frame: Frame) -> None:
    described = RESULTS.read_text(encoding="utf-8")
    for one in frame.sources:
        path = Path(one.file)
        is_written_by_hand = not one.file.startswith("artifacts/")
        assert f"`{one.file}`" in described or is_written_by_hand, one.file
        if is_written_by_hand and one.file != "studies/results/iterations.json":
            assert path.exists(), one.file
            kept = pipeline.read_yaml(path)
            assert isinstance(kept, dict) and (not one.key or one.key in kept), (one.file, one.key)
        elif one.key:
            assert f"| `{one.key.split('.')[0]}` |" in described, (one.file, one.key)


def test_every_question_has_one_answer() -> None:
    assert len(ANSWERS) == len(FRAMES) == 11
