"""Profile tags (用户画像) as the bank knew them on the day, and how behaviour fits them.

Gender and the like are protected and stay out. A tag whose value was learnt after
``as_of`` is not seen: a risk rating raised after a report would be a leaked label. The
risk rating itself is no model input at all, dated or not; the audit shows why.

Trees take the codes as they are: an order where there is one, else a name. A network
looks a vector up for each code (``levels`` of the catalogue), and the mean label of a name
is fitted inside folds, in the models' room, for it needs labels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import AfterValidator, Field
from scipy.special import log1p

import pipeline
from data.asof import Events, Parties, Past
from data.schema import CUSTOMER_KINDS, DAY_US, PURPOSES
from features import peers
from features.catalogue import Feature
from parameters import Days, increasing

OCCUPATIONS = ("student", "unemployed", "retired", "worker", "clerk", "self_employed", "professional")
INDUSTRIES = (
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
INCOME_BANDS = ("0", "1", "2", "3", "4", "5")
WAGES_DAYS, MONTHS = 91, 3
CDD, REGISTER, PRODUCTS = "customer due diligence", "commercial register", "product systems"


Years = Annotated[int, Field(ge=0, le=200)]


class Peers(pipeline.Parameters):
    """Section ``build.peers`` of params.yaml."""

    least: int = Field(ge=2, le=10**9)
    age_years: Annotated[tuple[Years, ...], AfterValidator(increasing)]
    tenure_days: Annotated[tuple[Days, ...], AfterValidator(increasing)]


@dataclass(frozen=True)
class Tag:
    """A tag with a history: the feature it becomes and the codes of its values."""

    name: str
    values: tuple[str, ...]
    feature: Feature


def _feature(
    name: str, label_en: str, label_zh: str, unit: str = "code", family: str = "profile", **more: object
) -> Feature:
    source = str(more.pop("source", "profile tags"))
    return Feature(name, label_en, label_zh, unit, family, "profile", source, **more)  # type: ignore[arg-type]


TAGS = (
    Tag(
        "occupation",
        OCCUPATIONS,
        _feature(
            "occupation",
            "Occupation (ordered by typical income)",
            "职业(按收入排序)",
            source="profile tags: job/income",
            encoding="order",
            levels=len(OCCUPATIONS),
            applies_to="person",
            owner=CDD,
        ),
    ),
    Tag(
        "income_band",
        INCOME_BANDS,
        _feature(
            "income_band",
            "Declared income band",
            "申报收入档",
            source="profile tags: job/income",
            encoding="order",
            levels=len(INCOME_BANDS),
            owner=CDD,
        ),
    ),
)

# Products and channels: tag, label, Chinese label. Tags say yes or no; without a row never held.
HELD = {
    "product_savings_account": ("Holds a savings account", "持有储蓄账户"),
    "product_credit_line": ("Holds a credit line", "持有授信"),
    "product_broker_link": ("Account linked to a broker", "开通银证关联"),
    "product_merchant_qr": ("Holds a merchant QR code", "开通商户收款码"),
    "product_wealth_fund": ("Holds a wealth product", "持有理财产品"),
    "channel_mobile": ("Uses mobile banking", "使用手机银行"),
    "channel_counter": ("Uses the counter", "使用柜面"),
    "channel_web": ("Uses web banking", "使用网上银行"),
}

FACTS = [
    _feature(
        "age_years",
        "Age",
        "年龄",
        "years",
        "demographic",
        source="profile tags: identity",
        applies_to="person",
        owner=CDD,
    ),
    _feature(
        "customer_kind",
        "Kind of customer",
        "客户类型",
        encoding="name",
        levels=len(CUSTOMER_KINDS),
        owner=CDD,
    ),
    _feature(
        "industry",
        "Industry",
        "行业",
        source="profile tags: corporate",
        encoding="name",
        levels=len(INDUSTRIES),
        applies_to="firm",
        owner=REGISTER,
    ),
    _feature(
        "declared_monthly_income",
        "Declared monthly income",
        "申报月收入",
        "CNY",
        source="profile tags: job/income",
        owner=CDD,
    ),
    _feature(
        "household_size",
        "Customers in the household",
        "同户客户数",
        "count",
        source="profile tags: relationship",
        applies_to="person",
        owner=CDD,
    ),
    _feature(
        "has_known_employer",
        "Employer on file",
        "是否登记工作单位",
        source="profile tags: job/income",
        encoding="flag",
        levels=2,
        applies_to="person",
        owner=CDD,
    ),
    _feature(
        "city_size_rank",
        "Place of the home city by customers (1 the largest)",
        "所在城市客户数排名",
        source="profile tags: region",
        owner=CDD,
    ),
    _feature(
        "open_account_count",
        "Open accounts",
        "在用账户数",
        "count",
        source="profile tags: product",
        owner=PRODUCTS,
    ),
    _feature(
        "newest_account_days",
        "Days since the newest account was opened",
        "最新账户开立天数",
        "days",
        source="rule R11",
        owner=PRODUCTS,
    ),
    _feature(
        "closed_account_count",
        "Accounts closed so far",
        "已销户数",
        "count",
        source="rule R11",
        owner=PRODUCTS,
    ),
    _feature(
        "credit_limit",
        "Credit line",
        "授信额度",
        "CNY",
        source="profile tags: value/credit",
        owner=PRODUCTS,
    ),
    _feature(
        "device_count",
        "Devices in use",
        "在用设备数",
        "count",
        source="profile tags: relationship",
        owner=PRODUCTS,
    ),
    _feature(
        "newest_device_days",
        "Days since the newest device came into use",
        "最新设备启用天数",
        "days",
        source="rule R09",
        owner=PRODUCTS,
    ),
]
FIT = [
    _feature(
        f"wages_to_income_ratio_{WAGES_DAYS}d",
        f"Wages seen in {WAGES_DAYS} days per yuan of declared income",
        f"近{WAGES_DAYS}天工资与申报收入之比",
        "ratio",
        "profile_mismatch",
        source="profile tags: payroll seen",
        applies_to="person",
    ),
    _feature(
        "out_to_income_ratio_30d",
        "Money paid in 30 days per yuan of declared income",
        "近30天转出与申报收入之比",
        "ratio",
        "profile_mismatch",
        source="rule R12",
    ),
    _feature(
        "in_to_capital_ratio_30d",
        "Money received in 30 days per yuan of capital",
        "近30天转入与注册资本之比",
        "ratio",
        "profile_mismatch",
        source="rule R24",
        applies_to="firm",
    ),
]
# Feature: (what of the weekly indicators, label, Chinese label, in logarithms).
DEVIATIONS = {
    "out_amount_peer_deviation": (
        "out_amount_30d",
        "Money paid in 30 days, in deviations from customers alike",
        "近30天转出金额的同群偏离",
        True,
    ),
    "payee_count_peer_deviation": (
        "payee_count_30d",
        "Payees of 30 days, in deviations from customers alike",
        "近30天收款方数的同群偏离",
        True,
    ),
    "in_count_peer_deviation": (
        "in_count_7d",
        "Receipts of 7 days, in deviations from customers alike",
        "近7天转入笔数的同群偏离",
        True,
    ),
    "fast_out_peer_deviation": (
        "fast_out_share_7d",
        "Share of fast money, in deviations from customers alike",
        "近7天快进快出占比的同群偏离",
        False,
    ),
}
FEATURES = [
    *FACTS,
    *(tag.feature for tag in TAGS),
    *(
        _feature(
            name,
            label_en,
            label_zh,
            source="profile tags: product/channel",
            encoding="flag",
            levels=2,
            owner=PRODUCTS,
        )
        for name, (label_en, label_zh) in HELD.items()
    ),
    *FIT,
    *(
        _feature(
            name,
            label_en,
            label_zh,
            "ratio",
            "profile_mismatch",
            source="rule R13",
            window=indicator.rsplit("_", 1)[1],
        )
        for name, (indicator, label_en, label_zh, _) in DEVIATIONS.items()
    ),
]


def before(
    owner: np.ndarray, at: np.ndarray, who: np.ndarray, as_of: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows that each one asked about has strictly before as_of.

    Gives the order of rows by owner and moment, and the first place there and the end of those
    that each one has, shapes of ``owner``, ``who`` and ``who``.
    """
    order = np.lexsort((at, owner))
    moments, asked = np.unique(as_of, return_inverse=True)
    size = len(moments) + 1
    known_from = np.searchsorted(moments, at[order], side="right")  # the first moment after a row
    end = np.searchsorted(owner[order] * size + known_from, who * size + asked, side="right")
    return order, np.searchsorted(owner[order], who, side="left"), end


