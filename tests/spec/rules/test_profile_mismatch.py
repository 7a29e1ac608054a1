"""Rules of the family profile mismatch, on ledgers drawn by hand.

Thresholds come from the rulebook, so that a business person who changes one need not
touch this file.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from tests.spec.ledger import Customer, Ledger, bank
from tests.spec.rules.drawn import CENT, wages

RECEIVED = [0.0, 0.0, *np.linspace(500, 4_400, 38)]  # what forty ordinary customers receive in a month


def crowd(
    received: list[float] = RECEIVED, moment: str = "2025-02-20 12:00"
) -> tuple[list[tuple[Any, ...]], dict[str, Customer]]:
    """Ordinary clerks, one for each sum that a friend pays them before the snapshot of 3 March."""
    people = {f"clerk{n}": Customer(income=8_000) for n in range(len(received))}
    lines = [(moment, f"friend {n}", f"clerk{n}", yuan) for n, yuan in enumerate(received) if yuan > 0]
    return lines, people


def from_many(yuan: float, payers: int) -> list[tuple[Any, ...]]:
    """The sum reaches anna in equal parts from so many on the day of the snapshot."""
    part = round(yuan / payers, 2)
    parts = [part] * (payers - 1) + [round(yuan - part * (payers - 1), 2)]
    return [(f"2025-03-03 10:{n:02}", f"source {n}", "anna", part) for n, part in enumerate(parts)]


def month_of(
    yuan: float, joined: str = "2020-01-01", income: float = 100, usual: float = 50, payers: int = 1
) -> Ledger:
    """Anna receives the sum from one or several on the day of the snapshot, among forty clerks."""
    lines, people = crowd()
    lines += [*wages(usual), *from_many(yuan, payers)]
    return bank(*lines, anna=Customer(income=income, joined=joined), **people)


class TestR10:
    rule_id = "R10"
    upper = float(np.percentile([*RECEIVED, 0.0], 95))  # anna's nothing included
    lately = "2025-02-10"

    def test_a_new_customer_far_above_the_peers_fires(self, hit, rule) -> None:
        assert hit(month_of(rule.times * self.upper + 1, self.lately))

    def test_less_money_stays_silent(self, hit, rule) -> None:
        assert not hit(month_of(rule.times * self.upper - 1, self.lately))

    def test_a_customer_of_longer_standing_stays_silent(self, hit, rule) -> None:
        last = pd.Timestamp("2025-03-04") - pd.Timedelta(days=rule.tenure)
        assert hit(month_of(rule.times * self.upper + 1, str(last)))
        assert not hit(month_of(rule.times * self.upper + 1, str(last - pd.Timedelta(minutes=1))))

    def test_many_payers_of_a_new_customer_fire(self, hit, rule) -> None:
        ordinary, people = crowd()
        people["anna"] = Customer(joined=self.lately)
        lines = [(f"2025-03-03 10:{n:02}", f"payer {n}", "anna", 1) for n in range(int(rule.payers))]
        assert hit(bank(*ordinary, *lines, **people))
        assert not hit(bank(*ordinary, *lines[1:], **people))

    def test_wages_are_explained(self, hit, rule) -> None:
        lines, people = crowd()
        wages = (
            "2025-03-03 10:00",
            "firm employer",
            "anna",
            rule.times * self.upper * 3,
            "transfer",
            "payroll",
        )
        assert not hit(bank(*lines, wages, anna=Customer(joined=self.lately), **people))

    def test_false_positive_sale_of_a_house_by_a_new_customer(self, hit) -> None:
        assert hit(month_of(850_000, self.lately, income=12_000))


class TestR12:
    rule_id = "R12"
    spread = 1.4826 * float(np.median(np.abs(np.array([*RECEIVED, 0.0]) - np.median([*RECEIVED, 0.0]))))
    centre = float(np.median([*RECEIVED, 0.0]))

    def month(self, rule, yuan: float, **how: float) -> Ledger:
        return month_of(yuan, payers=int(rule.payers), **how)

    def test_money_far_beyond_income_and_peers_fires(self, hit, rule) -> None:
        assert hit(self.month(rule, rule.total, income=int(rule.total / rule.ratio)))

    def test_a_cent_less_money_stays_silent(self, hit, rule) -> None:
        assert not hit(self.month(rule, rule.total - CENT))

    def test_one_payer_fewer_stays_silent(self, hit, rule) -> None:
        assert not hit(month_of(rule.total, payers=int(rule.payers) - 1))

    def test_a_higher_declared_income_stays_silent(self, hit, rule) -> None:
        assert not hit(self.month(rule, rule.total, income=rule.total / rule.ratio + 1))

    def test_a_higher_usual_month_stays_silent(self, hit, rule) -> None:
        assert hit(self.month(rule, rule.total, usual=rule.total / rule.rise - 1))
        assert not hit(self.month(rule, rule.total, usual=rule.total / rule.rise + 1))

    def test_peers_who_receive_as_much_keep_it_silent(self, hit, rule) -> None:
        """Forty clerks whose sums spread so far that anna's is no more than so many deviations."""

        def among(scale: float) -> Ledger:
            lines, people = crowd([yuan * scale for yuan in RECEIVED])
            came = from_many(rule.total, int(rule.payers))
            return bank(*lines, *wages(50), *came, anna=Customer(income=100), **people)

        scale = rule.total / (self.centre + rule.deviations * self.spread)
        assert hit(among(scale * 0.99))
        assert not hit(among(scale * 1.01))

    def test_without_peers_there_is_nothing_to_deviate_from(self, hit, rule, book) -> None:
        lines, people = crowd()
        lines += wages(50)
        yuan = rule.total * book.segment_multiplier["company"] * 10
        lines += [*from_many(yuan, int(rule.payers)), ("2025-03-03 10:00", "friend", "clerk1", 5)]
        assert not hit(bank(*lines, anna=Customer("company", income=100), **people))

    def test_money_back_from_a_broker_is_explained(self, hit, rule) -> None:
        lines, people = crowd()
        lines += wages(50)
        back = ("2025-03-03 10:00", "broker one", "anna", rule.total * 10, "transfer", "investment")
        assert not hit(bank(*lines, back, anna=Customer(income=100), **people))

    def test_a_snapshot_knows_nothing_of_its_own_day(self, hit, rule) -> None:
        """Peers who receive fortunes on Monday are no excuse on Tuesday: the snapshot is of Monday."""
        lines, people = crowd()
        lines += wages(50)
        came = from_many(rule.total, int(rule.payers))
        rich = [("2025-03-03 11:00", f"friend {n}", f"clerk{n}", rule.total) for n in range(40)]
        assert hit(bank(*lines, *rich, *came, anna=Customer(income=100), **people))

    def test_false_positive_family_support(self, hit) -> None:
        """Relatives and friends put the down payment of a flat together."""
        assert hit(month_of(280_000, income=8_000, usual=7_900, payers=14))


