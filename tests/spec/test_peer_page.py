"""The committed page of benchmarks says what the committed results say, and leaves no row to be guessed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.peers.__main__ import KEYS, RESULT
from benchmarks.peers.page import NOT_RUN, PAGE, against, page, read_results
from benchmarks.peers.speed import speed_lines


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(RESULT.read_text(encoding="utf-8"))
    return found


def test_the_page_is_rendered_from_the_results(kept: dict[str, Any]) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(kept, read_results("feeds"))


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


def test_the_speed_of_a_file_is_shown_with_aims_kept_or_missed() -> None:
    assert "Not run: `python -m benchmarks.feeds`." in speed_lines(None)
    took = {"seconds": 100.0, "processor_seconds": 180.0}
    whole = {
        "rows": 5_000_000, "accounts": 500_000, "columns": 188, "features": took, "scored": took,
        "read": took | {"peak_gb": 3.5}, "read_told_and_scored": {name: 3 * s for name, s in took.items()},
        "features_payments_a_second": 299_999, "peak_gb": 4.0,
    }  # fmt: skip
    text = "\n".join(speed_lines({"bytes": 4e8, "cores": 2, "whole": whole, "small_set": {}}))
    assert "6 minutes and 8 GB for all, kept;" in text
    assert "300,000 payments a second for the features, missed; reading below 3 GB, missed." in text
    assert "| together | 300.0 | 540.0 | peak 4.00 GB |" in text
    assert "polars: not run" in text
