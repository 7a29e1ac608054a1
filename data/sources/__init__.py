"""Foreign data sets as worlds: one file a reader, each a function from a folder and terms to tables.

A reader brings its own labels and, often, hardly any profile. Columns that it cannot
fill stay empty; the stages that need them step aside and say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from data.sources.settings import SourceLimits, SourceParams, Terms
from pipeline import Registry, import_siblings

__all__ = ["DECLINED", "READERS", "Part", "SourceLimits", "SourceParams", "Terms", "Whole", "World", "gather"]

DRIFT_COLUMNS = ("event", "starts_at", "description_en", "description_zh")
# What a world sets aside when it is settled: the table and the reason.
DECLINED = ("declined_payments", "would overdraw the payer's account")


@dataclass(frozen=True)
class Part:
    """One stretch of time of a world.

    ``truth`` has the columns of the Truth table and ``at``, the moment of the payment;
    ``declined`` holds payments that did not settle.
    """

    transactions: pd.DataFrame
    truth: pd.DataFrame
    declined: pd.DataFrame | None = None


def no_drift() -> pd.DataFrame:
    """An empty DriftPlan table: a foreign data set says nothing of changes."""
    frame = pd.DataFrame({name: pd.Series(dtype=str) for name in DRIFT_COLUMNS})
    return frame.astype({"starts_at": "datetime64[us, UTC]"})


def no_names() -> pd.DataFrame:
    """An empty AccountNames table: a simulated bank's accounts have numbers alone."""
    return pd.DataFrame({"account_id": np.empty(0, np.int64), "name": pd.Series(dtype=str)})


@dataclass(frozen=True)
class World:
    """All that the simulate stage writes, whoever made it.

    ``parts`` comes in order of time and can be walked through once, so that a world
    larger than memory can be written. ``members`` is the Schemes table without the
    moments, which are known when the last part is. ``offers`` names what the data set can
    say (schema.OFFERS). ``set_aside`` holds rows that were not used: (what, reason, rows).
    ``notes`` are sentences for the log: what had to be assumed.
    """

    periods: pd.DataFrame
    customers: pd.DataFrame
    profile_tags: pd.DataFrame
    accounts: pd.DataFrame
    devices: pd.DataFrame
    members: pd.DataFrame
    given_labels: pd.DataFrame
    offers: frozenset[str]
    parts: Iterator[Part]
    set_aside: list[tuple[str, str, pd.DataFrame]] = field(default_factory=list)
    drift_plan: pd.DataFrame = field(default_factory=lambda: no_drift())
    account_names: pd.DataFrame = field(default_factory=lambda: no_names())
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Whole:
    """A world that fits into memory: every table, the parts put together.

    ``set_aside`` holds the rows that were not used, declined payments among them.
    """

    periods: pd.DataFrame
    customers: pd.DataFrame
    profile_tags: pd.DataFrame
    accounts: pd.DataFrame
    devices: pd.DataFrame
    given_labels: pd.DataFrame
    transactions: pd.DataFrame
    truth: pd.DataFrame
    schemes: pd.DataFrame
    account_names: pd.DataFrame
    set_aside: list[tuple[str, str, pd.DataFrame]]


def gather(world: World) -> Whole:
    """Walk through a world and put its parts together."""
    parts = list(world.parts)
    truth = pd.concat([part.truth for part in parts], ignore_index=True)
    declined = [part.declined for part in parts if part.declined is not None]
    refused = [(*DECLINED, pd.concat(declined, ignore_index=True))] if declined else []
    return Whole(
        periods=world.periods,
        customers=world.customers,
        profile_tags=world.profile_tags,
        accounts=world.accounts,
        devices=world.devices,
        given_labels=world.given_labels,
        transactions=pd.concat([part.transactions for part in parts], ignore_index=True),
        truth=truth.drop(columns="at"),
        schemes=schemes_table(world.members, truth),
        account_names=world.account_names,
        set_aside=[*world.set_aside, *refused],
    )


def schemes_table(members: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """The Schemes table: members with the first and last payment of their scheme.

    A scheme of which no payment settled never happened.
    """
    span = truth.groupby("scheme_id")["at"].agg(starts_at="min", ends_at="max")
    return members.merge(span, on="scheme_id").sort_values(["scheme_id", "account_id"], ignore_index=True)


Reader = Callable[[Path, Terms], World]
READERS: Registry[Reader] = Registry("source")


import_siblings(__name__, str(Path(__file__).parent))
