"""The report in headless Chromium: self-contained, bilingual, and true to metrics.json."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

AREAS = ("average_precision",)  # printed as a number, every other metric in percent
PERCENT_DIGITS = {"base_rate": 2}


@pytest.fixture(scope="module")
def report(pytestconfig: pytest.Config) -> Path:
    """The report under test, its metrics.json beside it."""
    return (pytestconfig.rootpath / pytestconfig.getoption("--report")).resolve()


@pytest.fixture(scope="module")
def browser(report: Path) -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
    executable = next((path for path in found if path), None)
    if executable is None:
        pytest.skip("no Chromium on this machine")
    if not report.exists():
        pytest.skip("no report: run `make report`")
    with playwright.sync_playwright() as engine:
        started = engine.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Any, report: Path) -> Iterator[Any]:
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.requested, opened.complaints = [], []
    opened.on("request", lambda request: opened.requested.append(request.url))
    opened.on(
        "console",
        lambda message: message.type in ("error", "warning") and opened.complaints.append(message.text),
    )
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.goto(report.as_uri())
    yield opened
    opened.close()


def test_the_report_asks_the_network_for_nothing(page: Any, report: Path) -> None:
    page.get_by_role("button").click()
    page.wait_for_timeout(200)
    outside = [url for url in page.requested if url != report.as_uri() and not url.startswith("data:")]
    assert outside == []


def test_the_console_stays_silent(page: Any) -> None:
    page.get_by_role("button").click()
    page.wait_for_timeout(200)
    assert page.complaints == []


def test_the_button_switches_the_language_and_back(page: Any) -> None:
    def shown() -> tuple[str, bool, bool, int, int]:
        return (
            page.evaluate("document.documentElement.lang"),
            page.locator("h1 .en").is_visible(),
            page.locator("h1 .zh").is_visible(),
            page.locator(".en:visible").count(),
            page.locator(".zh:visible").count(),
        )

    english = shown()
    assert english[:3] == ("en", True, False)
    assert english[3] > 0 and english[4] == 0
    page.locator("button.language").click()
    chinese = shown()
    assert chinese[:3] == ("zh-Hans", False, True)
    assert chinese[3] == 0 and chinese[4] > 0
    page.locator("button.language").click()
    assert shown() == english


def test_every_text_has_both_languages(page: Any) -> None:
    counts = page.evaluate("""() => ["en", "zh"].map(name => document.querySelectorAll("." + name).length)""")
    assert counts[0] == counts[1]


@pytest.mark.parametrize("width", [1280, 800])
@pytest.mark.parametrize("is_chinese", [False, True])
def test_nothing_is_wider_than_the_page(page: Any, width: int, is_chinese: bool) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    if is_chinese:
        page.locator("button.language").click()
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    widths = page.evaluate(
        "[document.documentElement.scrollWidth, ...[...document.querySelectorAll('.scroll')]"
        ".map(part => part.scrollWidth - part.clientWidth + innerWidth)]"
    )
    assert max(widths) <= width


def test_no_words_of_a_figure_leave_it(page: Any) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    for _ in range(2):
        lost = page.evaluate(
            """() => [...document.querySelectorAll("svg")].flatMap(svg => {
                const frame = svg.getBoundingClientRect();
                return [...svg.querySelectorAll("text")].filter(text => {
                    const box = text.getBoundingClientRect();
                    return box.width && (box.left < frame.left - 2 || box.right > frame.right + 2
                        || box.top < frame.top - 2 || box.bottom > frame.bottom + 2);
                }).map(text => text.textContent);
            })"""
        )
        assert lost == []
        page.locator("button.language").click()


def at_key(metrics: Any, key: str) -> Any:
    for part in key.split("."):
        metrics = metrics[part]
    return metrics


def in_words(key: str, number: float | None) -> str:
    metric = next(part for part in key.split(".") if part in METRIC_NAMES)
    if number is None:
        return "–"
    if metric in AREAS:
        return f"{number:.3f}"
    return f"{number * 100:.{PERCENT_DIGITS.get(metric, 1)}f}%"


METRIC_NAMES = (
    "recall_at_budget",
    "precision_at_budget",
    "precision_ceiling",
    "average_precision",
    "base_rate",
)


def test_every_number_of_the_main_table_is_in_the_metrics(page: Any, report: Path) -> None:
    metrics = json.loads(report.with_name("metrics.json").read_text(encoding="utf-8"))
    cells = page.evaluate(
        """() => [...document.querySelectorAll("table.main [data-key]")].map(
            cell => ({...cell.dataset, text: cell.textContent.trim()}))"""
    )
    values = [cell for cell in cells if "value" in cell]
    rankers = 1 + len(metrics["models"])
    assert len({cell["key"] for cell in values}) == rankers * 2 * len(METRIC_NAMES)
    for cell in values:
        expected = at_key(metrics, cell["key"])
        assert json.loads(cell["value"]) == expected, cell["key"]
        assert cell["text"] == in_words(cell["key"], expected), cell["key"]
    ranges = [cell for cell in cells if "low" in cell]
    assert len(ranges) == len(values)
    for cell in ranges:
        expected = at_key(metrics, cell["key"])
        assert [json.loads(cell[end]) for end in ("low", "high")] == [expected["low"], expected["high"]]
        shown = [in_words(cell["key"], expected[end]).rstrip("%") for end in ("low", "high")]
        assert cell["text"] == ("" if expected["low"] is None else "–".join(shown)), cell["key"]
