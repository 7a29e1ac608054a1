"""The site in headless Chromium: self-contained, in two languages, at every width, true to metrics.json."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from explain.results.cases import ExplainedCase
from reports.finishing import LANGUAGES
from reports.metrics import metrics
from reports.report import read_inputs, rendered
from reports.site import PAGES

AREAS = ("average_precision",)  # printed as a number, every other metric in percent
PERCENT_DIGITS = {"base_rate": 2}


WIDTHS = (1280, 800, 390)
CASES_LOOKED_AT = 3  # of the pages of single cases, which are all made alike
LEAST_LETTERS = 11  # height of the letters of a drawing on a phone, pixels
SCREENS = 4  # that a page may fill with its parts closed


def files_of(folder: Path) -> list[Path]:
    """Every page of the site; of those of single cases the first ones."""
    files = sorted(folder.glob("*.html"))
    return files + sorted((folder / "cases").glob("*.html"))[: 2 * CASES_LOOKED_AT]


OPEN = "() => document.querySelectorAll('details').forEach(part => part.open = true)"
# Each line that a reader sees of the page and of its drawings; code is the same in every language, and so
# are the two forms of a report, each of which goes to an authority that reads one.
LINES = """() => {
    const isCode = (node) => node.parentElement.closest(
        "code, script, style, summary code, a.language, [data-form]");
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const lines = new Map();
    while (walker.nextNode()) {
        const node = walker.currentNode;
        if (isCode(node) || !node.textContent.trim()) continue;
        const block = node.parentElement.closest(
            "p,li,td,th,dd,dt,h1,h2,h3,h4,caption,figcaption,summary,text,option");
        lines.set(block, (lines.get(block) || "") + node.textContent);
    }
    return [...lines.values()];
}"""
LOST = """() => [...document.querySelectorAll("svg")].flatMap(svg => {
    const frame = svg.getBoundingClientRect();
    return [...svg.querySelectorAll("text")].filter(text => {
        const box = text.getBoundingClientRect();
        return box.width && (box.left < frame.left - 2 || box.right > frame.right + 2
            || box.top < frame.top - 2 || box.bottom > frame.bottom + 2);
    }).map(text => text.textContent);
})"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll("svg text")].map(text => {
    const svg = text.closest("svg"), scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    return scale ? parseFloat(getComputedStyle(text).fontSize) * scale : 99;
}), 99)"""
UNHINTED = """() => [...document.querySelectorAll(".scroll, figure")].filter(part =>
    part.scrollWidth > part.clientWidth + 1 && !part.classList.contains("wide")).length"""
HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4")].filter(part =>
    part.tagName !== "H1" && !part.id && !part.closest("details[id]")).map(part => part.textContent)"""


@dataclass
class Sight:
    """What is seen of one page: closed and open, at every width, dark and printed."""

    screens: float = 0.0
    complaints: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    widths: dict[int, int] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    smallest: float = 0.0
    unhinted: int = 0
    unlinked: list[str] = field(default_factory=list)
    unscoped: int = 0
    dark: str = ""


def seen(page: Any, file: Path, folder: Path) -> Sight:
    """One page looked at in every way."""
    found = Sight()

    def asked(request: Any) -> None:
        if not request.url.startswith((folder.as_uri(), "data:")):
            found.outside.append(request.url)

    def told(message: Any) -> None:
        if message.type in ("error", "warning"):
            found.complaints.append(message.text)

    handlers = {"request": asked, "console": told, "pageerror": lambda e: found.complaints.append(str(e))}
    for event, handler in handlers.items():
        page.on(event, handler)
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    page.goto(file.as_uri())
    found.screens = page.evaluate("document.documentElement.scrollHeight") / 800
    page.evaluate(OPEN)
    found.lines, found.lost = page.evaluate(LINES), page.evaluate(LOST)
    found.unlinked = page.evaluate(HEADINGS)
    found.unscoped = page.evaluate("document.querySelectorAll('th:not([scope])').length")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found.widths[width] = page.evaluate("document.documentElement.scrollWidth")
    found.smallest = page.evaluate(SMALLEST)
    page.evaluate("dispatchEvent(new Event('resize'))")
    found.unhinted = page.evaluate(UNHINTED)
    page.emulate_media(color_scheme="dark")
    found.dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(color_scheme="light")
    for event, handler in handlers.items():
        page.remove_listener(event, handler)
    return found


@pytest.fixture(scope="module")
def sights(page: Any, report: Path) -> dict[str, Sight]:
    """Every page, looked at once for all tests."""
    folder = report.parent
    return {file.relative_to(folder).as_posix(): seen(page, file, folder) for file in files_of(folder)}


