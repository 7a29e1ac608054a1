"""docs/sample: what a run found, for those who run nothing. Made from one finished run.

It holds pages of the run's site (the finding, the tour, the answers, a few cases) in both languages,
a page in Markdown with two pictures for readers of the repository, and a file that says of which
run all of it is.
"""

from __future__ import annotations

import hashlib
import html
import json
import posixpath
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pipeline
from chromium import picture_of
from parameters import read_yaml
from pipeline import ARTIFACTS, BadInput
from reports.case_choice import curated, known_cases
from reports.drawn_schemes import DrawnRow, DrawnSide, drawn_schemes
from reports.evidence import Evidence
from reports.finding import opening, sureness
from reports.finishing import LANGUAGES, Language
from reports.results import Metrics
from reports.tour import tour
from reports.wording import Text

SAMPLE = Path("docs/sample")
SITE = ARTIFACTS / "reports" / "site"
LOCK = Path("dvc.lock")
VERSION = "version.json"
WHOLE_PAGES = ("index", "tour", "questions")
CASES = 3
DRAWN = "scatter_gather"  # the scheme of the picture, where the run drew it
SCREEN = (1280, 800)  # of the picture of the first page, pixels
MOST_BYTES, MOST_PICTURE_BYTES = 3_000_000, 200_000

LINK = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"[^>]*>(.*?)</a>', re.S)
DRAWING_STYLE = """
text { font: 13px "Helvetica Neue", "Noto Sans", Arial, "PingFang SC", sans-serif; fill: #1c2127; }
.head { font-size: 14px; font-weight: 600; } .note { font-size: 12px; fill: #59636e; }
.small { font-size: 12px; } .tiny { font-size: 11px; fill: #59636e; } .strong { font-weight: 600; }
.halo { paint-order: stroke; stroke: #fff; stroke-width: 3px; }
.way { fill: none; stroke-width: 1.3; opacity: .75; } .way.faint { stroke-width: 1; opacity: .4; }
.way.illicit, .badge.illicit { stroke: #8f5000; } .way.look_alike, .badge.look_alike { stroke: #0b7a6f; }
.fill.illicit, text.illicit { fill: #8f5000; } .fill.look_alike, text.look_alike { fill: #0b7a6f; }
.member { fill: #fff; stroke: #1c2127; stroke-width: 1.4; } .member.own { fill: #1c2127; }
.badge { fill: #fff; stroke-width: 1.2; }
"""


