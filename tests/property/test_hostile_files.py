"""Hostile files: whatever bytes come, a reader's own refusal or an account that adds up."""

from __future__ import annotations

import csv
import gzip
import io
import tempfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.feeds import Mapping, gather_stream, read_transactions
from pipeline import BadInput

COLUMNS = ("id", "at", "from", "to", "sum", "cur", "how", "bad")
NAMES = dict(
    zip(("id", "time", "payer", "payee", "amount", "currency", "kind", "label"), COLUMNS, strict=True)
)
CELLS = st.sampled_from(
    [
        "1", "2", "0280", "8E5", "-", "", " ", "nan", "NaN", "inf", "-inf", "1e999", "-3", "0", "5.25", "1,5",
        "1.234,50", "999999999999999999999", "1e-320", "0x1F", "2024-01-02", "2024-01-02T10:00:00+08:00",
        "2024-02-30", "03/04/2024", "9999-12-31", "0001-01-01", "-0001-01-01", "1704067200", "24:00",
        "2024-01-02T25:00:00Z", "CNY", "???", "true", "False", "(null)", "=HYPERLINK(\"x\")", "@SUM(1+1)",
        "<script>alert(1)</script>", "'; drop table x; --", "../../etc/passwd", "a\nb", "a\r\nb", '"', '""',
        "\x00", "\u202eabc", "\ufeff", "\ufffd", "账户", "x" * 300, "\U0001f600", "%s%n", "{0}", "\x1b[31m",
    ]
)  # fmt: skip
ROWS = st.lists(st.lists(CELLS | st.text(max_size=6), min_size=8, max_size=8), max_size=6)
GOOD = ["7", "2024-01-02T10:00:00Z", "A", "B", "5.25", "CNY", "wire", "0"]
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030", "latin-1"])
LIMITS = {"most_set_aside_share": 1.0, "longest_row_bytes": 4096, "most_inflated": 20}


def mapping(**more: Any) -> Mapping:
    return Mapping.model_validate({"columns": NAMES, "limits": LIMITS} | more)


def outcome(data: bytes, said: Mapping) -> tuple[int, int, int] | str:
    """Rows read, kept and set aside, or the sentence of the refusal."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        path, aside = Path(folder) / "t.csv", Path(folder) / "aside.parquet"
        path.write_bytes(data)
        stream = read_transactions(path, said, aside)
        try:
            ledger = gather_stream(stream)
        except BadInput as refusal:
            assert not aside.exists()
            return str(refusal)
        kept_aside = parquet.read_metadata(aside).num_rows if aside.exists() else 0
        account = stream.accounting
        assert account.kept == len(ledger)
        assert kept_aside == sum(account.set_aside.values())
        assert (ledger.cents > 0).all()
        return account.read, account.kept, kept_aside


def judged(found: tuple[int, int, int] | str) -> None:
    if isinstance(found, str):
        assert "\n" not in found and len(found) < 700
    else:
        read, kept, aside = found
        assert kept + aside == read


def file_of(rows: list[list[str]], end: str) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([COLUMNS, *rows])
    return text.getvalue()


FAST = settings(
    deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@settings(FAST, max_examples=700)
@given(rows=ROWS, end=st.sampled_from(["\n", "\r\n"]), encoding=ENCODINGS, is_packed=st.booleans())
def test_every_row_written_is_kept_or_set_aside(
    rows: list[list[str]], end: str, encoding: str, is_packed: bool
) -> None:
    """Rows written by a CSV writer are counted one by one, whatever stands in their cells."""
    data = file_of([*rows, GOOD], end).encode(encoding, errors="replace")
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    found = outcome(gzip.compress(data) if is_packed else data, mapping(encoding=name))
    judged(found)
    if isinstance(found, tuple):
        assert found[0] == len(rows) + 1 and found[1] >= 1
    else:
        assert "no text" in found  # only zero bytes near the start refuse such a file


@settings(FAST, max_examples=800)
@given(data=st.data())
def test_a_file_with_damage_is_refused_or_accounted_for(data: st.DataObject) -> None:
    """Bytes cut, repeated, swapped or put in anywhere."""
    whole = bytearray(file_of([GOOD, *data.draw(ROWS)], "\n").encode("utf-8", errors="replace"))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(whole)))
        size = data.draw(st.integers(0, 40))
        whole[place : place + size] = data.draw(
            st.binary(max_size=8) | st.sampled_from([b'"', b"\r", b"\n\n", b"\xff\xfe", b",,,", b"x" * 5000])
        )
    judged(outcome(bytes(whole), mapping()))


HEADS = st.sampled_from(
    [
        b"", b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"PAR1",
        b"\xef\xbb\xbf", b"\xff\xfe", ",".join(COLUMNS).encode() + b"\n",
    ]
)  # fmt: skip


@settings(FAST, max_examples=500)
@given(body=st.binary(max_size=300), head=HEADS)
def test_any_bytes_are_refused_or_accounted_for(body: bytes, head: bytes) -> None:
    judged(outcome(head + body, mapping()))


MARKS = st.sampled_from([",", ";", "|", "\t", "A", "0"])
TIMES = st.sampled_from([{"unit": "s"}, {"unit": "days"}, {"format": "%d/%m/%Y"}, {}])


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", 5.75])
@settings(FAST, max_examples=50)
@given(
    rows=ROWS,
    mark=MARKS,
    time=TIMES,
    thousands=st.sampled_from(["", " ", "."]),
    negative=st.sampled_from(["set_aside", "reverse"]),
)
def test_any_mapping_reads_any_rows(
    rows: list[list[str]], mark: str, time: dict[str, str], thousands: str, negative: str, zone: str | float
) -> None:
    amount = {"decimal": ",", "thousands": thousands, "negative": negative, "rates": {"CNY": 1.0}}
    said = mapping(delimiter=mark, time=time | {"zone": zone}, amount=amount, cash={"kinds": ["wire", "1"]})
    judged(outcome(file_of(rows, "\n").encode("utf-8", errors="replace"), said))
