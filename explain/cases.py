"""Case pages: what an investigator needs of one alert, facts first, all as of the alert."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from data.words import FAMILIES
from explain.flow import DAYS, ego_flow

Names = Mapping[int, str]  # what a foreign data set calls an account, and so its only customer
NO_NAMES: Names = {}


def party_names(account_id: pd.Series, accounts: pd.DataFrame, names: Names = NO_NAMES) -> pd.Series:
    """``customer 7`` for an account of a customer, ``person 12`` and the like outside.

    A party of a foreign data set has the name that its file gives it.
    """
    known = accounts.set_index("account_id")
    owner = account_id.map(known["customer_id"]).astype("Int64")
    number, customer = (
        ids.astype(str).where(~ids.isin(list(names)), ids.map(names)) for ids in (account_id, owner)
    )
    outside = account_id.map(known["holder"]).str.replace("_", " ") + " " + number
    return ("customer " + customer).where(owner.notna(), outside)


def named_payments(
    transactions: pd.DataFrame, accounts: pd.DataFrame, around: set[int], names: Names = NO_NAMES
) -> pd.DataFrame:
    """Payments of the given customers and of their in-bank counterparties, with party names."""
    owner = accounts.set_index("account_id")["customer_id"]
    payer, payee = transactions["payer_account_id"].map(owner), transactions["payee_account_id"].map(owner)
    near = transactions[payer.isin(around) | payee.isin(around)]
    next_to = set(near["payee_account_id"].map(owner).dropna()) | around
    chosen = transactions[payer.isin(next_to) | payee.isin(around)]
    return pd.DataFrame(
        {
            "at": chosen["at"],
            "payer": party_names(chosen["payer_account_id"], accounts, names),
            "payee": party_names(chosen["payee_account_id"], accounts, names),
            "yuan": chosen["amount_cents"] / 100,
            "channel": chosen["channel"].astype(str),
        }
    )


def own_line(payments: pd.DataFrame, who: str, as_of: pd.Timestamp, days: int) -> pd.DataFrame:
    """A customer's payments in the days before a moment with the other side and the direction."""
    me = f"customer {who}"
    mine = payments[(payments["payer"] == me) | (payments["payee"] == me)]
    mine = mine[(mine["at"] < as_of) & (mine["payer"] != mine["payee"])]
    is_in = mine["payee"] == me
    line = mine.assign(is_in=is_in, other=mine["payer"].where(is_in, mine["payee"]))
    first = line.groupby("other")["at"].transform("min")
    start = as_of - pd.Timedelta(days=days)
    return line.assign(is_new=first >= start)[line["at"] >= start]


def chinese_date(day: pd.Timestamp) -> str:
    """``2026年1月5日``."""
    return f"{day.year}年{day.month}月{day.day}日"


def headline(line: pd.DataFrame, income: float, start: pd.Timestamp, as_of: pd.Timestamp) -> dict[str, str]:
    """The plain sentence, from facts only."""
    money_in, money_out = line.loc[line["is_in"], "yuan"].sum(), line.loc[~line["is_in"], "yuan"].sum()
    payers, payees = line.loc[line["is_in"], "other"].nunique(), line.loc[~line["is_in"], "other"].nunique()
    new = line.loc[line["is_new"], "other"].nunique()
    declared_en = f" Declared monthly income is CNY {income:,.0f}." if np.isfinite(income) else ""
    declared_zh = f"申报月收入为 {income:,.0f} 元。" if np.isfinite(income) else ""
    return {
        "en": (
            f"Between {start:%d %b %Y} and {as_of:%d %b %Y}, {payers} payers sent CNY {money_in:,.0f} "
            f"and CNY {money_out:,.0f} went to {payees} payees; {new} counterparties were new.{declared_en}"
        ),
        "zh": (
            f"{chinese_date(start)}至{chinese_date(as_of)},{payers} 个付款方转入 {money_in:,.0f} 元,"
            f"转出 {money_out:,.0f} 元至 {payees} 个收款方;其中 {new} 个为新交易对手。{declared_zh}"
        ),
    }


