"""Answers on a file system that cannot rename, as object stores: a file is put once, a list says which count.

Each attempt at a part puts its files under names that nobody else gives. When all parts are done the list of
a table is put, which is the moment at which readers go over from the earlier answer to this one, and what it
does not name is removed. An attempt that was given up may live longer than that and put one more file: nobody
reads it, for it is not on the list, and the next answer removes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
from pyarrow.fs import FileSelector, FileSystem, FileType

from engines.parts import encode

LIST = "_committed.json"  # rows by the name of a file; readers of Parquet folders pass over such names


def unique() -> str:
    """A short word that nobody says twice."""
    return uuid4().hex[:12]


@dataclass(frozen=True)
class Put:
    """A file that an attempt has put."""

    table: str
    file: str
    rows: int


@dataclass(frozen=True)
class Answer:
    """Tables of one answer and where they lie.

    Parameters
    ----------
    folder : as the file system calls it; the table ``t`` lies in ``folder/t``
    mark : of this answer, in the names of all its files
    """

    filesystem: FileSystem
    folder: str
    tables: tuple[str, ...]
    mark: str

    def begin(self) -> None:
        """Let an earlier answer count till the commit, or nothing; one that has no list goes now."""
        for name in self.tables:
            self.filesystem.create_dir(f"{self.folder}/{name}")
            if LIST not in self._lying(name):
                self._let_count(name, {})
                self._remove_others(name)

    def put(self, name: str, part: int, table: pa.Table) -> Put:
        """Put the table of a part, as one file."""
        file = f"part-{part:05d}-{self.mark}-{unique()}.parquet"
        with self.filesystem.open_output_stream(f"{self.folder}/{name}/{file}") as sink:
            encode(table, sink)
        return Put(name, file, len(table))

    def commit(self, puts: Iterable[Put]) -> None:
        """Let these files be the answer, and remove all others from its tables."""
        found: dict[str, dict[str, int]] = {name: {} for name in self.tables}
        for put in puts:
            found[put.table][put.file] = put.rows
        for name, files in found.items():
            self._let_count(name, files)
        for name in self.tables:
            self._remove_others(name)

    def abort(self) -> None:
        """Remove what the attempts at this answer have put and does not count; an earlier answer stays."""
        for name in self.tables:
            self._remove_others(name, self.mark)

    def rows(self) -> Mapping[str, int]:
        """Rows by table, as committed."""
        return {name: sum(self._listed(name).values()) for name in self.tables}

    def _let_count(self, name: str, files: Mapping[str, int]) -> None:
        with self.filesystem.open_output_stream(f"{self.folder}/{name}/{LIST}") as sink:
            sink.write(json.dumps(files, indent=1, sort_keys=True).encode())

    def _listed(self, name: str) -> dict[str, int]:
        with self.filesystem.open_input_stream(f"{self.folder}/{name}/{LIST}") as source:
            return json.loads(source.read())

    def _lying(self, name: str) -> list[str]:
        found = self.filesystem.get_file_info(FileSelector(f"{self.folder}/{name}"))
        return [each.base_name for each in found if each.type == FileType.File]

    def _remove_others(self, name: str, mark: str = "") -> None:
        """Remove the files with a mark that are not on the list."""
        kept = {LIST, *self._listed(name)}
        for file in self._lying(name):
            if mark in file and file not in kept:
                self.filesystem.delete_file(f"{self.folder}/{name}/{file}")


def files_of(folder: Path) -> list[Path]:
    """Files of a table that an engine wrote by part, whoever wrote it and whatever else lies there."""
    known = folder / LIST
    if not known.exists():
        return sorted(folder.glob("part-*.parquet"))
    return [folder / file for file in sorted(json.loads(known.read_text(encoding="utf-8")))]
