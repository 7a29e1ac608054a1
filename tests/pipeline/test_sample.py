"""docs/sample is of the run that the repository keeps, whole, small, and stands alone."""

from __future__ import annotations

import json
import re

import pytest

import console
import docs_pages
import pipeline
import sample
from parameters import read_yaml
from reports.finding import known_unknown_bars
from reports.finishing import LANGUAGES, in_one_language
from reports.results import Metrics

MADE = sample.files_under(sample.SAMPLE)
TOLD = json.loads(MADE[sample.VERSION])
HTML = sorted(name for name in MADE if name.endswith(".html"))


def test_every_file_of_the_sample_is_as_it_was_made() -> None:
    found = {name: sample.content_mark(content) for name, content in MADE.items() if name != sample.VERSION}
    assert found == TOLD["files"], "run: make sample"


def test_the_sample_is_of_the_metrics_that_are_kept() -> None:
    kept = pipeline.artifact("reports", "metrics.json")
    if not kept.exists():
        pytest.skip("no metrics.json: run make report")
    assert TOLD["metrics"] == sample.content_mark(kept.read_bytes()), "run: make sample"
    metrics = pipeline.read_result(Metrics)
    picture = known_unknown_bars(metrics)
    for language, ending in zip(LANGUAGES, ("", ".zh"), strict=True):
        front = MADE[f"README{ending}.md"].decode()
        assert docs_pages.finding_sentences(metrics, language.name) in front, "run: make sample"
        if picture is not None:
            drawn = in_one_language(str(picture), language)
            assert drawn in MADE[f"index{language.ending}"].decode(), "run: make sample"


def test_the_sample_is_of_the_site_that_dvc_lock_keeps() -> None:
    stage = console.stages()["report"]
    lock = read_yaml(sample.LOCK)["stages"].get("report", {}) if sample.LOCK.exists() else {}
    if {kept["path"] for kept in lock.get("deps", ())} != set(stage["deps"]):
        pytest.skip("dvc.lock is of another dvc.yaml: run make report")
    assert TOLD["site"] == sample.locked_mark(sample.SITE), "run: make report, make sample"


def test_the_sample_is_small_and_its_pictures_smaller() -> None:
    assert sum(map(len, MADE.values())) < sample.MOST_BYTES
    pictures = [content for name, content in MADE.items() if name.endswith(".png")]
    assert len(pictures) == len(LANGUAGES)
    assert all(len(one) < sample.MOST_PICTURE_BYTES and one.startswith(b"\x89PNG") for one in pictures)


def test_the_sample_has_the_finding_the_answers_and_three_cases_in_both_languages() -> None:
    cases = {name.split(".")[0] for name in HTML if name.startswith("cases/")}
    assert len(cases) == sample.CASES
    assert set(HTML) == {
        f"{key}{language.ending}" for key in (*sample.WHOLE_PAGES, *cases) for language in LANGUAGES
    }


@pytest.mark.parametrize("name", [*HTML, "README.md", "README.zh.md"])
def test_a_page_of_the_sample_leads_nowhere_that_is_not_there(name: str) -> None:
    page = MADE[name].decode()
    links = re.findall(r'(?:href|src)="([^"]*)"', page) + re.findall(r"\]\(([^)]+)\)", page)
    files = [link.partition("#")[0].partition("?")[0] for link in links if not link.startswith("data:")]
    root = sample.SAMPLE / name
    lost = [file for file in files if file and not (root.parent / file).exists()]
    assert not lost


@pytest.mark.parametrize(
    ("name", "link", "kept"),
    [
        ("index.html", '<a href="models.html">Models</a>', False),
        ("index.html", '<a href="tour.html?lang=en">Tour</a>', True),
        ("cases/7.html", '<a href="../tour.html#gap">Tour</a>', True),
        ("cases/7.html", '<a rel="prev" href="../cases.html">All</a>', False),
        ("index.html", '<a href="#main">Skip</a>', True),
        ("index.html", '<a href="data:,x" download>Save</a>', True),
    ],
)
def test_a_link_to_what_the_sample_lacks_becomes_plain_words(name: str, link: str, kept: bool) -> None:
    found = sample.without_dead_links(f"<p>{link}</p>", name, ["index.html", "tour.html", "cases/7.html"])
    assert (link in found) is kept
    assert ("elsewhere" in found) is not kept


def test_a_mark_of_a_folder_changes_with_a_name_and_with_a_content() -> None:
    files = {"a.html": b"1", "b/c.html": b"2"}
    marks = {sample.folder_mark(one) for one in (files, files | {"a.html": b"3"}, {"a.html": b"1"})}
    assert len(marks) == 3
    assert sample.folder_mark(dict(reversed(files.items()))) in marks