def case(
    alert: Any,
    facts: pd.Series,
    payments: pd.DataFrame,
    reasons: pd.DataFrame,
    hits: pd.DataFrame,
    rules: pd.DataFrame,
    dispositions: pd.DataFrame,
    most_edges: int,
    names: Names = NO_NAMES,
) -> dict[str, Any]:
    """One case as plain data; nothing dated at or after the alert's as_of is used.

    ``alert`` is a row of ModelAlerts with its score, ``facts`` the customer's row, ``names``
    what a foreign data set calls its customers.
    """
    as_of = alert.as_of
    start = as_of - pd.Timedelta(days=DAYS)
    who = names.get(int(alert.customer_id), str(alert.customer_id))
    line = own_line(payments, who, as_of, DAYS)
    income = facts["monthly_income_cents"]
    income = np.nan if pd.isna(income) else float(income) / 100
    mine = reasons[reasons["subject_id"] == alert.subject_id].sort_values("rank", kind="stable")
    recent = hits[
        (hits["customer_id"] == alert.customer_id) & (hits["hit_at"] <= as_of) & (hits["hit_at"] > start)
    ]
    known = dispositions[
        (dispositions["customer_id"] == alert.customer_id) & (dispositions["known_at"] < as_of)
    ]
    daily = line.assign(day=line["at"].dt.floor("D"), signed=line["yuan"].where(line["is_in"], -line["yuan"]))
    totals = daily.groupby("day")["signed"].agg(
        money_in=lambda v: v[v > 0].sum(), money_out=lambda v: v[v < 0].abs().sum()
    )
    others = line.groupby("other").agg(
        money_in=("yuan", lambda v: v[line.loc[v.index, "is_in"]].sum()),
        money_out=("yuan", lambda v: v[~line.loc[v.index, "is_in"]].sum()),
        payments=("yuan", "size"),
        is_new=("is_new", "max"),
    )
    others = others.assign(value=others["money_in"] + others["money_out"]).nlargest(10, "value")
    return {
        "subject_id": int(alert.subject_id),
        "customer_id": int(alert.customer_id),
        "customer_name": who,
        "as_of": f"{as_of:%Y-%m-%d}",
        "days": DAYS,
        "rank": int(alert.rank),
        "kind": facts["kind"],
        "occupation": None if pd.isna(facts["occupation"]) else facts["occupation"],
        "industry": None if pd.isna(facts["industry"]) else facts["industry"],
        "city": None if pd.isna(facts["city"]) else int(facts["city"]),
        "joined_at": f"{facts['joined_at']:%Y-%m-%d}",
        "declared_income": None if np.isnan(income) else round(income),
        "headline": headline(line, income, start, as_of),
        "rule_hits": [
            {
                "rule_id": rule_id,
                "name_en": rules.loc[rule_id, "name_en"],
                "name_zh": rules.loc[rule_id, "name_zh"],
                "days": len(group),
                "last": f"{group['hit_at'].max():%Y-%m-%d}",
            }
            for rule_id, group in recent.groupby("rule_id")
        ],
        "reasons": [
            {
                "rank": int(row.rank),
                "family_en": FAMILIES[row.family].en,
                "family_zh": FAMILIES[row.family].zh,
                "contribution": round(float(row.contribution), 3),
                "text_en": row.text_en,
                "text_zh": row.text_zh,
            }
            for row in mine.itertuples(index=False)
        ],
        "earlier_decisions": [
            {"known_at": f"{row.known_at:%Y-%m-%d}", "outcome": row.outcome, "stream": row.stream}
            for row in known.sort_values("known_at", kind="stable").itertuples(index=False)
        ],
        "timeline": [
            {"day": f"{day:%Y-%m-%d}", "in": round(row.money_in, 2), "out": round(row.money_out, 2)}
            for day, row in totals.iterrows()
        ],
        "counterparties": [
            {
                "name": name,
                "in": round(row.money_in, 2),
                "out": round(row.money_out, 2),
                "payments": int(row.payments),
                "is_new": bool(row.is_new),
            }
            for name, row in others.iterrows()
        ],
        "flow": ego_flow(payments, who, as_of, most_edges),
    }
