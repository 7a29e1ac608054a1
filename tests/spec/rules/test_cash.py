"""Rules of the family cash, on ledgers drawn by hand.

Thresholds come from the rulebook, so that a business person who changes one need not
touch this file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.spec.ledger import Customer, Ledger, bank
from tests.spec.rules.drawn import CENT, among

Fires = Callable[..., bool]


def deposits(*amounts: float, days: tuple[int, ...] | None = None) -> list[tuple[Any, ...]]:
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


class TestR25:
    rule_id = "R25"
    INCOME = 20_000

    def shop(
        self, rule, cash: float, code: float = 1_000, kind: str = "micro_business", peers: float = 0.9
    ) -> Ledger:
        """A shop among others that take up to the share ``peers`` of their money in cash."""
        return among(
            ("2024-12-15 10:00", "cash@1", "anna", 5_000, "cash_deposit", "takings"),
            ("2024-12-16 10:00", "carl", "anna", 2_000, "qr", "shopping"),
            ("2025-01-15 10:00", "cash@1", "anna", 5_000, "cash_deposit", "takings"),
            ("2025-03-03 10:00", "carl", "anna", code, "qr", "shopping"),
            ("2025-03-04 10:00", "cash@1", "anna", cash, "cash_deposit", "takings"),
            kind=kind,
            cash=peers,
            anna=Customer(kind, self.INCOME),
        )

    def test_cash_above_the_turnover_with_flat_codes_fires(self, hit, rule) -> None:
        assert hit(self.shop(rule, self.INCOME * rule.turnover))

    def test_a_yuan_less_stays_silent(self, hit, rule) -> None:
        assert not hit(self.shop(rule, self.INCOME * rule.turnover - 1))

    def test_codes_that_rise_too_stay_silent(self, hit, rule) -> None:
        assert not hit(self.shop(rule, self.INCOME * rule.turnover, code=1_000 * rule.flat_to + 1))

    def test_a_person_stays_silent(self, hit, rule) -> None:
        assert not hit(self.shop(rule, self.INCOME * rule.turnover, kind="person", peers=0.1))

    def test_codes_that_rise_too_do_not_excuse_cash_unlike_the_peers(self, hit, rule) -> None:
        code = 1_000 * rule.flat_to + 1
        assert hit(self.shop(rule, self.INCOME * rule.turnover, code, peers=0.1))
        assert not hit(self.shop(rule, self.INCOME * rule.turnover - 1, code, peers=0.1))

    def test_false_positive_a_stall_whose_customers_pay_in_cash(self, hit, rule) -> None:
        """The others of its trade take codes; a fair doubles its month."""
        cash = max(self.INCOME * rule.turnover, 5_000 * rule.rise)
        assert hit(self.shop(rule, cash, code=4_000, peers=0.05))

    def test_false_positive_the_card_reader_is_broken_in_the_season(self, hit, rule) -> None:
        cash = max(self.INCOME * rule.turnover, 5_000 * rule.rise)
        assert hit(self.shop(rule, cash, code=1_000 * rule.flat))


class TestR37:
    rule_id = "R37"
    INCOME = 20_000

    def shop(self, cash: float, kind: str = "micro_business", peers: float = 0.1) -> Ledger:
        """A shop that takes cash every month, among others that take little of it."""
        return among(
            ("2024-12-15 10:00", "cash@1", "anna", cash, "cash_deposit", "takings"),
            ("2025-01-15 10:00", "cash@1", "anna", cash, "cash_deposit", "takings"),
            ("2025-03-03 10:00", "carl", "anna", 1_000, "qr", "shopping"),
            ("2025-03-04 10:00", "cash@1", "anna", cash, "cash_deposit", "takings"),
            kind=kind,
            cash=peers,
            anna=Customer(kind, self.INCOME),
        )

    def test_cash_above_the_turnover_and_unlike_the_peers_fires(self, hit, rule) -> None:
        assert hit(self.shop(self.INCOME * rule.turnover))

    def test_a_yuan_less_stays_silent(self, hit, rule) -> None:
        assert not hit(self.shop(self.INCOME * rule.turnover - 1))

    def test_peers_who_take_as_much_cash_keep_it_silent(self, hit, rule) -> None:
        assert not hit(self.shop(self.INCOME * rule.turnover, peers=0.9))

    def test_a_person_stays_silent(self, hit, rule) -> None:
        assert not hit(self.shop(self.INCOME * rule.turnover, kind="person"))

    def test_false_positive_a_stall_whose_customers_pay_in_cash(self, hit) -> None:
        assert hit(self.shop(90_000, peers=0.05))
