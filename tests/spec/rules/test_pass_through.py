"""Rules of the family pass through, on ledgers drawn by hand.

Thresholds come from the rulebook, so that a business person who changes one need not
touch this file.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from tests.spec.ledger import Customer, Ledger, bank
from tests.spec.rules.drawn import CENT


class TestR06:
    rule_id = "R06"

    def lines(
        self, rule, yuan: float, out: float, leaves: str, purpose: str, fewer: int = 0
    ) -> list[tuple[Any, ...]]:
        payers = int(rule.payers) - fewer
        part = round(yuan / payers, 2)
        parts = [part] * (payers - 1) + [round(yuan - part * (payers - 1), 2)]
        came = [
            ("2025-03-03 10:00", f"source {n}", "anna", sum_of, "transfer", purpose)
            for n, sum_of in enumerate(parts)
        ]
        return [*came, (leaves, "anna", "exit", out)]

    def passed(
        self, rule, yuan: float, out: float, *before: tuple[Any, ...], leaves: str = "2025-03-03 12:00", **how
    ) -> Ledger:
        purpose = how.get("purpose", "unstated")
        lines = self.lines(rule, yuan, out, leaves, purpose, how.get("fewer", 0))
        return bank(*before, *lines, anna="person")

    def test_money_that_leaves_within_hours_fires(self, hit, rule) -> None:
        assert hit(self.passed(rule, rule.total, rule.total * rule.share))

    def test_a_cent_less_money_stays_silent(self, hit, rule) -> None:
        assert not hit(self.passed(rule, rule.total - CENT, rule.total - CENT))

    def test_a_smaller_share_stays_silent(self, hit, rule) -> None:
        assert not hit(self.passed(rule, rule.total, rule.total * rule.share - CENT))

    def test_money_that_leaves_just_in_time_fires(self, hit, rule, observe_params) -> None:
        at = pd.Timestamp("2025-03-03 10:00") + pd.Timedelta(hours=observe_params.fast_hours)
        assert hit(self.passed(rule, rule.total, rule.total, leaves=f"{at:%Y-%m-%d %H:%M}"))

    def test_money_that_stays_a_minute_longer_stays_silent(self, hit, rule, observe_params) -> None:
        at = pd.Timestamp("2025-03-03 10:01") + pd.Timedelta(hours=observe_params.fast_hours)
        assert not hit(self.passed(rule, rule.total, rule.total, leaves=f"{at:%Y-%m-%d %H:%M}"))

    def test_fewer_payers_stay_silent(self, hit, rule) -> None:
        assert not hit(self.passed(rule, rule.total, rule.total, fewer=1))

    def test_money_for_a_payee_of_long_standing_stays_silent(self, hit, rule) -> None:
        before = ("2025-02-01 10:00", "anna", "exit", 1)
        assert hit(self.passed(rule, rule.total, rule.total))
        assert not hit(self.passed(rule, rule.total, rule.total, before))

    def test_money_of_payers_of_long_standing_stays_silent(self, hit, rule) -> None:
        before = ("2025-02-01 10:00", "source 0", "anna", 1)
        assert not hit(self.passed(rule, rule.total, rule.total, before))

    def test_wages_that_leave_at_once_stay_silent(self, hit, rule) -> None:
        assert not hit(self.passed(rule, rule.total, rule.total, purpose="payroll"))

    def known(self, yuan: float, out: float, stay: float = 0.5) -> Ledger:
        """Payer and payee are of long standing; the money stays some hours."""
        leaves = pd.Timestamp("2025-03-03 10:00") + pd.Timedelta(hours=stay)
        return bank(
            ("2025-02-01 10:00", "source", "anna", 1),
            ("2025-02-01 11:00", "anna", "exit", 10_001),  # her own money is gone
            ("2025-03-03 10:00", "source", "anna", yuan),
            (f"{leaves:%Y-%m-%d %H:%M}", "anna", "exit", out),
            anna="person",
        )

    def test_large_sums_that_leave_whole_within_hours_fire_whoever_is_paid(self, hit, rule) -> None:
        assert hit(self.known(rule.large, rule.large * rule.whole, rule.hours))

    def test_a_cent_less_of_them_stays_silent(self, hit, rule) -> None:
        assert not hit(self.known(rule.large - CENT, rule.large - CENT))
        assert not hit(self.known(rule.large, rule.large * rule.whole - 1))  # a share has seven digits

    def test_a_longer_stay_of_them_stays_silent(self, hit, rule) -> None:
        assert not hit(self.known(rule.large, rule.large, rule.hours + 1 / 60))

    def test_false_positive_treasury_sweep_between_known_firms(self, hit, rule, book) -> None:
        yuan = rule.large * book.segment_multiplier["company"]
        sweep = (
            ("2025-02-03 16:00", "firm daughter", "anna", 10),
            ("2025-02-03 17:00", "anna", "firm mother", 10_010),
            ("2025-03-03 16:00", "firm daughter", "anna", yuan),
            ("2025-03-03 17:00", "anna", "firm mother", yuan),
        )
        assert hit(bank(*sweep, anna="company"))

    def test_false_positive_friends_money_that_repays_the_card(self, hit) -> None:
        shares = [(f"2025-03-10 1{n}:30", f"friend {n}", "anna", 6_000) for n in range(4)]
        card = ("2025-03-10 20:00", "anna", "utility lender", 20_000, "transfer", "loan_repayment")
        assert hit(bank(*shares, card, anna="person"))


def lent_account(
    gathered: float, payers: int, day: int, kept: float = 0.02, exit_to: str = "exit"
) -> list[tuple[Any, ...]]:
    """Strangers send anna alike sums on a day of March, and in the evening most of it goes on."""
    came = [
        (f"2025-03-{day:02} {9 + n}:00", f"payer {day} {n}", "anna", gathered / payers) for n in range(payers)
    ]
    return [*came, (f"2025-03-{day:02} 21:00", "anna", exit_to, round(gathered * (1 - kept), 2))]


class TestR34:
    rule_id = "R34"

    def test_money_of_strangers_that_goes_on_but_for_a_commission_fires(self, hit, rule) -> None:
        assert hit(bank(*lent_account(rule.total, int(rule.credits), 4), anna="person"))

    def test_less_money_or_fewer_payments_stay_silent(self, hit, rule) -> None:
        assert not hit(bank(*lent_account(rule.total - 1, int(rule.credits), 4), anna="person"))
        assert not hit(bank(*lent_account(rule.total, int(rule.credits) - 1, 4), anna="person"))

    def test_the_sums_of_firms_must_be_larger(self, hit, rule, book) -> None:
        firm = rule.total * book.segment_multiplier["company"]
        assert not hit(bank(*lent_account(firm - 1, int(rule.credits), 4), anna="company"))
        assert hit(bank(*lent_account(firm, int(rule.credits), 4), anna="company"))

    def test_all_of_it_or_clearly_less_that_goes_on_stays_silent(self, hit, rule, observe_params) -> None:
        least, _ = observe_params.patterns.passed_on_kept
        for kept in (0, 1 - least + 0.001):
            ledger = bank(*lent_account(rule.total, int(rule.credits), 4, kept), anna="person")
            assert not hit(ledger), kept

    def test_money_that_goes_to_an_old_acquaintance_stays_silent(self, hit, rule) -> None:
        met = ("2024-12-20 10:00", "anna", "aunt", 50)
        lines = lent_account(rule.total, int(rule.credits), 4, exit_to="aunt")
        assert not hit(bank(met, *lines, anna="person"))

    def test_false_positive_group_buy_leader(self, hit) -> None:
        lines = lent_account(9_000, 12, 5, kept=0.05, exit_to="farm shop")
        assert hit(bank(*lines, anna=Customer(income=6_000)))


class TestR35:
    rule_id = "R35"

    def on_days(self, rule, days: int, gathered: float | None = None, **how) -> Ledger:
        gathered = rule.total if gathered is None else gathered
        lines = [line for n in range(days) for line in lent_account(gathered, 1, 3 + 3 * n, **how)]
        return bank(*lines, anna="person")

    def test_money_passed_on_again_and_again_fires(self, hit, rule) -> None:
        assert hit(self.on_days(rule, int(rule.days)))

    def test_fewer_days_stay_silent(self, hit, rule) -> None:
        assert not hit(self.on_days(rule, int(rule.days) - 1))

    def test_sums_too_small_or_that_stay_are_silent(self, hit, rule) -> None:
        assert not hit(self.on_days(rule, int(rule.days), rule.total - 1))
        assert not hit(self.on_days(rule, int(rule.days), kept=0.2))

    def test_false_positive_agent_who_buys_for_others(self, hit) -> None:
        orders = [line for n in range(4) for line in lent_account(2_400, 2, 3 + 2 * n, 0.06, f"maker {n}")]
        assert hit(bank(*orders, anna=Customer(income=7_000)))


class TestR20:
    rule_id = "R20"

    def chain(self, rule, yuan=None, kept=0.97, last="2025-03-05 15:00", **people) -> Ledger:
        yuan = yuan or rule.total / kept**2
        return bank(
            ("2025-03-05 10:00", "eve", "anna", yuan),
            ("2025-03-05 12:00", "anna", "ben", yuan * kept),
            (last, "ben", "finn", round(yuan * kept * kept, 2)),
            **(people or {"anna": "person", "ben": "person"}),
        )

    def test_three_hops_in_a_day_fire_for_everybody_on_the_chain(self, hit, rule) -> None:
        assert hit(self.chain(rule, yuan=rule.total * 1.1))
        assert hit(self.chain(rule, yuan=rule.total * 1.1), "ben")

    def test_a_smaller_sum_stays_silent(self, hit, rule) -> None:
        assert not hit(self.chain(rule, yuan=rule.total))

    def test_hops_that_keep_too_little_stay_silent(self, hit, rule) -> None:
        assert not hit(self.chain(rule, yuan=rule.total * 2, kept=0.94))

    def test_a_last_hop_on_the_next_day_but_one_stays_silent(self, hit, rule) -> None:
        assert not hit(self.chain(rule, yuan=rule.total * 2, last="2025-03-06 10:01"))

    def test_two_hops_stay_silent(self, hit, rule) -> None:
        lines = [("2025-03-05 10:00", "eve", "anna", 90_000), ("2025-03-05 12:00", "anna", "finn", 89_000)]
        assert not hit(bank(*lines, anna="person"))

    def test_firms_are_measured_by_their_size(self, hit, rule) -> None:
        assert not hit(self.chain(rule, yuan=rule.total * 1.1, anna="company", ben="company"))

    def test_false_positive_money_handed_on_in_a_family(self, hit, rule) -> None:
        family = [
            ("2025-03-05 10:00", "grandfather", "anna", 50_000, "transfer", "family"),
            ("2025-03-05 11:00", "anna", "ben", 50_000, "transfer", "family"),
            ("2025-03-05 16:00", "ben", "landlord", 50_000, "transfer", "rent"),
        ]
        assert hit(bank(*family, anna=Customer(household=1), ben=Customer(household=1)))


class TestR40:
    rule_id = "R40"
    TAKEN = 1_000  # what each of the others takes in

    def courier(self, yuan: float, share: float = 0.95, leaves: str = "2025-03-03 20:00") -> Ledger:
        """One pays anna, she pays one on, among others who take in less."""
        return self.beside(
            ("2025-03-03 10:00", "source", "anna", yuan), (leaves, "anna", "payee", yuan * share)
        )

    def beside(self, *lines: tuple[Any, ...]) -> Ledger:
        """The lines among forty customers whom a friend pays the same sum."""
        names = [f"other{n}" for n in range(40)]
        ordinary = [("2025-02-20 12:00", f"friend {name}", name, self.TAKEN) for name in names]
        others = dict.fromkeys(names, Customer())
        return bank(*ordinary, *lines, anna=Customer(), **others)

    def test_a_sum_far_above_the_peers_that_is_passed_on_fires(self, hit, rule) -> None:
        assert hit(self.courier(self.TAKEN * rule.times * 1.1))

    def test_a_sum_as_of_peers_stays_silent(self, hit, rule) -> None:
        assert not hit(self.courier(self.TAKEN * rule.times * 0.9))

    def test_money_that_stays_is_silent(self, hit, rule) -> None:
        assert not hit(self.courier(self.TAKEN * rule.times * 1.1, share=rule.share - 0.05))
        assert not hit(self.courier(self.TAKEN * rule.times * 1.1, leaves="2025-03-05 12:00"))

    def test_old_acquaintances_stay_silent(self, hit, rule) -> None:
        yuan = self.TAKEN * rule.times * 1.1
        for payer, payee in (("source", "anna"), ("anna", "payee")):
            known = ("2025-01-20 10:00", payer, payee, 1)
            lines = (known, ("2025-03-03 10:00", "source", "anna", yuan))
            gone = ("2025-03-03 20:00", "anna", "payee", yuan * 0.95)
            assert not hit(self.beside(*lines, gone))

    def test_false_positive_a_house_that_is_sold_and_another_bought(self, hit) -> None:
        assert hit(self.courier(1_200_000, share=0.98))
