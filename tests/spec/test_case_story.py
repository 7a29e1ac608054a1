"""A case is told by the hours in which most of its money moved, in plain facts, where there are such."""

from __future__ import annotations

from typing import Any

from explain.results.cases import CaseCounterparty, CaseParty, CasePayment
from reports.case_story import burst_sentence, largest_burst, plain_headline
from reports.wording import Text
from tests.spec.records import partial


def payment(at: str, is_in: bool, other: str, yuan: float) -> CasePayment:
    return partial(CasePayment, at=at, is_in=is_in, other=other, yuan=yuan)


BURST = [
    payment("2026-01-02 09:00", True, "person 7", 6_000.0),
    payment("2026-01-02 22:05", True, "person 7", 50_000.0),
    payment("2026-01-03 01:30", False, "customer 9", 54_000.0),
]
BEFORE = payment("2025-12-20 12:00", False, "merchant 3", 800.0)


def customer(payments: list[CasePayment], **more: Any) -> CaseParty:
    given = {
        "customer_name": "5",
        "payments": payments,
        "money_in": sum(row.yuan for row in payments if row.is_in),
        "money_out": sum(row.yuan for row in payments if not row.is_in),
        "counterparties": [partial(CaseCounterparty, name="person 7", is_new=True)],
        "declared_income": 4_200,
    }
    return partial(CaseParty, **(given | more))


def said(one: CaseParty) -> Text:
    sentence = burst_sentence(one)
    assert sentence is not None
    return sentence


def test_a_burst_is_told_with_its_hours_its_sums_and_its_parties() -> None:
    told = said(customer([BEFORE, *BURST]))
    assert told.en == (
        "Within 17 hours, 2 Jan 2026 09:00 to 3 Jan 01:30, customer 5 received CNY 56,000 in 2 payments, all "
        "from person 7 (first contact), and paid CNY 54,000 in 1 payment to customer 9. "
        "Declared monthly income is CNY 4,200."
    )
    assert told.zh == (
        "2026年1月2日 09:00 至 1月3日 01:30，17 小时内，客户 5 转入 56,000 元（2 笔），均来自行外个人 7"
        "（首次往来）；转出 54,000 元（1 笔），转给客户 9。申报月收入为 4,200 元。"
    )


def test_of_several_parties_the_one_with_most_of_the_money_is_named() -> None:
    told = said(customer([*BURST, payment("2026-01-03 02:00", True, "person 8", 1_500.0)]))
    assert "CNY 57,500 in 3 payments from 2 payers, CNY 56,000 of it from person 7 (first contact)" in told.en
    assert "其中行外个人 7（首次往来）56,000 元" in told.zh


def test_a_small_payment_at_an_end_does_not_stretch_a_burst() -> None:
    small = payment("2026-01-01 12:00", True, "person 7", 100.0)
    burst = largest_burst([small, *BURST])
    assert burst is not None
    assert burst.payments == BURST


def test_money_that_moves_slowly_is_not_told_as_a_burst() -> None:
    assert burst_sentence(customer(BURST, money_in=500_000.0)) is None
    assert burst_sentence(customer(BURST[:2])) is None  # two payments are none
    assert burst_sentence(customer([])) is None


def test_counts_of_one_and_of_none_are_said_as_people_say_them() -> None:
    told = plain_headline(
        Text(
            "1 payers sent CNY 1 and CNY 1 went to 1 payees; 0 counterparties were new.",
            "转出 1 元至 1 个收款方；其中 0 个为新交易对手。",
        )
    )
    assert told.en == "1 payer sent CNY 1 and CNY 1 went to 1 payee; no counterparty was new."
    assert told.zh == "转出 1 元至 1 个收款方；无新交易对手。"
