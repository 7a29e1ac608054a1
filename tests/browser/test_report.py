"""The report in headless Chromium: self-contained, bilingual, and true to metrics.json."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from explain.results.cases import ExplainedCase
from reports.metrics import metrics
from reports.report import read_inputs, rendered

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
    page.locator("label.language").click()
    page.wait_for_timeout(200)
    outside = [url for url in page.requested if url != report.as_uri() and not url.startswith("data:")]
    assert outside == []


def test_the_console_stays_silent(page: Any) -> None:
    page.locator("label.language").click()
    page.wait_for_timeout(200)
    assert page.complaints == []


def test_the_switch_changes_the_language_and_back(page: Any) -> None:
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
    page.locator("label.language").click()
    chinese = shown()
    assert chinese[:3] == ("zh-Hans", False, True)
    assert chinese[3] == 0 and chinese[4] > 0
    page.locator("label.language").click()
    assert shown() == english


def test_every_text_has_both_languages(page: Any) -> None:
    counts = page.evaluate("""() => ["en", "zh"].map(name => document.querySelectorAll("." + name).length)""")
    assert counts[0] == counts[1]


@pytest.mark.parametrize("width", [1280, 800])
@pytest.mark.parametrize("is_chinese", [False, True])
def test_nothing_is_wider_than_the_page(page: Any, width: int, is_chinese: bool) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    if is_chinese:
        page.locator("label.language").click()
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
        page.locator("label.language").click()


# ------------------------------------------------- without scripts, and after a reload


@pytest.fixture
def without_scripts(browser: Any, report: Path) -> Iterator[Any]:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.goto(report.as_uri())
    yield opened
    context.close()


def test_both_languages_can_be_reached_without_scripts(without_scripts: Any) -> None:
    page = without_scripts
    for is_chinese in (False, True, False):
        assert page.locator("h1 .zh").is_visible() == is_chinese
        assert page.locator("h1 .en").is_visible() != is_chinese
        hidden = "en" if is_chinese else "zh"
        assert page.locator(f"section .{hidden}:visible").count() == 0
        page.locator("label.language").click()


def test_the_keyboard_switches_the_language(without_scripts: Any) -> None:
    without_scripts.keyboard.press("Tab")
    without_scripts.keyboard.press("Space")
    assert without_scripts.locator("h1 .zh").is_visible()


def test_closed_parts_are_printed_without_scripts(without_scripts: Any) -> None:
    parts = without_scripts.locator("details:not([open])")
    assert parts.count() > 0
    without_scripts.emulate_media(media="print")
    for part in parts.all():
        assert part.bounding_box()["height"] > part.locator("> summary").bounding_box()["height"] + 20


def test_a_reload_keeps_the_language(page: Any) -> None:
    for is_chinese in (True, False):
        page.locator("label.language").click()
        page.reload()
        assert page.locator("h1 .zh").is_visible() == is_chinese
        assert page.evaluate("document.documentElement.lang") == ("zh-Hans" if is_chinese else "en")


def test_the_page_works_where_nothing_can_be_kept(browser: Any, report: Path) -> None:
    opened = browser.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('forbidden'); }});"
    )
    opened.goto(report.as_uri())
    opened.locator("label.language").click()
    assert opened.locator("h1 .zh").is_visible()
    assert complaints == []
    opened.close()


# --------------------------------------------------------- no line in the wrong language

# Each line that a reader sees of the page and of its drawings; code is the same in every language.
SEEN = """() => {
    document.querySelectorAll("details").forEach(part => part.open = true);
    document.querySelectorAll("code").forEach(part => part.style.display = "none");
    const lines = document.querySelector("main").innerText.split(/[\\n\\t]/);
    const drawn = [...document.querySelectorAll("svg text")].filter(text => text.getClientRects().length);
    return [...lines, ...drawn.map(text => text.textContent)];
}"""
WORD = r"(?<!\w)[A-Za-z][A-Za-z'’-]*(?!\w)"  # an id holds a figure
LATIN_RUN = re.compile(rf"{WORD}(?:[,;:.]* +{WORD}){{2,}}")
CHINESE_LETTER = re.compile("[\u3400-\u9fff]")


def test_no_english_line_is_left_in_the_chinese_page(page: Any) -> None:
    page.locator("label.language").click()
    lines = page.evaluate(SEEN)
    assert sum(bool(CHINESE_LETTER.search(line)) for line in lines) > 500
    # Laws and works keep the names under which they are cited, two Latin words at most.
    assert [line for line in lines if LATIN_RUN.search(line)] == []


def test_no_chinese_is_left_in_the_english_page(page: Any) -> None:
    lines = page.evaluate(SEEN)
    assert len(lines) > 500
    assert [line for line in lines if CHINESE_LETTER.search(line)] == []


# ------------------------------------------------------------ names from the data

HOSTILE = "a|b\n# head <script>window.ran = 1</script><img src=x onerror=window.ran=1> " + "x" * 300


def renamed(value: Any, name: str, hostile: str = HOSTILE) -> Any:
    """Results in which a typology, or an account, bears a hostile name."""
    if isinstance(value, BaseModel):
        return type(value).model_validate(renamed(value.model_dump(), name, hostile))
    if isinstance(value, dict):
        return {
            hostile if key == name else key: renamed(inner, name, hostile) for key, inner in value.items()
        }
    if isinstance(value, list):
        return [renamed(inner, name, hostile) for inner in value]
    return hostile if isinstance(value, str) and value == name else value


def with_long_accounts(cases: list[ExplainedCase]) -> list[ExplainedCase]:
    """Cases whose customer, and whose largest counterparty, have the number of a foreign bank."""
    found = []
    for case in cases:
        long = "BANK/" + "7" * 200
        case = renamed(case, f"customer {case.customer_name}", f"customer {long}")
        case = renamed(case, case.counterparties[0].name, f"person {long}")
        found.append(case.model_copy(update={"customer_name": long}))
    return found


@pytest.fixture(scope="module")
def hostile(report: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report under test made anew from its own inputs, with a hostile name for a typology."""
    root = report.parents[2]
    if not (root / "params.yaml").exists() or not (report.parents[1] / "models/truth_view.json").exists():
        pytest.skip("what the report was made of is not beside it")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        found = read_inputs()
        name = found.truth.by_typology[0].typology
        found = replace(
            found,
            truth=renamed(found.truth, name),
            drawn=renamed(found.drawn, name),
            rule_report=renamed(found.rule_report, name),
            schemes=dict.fromkeys(found.schemes, HOSTILE),
            cases=with_long_accounts(found.cases),
        )
        html, twin = rendered(found, metrics(found.bank, found.truth, found.label_audit, found.experiments))
    target = tmp_path_factory.mktemp("hostile") / "report.html"
    target.write_text(html, encoding="utf-8")
    target.with_suffix(".md").write_text(twin, encoding="utf-8")
    return target


