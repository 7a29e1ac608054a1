"""What goes wrong on the way changes nothing: the same rows, no part lost and none there twice.

Drawn payments, a fifth of them by one payer, are dealt out to parts, and the run is harmed once.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest

from engines.parts import parts_engine, write_part
from tests.property.dealt import in_folder, written
from tests.property.harm import Harmed


@pytest.mark.parametrize("harm", ["raises", "is killed"])
def test_a_part_whose_process_is_harmed_is_done_again_by_processes(
    harm: str, drawn_bank: Path, expected_windows: pa.Table, tmp_path: Path
) -> None:
    kernel = Harmed(tmp_path / "mark", harm)
    with parts_engine(tmp_path / "between", processes=2) as engine:
        rows = written(engine, drawn_bank, tmp_path / "out", kernel)
    assert (tmp_path / "again").exists()  # somebody else did the part that was harmed
    assert rows == len(expected_windows)
    assert in_folder(tmp_path / "out/windows").equals(expected_windows)


def test_a_part_that_fails_every_time_is_an_error_and_leaves_no_half_file(
    drawn_bank: Path, expected_windows: pa.Table, tmp_path: Path
) -> None:
    kernel = Harmed(tmp_path / "no_such_folder" / "mark", "raises")
    with parts_engine(tmp_path / "between", processes=2) as engine, pytest.raises(FileNotFoundError):
        written(engine, drawn_bank, tmp_path / "out", kernel)
    assert not list((tmp_path / "out").rglob("*.tmp"))


def test_a_part_that_two_write_at_once_is_there_once(expected_windows: pa.Table, tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as several:
        rows = list(several.map(lambda _: write_part(expected_windows, tmp_path, 3), range(8)))
    assert rows == [len(expected_windows)] * 8
    assert in_folder(tmp_path).equals(expected_windows)
