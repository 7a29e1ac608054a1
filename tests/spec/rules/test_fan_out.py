"""Rules of the family fan out, on ledgers drawn by hand.

Thresholds come from the rulebook, so that a business person who changes one need not
touch this file.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.ledger import Customer, Ledger, bank
from tests.spec.rules.drawn import CENT


def dispersed(
    payers: int, yuan: float, payees: int, out: float, purpose: str = "unstated"
) -> list[tuple[Any, ...]]:
    """So many payers pay anna the sum; she pays so much of it to so many payees."""
    lines = [(f"2025-03-03 08:{n:02}", f"payer {n}", "anna", yuan / payers) for n in range(payers)]
    return lines + [
        (f"2025-03-04 15:{n:02}", "anna", f"payee {n}", out / payees, "transfer", purpose)
        for n in range(payees)
    ]


class TestR05:
    rule_id = "R05"

    def test_few_payers_and_many_payees_fire(self, hit, rule) -> None:
        ledger = dispersed(int(rule.payers), rule.total, int(rule.payees), rule.total)
        assert hit(bank(*ledger, anna="person"))

    def test_one_payer_more_stays_silent(self, hit, rule) -> None:
        ledger = dispersed(int(rule.payers) + 1, rule.total, int(rule.payees), rule.total)
        assert not hit(bank(*ledger, anna="person"))

    def test_one_payee_fewer_stays_silent(self, hit, rule) -> None:
        ledger = dispersed(1, rule.total, int(rule.payees) - 1, rule.total)
        assert not hit(bank(*ledger, anna="person"))

    def test_a_cent_less_money_stays_silent(self, hit, rule) -> None:
        ledger = dispersed(1, rule.total - CENT, int(rule.payees), rule.total)
        assert not hit(bank(*ledger, anna="person"))

    @pytest.mark.parametrize("side", ["low", "high"])
    def test_money_that_stays_or_is_topped_up_stays_silent(self, hit, rule, side) -> None:
        share = {"low": rule.low - 0.001, "high": rule.high + 0.001}[side]
        ledger = dispersed(1, rule.total, int(rule.payees), rule.total * share)
        assert not hit(bank(*ledger, anna="person"))

    def test_payees_of_long_standing_stay_silent(self, hit, rule) -> None:
        crew = [(f"2025-02-{1 + n % 20:02} 10:00", "anna", f"payee {n}", 1) for n in range(int(rule.payees))]
        assert not hit(bank(*crew, *dispersed(1, rule.total, int(rule.payees), rule.total), anna="person"))

    def test_a_payroll_stays_silent(self, hit, rule) -> None:
        ledger = dispersed(1, rule.total, int(rule.payees), rule.total, "payroll")
        assert not hit(bank(*ledger, anna="person"))

    def test_false_positive_labour_contractor(self, hit) -> None:
        crew = [(f"2025-03-05 18:{n:02}", "anna", f"worker {n}", 3_200 + 50 * n) for n in range(9)]
        builder = ("2025-03-04 10:00", "firm builder", "anna", 36_000)
        assert hit(bank(builder, *crew, anna="person"))


def paid_out(
    rule, yuan: float, count: int | None = None, payees: int | None = None, *, other=(), **how
) -> Ledger:
    """Anna pays the sum in so many transfers to so many payees, as the rule asks where nothing is said.

    ``how``: ``kind`` of customer she is, ``to`` whom she pays, ``purpose``; ``other`` are further payments.
    """
    count = int(rule.times) if count is None else count
    payees = int(rule.payees) if payees is None else payees
    lines = [
        (
            f"2025-03-0{3 + n % 3} 10:{n:02}",
            "anna",
            f"{how.get('to', 'person')} {n % payees}",
            yuan / count,
            "transfer",
            how.get("purpose", "unstated"),
        )
        for n in range(count)
    ]
    return bank(*other, *lines, opening=50_000_000, anna=how["kind"])


class TestR15:
    rule_id = "R15"

    def paid_out(self, rule, yuan: float, other: float = 1, kind: str = "company", **how) -> Ledger:
        supplies = ("2025-03-03 09:00", "anna", "firm supplier", other, "transfer", "supplies")
        return paid_out(rule, yuan, other=[supplies], kind=kind, **how)

    def test_a_firm_that_pays_many_persons_fires(self, hit, rule) -> None:
        assert hit(self.paid_out(rule, rule.total + 1))

    def test_less_money_stays_silent(self, hit, rule) -> None:
        assert not hit(self.paid_out(rule, rule.total - 1))

    def test_fewer_transfers_or_persons_stay_silent(self, hit, rule) -> None:
        assert not hit(self.paid_out(rule, rule.total * 2, count=int(rule.times) - 1))
        assert not hit(self.paid_out(rule, rule.total * 2, payees=int(rule.payees) - 1))

    def test_wages_stay_silent(self, hit, rule) -> None:
        assert not hit(self.paid_out(rule, rule.total * 2, purpose="payroll"))

    def test_firms_as_payees_stay_silent(self, hit, rule) -> None:
        assert not hit(self.paid_out(rule, rule.total * 2, to="firm"))

    def test_a_small_part_of_a_large_turnover_stays_silent(self, hit, rule) -> None:
        rest = rule.total * 2 * (1 - rule.share) / rule.share
        assert hit(self.paid_out(rule, rule.total * 2, other=rest * 0.99))
        assert not hit(self.paid_out(rule, rule.total * 2, other=rest * 1.01))

    def test_a_person_stays_silent(self, hit, rule) -> None:
        assert not hit(self.paid_out(rule, rule.total * 2, kind="person"))

    def test_false_positive_farm_purchases(self, hit) -> None:
        farmers = [
            (f"2025-03-0{3 + n % 5} 14:{n:02}", "anna", f"farmer {n}", 130_000, "transfer", "goods")
            for n in range(16)
        ]
        assert hit(bank(*farmers, opening=3_000_000, anna="company"))


class TestR33:
    rule_id = "R33"

    def test_a_person_who_pays_many_persons_fires(self, hit, rule) -> None:
        assert hit(paid_out(rule, rule.total + 1, kind="person"))

    def test_less_money_stays_silent(self, hit, rule) -> None:
        assert not hit(paid_out(rule, rule.total - 1, kind="person"))

    def test_fewer_transfers_or_persons_stay_silent(self, hit, rule) -> None:
        assert not hit(paid_out(rule, rule.total * 2, count=int(rule.times) - 1, kind="person"))
        assert not hit(paid_out(rule, rule.total * 2, payees=int(rule.payees) - 1, kind="person"))

    def test_firms_as_payees_or_payers_stay_silent(self, hit, rule) -> None:
        assert not hit(paid_out(rule, rule.total * 2, to="firm", kind="person"))
        assert not hit(paid_out(rule, rule.total * 2, kind="company"))

    def test_false_positive_labour_contractor(self, hit) -> None:
        wages = [(f"2025-03-05 1{n % 8}:0{n // 8}", "anna", f"hand {n}", 4_800) for n in range(12)]
        assert hit(bank(*wages, opening=100_000, anna=Customer(income=12_000)))


class TestR36:
    rule_id = "R36"

    def scattered(
        self, rule, payers: int = 1, payees: int | None = None, yuan: float | None = None
    ) -> Ledger:
        payees = int(max(rule.payees, rule.persons)) if payees is None else payees
        yuan = rule.total * 1.01 if yuan is None else yuan
        return bank(*dispersed(payers, yuan, payees, yuan), anna="person")

    def test_a_credit_scattered_among_many_new_persons_fires(self, hit, rule) -> None:
        assert hit(self.scattered(rule))
        assert hit(self.scattered(rule, payers=int(rule.payers)))

    def test_one_payer_more_or_one_payee_fewer_stays_silent(self, hit, rule) -> None:
        assert not hit(self.scattered(rule, payers=int(rule.payers) + 1))
        assert not hit(self.scattered(rule, payees=int(max(rule.payees, rule.persons)) - 1))

    def test_less_money_stays_silent(self, hit, rule) -> None:
        assert not hit(self.scattered(rule, yuan=rule.total * 0.99))

    def test_payees_of_long_standing_stay_silent(self, hit, rule) -> None:
        count = int(max(rule.payees, rule.persons))
        crew = [(f"2025-02-{1 + n % 20:02} 10:00", "anna", f"payee {n}", 1) for n in range(count)]
        assert not hit(bank(*crew, *dispersed(1, rule.total * 1.01, count, rule.total * 1.01), anna="person"))

    def test_a_firm_stays_silent(self, hit, rule) -> None:
        count = int(max(rule.payees, rule.persons))
        lines = dispersed(1, rule.total * 1.01, count, rule.total * 1.01)
        assert not hit(bank(*lines, anna="company"))

    def test_false_positive_labour_contractor(self, hit) -> None:
        crew = [(f"2025-03-05 18:{n:02}", "anna", f"worker {n}", 3_200 + 50 * n) for n in range(12)]
        builder = ("2025-03-04 10:00", "firm builder", "anna", 60_000)
        assert hit(bank(builder, *crew, anna="person"))
