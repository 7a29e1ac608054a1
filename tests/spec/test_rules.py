"""Each rule of the rulebook on ledgers drawn by hand: one that fires, some that just do not,
and one innocent ledger that fires all the same, as the rulebook says it will.

Thresholds come from the rulebook, so that a business person who changes one need not
touch this file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

from data.rules.rulebook import Rulebook
from tests.spec.ledger import Customer, Ledger, bank

Fires = Callable[..., bool]
CENT = 0.01


def test_every_rule_of_the_rulebook_is_drawn_in_one_of_these_files(book: Rulebook) -> None:
    """But for those of which the predicate is over features; see `test_rules_b`."""
    files = sorted(Path(__file__).parent.glob("test_rules*.py"))
    names = [name for file in files for name in vars(import_module(f"tests.spec.{file.stem}"))]
    drawn = [name.removeprefix("Test") for name in names if re.fullmatch(r"Test[RN]\d\d?[a-z]?", name)]
    assert sorted(drawn) == sorted(entry.id for entry in book.every_rule if entry.computed_in == "data")


def deposits(*amounts: float, days: tuple[int, ...] | None = None) -> list[tuple]:
    """Cash paid in by anna at her home counter, one deposit a day of March."""
    days = days or tuple(range(3, 3 + len(amounts)))
    return [
        (f"2025-03-{day:02} 10:00", "cash@1", "anna", yuan, "cash_deposit")
        for day, yuan in zip(days, amounts, strict=True)
    ]


class TestR01:
    rule_id = "R01"

    def test_deposits_just_below_the_line_fire(self, hit: Fires) -> None:
        assert hit(bank(*deposits(45_000, 48_000, 49_900), anna="person"))

    def test_the_fewest_and_smallest_deposits_in_the_band_fire(self, hit, rule, observe_params) -> None:
        low, _ = observe_params.near_line_cny
        assert hit(bank(*deposits(*[low] * int(rule.count)), anna="person"))

    def test_one_deposit_fewer_stays_silent(self, hit, rule) -> None:
        assert not hit(bank(*deposits(*[49_900] * (int(rule.count) - 1)), anna="person"))

    def test_deposits_at_the_line_itself_stay_silent(self, hit, observe_params) -> None:
        _, line = observe_params.near_line_cny
        assert not hit(bank(*deposits(line, line, line), anna="person"))

    def test_deposits_a_cent_below_the_band_stay_silent(self, hit, observe_params) -> None:
        low, _ = observe_params.near_line_cny
        assert not hit(bank(*deposits(*[low - CENT] * 4), anna="person"))

    def test_deposits_spread_over_more_than_a_week_stay_silent(self, hit, rule) -> None:
        days = tuple(3 + 8 * number for number in range(int(rule.count)))
        assert not hit(bank(*deposits(*[45_000] * len(days), days=days), anna="person"))

    def test_false_positive_daily_takings_of_a_shop(self, hit) -> None:
        takings = [(*line, "takings") for line in deposits(34_000, 41_500, 38_200, 36_900)]
        assert hit(bank(*takings, anna=Customer("micro_business", income=400_000)))


class TestR02:
    rule_id = "R02"

    def trip(self, rule, first=3, second=7, yuan=None, leaves="2025-03-04 18:00", gone=None) -> Ledger:
        yuan = rule.total if yuan is None else yuan
        gone = yuan * 0.9 if gone is None else gone
        return bank(
            ("2025-03-04 10:00", f"cash@{first}", "anna", yuan / 2, "cash_deposit"),
            ("2025-03-04 15:00", f"cash@{second}", "anna", yuan / 2, "cash_deposit"),
            (leaves, "anna", "boss", gone),
            anna="person",
        )

    def test_cash_in_two_cities_that_leaves_the_same_day_fires(self, hit, rule) -> None:
        assert hit(self.trip(rule))

    def test_the_smallest_share_that_must_be_gone_fires(self, hit, rule) -> None:
        assert hit(self.trip(rule, gone=rule.total * rule.gone))

    def test_a_cent_less_gone_stays_silent(self, hit, rule) -> None:
        assert not hit(self.trip(rule, gone=rule.total * rule.gone - CENT))

    def test_one_city_stays_silent(self, hit, rule) -> None:
        assert not hit(self.trip(rule, first=3, second=3))

    def test_two_cents_less_cash_stays_silent(self, hit, rule) -> None:
        assert not hit(self.trip(rule, yuan=rule.total - 2 * CENT))

    def test_cash_that_rests_for_more_than_a_day_stays_silent(self, hit, rule) -> None:
        assert not hit(self.trip(rule, leaves="2025-03-05 15:01"))

    def test_false_positive_sales_representative_passes_on_takings_of_two_towns(self, hit) -> None:
        assert hit(
            bank(
                ("2025-03-04 11:00", "cash@4", "anna", 13_400, "cash_deposit", "takings"),
                ("2025-03-06 11:00", "cash@9", "anna", 9_700, "cash_deposit", "takings"),
                ("2025-03-06 19:00", "anna", "firm employer", 23_000, "transfer", "supplies"),
                anna="person",
            )
        )


def gathered(payers: int, yuan: float, payees: int, out: float, purpose: str = "unstated") -> list[tuple]:
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


def dispersed(payers: int, yuan: float, payees: int, out: float, purpose: str = "unstated") -> list[tuple]:
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


class TestR06:
    rule_id = "R06"

    def lines(self, rule, yuan: float, out: float, leaves: str, purpose: str, fewer: int = 0) -> list[tuple]:
        payers = int(rule.payers) - fewer
        part = round(yuan / payers, 2)
        parts = [part] * (payers - 1) + [round(yuan - part * (payers - 1), 2)]
        came = [
            ("2025-03-03 10:00", f"source {n}", "anna", sum_of, "transfer", purpose)
            for n, sum_of in enumerate(parts)
        ]
        return [*came, (leaves, "anna", "exit", out)]

    def passed(
        self, rule, yuan: float, out: float, *before: tuple, leaves: str = "2025-03-03 12:00", **how
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


class TestR08:
    rule_id = "R08"
    # A payment on 3 March is seen on the morning of the 4th; its ten days open on 22 February.
    opens = "2025-02-22"

    def woken(self, silent_days: float, yuan: float, **customer: str) -> Ledger:
        last = pd.Timestamp(self.opens) - pd.Timedelta(days=silent_days)
        return bank(
            (str(last), "anna", "shop corner", 20, "qr", "shopping"),
            ("2025-03-03 10:00", "source", "anna", yuan / 2),
            ("2025-03-03 12:00", "anna", "exit", yuan / 2),
            anna=Customer(**customer),
        )

    def test_a_long_silence_and_sudden_volume_fire(self, hit, rule) -> None:
        assert hit(self.woken(rule.days, rule.total))

    def test_a_silence_that_is_a_minute_shorter_stays_silent(self, hit, rule) -> None:
        assert not hit(self.woken(rule.days - 1 / 1_440, rule.total))

    def test_two_cents_less_volume_stays_silent(self, hit, rule) -> None:
        assert not hit(self.woken(rule.days, rule.total - 2 * CENT))

    def test_an_account_never_used_was_silent_since_it_was_opened(self, hit, rule) -> None:
        burst = ("2025-03-03 10:00", "source", "anna", rule.total)
        assert hit(bank(burst, anna=Customer(joined="2024-08-01")))
        assert not hit(bank(burst, anna=Customer(joined="2025-02-01")))

    def test_the_interest_that_the_bank_pays_wakes_nobody(self, hit, rule) -> None:
        woken = ("2025-03-03 10:00", "source", "anna", rule.total)
        interest = ("2024-12-21 02:00", "bank one", "anna", 3, "transfer", "interest")
        assert hit(bank(interest, woken, anna=Customer(joined="2024-08-01")))
        tiny = ("2024-12-21 02:00", "friend", "anna", 3)
        assert not hit(bank(tiny, woken, anna=Customer(joined="2024-08-01")))

    def test_false_positive_returning_migrant(self, hit) -> None:
        assert hit(
            bank(
                ("2024-07-10 10:00", "anna", "shop corner", 35, "qr", "shopping"),
                ("2025-03-03 10:00", "firm abroad", "anna", 18_000),
                ("2025-03-04 11:00", "cash@1", "anna", 9_000, "cash_deposit"),
                ("2025-03-06 16:00", "anna", "shop furniture", 2_300, "qr", "shopping"),
                anna="person",
            )
        )


class TestR19:
    rule_id = "R19"

    def ring(self, first: float, second: float, third: float, ends: str = "2025-03-05 10:00") -> Ledger:
        return bank(
            ("2025-03-03 10:00", "anna", "ben", first),
            ("2025-03-04 10:00", "ben", "carl", second),
            (ends, "carl", "anna", third),
            anna="person",
            ben="person",
            carl="person",
        )

    def test_money_that_comes_back_over_two_others_fires(self, hit, rule) -> None:
        assert hit(self.ring(rule.total * 1.1, rule.total * 1.05, rule.total))

    def test_only_the_one_to_whom_it_returns_is_hit(self, hit, rule) -> None:
        ledger = self.ring(rule.total * 1.1, rule.total * 1.05, rule.total)
        assert not hit(ledger, "ben")
        assert not hit(ledger, "carl")

    def test_a_cent_less_money_stays_silent(self, hit, rule) -> None:
        assert not hit(self.ring(rule.total * 1.1, rule.total * 1.05, rule.total - CENT))

    def test_a_hop_that_keeps_too_little_stays_silent(self, hit, rule, observe_params) -> None:
        low, _ = observe_params.trails.kept
        kept = rule.total * 2
        assert hit(self.ring(kept, kept * low, kept * low * low))
        assert not hit(self.ring(kept, kept * (low - 0.001), kept * low * low))

    def test_a_return_after_too_many_days_stays_silent(self, hit, rule) -> None:
        assert not hit(self.ring(rule.total, rule.total, rule.total, ends="2025-03-13 10:01"))

    def test_a_loan_between_two_that_is_paid_back_stays_silent(self, hit, rule) -> None:
        ledger = bank(
            ("2025-03-03 10:00", "anna", "ben", rule.total * 2),
            ("2025-03-04 10:00", "ben", "anna", rule.total * 2),
            anna="person",
            ben="person",
        )
        assert not hit(ledger)

    def test_false_positive_family_lending(self, hit) -> None:
        assert hit(
            bank(
                ("2025-03-03 10:00", "anna", "ben", 40_000, "transfer", "family"),
                ("2025-03-05 20:00", "ben", "aunt", 40_000, "transfer", "family"),
                ("2025-03-08 11:00", "aunt", "anna", 36_000, "transfer", "family"),
                anna="person",
                ben="person",
            )
        )
