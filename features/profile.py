"""Profile tags (用户画像) as the bank knew them on the day.

Gender is protected and stays out. A tag whose value was learnt after ``as_of`` is not
seen: a risk rating raised after a report would be a leaked label.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.schema import CUSTOMER_KINDS
from features.catalogue import Feature

OCCUPATIONS = ("student", "unemployed", "retired", "worker", "clerk", "self_employed", "professional")

FEATURES = [
    Feature("age_years", "Age", "年龄", "years", "demographic", "profile", "domain G identity"),
    Feature("customer_kind", "Kind of customer", "客户类型", "code", "profile", "profile", "domain G"),
    Feature(
        "occupation",
        "Occupation (ordered by typical income)",
        "职业(按收入排序)",
        "code",
        "profile",
        "profile",
        "domain G job/income",
    ),
    Feature(
        "income_band",
        "Declared income band",
        "申报收入档",
        "code",
        "profile",
        "profile",
        "domain G job/income",
    ),
    Feature(
        "declared_monthly_income",
        "Declared monthly income",
        "申报月收入",
        "CNY",
        "profile",
        "profile",
        "domain G job/income",
    ),
    Feature(
        "household_size",
        "Customers in the household",
        "同户客户数",
        "count",
        "profile",
        "profile",
        "domain G relationship",
    ),
]


def tag_as_of(subjects: pd.DataFrame, tags: pd.DataFrame, tag: str) -> pd.Series:
    """The value of a tag that was valid strictly before as_of; None where there was none."""
    history = tags[tags["tag"] == tag].sort_values("valid_from")
    if history.empty:
        return pd.Series([None] * len(subjects), index=subjects.index, dtype=object)
    queries = subjects[["customer_id", "as_of"]].reset_index().sort_values("as_of")
    found = pd.merge_asof(
        queries,
        history[["customer_id", "value", "valid_from", "valid_to"]],
        left_on="as_of",
        right_on="valid_from",
        by="customer_id",
        allow_exact_matches=False,
    )
    is_valid = found["valid_to"].isna() | (found["valid_to"] >= found["as_of"])
    return found["value"].where(is_valid).set_axis(found["index"]).reindex(subjects.index).astype(object)


def household_size(subjects: pd.DataFrame, customers: pd.DataFrame) -> pd.Series:
    """Customers of the subject's household who had joined before as_of; NaN without a household."""
    relatives = customers[["household_id", "joined_at"]].dropna().sort_values("joined_at")
    relatives = relatives.assign(size=relatives.groupby("household_id").cumcount() + 1)
    mine = subjects["customer_id"].map(customers.set_index("customer_id")["household_id"])
    queries = pd.DataFrame({"household_id": mine, "as_of": subjects["as_of"]}).dropna()
    found = pd.merge_asof(
        queries.reset_index().sort_values("as_of"),
        relatives,
        left_on="as_of",
        right_on="joined_at",
        by="household_id",
        allow_exact_matches=False,
    )
    return found.set_index("index")["size"].reindex(subjects.index).astype(float)


def profile(subjects: pd.DataFrame, customers: pd.DataFrame, tags: pd.DataFrame) -> pd.DataFrame:
    """Profile features by subject, NaN where the profile is silent; index of ``subjects``."""
    facts = customers.set_index("customer_id").loc[subjects["customer_id"]].set_axis(subjects.index)
    household = household_size(subjects, customers)
    order = {name: float(code) for code, name in enumerate(OCCUPATIONS)}
    kinds = {name: float(code) for code, name in enumerate(CUSTOMER_KINDS)}
    birth = facts["birth_year"].astype("Float64")
    return pd.DataFrame(
        {
            "age_years": (subjects["as_of"].dt.year - birth).to_numpy(dtype=float, na_value=np.nan),
            "customer_kind": facts["kind"].map(kinds).astype(float),
            "occupation": tag_as_of(subjects, tags, "occupation").map(order).astype(float),
            "income_band": pd.to_numeric(tag_as_of(subjects, tags, "income_band")).astype(float),
            "declared_monthly_income": facts["monthly_income_cents"].to_numpy(dtype=float, na_value=np.nan)
            / 100,
            "household_size": household,
        },
        index=subjects.index,
    ).astype(np.float32)
