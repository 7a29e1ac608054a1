"""The report on paper: every page of the site in one PDF a language, with a list of contents.

Parts that are closed on the screen are named and not printed: what is behind them stays in the site.
"""

from __future__ import annotations

import html
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from chromium import print_page
from pipeline import ARTIFACTS, BadInput
from reports.finishing import LANGUAGES, Language
from reports.site import PAGES, STYLE
from reports.wording import Text

PRINTED = ARTIFACTS / "reports"
QUEUE_ROWS = 40  # of the queue of alerts; the whole of it is a table to sort, not to print
PAPER_STYLE = f"""
details:not([open])::details-content {{ display: none !important; }}
details.part > summary::after {{ content: ""; }}
.paper {{ break-before: page; }} ol.contents {{ font-size: 12pt; line-height: 1.9; }}
table.queue tbody tr:nth-child(n+{QUEUE_ROWS + 1}), .form, .filters {{ display: none; }}
"""


def body_of(page: str) -> str:
    """What a page shows between its frame's parts."""
    return page.partition('<main id="main">')[2].partition("</main>")[0]


def led_within(body: str, keys: set[str]) -> str:
    """A body whose links to other pages lead to their place on the same paper, or nowhere."""

    def led(link: re.Match[str]) -> str:
        file = html.unescape(link[1]).partition("#")[0].partition("?")[0]
        key = file.removesuffix(".html").removesuffix(".zh")
        if not file.endswith(".html"):
            return link[0]
        return f'href="#page-{key}"' if key in keys else ""

    return re.sub(r'href="([^"]*)"', led, body)


def paper(site: Mapping[str, str], language: Language) -> str:
    """All listed pages of a site in one language as one document.

    Raises
    ------
    BadInput : the site lacks all of them
    """
    pages = [page for page in PAGES if page.is_listed and f"{page.key}{language.ending}" in site]
    if not pages:
        raise BadInput(f"{PRINTED / 'site'}: no page in {language.tag}: run make report")
    keys = {page.key for page in pages}
    titles = {page.key: html.escape(getattr(page.title, language.name)) for page in pages}
    title = getattr(Text("An AML case study", "反洗钱案例研究"), language.name)
    note = Text(
        "Printed from the pages in artifacts/reports/site. Parts of which only the heading stands here "
        "open there.",
        "由 artifacts/reports/site 的页面打印。此处只有标题的部分，可在页面中展开。",
    )
    contents = "".join(f'<li><a href="#page-{key}">{name}</a></li>' for key, name in titles.items())
    sections = "".join(
        f'<section class="paper" id="page-{key}">'
        f"{led_within(body_of(site[f'{key}{language.ending}']), keys)}</section>"
        for key in titles
    )
    return (
        f'<!doctype html><html lang="{language.tag}"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{site[STYLE]}{PAPER_STYLE}</style></head><body><main><h1>{title}</h1>"
        f'<p class="note">{getattr(note, language.name)}</p><ol class="contents">{contents}</ol>'
        f"{sections}</main></body></html>"
    )


def write_paper(site: Mapping[str, str]) -> list[Path]:
    """Print the site in each language; the files written.

    Raises
    ------
    BadInput : there is no site, or no Chromium
    """
    written = []
    with tempfile.TemporaryDirectory(prefix="aml-paper-") as folder:
        for language in LANGUAGES:
            name = f"report{language.ending}"
            page, target = Path(folder) / name, (PRINTED / name).with_suffix(".pdf")
            page.write_text(paper(site, language), encoding="utf-8")
            print_page(page, target)
            written.append(target)
    return written
