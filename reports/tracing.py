"""Numbers that know where they were read, so that a printed figure can name its file and key.

`traced` copies a result with every number replaced by one that behaves like it, remembers file and
key, and carries both through the arithmetic of a sentence. Printed, it leaves an invisible mark
around its digits (letters of Unicode's private use, which no data may hold: `plain` takes them out);
the ledger says what each mark stands for.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

from pydantic import BaseModel

from data.results import Interval

OPENED, CLOSED = "\ue000", "\ue001"
FIRST = 0xF0000  # of the letters that number the marks: a plane of private use
MOST_MARKS = 0xFFFE
MARK = re.compile(f"{OPENED}([\U000f0000-\U000ffffd])([^{CLOSED}]*){CLOSED}")
SIGNS = re.compile(f"[{OPENED}{CLOSED}\U000f0000-\U000ffffd]")

Traceable = TypeVar("Traceable")
Row = TypeVar("Row")

OPERATIONS: dict[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "negative": operator.neg,
    "absolute": operator.abs,
    "rounded": round,
}


@dataclass(frozen=True)
class ReadFrom:
    """A number as it lies in a file: keys are joined by dots, a row of a list is named by its first words."""

    file: str
    key: str


@dataclass(frozen=True)
class Reckoned:
    """A number made of others by one of OPERATIONS, by Wilson's interval, or by counting rows of a list.

    Parameters
    ----------
    how : name of the operation; ``low`` or ``high`` of Wilson's interval; or what is counted
    """

    how: str
    parts: tuple[Origin, ...]

    @property
    def reads(self) -> tuple[ReadFrom, ...]:
        """Everything that was read for it, each once."""
        found = dict.fromkeys(one for part in self.parts for one in reads_of(part))
        return tuple(found)


Origin = ReadFrom | Reckoned | float


def reads_of(origin: Origin) -> tuple[ReadFrom, ...]:
    """Everything that was read for a number, each once."""
    if isinstance(origin, ReadFrom):
        return (origin,)
    return origin.reads if isinstance(origin, Reckoned) else ()


@dataclass(frozen=True)
class Printed:
    """A number in print: its digits, how they were formatted, and what it is made of."""

    text: str
    form: str
    origin: Origin

    @property
    def reads(self) -> tuple[ReadFrom, ...]:
        """Everything that was read for it, each once."""
        return reads_of(self.origin)


@dataclass
class Imprint:
    """What each mark of a report stands for, in the order of printing."""

    printed: list[Printed] = field(default_factory=list)
    places: dict[Printed, int] = field(default_factory=dict)

    def marked(self, number: Printed) -> str:
        """The digits between their marks; equal numbers of one origin share a mark."""
        place = self.places.setdefault(number, len(self.printed))
        if place == len(self.printed):
            if place > MOST_MARKS:
                raise OverflowError(f"more than {MOST_MARKS} different numbers in print")
            self.printed.append(number)
        return f"{OPENED}{chr(FIRST + place)}{number.text}{CLOSED}"

    def of(self, mark: re.Match[str]) -> Printed:
        """What a match of MARK stands for."""
        return self.printed[ord(mark[1]) - FIRST]


class Traced:
    """What whole and broken numbers share; a bare number keeps its type in every operation."""

    ledger: Imprint
    origin: Origin

    def bare(self) -> Any:
        """The number alone."""
        raise NotImplementedError

    def __format__(self, form: str) -> str:
        return self.ledger.marked(Printed(format(self.bare(), form), form, self.origin))

    def __str__(self) -> str:
        return format(self)

    def _made(self, how: str, *parts: Any) -> Any:
        value = OPERATIONS[how](*map(bare, parts))
        return sourced(value, Reckoned(how, tuple(origin_of(part) for part in parts)), self.ledger)

    def __add__(self, other: Any) -> Any:
        return self._made("+", self, other)

    def __radd__(self, other: Any) -> Any:
        return self._made("+", other, self)

    def __sub__(self, other: Any) -> Any:
        return self._made("-", self, other)

    def __rsub__(self, other: Any) -> Any:
        return self._made("-", other, self)

    def __mul__(self, other: Any) -> Any:
        return self._made("*", self, other) if isinstance(other, int | float) else NotImplemented

    def __rmul__(self, other: Any) -> Any:
        return self._made("*", other, self) if isinstance(other, int | float) else NotImplemented

    def __truediv__(self, other: Any) -> Any:
        return self._made("/", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return self._made("/", other, self)

    def __neg__(self) -> Any:
        return self._made("negative", self)

    def __abs__(self) -> Any:
        return self._made("absolute", self)

    def __round__(self, digits: Any = None) -> Any:
        return self._made("rounded", self) if digits is None else self._made("rounded", self, digits)


class TracedWhole(Traced, int):
    """A whole number with its origin."""

    def bare(self) -> int:
        """The number alone."""
        return int.__int__(self)


class TracedBroken(Traced, float):
    """A broken number with its origin."""

    def bare(self) -> float:
        """The number alone."""
        return float.__float__(self)


def bare(value: Any) -> Any:
    """A number without its origin; anything else as it is."""
    return value.bare() if isinstance(value, Traced) else value


def origin_of(value: Any) -> Origin:
    """Where a number comes from; itself where it was not read."""
    return value.origin if isinstance(value, Traced) else value


Number = TypeVar("Number", int, float)


def sourced(value: Number, origin: Origin, ledger: Imprint) -> Number:
    """A number with its origin; a truth value as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    made: Any = (TracedWhole if isinstance(value, int) else TracedBroken)(value)
    made.ledger, made.origin = ledger, origin
    return made


