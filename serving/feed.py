"""A stranger's file, by its mapping, as a narrow ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from data.feeds import Accounting, Ledger, Mapping, gather_stream, read_transactions
from data.schema import DAY_US
from parameters import BadInput
from serving.ledger import CASH, HOUR, NarrowLedger, between_two

DESK = "cash"  # what the reader calls the other side of cash


@dataclass(frozen=True)
class Feed:
    """A file's ledger, the names of its accounts by number, and what became of its rows."""

    ledger: NarrowLedger
    names: list[str]
    accounting: Accounting
    notes: list[str] = field(default_factory=list)


def midnight_of(at_us: int, zone: str | float) -> int:
    """The last midnight of a clock up to a moment, UTC microseconds.

    >>> midnight_of(9 * 3_600_000_000, 8.0)
    -28800000000
    """
    clock = ZoneInfo(zone) if isinstance(zone, str) else timezone(timedelta(hours=zone))
    day = pd.Timestamp(at_us * 1_000, tz="UTC").tz_convert(clock).normalize()
    return int(day.value // 1_000)


def has_hours(at_us: np.ndarray, midnight_us: int) -> bool:
    """Whether times tell more than the day."""
    of_day = (at_us - midnight_us) % DAY_US
    return bool(len(of_day)) and bool((of_day != of_day[0]).any())


def read_feed(
    path: Path,
    mapping: Mapping,
    history_days: int,
    aside: Path | None = None,
    customers: frozenset[str] | None = None,
) -> Feed:
    """Read a file whole.

    Parameters
    ----------
    history_days : days before the last payment; earlier payments are counted and left out
    aside : where rows that are not used are written
    customers : names of the accounts to be looked at; without them the accounts of a statement,
        else all

    Raises
    ------
    BadInput
        if the file cannot be read, or nothing of it is left to be looked at
    """
    account = mapping.columns.account
    if account is not None and account not in mapping.keep:
        mapping = mapping.model_copy(update={"keep": (*mapping.keep, account)})
    stream = read_transactions(path, mapping, aside)
    found = gather_stream(stream, (account,) if account else ())
    if account is not None and customers is None:
        customers = statement_accounts(found, account)
    ledger, names, notes = narrow_feed(found, mapping, customers)
    recent = ledger.recent(history_days)
    if older := len(ledger.payments) - len(recent.payments):
        notes.append(
            f"{older:,} payments lie more than {history_days} days before the last one and are left out"
        )
    return Feed(recent, names, stream.accounting, notes)


def statement_accounts(found: Ledger, column: str) -> frozenset[str]:
    """The accounts that a statement is about: the end that its own column names."""
    words = found.words[column]
    named = np.array([*words.words, ""], dtype=object)[words.codes]
    ends = np.array(found.accounts, dtype=object)
    own = set()
    for end in (found.payer, found.payee):
        names = ends[end]
        is_own = np.array(
            [one == word or one.endswith(f"/{word}") for one, word in zip(names, named, strict=True)]
        )
        own |= set(names[is_own])
    return frozenset(own)


def narrow_feed(
    found: Ledger, mapping: Mapping, customers: frozenset[str] | None
) -> tuple[NarrowLedger, list[str], list[str]]:
    """The ledger, its names in order, and sentences on what had to be assumed."""
    if not len(found):
        raise BadInput("no payment is left to be measured")
    # Accounts are numbered by name: the order of the file's rows must not decide a tie.
    order = np.array(sorted(range(len(found.accounts)), key=found.accounts.__getitem__), np.int64)
    number = np.empty(len(order), np.int64)
    number[order] = np.arange(len(order))
    names = [found.accounts[place] for place in order]
    payer, payee = number[found.payer], number[found.payee]
    is_desk = np.array([name == DESK for name in names]) & (
        np.bincount(np.concatenate([payer[found.is_cash], payee[found.is_cash]]), minlength=len(names)) > 0
    )
    is_cash = is_desk[payer] | is_desk[payee]
    midnight_us = midnight_of(int(found.at_us[-1]), mapping.time.zone)
    facts = {HOUR} if has_hours(found.at_us, midnight_us) else set()
    facts |= {CASH} if mapping.columns.kind and mapping.cash.kinds else set()
    is_looked_at = ~is_desk & np.array([customers is None or name in customers for name in names])
    notes = notes_on(found, names, is_looked_at, customers, facts)
    return (
        NarrowLedger(
            payments=between_two(
                pd.DataFrame(
                    {
                        "at_us": found.at_us,
                        "payer": payer,
                        "payee": payee,
                        "cents": found.cents,
                        "is_cash": is_cash,
                    }
                )
            ),
            owner=np.where(is_looked_at, np.arange(len(names)), -1),
            is_desk=is_desk,
            facts=frozenset(facts),
            midnight_us=midnight_us,
        ),
        names,
        notes,
    )


def notes_on(
    found: Ledger,
    names: list[str],
    is_looked_at: np.ndarray,
    customers: frozenset[str] | None,
    facts: set[str],
) -> list[str]:
    """What had to be assumed, in sentences."""
    notes = []
    to_self = int((found.payer == found.payee).sum())
    if to_self:
        notes.append(f"{to_self:,} payments from an account to itself are neither income nor spending")
    if customers is None:
        notes.append(f"all {int(is_looked_at.sum()):,} accounts are looked at: nothing says whose they are")
    elif missing := len(customers - set(names)):
        notes.append(f"{missing:,} of the {len(customers):,} named customers have no payment in the file")
    if HOUR not in facts:
        notes.append("the times know days only: what counts hours is left out")
    if CASH not in facts:
        notes.append("the file does not tell cash apart: what counts cash is left out")
    return notes