@pytest.mark.parametrize("is_chinese", [False, True])
def test_a_name_of_300_letters_stays_on_the_page_and_none_runs(
    browser: Any, hostile: Path, is_chinese: bool
) -> None:
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.goto(hostile.as_uri())
    if is_chinese:
        opened.locator("label.language").click()
    opened.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert "BANK/" + "7" * 200 in opened.evaluate("document.querySelector('#cases').textContent")
    assert "x" * 300 in opened.evaluate("document.querySelector('#difficulty').textContent")
    assert opened.evaluate("document.documentElement.scrollWidth") <= 1280
    wide = opened.evaluate(
        "[...document.querySelectorAll('.scroll')].map(part => part.scrollWidth - part.clientWidth)"
    )
    assert max(wide) <= 0
    assert opened.evaluate("window.ran") is None
    assert opened.evaluate("document.querySelectorAll('main img, main script').length") == 0
    lost = opened.evaluate(
        """() => [...document.querySelectorAll("svg text")].filter(text => {
            const box = text.getBoundingClientRect(), frame = text.closest("svg").getBoundingClientRect();
            return box.width && (box.left < frame.left - 2 || box.right > frame.right + 2);
        }).map(text => text.textContent)"""
    )
    assert lost == []
    opened.close()


def test_a_hostile_name_leaves_the_markdown_twin_whole(hostile: Path, report: Path) -> None:
    twin = hostile.with_suffix(".md").read_text(encoding="utf-8").splitlines()
    plain = report.with_suffix(".md").read_text(encoding="utf-8").splitlines()
    assert len(twin) == len(plain)
    assert any("x" * 300 in row for row in twin)
    assert not any("<" in row for row in twin)
    for row, other in zip(twin, plain, strict=True):
        assert unescaped_bars(row) == unescaped_bars(other)
        assert row.startswith("#") == other.startswith("#")


def unescaped_bars(row: str) -> int:
    return len(re.findall(r"(?<!\\)\|", row))


def at_key(found: Any, key: str) -> Any:
    for part in key.split("."):
        found = found[part]
    return found


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
    kept = json.loads(report.with_name("metrics.json").read_text(encoding="utf-8"))
    cells = page.evaluate(
        """() => [...document.querySelectorAll("table.main [data-key]")].map(
            cell => ({...cell.dataset, text: cell.textContent.trim()}))"""
    )
    values = [cell for cell in cells if "value" in cell]
    rankers = 1 + len(kept["models"])
    assert len({cell["key"] for cell in values}) == rankers * 2 * len(METRIC_NAMES)
    for cell in values:
        expected = at_key(kept, cell["key"])
        assert json.loads(cell["value"]) == expected, cell["key"]
        assert cell["text"] == in_words(cell["key"], expected), cell["key"]
    ranges = [cell for cell in cells if "low" in cell]
    assert len(ranges) == len(values)
    for cell in ranges:
        expected = at_key(kept, cell["key"])
        assert [json.loads(cell[end]) for end in ("low", "high")] == [expected["low"], expected["high"]]
        shown = [in_words(cell["key"], expected[end]).rstrip("%") for end in ("low", "high")]
        assert cell["text"] == ("" if expected["low"] is None else "–".join(shown)), cell["key"]
