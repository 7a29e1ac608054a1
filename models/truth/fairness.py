"""How often groups of persons are caught and bothered: rates at the cut, with gaps to all others.

A group with few positives has no rate: one of two caught would lead with 50 %, and a group
without any would trail with 0 %.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import AfterValidator, Field

from data.results import Interval
from models.intervals import UNMEASURED, drawn, interval, middle_part
from models.positives import Positives
from models.results.knowledge import FairnessRow, GroupRates
from models.truth.circularity import weighed_mean
from parameters import Count, Parameters, increasing

PERSON = "person"
CITY_PARTS = 4  # quarters of the persons, by size of their home city


class Groups(Parameters):
    """Which groups of persons are compared."""

    age_edges: Annotated[tuple[Count, ...], AfterValidator(increasing)]
    least: int = Field(ge=1, le=1_000_000)


def person_groups(customers: pd.DataFrame, year: int, edges: tuple[int, ...]) -> pd.DataFrame:
    """Gender, band of age and part of cities of each person, text or None; index customer_id.

    ``customers`` are rows of Customers; what the data lack is None for everybody. Cities are
    put in order of their persons and cut where a quarter of the persons is passed.
    """
    persons = customers[customers["kind"] == PERSON].set_index("customer_id").sort_index(kind="stable")
    bands = [
        f"<{edges[0]}",
        *(f"{low}-{high - 1}" for low, high in pairwise(edges)),
        f"{edges[-1]}+",
    ]
    age = year - persons["birth_year"].astype("float64")
    place = np.searchsorted(edges, age.to_numpy(), side="right")
    is_aged = age.notna().to_numpy()
    size = persons["city"].value_counts()
    size = size.sort_index(kind="stable").sort_values(ascending=False, kind="stable")
    before = (size.cumsum() - size) / max(int(size.sum()), 1)
    part = persons["city"].map((before * CITY_PARTS).astype(int) + 1)
    return pd.DataFrame(
        {
            "gender": persons["gender"].astype(object).where(persons["gender"].notna(), None),
            "age": [bands[at] if known else None for at, known in zip(place, is_aged, strict=True)],
            "city": [None if pd.isna(at) else str(int(at)) for at in part],
        },
        index=persons.index,
        dtype=object,
    )


@dataclass(frozen=True)
class Cut:
    """The persons of a test at the cut of one ranker, by one set of labels; arrays by person, shape (n,).

    ``is_caught`` are positives alerted while positive, ``is_alerted`` anybody alerted;
    ``weight`` is how often each person was drawn, shape (draws + 1, n).
    """

    customer: np.ndarray
    is_positive: np.ndarray
    is_caught: np.ndarray
    is_alerted: np.ndarray
    weight: np.ndarray

    @classmethod
    def of(
        cls,
        customer: np.ndarray,
        positives: Positives,
        alerted: np.ndarray,
        persons: np.ndarray,
        draws: int,
        seed: int,
    ) -> Cut:
        """Of judged weeks, shape (weeks,); leftovers are no part of it, nor who is not among ``persons``."""
        mine = np.flatnonzero(positives.counts & np.isin(customer, persons))
        who, first, number = np.unique(customer[mine], return_index=True, return_inverse=True)
        _, group = np.unique(positives.group[mine][first], return_inverse=True)
        is_positive, is_alerted = positives.is_positive[mine], alerted[mine]

        def ever(mask: np.ndarray) -> np.ndarray:
            return np.bincount(number, mask, len(who)) > 0

        weight = drawn(int(group.max(initial=-1)) + 1, draws, seed)[:, group]
        return cls(who, ever(is_positive), ever(is_positive & is_alerted), ever(is_alerted), weight)

    def rates(self, is_mine: np.ndarray, least: int) -> GroupRates:
        """Rates of the group of ``is_mine``, shape (n,), and their gaps to all others of ``customer``."""
        positive, other = self.is_positive, ~self.is_positive
        caught, caught_gap = self._gap(self.is_caught, positive, is_mine, least)
        alerted, alerted_gap = self._gap(self.is_alerted, other, is_mine, least)
        return GroupRates(
            positives=int((positive & is_mine).sum()),
            caught=caught,
            caught_gap=caught_gap,
            others=int((other & is_mine).sum()),
            alerted=alerted,
            alerted_gap=alerted_gap,
        )

    def _gap(
        self, value: np.ndarray, mask: np.ndarray, is_mine: np.ndarray, least: int
    ) -> tuple[Interval, Interval]:
        inside, outside = (np.flatnonzero(mask & side) for side in (is_mine, ~is_mine))
        if len(inside) < least:
            return UNMEASURED, UNMEASURED
        mine, theirs = (
            weighed_mean(value[rows].astype(float), self.weight[:, rows]) for rows in (inside, outside)
        )
        gap = UNMEASURED if len(outside) < least else _middle(mine - theirs)
        return _middle(mine), gap


def _middle(sample: np.ndarray) -> Interval:
    return interval(sample[0], *middle_part(sample[1:]))


def fairness_rows(
    ranker: str, bank: Cut, true: Cut, groups: pd.DataFrame, least: int
) -> Iterator[FairnessRow]:
    """One row a group; ``groups`` is of `person_groups`. Persons of whom nothing is known are left out."""
    for attribute in groups.columns:
        for group in sorted(groups[attribute].dropna().unique()):
            mine = groups.index[groups[attribute] == group].to_numpy()
            by_view = {
                name: cut.rates(np.isin(cut.customer, mine), least)
                for name, cut in (("bank", bank), ("true", true))
            }
            yield FairnessRow(attribute=str(attribute), group=str(group), ranker=ranker, **by_view)
