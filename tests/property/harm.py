"""A run of drawn payments by part that is harmed once; a module of its own, for workers import it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

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


class Harmed:
    """The kernel of windows; whoever first comes to customer 0 with it is harmed, the next one is not.

    The first is who creates the file ``mark``, in which the number of the process stands that was killed;
    the next one creates the file ``again`` beside it.
    """

    def __init__(self, mark: Path, harm: str) -> None:
        self.mark, self.harm = mark, harm

    def __call__(self, part: Mapping[str, pa.Table]) -> Mapping[str, pa.Table]:
        if pc.min(part["ends"].column("customer")).as_py() == 0:
            self._come_to_the_first_customer()
        return {"windows": windows_of_part(part, DAYS)}

    def _come_to_the_first_customer(self) -> None:
        again = self.mark.with_name("again")
        try:
            self.mark.touch(exist_ok=False)
        except FileExistsError:
            again.touch()
        else:
            hurt(self.harm, self.mark)


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
