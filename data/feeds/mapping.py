"""What must be said of a file of transactions before it can be read: a small YAML file, checked."""

from __future__ import annotations

import codecs
from datetime import date
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import pandas as pd
from pydantic import Field, field_validator, model_validator

from parameters import BadInput, Parameters, parse, read_yaml

Column = Annotated[str, Field(min_length=1, max_length=200)]
Word = Annotated[str, Field(max_length=200)]
Rate = Annotated[float, Field(gt=0, le=1e9)]

# Columns of a batch; a column that is kept as text must not take one of these names.
BATCH_COLUMNS = (
    "row", "id", "at", "payer", "payee", "amount", "cents", "currency", "kind", "is_cash", "label",
    "typology", "known_at", "own",
)  # fmt: skip


class FeedColumns(Parameters):
    """Which column of the file says what; a name with a plus is several columns, a blank between them.

    Either ``payer`` and ``payee``, or, where the file is a statement of accounts, ``account``,
    ``counterparty`` and ``direction``.
    """

    id: Column | None = None
    time: Column
    payer: Column | None = None
    payee: Column | None = None
    account: Column | None = None
    counterparty: Column | None = None
    direction: Column | None = None
    payer_bank: Column | None = None
    payee_bank: Column | None = None
    account_bank: Column | None = None
    counterparty_bank: Column | None = None
    amount: Column
    currency: Column | None = None
    kind: Column | None = None
    label: Column | None = None
    typology: Column | None = None
    label_known: Column | None = None

    @model_validator(mode="after")
    def ends_are_named(self) -> FeedColumns:
        """Both ends of a payment in one of two ways, and no bank of an end that is not named."""
        pair, statement = (self.payer, self.payee), (self.account, self.counterparty, self.direction)
        if not (all(pair) and not any(statement)) and not (all(statement) and not any(pair)):
            raise ValueError("expected payer and payee, or account, counterparty and direction")
        for end in ("payer", "payee", "account", "counterparty"):
            if getattr(self, f"{end}_bank") and not getattr(self, end):
                raise ValueError(f"{end}_bank stands without {end}")
        return self

    @property
    def is_statement(self) -> bool:
        """Whether rows tell of an account and the other side, rather than of payer and payee."""
        return self.account is not None

    @property
    def ends(self) -> tuple[str, str]:
        """Keys of the two ends as the file has them."""
        return ("account", "counterparty") if self.is_statement else ("payer", "payee")

    def of_file(self) -> list[str]:
        """Every column of the file that is asked for, once, in order."""
        asked = [name for name in self.model_dump().values() if name]
        return list(dict.fromkeys(part for name in asked for part in name.split("+")))


class FeedTime(Parameters):
    """What the file's times mean.

    ``format`` as strptime has it, without it ISO 8601; ``unit`` what numbers count since 1970 in
    UTC, ``days`` those of the bank's clock from ``first_day``; ``zone`` an IANA name or an offset in
    hours, the clock of times that carry no offset of their own; times outside ``earliest`` to
    ``latest`` (days in UTC, both included) are no times of this file.
    """

    format: Annotated[str, Field(min_length=1)] | None = None
    unit: Literal["s", "ms", "us", "ns", "days"] | None = None
    first_day: date | None = None
    zone: str | Annotated[float, Field(ge=-12, le=14)] = "UTC"
    earliest: date = date(1970, 1, 2)
    latest: date = date(2100, 1, 1)

    @field_validator("format")
    @classmethod
    def form_is_known(cls, form: str | None) -> str | None:
        """Directives are known; names of time zones are not read, they are not unique."""
        if form is not None:
            if "%Z" in form:
                raise ValueError("a name of a time zone is not read, expected %z or none")
            pd.to_datetime(["no time"], format=form, errors="coerce")
        return form

    @field_validator("zone")
    @classmethod
    def zone_is_known(cls, zone: str | float) -> str | float:
        """The name is one of the time zone database."""
        if isinstance(zone, str):
            try:
                ZoneInfo(zone)
            except (KeyError, ValueError, OSError):
                raise ValueError(f"unknown time zone {zone!r}, expected a name like Asia/Shanghai") from None
        return zone

    @model_validator(mode="after")
    def one_reading(self) -> FeedTime:
        """Numbers and texts are not read at once, and days begin somewhere."""
        if self.format and self.unit:
            raise ValueError("expected format or unit, found both")
        if self.first_day and self.unit != "days":
            raise ValueError("first_day is of unit: days")
        if self.earliest > self.latest:
            raise ValueError("expected earliest before latest")
        return self


class FeedDirection(Parameters):
    """Words of the column ``direction``: money that left the account, money that came."""

    out: tuple[Word, ...]
    into: tuple[Word, ...]


