"""Rules of the family integration, on ledgers drawn by hand.

Thresholds come from the rulebook, so that a business person who changes one need not
touch this file.
"""

from __future__ import annotations

from typing import Any

from tests.spec.ledger import Customer, Ledger, bank
from tests.spec.rules.drawn import CENT


class TestR26:
    rule_id = "R26"

    def loan(self, rule, repaid: float | None = None, moment: str = "2025-03-05 10:00") -> Ledger:
        repaid = rule.repaid if repaid is None else repaid
        return bank(
            ("2024-11-20 10:00", "lender bank", "anna", rule.repaid * 1.2, "transfer", "loan"),
            ("2025-03-04 10:00", "eve", "anna", repaid),
            (moment, "anna", "lender bank", repaid, "transfer", "loan_repayment"),
            anna="person",
        )

    def lent(self, rule, share: float = 0.95, sent: str = "2024-12-01 10:00") -> Ledger:
        yuan = rule.lent / 0.95
        return bank(
            (sent, "anna", "firm shell", yuan),
            ("2025-03-05 10:00", "firm shell", "anna", round(yuan * share, 2), "transfer", "loan"),
            opening=500_000,
            anna="person",
        )

    def test_a_loan_repaid_at_once_fires(self, hit, rule) -> None:
        assert hit(self.loan(rule))

    def test_a_loan_repaid_from_wages_stays_silent(self, hit, rule) -> None:
        lines = [
            ("2024-11-20 10:00", "lender bank", "anna", rule.repaid * 1.2, "transfer", "loan"),
            ("2025-03-03 10:00", "eve", "anna", rule.repaid * rule.funds - CENT),
            ("2025-03-04 10:00", "firm employer", "anna", rule.repaid, "transfer", "payroll"),
            ("2025-03-05 10:00", "anna", "lender bank", rule.repaid, "transfer", "loan_repayment"),
        ]
        assert not hit(bank(*lines, anna="person"))

    def test_a_small_loan_stays_silent(self, hit, rule) -> None:
        assert not hit(self.loan(rule, repaid=rule.repaid - CENT))

    def test_instalments_stay_silent(self, hit, rule, observe_params) -> None:
        low, _ = observe_params.early_repaid_share
        lines = [("2024-11-20 10:00", "lender bank", "anna", rule.repaid * 4, "transfer", "loan")]
        part = rule.repaid * 4 * low - 1
        lines += [("2025-03-05 10:00", "anna", "lender bank", part, "transfer", "loan_repayment")]
        assert not hit(bank(*lines, anna="person"))

    def test_ones_own_money_that_comes_back_as_a_loan_fires(self, hit, rule) -> None:
        assert hit(self.lent(rule, share=0.9500001))

    def test_too_little_of_it_stays_silent(self, hit, rule) -> None:
        assert not hit(self.lent(rule, share=0.8))

    def test_a_refund_of_the_same_week_stays_silent(self, hit, rule) -> None:
        assert not hit(self.lent(rule, share=0.96, sent="2025-03-01 10:00"))

    def test_false_positive_a_house_is_sold_and_the_loan_repaid(self, hit, rule) -> None:
        lines = [
            ("2024-12-20 10:00", "lender bank", "anna", 800_000, "transfer", "loan"),
            ("2025-03-03 10:00", "buyer", "anna", 2_000_000, "transfer", "goods"),
            ("2025-03-04 10:00", "anna", "lender bank", 800_000, "transfer", "loan_repayment"),
        ]
        assert hit(bank(*lines, anna=Customer(income=20_000)))


