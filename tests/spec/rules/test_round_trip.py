"""Rules of the family round trip, on ledgers drawn by hand.

Thresholds come from the rulebook, so that a business person who changes one need not
touch this file.
"""

from __future__ import annotations

import pandas as pd

from tests.spec.ledger import Ledger, bank
from tests.spec.rules.drawn import CENT


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

    def test_a_return_after_too_many_days_stays_silent(self, hit, rule, observe_params) -> None:
        last = pd.Timestamp("2025-03-03 10:00") + pd.Timedelta(days=observe_params.trails.cycle_days)
        late = last + pd.Timedelta(minutes=1)
        assert hit(self.ring(rule.total, rule.total, rule.total, ends=str(last)))
        assert not hit(self.ring(rule.total, rule.total, rule.total, ends=str(late)))

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
