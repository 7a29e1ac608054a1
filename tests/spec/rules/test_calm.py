"""Rules of the family calm, on ledgers drawn by hand.

Thresholds come from the rulebook, so that a business person who changes one need not
touch this file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from data.alert import rule_hits
from data.observe import Params
from data.rules.rulebook import Rulebook
from tests.spec.ledger import Customer, Ledger, bank, observed

Fires = Callable[..., bool]


@pytest.fixture
def speaks(request: pytest.FixtureRequest, observe_params: Params, book: Rulebook) -> Fires:
    """Whether the negative rule of the test class speaks for anna on the morning of 6 March."""

    def ask(ledger: Ledger) -> bool:
        daily, _ = observed(ledger, observe_params)
        found, aside = rule_hits(daily, ledger.customers[["customer_id", "kind"]], book)
        assert request.cls.rule_id not in aside
        mine = found[(found["rule_id"] == request.cls.rule_id) & (found["customer_id"] == 100)]
        return bool((mine["hit_at"] == pd.Timestamp("2025-03-06", tz="UTC")).any())

    return ask


class TestN1:
    rule_id = "N1"

    def wages(self, *more: tuple[Any, ...], joined: str = "2020-01-01", last: float = 8_000) -> Ledger:
        months = ["2024-08", "2024-09", "2024-10", "2024-11", "2024-12", "2025-01"]
        paid = [
            (f"{month}-20 10:00", "firm employer", "anna", 8_000, "transfer", "payroll") for month in months
        ]
        paid.append(("2025-02-20 10:00", "firm employer", "anna", last, "transfer", "payroll"))
        shops = ("2025-03-05 10:00", "anna", "shop corner", 50, "qr", "shopping")
        return bank(*paid, *more, shops, anna=Customer(joined=joined))

    def test_wages_alone_speak_for_innocence(self, speaks) -> None:
        assert speaks(self.wages())

    def test_money_of_others_takes_the_vote_away(self, speaks, rule) -> None:
        other = 24_000 * (1 / rule.wages - 1) + 1
        assert not speaks(self.wages(("2025-01-21 10:00", "eve", "anna", other)))

    def test_a_leap_takes_it_away(self, speaks, rule) -> None:
        assert not speaks(self.wages(last=8_000 * rule.high * 1.1))

    def test_a_new_customer_has_none(self, speaks) -> None:
        assert not speaks(self.wages(joined="2024-08-01"))


class TestN2:
    rule_id = "N2"

    def life(self, other: float) -> Ledger:
        return bank(
            ("2025-03-03 10:00", "broker one", "anna", 6_000, "transfer", "investment"),
            ("2025-03-04 10:00", "anna", "utility power", 2_000, "transfer", "utility"),
            ("2025-03-05 10:00", "anna", "eve", other),
            anna="person",
        )

    def test_a_broker_and_a_utility_speak_for_innocence(self, speaks, rule) -> None:
        assert speaks(self.life(8_000 * (1 / rule.official - 1)))

    def test_a_yuan_more_to_a_person_takes_the_vote_away(self, speaks, rule) -> None:
        assert not speaks(self.life(8_000 * (1 / rule.official - 1) + 1))


class TestN3:
    rule_id = "N3"

    def income(self, other: float, employer: str | None = "firm employer") -> Ledger:
        return bank(
            ("2025-03-05 09:00", "firm employer", "anna", 7_000, "transfer", "payroll"),
            ("2025-03-05 10:00", "ben", "anna", 2_000, "transfer", "family"),
            ("2025-03-05 11:00", "eve", "anna", other),
            anna=Customer(household=1, employer=employer),
            ben=Customer(household=1),
        )

    def test_employer_and_family_on_file_speak_for_innocence(self, speaks, rule) -> None:
        assert speaks(self.income(9_000 * (1 / rule.share - 1)))

    def test_a_yuan_more_of_a_stranger_takes_the_vote_away(self, speaks, rule) -> None:
        assert not speaks(self.income(9_000 * (1 / rule.share - 1) + 1))

    def test_an_employer_who_is_not_on_file_explains_nothing(self, speaks, rule) -> None:
        assert not speaks(self.income(1, employer=None))


class TestN4:
    rule_id = "N4"

    def month(self, *more: tuple[Any, ...], income: float = 8_000) -> Ledger:
        return bank(
            ("2025-01-20 10:00", "firm employer", "anna", 8_000, "transfer", "payroll"),
            ("2025-01-25 10:00", "anna", "landlord", 3_000, "transfer", "rent"),
            ("2025-02-20 10:00", "firm employer", "anna", 8_000, "transfer", "payroll"),
            ("2025-02-25 10:00", "anna", "landlord", 3_000, "transfer", "rent"),
            *more,
            ("2025-03-05 10:00", "anna", "shop new", 50, "qr", "shopping"),
            anna=Customer(income=income),
        )

    def test_the_income_and_those_one_knows_speak_for_innocence(self, speaks) -> None:
        assert speaks(self.month())

    def test_money_above_the_income_takes_the_vote_away(self, speaks, rule) -> None:
        assert not speaks(self.month(income=8_000 / rule.income - 1))

    def test_one_new_counterparty_takes_it_away(self, speaks) -> None:
        assert not speaks(self.month(("2025-02-26 10:00", "anna", "eve", 10)))
