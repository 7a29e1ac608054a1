"""Who the customer is, as the bank has it on file."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.asof import count_so_far
from data.schema import CUSTOMER_KINDS
from features.profile import CDD, REGISTER, Profile, feature
from features.profile.view import coded

INDUSTRY_CODES = (
    "catering",
    "retail",
    "repair",
    "wholesale",
    "services",
    "manufacturing",
    "construction",
    "trade",
    "software",
    "logistics",
)


@feature("年龄", "years", "demographic", "profile tags: identity", applies_to="person", owner=CDD)
def age_years(known: Profile) -> np.ndarray:
    """Age."""
    return known.subjects["as_of"].dt.year.to_numpy() - known.number("birth_year")


@feature(
    "客户类型", "code", "profile", "profile tags", encoding="name", levels=len(CUSTOMER_KINDS), owner=CDD
)
def customer_kind(known: Profile) -> np.ndarray:
    """Kind of customer."""
    return coded(known.on_file("kind"), CUSTOMER_KINDS)


@feature(
    "行业",
    "code",
    "profile",
    "profile tags: corporate",
    encoding="name",
    levels=len(INDUSTRY_CODES),
    applies_to="firm",
    owner=REGISTER,
)
def industry(known: Profile) -> np.ndarray:
    """Industry."""
    return coded(known.on_file("industry"), INDUSTRY_CODES)


@feature("申报月收入", "CNY", "profile", "profile tags: job/income", owner=CDD)
def declared_monthly_income(known: Profile) -> np.ndarray:
    """Declared monthly income."""
    return known.number("monthly_income_cents") / 100


@feature("同户客户数", "count", "profile", "profile tags: relationship", applies_to="person", owner=CDD)
def household_size(known: Profile) -> np.ndarray:
    """Customers in the household.

    Those who had joined by then; NaN without a household.
    """
    home = known.on_file("household_id")
    has_one = home.notna().to_numpy()
    customers, as_of = known.customers, known.subjects["as_of"]
    size = np.full(len(home), np.nan)
    size[has_one] = count_so_far(
        customers["household_id"], customers["joined_at"], home[has_one], as_of[has_one]
    )
    return np.where(size > 0, size, np.nan)


@feature(
    "是否登记工作单位",
    "code",
    "profile",
    "profile tags: job/income",
    encoding="flag",
    levels=2,
    applies_to="person",
    owner=CDD,
)
def has_known_employer(known: Profile) -> np.ndarray:
    """Employer on file."""
    return np.where(known.is_person, known.on_file("employer_account_id").notna(), np.nan)


@feature("所在城市客户数排名", "code", "profile", "profile tags: region", owner=CDD)
def city_size_rank(known: Profile) -> np.ndarray:
    """Place of the home city by customers (1 the largest)."""
    return city_rank(known.subjects["as_of"], known.on_file("city"), known.customers)


def city_rank(as_of: pd.Series, city: pd.Series, customers: pd.DataFrame) -> np.ndarray:
    """Place of a city by its number of customers on the day, 1 the largest; shape of ``city``.

    A frequency encoding by place: the share itself moves a little each week, which a tree
    would read as a calendar. Cities of one size stand in order of their code.
    """
    result = np.full(len(city), np.nan)
    for moment, rows in as_of.groupby(as_of).indices.items():
        here = customers.loc[customers["joined_at"] < moment, "city"]
        place = (-here.value_counts().sort_index(kind="stable")).rank(method="first")
        result[rows] = city.iloc[rows].map(place).to_numpy(dtype=float, na_value=np.nan)
    return result
