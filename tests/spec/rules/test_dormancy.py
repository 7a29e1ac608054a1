"""Rules of the family dormancy, on ledgers drawn by hand.

Thresholds come from the rulebook, so that a business person who changes one need not
touch this file.
"""

from __future__ import annotations

import pandas as pd

from tests.spec.ledger import Customer, Ledger, bank
from tests.spec.rules.drawn import CENT


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


class TestR11:
    rule_id = "R11"

    def churn(self, closings: tuple[str, ...], yuan: float, moment: str = "2025-03-02 10:00") -> Ledger:
        closed = {f"anna/{n}": day for n, day in enumerate(closings)}
        return bank(
            (moment, "source", "anna", yuan),
            ("2025-03-05 10:00", "source", "anna", 1),
            also=list(closed),
            closed=closed,
            anna="person",
        )

    def two(self, rule) -> tuple[str, ...]:
        return tuple(["2025-03-03 10:00"] * int(rule.closed))

    def test_accounts_closed_after_large_sums_fire(self, hit, rule) -> None:
        assert hit(self.churn(self.two(rule), rule.total))

    def test_one_closing_fewer_stays_silent(self, hit, rule) -> None:
        assert not hit(self.churn(self.two(rule)[1:], rule.total))

    def test_less_money_before_the_closing_stays_silent(self, hit, rule) -> None:
        assert not hit(self.churn(self.two(rule), rule.total - CENT))

    def test_money_after_the_closing_or_long_before_it_stays_silent(self, hit, rule) -> None:
        assert not hit(self.churn(self.two(rule), rule.total, "2025-03-03 11:00"))
        assert not hit(self.churn(self.two(rule), rule.total, "2025-02-17 09:59"))
        assert hit(self.churn(self.two(rule), rule.total, "2025-02-17 10:01"))

    def test_closings_of_the_last_quarter_but_one_stay_silent(self, hit, rule) -> None:
        assert not hit(self.churn(tuple(["2024-12-01"] * int(rule.closed)), rule.total, "2024-11-30"))

    def test_many_openings_and_one_closing_fire(self, hit, rule) -> None:
        def opened(count: int) -> Ledger:
            new = [f"anna/{n}" for n in range(count)]
            return bank(
                ("2025-03-02 10:00", "source", "anna", rule.total),
                ("2025-03-05 10:00", "source", "anna", 1),
                also=new,
                opened=dict.fromkeys(new, "2025-02-20"),
                closed={new[0]: "2025-03-03"},
                anna="person",
            )

        assert hit(opened(int(rule.opened)))
        assert not hit(opened(int(rule.opened) - 1))

    def test_false_positive_move_to_another_bank(self, hit) -> None:
        moved = bank(
            ("2025-03-03 10:00", "anna", "anna at the other bank", 290_000),
            ("2025-03-04 10:00", "anna/savings", "anna at the other bank", 60_000),
            ("2025-03-06 10:00", "aunt", "anna", 50),
            also=["anna/wealth"],
            closed={"anna/savings": "2025-03-05 09:00", "anna/wealth": "2025-03-05 09:10"},
            opening=300_000,
            anna="person",
        )
        assert hit(moved)