def content_mark(content: bytes) -> str:
    """MD5, by which DVC names contents; nothing here is a secret."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def folder_mark(files: Mapping[str, bytes]) -> str:
    """The mark that DVC gives to a folder: that of the list of its files with theirs."""
    listed = [{"md5": content_mark(files[name]), "relpath": name} for name in sorted(files)]
    return f"{content_mark(json.dumps(listed, sort_keys=True).encode())}.dir"


def files_under(folder: Path) -> dict[str, bytes]:
    """Every file of a folder and of those inside, by its path from there."""
    found = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in found}


def locked_mark(out: Path) -> str | None:
    """The mark under which dvc.lock keeps an output; None where it keeps none."""
    stages = read_yaml(LOCK)["stages"].values() if LOCK.exists() else ()
    outs = [kept for stage in stages for kept in stage.get("outs", ())]
    return next((str(kept["md5"]) for kept in outs if kept["path"] == out.as_posix()), None)


def sampled_cases(evidence: Evidence) -> list[tuple[Text, str]]:
    """The first stories of the queue that this run can tell: what each is, and its case."""
    stories = curated(known_cases(evidence.cases, evidence.members))
    return [(title, known.case.case_id) for title, known in stories if known is not None][:CASES]


def without_dead_links(page: str, name: str, kept: Iterable[str]) -> str:
    """A page whose links to pages that the sample lacks are plain words.

    Parameters
    ----------
    page, name : its text, and its path within the site
    kept : paths of the pages that the sample has
    """
    present = set(kept)

    def led(link: re.Match[str]) -> str:
        file = html.unescape(link[1]).partition("#")[0].partition("?")[0]
        aimed = posixpath.normpath(posixpath.join(posixpath.dirname(name), file))
        is_elsewhere = file and ":" not in file and aimed not in present
        return f'<span class="elsewhere">{link[2]}</span>' if is_elsewhere else link[0]

    return LINK.sub(led, page)


def sample_note(language: Language) -> str:
    """What stands at the head of every page of the sample."""
    said = Text(
        "A sample of the report: the finding, the tour, the answers and three cases. What is named "
        "without a link is in the whole report: <code>make report</code>.",
        "报告样例：主要发现、导览、问答与三个案例。没有链接的页面在完整报告中：<code>make report</code>。",
    )
    return f'<p class="note">{getattr(said, language.name)}</p>'


def sample_pages(site: Mapping[str, bytes], keys: Iterable[str]) -> dict[str, bytes]:
    """The pages of the sample and their style sheet, out of those of the site."""
    names = {f"{key}{language.ending}": language for key in keys for language in LANGUAGES}
    lost = [name for name in names if name not in site]
    if lost:
        raise BadInput(f"{SITE}: no page {lost[0]}: run make report")
    found = {"style.css": site["style.css"]}
    for name, language in names.items():
        page = without_dead_links(site[name].decode(), name, names)
        opened = '<main id="main">'
        found[name] = page.replace(opened, opened + sample_note(language), 1).encode()
    return found


def drawn_pair(evidence: Evidence) -> DrawnRow | None:
    """The typology of the picture: a certain one, else the first that was drawn with its look-alike."""
    both = [row for row in drawn_schemes(evidence) if all(side.drawing for side in row.sides)]
    keys = [row.typology for row in evidence.drawn if row.illicit and row.look_alike]
    named = dict(zip(keys, both, strict=True))
    return named.get(DRAWN, next(iter(both), None))


def half(side: DrawnSide, left: int, language: Language) -> tuple[str, float]:
    """One side of the picture as SVG with its words, in one language, and its height."""
    drawing = str(side.drawing or "")
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawing)
    width, height = (float(box[1]), float(box[2])) if box else (0.0, 0.0)
    other = next(one.name for one in LANGUAGES if one is not language)
    kept = re.sub(rf'<text [^>]*class="[^"]*\b{other}"[^>]*>.*?</text>', "", drawing)
    place = f'<svg x="{left}" y="64" width="{width:.0f}" height="{height:.0f}"'
    title, summary = (
        html.escape(getattr(text, language.name)) for text in (side.title, side.summary or Text("", ""))
    )
    return (
        f'<text x="{left}" y="24" class="head {side.kind}">{title}</text>'
        f'<text x="{left}" y="44" class="note">{summary}</text>' + kept.replace("<svg", place, 1),
        height,
    )


def pair_picture(row: DrawnRow, language: Language) -> str:
    """A scheme beside its innocent look-alike as one SVG that stands alone."""
    halves = [half(side, 16 + 476 * place, language) for place, side in enumerate(row.sides)]
    height = 76 + max(tall for _, tall in halves)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 968 {height:.0f}" width="968" '
        f'height="{height:.0f}" role="img"><style>{DRAWING_STYLE}</style>'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(drawn for drawn, _ in halves)}</svg>\n'
    )


def words_of(language: Language) -> dict[str, str]:
    """The sample's own words in one language."""
    pairs = {
        "title": Text("What the report shows", "报告展示什么"),
        "other": Text("[中文](README.zh.md)", "[English](README.md)"),
        "picture": Text("First page of the report", "报告首页"),
        "tour": Text("Ten minutes", "十分钟导览"),
        "ring": Text("A scheme beside its innocent look-alike", "一个案件与外形相近的正常业务"),
        "pages": Text(
            "Pages to open in a browser, from a clone of the repository; they ask no network",
            "克隆仓库后可在浏览器中打开的页面（不访问网络）",
        ),
        "finding": Text("The finding", "主要发现"),
        "answers": Text("The eleven questions", "十一个问题"),
        "made": Text(
            "Made by `make sample` from the run that `dvc.lock` keeps.",
            "由 `make sample` 依据 `dvc.lock` 所记录的运行生成。",
        ),
    }
    return {key: getattr(pair, language.name) for key, pair in pairs.items()}


