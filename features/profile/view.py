"""What the bank knew of its customers on the day: all that a profile feature may ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import AfterValidator, Field

import pipeline
from data.asof import Events, Parties, Past, RowsBefore, value_as_of
from data.schema import DAY_US, PURPOSES
from features.known import Known
from parameters import Days, increasing

Years = Annotated[int, Field(ge=0, le=200)]


class PeerParams(pipeline.Parameters):
    """Section ``build.peers`` of params.yaml."""

    least: int = Field(ge=2, le=10**9)
    age_years: Annotated[tuple[Years, ...], AfterValidator(increasing)]
    tenure_days: Annotated[tuple[Days, ...], AfterValidator(increasing)]


@dataclass(frozen=True)
class Dated:
    """Things that customers have, asked for as of each subject's moment.

    Every answer has shape (subjects,). ``rows`` name their customer, and the moments at which
    each of them begins and ends.
    """

    rows: pd.DataFrame
    subjects: pd.DataFrame
    _found: dict[str, RowsBefore] = field(default_factory=dict, init=False, repr=False)

    def _before(self, moment: str) -> RowsBefore:
        if moment not in self._found:
            self._found[moment] = RowsBefore.of(
                self.rows["customer_id"],
                self.rows[moment],
                self.subjects["customer_id"],
                self.subjects["as_of"],
            )
        return self._found[moment]

    def count(self, moment: str) -> np.ndarray:
        """How many there were whose ``moment`` had passed."""
        return self._before(moment).count()

    def total(self, column: str, moment: str) -> np.ndarray:
        """Sum of a column over those whose ``moment`` had passed; empty cells add nothing."""
        return self._before(moment).total(self.rows[column].to_numpy(dtype=float, na_value=0))

    def days_since_latest(self, moment: str) -> np.ndarray:
        """Days since the latest ``moment``; NaN before the first."""
        return self._before(moment).days_since_latest()


@dataclass(frozen=True)
class Profile:
    """What the bank knew of each subject's customer strictly before the subject's moment.

    Every answer has shape (subjects,), with NaN where the bank knows nothing. ``accounts`` and
    ``devices`` are things that begin and end, ``past`` answers from payments (selection:
    ``wages``), ``peers`` says who is alike.
    """

    subjects: pd.DataFrame
    customers: pd.DataFrame
    accounts: Dated
    devices: Dated
    tags: pd.DataFrame
    weekly: pd.DataFrame
    past: Past
    peers: PeerParams
    _computed: dict[ProfileMeasure, np.ndarray] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def of(
        cls, subjects: pd.DataFrame, known: Known, events: Events, parties: Parties, peers: PeerParams
    ) -> Profile:
        """Read it off the bank's tables; ``events`` are the payments among them."""
        past = Past(
            events,
            np.searchsorted(parties.customer_id, subjects["customer_id"].to_numpy()),
            np.array(subjects["as_of"].astype("int64")),
            {"wages": events.is_credit & (events.purpose == PURPOSES.index("payroll"))},
            {"cents": events.cents},
            {},
        )
        accounts, devices = Dated(known.accounts, subjects), Dated(known.devices, subjects)
        return cls(subjects, known.customers, accounts, devices, known.tags, known.weekly, past, peers)

    def once(self, measure: ProfileMeasure) -> np.ndarray:
        """What a measure says; one that several features ask for is computed once."""
        if measure not in self._computed:
            self._computed[measure] = measure(self)
        return self._computed[measure]

    @cached_property
    def _row(self) -> np.ndarray:
        """Row of each subject's customer."""
        row = pd.Index(self.customers["customer_id"]).get_indexer(self.subjects["customer_id"])
        if (row < 0).any():
            raise KeyError("subjects whose customer is not known")
        return row

    def on_file(self, column: str) -> pd.Series:
        """A column of Customers that never changes; index of the subjects."""
        return self.customers[column].iloc[self._row].set_axis(self.subjects.index)

    def number(self, column: str) -> np.ndarray:
        """The same as numbers."""
        return self.on_file(column).to_numpy(dtype=float, na_value=np.nan)

    @cached_property
    def is_person(self) -> np.ndarray:
        """Whether the customer is a natural person."""
        return (self.on_file("kind") == "person").to_numpy()

    def tag(self, name: str, values: tuple[str, ...]) -> np.ndarray:
        """Position in ``values`` of the tag's value on the day; NaN where it had none of them."""
        history = self.tags[self.tags["tag"] == name]
        return value_as_of(
            history["customer_id"],
            history["valid_from"],
            coded(history["value"], values),
            self.subjects["customer_id"],
            self.subjects["as_of"],
            history["valid_to"],
        )

    @cached_property
    def _tags_kept(self) -> set[str]:
        return set(self.tags["tag"].unique())

    def is_held(self, name: str) -> np.ndarray:
        """1 where the tag of a product or channel says yes on the day, else 0; NaN for a tag nobody has."""
        if name not in self._tags_kept:
            return np.full(len(self.subjects), np.nan)
        return (self.tag(name, ("no", "yes")) == 1).astype(float)

    @cached_property
    def _week(self) -> np.ndarray:
        """Row of ``weekly`` of each subject: its customer at the same moment."""

        def key(frame: pd.DataFrame) -> np.ndarray:
            day = frame["as_of"].astype("int64").to_numpy() // DAY_US
            return np.asarray(frame["customer_id"].to_numpy() * 100_000 + day)

        order = np.argsort(key(self.weekly), kind="stable")
        return order[np.searchsorted(key(self.weekly)[order], key(self.subjects))]

    def indicator(self, name: str) -> np.ndarray:
        """An indicator of the catalogue, as of the same moment."""
        return self.weekly[name].to_numpy(dtype=float)[self._week]


ProfileMeasure = Callable[[Profile], np.ndarray]


def coded(values: pd.Series, names: tuple[str, ...]) -> np.ndarray:
    """Position of each value in ``names``; NaN where it is missing or none of them."""
    codes = pd.Categorical(values, categories=list(names)).codes.astype(float)
    return np.asarray(np.where(codes < 0, np.nan, codes))
