"""The committed page of benchmarks says what the committed results say, and leaves no row to be guessed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.peers.__main__ import KEYS, RESULT
from benchmarks.peers.page import NOT_RUN, PAGE, against, page


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(RESULT.read_text(encoding="utf-8"))
    return found


def test_the_page_is_rendered_from_the_results(kept: dict[str, Any]) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(kept)


def test_each_figure_asked_for_by_name_is_that_of_its_row(kept: dict[str, Any]) -> None:
    for key, (data, row, figure) in KEYS.items():
        assert kept[key] == kept[data][row][figure]["mean"]


def test_what_was_not_run_says_so_with_its_checksum() -> None:
    text = page({})
    assert f"ours, strictly as of the payment's moment | {NOT_RUN} | {NOT_RUN}" in text
    assert "b19d39f515523373f991b689c07e11e7b0b95c17a2c27a87d91584ae16c5b040" in text


@pytest.mark.parametrize(
    ("low", "high", "said"), [(0.2, 0.4, "holds"), (0.35, 0.4, "lies above"), (0.1, 0.2, "lies below")]
)
def test_a_peer_is_beaten_only_outside_the_interval(low: float, high: float, said: str) -> None:
    rows = {"induc": {"resampled_average_precision": {"low": low, "high": high}}}
    assert against(rows, "induc", 0.3) == f"the interval of `induc` {said} 0.3"
