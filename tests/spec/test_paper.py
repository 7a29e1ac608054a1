"""The report on paper: one document a language, whose links stay on it."""

from __future__ import annotations

import re

import pytest

import chromium
import paper
from pipeline import BadInput
from reports.finishing import CHINESE, ENGLISH

SITE = {
    "style.css": "p { color: red; }",
    "index.html": '<nav>x</nav><main id="main"><p><a href="tour.html?lang=en#gap">go</a></p></main><script/>',
    "tour.html": '<main id="main"><a href="cases/7.html">a case</a><a href="#here">here</a></main>',
    "index.zh.html": '<main id="main">发现<a href="tour.zh.html">去</a></main>',
}


def test_every_page_of_a_language_is_on_its_paper_with_a_list_of_contents() -> None:
    made = paper.paper(SITE, ENGLISH)
    assert re.findall(r'id="page-(\w+)"', made) == ["index", "tour"]
    assert made.count('href="#page-tour"') == 2  # of the contents and of the text
    assert "<script" not in made and "<nav" not in made


def test_a_link_to_what_is_not_printed_leads_nowhere() -> None:
    made = paper.paper(SITE, ENGLISH)
    assert "cases/7.html" not in made and "a case" in made
    assert 'href="#here"' in made


def test_the_chinese_paper_has_the_chinese_pages_alone() -> None:
    made = paper.paper(SITE, CHINESE)
    assert re.findall(r'id="page-(\w+)"', made) == ["index"]
    assert 'lang="zh-Hans"' in made and "tour.zh.html" not in made


def test_without_pages_there_is_one_sentence() -> None:
    with pytest.raises(BadInput, match="make report"):
        paper.paper({"style.css": ""}, ENGLISH)


def test_without_a_chromium_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(BadInput, match="no Chromium on this machine"):
        chromium.find_chromium()
