"""Rules of the family rhythm, on ledgers drawn by hand.

Thresholds come from the rulebook, so that a business person who changes one need not
touch this file.
"""

from __future__ import annotations

import numpy as np

from tests.spec.ledger import Customer, Ledger, Line, bank
from tests.spec.rules.drawn import CENT, among


class TestR07:
    rule_id = "R07"

    def relay(self, count: int, yuan: float, same_day: bool = True, other: str = "ben") -> Ledger:
        days = [3] * count if same_day else list(range(3, 3 + count))
        lines = [
            (f"2025-03-{day:02} 1{n % 10}:0{n // 10}", "anna", other, yuan) for n, day in enumerate(days)
        ]
        return bank(*lines, opening=10_000_000, anna="person")

    def test_alike_sums_on_one_day_fire(self, hit, rule) -> None:
        often = int(max(rule.times, rule.alike))
        assert hit(self.relay(often, rule.total / often + 1))

    def test_alike_sums_on_days_in_a_row_fire(self, hit, rule) -> None:
        often = int(max(rule.row, rule.alike))
        assert hit(self.relay(often, rule.total / often + 1, same_day=False))

    def test_one_transfer_fewer_stays_silent(self, hit, rule) -> None:
        assert not hit(self.relay(int(rule.alike) - 1, rule.total))
        assert not hit(self.relay(int(rule.row) - 1, rule.total, same_day=False))

    def test_less_money_stays_silent(self, hit, rule) -> None:
        often = int(max(rule.times, rule.alike))
        assert not hit(self.relay(often, rule.total / often - 1))

    def test_every_second_day_stays_silent(self, hit, rule) -> None:
        lines = [(f"2025-03-{3 + 2 * n:02} 10:00", "anna", "ben", rule.total) for n in range(5)]
        assert not hit(bank(*lines, opening=10_000_000, anna="person"))

    def test_sums_that_are_not_alike_stay_silent(self, hit, rule) -> None:
        half = rule.total / 2
        lines = [
            (f"2025-03-03 {10 + n}:00", "anna", "ben", yuan)
            for n, yuan in enumerate((half, half / 2, half / 4))
        ]
        assert not hit(bank(*lines, opening=10_000_000, anna="person"))

    def test_three_parties_are_no_pair(self, hit, rule) -> None:
        lines = [(f"2025-03-03 {10 + n}:00", "anna", f"payee {n}", rule.total) for n in range(3)]
        assert not hit(bank(*lines, opening=10_000_000, anna="person"))

    def test_there_and_back_is_not_the_same_way(self, hit, rule) -> None:
        lines = [
            (f"2025-03-03 {10 + n}:00", *(("anna", "ben") if n % 2 else ("ben", "anna")), rule.total)
            for n in range(4)
        ]
        assert not hit(bank(*lines, opening=10_000_000, anna="person"))

    def test_sums_just_below_a_large_value_line_fire_though_unlike(self, hit, rule, observe_params) -> None:
        line = observe_params.patterns.large_lines_cny["micro_business"][0]
        low = observe_params.patterns.near_large_from * line

        def relay(*yuan: float) -> Ledger:
            lines = [(f"2025-03-03 {10 + n}:00", "anna", "ben", sum_) for n, sum_ in enumerate(yuan)]
            return bank(*lines, opening=10_000_000, anna="micro_business")

        near = [low * 1.12] * (int(rule.near) - 2)
        assert hit(relay(low, *near, line - CENT))
        assert not hit(relay(low - CENT, *near, line - CENT))
        assert not hit(relay(low, *near, line))

    def test_false_positive_down_payment_in_parts(self, hit) -> None:
        parts = [
            (f"2025-03-0{day} 1{day}:00", "anna", "firm developer", 50_000, "transfer", "goods")
            for day in range(3, 9)
        ]
        assert hit(bank(*parts, opening=300_000, anna="person"))


class TestR17:
    rule_id = "R17"

    def line(self, *yuan: float) -> Ledger:
        return bank(
            *[(f"2025-03-0{3 + n % 5} {8 + n // 5}:00", f"payer {n}", "anna", y) for n, y in enumerate(yuan)],
            anna="person",
        )

    def mixed(self, rule, round_count: int) -> list[float]:
        """So many round sums, the others with tails of their own."""
        others = int(rule.times) - round_count
        return [2_000.0] * round_count + [130.0 + 11 * n for n in range(others)]

    def test_round_sums_fire(self, hit, rule) -> None:
        assert hit(self.line(*[1_000.0 * (1 + n % 4) for n in range(int(rule.times))]))

    def test_one_payment_fewer_stays_silent(self, hit, rule) -> None:
        assert not hit(self.line(*[1_000.0] * (int(rule.times) - 1)))

    def test_lucky_tails_fire(self, hit, rule) -> None:
        assert hit(self.line(*[100.0 * (1 + n) + 88 for n in range(int(rule.times))]))

    def test_a_smaller_share_of_round_sums_stays_silent(self, hit, rule) -> None:
        enough = int(np.ceil(rule.round * rule.times))
        tens = [2_000.0] * (enough - 1) + [100.0 + 10 * n for n in range(1, int(rule.times) - enough + 2)]
        assert not hit(self.line(*tens))
        assert hit(self.line(*[2_000.0] * enough, *tens[enough:]))

    def test_last_figures_of_all_kinds_stay_silent(self, hit, rule) -> None:
        enough = int(np.ceil(rule.round * rule.times))
        assert not hit(self.line(*self.mixed(rule, enough)))

    def test_false_positive_red_packets(self, hit) -> None:
        assert hit(self.line(*[88.0, 188, 288, 888, 88, 188] * 3))