def tag_as_of(subjects: pd.DataFrame, tags: pd.DataFrame, tag: str, values: tuple[str, ...]) -> np.ndarray:
    """Code of the value of a tag that was valid strictly before as_of; NaN where there was none."""
    history = tags[tags["tag"] == tag]
    as_of = subjects["as_of"].astype("int64").to_numpy()
    order, first, end = before(
        history["customer_id"].to_numpy(),
        history["valid_from"].astype("int64").to_numpy(),
        subjects["customer_id"].to_numpy(),
        as_of,
    )
    result = np.full(len(subjects), np.nan)
    had = np.flatnonzero(end > first)
    row = order[end[had] - 1]
    valid_to, is_open = history["valid_to"].astype("int64").to_numpy(), history["valid_to"].isna().to_numpy()
    is_valid = is_open[row] | (valid_to[row] >= as_of[had])
    result[had[is_valid]] = coded(history["value"], values)[row[is_valid]]
    return result


def is_held(subjects: pd.DataFrame, tags: pd.DataFrame) -> dict[str, np.ndarray]:
    """1 where a product or channel is held on the day, else 0; NaN where the bank keeps no such tag."""
    kept = set(tags["tag"].unique())
    result = {}
    for name in HELD:
        value = (tag_as_of(subjects, tags, name, ("no", "yes")) == 1).astype(float)
        result[name] = value if name in kept else np.full(len(subjects), np.nan)
    return result


