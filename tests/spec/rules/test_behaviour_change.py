"""Rules of the family behaviour change, on ledgers drawn by hand.

Thresholds come from the rulebook, so that a business person who changes one need not
touch this file.
"""

from __future__ import annotations

from typing import Any

from tests.spec.ledger import Customer, Ledger, bank
from tests.spec.rules.drawn import CENT, wages


class TestR09:
    rule_id = "R09"

    def burst(
        self, rule, payers: int | None = None, yuan: float | None = None, test: tuple[Any, ...] | None = None
    ) -> Ledger:
        payers = int(rule.payers) if payers is None else payers
        yuan = rule.total + 1 if yuan is None else yuan
        lines = [
            (f"2025-03-05 {10 + n // 60}:{n % 60:02}", f"payer {n}", "anna", yuan / payers)
            for n in range(payers)
        ]
        return bank(test or ("2025-03-04 09:00", "controller", "anna", 1), *lines, anna="person")

    def test_money_of_new_payers_after_a_tiny_test_fires(self, hit, rule) -> None:
        assert hit(self.burst(rule))

    def test_a_test_that_anna_sends_herself_fires(self, hit, rule) -> None:
        assert hit(self.burst(rule, test=("2025-03-04 09:00", "anna", "controller", 5)))

    def test_one_payer_fewer_stays_silent(self, hit, rule) -> None:
        assert not hit(self.burst(rule, payers=int(rule.payers) - 1))

    def test_less_money_stays_silent(self, hit, rule) -> None:
        assert not hit(self.burst(rule, yuan=rule.total - 1))

    def test_without_a_tiny_test_it_stays_silent(self, hit, rule, observe_params) -> None:
        test = observe_params.patterns.test_cny
        assert hit(self.burst(rule, test=("2025-03-04 09:00", "controller", "anna", test)))
        assert not hit(self.burst(rule, test=("2025-03-04 09:00", "controller", "anna", test + CENT)))

    def test_a_test_at_the_very_moment_or_later_stays_silent(self, hit, rule) -> None:
        first = "2025-03-05 10:00"
        assert not hit(self.burst(rule, test=("2025-03-06 10:00", "controller", "anna", 1)))
        assert not hit(self.burst(rule, payers=1, test=(first, "controller", "anna", 1)))

    def test_a_test_more_than_three_days_before_stays_silent(self, hit, rule) -> None:
        assert hit(self.burst(rule, test=("2025-03-02 11:00", "controller", "anna", 1)))
        assert not hit(self.burst(rule, test=("2025-03-02 09:59", "controller", "anna", 1)))

    def test_a_small_payment_of_somebody_known_is_no_test(self, hit, rule) -> None:
        ledger = self.burst(rule).transactions
        known = bank(
            ("2025-02-01 10:00", "controller", "anna", 300),
            *[("2025-03-04 09:00", "controller", "anna", 1)],
            *[
                (f"2025-03-05 10:{n:02}", f"payer {n}", "anna", (rule.total + 1) / rule.payers)
                for n in range(int(rule.payers))
            ],
            anna="person",
        )
        assert len(ledger) == len(known.transactions) - 1
        assert not hit(known)

    def test_false_positive_first_sales_of_a_market_seller(self, hit) -> None:
        sales = [
            (f"2025-03-0{5 + n % 2} 1{n}:00", f"buyer {n}", "anna", 3_800, "transfer", "goods")
            for n in range(5)
        ]
        assert hit(bank(("2025-03-04 20:00", "platform", "anna", 0.01), *sales, anna="person"))


class TestR14:
    rule_id = "R14"

    def turned(self, rise: float, new: int, known: int) -> Ledger:
        """Half a year of 1,000 a month from friends, then so many times as much from new and old payers."""
        usual = [
            (f"2024-{month:02}-20 10:00", f"friend {n}", "anna", 1_000 / known)
            for month in (9, 10, 11, 12)
            for n in range(known)
        ]
        usual += [
            (f"2025-01-{day} 10:00", f"friend {n}", "anna", 1_000 / known)
            for day in (10, 20)
            for n in range(known)
        ]
        payers = [f"friend {n}" for n in range(known)] + [f"payer {n}" for n in range(new)]
        burst = [
            (f"2025-03-03 10:{n:02}", name, "anna", 1_000 * rise / len(payers))
            for n, name in enumerate(payers)
        ]
        return bank(*usual, *burst, anna="person")

    def test_a_rise_by_new_payers_fires(self, hit, rule) -> None:
        assert hit(self.turned(rule.rise + 0.1, new=9, known=1))

    def test_a_smaller_rise_stays_silent(self, hit, rule) -> None:
        assert not hit(self.turned(rule.rise - 0.1, new=9, known=1))

    def test_a_rise_by_known_payers_stays_silent(self, hit, rule) -> None:
        assert not hit(self.turned(rule.rise + 0.1, new=8, known=2))

    def test_without_a_month_of_history_there_is_no_habit_to_break(self, hit) -> None:
        burst = [(f"2025-03-03 10:{n:02}", f"payer {n}", "anna", 9_000) for n in range(9)]
        first = ("2025-01-30 10:00", "payer", "anna", 10)
        lately, before = Customer(joined="2025-01-20"), Customer(joined="2024-12-01")
        assert hit(bank(first, *burst, anna=before, zoe="person"))
        other = ("2025-01-05 10:00", "friend", "zoe", 10), ("2025-03-05 10:00", "friend", "zoe", 10)
        assert not hit(bank(first, *burst, *other, anna=lately, zoe="person"))

    def test_false_positive_first_month_of_a_business(self, hit) -> None:
        wages = [
            (f"2024-{month:02}-10 10:00", "firm employer", "anna", 6_000, "transfer", "payroll")
            for month in (9, 10, 11, 12)
        ]
        sales = [
            (f"2025-03-03 {8 + n // 4}:{n % 4}0", f"buyer {n}", "anna", 1_500, "transfer", "goods")
            for n in range(24)
        ]
        assert hit(bank(*wages, *sales, anna="person"))


class TestR41:
    rule_id = "R41"
    USUAL = 1_000

    def turned(self, rule, rise: float, payers: int | None = None, peers: float = 1.0) -> Ledger:
        """Wages of before, then so many times as much from new payers, among clerks who receive little."""
        payers = int(rule.payers) if payers is None else payers
        lines, people = [], {f"clerk{n}": Customer() for n in range(40)}
        for n, name in enumerate(people):
            lines.append(("2025-02-20 12:00", f"friend {n}", name, peers * (500 + 25 * n)))
        burst = [
            (f"2025-03-03 10:{n:02}", f"payer {n}", "anna", self.USUAL * rise / payers) for n in range(payers)
        ]
        return bank(*lines, *wages(self.USUAL), *burst, anna=Customer(), **people)

    def test_a_rise_by_many_new_payers_fires(self, hit, rule) -> None:
        assert hit(self.turned(rule, rule.rise * 1.1))

    def test_a_smaller_rise_stays_silent(self, hit, rule) -> None:
        assert not hit(self.turned(rule, rule.rise * 0.9))

    def test_one_payer_fewer_stays_silent(self, hit, rule) -> None:
        assert not hit(self.turned(rule, rule.rise * 1.1, payers=int(rule.payers) - 1))

    def test_peers_who_receive_as_much_keep_it_silent(self, hit, rule) -> None:
        assert not hit(self.turned(rule, rule.rise * 1.1, peers=30))

    def test_false_positive_collections_for_a_club(self, hit, rule) -> None:
        assert hit(self.turned(rule, rule.rise * 2, payers=20))