def front_page(
    evidence: Evidence, metrics: Metrics, cases: list[tuple[Text, str]], language: Language
) -> str:
    """The sample's page in Markdown: the finding, the tour, and links to the pages."""
    said, ending = words_of(language), language.ending
    picture = "" if language is LANGUAGES[0] else f".{language.name}"

    def told(text: Text) -> str:
        return str(getattr(text, language.name))

    lines = [f"# {said['title']}", said["other"]]
    lines += [told(sentence) for sentence in (*opening(metrics), *sureness(metrics))]
    lines += [f"![{said['picture']}](finding{picture}.png)", f"## {said['tour']}"]
    lines.append(
        "\n".join(
            f"{place}. **{told(stop.title)}: {told(stop.figure)}.** {told(stop.said)}"
            for place, stop in enumerate(tour(evidence, metrics), 1)
        )
    )
    if drawn_pair(evidence):
        lines += [f"## {said['ring']}", f"![{said['ring']}](ring{picture}.svg)"]
    links = [(said["finding"], "index"), (said["tour"], "tour"), (said["answers"], "questions")]
    links += [(told(title), f"cases/{case}") for title, case in cases]
    lines += [f"## {said['pages']}", "\n".join(f"- [{name}]({page}{ending})" for name, page in links)]
    return "\n\n".join([*lines, said["made"]]) + "\n"


def sample_files(evidence: Evidence, metrics: Metrics, site: Mapping[str, bytes]) -> dict[str, bytes]:
    """Every file of the sample by its path, but the pictures of pages and the version."""
    cases = sampled_cases(evidence)
    files = sample_pages(site, [*WHOLE_PAGES, *(f"cases/{case}" for _, case in cases)])
    row = drawn_pair(evidence)
    for language, picture in zip(LANGUAGES, ("", ".zh"), strict=True):
        files[f"README{picture}.md"] = front_page(evidence, metrics, cases, language).encode()
        if row:
            files[f"ring{picture}.svg"] = pair_picture(row, language).encode()
    return files


def version_of(site: Mapping[str, bytes], metrics: bytes, files: Mapping[str, bytes]) -> str:
    """What the sample was made from, and what each of its files was then."""
    marks = {name: content_mark(files[name]) for name in sorted(files) if name != VERSION}
    told = {"site": folder_mark(site), "metrics": content_mark(metrics), "files": marks}
    return json.dumps(told, indent=1) + "\n"


def write_sample(evidence: Evidence, metrics: Metrics, target: Path = SAMPLE) -> None:
    """Write the sample of the run that lies in artifacts/, and remove what an earlier one had more.

    Raises
    ------
    BadInput : no site, a site without a page that the sample needs, no Chromium, or too many bytes
    """
    site = files_under(SITE)
    files = sample_files(evidence, metrics, site)
    for name, content in files.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(content)
    for language, picture in zip(LANGUAGES, ("", ".zh"), strict=True):
        name = f"finding{picture}.png"
        picture_of(SITE / f"index{language.ending}", target / name, *SCREEN)
        files[name] = (target / name).read_bytes()
        if len(files[name]) > MOST_PICTURE_BYTES:
            raise BadInput(f"{target / name}: {len(files[name]):,} bytes, at most {MOST_PICTURE_BYTES:,}")
    for name in files_under(target).keys() - files.keys():
        (target / name).unlink()
    metrics_file = pipeline.artifact("reports", "metrics.json").read_bytes()
    (target / VERSION).write_text(version_of(site, metrics_file, files), encoding="utf-8")
    whole = sum(len(content) for content in files.values())
    if whole > MOST_BYTES:
        raise BadInput(f"{target}: {whole:,} bytes, at most {MOST_BYTES:,}")
