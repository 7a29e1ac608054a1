"""Every number of both drafts of a report is that of the tables, counted again here from the bare rows."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd
import pytest

from explain.cases import Scored, Sizes, case_party
from explain.flow import ring_flow
from explain.narrative import narrative
from explain.report_form import report_form
from explain.results.cases import CaseParty, DraftSection, FlowEdge
from reports.wording import chinese
from tests.spec.case_bank import NO_ALERTS, files_of, ties_of
from tests.spec.ledger import Customer, Ledger, bank

AS_OF, DAYS = pd.Timestamp("2025-03-10"), 28
START = AS_OF - pd.Timedelta(days=DAYS)
ANNA, CARL = 100, 101
NAMES = {
    "anna": "customer 100",
    "anna/savings": "customer 100",
    "carl": "customer 101",
}
LINES = [
    ("2024-11-20 09:00", "firm acme", "anna", 8_100),
    ("2024-12-20 09:00", "firm acme", "anna", 8_300),
    ("2025-01-20 09:00", "firm acme", "anna", 8_700),
    ("2025-01-21 09:00", "firm bolt", "carl", 4_321),
    ("2025-02-12 10:15", "firm acme", "anna", 8_200),
    ("2025-02-20 11:00", "anna", "anna/savings", 1_500),
    ("2025-02-25 18:30", "anna", "shop corner", 123, "qr", "shopping"),
    ("2025-03-01 03:10", "eve", "anna", 49_900),
    ("2025-03-01 03:12", "eve", "anna", 49_800),
    ("2025-03-01 03:40", "anna", "carl", 47_000),
    ("2025-03-01 03:45", "anna", "carl", 46_500),
    ("2025-03-02 09:00", "anna", "dan", 3_300),
    ("2025-03-02 10:00", "carl", "dan", 41_250),
    ("2025-03-02 11:00", "carl", "cash@3", 20_000, "cash_withdrawal"),
    ("2025-03-03 12:00", "overseas ltd", "carl", 15_400),
    ("2025-03-04 12:00", "dan", "carl", 777),
]
TEXT = "Money received in 7 days: CNY 99,700 (own past 2,100; peers: median 900, 99th percentile 30,000)"
REASONS = pd.DataFrame(
    {
        "subject_id": [1],
        "rank": [1],
        "family": ["volume"],
        "feature": ["in_amount_7d"],
        "contribution": [1.25],
        "rarity": [0.9],
        "text_en": [TEXT],
        "text_zh": ["近7天转入:CNY 99,700(本人以往 2,100)"],
    }
)


def numbers_in(parts: Iterable[object]) -> list[str]:
    """All numbers of some texts, in order; a name like R06 holds one too."""
    return [
        found.replace(",", "") for part in parts for found in re.findall(r"\d[\d,]*(?:\.\d+)?", str(part))
    ]


def money(amount: float) -> str:
    return f"{amount:,.0f}"


@pytest.fixture(scope="module")
def drawn() -> Ledger:
    """Anna is paid by eve at night, pays carl and dan; carl pays dan, takes cash; they share a phone."""
    return bank(
        *LINES,
        devices=[("anna", "phone"), ("carl", "phone", "2025-02-01")],
        anna=Customer(income=8_000, city=1, joined="2019-05-06"),
        carl=Customer(income=None, city=4, joined="2024-08-09", occupation="student"),
    )


def rows_of(who: str, since: pd.Timestamp = START) -> pd.DataFrame:
    """Lines of a customer with others before the case: (at, other, yuan, channel, is_in)."""
    found = []
    for moment, payer, payee, yuan, *how in LINES:
        owners = [name.split("/")[0] for name in (payer, payee)]
        at = pd.Timestamp(moment)
        if owners.count(who) == 1 and since <= at < AS_OF:
            is_in = owners[1] == who
            found.append((at, payer if is_in else payee, yuan, how[0] if how else "transfer", is_in))
    return pd.DataFrame(found, columns=["at", "other", "yuan", "channel", "is_in"])


def called(drawn: Ledger, name: str) -> str:
    return NAMES.get(name, str(drawn.account_id[name]))


@pytest.fixture(scope="module")
def parties(drawn: Ledger) -> list[CaseParty]:
    """Both customers as one case; a rule hit anna on two days."""
    hits = pd.DataFrame(
        {
            "customer_id": ANNA,
            "hit_at": pd.to_datetime(["2025-03-01", "2025-03-02"]),
            "rule_id": "R06",
        }
    )
    received = rows_of("anna", pd.Timestamp("2025-02-23")).query("is_in")["yuan"].sum()
    index = pd.MultiIndex.from_tuples([(ANNA, pd.Timestamp("2025-03-02"))])
    figures = pd.DataFrame({"in_amount_7d": [float(received)]}, index=index)
    ties, files = ties_of(drawn, alerted=NO_ALERTS), files_of(drawn, hits=hits, figures=figures)
    scored = [
        Scored(1, ANNA, AS_OF, 1.5, 3, "model", REASONS, np.zeros((2, 1)), 1.0),
        Scored(2, CARL, AS_OF, 0.5, None, "rules", REASONS.iloc[:0], np.zeros((2, 0)), 1.0),
    ]
    both = [ANNA, CARL]
    return [
        case_party(one, both, set(both), AS_OF, ties.ledger, ties, files, Sizes(30, 40)) for one in scored
    ]


@pytest.fixture(scope="module")
def ring(drawn: Ledger) -> list[FlowEdge]:
    ledger = ties_of(drawn).ledger
    named = ledger.named(ledger.of_customers([ANNA, CARL]))
    return ring_flow(named, ["customer 100", "customer 101"], AS_OF, 30)


def told(sections: list[DraftSection], key: str) -> list[str]:
    (found,) = [section for section in sections if section.key == key]
    return found.text


@pytest.fixture(scope="module")
def english(parties: list[CaseParty], ring: list[FlowEdge]) -> list[DraftSection]:
    return narrative(parties, ring, "2025-03-10", DAYS)


@pytest.fixture(scope="module")
def form(parties: list[CaseParty], ring: list[FlowEdge]) -> list[DraftSection]:
    return report_form(parties, ring, "2025-03-10", DAYS)


PEOPLE = (("anna", ANNA), ("carl", CARL))


def of_channels(line: pd.DataFrame) -> pd.DataFrame:
    """Sum and count by channel and direction, the most first."""
    sums = line.groupby(["channel", "is_in"])["yuan"].agg(["sum", "count"]).reset_index()
    return sums.sort_values(["sum", "channel"], ascending=[False, True], kind="stable")


def usual(who: str) -> float:
    """The middle of the earlier months of thirty days since the first payment."""
    line = rows_of(who, pd.Timestamp("2000-01-01"))
    ago = (AS_OF - line["at"]).dt.days // 30
    months = [line.loc[(ago == month) & line["is_in"], "yuan"].sum() for month in range(1, ago.max() + 1)]
    return float(np.median(months)) if months else 0.0


def of_parties(drawn: Ledger, line: pd.DataFrame, is_in: bool) -> list[tuple[str, float]]:
    """The three other sides with the most money of one direction."""
    sums = line[line["is_in"] == is_in].groupby("other", sort=False)["yuan"].sum()
    return [
        (called(drawn, name), amount)
        for name, amount in sums.sort_values(ascending=False, kind="stable").head(3).items()
    ]


def largest_eight(line: pd.DataFrame) -> pd.DataFrame:
    return line.sort_values(["yuan", "at"], ascending=[False, True]).head(8).sort_values("at", kind="stable")


def test_who_names_the_customer_its_city_its_accounts_and_its_income(english) -> None:
    expected = [ANNA, 1, "2019-05-06", 2, "8,000", CARL, 4, "2024-08-09", 1]
    assert numbers_in(told(english, "who")) == numbers_in(expected)


def test_what_holds_the_sums_of_the_days_by_channel_and_the_usual_month(english) -> None:
    expected: list[object] = []
    for who, number in PEOPLE:
        line = rows_of(who)
        into, out = line[line["is_in"]], line[~line["is_in"]]
        expected += [28, "2025-03-10", number, money(into["yuan"].sum()), into["other"].nunique()]
        expected += [money(out["yuan"].sum()), out["other"].nunique()]
        for row in of_channels(line).itertuples():
            expected += [money(row.sum), row.count]
        expected.append(money(usual(who)))
    assert numbers_in(told(english, "what")) == numbers_in(expected)


def test_when_names_the_busiest_day_and_the_largest_payments_in_order(english, drawn) -> None:
    expected: list[object] = []
    for who, number in PEOPLE:
        line = rows_of(who)
        by_day = line.groupby(line["at"].dt.date)["yuan"].sum()
        day = line[line["at"].dt.date == by_day.idxmax()]
        into = day.loc[day["is_in"], "yuan"].sum()
        expected += [number, by_day.idxmax(), money(into), money(day["yuan"].sum() - into)]
        for row in largest_eight(line).itertuples():
            expected += [f"{row.at:%Y-%m-%d %H:%M}", called(drawn, row.other), money(row.yuan)]
    assert numbers_in(told(english, "when")) == numbers_in(expected)


def test_where_names_the_city_of_cash_and_the_money_abroad(english) -> None:
    assert numbers_in(told(english, "where")) == numbers_in([ANNA, CARL, 3, "15,400", 1])


def test_where_claims_nothing_beyond_the_largest_counterparties(english) -> None:
    (anna, _) = told(english, "where")
    assert "none of its largest counterparties is abroad" in anna


def test_why_holds_the_rule_with_its_figure_and_the_reasons(english) -> None:
    received = 49_900 + 49_800
    expected = [ANNA, "R06", 2, "2025-03-02", money(received), "1,000", ANNA, TEXT, CARL]
    assert numbers_in(told(english, "why")) == numbers_in(expected)


def links_of(drawn: Ledger) -> dict[str, list[object]]:
    """Case, device, payments between the two, and what the other paid to whom both paid."""
    dan = drawn.account_id["dan"]
    among = [money(47_000 + 46_500), 2]
    return {
        "anna": [CARL, CARL, CARL, *among, CARL, dan, money(41_250), 1],
        "carl": [ANNA, ANNA, ANNA, *among, ANNA, dan, money(3_300), 1],
    }


RING = [47_000, 46_500, 3_300, 41_250]  # to each other, and to dan, whom both paid


def test_how_names_the_parties_with_most_money_the_links_and_what_ties_the_case(english, drawn) -> None:
    expected: list[object] = []
    for who, number in PEOPLE:
        line = rows_of(who)
        expected.append(number)
        for is_in in (True, False):
            for name, amount in of_parties(drawn, line, is_in):
                expected += [money(amount), name]
        expected += [number, *links_of(drawn)[who]]
    expected += [len(RING), money(sum(RING))]
    assert numbers_in(told(english, "how")) == numbers_in(expected)


def test_the_first_two_sections_hold_how_the_parties_were_found_and_who_they_are(form) -> None:
    found = [ANNA, "2025-03-10", 3, "R06", 2, "2025-03-02", CARL, "2025-03-10"]
    assert numbers_in(told(form, "1")) == numbers_in(found)
    change = {who: (2 * rows["is_in"] - 1) @ rows["yuan"] for who, rows in everything().items()}
    balances = {"anna": 2 * 10_000 + change["anna"], "carl": 10_000 + change["carl"]}
    expected = [ANNA, "2019-05-06", 2, money(balances["anna"]), "8,000"]
    expected += [CARL, "2024-08-09", 1, money(balances["carl"])]
    assert numbers_in(told(form, "2")) == numbers_in(expected)


def everything() -> dict[str, pd.DataFrame]:
    return {who: rows_of(who, pd.Timestamp("2000-01-01")) for who, _ in PEOPLE}


def test_section_three_holds_sums_sources_history_and_payments(form, drawn) -> None:
    expected: list[object] = []
    for who, number in PEOPLE:
        line = rows_of(who)
        into, out = line[line["is_in"]], line[~line["is_in"]]
        expected += ["2025-03-10", 28, number, into["other"].nunique(), money(into["yuan"].sum())]
        expected += [out["other"].nunique(), money(out["yuan"].sum())]
        for row in of_channels(line).itertuples():
            expected += [row.count, money(row.sum)]
        for is_in in (True, False):
            for name, amount in of_parties(drawn, line, is_in):
                expected += [name, money(amount)]
        expected.append(money(usual(who)))
        for row in largest_eight(line).itertuples():
            expected += [f"{row.at:%Y-%m-%d %H:%M}", called(drawn, row.other), money(row.yuan)]
    assert numbers_in(told(form, "3")) == numbers_in(expected)


def test_section_four_holds_the_links_and_what_ties_the_case(form, drawn) -> None:
    dan, among = drawn.account_id["dan"], [2, money(47_000 + 46_500)]
    expected = [ANNA, CARL, CARL, CARL, *among, CARL, dan, 1, money(41_250)]
    expected += [CARL, ANNA, ANNA, ANNA, *among, ANNA, dan, 1, money(3_300)]
    expected += [len(RING), money(sum(RING))]
    assert numbers_in(told(form, "4")) == numbers_in(expected)


def test_section_five_holds_the_rule_with_its_standard_and_the_reasons(form) -> None:
    expected = [ANNA, "R06", money(49_900 + 49_800), "1,000", ANNA, 7, "99,700", "2,100", CARL]
    assert numbers_in(told(form, "5")) == numbers_in(expected)


def test_judgement_and_measures_are_left_to_a_human(form, english) -> None:
    assert [section.key for section in form] == list("1234567")
    assert told(form, "6") == told(form, "7") == told(english, "decision") == []


def test_a_rule_in_the_draft_names_the_customer_it_met(english) -> None:
    assert told(english, "why")[0].startswith("Customer 100 met rule R06")


def test_the_punctuation_of_the_page_changes_no_number(form) -> None:
    lines = [line for section in form for line in section.text]
    assert numbers_in(map(chinese, lines)) == numbers_in(lines)