class TestR26b:
    rule_id = "R26b"
    WAGES = ("2025-02-28 10:00", "firm employer", "anna", 8_000, "transfer", "payroll")  # never steps aside

    def test_a_premium_of_many_incomes_fires(self, hit, rule) -> None:
        line = ("2025-03-05 10:00", "anna", "insurer life", 8_000 * rule.premium, "transfer", "insurance")
        assert hit(bank(self.WAGES, line, opening=200_000, anna=Customer(income=8_000)))

    def test_a_premium_of_a_little_less_stays_silent(self, hit, rule) -> None:
        line = ("2025-03-05 10:00", "anna", "insurer life", 7_999 * rule.premium, "transfer", "insurance")
        assert not hit(bank(self.WAGES, line, opening=200_000, anna=Customer(income=8_000)))

    def policy(self, rule, paid: str, bought: str = "2024-12-01 10:00", yuan: float | None = None) -> Ledger:
        yuan = rule.surrendered if yuan is None else yuan
        return bank(
            (bought, "anna", "insurer life", yuan * 1.1, "transfer", "insurance"),
            ("2025-03-01 10:00", "carl", "insurer life", 100, "transfer", "insurance"),
            ("2025-03-05 10:00", "insurer life", paid, yuan, "transfer", "insurance"),
            opening=300_000,
            anna=Customer(income=90_000),
            ben=Customer(income=90_000),
            carl="person",
        )

    def test_a_policy_given_up_within_half_a_year_fires(self, hit, rule) -> None:
        assert hit(self.policy(rule, "anna"))

    def test_an_old_policy_stays_silent(self, hit, rule) -> None:
        assert not hit(self.policy(rule, "anna", bought="2024-08-01 10:00"))

    def test_a_small_one_stays_silent(self, hit, rule) -> None:
        assert not hit(self.policy(rule, "anna", yuan=min(rule.surrendered, rule.payout) - CENT))

    def test_a_third_party_who_is_paid_out_fires(self, hit, rule) -> None:
        ledger = self.policy(rule, "ben", yuan=rule.payout)
        assert hit(ledger, "ben")
        assert not hit(ledger, "anna")

    def paid_on(self, yuan: float, out: float) -> Ledger:
        return bank(
            ("2025-03-01 10:00", "ben", "insurer life", 100, "transfer", "insurance"),
            ("2025-03-05 10:00", "insurer life", "anna", yuan, "transfer", "insurance"),
            ("2025-03-05 15:00", "anna", "exit", out),
            anna=Customer(income=4_000),
            ben="person",
        )

    def test_a_smaller_payout_that_is_passed_on_at_once_fires(self, hit, rule) -> None:
        assert hit(self.paid_on(rule.passed, rule.passed * rule.fast))

    def test_a_smaller_payout_that_stays_or_is_too_small_is_silent(self, hit, rule) -> None:
        assert not hit(self.paid_on(rule.passed, rule.passed * rule.fast - CENT))
        assert not hit(self.paid_on(rule.passed - CENT, rule.passed - CENT))

    def test_false_positive_a_widow_is_paid_the_sum_insured(self, hit, rule) -> None:
        lines = [
            ("2025-03-01 10:00", "ben", "insurer life", 100, "transfer", "insurance"),
            ("2025-03-05 10:00", "insurer life", "anna", rule.payout * 3, "transfer", "insurance"),
        ]
        assert hit(bank(*lines, anna=Customer(income=4_000), ben="person"))


class TestR27:
    rule_id = "R27"

    def off_ramp(self, rule, payer="exchange x", yuan=None, gone=0.95, leaves="2025-03-05 15:00") -> Ledger:
        yuan = yuan or rule.exchange
        return bank(
            ("2025-03-05 10:00", payer, "anna", yuan),
            (leaves, "anna", "eve", yuan * gone),
            anna="person",
        )

    def test_money_of_an_exchange_that_leaves_at_once_fires(self, hit, rule) -> None:
        assert hit(self.off_ramp(rule))

    def test_a_smaller_sum_stays_silent(self, hit, rule) -> None:
        assert not hit(self.off_ramp(rule, yuan=rule.exchange - CENT))

    def test_money_that_stays_is_silent(self, hit, rule) -> None:
        assert not hit(self.off_ramp(rule, leaves="2025-03-07 10:00"))

    def test_a_broker_is_no_exchange(self, hit, rule) -> None:
        assert not hit(self.off_ramp(rule, payer="broker x"))

    def test_odd_sums_over_the_counter_fire(self, hit, rule) -> None:
        each = rule.persons / rule.payers + 0.37
        lines = [
            (f"2025-03-05 1{n}:00", f"buyer {n}", "anna", round(each, 2)) for n in range(int(rule.payers))
        ]
        lines.append(("2025-03-05 20:00", "anna", "eve", rule.persons * 0.9))
        assert hit(bank(*lines, anna="person"))

    def victim(self, rule, *earlier: tuple[Any, ...]) -> Ledger:
        payment = ("2025-03-05 10:00", "anna", "exchange x", rule.victim)
        little = ("2025-03-01 10:00", "eve", "anna", 1)
        return bank(*earlier, little, payment, opening=100_000, anna="person")

    def test_a_victim_of_a_first_payment_to_an_exchange_fires(self, hit, rule) -> None:
        assert hit(self.victim(rule))

    def test_a_customer_of_the_exchange_stays_silent(self, hit, rule) -> None:
        assert not hit(self.victim(rule, ("2025-01-05 10:00", "anna", "exchange x", 10)))

    def test_false_positive_private_trader_of_coins(self, hit, rule) -> None:
        lines = [
            ("2025-03-04 10:00", "exchange x", "anna", 21_430.20, "transfer", "investment"),
            ("2025-03-04 22:00", "anna", "exchange y", 20_000, "transfer", "investment"),
        ]
        assert hit(bank(*lines, anna=Customer(income=15_000)))
