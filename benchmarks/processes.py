"""What this process and those it started have used, from Linux's ``/proc``: for engines of many processes."""

from __future__ import annotations

import os
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
MIB_OF_KIB = 1024


def family() -> dict[int, str]:
    """The living processes from this one on down, by number, and what kind each is.

    Kinds are ``java``, ``python of java`` for what a Java machine started, and ``python``.
    """
    parents, names = {}, {}
    for status in PROC.glob("[0-9]*/status"):
        try:
            lines = status.read_text("utf-8").splitlines()
        except OSError:  # it ended meanwhile
            continue
        fields = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
        number = int(status.parent.name)
        parents[number], names[number] = int(fields["PPid"]), fields["Name"]
    kinds = {os.getpid(): "python"}
    while more := {child for child, parent in parents.items() if parent in kinds} - set(kinds):
        for child in more:
            under = "python" if kinds[parents[child]] == "python" else "python of java"
            kinds[child] = "java" if names[child] == "java" else under
    return kinds


def processor_seconds() -> float:
    """Seconds of all cores that the family has used so far, with those of its dead that were waited for.

    Differences of two moments are what was used between them, unless a process ended unseen.
    """
    ticks = 0
    for number in family():
        try:
            line = (PROC / str(number) / "stat").read_text("utf-8")
        except OSError:
            continue
        # After the name in brackets: state is field 3 of proc(5), the four times are fields 14 to 17.
        ticks += sum(int(field) for field in line.rpartition(")")[2].split()[11:15])
    return ticks / TICKS


def peak_kib(process: int | str = "self") -> int:
    """The most memory that a process has ever held, in KiB; unlike getrusage's, not that of who started it.

    Raises
    ------
    OSError
        If the process has ended.
    """
    lines = (PROC / str(process) / "status").read_text("utf-8").splitlines()
    return max((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), default=0)


def peak_mib() -> dict[str, int]:
    """The most memory that one process of the family has ever held, in MiB, by kind; without this process."""
    peaks: dict[str, int] = {}
    for number, kind in family().items():
        if number == os.getpid():
            continue
        try:
            held = peak_kib(number)
        except OSError:
            continue
        peaks[kind] = max(peaks.get(kind, 0), round(held / MIB_OF_KIB))
    return peaks
