"""The pages of the report's folder, in the order in which they are read, and how each is made.

A page is one entry here and one template ``templates/pages/<key>.html``. Every template writes
both languages; each page becomes two files, ``<key>.html`` and ``<key>.zh.html``, so that a reader
without scripts has both.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import PurePosixPath

from jinja2 import Environment

from reports.bank_words import as_a_bank_says
from reports.finishing import CHINESE, LANGUAGES, Language, finished, in_one_language
from reports.numbers_of_page import PLACE, without_marks
from reports.tracing import Imprint
from reports.wording import Text

STYLE, SCRIPT, NUMBERS = "style.css", "script.js", "numbers.html"


@dataclass(frozen=True)
class Page:
    """A page of the site.

    Parameters
    ----------
    key : file name without its ending; may stand in a folder, ``cases/7``
    title : heading, and name in the list of pages
    template : of the page; by default that of its key
    more : what the template needs beside what all pages have
    is_listed : whether the list of pages, and previous and next, lead to it
    script : template of what the page's script does beside what all pages' does
    """

    key: str
    title: Text
    template: str = ""
    more: Mapping[str, object] = field(default_factory=dict)
    is_listed: bool = True
    script: str = ""

    @property
    def file(self) -> str:
        """The page's template."""
        return self.template or f"pages/{self.key}.html"

    @property
    def root(self) -> str:
        """The way from the page's folder to that of the site."""
        return "../" * (len(PurePosixPath(self.key).parts) - 1)


PAGES = (
    Page("index", Text("The finding", "主要发现")),
    Page("tour", Text("Ten minutes", "十分钟导览")),
    Page("questions", Text("Eleven questions", "十一个问题")),
    Page("cases", Text("Cases", "案例"), script="queue.js"),
    Page("rules", Text("Rules", "规则")),
    Page("labels", Text("Labels", "标签")),
    Page("features", Text("Features", "特征")),
    Page("models", Text("Models", "模型")),
    Page("experiments", Text("What raised recall", "什么提高了召回率")),
    Page("blind-spots", Text("Blind spots", "盲区")),
    Page("money", Text("Money, time and cost", "资金、时间与成本")),
    Page("knowledge", Text("What the bank can know", "银行能知道什么")),
    Page("loop", Text("Feedback loop", "反馈闭环")),
    Page("worlds", Text("Several worlds", "多个世界")),
    Page("monitoring", Text("Monitoring", "监控")),
    Page("model-file", Text("Model file to sign", "模型文件（待签）")),
    Page("explanations", Text("Explanations", "可解释性")),
    Page("world", Text("The world", "模拟环境")),
    Page("difficulty", Text("How hard is the world", "这个世界有多难")),
    Page("method", Text("Method and limits", "方法与局限")),
    Page("broke", Text("What broke", "出过什么错")),
)


def around_page(page: Page, pages: list[Page]) -> tuple[Page | None, Page | None]:
    """The page before and the page after one in the list; None where there is none."""
    listed = [None, *(one for one in pages if one.is_listed), None]
    before = {after.key: one for one, after in pairwise(listed) if after is not None}
    after = {one.key: after for one, after in pairwise(listed) if one is not None}
    return before.get(page.key), after.get(page.key)


def policy(script: str) -> str:
    """The content security policy of a page: its own style sheet, and this one script.

    A page that is opened from a folder has no origin; ``file:`` lets it have its style sheet.
    """
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        "default-src 'none'; style-src 'self' file:; img-src 'self' file: data:; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def packed(script: str) -> str:
    """A script without its comments, each of which fills lines of its own, and without indentation."""
    lines = (line.strip() for line in re.sub(r"^ */\*.*?\*/$", "", script, flags=re.M).splitlines())
    return "\n".join(line for line in lines if line)


def with_numbers(environment: Environment, html: str, language: Language, imprint: Imprint) -> str:
    """A page in one language whose prose names its sources, with the list of them at its foot."""
    found = without_marks(html, imprint)
    template = environment.get_template(NUMBERS)
    has_own = 'class="numbers"' in html  # a page of one case lists its own
    shown = template.render(numbers=found.numbers, files=found.files, has_own=has_own)
    foot = in_one_language(shown, language)
    return found.html.replace(PLACE, foot, 1)


def site_files(
    environment: Environment, pages: list[Page], shown: Mapping[str, object], imprint: Imprint
) -> dict[str, str]:
    """Every file of the site by its name: each page in each language, and the style sheet.

    Parameters
    ----------
    environment : holds the templates
    pages : in the order of the list of pages
    shown : what every template may ask for
    imprint : what the marks of its numbers stand for
    """
    loaded = environment.loader.get_source if environment.loader else None
    assert loaded is not None
    files = {STYLE: loaded(environment, STYLE)[0]}
    scripts = {
        more: packed("\n".join(loaded(environment, name)[0] for name in (SCRIPT, more) if name))
        for more in dict.fromkeys(page.script for page in pages)
    }
    for page in pages:
        previous, following = around_page(page, pages)
        around = {"page": page, "previous": previous, "following": following, "root": page.root}
        script = scripts[page.script]
        safe = {"pages": pages, "script": script, "policy": policy(script)}
        both = finished(environment.get_template(page.file).render({**shown, **safe, **page.more, **around}))
        for language in LANGUAGES:
            told = in_one_language(both, language)
            said = as_a_bank_says(told) if language is CHINESE else told
            files[f"{page.key}{language.ending}"] = with_numbers(environment, said, language, imprint)
    return files
