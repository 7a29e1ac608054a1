"""The numbers of a page with files and keys: beside each number of its prose, and listed at its foot."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

from reports.tracing import MARK, Imprint, ReadFrom, unmarked

PLACE = '<div class="numbers-place"></div>'  # where a page lists its numbers
TAG = re.compile(r"(<[^>]*>)")
SILENT = {"svg", "table", "title", "script", "summary"}  # elements whose numbers are not told one by one
MOST_READS = 3  # keys that one number names


@dataclass(frozen=True)
class ToldNumber:
    """A number of the prose, the file it was read from, and its keys there."""

    shown: str
    file: str
    keys: str


@dataclass(frozen=True)
class FileOfPage:
    """A file that tables and pictures of a page are made of, and the parts of it."""

    file: str
    keys: str


@dataclass(frozen=True)
class Numbered:
    """A page whose prose names its sources, and what its foot lists."""

    html: str
    numbers: list[ToldNumber]
    files: list[FileOfPage]


def keys_named(reads: Iterable[ReadFrom]) -> str:
    """Keys of one file, the first few of many."""
    keys = list(dict.fromkeys(one.key for one in reads))
    more = f" … ({len(keys)})" if len(keys) > MOST_READS else ""
    return "; ".join(keys[:MOST_READS]) + more


def by_file(reads: Iterable[ReadFrom]) -> dict[str, list[ReadFrom]]:
    """What was read, by its file."""
    found: dict[str, list[ReadFrom]] = {}
    for one in reads:
        found.setdefault(one.file, []).append(one)
    return found


def files_of_page(reads: Iterable[ReadFrom]) -> list[FileOfPage]:
    """Files with the first parts of the keys that were read."""
    rows = []
    for file, mine in sorted(by_file(reads).items()):
        parts = sorted({re.split(r"[.\[]", one.key)[0] for one in mine} - {""})
        rows.append(FileOfPage(file, ", ".join(parts)))
    return rows


def without_marks(html: str, imprint: Imprint) -> Numbered:
    """A page without marks.

    A number in prose becomes a ``data`` element that names its file and key; those of tables,
    pictures and attributes lose their marks and are told by file.
    """
    parts, told, silent = [], dict[ToldNumber, None](), dict[ReadFrom, None]()
    depth = 0
    for place, part in enumerate(TAG.split(html)):
        if place % 2:
            name = re.match(r"</?([a-z]+)", part)
            if name and name[1] in SILENT:
                depth += -1 if part.startswith("</") else 1
            part = _silenced(part, imprint, silent)
        elif depth:
            part = _silenced(part, imprint, silent)
        else:
            part = _told(part, imprint, told)
        parts.append(part)
    return Numbered("".join(parts), list(told), files_of_page(silent))


def _silenced(part: str, imprint: Imprint, silent: dict[ReadFrom, None]) -> str:
    for mark in MARK.finditer(part):
        silent |= dict.fromkeys(imprint.of(mark).reads)
    return unmarked(part)


def _told(part: str, imprint: Imprint, told: dict[ToldNumber, None]) -> str:
    def named(mark: re.Match[str]) -> str:
        rows = list(_rows(mark, imprint))
        told.update(dict.fromkeys(rows))
        title = "; ".join(f"{row.file}: {row.keys}" for row in rows)
        return f'<data value="{escape(mark[2])}" title="{escape(title)}">{mark[2]}</data>'

    return unmarked(MARK.sub(named, part))


def _rows(mark: re.Match[str], imprint: Imprint) -> Iterator[ToldNumber]:
    for file, reads in by_file(imprint.of(mark).reads).items():
        yield ToldNumber(mark[2], file, keys_named(reads))
