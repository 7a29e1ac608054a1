"""Case pages: what an investigator needs of one alert, facts first, all as of the alert."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from data.words import FAMILIES
from explain.flow import DAYS, ego_flow
from explain.results.cases import (
    CaseCounterparty,
    CaseHeadline,
    CaseReason,
    CaseRuleHit,
    DayOfMoney,
    EarlierDecision,
    ExplainedCase,
)

COUNTERPARTIES = 10  # that a case page lists

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


def case_headline(
    line: pd.DataFrame, income: float | None, start: pd.Timestamp, as_of: pd.Timestamp
) -> CaseHeadline:
    """The plain sentence, from facts only; ``income`` is None where none was declared."""
    money_in, money_out = line.loc[line["is_in"], "yuan"].sum(), line.loc[~line["is_in"], "yuan"].sum()
    payers, payees = line.loc[line["is_in"], "other"].nunique(), line.loc[~line["is_in"], "other"].nunique()
    new = line.loc[line["is_new"], "other"].nunique()
    declared_en = "" if income is None else f" Declared monthly income is CNY {income:,.0f}."
    declared_zh = "" if income is None else f"申报月收入为 {income:,.0f} 元。"
    return CaseHeadline(
        en=(
            f"Between {start:%d %b %Y} and {as_of:%d %b %Y}, {payers} payers sent CNY {money_in:,.0f} "
            f"and CNY {money_out:,.0f} went to {payees} payees; {new} counterparties were new.{declared_en}"
        ),
        zh=(
            f"{chinese_date(start)}至{chinese_date(as_of)},{payers} 个付款方转入 {money_in:,.0f} 元,"
            f"转出 {money_out:,.0f} 元至 {payees} 个收款方;其中 {new} 个为新交易对手。{declared_zh}"
        ),
    )


def days_of_money(line: pd.DataFrame) -> list[DayOfMoney]:
    """Money in and out by day, of days with a payment."""
    daily = line.assign(day=line["at"].dt.floor("D"), signed=line["yuan"].where(line["is_in"], -line["yuan"]))
    totals = daily.groupby("day")["signed"].agg(
        money_in=lambda v: v[v > 0].sum(), money_out=lambda v: v[v < 0].abs().sum()
    )
    return [
        DayOfMoney(day=f"{day:%Y-%m-%d}", money_in=round(row.money_in, 2), money_out=round(row.money_out, 2))
        for day, row in totals.iterrows()
    ]


def largest_counterparties(line: pd.DataFrame) -> list[CaseCounterparty]:
    """The parties with whom most money went either way, the most first."""
    others = line.groupby("other").agg(
        money_in=("yuan", lambda v: v[line.loc[v.index, "is_in"]].sum()),
        money_out=("yuan", lambda v: v[~line.loc[v.index, "is_in"]].sum()),
        payments=("yuan", "size"),
        is_new=("is_new", "max"),
    )
    others = others.assign(value=others["money_in"] + others["money_out"]).nlargest(COUNTERPARTIES, "value")
    return [
        CaseCounterparty(
            name=name,
            money_in=round(row.money_in, 2),
            money_out=round(row.money_out, 2),
            payments=int(row.payments),
            is_new=bool(row.is_new),
        )
        for name, row in others.iterrows()
    ]


def case_rule_hits(hits: pd.DataFrame, rules: pd.DataFrame) -> list[CaseRuleHit]:
    """Rules that hit the customer: on how many days, and the last one."""
    return [
        CaseRuleHit(
            rule_id=rule_id,
            name_en=rules.loc[rule_id, "name_en"],
            name_zh=rules.loc[rule_id, "name_zh"],
            days=len(group),
            last=f"{group['hit_at'].max():%Y-%m-%d}",
        )
        for rule_id, group in hits.groupby("rule_id")
    ]


def case_reasons(reasons: pd.DataFrame) -> list[CaseReason]:
    """The families that spoke for the score and against it, by rank."""
    return [
        CaseReason(
            rank=int(row.rank),
            family_en=FAMILIES[row.family].en,
            family_zh=FAMILIES[row.family].zh,
            contribution=round(float(row.contribution), 3),
            text_en=row.text_en,
            text_zh=row.text_zh,
        )
        for row in reasons.sort_values("rank", kind="stable").itertuples(index=False)
    ]


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
) -> ExplainedCase:
    """One case; nothing dated at or after the alert's as_of is used.

    ``alert`` is a row of ModelAlerts with its score, ``facts`` the customer's row, ``names``
    what a foreign data set calls its customers.
    """
    as_of = alert.as_of
    start = as_of - pd.Timedelta(days=DAYS)
    who = names.get(int(alert.customer_id), str(alert.customer_id))
    line = own_line(payments, who, as_of, DAYS)
    cents = facts["monthly_income_cents"]
    income = None if pd.isna(cents) else float(cents) / 100
    is_recent = (hits["hit_at"] <= as_of) & (hits["hit_at"] > start)
    known = dispositions[
        (dispositions["customer_id"] == alert.customer_id) & (dispositions["known_at"] < as_of)
    ]
    return ExplainedCase(
        subject_id=int(alert.subject_id),
        customer_id=int(alert.customer_id),
        customer_name=who,
        as_of=f"{as_of:%Y-%m-%d}",
        days=DAYS,
        rank=int(alert.rank),
        kind=facts["kind"],
        occupation=None if pd.isna(facts["occupation"]) else facts["occupation"],
        industry=None if pd.isna(facts["industry"]) else facts["industry"],
        city=None if pd.isna(facts["city"]) else int(facts["city"]),
        joined_at=f"{facts['joined_at']:%Y-%m-%d}",
        declared_income=None if income is None else round(income),
        headline=case_headline(line, income, start, as_of),
        rule_hits=case_rule_hits(hits[is_recent & (hits["customer_id"] == alert.customer_id)], rules),
        reasons=case_reasons(reasons[reasons["subject_id"] == alert.subject_id]),
        earlier_decisions=[
            EarlierDecision(known_at=f"{row.known_at:%Y-%m-%d}", outcome=row.outcome, stream=row.stream)
            for row in known.sort_values("known_at", kind="stable").itertuples(index=False)
        ],
        timeline=days_of_money(line),
        counterparties=largest_counterparties(line),
        flow=ego_flow(payments, who, as_of, most_edges),
    )