class TestR13:
    rule_id = "R13"

    def ledger(
        self, nights: bool = True, months: tuple[str, ...] = ("01", "02"), cash: bool = True
    ) -> Ledger:
        """Anna takes in far more money than the clerks, in cash and at night, in both months."""
        lines, people = [], {f"clerk{n}": Customer() for n in range(40)}
        for month in ("01", "02"):
            for n in range(40):
                lines.append((f"2025-{month}-20 12:00", f"friend {n}", f"clerk{n}", 1_000 + 25 * n))
                if n % 8 == 0:  # the odd one is up late, or pays cash in
                    lines.append((f"2025-{month}-21 23:30", f"friend {n}", f"clerk{n}", 10 + n))
                    lines.append((f"2025-{month}-22 12:00", "cash@1", f"clerk{n}", 10 + n, "cash_deposit"))
                    lines.append((f"2025-{month}-23 12:00", "overseas aunt", f"clerk{n}", 10 + n, "wire"))
        clock = "23:30" if nights else "12:00"
        how = ("cash@1", "anna", 90_000, "cash_deposit") if cash else ("source", "anna", 90_000)
        lines += [(f"2025-{month}-25 {clock}", *how) for month in months]
        lines.append(("2025-03-03 12:00", "friend 1", "clerk1", 5))
        return bank(
            *lines, ("2025-03-03 23:40", "cash@1", "anna", 10, "cash_deposit"), anna=Customer(), **people
        )

    def test_three_ways_in_both_months_fire(self, hit) -> None:
        assert hit(self.ledger())

    def test_two_ways_stay_silent(self, hit) -> None:
        assert not hit(self.ledger(nights=False))

    def test_one_month_stays_silent(self, hit) -> None:
        assert not hit(self.ledger(months=("02",)))

    def test_false_positive_growing_night_stall(self, hit) -> None:
        ledger = self.ledger()
        assert hit(ledger)
        assert not hit(ledger, "clerk1")


