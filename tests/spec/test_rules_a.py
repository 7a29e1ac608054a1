"""Rules R03 to R17 on ledgers drawn by hand, as in `test_rules`: strangers, pairs, tests, peers, firms."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pandas as pd

from tests.spec.ledger import Customer, Ledger, bank

Fires = Callable[..., bool]
CENT = 0.01
RECEIVED = [0.0, 0.0, *np.linspace(500, 4_400, 38)]  # what forty ordinary customers receive in a month


def strangers(count: int, yuan: float, apart: float = 0.0, **how: str) -> list[tuple]:
    """So many persons never seen before pay anna the sum in alike parts; the first pays ``apart`` more."""
    parts = [yuan / count * (1 + apart)] + [(yuan - yuan / count * (1 + apart)) / (count - 1)] * (count - 1)
    return [
        (f"2025-03-0{3 + n % 2} 1{n % 10}:{n:02}", f"payer {n}", "anna", part, *how.values())
        for n, part in enumerate(parts)
    ]


def paid(*lines: tuple, **people: Customer | str) -> Ledger:
    """A ledger in which strangers pay somebody else too, so that the rule never steps aside."""
    others = (("2025-03-03 09:00", "stranger", "zoe", 10), ("2025-03-03 09:30", "passer-by", "zoe", 20))
    return bank(*others, *lines, zoe="person", **people)


class TestR03:
    rule_id = "R03"

    def test_alike_sums_of_strangers_fire(self, hit: Fires, rule: SimpleNamespace) -> None:
        assert hit(paid(*strangers(int(rule.payers), rule.total + 1), anna="person"))

    def test_one_stranger_fewer_stays_silent(self, hit, rule) -> None:
        assert not hit(paid(*strangers(int(rule.payers) - 1, rule.total * 2), anna="person"))

    def test_less_money_stays_silent(self, hit, rule) -> None:
        assert not hit(paid(*strangers(int(rule.payers), rule.total - 1), anna="person"))

    def test_sums_that_are_not_alike_stay_silent(self, hit, rule) -> None:
        apart = rule.variation * np.sqrt(rule.payers - 1)  # then deviation over mean is the threshold
        assert hit(paid(*strangers(int(rule.payers), rule.total + 1, apart * 0.99), anna="person"))
        assert not hit(paid(*strangers(int(rule.payers), rule.total + 1, apart * 1.01), anna="person"))

    def test_payers_known_for_long_stay_silent(self, hit, rule) -> None:
        known = [(f"2025-02-0{1 + n % 7} 10:00", "anna", f"payer {n}", 5) for n in range(int(rule.payers))]
        assert not hit(paid(*known, *strangers(int(rule.payers), rule.total + 1), anna="person"))

    def test_payers_known_only_more_than_half_a_year_ago_fire(self, hit, rule) -> None:
        known = [(f"2024-07-0{1 + n % 7} 10:00", "anna", f"payer {n}", 5) for n in range(int(rule.payers))]
        assert hit(paid(*known, *strangers(int(rule.payers), rule.total + 1), anna="person"))

    def test_the_household_is_no_stranger(self, hit, rule) -> None:
        lines = strangers(int(rule.payers), rule.total + 1)
        family = {f"payer {n}": Customer(household=7) for n in range(int(rule.payers))}
        assert hit(paid(*lines, anna=Customer(household=8), **family))
        assert not hit(paid(*lines, anna=Customer(household=7), **family))

    def test_sums_at_the_report_line_stay_silent(self, hit, rule, observe_params) -> None:
        _, line = observe_params.near_line_cny
        count = int(rule.payers)
        assert hit(paid(*strangers(count, count * (line - 1)), anna="person"))
        assert not hit(paid(*strangers(count, count * line), anna="person"))

    def test_a_firm_needs_more_payers_and_more_money(self, hit, rule, book) -> None:
        count, total = (
            int(rule.by_segment["payers"]["micro_business"]),
            rule.total * book.segment_multiplier["micro_business"],
        )
        assert hit(paid(*strangers(count, total + 1), anna="micro_business"))
        assert not hit(paid(*strangers(count - 1, total + 1), anna="micro_business"))
        assert not hit(paid(*strangers(count, total - 1), anna="micro_business"))

    def test_false_positive_tuition_collection(self, hit) -> None:
        parents = [
            (f"2025-03-03 {8 + n}:00", f"parent {n}", "anna", 2_900, "transfer", "tuition") for n in range(9)
        ]
        assert hit(paid(*parents, anna="person"))


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


class TestR09:
    rule_id = "R09"

    def burst(
        self, rule, payers: int | None = None, yuan: float | None = None, test: tuple | None = None
    ) -> Ledger:
        payers = int(rule.payers) if payers is None else payers
        yuan = rule.total + 1 if yuan is None else yuan
        lines = [
            (f"2025-03-05 {10 + n // 60}:{n % 60:02}", f"payer {n}", "anna", yuan / payers)
            for n in range(payers)
        ]
        return bank(test or ("2025-03-04 09:00", "controller", "anna", 1), *lines, anna="person")

    def test_money_of_new_payers_after_a_tiny_test_fires(self, hit, rule) -> None:
        assert hit(self.burst(rule))

    def test_a_test_that_anna_sends_herself_fires(self, hit, rule) -> None:
        assert hit(self.burst(rule, test=("2025-03-04 09:00", "anna", "controller", 5)))

    def test_one_payer_fewer_stays_silent(self, hit, rule) -> None:
        assert not hit(self.burst(rule, payers=int(rule.payers) - 1))

    def test_less_money_stays_silent(self, hit, rule) -> None:
        assert not hit(self.burst(rule, yuan=rule.total - 1))

    def test_without_a_tiny_test_it_stays_silent(self, hit, rule, observe_params) -> None:
        test = observe_params.patterns.test_cny
        assert hit(self.burst(rule, test=("2025-03-04 09:00", "controller", "anna", test)))
        assert not hit(self.burst(rule, test=("2025-03-04 09:00", "controller", "anna", test + CENT)))

    def test_a_test_at_the_very_moment_or_later_stays_silent(self, hit, rule) -> None:
        first = "2025-03-05 10:00"
        assert not hit(self.burst(rule, test=("2025-03-06 10:00", "controller", "anna", 1)))
        assert not hit(self.burst(rule, payers=1, test=(first, "controller", "anna", 1)))

    def test_a_test_more_than_three_days_before_stays_silent(self, hit, rule) -> None:
        assert hit(self.burst(rule, test=("2025-03-02 11:00", "controller", "anna", 1)))
        assert not hit(self.burst(rule, test=("2025-03-02 09:59", "controller", "anna", 1)))

    def test_a_small_payment_of_somebody_known_is_no_test(self, hit, rule) -> None:
        ledger = self.burst(rule).transactions
        known = bank(
            ("2025-02-01 10:00", "controller", "anna", 300),
            *[("2025-03-04 09:00", "controller", "anna", 1)],
            *[
                (f"2025-03-05 10:{n:02}", f"payer {n}", "anna", (rule.total + 1) / rule.payers)
                for n in range(int(rule.payers))
            ],
            anna="person",
        )
        assert len(ledger) == len(known.transactions) - 1
        assert not hit(known)

    def test_false_positive_first_sales_of_a_market_seller(self, hit) -> None:
        sales = [
            (f"2025-03-0{5 + n % 2} 1{n}:00", f"buyer {n}", "anna", 3_800, "transfer", "goods")
            for n in range(5)
        ]
        assert hit(bank(("2025-03-04 20:00", "platform", "anna", 0.01), *sales, anna="person"))


def crowd(
    received: list[float] = RECEIVED, moment: str = "2025-02-20 12:00"
) -> tuple[list[tuple], dict[str, Customer]]:
    """Ordinary clerks, one for each sum that a friend pays them before the snapshot of 3 March."""
    people = {f"clerk{n}": Customer(income=8_000) for n in range(len(received))}
    lines = [(moment, f"friend {n}", f"clerk{n}", yuan) for n, yuan in enumerate(received) if yuan > 0]
    return lines, people


def wages(yuan: float) -> list[tuple]:
    """Half a year in which anna earns so much a month, up to thirty days before the snapshot of 3 March."""
    months = ("2024-08-20", "2024-09-20", "2024-10-20", "2024-11-20", "2024-12-20", "2025-01-20")
    return [(f"{day} 10:00", "firm employer", "anna", yuan, "transfer", "payroll") for day in months]


def from_many(yuan: float, payers: int) -> list[tuple]:
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


class TestR14:
    rule_id = "R14"

    def turned(self, rise: float, new: int, known: int) -> Ledger:
        """Half a year of 1,000 a month from friends, then so many times as much from new and old payers."""
        usual = [
            (f"2024-{month:02}-20 10:00", f"friend {n}", "anna", 1_000 / known)
            for month in (9, 10, 11, 12)
            for n in range(known)
        ]
        usual += [
            (f"2025-01-{day} 10:00", f"friend {n}", "anna", 1_000 / known)
            for day in (10, 20)
            for n in range(known)
        ]
        payers = [f"friend {n}" for n in range(known)] + [f"payer {n}" for n in range(new)]
        burst = [
            (f"2025-03-03 10:{n:02}", name, "anna", 1_000 * rise / len(payers))
            for n, name in enumerate(payers)
        ]
        return bank(*usual, *burst, anna="person")

    def test_a_rise_by_new_payers_fires(self, hit, rule) -> None:
        assert hit(self.turned(rule.rise + 0.1, new=9, known=1))

    def test_a_smaller_rise_stays_silent(self, hit, rule) -> None:
        assert not hit(self.turned(rule.rise - 0.1, new=9, known=1))

    def test_a_rise_by_known_payers_stays_silent(self, hit, rule) -> None:
        assert not hit(self.turned(rule.rise + 0.1, new=8, known=2))

    def test_without_a_month_of_history_there_is_no_habit_to_break(self, hit) -> None:
        burst = [(f"2025-03-03 10:{n:02}", f"payer {n}", "anna", 9_000) for n in range(9)]
        first = ("2025-01-30 10:00", "payer", "anna", 10)
        lately, before = Customer(joined="2025-01-20"), Customer(joined="2024-12-01")
        assert hit(bank(first, *burst, anna=before, zoe="person"))
        other = ("2025-01-05 10:00", "friend", "zoe", 10), ("2025-03-05 10:00", "friend", "zoe", 10)
        assert not hit(bank(first, *burst, *other, anna=lately, zoe="person"))

    def test_false_positive_first_month_of_a_business(self, hit) -> None:
        wages = [
            (f"2024-{month:02}-10 10:00", "firm employer", "anna", 6_000, "transfer", "payroll")
            for month in (9, 10, 11, 12)
        ]
        sales = [
            (f"2025-03-03 {8 + n // 4}:{n % 4}0", f"buyer {n}", "anna", 1_500, "transfer", "goods")
            for n in range(24)
        ]
        assert hit(bank(*wages, *sales, anna="person"))


class TestR15:
    rule_id = "R15"

    def paid_out(
        self, rule, yuan: float | None = None, count: int | None = None, payees: int | None = None, **how
    ) -> Ledger:
        yuan = rule.total if yuan is None else yuan
        count = int(rule.times) if count is None else count
        payees = int(rule.payees) if payees is None else payees
        lines = [
            (
                f"2025-03-0{3 + n % 3} 10:{n:02}",
                "anna",
                f"{how.get('to', 'person')} {n % payees}",
                yuan / count,
                "transfer",
                how.get("purpose", "unstated"),
            )
            for n in range(count)
        ]
        other = ("2025-03-03 09:00", "anna", "firm supplier", how.get("other", 1), "transfer", "supplies")
        return bank(other, *lines, opening=50_000_000, anna=how.get("kind", "company"))

    def test_a_firm_that_pays_many_persons_fires(self, hit, rule) -> None:
        assert hit(self.paid_out(rule, rule.total + 1))

    def test_less_money_stays_silent(self, hit, rule) -> None:
        assert not hit(self.paid_out(rule, rule.total - 1))

    def test_fewer_transfers_or_persons_stay_silent(self, hit, rule) -> None:
        assert not hit(self.paid_out(rule, rule.total * 2, count=int(rule.times) - 1))
        assert not hit(self.paid_out(rule, rule.total * 2, payees=int(rule.payees) - 1))

    def test_wages_stay_silent(self, hit, rule) -> None:
        assert not hit(self.paid_out(rule, rule.total * 2, purpose="payroll"))

    def test_firms_as_payees_stay_silent(self, hit, rule) -> None:
        assert not hit(self.paid_out(rule, rule.total * 2, to="firm"))

    def test_a_small_part_of_a_large_turnover_stays_silent(self, hit, rule) -> None:
        rest = rule.total * 2 * (1 - rule.share) / rule.share
        assert hit(self.paid_out(rule, rule.total * 2, other=rest * 0.99))
        assert not hit(self.paid_out(rule, rule.total * 2, other=rest * 1.01))

    def test_a_person_stays_silent(self, hit, rule) -> None:
        assert not hit(self.paid_out(rule, rule.total * 2, kind="person"))

    def test_false_positive_farm_purchases(self, hit) -> None:
        farmers = [
            (f"2025-03-0{3 + n % 5} 14:{n:02}", "anna", f"farmer {n}", 130_000, "transfer", "goods")
            for n in range(16)
        ]
        assert hit(bank(*farmers, opening=3_000_000, anna="company"))


class TestR33:
    rule_id = "R33"

    def paid_out(
        self, rule, yuan: float | None = None, count: int | None = None, payees: int | None = None, **how
    ) -> Ledger:
        yuan = rule.total if yuan is None else yuan
        count = int(rule.times) if count is None else count
        payees = int(rule.payees) if payees is None else payees
        lines = [
            (
                f"2025-03-0{3 + n % 3} 10:{n:02}",
                "anna",
                f"{how.get('to', 'person')} {n % payees}",
                yuan / count,
            )
            for n in range(count)
        ]
        return bank(*lines, opening=1_000_000, anna=how.get("kind", "person"))

    def test_a_person_who_pays_many_persons_fires(self, hit, rule) -> None:
        assert hit(self.paid_out(rule, rule.total + 1))

    def test_less_money_stays_silent(self, hit, rule) -> None:
        assert not hit(self.paid_out(rule, rule.total - 1))

    def test_fewer_transfers_or_persons_stay_silent(self, hit, rule) -> None:
        assert not hit(self.paid_out(rule, rule.total * 2, count=int(rule.times) - 1))
        assert not hit(self.paid_out(rule, rule.total * 2, payees=int(rule.payees) - 1))

    def test_firms_as_payees_or_payers_stay_silent(self, hit, rule) -> None:
        assert not hit(self.paid_out(rule, rule.total * 2, to="firm"))
        assert not hit(self.paid_out(rule, rule.total * 2, kind="company"))

    def test_false_positive_labour_contractor(self, hit) -> None:
        wages = [(f"2025-03-05 1{n % 8}:0{n // 8}", "anna", f"hand {n}", 4_800) for n in range(12)]
        assert hit(bank(*wages, opening=100_000, anna=Customer(income=12_000)))


def lent_account(
    gathered: float, payers: int, day: int, kept: float = 0.02, exit_to: str = "exit"
) -> list[tuple]:
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


class TestR16:
    rule_id = "R16"

    def paid_by(
        self, rule, yuan: float | None = None, firms: int | None = None, days: int | None = None, **how
    ) -> Ledger:
        yuan = rule.total + 1 if yuan is None else yuan
        firms = int(rule.firms) if firms is None else firms
        days = int(rule.days) if days is None else days
        lines = [
            (
                f"2025-03-{3 + n % days:02} 10:{n:02}",
                f"{how.get('by', 'firm')} {n}",
                "anna",
                yuan / firms,
                "transfer",
                how.get("purpose", "unstated"),
            )
            for n in range(firms)
        ]
        return bank(*lines, anna=how.get("kind", "person"))

    def test_a_person_paid_by_many_firms_fires(self, hit, rule) -> None:
        assert hit(self.paid_by(rule))

    def test_less_money_stays_silent(self, hit, rule) -> None:
        assert not hit(self.paid_by(rule, rule.total - 1))

    def test_fewer_firms_or_days_stay_silent(self, hit, rule) -> None:
        assert not hit(self.paid_by(rule, firms=int(rule.firms) - 1))
        assert not hit(self.paid_by(rule, days=int(rule.days) - 1))

    def test_wages_and_persons_as_payers_stay_silent(self, hit, rule) -> None:
        assert not hit(self.paid_by(rule, purpose="payroll"))
        assert not hit(self.paid_by(rule, by="person"))

    def test_a_firm_stays_silent(self, hit, rule) -> None:
        assert not hit(self.paid_by(rule, kind="micro_business"))

    def test_false_positive_freelancer(self, hit) -> None:
        fees = [
            (f"2025-03-0{3 + n} 11:00", f"firm client {n}", "anna", 26_000, "transfer", "goods")
            for n in range(5)
        ]
        assert hit(bank(*fees, anna=Customer(income=30_000)))


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
