"""Money, schemes and days reached, costs and verdicts: against cases worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data.results import Interval
from models.audit_money import paid_out, rising_multiples
from models.intervals import drawn
from models.positives import Positives
from models.results.money import CostPoint
from models.truth.delays import WaitingCurve
from models.truth.economics import BudgetSpent, Ledgered, alert_cost, break_even
from models.truth.reach import NOT_CAUGHT, Stakes, illicit_payments
from models.truth.rule_report import Effort, Reviewed
from models.truth.rule_verdicts import rule_verdict, rule_verdicts

EFFORT = Effort(minutes_per_alert=30, hours_per_case=4, hours_per_report=2, cny_per_hour=100)
DAY = 86_400_000_000


def at(day: float) -> pd.Timestamp:
    return pd.Timestamp("2025-06-02", tz="UTC") + pd.Timedelta(days=day)


def us(day: float) -> int:
    return int(at(day).value // 1_000)


def alone(people: int) -> tuple[np.ndarray, np.ndarray]:
    """Everybody a group of his own, and 200 draws of them."""
    return np.arange(people), drawn(people, 200, 1)


# ------------------------------------------------------------------ Kaplan and Meier


def test_the_waiting_curve_is_that_of_the_textbook() -> None:
    """Remission of leukaemia under 6-MP, Freireich 1963: S(6) .857, S(7) .807, S(10) .753, S(13) .690,
    S(16) .628, S(22) .538, S(23) .448."""
    seen = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    days = np.array(seen + censored, float)
    curve = WaitingCurve.of(days, np.arange(len(days)) < len(seen), *alone(len(days)))
    wanted = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.628, 22: 0.538, 23: 0.448}
    for day, waiting in wanted.items():
        assert 1 - (curve.alerted_by(day).value or 0) == pytest.approx(waiting, abs=6e-4), day
    assert curve.median == 23


def test_without_anybody_censored_the_curve_is_the_share_alerted() -> None:
    curve = WaitingCurve.of(np.array([1.0, 2.0, 2.0, 9.0]), np.ones(4, bool), *alone(4))
    assert [curve.alerted_by(day).value for day in (0.5, 1, 2, 8.9, 9)] == [0, 0.25, 0.75, 0.75, 1]


def test_leaving_the_censored_out_would_make_alerts_look_faster() -> None:
    days, is_alerted = np.array([2.0, 4.0, 10.0, 10.0]), np.array([True, True, False, False])
    curve = WaitingCurve.of(days, is_alerted, *alone(4))
    assert curve.alerted_by(4).value == 0.5
    assert WaitingCurve.of(days[:2], is_alerted[:2], *alone(2)).alerted_by(4).value == 1


def test_beyond_the_longest_time_observed_nothing_is_said() -> None:
    curve = WaitingCurve.of(np.array([3.0, 5.0]), np.array([True, False]), *alone(2))
    assert curve.alerted_by(5).value == 0.5
    assert curve.alerted_by(5.1).value is None
    nobody = WaitingCurve.of(np.zeros(0), np.zeros(0, bool), *alone(0))
    assert nobody.alerted_by(1).value is None
    assert nobody.median is None


# ------------------------------------------------------------------ money and schemes


@pytest.fixture
def stakes() -> Stakes:
    """Customers 1 and 2 are a scheme, 3 is one of his own, 4 is innocent.

    At stake are 100 yuan that 1 pays to 2 on day 1, 300 that 2 pays out on day 5, 600 of 3 on day 9.
    """
    subjects = pd.DataFrame(
        [(customer, at(day)) for day in (7, 14) for customer in (1, 2, 3, 4)],
        columns=["customer_id", "as_of"],
    )
    is_positive = subjects["customer_id"].to_numpy() < 4
    group = np.array([0, 0, 1, 2] * 2)
    payments = pd.DataFrame(
        [(10, 1, at(1), 100.0), (10, 2, at(1), 100.0), (11, 2, at(5), 300.0), (12, 3, at(9), 600.0)],
        columns=["payment", "customer_id", "at", "yuan"],
    )
    began = pd.Series({1: at(1), 3: at(9), 4: at(0)})
    clubs = pd.DataFrame({"customer_id": [1, 2, 2, 3, 4], "club": [70, 70, 70, 71, 72]})
    positives = Positives(is_positive, np.zeros(8, bool), group)
    return Stakes.of(subjects, positives, payments, began, clubs, 100, 1)


def test_what_is_at_stake_is_counted_once(stakes: Stakes) -> None:
    size = stakes.size
    assert (size.customers, size.clubs, size.yuan, size.began) == (3, 2, 1000.0, 2)


def test_money_is_reached_from_the_first_catch_of_either_end(stakes: Stakes) -> None:
    first = stakes.first_catch(np.array([2, 2, 4]), np.array([us(7), us(3), us(0)]))
    assert first.tolist() == [NOT_CAUGHT, us(3), NOT_CAUGHT]
    assert stakes.value_recall(first).value == 0.3
    payer = stakes.first_catch(np.array([1]), np.array([us(1)]))
    assert stakes.value_recall(payer).value == 0.1, "what moves at the moment of the alert can be held"
    late = stakes.first_catch(np.array([1, 2]), np.array([us(6), us(6)]))
    assert stakes.value_recall(late).value == 0, "the money is gone, though both are caught"


def test_a_scheme_is_caught_with_any_member(stakes: Stakes) -> None:
    second = stakes.first_catch(np.array([2]), np.array([us(14)]))
    assert stakes.club_recall(second).value == 0.5
    everybody = stakes.first_catch(np.array([1, 2, 3]), np.array([us(7)] * 3))
    assert stakes.club_recall(everybody).value == 1
    assert stakes.club_recall(everybody, second).value == 0.5
    assert stakes.club_recall(second, second).low == stakes.club_recall(second, second).high == 0


def test_who_began_before_the_test_does_not_wait(stakes: Stakes) -> None:
    first = stakes.first_catch(np.array([1, 2]), np.array([us(7), us(7)]))
    curve = stakes.waiting(first)
    assert curve.days.tolist() == [5.0, 6.0]  # customer 3 is censored by the last week, after 5 days
    assert curve.alerted_by(6).value == 1
    assert curve.alerted_by(5).value == 0


def test_intervals_draw_whole_schemes(stakes: Stakes) -> None:
    first = stakes.first_catch(np.array([1]), np.array([us(0)]))
    found = stakes.value_recall(first)
    assert (found.low, found.high) == (0.0, 0.25), "0, or 100 of the first scheme's 400 at best"


def test_an_illicit_payment_belongs_to_the_members_among_its_ends() -> None:
    transactions = pd.DataFrame(
        {
            "transaction_id": [1, 2, 3],
            "at": [at(1), at(2), at(3)],
            "payer_account_id": [100, 200, 900],
            "payee_account_id": [200, 900, 100],
            "amount_cents": [10_000, 250, 77],
        }
    )
    accounts = pd.DataFrame({"account_id": [100, 200, 900], "customer_id": pd.array([1, 2, None], "Int64")})
    truth = pd.DataFrame(
        {"transaction_id": [1, 2, 3], "scheme_id": [5, 5, 6], "is_illicit": [True, True, False]}
    )
    schemes = pd.DataFrame(
        {
            "scheme_id": [5, 5, 6],
            "customer_id": pd.array([2, None, 1], "Int64"),
            "is_illicit": [True, True, False],
        }
    )
    found = illicit_payments(transactions, accounts, truth, schemes)
    told = found.sort_values("payment")[["payment", "customer_id", "yuan"]].to_numpy().tolist()
    assert told == [[1, 2, 100.0], [2, 2, 2.5]], "customer 1 is no member of the scheme, 3 is licit"
    out = paid_out(transactions, accounts, pd.Series([1, 2]))
    assert out[["payment", "customer_id", "yuan"]].to_numpy().tolist() == [[1, 1, 100.0], [2, 2, 2.5]]


# ------------------------------------------------------------------ costs


def test_an_alert_costs_what_becomes_of_it() -> None:
    outcome = pd.Series(["dismissed", "dismissed", "case", "reported"])
    assert alert_cost(outcome, EFFORT) == pytest.approx(100 * (0.5 + 0.5 * 4 + 0.25 * 2))
    assert alert_cost(outcome[:0], EFFORT) == 50


def curve_of(stakes: Stakes) -> Ledgered:
    small = BudgetSpent(0.5, 2, 1, stakes.first_catch(np.array([2]), np.array([us(5)])))
    usual = BudgetSpent(1.0, 6, 2, stakes.first_catch(np.array([2, 3]), np.array([us(5), us(7)])))
    large = BudgetSpent(2.0, 20, 2, usual.first_us)
    return Ledgered(stakes, [small, usual, large], catching_cny=40, other_cny=10)


def test_the_cost_curve_is_that_worked_out_by_hand(stakes: Stakes) -> None:
    small, usual, large = curve_of(stakes).points()
    assert (small.cost_cny, small.reached_cny.value, small.missed_cny) == (50, 300, 700)
    assert (usual.cost_cny, usual.reached_cny.value, usual.missed_cny) == (120, 900, 100)
    assert (usual.per_alert_cny, usual.per_case_cny) == (20, 60)
    assert usual.per_reached_cny == round(120 / 900, 4)
    assert usual.per_missed_cny == round(70 / 600, 4)
    assert large.per_missed_cny is None, "fourteen more alerts reach nothing"


def test_an_alert_pays_from_the_break_even_precision_on(stakes: Stakes) -> None:
    """20 yuan an alert; a customer caught brings 450 yuan within reach, worth 45 at ten per cent."""
    usual = curve_of(stakes).points()[1]
    assert break_even(usual, 0.1) == round(20 / 45, 4)
    nobody: CostPoint = usual.model_copy(update={"caught": 0})
    assert break_even(nobody, 0.1) is None


def test_the_recommended_budget_leaves_most(stakes: Stakes) -> None:
    curve = curve_of(stakes)
    assert curve.advice(0.01).budget.value == 0, "nothing pays"
    assert curve.advice(0.01).net_cny == 0
    assert curve.advice(0.13).budget.value == 0, "0.13 of 900 yuan is less than the 120 of work"
    dear = curve.advice(0.2)
    assert (dear.budget.value, dear.net_cny) == (1.0, 60.0), (
        "0.2 of 900 yuan less 120; 0.2 of 300 less 50 is 10"
    )
    assert (dear.budget.low, dear.budget.high) == (0.5, 1.0), "draws of the first scheme alone"


@pytest.mark.parametrize("budgets", [(0.5, 2.0), (1.0, 0.5), (1.0, 1.0)])
def test_budgets_rise_and_hold_the_banks_own(budgets: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="rising"):
        rising_multiples(budgets)


# ------------------------------------------------------------------ verdicts on rules


@pytest.mark.parametrize(
    ("low", "high", "found_alone", "wanted"),
    [
        (0.11, 0.3, 0, "keep"),
        (0.01, 0.09, 0, "retire"),
        (0.01, 0.09, 2, "tune"),
        (0.05, 0.20, 1, "keep"),
        (0.05, 0.20, 0, "tune"),
    ],
)
def test_a_verdict_follows_from_the_interval_and_what_only_it_finds(
    low: float, high: float, found_alone: int, wanted: str
) -> None:
    precision = Interval(value=(low + high) / 2, low=low, high=high)
    assert rule_verdict(precision, 50, found_alone, 0.1, 20) == wanted
    assert rule_verdict(precision, 19, found_alone, 0.1, 20) == "unknown"
    assert rule_verdict(precision, 50, found_alone, None, 20) == "unknown"


def test_switching_a_rule_off_loses_what_no_other_rule_finds() -> None:
    """A and B find scheme 1, A alone scheme 2; the bank dismisses that and reports B for nothing."""
    alerts = pd.DataFrame(
        {
            "alert_id": [1, 2, 3],
            "customer_id": [11, 12, 13],
            "alerted_at": [at(3), at(3), at(3)],
            "rule_ids": ["A B", "A", "B"],
            "rule_count": [2, 1, 1],
            "case_id": [1, 2, 3],
        }
    )
    dispositions = pd.DataFrame(
        {"alert_id": pd.array([1, 2, 3], "Int64"), "outcome": ["reported", "dismissed", "reported"]}
    )
    illicit = pd.DataFrame({"customer_id": [11, 12], "at": [at(2), at(1)], "scheme_id": [1, 2]})
    reviewed = Reviewed.of(alerts, alerts[:0], dispositions, illicit, 28, EFFORT)
    price: dict[str, float | None] = {"bank": 0.5, "true": 0.5}
    first, second = rule_verdicts(["A", "B"], alerts, reviewed, illicit, 28, price, 1)
    assert (first.alerts, first.alerts_alone, second.alerts, second.alerts_alone) == (2, 1, 2, 1)
    assert (first.true.found, first.true.found_alone) == (2, 1)
    assert (second.true.found, second.true.found_alone) == (1, 0)
    assert (first.bank.found, first.bank.found_alone) == (1, 0)
    assert (second.bank.found, second.bank.found_alone) == (2, 1)
    assert first.hours_alone == 0.5
    assert second.hours_alone == 6.5
    assert (first.true.precision.value, second.true.precision.value) == (1.0, 0.5)