class TestR24:
    rule_id = "R24"

    def shell(
        self, rule, private: float = 0.9, upkeep: float = 0, founded="2024-09-01", total=None
    ) -> Ledger:
        total = total or rule.total
        lines = [
            ("2025-03-03 10:00", "firm one", "anna", total / 2, "transfer", "goods"),
            ("2025-03-04 10:00", "firm two", "anna", total / 2, "transfer", "goods"),
            ("2025-03-05 10:00", "anna", "eve", total * private),
            ("2025-03-05 11:00", "anna", "firm maker", total * (1 - private) + 1, "transfer", "supplies"),
        ]
        return bank(*lines, anna=Customer("company", 500_000, founded=founded, capital=rule.capital))

    def test_a_young_firm_without_costs_that_pays_private_accounts_fires(self, hit, rule) -> None:
        assert hit(self.shell(rule))

    def test_less_money_stays_silent(self, hit, rule) -> None:
        assert not hit(self.shell(rule, total=rule.total - 2 * CENT))

    def test_money_that_goes_to_firms_stays_silent(self, hit, rule) -> None:
        assert not hit(self.shell(rule, private=rule.private - 0.01))

    def test_an_old_firm_with_costs_clients_and_capital_stays_silent(self, hit, rule) -> None:
        known = [
            (f"2025-01-{10 + n:02} 10:00", f"firm {n}", "anna", 90_000 + n, "transfer", "goods")
            for n in range(8)
        ]
        now = [
            (f"2025-03-{3 + n % 4:02} 1{n}:00", f"firm {n}", "anna", 90_000 + n, "transfer", "goods")
            for n in range(8)
        ]
        paid = [
            ("2025-03-07 10:00", "anna", "eve", 150_001),
            ("2025-03-07 11:00", "anna", "utility tax", 150_003, "transfer", "utility"),
        ]
        old = Customer("company", 500_000, founded="2010-01-01", capital=20_000_000)
        assert not hit(bank(*known, *sorted(now), *paid, anna=old))

    def test_a_micro_business_stays_silent(self, hit, rule) -> None:
        ledger = self.shell(rule)
        kinds = ledger.customers.assign(kind=["micro_business"])
        assert not hit(replace(ledger, customers=kinds))

    def test_false_positive_start_up_that_pays_its_founder_back(self, hit, rule) -> None:
        lines = [
            ("2025-03-03 10:00", "firm client", "anna", rule.total * 1.5, "transfer", "goods"),
            ("2025-03-06 10:00", "anna", "founder", rule.total / 2, "transfer", "loan_repayment"),
        ]
        assert hit(bank(*lines, anna=Customer("company", 300_000, founded="2024-11-01", capital=200_000)))


class TestR38:
    rule_id = "R38"
    TAKEN = 1_000_000  # what each of the others takes in

    def firm(
        self, rule, private: float = 0.9, times: float = 1.1, kind: str = "company", payers: int = 1
    ) -> Ledger:
        """A firm among others, whose payers are so many, and which pays a share to a private account."""
        yuan = self.TAKEN * rule.times * times
        ins = [
            (f"2025-03-03 10:{n:02}", f"firm {n}", "anna", yuan / payers, "transfer", "goods")
            for n in range(payers)
        ]
        outs = [("2025-03-04 10:00", "anna", "eve", yuan * private * 0.9)]
        others = [
            (f"2025-03-04 11:{n:02}", "anna", f"firm maker {n}", yuan * (1 - private) * 0.9 / payers)
            for n in range(payers)
        ]
        names = [f"other{n}" for n in range(40)]
        usual = [("2025-02-20 12:00", "firm buyer", name, self.TAKEN, "transfer", "goods") for name in names]
        people = dict.fromkeys(names, Customer("company"))
        return bank(*usual, *ins, *outs, *others, anna=Customer(kind, 500_000), **people)

    def test_a_firm_of_one_client_that_pays_a_private_account_fires(self, hit, rule) -> None:
        assert hit(self.firm(rule))

    def test_money_that_goes_to_firms_stays_silent(self, hit, rule) -> None:
        assert not hit(self.firm(rule, private=rule.private - 0.05))

    def test_a_firm_smaller_than_its_peers_stays_silent(self, hit, rule) -> None:
        assert not hit(self.firm(rule, times=0.9))

    def test_many_clients_and_makers_keep_it_silent(self, hit, rule) -> None:
        assert not hit(self.firm(rule, private=rule.private, payers=40))

    def test_false_positive_project_company(self, hit, rule) -> None:
        assert hit(self.firm(rule, private=0.7, times=3))
