"""A run of drawn payments by part that is harmed once; a module of its own, for workers import it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from fsspec.implementations.local import LocalFileSystem
from pyarrow.fs import FSSpecHandler, PyFileSystem

from data.parts import windows_of_part
from data.schema import DAY_US

PAYMENTS, CUSTOMERS, DAYS = 4_000, 300, (1, 7)
PATIENCE_S = 300


def drawn_ends() -> pa.Table:
    """Both ends of drawn payments; customer 0 pays every fifth."""
    rng = np.random.default_rng(11)
    payer, payee = rng.integers(0, CUSTOMERS, (2, PAYMENTS))
    payer[::5] = 0
    payee = np.where(payee == payer, (payee + 1) % CUSTOMERS, payee)
    at, number = np.sort(rng.integers(0, 30 * DAY_US, PAYMENTS)), np.arange(PAYMENTS)
    cents = rng.integers(100, 5_000_000, PAYMENTS)
    ends = []
    for me, other, is_credit in [(payer, payee, False), (payee, payer, True)]:
        end = {"customer": me, "counterparty": other, "moment": at, "transaction_id": number, "cents": cents}
        ends.append(pa.table(end | {"is_credit": np.full(PAYMENTS, is_credit)}))
    return pa.concat_tables(ends)


class Harmful(dict[str, pa.Table]):
    """Tables that are handed out one by one, as they are written, and then harm."""

    def __init__(self, tables: Mapping[str, pa.Table], harm: Callable[[], None]) -> None:
        super().__init__(tables)
        self.harm = harm

    def items(self) -> Iterator[tuple[str, pa.Table]]:  # type: ignore[override]
        yield from super().items()
        self.harm()


class Harmed:
    """The kernel of windows; whoever first wrote customer 0's is harmed then, the next one is not.

    The first is who creates the file ``mark``, in which the number of the process stands that was killed;
    the next one creates the file ``again`` beside it.
    """

    def __init__(self, mark: Path, harm: str) -> None:
        self.mark, self.harm = mark, harm

    def __call__(self, part: Mapping[str, pa.Table]) -> Mapping[str, pa.Table]:
        windows = {"windows": windows_of_part(part, DAYS)}
        is_first = pc.min(part["ends"].column("customer")).as_py() == 0
        return Harmful(windows, self._written) if is_first else windows

    def _written(self) -> None:
        again = self.mark.with_name("again")
        try:
            self.mark.touch(exist_ok=False)
        except FileExistsError:
            again.touch()
        else:
            hurt(self.harm, self.mark)


class PutsOnly(FSSpecHandler):
    """The disk as an object store would have it: what lies there is neither moved nor copied nor added to."""

    def move(self, src: str, dest: str) -> None:
        raise PermissionError(f"asked to move {src} to {dest}")

    def copy_file(self, src: str, dest: str) -> None:
        raise PermissionError(f"asked to copy {src} to {dest}")

    def open_append_stream(self, path: str, metadata: object) -> pa.PythonFile:
        raise PermissionError(f"asked to add to {path}")


def puts_only() -> PyFileSystem:
    return PyFileSystem(PutsOnly(LocalFileSystem()))


def hurt(harm: str, mark: Path) -> None:
    """Raise, kill this process or its Java machine, or sleep till somebody ends what has been overtaken."""
    if harm == "raises":
        raise RuntimeError("a fault that happens once")
    if harm == "is slow":
        time.sleep(PATIENCE_S)
        return
    killed = os.getpid() if harm == "is killed" else java_above(os.getpid())
    mark.write_text(str(killed), encoding="utf-8")
    os.kill(killed, signal.SIGKILL)
    time.sleep(60)  # it may take a moment; nobody answers meanwhile


def java_above(process: int) -> int:
    """The nearest ancestor of a process that is a Java machine."""
    while process > 1:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
        fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        if fields["Name"] == "java":
            return process
        process = int(fields["PPid"])
    raise ProcessLookupError("no Java machine above this process")
