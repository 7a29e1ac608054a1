"""Rules of the family abroad, on ledgers drawn by hand.

Thresholds come from the rulebook, so that a business person who changes one need not
touch this file.
"""

from __future__ import annotations

from tests.spec.ledger import Customer, Ledger, bank
from tests.spec.rules.drawn import CENT


class TestR22:
    rule_id = "R22"

    def wires(self, rule, count: int, total: float, country: str = "XA") -> Ledger:
        lines = [
            (f"2025-03-{3 + n:02} 10:00", "anna", "overseas shop", total / count, "wire")
            for n in range(count)
        ]
        return bank(*lines, country={"overseas shop": country}, anna="person")

    def test_several_wires_to_a_jurisdiction_of_higher_risk_fire(self, hit, rule) -> None:
        assert hit(self.wires(rule, int(rule.count), rule.total))

    def test_a_wire_fewer_stays_silent(self, hit, rule) -> None:
        assert not hit(self.wires(rule, int(rule.count) - 1, rule.total))

    def test_a_smaller_sum_stays_silent(self, hit, rule) -> None:
        assert not hit(self.wires(rule, int(rule.count), rule.total - rule.count * CENT))

    def test_another_country_stays_silent(self, hit, rule) -> None:
        assert not hit(self.wires(rule, int(rule.count), rule.total, country="JP"))

    def test_false_positive_parents_of_a_student_there(self, hit, rule) -> None:
        rent = [
            (f"2025-02-{7 * week:02} 10:00", "anna", "overseas school", rule.total / 20, "wire", "family")
            for week in (2, 3, 4)
        ]
        fees = ("2025-03-03 10:00", "anna", "overseas school", rule.total, "wire", "tuition")
        abroad = {"overseas school": "XB"}
        assert hit(bank(*rent, fees, country=abroad, opening=90_000, anna=Customer(income=30_000)))

    def test_false_positive_first_orders_from_a_supplier_there(self, hit, rule) -> None:
        yuan = rule.by_segment["total"]["company"] / 4
        orders = [
            (f"2025-03-0{day} 10:00", "anna", "overseas maker", yuan, "wire", "supplies")
            for day in (3, 4, 5, 6)
        ]
        trader = Customer("company", 2_000_000)
        assert hit(bank(*orders, country={"overseas maker": "XB"}, opening=9_000_000, anna=trader))


class TestR23:
    rule_id = "R23"
    GIFT = (
        "2025-03-02 10:00",
        "friend",
        "anna",
        10,
    )  # some money comes in, so that the rule never steps aside

    def buyers(self, rule, count: int, yuan: float, hours: float = 1, payee: str = "overseas one") -> Ledger:
        names = ["anna", *(f"buyer{n}" for n in range(1, count))]
        lines = [
            (f"2025-03-{4 + int(n * hours // 24):02} {int(n * hours % 24):02}:10", who, payee, yuan, "wire")
            for n, who in enumerate(names)
        ]
        return bank(self.GIFT, *lines, **dict.fromkeys(names, Customer()))

    def test_five_who_pay_one_party_abroad_on_one_day_fire_the_first_and_the_last(self, hit, rule) -> None:
        ledger = self.buyers(rule, int(rule.payers), rule.total)
        assert hit(ledger)
        assert hit(ledger, f"buyer{int(rule.payers) - 1}")

    def test_four_stay_silent(self, hit, rule) -> None:
        assert not hit(self.buyers(rule, int(rule.payers) - 1, rule.total))

    def test_payments_days_apart_stay_silent(self, hit, rule) -> None:
        assert not hit(self.buyers(rule, int(rule.payers), rule.total, hours=19))

    def test_a_smaller_sum_stays_silent(self, hit, rule) -> None:
        assert not hit(self.buyers(rule, int(rule.payers), rule.total - CENT))

    def test_a_payee_at_home_stays_silent(self, hit, rule) -> None:
        assert not hit(self.buyers(rule, int(rule.payers), rule.total, payee="firm one"))

    def test_one_payer_abroad_of_five_residents_fires(self, hit, rule) -> None:
        names = ["anna", *(f"seller{n}" for n in range(1, int(rule.payees)))]
        lines = [(f"2025-03-04 1{n}:00", "overseas one", who, 60_000, "wire") for n, who in enumerate(names)]
        assert hit(bank(*lines, **dict.fromkeys(names, Customer())))

    def fetched(self, rule, count: int, low: float, share: float = 1.0, why: str = "unstated") -> Ledger:
        """Money comes in, and so many sums are fetched soon: the given share of it."""
        came = ("2025-03-04 09:00", "firm pool", "anna", count * low / share, "transfer", why)
        visits = [(f"2025-03-04 1{n}:00", "anna", "cash@1", low, "cash_withdrawal") for n in range(count)]
        # Her own 10,000 yuan go first, they are older.
        spent = ("2025-03-01 10:00", "anna", "shop corner", 10_000, "qr", "shopping")
        return bank(spent, came, *visits, anna="person")

    def test_withdrawals_just_below_the_line_fire(self, hit, rule, observe_params) -> None:
        assert hit(self.fetched(rule, int(rule.withdrawals), observe_params.near_line_cny[0], rule.fast))

    def test_one_withdrawal_fewer_stays_silent(self, hit, rule, observe_params) -> None:
        assert not hit(self.fetched(rule, int(rule.withdrawals) - 1, observe_params.near_line_cny[0]))

    def test_withdrawals_at_the_line_itself_stay_silent(self, hit, rule, observe_params) -> None:
        assert not hit(self.fetched(rule, int(rule.withdrawals), observe_params.near_line_cny[1]))

    def test_withdrawals_of_a_smaller_share_stay_silent(self, hit, rule, observe_params) -> None:
        share = rule.fast - 0.001
        assert not hit(self.fetched(rule, int(rule.withdrawals), observe_params.near_line_cny[0], share))

    def test_false_positive_foreman_pays_his_crew_in_cash(self, hit, rule) -> None:
        assert hit(self.fetched(rule, int(rule.withdrawals) + 1, 36_000, 0.9, "supplies"))

    def test_false_positive_a_family_pays_for_its_student(self, hit, rule) -> None:
        names = ["anna", "father", "aunt", "uncle", "cousin", "brother"][: int(rule.payers)]
        lines = [
            (f"2025-03-0{4 + n % 2} 1{n}:00", who, "overseas school", 300_000, "wire", "tuition")
            for n, who in enumerate(names)
        ]
        # Anna pays on the first day, when the others have not; her father is the one who is seen.
        family = bank(
            self.GIFT, *sorted(lines), opening=400_000, **dict.fromkeys(names, Customer(income=40_000))
        )
        assert hit(family, "father")
