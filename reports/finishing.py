"""What is done to every page after its template: parts that open, scopes of headings, one language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape, unescape
from html.parser import HTMLParser

VOID = {"br", "hr", "img", "input", "link", "meta", "wbr", "col", "source"}
UNSAID = {"td", "th", "tr"}  # HTML lets their ends go without saying; a page of many rows is a tenth shorter
INDEX = "index.html"


@dataclass(frozen=True)
class Language:
    """One of the languages in which every page is written.

    Parameters
    ----------
    name : class of elements in this language
    tag : as HTML and browsers name it
    ending : of the files in it
    asked : what is added to a link to the first page, so that the reader stays in it
    """

    name: str
    tag: str
    ending: str
    asked: str


ENGLISH = Language("en", "en", ".html", "?lang=en")
CHINESE = Language("zh", "zh-Hans", ".zh.html", "?lang=zh")
LANGUAGES = (ENGLISH, CHINESE)


def slug(heading: str) -> str:
    """An id for a heading, from its English words."""
    english = re.search(r'<span class="en"[^>]*>(.*?)</span>', heading, re.S)
    words = unescape(re.sub(r"<[^>]+>", "", english[1] if english else heading))
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:60] or "part"


def finished(html: str) -> str:
    """A page in both languages whose headings can be linked and whose parts open and close.

    A part begins with an ``h3`` of ``<main>`` and reaches to the next one, or to the page's foot.
    A heading of the class ``open`` begins a part that is open at first.
    """
    head, opened, rest = html.partition("<!-- parts -->")
    if not opened:
        return _with_ids(html)
    body, _, foot = rest.partition("<!-- foot -->")
    lead, *parts = re.split(r"(?=<h3\b)", _with_ids(body))
    return _with_ids(head) + lead + "".join(_part(part) for part in parts) + foot


def _part(text: str) -> str:
    heading, _, content = text.partition("</h3>")
    named = re.search(r' id="([^"]*)"', heading)
    open_ = " open" if re.search(r'<h3[^>]*class="[^"]*\bopen\b', heading) else ""
    bare = heading.replace(named[0], "", 1) if named else heading
    of_part = f' id="{named[1]}"' if named else ""
    return (
        f'<details class="part"{of_part}{open_}><summary>{bare}</h3></summary>\n'
        f'<div class="part-body">{content}</div></details>\n'
    )


def _with_ids(html: str) -> str:
    taken = set(re.findall(r' id="([^"]+)"', html))

    def identified(match: re.Match[str]) -> str:
        level, given, words = match[1], match[2], match[3]
        if " id=" in given:
            return match[0]
        name, number = slug(words), 1
        while name in taken:
            number += 1
            name = f"{slug(words)}-{number}"
        taken.add(name)
        return f'<h{level} id="{name}"{given}>{words}</h{level}>'

    return re.sub(r"<h([234])\b([^>]*)>(.*?)</h\1>", identified, html, flags=re.S)


def _value(attrs: list[tuple[str, str | None]], name: str) -> str:
    return next((value or "" for key, value in attrs if key == name), "")


def _classes(attrs: list[tuple[str, str | None]]) -> set[str]:
    return set(_value(attrs, "class").split())


class _OneLanguage(HTMLParser):
    """Lets through what is in one language or in none; see `in_one_language`."""

    def __init__(self, language: Language) -> None:
        super().__init__(convert_charrefs=False)
        self.language = language
        self.others = {one.name for one in LANGUAGES} - {language.name}
        self.parts: list[str] = []
        self.skipped = 0  # open elements, the outermost of which is in another language
        self.is_head = False  # within the head of a table

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self.skipped or self.others & _classes(attrs):
            self.skipped += tag not in VOID
            return
        text = self.get_starttag_text() or ""
        if tag == "thead":
            self.is_head = True
        elif tag == "th" and "scope" not in given:
            wide = "colgroup" if "colspan" in given else "col"
            text = f'<th scope="{wide if self.is_head else "row"}"{text[3:]}'
        elif tag == "html":
            text = f'<html lang="{self.language.tag}" data-lang="{self.language.name}">'
        elif tag == "a" and "hreflang" not in given:
            text = self._led(text, _value(attrs, "href"))
        self.parts.append(text)

    def _led(self, text: str, link: str) -> str:
        file, mark, place = link.partition("#")
        if ":" in file or not file.endswith(".html"):
            return text
        aimed = file.removesuffix(".html") + self.language.ending
        asked = self.language.asked if file.rpartition("/")[2] == INDEX else ""
        return text.replace(f'href="{link}"', f'href="{escape(aimed + asked + mark + place)}"')

    def handle_startendtag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_other = self.others & _classes(attrs)
        if not self.skipped and not is_other:
            self.parts.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if self.skipped:
            self.skipped -= tag not in VOID
            return
        if tag == "thead":
            self.is_head = False
        if tag not in UNSAID:
            self.parts.append(f"</{tag}>")

    def _kept(self, text: str) -> None:
        if not self.skipped:
            self.parts.append(text)

    def handle_data(self, data: str) -> None:
        self._kept(data)

    def handle_entityref(self, name: str) -> None:
        self._kept(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._kept(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self._kept(f"<!{decl}>")


def in_one_language(html: str, language: Language) -> str:
    """A page in one of its languages.

    Elements of the class of another language are left out; links between pages lead to the files
    in the same language, but those that say with ``hreflang`` that they lead to another; headings
    of tables say what they are the heading of; ends of cells and rows go without saying.
    """
    parser = _OneLanguage(language)
    parser.feed(html)
    parser.close()
    return re.sub(r'<span class="(?:en|zh)" lang="[^"]*">([^<]*)</span>', r"\1", "".join(parser.parts))
