"""What the customer lives on: tags with a history, read as of the day."""

from __future__ import annotations

import numpy as np

from features.profile import CDD, Profile, feature

OCCUPATIONS_BY_INCOME = (
    "student",
    "unemployed",
    "retired",
    "worker",
    "clerk",
    "self_employed",
    "professional",
)
INCOME_BANDS = ("0", "1", "2", "3", "4", "5")


@feature(
    "职业(按收入排序)",
    "code",
    "profile",
    "profile tags: job/income",
    encoding="order",
    levels=len(OCCUPATIONS_BY_INCOME),
    applies_to="person",
    owner=CDD,
)
def occupation(known: Profile) -> np.ndarray:
    """Occupation (ordered by typical income)."""
    return known.tag("occupation", OCCUPATIONS_BY_INCOME)


@feature(
    "申报收入档",
    "code",
    "profile",
    "profile tags: job/income",
    encoding="order",
    levels=len(INCOME_BANDS),
    owner=CDD,
)
def income_band(known: Profile) -> np.ndarray:
    """Declared income band."""
    return known.tag("income_band", INCOME_BANDS)