def household_size(subjects: pd.DataFrame, customers: pd.DataFrame) -> pd.Series:
    """Customers of the subject's household who had joined before as_of; NaN without a household."""
    relatives = customers[["household_id", "joined_at"]].dropna().sort_values("joined_at", kind="stable")
    relatives = relatives.assign(size=relatives.groupby("household_id").cumcount() + 1)
    mine = subjects["customer_id"].map(customers.set_index("customer_id")["household_id"])
    queries = pd.DataFrame({"household_id": mine, "as_of": subjects["as_of"]}).dropna()
    found = pd.merge_asof(
        queries.reset_index().sort_values("as_of", kind="stable"),
        relatives,
        left_on="as_of",
        right_on="joined_at",
        by="household_id",
        allow_exact_matches=False,
    )
    return found.set_index("index")["size"].reindex(subjects.index).astype(float)


def so_far(
    subjects: pd.DataFrame, owner: pd.Series, moments: pd.Series, amount: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Sum of ``amount`` over each subject's rows with a moment strictly before as_of, and the days since.

    ``owner``, ``moments`` and ``amount`` are rows of things that customers have; a row
    without a moment has not happened. The days are NaN where nothing happened yet.
    """
    known = (moments.notna() & owner.notna()).to_numpy()
    by = owner[known].to_numpy(dtype=np.int64)
    at = moments[known].astype("int64").to_numpy()
    as_of = subjects["as_of"].astype("int64").to_numpy()
    order, first, end = before(by, at, subjects["customer_id"].to_numpy(), as_of)
    running = np.concatenate([[0.0], np.cumsum(amount[known][order])])
    days = np.full(len(as_of), np.nan)
    happened = end > first
    days[happened] = (as_of[happened] - at[order[end[happened] - 1]]) / DAY_US
    return running[end] - running[first], days


def city_rank(subjects: pd.DataFrame, customers: pd.DataFrame) -> np.ndarray:
    """Place of the subject's city by its number of customers on the day, 1 the largest.

    A frequency encoding by place: the share itself moves a little each week, which a tree
    would read as a calendar. Cities of one size stand in order of their code.
    """
    joined = customers[["city", "joined_at"]]
    city = subjects["customer_id"].map(customers.set_index("customer_id")["city"])
    result = np.full(len(subjects), np.nan)
    for as_of, rows in subjects.groupby("as_of").indices.items():
        counts = joined.loc[joined["joined_at"] < as_of, "city"].value_counts().sort_index(kind="stable")
        place = (-counts).rank(method="first")
        result[rows] = city.iloc[rows].map(place).to_numpy(dtype=float, na_value=np.nan)
    return result


def facts(
    subjects: pd.DataFrame, customers: pd.DataFrame, accounts: pd.DataFrame, devices: pd.DataFrame
) -> dict[str, np.ndarray]:
    """What the bank has on file, as of the day."""
    read = ["kind", "birth_year", "industry", "monthly_income_cents", "employer_account_id"]
    mine = customers.set_index("customer_id")[read].loc[subjects["customer_id"]]
    birth = mine["birth_year"].to_numpy(dtype=float, na_value=np.nan)
    is_person = (mine["kind"] == "person").to_numpy()
    owner, limit = accounts["customer_id"], accounts["credit_limit_cents"].to_numpy(dtype=float, na_value=0)
    each = np.ones(len(accounts))
    opened, newest = so_far(subjects, owner, accounts["opened_at"], each)
    closed, _ = so_far(subjects, owner, accounts["closed_at"], each)
    granted, _ = so_far(subjects, owner, accounts["opened_at"], limit)
    ended, _ = so_far(subjects, owner, accounts["closed_at"], limit)
    each = np.ones(len(devices))
    used, newest_device = so_far(subjects, devices["customer_id"], devices["valid_from"], each)
    put_away, _ = so_far(subjects, devices["customer_id"], devices["valid_to"], each)
    return {
        "age_years": subjects["as_of"].dt.year.to_numpy() - birth,
        "customer_kind": coded(mine["kind"], CUSTOMER_KINDS),
        "industry": coded(mine["industry"], INDUSTRIES),
        "declared_monthly_income": mine["monthly_income_cents"].to_numpy(dtype=float, na_value=np.nan) / 100,
        "household_size": household_size(subjects, customers).to_numpy(),
        "has_known_employer": np.where(is_person, mine["employer_account_id"].notna(), np.nan),
        "city_size_rank": city_rank(subjects, customers),
        "open_account_count": opened - closed,
        "newest_account_days": newest,
        "closed_account_count": closed,
        "credit_limit": np.where(opened > 0, granted - ended, np.nan) / 100,
        "device_count": np.where(used > 0, used - put_away, np.nan),
        "newest_device_days": newest_device,
    }


def coded(values: pd.Series, names: tuple[str, ...]) -> np.ndarray:
    """Position of each value in ``names``; NaN where it is missing or none of them."""
    codes = pd.Categorical(values, categories=list(names)).codes.astype(float)
    return np.asarray(np.where(codes < 0, np.nan, codes))


def wages(subjects: pd.DataFrame, events: Events, parties: Parties) -> np.ndarray:
    """Wages received in ``WAGES_DAYS``, yuan; shape (subjects,)."""
    past = Past(
        events,
        np.searchsorted(parties.customer_id, subjects["customer_id"].to_numpy()),
        np.array(subjects["as_of"].astype("int64")),
        {"wages": events.is_credit & (events.purpose == PURPOSES.index("payroll"))},
        {"cents": events.cents},
        {},
    )
    return past.total("wages", days=WAGES_DAYS)


def ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """``part / whole``, NaN where the whole is missing or nothing."""
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=np.nan_to_num(whole) > 0)


def own_indicators(subjects: pd.DataFrame, weekly: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Each subject's weekly indicators of the same moment; index of ``subjects``."""

    def key(frame: pd.DataFrame) -> np.ndarray:
        day = frame["as_of"].astype("int64").to_numpy() // DAY_US
        return np.asarray(frame["customer_id"].to_numpy() * 100_000 + day)

    order = np.argsort(key(weekly), kind="stable")
    place = np.searchsorted(key(weekly)[order], key(subjects))
    return weekly[names].iloc[order[place]].set_axis(subjects.index)


def profile(
    subjects: pd.DataFrame,
    customers: pd.DataFrame,
    tags: pd.DataFrame,
    accounts: pd.DataFrame,
    devices: pd.DataFrame,
    weekly: pd.DataFrame,
    earned: np.ndarray,
    params: Peers,
) -> pd.DataFrame:
    """Profile features by subject, NaN where the profile is silent; index of ``subjects``.

    ``weekly`` holds the subjects' indicators, ``earned`` their `wages`.
    """
    columns = facts(subjects, customers, accounts, devices)
    columns |= {tag.feature.name: tag_as_of(subjects, tags, tag.name, tag.values) for tag in TAGS}
    columns |= is_held(subjects, tags)
    read = ["kind", "registered_capital_cents", "joined_at"]
    mine = customers.set_index("customer_id")[read].loc[subjects["customer_id"]]
    is_person = (mine["kind"] == "person").to_numpy()
    capital = mine["registered_capital_cents"].to_numpy(dtype=float, na_value=np.nan) / 100
    indicators = own_indicators(
        subjects,
        weekly,
        list(dict.fromkeys(["in_amount_30d", "out_amount_30d", *(name for name, *_ in DEVIATIONS.values())])),
    )
    income = columns["declared_monthly_income"]
    columns |= {
        f"wages_to_income_ratio_{WAGES_DAYS}d": np.where(is_person, ratio(earned / MONTHS, income), np.nan),
        "out_to_income_ratio_30d": ratio(indicators["out_amount_30d"].to_numpy(dtype=float), income),
        "in_to_capital_ratio_30d": ratio(indicators["in_amount_30d"].to_numpy(dtype=float), capital),
    }
    life = np.where(is_person, columns["occupation"], len(OCCUPATIONS) + columns["industry"])
    tenure = (subjects["as_of"] - mine["joined_at"].set_axis(subjects.index)) / pd.Timedelta(days=1)
    groups = peers.groups(
        subjects["as_of"],
        columns["customer_kind"],
        [
            life,
            np.digitize(columns["age_years"], params.age_years),
            np.digitize(tenure, params.tenure_days),
        ],
        params.least,
    )
    for name, (indicator, _, _, in_logarithms) in DEVIATIONS.items():
        value = indicators[indicator].to_numpy(dtype=float)
        columns[name] = peers.deviation(log1p(value) if in_logarithms else value, groups)
    frame = pd.DataFrame(columns, index=subjects.index)
    return frame[[feature.name for feature in FEATURES]].astype(np.float32)