def of_all(sights: dict[str, Sight], name: str) -> dict[str, Any]:
    """What is seen of the pages where there is anything of it."""
    return {file: getattr(sight, name) for file, sight in sights.items() if getattr(sight, name)}


def test_the_site_has_every_page_in_both_languages_and_is_small(report: Path) -> None:
    for one in PAGES:
        for language in LANGUAGES:
            assert (report.parent / f"{one.key}{language.ending}").is_file()
    assert sum(file.stat().st_size for file in report.parent.rglob("*")) < 20 << 20


def test_no_page_asks_the_network_for_anything(sights: dict[str, Sight]) -> None:
    assert of_all(sights, "outside") == {}


def test_the_console_stays_silent(sights: dict[str, Sight]) -> None:
    assert of_all(sights, "complaints") == {}


def test_a_page_fills_four_screens_at_most(sights: dict[str, Sight]) -> None:
    long = {file: sight.screens for file, sight in sights.items() if sight.screens > SCREENS}
    assert long == {}


def test_nothing_is_wider_than_the_page(sights: dict[str, Sight]) -> None:
    wide = {
        file: width for file, sight in sights.items() for width, is_ in sight.widths.items() if is_ > width
    }
    assert wide == {}


def test_what_is_pushed_sideways_says_so(sights: dict[str, Sight]) -> None:
    assert of_all(sights, "unhinted") == {}


def test_letters_of_drawings_can_be_read_on_a_phone(sights: dict[str, Sight]) -> None:
    small = {file: sight.smallest for file, sight in sights.items() if sight.smallest < LEAST_LETTERS}
    assert small == {}


def test_no_words_of_a_figure_leave_it(sights: dict[str, Sight]) -> None:
    assert of_all(sights, "lost") == {}


def test_every_heading_can_be_linked_and_every_heading_of_a_table_has_its_scope(
    sights: dict[str, Sight],
) -> None:
    assert of_all(sights, "unlinked") == {}
    assert of_all(sights, "unscoped") == {}


def test_a_dark_page_is_dark(sights: dict[str, Sight]) -> None:
    grounds = {sight.dark for sight in sights.values()}
    assert len(grounds) == 1
    assert max(map(int, re.findall(r"\d+", grounds.pop())[:3])) < 64


WORD = r"(?<!\w)[A-Za-z][A-Za-z'’-]*(?!\w)"  # an id holds a figure
LATIN_RUN = re.compile(rf"{WORD}(?:[,;:.]* +{WORD}){{2,}}")
CHINESE_LETTER = re.compile("[\u3400-\u9fff]")


def test_no_english_line_is_left_in_a_chinese_page(sights: dict[str, Sight]) -> None:
    chinese = {file: sight.lines for file, sight in sights.items() if ".zh." in file}
    for file, lines in chinese.items():
        assert sum(bool(CHINESE_LETTER.search(line)) for line in lines) > 10, file
        # Laws and works keep the names under which they are cited, two Latin words at most.
        assert [line for line in lines if LATIN_RUN.search(line)] == [], file


def test_no_chinese_is_left_in_an_english_page(sights: dict[str, Sight]) -> None:
    for file, sight in sights.items():
        if ".zh." not in file:
            assert len(sight.lines) > 10, file
            assert [line for line in sight.lines if CHINESE_LETTER.search(line)] == [], file


# ------------------------------------------------------------------ links, languages, sorting


def test_every_link_leads_to_a_page_and_a_place_that_are_there(report: Path) -> None:
    folder = report.parent
    ids: dict[Path, set[str]] = {}
    for file in sorted(folder.rglob("*.html")):
        for link in re.findall(r'<a [^>]*?href="([^"]+)"', file.read_text(encoding="utf-8")):
            way, _, place = link.partition("#")
            target = (file.parent / way.split("?")[0]).resolve() if way else file
            assert target.is_file(), f"{file.name} leads to {link}"
            if place:
                if target not in ids:
                    ids[target] = set(re.findall(r' id="([^"]+)"', target.read_text(encoding="utf-8")))
                assert place in ids[target], f"{file.name} leads to {link}"


def test_the_language_is_kept_from_page_to_page(page: Any, report: Path) -> None:
    page.goto(report.as_uri())
    page.locator("a.language").click()
    assert page.url.split("?")[0].endswith("index.zh.html")
    for name in ("models", "index", "method"):
        page.locator(f"nav li a[href^='{name}.']").click()
        assert page.evaluate("document.documentElement.lang") == "zh-Hans"
    page.locator("a.language").click()
    assert page.evaluate("document.documentElement.lang") == "en"