class TestR18:
    rule_id = "R18"

    def nights(self, count: int, hour: str = "23:10", peers: float = 0) -> Ledger:
        payments = [
            (
                f"2025-03-{4 + number % 5:02} {hour}:{number:02}",
                f"payer {number}",
                "anna",
                100,
                "qr",
                "shopping",
            )
            for number in range(count)
        ]
        return among(*sorted(payments), night=peers, anna="person")

    def test_many_payments_at_night_fire(self, hit, rule) -> None:
        assert hit(self.nights(int(rule.payments)))

    def test_a_few_payments_stay_silent(self, hit, rule) -> None:
        assert not hit(self.nights(int(rule.payments) - 1))

    def test_payments_before_eleven_stay_silent(self, hit, rule) -> None:
        assert not hit(self.nights(int(rule.payments), hour="22:59"))

    def test_peers_who_are_up_at_night_silence_it(self, hit, rule) -> None:
        """Their shares spread evenly from nought, so all are within so many deviations."""
        assert hit(self.nights(int(rule.payments), peers=0.1))
        assert not hit(self.nights(int(rule.payments), peers=0.9))

    def test_more_money_by_day_silences_it(self, hit, rule) -> None:
        lines = [
            (f"2025-03-{4 + n % 5:02} {hour}:{n:02}", f"payer {n}", "anna", yuan, "qr", "shopping")
            for n in range(int(rule.payments))
            for hour, yuan in (("23:10", 100), ("12:10", 100 * (1 - rule.share) / rule.share + CENT))
        ]
        assert not hit(among(*sorted(lines), anna="person"))

    def test_false_positive_delivery_rider_of_the_night_shift(self, hit, rule) -> None:
        tips = [
            (f"2025-03-{4 + n % 5:02} 23:{n:02}", "firm platform", "anna", 38.50, "transfer", "payroll")
            for n in range(int(rule.payments))
        ]
        assert hit(among(*sorted(tips), anna=Customer(income=7_000)))


class TestR28:
    rule_id = "R28"

    def site(self, rule, players=None, stake=200, hour="23", prizes=None, why="unstated") -> Ledger:
        players, prizes = players or int(rule.payers), int(rule.payees) if prizes is None else prizes
        lines: list[Line] = [
            (f"2025-03-{4 + n % 3:02} {hour}:{n:02}", f"player {n}", "anna", stake, "qr", why)
            for n in range(players)
        ]
        won = players * stake / max(prizes, 1) / 4
        lines += [(f"2025-03-07 0{n % 5}:30", "anna", f"winner {n}", won) for n in range(prizes)]
        return bank(*sorted(lines), anna="person")

    def test_many_players_at_night_fire(self, hit, rule) -> None:
        assert hit(self.site(rule))

    def test_one_player_fewer_stays_silent(self, hit, rule) -> None:
        assert not hit(self.site(rule, players=int(rule.payers) - 1))

    def test_other_sums_stay_silent(self, hit, rule) -> None:
        assert not hit(self.site(rule, stake=137))

    def test_play_by_day_stays_silent(self, hit, rule) -> None:
        assert not hit(self.site(rule, hour="13"))

    def test_without_winners_it_stays_silent(self, hit, rule) -> None:
        assert not hit(self.site(rule, prizes=int(rule.payees) - 1))

    def test_false_positive_lottery_shop_open_late(self, hit, rule) -> None:
        assert hit(self.site(rule, stake=50, why="shopping"))


class TestR39:
    rule_id = "R39"

    def paid(self, payers: int, late: float = 1.0, known: bool = False) -> Ledger:
        """So many pay anna, a share of them late at night."""
        at = ["23:30" if n < late * payers else "12:00" for n in range(payers)]
        lines = [(f"2025-03-03 {at[n]}", f"payer {n}", "anna", 100) for n in range(payers)]
        before = [(f"2025-02-20 10:{n:02}", f"payer {n}", "anna", 1) for n in range(payers) if known]
        return bank(*before, *sorted(lines), anna="person")

    def test_many_new_payers_at_night_fire(self, hit, rule) -> None:
        assert hit(self.paid(int(rule.payers)))

    def test_one_payer_fewer_stays_silent(self, hit, rule) -> None:
        assert not hit(self.paid(int(rule.payers) - 1))

    def test_payers_by_day_stay_silent(self, hit, rule) -> None:
        assert not hit(self.paid(int(rule.payers), late=rule.night - 0.1))

    def test_payers_of_before_stay_silent(self, hit, rule) -> None:
        assert not hit(self.paid(int(rule.payers), known=True))

    def test_false_positive_stall_at_a_fair(self, hit) -> None:
        assert hit(self.paid(20, late=0.7))
