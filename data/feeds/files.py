"""Files of unknown origin as blocks of raw cells: CSV, packed or not, and Parquet, in bounded memory.

A block holds the asked columns as they stand and the rows that have another number of cells
than the header. What would make the whole file unreadable is refused in one sentence.
"""

from __future__ import annotations

import bz2
import codecs
import csv
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet

from data.feeds.mapping import FileForm
from parameters import BadInput

UNPACKED_FREE = 2**26  # bytes that no ratio is asked of
ROWS_OF_PARQUET = 2**16
HEADER_BYTES = 2**20
MOST_BROKEN = 200_000  # in a row; a file like that is no CSV of this header
SHOWN = 200  # letters of a cell that messages and tables show
PACKED = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip", b"PK\x05\x06": "zip", b"BZh": "bzip2",
          b"\xfd7zXZ": "xz", b"\x28\xb5\x2f\xfd": "zstd"}  # fmt: skip
WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
UNREADABLE = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, pa.ArrowException)


@dataclass(frozen=True)
class Block:
    """Rows of a file that follow each other.

    ``rows`` (n,) numbers them in the file from 1; ``cells`` has the asked columns by name;
    ``broken`` are rows with another number of cells: (row, cells found, text).
    """

    rows: np.ndarray
    cells: dict[str, pa.Array]
    broken: list[tuple[int, int, str]] = field(default_factory=list)


class Text(io.RawIOBase):
    """The bytes of a file, unpacked and as UTF-8; what is no text becomes U+FFFD, cell by cell.

    Raises
    ------
    BadInput
        While read: if the file cannot be unpacked, or unpacks to more than the limits allow.
    """

    def __init__(self, path: Path, mapping: FileForm) -> None:
        self.path, self.limits = path, mapping.limits
        self.line_ends = 0
        self._source, self._is_packed = _unpacked(path)
        self._packed_bytes = max(path.stat().st_size, 1)
        name = "utf-8-sig" if codecs.lookup(mapping.encoding).name == "utf-8" else mapping.encoding
        self._is_utf8 = name == "utf-8-sig"
        self._decoder: codecs.IncrementalDecoder = codecs.getincrementaldecoder(name)(errors="replace")
        self._read = 0
        self._pending = b""
        self._is_done = False

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill the whole buffer unless the file ends: a shorter block might cut a row."""
        view = memoryview(cast(bytearray, buffer)).cast("B")
        while len(self._pending) < len(view) and not self._is_done:
            self._pending += self._next(max(len(view) - len(self._pending), 1 << 16))
        taken = self._pending[: len(view)]
        view[: len(taken)] = taken
        self._pending = self._pending[len(taken) :]
        return len(taken)

    def close(self) -> None:
        """Close the file beneath."""
        self._source.close()
        super().close()

    def _next(self, size: int) -> bytes:
        try:
            raw = self._source.read(size)
        except UNREADABLE as error:
            raise BadInput(f"{self.path}: the file cannot be unpacked ({_first_line(error)})") from None
        if not self._read and self._is_utf8 and (raw[:2] in WIDE_MARKS or b"\x00" in raw[:1024]):
            raise BadInput(f"{self.path}: expected text in UTF-8, found UTF-16 or no text (say encoding)")
        self._read += len(raw)
        most = max(UNPACKED_FREE, self.limits.most_inflated * self._packed_bytes)
        if self._is_packed and self._read > most:
            raise BadInput(
                f"{self.path}: the file unpacks to more than {self.limits.most_inflated:g} times its size "
                "(limits.most_inflated)"
            )
        self._is_done = not raw
        if self._is_utf8 and self._read > len(raw) and raw.isascii() and not self._decoder.getstate()[0]:
            text = raw  # nearly all of most files, and nothing to decode
        else:
            text = self._decoder.decode(raw, final=self._is_done).encode("utf-8", errors="replace")
        self.line_ends += text.count(b"\n")
        return text


def _unpacked(path: Path) -> tuple[IO[bytes], bool]:
    """The file's bytes and whether they were packed; by what the file begins with, not by its name."""
    start = _start_of(path)
    kind = next((kind for mark, kind in PACKED.items() if start.startswith(mark)), None)
    try:
        if kind == "zip":
            archive = zipfile.ZipFile(path)
            inside = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(inside) != 1 or inside[0].flag_bits & 1:
                raise BadInput(
                    f"{path}: expected one file without a password in it, found {len(inside)} files"
                )
            return archive.open(inside[0]), True
        if kind == "zstd":
            return cast(IO[bytes], pa.CompressedInputStream(pa.OSFile(str(path)), "zstd")), True
        openers: dict[str, Callable[..., Any]] = {"gzip": gzip.open, "bzip2": bz2.open, "xz": lzma.open}
        return (openers[kind](path), True) if kind else (path.open("rb"), False)
    except (*UNREADABLE, NotImplementedError) as error:
        raise BadInput(f"{path}: the file cannot be unpacked ({_first_line(error)})") from None


def _start_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise BadInput(f"{path}: the file cannot be read ({error.strerror})") from None
    if not start:
        raise BadInput(f"{path}: the file is empty")
    return start


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:SHOWN]


def blocks_of(path: Path, mapping: FileForm, wanted: list[str]) -> Iterator[Block]:
    """The file in blocks, whatever its form.

    Parameters
    ----------
    wanted : names of columns; of two with one name in the file the second is called ``NAME.1``

    Raises
    ------
    BadInput
        If the file is missing, empty, not of a known form, packed beyond the limits, has a row
        longer than they allow, or lacks a column.
    """
    if _start_of(path).startswith(b"PAR1"):
        return parquet_blocks(path, mapping, wanted)
    return csv_blocks(path, mapping, wanted)