class FeedCash(Parameters):
    """Words of the column ``kind`` that are cash, and what stands where cash has no account.

    An end of a cash row that holds one of ``no_account`` is the party ``cash``.
    """

    kinds: tuple[Word, ...] = ()
    no_account: tuple[Word, ...] = ("", "-")


class FeedAmount(Parameters):
    """How amounts are written, and what a negative one and a currency mean.

    ``negative``: ``set_aside``, or ``reverse`` (payer and payee change places).
    ``rates``: units of the base currency for one of each currency; with any given, a currency
    without is set aside; with none, amounts count as they stand. ``unit`` 0.01 reads cents.
    """

    decimal: Literal[".", ","] = "."
    thousands: Literal["", ",", ".", " ", "'"] = ""
    negative: Literal["set_aside", "reverse"] = "set_aside"
    unit: Rate = 1.0
    rates: dict[str, Rate] = Field(default_factory=dict)

    @model_validator(mode="after")
    def marks_differ(self) -> FeedAmount:
        """One mark cannot part both thousands and decimals."""
        if self.decimal == self.thousands:
            raise ValueError("expected different marks for decimal and thousands")
        return self


class FeedLabel(Parameters):
    """Words of the column ``label``; other words cost the row, an empty cell is no label.

    ``known_after_days``: days from the payment until its label was known, where no column
    ``label_known`` says it.
    """

    positive: tuple[Word, ...] = ("1", "true", "True", "TRUE")
    negative: tuple[Word, ...] = ("0", "false", "False", "FALSE")
    known_after_days: Annotated[float, Field(ge=0, le=36_500)] = 0.0


class FeedLimits(Parameters):
    """Above what a file is refused; ``longest_id`` costs only the row."""

    most_set_aside_share: Annotated[float, Field(ge=0, le=1)] = 0.05
    most_inflated: Annotated[float, Field(ge=1)] = 200.0
    longest_row_bytes: Annotated[int, Field(ge=1_000, le=2**30)] = 2**23
    longest_id: Annotated[int, Field(ge=1, le=10_000)] = 200
    most_rows: Annotated[int, Field(ge=1)] = 10**9


class FileForm(Parameters):
    """How a file is written, whatever it holds; ``header`` names the columns of one without a header."""

    header: tuple[Column, ...] = ()
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: str = "utf-8"
    limits: FeedLimits = FeedLimits()

    @field_validator("encoding")
    @classmethod
    def encoding_is_known(cls, encoding: str) -> str:
        """The name is one of Python's text encodings."""
        try:
            is_text = codecs.lookup(encoding)._is_text_encoding
        except LookupError:
            is_text = False
        if not is_text:
            raise ValueError(f"unknown encoding {encoding!r}, expected one like utf-8, gb18030 or utf-16")
        return encoding

    @field_validator("delimiter")
    @classmethod
    def delimiter_parts_cells(cls, mark: str) -> str:
        """A line end or a quote cannot part cells, and the parser takes one byte."""
        if mark in '\r\n"' or not mark.isascii():
            raise ValueError(f"expected a mark such as , ; | or a tab, found {mark!r}")
        return mark


class Mapping(FileForm):
    """All of a mapping; docs/sources.md explains it by example."""

    columns: FeedColumns
    keep: tuple[Column, ...] = ()
    time: FeedTime = FeedTime()
    direction: FeedDirection | None = None
    cash: FeedCash = FeedCash()
    amount: FeedAmount = FeedAmount()
    label: FeedLabel = FeedLabel()

    @model_validator(mode="after")
    def parts_fit(self) -> Mapping:
        """A statement says its directions; kept columns take no name of a batch."""
        if self.columns.is_statement != (self.direction is not None):
            raise ValueError("columns.direction and direction stand together or not at all")
        for name in self.keep:
            if name in BATCH_COLUMNS:
                raise ValueError(f"keep: {name!r} is a name of the batch's own")
        if len(set(self.keep)) < len(self.keep) or len(set(self.header)) < len(self.header):
            raise ValueError("expected each column of keep and header once")
        return self


def read_mapping(path: Path) -> Mapping:
    """Read a mapping; whatever is wrong with it is one sentence.

    Raises
    ------
    BadInput
        If the file is missing, no YAML, or not of the form of ``Mapping``.
    """
    return parse(Mapping, read_yaml(path), str(path))


def shipped(name: str) -> Mapping:
    """The mapping of a known form of file that this package ships, such as ``amlworld``."""
    folder = Path(__file__).with_name("mappings")
    path = folder / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(found.stem for found in folder.glob("*.yaml")))
        raise BadInput(f"unknown form {name!r}, expected one of: {known}")
    return read_mapping(path)
