"""Rules of the family fan in, on ledgers drawn by hand.

Thresholds come from the rulebook, so that a business person who changes one need not
touch this file.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.spec.ledger import Customer, Ledger, bank
from tests.spec.rules.drawn import CENT, among


def gathered(
    payers: int, yuan: float, payees: int, out: float, purpose: str = "unstated"
) -> list[tuple[Any, ...]]:
    """So many payers pay anna the sum, and she pays so much of it to so many payees."""
    lines = [
        (f"2025-03-03 {8 + n // 60:02}:{n % 60:02}", f"payer {n}", "anna", yuan / payers, "transfer", purpose)
        for n in range(payers)
    ]
    return lines + [(f"2025-03-04 15:{n:02}", "anna", f"payee {n}", out / payees) for n in range(payees)]


class TestR04:
    rule_id = "R04"

    def test_many_payers_and_few_payees_fire(self, hit, rule) -> None:
        assert hit(bank(*gathered(int(rule.payers), rule.total, int(rule.payees), rule.total), anna="person"))

    def test_one_payer_fewer_stays_silent(self, hit, rule) -> None:
        assert not hit(bank(*gathered(int(rule.payers) - 1, rule.total, 1, rule.total), anna="person"))

    def test_one_payee_more_stays_silent(self, hit, rule) -> None:
        ledger = gathered(int(rule.payers), rule.total, int(rule.payees) + 1, rule.total)
        assert not hit(bank(*ledger, anna="person"))

    def test_less_money_stays_silent(self, hit, rule) -> None:
        less = rule.total - int(rule.payers) * CENT
        assert not hit(bank(*gathered(int(rule.payers), less, 1, less), anna="person"))

    @pytest.mark.parametrize("side", ["low", "high"])
    def test_money_that_stays_or_is_topped_up_stays_silent(self, hit, rule, side) -> None:
        share = {"low": rule.low - 0.001, "high": rule.high + 0.001}[side]
        ledger = gathered(int(rule.payers), rule.total, 1, rule.total * share)
        assert not hit(bank(*ledger, anna="person"))

    def test_payers_of_long_standing_stay_silent(self, hit, rule) -> None:
        tenants = [
            (f"2025-02-{1 + n % 20:02} 10:00", f"payer {n}", "anna", 1) for n in range(int(rule.payers))
        ]
        ledger = gathered(int(rule.payers), rule.total, 1, rule.total)
        assert not hit(bank(*tenants, *ledger, anna="person"))

    def test_wages_from_many_employers_stay_silent(self, hit, rule) -> None:
        ledger = gathered(int(rule.payers), rule.total, 1, rule.total, "payroll")
        gift = ("2025-03-03 09:00", "aunt", "anna", rule.total)
        assert not hit(bank(*ledger, gift, anna="person"))

    def test_a_firm_needs_more_payers_and_more_money(self, hit, rule) -> None:
        big = rule.total * 1_000
        payers = int(rule.by_segment["payers"]["micro_business"])
        fewer = gathered(payers - 1, big, 1, big)
        enough = gathered(payers, big, 1, big)
        assert not hit(bank(*fewer, anna="micro_business"))
        assert hit(bank(*enough, anna="micro_business"))

    def test_false_positive_group_buy_leader(self, hit) -> None:
        neighbours = [
            (f"2025-03-0{3 + n % 3} 19:{n:02}", f"neighbour {n}", "anna", 3_000 * (1 + n % 2))
            for n in range(14)
        ]
        supplier = ("2025-03-06 09:00", "anna", "firm orchard", 60_000, "transfer", "supplies")
        assert hit(bank(*neighbours, supplier, anna="person"))


Fires = Callable[..., bool]


def strangers(count: int, yuan: float, apart: float = 0.0, **how: str) -> list[tuple[Any, ...]]:
    """So many persons never seen before pay anna the sum in alike parts; the first pays ``apart`` more."""
    parts = [yuan / count * (1 + apart)] + [(yuan - yuan / count * (1 + apart)) / (count - 1)] * (count - 1)
    return [
        (f"2025-03-0{3 + n % 2} 1{n % 10}:{n:02}", f"payer {n}", "anna", part, *how.values())
        for n, part in enumerate(parts)
    ]


def paid(*lines: tuple[Any, ...], **people: Customer | str) -> Ledger:
    """A ledger in which strangers pay somebody else too, so that the rule never steps aside."""
    others = (("2025-03-03 09:00", "stranger", "zoe", 10), ("2025-03-03 09:30", "passer-by", "zoe", 20))
    return bank(*others, *lines, zoe="person", **people)


class TestR03:
    rule_id = "R03"

    def test_alike_sums_of_strangers_fire(self, hit: Fires, rule: SimpleNamespace) -> None:
        assert hit(paid(*strangers(int(rule.payers), rule.total + 1), anna="person"))

    def test_one_stranger_fewer_stays_silent(self, hit, rule) -> None:
        assert not hit(paid(*strangers(int(rule.payers) - 1, rule.total * 2), anna="person"))

    def test_less_money_stays_silent(self, hit, rule) -> None:
        assert not hit(paid(*strangers(int(rule.payers), rule.total - 1), anna="person"))

    def test_sums_that_are_not_alike_stay_silent(self, hit, rule) -> None:
        apart = rule.variation * np.sqrt(rule.payers - 1)  # then deviation over mean is the threshold
        assert hit(paid(*strangers(int(rule.payers), rule.total + 1, apart * 0.99), anna="person"))
        assert not hit(paid(*strangers(int(rule.payers), rule.total + 1, apart * 1.01), anna="person"))

    def test_payers_known_for_long_stay_silent(self, hit, rule) -> None:
        known = [(f"2025-02-0{1 + n % 7} 10:00", "anna", f"payer {n}", 5) for n in range(int(rule.payers))]
        assert not hit(paid(*known, *strangers(int(rule.payers), rule.total + 1), anna="person"))

    def test_payers_known_only_more_than_half_a_year_ago_fire(self, hit, rule) -> None:
        known = [(f"2024-07-0{1 + n % 7} 10:00", "anna", f"payer {n}", 5) for n in range(int(rule.payers))]
        assert hit(paid(*known, *strangers(int(rule.payers), rule.total + 1), anna="person"))

    def test_the_household_is_no_stranger(self, hit, rule) -> None:
        lines = strangers(int(rule.payers), rule.total + 1)
        family = {f"payer {n}": Customer(household=7) for n in range(int(rule.payers))}
        assert hit(paid(*lines, anna=Customer(household=8), **family))
        assert not hit(paid(*lines, anna=Customer(household=7), **family))

    def test_sums_at_the_report_line_stay_silent(self, hit, rule, observe_params) -> None:
        _, line = observe_params.near_line_cny
        count = int(rule.payers)
        assert hit(paid(*strangers(count, count * (line - 1)), anna="person"))
        assert not hit(paid(*strangers(count, count * line), anna="person"))

    def test_a_firm_needs_more_payers_and_more_money(self, hit, rule, book) -> None:
        count, total = (
            int(rule.by_segment["payers"]["micro_business"]),
            rule.total * book.segment_multiplier["micro_business"],
        )
        assert hit(paid(*strangers(count, total + 1), anna="micro_business"))
        assert not hit(paid(*strangers(count - 1, total + 1), anna="micro_business"))
        assert not hit(paid(*strangers(count, total - 1), anna="micro_business"))

    def test_false_positive_tuition_collection(self, hit) -> None:
        parents = [
            (f"2025-03-03 {8 + n}:00", f"parent {n}", "anna", 2_900, "transfer", "tuition") for n in range(9)
        ]
        assert hit(paid(*parents, anna="person"))


class TestR16:
    rule_id = "R16"

    def paid_by(
        self, rule, yuan: float | None = None, firms: int | None = None, days: int | None = None, **how
    ) -> Ledger:
        yuan = rule.total + 1 if yuan is None else yuan
        firms = int(rule.firms) if firms is None else firms
        days = int(rule.days) if days is None else days
        lines = [
            (
                f"2025-03-{3 + n % days:02} 10:{n:02}",
                f"{how.get('by', 'firm')} {n}",
                "anna",
                yuan / firms,
                "transfer",
                how.get("purpose", "unstated"),
            )
            for n in range(firms)
        ]
        return bank(*lines, anna=how.get("kind", "person"))

    def test_a_person_paid_by_many_firms_fires(self, hit, rule) -> None:
        assert hit(self.paid_by(rule))

    def test_less_money_stays_silent(self, hit, rule) -> None:
        assert not hit(self.paid_by(rule, rule.total - 1))

    def test_fewer_firms_or_days_stay_silent(self, hit, rule) -> None:
        assert not hit(self.paid_by(rule, firms=int(rule.firms) - 1))
        assert not hit(self.paid_by(rule, days=int(rule.days) - 1))

    def test_wages_and_persons_as_payers_stay_silent(self, hit, rule) -> None:
        assert not hit(self.paid_by(rule, purpose="payroll"))
        assert not hit(self.paid_by(rule, by="person"))

    def test_a_firm_stays_silent(self, hit, rule) -> None:
        assert not hit(self.paid_by(rule, kind="micro_business"))

    def test_false_positive_freelancer(self, hit) -> None:
        fees = [
            (f"2025-03-0{3 + n} 11:00", f"firm client {n}", "anna", 26_000, "transfer", "goods")
            for n in range(5)
        ]
        assert hit(bank(*fees, anna=Customer(income=30_000)))


class TestR29:
    rule_id = "R29"

    def takings(
        self, rule, payers=None, again=0, leaves="2025-03-07 20:00", hour="23", peers: float = 0
    ) -> Ledger:
        payers = payers or int(rule.payers)
        lines = [
            (f"2025-03-06 {hour}:{n:02}", f"payer {n}", "anna", 500, "qr", "shopping") for n in range(payers)
        ]
        lines += [
            (f"2025-03-07 00:{n:02}", f"payer {n}", "anna", 100, "qr", "shopping") for n in range(again)
        ]
        lines.append((leaves, "anna", "eve", payers * 450))
        shop = Customer("micro_business", 60_000)
        return among(*sorted(lines), kind="micro_business", night=peers, anna=shop)

    def test_payers_who_never_return_and_money_that_leaves_fire(self, hit, rule) -> None:
        assert hit(self.takings(rule))

    def test_one_payer_fewer_stays_silent(self, hit, rule) -> None:
        assert not hit(self.takings(rule, payers=int(rule.payers) - 1))

    def test_payers_who_return_silence_it(self, hit, rule) -> None:
        assert not hit(self.takings(rule, again=int(rule.payers * rule.repeat) + 1))

    def test_takings_that_stay_silence_it(self, hit, rule) -> None:
        assert not hit(self.takings(rule, leaves="2025-03-08 20:00"))

    def test_takings_by_day_stay_silent(self, hit, rule) -> None:
        assert not hit(self.takings(rule, hour="20"))

    def test_shops_that_are_all_open_at_night_silence_it(self, hit, rule) -> None:
        assert hit(self.takings(rule, peers=0.1))
        assert not hit(self.takings(rule, peers=0.9))

    def test_false_positive_stall_at_a_night_fair_pays_its_supplier_next_morning(self, hit, rule) -> None:
        assert hit(self.takings(rule, payers=60, leaves="2025-03-07 09:00"))