def csv_blocks(path: Path, mapping: FileForm, wanted: list[str]) -> Iterator[Block]:
    """Blocks of a CSV file; every row is in one of them, as cells or as broken."""
    with Text(path, mapping) as text:
        names, begun = _header(text, mapping)
        _demand_columns(path, wanted, names)
        broken: list[tuple[int, int, str]] = []
        head = 0 if mapping.header else 1

        def keep_broken(row: arrow_csv.InvalidRow) -> str:
            broken.append((row.number - head, row.actual_columns, row.text[:SHOWN]))
            return "skip" if len(broken) < MOST_BROKEN else "error"

        try:
            stream = arrow_csv.open_csv(
                _Joined(begun, text),
                arrow_csv.ReadOptions(
                    use_threads=False,  # with threads broken rows have no number
                    block_size=mapping.limits.longest_row_bytes,
                    column_names=names,
                    skip_rows=head,
                ),
                arrow_csv.ParseOptions(
                    delimiter=mapping.delimiter, newlines_in_values=True, invalid_row_handler=keep_broken
                ),
                arrow_csv.ConvertOptions(
                    include_columns=wanted,
                    column_types=dict.fromkeys(wanted, pa.large_string()),
                    strings_can_be_null=False,
                    quoted_strings_can_be_null=False,
                ),
            )
            yield from _numbered(stream, broken, wanted)
        except pa.ArrowInvalid as error:
            raise _refused_csv(path, mapping, error) from None


class _Joined(io.RawIOBase):
    """What was read to see the header, and the rest."""

    def __init__(self, begun: bytes, rest: Text) -> None:
        self._begun, self._rest = begun, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer)).cast("B")
        taken = self._begun[: len(view)]
        view[: len(taken)] = taken
        self._begun = self._begun[len(taken) :]
        return len(taken) + (self._rest.readinto(view[len(taken) :]) if len(taken) < len(view) else 0)


def _header(text: Text, mapping: FileForm) -> tuple[list[str], bytes]:
    """Names of the columns, each once, and the bytes from the first line that says something."""
    begun = text.read(HEADER_BYTES) or b""
    begun = begun.lstrip(b"\r\n")
    if not begun.strip():
        raise BadInput(f"{text.path}: the file is empty")
    if mapping.header:
        return list(mapping.header), begun
    line = begun.replace(b"\r", b"\n").split(b"\n", 1)[0].decode("utf-8", errors="replace")
    try:
        found = next(csv.reader([line], delimiter=mapping.delimiter, strict=True))
    except (csv.Error, StopIteration):
        raise BadInput(f"{text.path}, row 1: expected a header of one line, found {line[:SHOWN]!r}") from None
    seen: dict[str, int] = {}
    names = []
    for name in found:
        count = seen.get(name, 0)
        seen[name] = count + 1
        names.append(f"{name}.{count}" if count else name)
    if len(set(names)) < len(names):
        raise BadInput(f"{text.path}, row 1: columns cannot be told apart, found {line[:SHOWN]!r}")
    return names, begun


def _demand_columns(path: Path, wanted: list[str], found: list[str]) -> None:
    for name in wanted:
        if name not in found:
            raise BadInput(f"{path}: column {name!r} is missing, found {', '.join(found)[:SHOWN]}")


def _numbered(
    stream: arrow_csv.CSVStreamingReader, broken: list[tuple[int, int, str]], wanted: list[str]
) -> Iterator[Block]:
    """Blocks with the numbers of their rows: those in order that no broken row has.

    The parser reads ahead, so ``broken`` may hold rows of later blocks.
    """
    following = 1
    for batch in stream:
        taken = np.array([row for row, _, _ in broken], np.int64)
        numbers = np.arange(following, following + len(batch) + len(taken))
        numbers = numbers[~np.isin(numbers, taken)][: len(batch)]
        following = int(numbers[-1]) + 1 if len(numbers) else following
        here = 0  # broken rows up to the last of the block, and those right behind it
        while here < len(broken) and broken[here][0] <= following:
            following = max(following, broken[here][0] + 1)
            here += 1
        yield Block(numbers, {name: batch.column(name) for name in wanted}, broken[:here])
        del broken[:here]
    if broken:
        yield Block(np.zeros(0, np.int64), {name: pa.array([], pa.large_string()) for name in wanted}, broken)


def _refused_csv(path: Path, mapping: FileForm, error: pa.ArrowInvalid) -> BadInput:
    found = str(error)
    if "straddling" in found:
        most = mapping.limits.longest_row_bytes
        return BadInput(f"{path}: a row, or a quoted cell that does not end, is longer than {most:,} bytes")
    if "Empty CSV" in found or "skip initial" in found:
        return BadInput(f"{path}: the file has no rows")
    return BadInput(f"{path}: expected a CSV file ({_first_line(error)})")


def parquet_blocks(path: Path, mapping: FileForm, wanted: list[str]) -> Iterator[Block]:
    """Blocks of a Parquet file."""
    following = 1
    try:
        with parquet.ParquetFile(path) as file:
            _demand_columns(path, wanted, file.schema_arrow.names)
            if file.metadata.num_rows > mapping.limits.most_rows:
                raise BadInput(f"{path}: more than {mapping.limits.most_rows:,} rows (limits.most_rows)")
            for batch in file.iter_batches(ROWS_OF_PARQUET, columns=wanted):
                numbers = np.arange(following, following + len(batch))
                following += len(batch)
                yield Block(numbers, {name: batch.column(name) for name in wanted})
    except UNREADABLE as error:
        raise BadInput(f"{path}: expected a Parquet file ({_first_line(error)})") from None
