"""Rules of the family network, on ledgers drawn by hand.

Thresholds come from the rulebook, so that a business person who changes one need not
touch this file.
"""

from __future__ import annotations

from tests.spec.ledger import Customer, Ledger, bank


class TestR21:
    rule_id = "R21"
    WHO = ("anna", "ben", "carl", "dora")

    def ring(self, passing=("anna", "ben"), users=WHO, household: int | None = None) -> Ledger:
        lines = []
        for who in passing:
            lines += [("2025-03-05 10:00", "eve", who, 9_000), ("2025-03-05 12:00", who, "finn", 8_900)]
        people = {who: Customer(household=household) for who in self.WHO}
        return bank(*lines, devices=[(who, "phone") for who in users], **people)

    def test_four_on_one_phone_of_whom_two_pass_money_on_fire(self, hit) -> None:
        assert hit(self.ring())

    def test_three_on_one_phone_stay_silent(self, hit) -> None:
        assert not hit(self.ring(users=self.WHO[:3]))

    def test_one_who_passes_money_on_alone_stays_silent(self, hit) -> None:
        assert not hit(self.ring(passing=("anna",)))

    def test_a_family_stays_silent(self, hit) -> None:
        assert not hit(self.ring(household=7))

    def test_who_passes_nothing_on_stays_silent(self, hit) -> None:
        assert not hit(self.ring(passing=("ben", "carl")))

    def test_false_positive_students_of_a_dormitory_at_one_kiosk_pay_their_fees(self, hit) -> None:
        lines = []
        for who in self.WHO:
            lines += [
                ("2025-03-05 10:00", "mother of " + who, who, 6_000, "transfer", "family"),
                ("2025-03-05 18:00", who, "firm school", 5_800, "transfer", "tuition"),
            ]
        people = dict.fromkeys(self.WHO, Customer(income=1_500))
        assert hit(bank(*lines, devices=[(who, "kiosk") for who in self.WHO], **people))
