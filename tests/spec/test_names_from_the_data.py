"""Names that come from the data are shown as they are, and do nothing: on the page, in Markdown, in CSV."""

from __future__ import annotations

import csv
import io
import re

import pandas as pd
import pytest

from data.typologies import TYPOLOGIES
from models.truth.alerts import audited_alerts
from reports.report import (
    TypologyPlotRow,
    both,
    breakable,
    markdown_environment,
    plain_markdown,
    table_text,
)
from reports.wording import Text, shortened


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a|b", r"a\|b"),
        ("fan in\n# head", "fan in # head"),
        ("one\r\n\r\n| two", r"one \| two"),
        ("line\u2028break", "line break"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
        ("[here](http://x)", r"\[here\](http://x)"),
        ("`code` *loud* ~~gone~~", r"\`code\` \*loud\* \~\~gone\~\~"),
        ("_loud_ snake_case", r"\_loud\_ snake_case"),
        ("back\\slash|", r"back\\slash\|"),
        ("分散转入", "分散转入"),
        (12, "12"),
        ("12.3% (4.5–6.7)", "12.3% (4.5–6.7)"),
    ],
)
def test_markdown_shows_a_name_within_one_line_and_one_cell(name: object, shown: str) -> None:
    assert plain_markdown(name) == shown


def test_what_a_template_itself_says_in_markdown_is_not_escaped() -> None:
    template = markdown_environment().from_string("| **{{ a }}** | {{ b }}{{ c if none }} |")
    assert template.render(a="x|y", b="*", none=False) == r"| **x\|y** | \* |"


@pytest.mark.parametrize("words", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=x", "\r\n=1", "  =1"])
def test_a_spreadsheet_reckons_nothing_in_a_table_of_names(words: str) -> None:
    text = table_text(TypologyPlotRow, [TypologyPlotRow(words, "gnn", 7, -0.5, None, None)])
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["typology"].startswith("'") and row["recall"] == "-0.5"
    assert row["typology"][1:].split() == words.split()


def test_an_ordinary_name_is_unchanged_in_a_table() -> None:
    row = TypologyPlotRow("fan_in", "gnn", 7, 0.5, None, 0.6)
    assert table_text(TypologyPlotRow, [row]) == (
        "typology,ranker,customers,recall,low,high\nfan_in,gnn,7,0.5,,0.6\n"
    )
    assert table_text(TypologyPlotRow, []) == "typology,ranker,customers,recall,low,high\n"


def test_a_word_longer_than_any_real_one_may_break_and_is_the_same_word() -> None:
    shown = str(breakable("<b> " + "x" * 70 + " end"))
    assert shown.startswith("&lt;b&gt; x") and shown.count("<wbr>") == 2
    assert max(len(part) for part in re.split("<wbr>| ", shown)) <= 30
    assert shown.replace("<wbr>", "") == "&lt;b&gt; " + "x" * 70 + " end"
    assert str(both(Text("short words only", "中文" * 40))).count("<wbr>") == 0


def test_a_typology_whose_name_holds_blanks_stays_one_typology_in_the_audit() -> None:
    moment = pd.Timestamp("2025-11-03", tz="UTC")
    rows = [(True, "fan in | odd"), (False, "fan in | odd"), (True, "")]
    planted = pd.DataFrame(rows, columns=["is_illicit", "typology"]).assign(
        customer_id=7, at=moment - pd.Timedelta(days=1)
    )
    subjects = pd.DataFrame({"subject_id": [1], "customer_id": [7], "as_of": [moment]})
    found = audited_alerts(planted, subjects, subjects.assign(ranker="gnn", rank=1), 28)
    assert sorted(found["schemes"].iloc[0].split()) == ["fan_in_|_odd", "like_fan_in_|_odd", "unnamed"]


def test_no_name_of_ours_is_cut_in_a_drawing() -> None:
    for entry in TYPOLOGIES.values():
        assert shortened(entry.label, 36) == entry.label


def test_a_long_name_is_cut_in_a_drawing_in_both_writings() -> None:
    cut = shortened(Text("word " * 30, "汉字" * 30), 36)
    assert len(cut.en) <= 36 and cut.en.endswith("…")
    assert 2 * len(cut.zh) - 1 <= 36 and cut.zh.endswith("…")