def test_the_url_and_the_browser_ask_for_a_language(browser: Any, report: Path) -> None:
    context = browser.new_context(locale="zh-CN")
    opened = context.new_page()
    for asked, name in [("", "index.zh.html"), ("?lang=en", "index.html"), ("?lang=zh", "index.zh.html")]:
        opened.goto(report.as_uri() + asked)
        opened.wait_for_url(f"**/{name}*")
        assert opened.evaluate("document.documentElement.lang") == (
            "en" if asked == "?lang=en" else "zh-Hans"
        )
    context.close()


def test_without_scripts_both_languages_can_be_reached_and_all_is_printed(browser: Any, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 800})
    opened = context.new_page()
    opened.goto((report.parent / "method.html").as_uri())
    opened.locator("a.language").click()
    assert "zh-Hans" in opened.content()[:200]
    opened.emulate_media(media="print")
    parts = opened.locator("details.part:not([open])")
    assert parts.count() > 0
    for part in parts.all():
        assert part.bounding_box()["height"] > part.locator("> summary").bounding_box()["height"] + 20
    context.close()


@pytest.mark.parametrize("ending", [language.ending for language in LANGUAGES])
def test_the_model_file_is_two_pages_to_print(page: Any, report: Path, ending: str) -> None:
    page.goto((report.parent / f"model-file{ending}").as_uri())
    assert len(re.findall(rb"/Type\s*/Page(?!s)", page.pdf(format="A4"))) == 2


def test_a_table_sorts_by_the_heading_that_is_pressed(page: Any, report: Path) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto((report.parent / "models.html").as_uri())
    page.evaluate(OPEN)
    table = page.locator("table:has(button.sort)").first

    def column() -> list[str]:
        return table.locator("tbody tr td:nth-child(3)").all_inner_texts()

    heading = table.locator("thead th").nth(2)
    heading.locator("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    falling = [int(text) for text in column()]
    assert falling == sorted(falling, reverse=True)
    heading.locator("button").focus()
    page.keyboard.press("Enter")
    assert [int(text) for text in column()] == sorted(falling)


def test_a_link_to_a_closed_part_opens_it(page: Any, report: Path) -> None:
    page.goto((report.parent / "monitoring.html").as_uri() + "#alarms")
    assert page.locator("#alarms").evaluate("part => part.closest('details').open")


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
        long, lead = "BANK/" + "7" * 200, case.parties[0]
        inside = {f"customer {one.customer_name}" for one in case.parties}
        outside = [row.name for row in lead.counterparties if row.name not in inside]
        case = renamed(case, f"customer {lead.customer_name}", f"customer {long}")
        case = renamed(case, outside[0], f"person {long}") if outside else case
        named = case.parties[0].model_copy(update={"customer_name": long})
        found.append(case.model_copy(update={"parties": [named, *case.parties[1:]]}))
    return found


@pytest.fixture(scope="module")
def hostile(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report under test made anew from its own inputs, with a hostile name for a typology."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(run_folder)
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
        made = rendered(found, metrics(found.bank, found.truth, found.label_audit, found.experiments))
    folder = tmp_path_factory.mktemp("hostile")
    for file, text in made.site.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")
    (folder / "report.md").write_text(made.twin, encoding="utf-8")
    return folder


@pytest.mark.parametrize("ending", [language.ending for language in LANGUAGES])
def test_a_name_of_300_letters_stays_on_the_page_and_none_runs(page: Any, hostile: Path, ending: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    told = {}
    for key in ("cases", "difficulty", "blind-spots"):
        page.goto((hostile / f"{key}{ending}").as_uri())
        page.evaluate(OPEN)
        told[key] = page.evaluate("document.querySelector('main').textContent")
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280
        wide = page.evaluate(
            "[...document.querySelectorAll('.scroll')].map(part => part.scrollWidth - part.clientWidth)"
        )
        assert max(wide) <= 0
        assert page.evaluate("window.ran") is None
        assert page.evaluate("document.querySelectorAll('main img, main script').length") == 0
        assert page.evaluate(LOST) == []
    assert "BANK/" + "7" * 200 in told["cases"]
    assert "x" * 300 in told["difficulty"]


def test_a_hostile_name_leaves_the_markdown_twin_whole(hostile: Path, report: Path) -> None:
    twin = (hostile / "report.md").read_text(encoding="utf-8").splitlines()
    plain = (report.parents[1] / "report.md").read_text(encoding="utf-8").splitlines()
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
    kept = json.loads((report.parents[1] / "metrics.json").read_text(encoding="utf-8"))
    page.goto((report.parent / "models.html").as_uri())
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