# ------------------------------------------------------------------ results and lists


class Sourced:
    """A collection that knows where it was read, so that its rows can be counted: `how_many`."""

    ledger: Imprint
    origin: ReadFrom

    def read_in(self, file: str, key: str, ledger: Imprint) -> Self:
        """Itself, with where it was read."""
        self.ledger, self.origin = ledger, ReadFrom(file, key)
        return self


class TracedRows(Sourced, list[Row]):
    """A list that knows where it was read."""


class TracedTable(Sourced, dict[str, Row]):
    """A mapping that knows where it was read."""


def _name_of(row: object) -> str | None:
    if not isinstance(row, BaseModel):
        return None
    for name, value in row:
        if isinstance(value, str):
            return f"{name}={value}"
    return None


def _row_names(rows: list[Any]) -> list[str]:
    """Each row by its first words where they tell it from the others, else by its place."""
    names = [_name_of(row) for row in rows]
    is_told = len(set(names)) == len(names) and None not in names
    return [str(name) if is_told else str(place) for place, name in enumerate(names)]


def traced(value: Traceable, file: str, ledger: Imprint, key: str = "") -> Traceable:
    """A copy of a result, or of a part of it, whose numbers know where they were read.

    Parameters
    ----------
    file : in which it lies
    key : of the part; empty for the whole
    """
    found: Any = value
    dot = f"{key}." if key else ""
    if isinstance(value, BaseModel):
        parts = {name: traced(part, file, ledger, f"{dot}{name}") for name, part in value}
        found = value.model_copy(update=parts)
    elif isinstance(value, Mapping):
        parts = {name: traced(part, file, ledger, f"{dot}{name}") for name, part in value.items()}
        found = TracedTable(parts).read_in(file, key, ledger)
    elif isinstance(value, list):
        names = _row_names(value)
        rows = [traced(row, file, ledger, f"{key}[{name}]") for row, name in zip(value, names, strict=True)]
        found = TracedRows(rows).read_in(file, key, ledger)
    elif isinstance(value, int | float):
        found = sourced(value, ReadFrom(file, key), ledger)
    return found


def how_many(rows: Iterable[Row], holds: Callable[[Row], bool], what: str) -> int:
    """How many rows of a list hold, with the list as their origin.

    Parameters
    ----------
    what : the condition in a few words, beside the key
    """
    size = sum(map(holds, rows))
    if not isinstance(rows, Sourced):
        return size
    return sourced(size, Reckoned(what, (rows.origin,)), rows.ledger)


def how_many_of(
    rows: Iterable[Row], holds: Callable[[Row], bool], of: Callable[[Row], object], what: str
) -> int:
    """How many rows of a list that was put together hold; the origins are those of a number of each row.

    Parameters
    ----------
    of : the number of a row by which it holds or not
    what : the condition in a few words
    """
    listed = list(rows)
    known = [value for row in listed if isinstance(value := of(row), Traced)]
    size = sum(map(holds, listed))
    if not known:
        return size
    return sourced(size, Reckoned(what, tuple(value.origin for value in known)), known[0].ledger)


def share_of(hits: int, size: int) -> Interval:
    """The share ``hits / size`` with its Wilson interval (Wilson 1927); its origins are those of both."""
    found = Interval.of_count(bare(hits), bare(size))
    known: Traced | None = next((one for one in (hits, size) if isinstance(one, Traced)), None)
    if known is None or found.value is None:
        return found
    parts = (origin_of(hits), origin_of(size))
    ends = {
        name: sourced(end, Reckoned(how, parts), known.ledger)
        for name, how, end in (
            ("value", "/", found.value),
            ("low", "low", found.low),
            ("high", "high", found.high),
        )
        if end is not None
    }
    return found.model_copy(update=ends)


# ------------------------------------------------------------------ marks in a text


def unmarked(text: str) -> str:
    """A text without marks."""
    return SIGNS.sub("", text)


def marks_of(text: str, ledger: Imprint) -> list[Printed]:
    """The numbers that are marked in a text, each once, in their order."""
    return list(dict.fromkeys(ledger.of(mark) for mark in MARK.finditer(text)))
