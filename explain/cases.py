"""One party of a case: what an investigator needs of a customer, facts first, all as of the case."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

import numpy as np
import pandas as pd

from explain.dossier import (
    Files,
    case_accounts,
    case_devices,
    case_reasons,
    case_rule_hits,
    case_tags,
    day_of,
    decisions_around,
    what_ifs,
)
from explain.flow import DAYS, ego_flow
from explain.grouping import CaseTies, case_links
from explain.ledger import (
    OUTSIDE,
    CaseLedger,
    cash_cities,
    channel_sums,
    days_of_money,
    largest_counterparties,
    largest_payments,
    last_days,
    months_of_money,
    sides,
)
from explain.results.cases import CaseParty, DayOfMoney, MonthOfMoney, Phrase


@dataclass(frozen=True)
class Scored:
    """What the model says of a subject.

    ``reasons`` are its rows of Reasons, ``without`` the raw scores without families of reasons,
    shape (2, reasons), ``cut`` the lowest score alerted that week; ``rank`` is None where the model
    raised no alert. ``found_by`` tells why the subject is in a case.
    """

    subject_id: int
    customer_id: int
    as_of: pd.Timestamp
    score: float
    rank: int | None
    found_by: str
    reasons: pd.DataFrame
    without: np.ndarray
    cut: float


@dataclass(frozen=True)
class Sizes:
    """How much a case page holds: payments in a picture, payments in the list."""

    flow_edges: int
    payments: int


def chinese_date(day: pd.Timestamp) -> str:
    """``2026年1月5日``."""
    return f"{day.year}年{day.month}月{day.day}日"


def case_headline(
    line: pd.DataFrame, income: float | None, start: pd.Timestamp, as_of: pd.Timestamp
) -> Phrase:
    """The plain sentence, from facts only; ``income`` is None where none was declared."""
    (money_in, money_out), new = sides(line), line.loc[line["is_new"], "other"].nunique()
    payers, payees = (line.loc[line["is_in"] == is_in, "other"].nunique() for is_in in (True, False))
    declared_en = "" if income is None else f" Declared monthly income is CNY {income:,.0f}."
    declared_zh = "" if income is None else f"申报月收入为 {income:,.0f} 元。"
    return Phrase(
        en=(
            f"Between {start:%d %b %Y} and {as_of:%d %b %Y}, {payers} payers sent CNY {money_in:,.0f} "
            f"and CNY {money_out:,.0f} went to {payees} payees; {new} counterparties were new.{declared_en}"
        ),
        zh=(
            f"{chinese_date(start)}至{chinese_date(as_of)}，{payers} 个付款方转入 {money_in:,.0f} 元，"
            f"转出 {money_out:,.0f} 元至 {payees} 个收款方；其中 {new} 个为新交易对手。{declared_zh}"
        ),
    )


def busiest(days: list[DayOfMoney]) -> DayOfMoney | None:
    """The day on which most money moved both ways, the first of several."""
    return max(days, key=lambda day: (day.money_in + day.money_out, day.day), default=None)


def usual_month(months: list[MonthOfMoney]) -> float:
    """Median money in of the months before the last, since the first one with a payment; 0: none."""
    first = next((place for place, month in enumerate(months) if month.payments), len(months))
    earlier = [month.money_in for month in months[first:-1]]
    return round(median(earlier), 2) if earlier else 0.0


def onward_payments(ledger: CaseLedger, customer: int, start: pd.Timestamp) -> pd.DataFrame:
    """A customer's payments since a moment and those of the customers whom it paid, with names."""
    own = ledger.of_customers([customer])
    own = own[own["at"] >= start]
    paid = {int(payee) for payee in own.loc[own["payer"] == customer, "payee"].unique()}
    rows = ledger.of_customers({customer} | paid - {OUTSIDE})
    is_near = rows["payer"].isin(paid | {customer}) | (rows["payee"] == customer)
    return ledger.named(rows[is_near & (rows["at"] >= start)])


def case_party(
    scored: Scored,
    together: list[int],
    alerted: set[int],
    as_of: pd.Timestamp,
    ledger: CaseLedger,
    ties: CaseTies,
    files: Files,
    sizes: Sizes,
) -> CaseParty:
    """One customer of a case; nothing dated at or after the case's ``as_of`` is used.

    ``together`` are all customers of the case, ``alerted`` those whom anybody alerted in the days.
    """
    customer, start = scored.customer_id, as_of - pd.Timedelta(days=DAYS)
    facts, who = files.customers.loc[customer], ledger.called(customer)
    whole = ledger.line(customer, as_of)
    line = last_days(whole, as_of, DAYS)
    days, months, (money_in, money_out) = days_of_money(line), months_of_money(whole, as_of), sides(line)
    cents = facts["monthly_income_cents"]
    income = None if pd.isna(cents) else float(cents) / 100
    families = scored.reasons.loc[scored.reasons["rank"] > 0, "family"].tolist()
    earlier, later = decisions_around(files, customer, as_of, DAYS)
    return CaseParty(
        subject_id=scored.subject_id,
        customer_id=customer,
        customer_name=who,
        found_by=scored.found_by,
        as_of=f"{scored.as_of:%Y-%m-%d}",
        rank=scored.rank,
        score=round(scored.score, 3),
        kind=facts["kind"],
        occupation=None if pd.isna(facts["occupation"]) else facts["occupation"],
        industry=None if pd.isna(facts["industry"]) else facts["industry"],
        city=None if pd.isna(facts["city"]) else int(facts["city"]),
        joined_at=f"{facts['joined_at']:%Y-%m-%d}",
        founded_at=day_of(facts["founded_at"]),
        declared_income=None if income is None else round(income),
        money_in=money_in,
        money_out=money_out,
        money_in_month_before=usual_month(months),
        payers=line.loc[line["is_in"], "other"].nunique(),
        payees=line.loc[~line["is_in"], "other"].nunique(),
        new_parties=line.loc[line["is_new"], "other"].nunique(),
        channels=channel_sums(line),
        cities=cash_cities(line),
        busiest_day=busiest(days),
        headline=case_headline(line, income, start, as_of),
        accounts=case_accounts(files, customer, ledger.of_customers([customer]), as_of),
        devices=case_devices(files, customer, as_of, ties),
        tags=case_tags(files, customer, as_of),
        rule_hits=case_rule_hits(files, customer, facts["kind"], start, as_of),
        reasons=case_reasons(scored.reasons),
        what_if=what_ifs(families, scored.without, scored.cut) if scored.rank is not None else [],
        earlier_decisions=earlier,
        later_decisions=later,
        timeline=days,
        months=months,
        counterparties=largest_counterparties(line),
        payments=largest_payments(line, sizes.payments),
        payments_of_days=len(line),
        links=case_links(customer, together, alerted, as_of, ties),
        flow=ego_flow(onward_payments(ledger, customer, start), who, as_of, sizes.flow_edges),
    )
