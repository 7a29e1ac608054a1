"""What the bank writes down of its customers and of the accounts that it sees."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.schema import NEVER_US
from data.streams import stream
from data.world.population import OUTSIDE, Names, Population


def times(us: np.ndarray) -> pd.Series:
    """Moments (UTC microseconds) as a column; the least number is an empty one."""
    return pd.Series(pd.DatetimeIndex(us.astype("datetime64[us]"), tz="UTC"))


def customers_table(seed: int, population: Population, names: Names) -> pd.DataFrame:
    """The Customers table. Declared income strays from the real one; firms understate a little."""
    rng = stream(seed, "profile")
    size = len(population.kind)
    is_person = population.kind == "person"
    declared = population.income * rng.lognormal(-0.05, 0.2, size)
    gender = np.where(rng.random(size) < 0.5, "female", "male")
    frame = pd.DataFrame(
        {
            "customer_id": names.customer,
            "kind": population.kind,
            "joined_at": times(population.joined_us),
            "birth_year": pd.array(np.where(is_person, population.birth_year, -1), dtype="Int16"),
            "gender": pd.Series(gender).where(is_person, None),
            "occupation": pd.Series(population.occupation).where(is_person, None),
            "industry": pd.Series(population.industry).where(~is_person, None),
            "city": pd.array(population.city, dtype="Int16"),
            "monthly_income_cents": pd.array(np.round(declared * 100).astype(np.int64), dtype="Int64"),
            "household_id": pd.array(population.household, dtype="Int64"),
            "founded_at": times(population.founded_us),
            "registered_capital_cents": pd.array(
                np.round(population.capital * 100).astype(np.int64), dtype="Int64"
            ),
            "employer_account_id": pd.array(names.account[np.maximum(population.employer, 0)], dtype="Int64"),
        }
    )
    frame.loc[~is_person, ["birth_year", "household_id"]] = pd.NA
    frame.loc[population.kind != "company", "registered_capital_cents"] = pd.NA
    frame.loc[population.employer < 0, "employer_account_id"] = pd.NA
    return frame.sort_values("customer_id", kind="stable")


def accounts_table(population: Population, names: Names) -> pd.DataFrame:
    """The Accounts table: what the bank holds, and what it sees on the other side."""
    is_inside = population.owner != OUTSIDE
    owner = np.where(is_inside, population.owner, 0)
    frame = pd.DataFrame(
        {
            "account_id": names.account,
            "customer_id": pd.array(names.customer[owner], dtype="Int64"),
            "holder": population.holder[:],
            "opened_at": times(population.opened_us),
            "opening_balance_cents": pd.array(population.opening, dtype="Int64"),
            "closed_at": times(population.closed_us),
            "credit_limit_cents": pd.array(population.limit, dtype="Int64"),
            "country": population.country,
        }
    )
    frame.loc[population.closed_us == NEVER_US, "closed_at"] = pd.NaT
    outside = ["customer_id", "opened_at", "opening_balance_cents", "credit_limit_cents"]
    frame.loc[~is_inside, outside] = None
    return frame.sort_values("account_id", kind="stable")
