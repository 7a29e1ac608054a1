"""An answer on a file system that cannot rename: readers see all of it or all of the one before."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from engines.parts import write_part
from engines.puts import LIST, Answer, files_of, unique
from tests.property.harm import puts_only

TABLES = ("daily", "weekly")
PARTS = range(3)
ROWS = pa.schema({"part": pa.int64(), "answer": pa.int64()})


def rows_of(part: int, answer: int) -> pa.Table:
    return pa.table({"part": [part] * part, "answer": [answer] * part}, schema=ROWS)


def read(folder: Path) -> pa.Table:
    return pa.concat_tables([parquet.read_table(file) for file in files_of(folder)]).sort_by("part")


def expected(answer: int) -> pa.Table:
    return pa.concat_tables([rows_of(part, answer) for part in PARTS])


@pytest.fixture
def earlier(tmp_path: Path) -> Answer:
    """An answer that was committed where a kernel had renamed another; one in between was given up."""
    answer = Answer(puts_only(), str(tmp_path), TABLES, unique())
    write_part(expected(0), tmp_path / "daily", 0)
    assert read(tmp_path / "daily").equals(expected(0))
    answer.begin()
    answer.abort()
    answer.put("daily", 2, rows_of(2, 0))
    assert files_of(tmp_path / "daily") == []
    answer = replace(answer, mark=unique())
    answer.begin()
    answer.commit([answer.put(name, part, rows_of(part, 1)) for part in PARTS for name in TABLES])
    return answer


def test_what_is_committed_is_all_that_lies_there(earlier: Answer, tmp_path: Path) -> None:
    assert earlier.rows() == dict.fromkeys(TABLES, sum(PARTS))
    for name in TABLES:
        assert read(tmp_path / name).equals(expected(1))
        lying = {file.name for file in (tmp_path / name).iterdir()}
        assert lying == {LIST, *(file.name for file in files_of(tmp_path / name))}
        assert len(lying) == 1 + len(PARTS)


def test_readers_keep_the_earlier_answer_till_the_commit_and_see_each_part_once_after_it(
    earlier: Answer, tmp_path: Path
) -> None:
    later = replace(earlier, mark=unique())
    later.begin()
    for part in PARTS:
        later.put("daily", part, rows_of(part, 2))  # by attempts that are overtaken
    puts = [later.put("daily", part, rows_of(part, 2)) for part in PARTS]
    assert read(tmp_path / "daily").equals(expected(1))
    later.commit(puts)
    assert read(tmp_path / "daily").equals(expected(2))
    assert len(list((tmp_path / "daily").iterdir())) == 1 + len(PARTS)
    assert later.rows() == {"daily": sum(PARTS), "weekly": 0}  # of which no part had anything


def test_what_is_put_after_the_commit_is_not_read_and_goes_with_the_next_one(
    earlier: Answer, tmp_path: Path
) -> None:
    late = earlier.put("daily", 2, rows_of(2, 1))
    assert (tmp_path / "daily" / late.file).exists()
    assert read(tmp_path / "daily").equals(expected(1))
    later = replace(earlier, mark=unique())
    later.commit([later.put(name, part, rows_of(part, 2)) for part in PARTS for name in TABLES])
    assert not (tmp_path / "daily" / late.file).exists()
    assert read(tmp_path / "daily").equals(expected(2))


def test_what_is_given_up_leaves_the_earlier_answer(earlier: Answer, tmp_path: Path) -> None:
    later = replace(earlier, mark=unique())
    for name in TABLES:
        later.put(name, 1, rows_of(1, 2))
    later.abort()
    for name in TABLES:
        assert read(tmp_path / name).equals(expected(1))
        assert len(list((tmp_path / name).iterdir())) == 1 + len(PARTS)


def test_the_list_names_files_and_their_rows(earlier: Answer, tmp_path: Path) -> None:
    listed = json.loads((tmp_path / "daily" / LIST).read_text(encoding="utf-8"))
    for file, rows in listed.items():
        assert parquet.read_metadata(tmp_path / "daily" / file).num_rows == rows


def test_a_file_system_that_moves_nothing_says_so(tmp_path: Path) -> None:
    (tmp_path / "here").touch()
    for asked in (puts_only().move, puts_only().copy_file):
        with pytest.raises(PermissionError):
            asked(str(tmp_path / "here"), str(tmp_path / "there"))
    with pytest.raises(PermissionError):
        puts_only().open_append_stream(str(tmp_path / "here"))
