"""Case pages and the queue in headless Chromium: the form, hostile names, sorting, filters, print."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from explain.results.cases import ExplainedCase
from reports.case_choice import QueueRow
from reports.case_pages import case_pages
from reports.case_queue import queue_page
from reports.decisions import DECISIONS, ReaderDecision
from reports.decisions import read_inputs as read_decisions
from reports.metrics import metrics
from reports.pages import sections
from reports.report import environment, read_inputs, table_text
from reports.site import PAGES, Page, site_files
from reports.tracing import Imprint

OPEN = "() => document.querySelectorAll('details').forEach(part => part.open = true)"
CUT_OFF = """[...document.querySelectorAll(".scroll")].filter(
    box => box.scrollHeight > box.clientHeight + 2).length"""
SHOWN = "rows => rows.filter(row => row.offsetParent !== null)"


def first_case(report: Path) -> Path:
    """The page of a case of the site under test."""
    files = sorted(file for file in (report.parent / "cases").glob("*.html") if ".zh." not in file.name)
    if not files:
        pytest.skip("the run has no case")
    return files[0]


# ------------------------------------------------------------------------ the form


def filled(page: Any) -> None:
    page.locator("select[name=outcome]").select_option("reported")
    page.locator("input[value=source_unknown]").check()
    page.locator("input[value=pattern_of_typology]").check()
    page.locator("textarea[name=documents]").fill('contract "7"\n\n  合同 <b>8</b>  \n')
    page.locator("textarea[name=note]").fill("two lines\n=1+1 & more")
    page.locator("input[name=decided_by]").fill("a reader")


def test_the_form_saves_a_file_that_the_pipeline_reads_back(
    page: Any, report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = first_case(report)
    page.goto(file.as_uri())
    page.locator(".form button").click()
    assert page.locator("[data-unchosen]").is_visible()  # no decision without an outcome
    filled(page)
    with page.expect_download() as saving:
        page.locator(".form button").click()
    assert not page.locator("[data-unchosen]").is_visible()
    assert saving.value.suggested_filename == f"{file.stem}.json"
    monkeypatch.chdir(tmp_path)
    DECISIONS.mkdir()
    (DECISIONS / "README.md").touch()
    saving.value.save_as(DECISIONS / f"{file.stem}.json")
    found = read_decisions()[file.stem]
    assert isinstance(found, ReaderDecision)
    assert found.as_of.isoformat() == page.locator(".form").get_attribute("data-as-of")
    assert (found.outcome, found.decided_by) == ("reported", "a reader")
    assert found.reasons == ["source_unknown", "pattern_of_typology"]
    assert found.documents == ['contract "7"', "合同 <b>8</b>"]
    assert found.note == "two lines\n=1+1 & more"
    page.reload()  # the browser keeps what was entered
    assert page.locator("select[name=outcome]").input_value() == "reported"
    assert page.locator("input[value=source_unknown]").is_checked()
    assert page.locator("textarea[name=note]").input_value() == found.note


# ----------------------------------------------------------------------- the queue


def column(page: Any, place: int) -> list[str]:
    """The cells of a column of the rows that are shown."""
    return page.locator("#queue tbody tr").evaluate_all(
        f"rows => ({SHOWN})(rows).map(row => row.cells[{place}].textContent.trim())"
    )


def test_the_queue_sorts_by_score_and_shows_only_the_chosen_state(page: Any, report: Path) -> None:
    page.goto((report.parent / "cases.html").as_uri())
    heads = page.locator("#queue th").all_inner_texts()
    place = next(number for number, head in enumerate(heads) if head.startswith("Score"))
    heading = page.locator("#queue th").nth(place)
    heading.locator("button").click()
    scores = [float(cell.replace("−", "-")) for cell in column(page, place)]
    assert len(scores) > 3
    assert scores == sorted(scores, reverse=True)
    heading.locator("button").click()
    again = [float(cell.replace("−", "-")) for cell in column(page, place)]
    assert again == sorted(scores)
    for state in ("reported", "cleared", "beyond", "below"):
        page.locator("[data-filters] select").select_option(state)
        states = page.locator("#queue tbody tr").evaluate_all(
            f"rows => ({SHOWN})(rows).map(row => row.dataset.state.split(' '))"
        )
        assert all(state in one for one in states)
        assert len(states) < len(scores)
    page.locator("[data-filters] select").select_option("")
    assert len(column(page, place)) == len(scores)


def test_what_only_the_simulator_knows_is_shown_when_it_is_asked_for(page: Any, report: Path) -> None:
    page.goto((report.parent / "cases.html").as_uri())
    asked = page.locator("[data-filters] input[type=checkbox]")
    if not asked.count():
        pytest.skip("nobody knows the truth of a foreign data set")
    truth, option = page.locator("#queue td.truth").first, page.locator("option[data-truth]").first
    assert not truth.is_visible()
    assert option.is_disabled()
    asked.check()
    assert truth.is_visible()
    assert not option.is_disabled()


# --------------------------------------------------------------------- print and dark


def test_a_case_prints_whole_and_light_from_a_dark_screen(page: Any, report: Path) -> None:
    for file in (first_case(report), report.parent / "cases.html"):
        page.goto(file.as_uri())
        page.emulate_media(media="print", color_scheme="dark")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.evaluate("document.querySelectorAll('details:not([open])').length") == 0
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate(CUT_OFF) == 0
        page.emulate_media(media="screen", color_scheme="light")


# ------------------------------------------------------------------ names from the data

HOSTILE = (
    '=HYPERLINK("http://x.example";"y")<script>window.ran = 1</script><img src=x onerror=window.ran=1>{{7*7}}'
)


def with_words(value: Any, known: dict[str, str]) -> Any:
    """A result with some of its words changed wherever they stand."""
    if isinstance(value, BaseModel):
        return type(value).model_validate(with_words(value.model_dump(), known))
    if isinstance(value, dict):
        return {key: with_words(inner, known) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_words(inner, known) for inner in value]
    return known.get(value, value) if isinstance(value, str) else value


def poisoned(case: ExplainedCase) -> ExplainedCase:
    """A case whose customer, largest counterparty, purposes, tags and drafts bear a hostile name."""
    lead = case.parties[0]
    known = {lead.customer_name: HOSTILE, f"customer {lead.customer_name}": f"customer {HOSTILE}"}
    inside = {f"customer {one.customer_name}" for one in case.parties}
    outside = [row.name for row in lead.counterparties if row.name not in inside]
    known |= dict.fromkeys(outside[:1], f"person {HOSTILE}")
    known |= {row.purpose: HOSTILE for row in lead.payments} | {row.value: HOSTILE for row in lead.tags}
    drafts = [*case.drafts.narrative, *case.drafts.report]
    known |= {line: HOSTILE for section in drafts for line in section.text}
    return with_words(case, {old: new for old, new in known.items() if old != lead.kind})


@pytest.fixture(scope="module")
def hostile(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The queue and one case of the report under test, made anew with hostile names; and that case."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(run_folder)
        found = read_inputs()
        if not found.cases:
            pytest.skip("the run has no case")
        case = poisoned(found.cases[0])
        queue = [row._replace(customer_name=HOSTILE, rule_ids="@SUM(A1)") for row in found.queue[:5]]
        decision = ReaderDecision.model_validate(
            {
                "version": 1,
                "case_id": case.case_id,
                "as_of": case.as_of,
                "outcome": "reported",
                "reasons": [],
                "documents": [HOSTILE],
                "note": HOSTILE,
                "decided_by": HOSTILE[:100],
                "decided_on": case.as_of,
            }
        )
        found = replace(found, cases=[case], queue=queue, decisions={case.case_id: decision})
        shown = sections(found, metrics(found.bank, found.truth, found.label_audit, found.experiments))
        shown |= {"queue": queue_page(found)}
    (page,) = case_pages(found)
    pages = [
        *(one for one in PAGES if one.key == "cases"),
        Page(f"cases/{case.case_id}", page.title, "pages/case.html", {"case": page}, False, "form.js"),
    ]
    folder = tmp_path_factory.mktemp("hostile_cases")
    (folder / "cases").mkdir()
    for name, text in site_files(environment(), pages, shown, Imprint()).items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "queue.csv").write_text(table_text(QueueRow, found.queue), encoding="utf-8")
    return folder, case.case_id


@pytest.mark.parametrize("ending", [".html", ".zh.html"])
def test_hostile_names_stay_text_on_the_case_and_in_the_queue(
    page: Any, hostile: tuple[Path, str], ending: str
) -> None:
    folder, case_id = hostile
    for name in (f"cases/{case_id}", "cases"):
        page.goto((folder / f"{name}{ending}").as_uri())
        page.evaluate(OPEN)
        assert page.evaluate("document.querySelectorAll('main img, main script').length") == 0
        assert page.evaluate("window.ran") is None
        text = page.evaluate("document.querySelector('main').textContent")
        assert HOSTILE in text
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_hostile_names_are_no_formulas_in_the_spreadsheet(hostile: tuple[Path, str]) -> None:
    folder, _ = hostile
    with (folder / "queue.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 0
    for row in rows:
        assert row["customer_name"] == f"'{HOSTILE}"
        assert row["rule_ids"] == "'@SUM(A1)"
        assert json.loads(row["score"]) < 100  # a number below zero is left a number
