"""Alerts become cases, and a line is drawn where the bank's hands end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import pipeline
from data.alert import Params
from data.rules.alert_line import (
    LineParams,
    above_line,
    drawn_lines,
    fitted_lines,
    lines_at,
    taken_up,
    votes_of,
)
from data.rules.cases import CaseParams, case_ids, cases_table, customer_payments
from data.schema import BelowLine, Cases, Lines

PARAMS = CaseParams(days=14, most_tied=3)
START = pd.Timestamp("2025-03-01", tz="UTC").as_unit("us")


def day(number: float) -> pd.Timestamp:
    return START + pd.Timedelta(days=number)


def stamped(values: list[pd.Timestamp | None]) -> pd.Series:
    return pd.Series(pd.to_datetime(pd.Series(values, dtype=object), utc=True)).astype("datetime64[us, UTC]")


def alerts(*rows: tuple[int, float]) -> pd.DataFrame:
    """Alerts (customer, day) in order of time."""
    return pd.DataFrame(
        {
            "alert_id": np.arange(11, 11 + len(rows)),
            "customer_id": [row[0] for row in rows],
            "alerted_at": stamped([day(row[1]) for row in rows]),
        }
    )


def payments(*rows: tuple[int, int, float]) -> pd.DataFrame:
    """Payments (payer, payee, day) among customers, whose accounts bear their number."""
    people = sorted({end for row in rows for end in row[:2]})
    accounts = pd.DataFrame({"account_id": people, "customer_id": pd.array(people, "Int64")})
    table = pd.DataFrame(
        {
            "payer_account_id": np.array([row[0] for row in rows], np.int64),
            "payee_account_id": np.array([row[1] for row in rows], np.int64),
            "at": stamped([day(row[2]) for row in rows]),
        }
    )
    return customer_payments(table, accounts)


def devices(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Uses (customer, device, from day, to day or None)."""
    return pd.DataFrame(
        {
            "customer_id": np.array([row[0] for row in rows], np.int64),
            "device_id": np.array([row[1] for row in rows], np.int64),
            "valid_from": stamped([day(row[2]) for row in rows]),
            "valid_to": stamped([None if row[3] is None else day(row[3]) for row in rows]),
        }
    )


def grouped(
    table: pd.DataFrame, paid: pd.DataFrame | None = None, used: pd.DataFrame | None = None
) -> list[int]:
    return case_ids(
        table, payments() if paid is None else paid, devices() if used is None else used, PARAMS
    ).tolist()


# -------------------------------------------------------------------- cases


def test_alerts_of_one_customer_within_the_days_are_one_case() -> None:
    assert grouped(alerts((1, 0), (1, 14), (1, 28.5), (2, 28.5))) == [1, 1, 2, 3]


def test_a_case_goes_on_as_long_as_each_alert_follows_the_last() -> None:
    assert grouped(alerts((1, 0), (1, 10), (1, 20), (1, 30))) == [1, 1, 1, 1]


@pytest.mark.parametrize("payer_and_payee", [(1, 2), (2, 1)])
def test_customers_who_paid_each_other_before_the_later_alert_share_a_case(payer_and_payee) -> None:
    table = alerts((1, 20), (2, 25))
    assert grouped(table, payments((*payer_and_payee, 18))) == [1, 1]
    assert grouped(table, payments((*payer_and_payee, 25))) == [1, 2]  # at the alert's own moment: not known
    assert grouped(table, payments((*payer_and_payee, 24.9))) == [1, 1]
    assert grouped(table, payments((*payer_and_payee, 10))) == [1, 2]  # too long before
    assert grouped(table, payments((payer_and_payee[0], 3, 18))) == [1, 2]


def test_customers_who_paid_each_other_but_were_alerted_far_apart_share_no_case() -> None:
    assert grouped(alerts((1, 0), (2, 25)), payments((1, 2, 24))) == [1, 2]


def test_who_deals_with_many_customers_ties_nobody() -> None:
    """An employer pays its staff: two alerted workers are no case of the firm."""
    table = alerts((1, 20), (2, 21))
    wages = [(1, worker, 19) for worker in (2, 3, 4)]
    assert grouped(table, payments(*wages)) == [1, 1]
    assert grouped(table, payments(*wages, (1, 5, 19))) == [1, 2]
    assert grouped(table, payments(*[(worker, 1, 19) for worker in (2, 3, 4, 5)])) == [1, 2]


def test_customers_on_one_device_share_a_case_while_both_use_it() -> None:
    table = alerts((1, 20), (2, 25))
    assert grouped(table, used=devices((1, 7, 0, None), (2, 7, 0, None))) == [1, 1]
    assert grouped(table, used=devices((1, 7, 0, None), (2, 8, 0, None))) == [1, 2]
    assert grouped(table, used=devices((1, 7, 0, None), (2, 7, 25, None))) == [
        1,
        2,
    ]  # first seen at the alert
    assert grouped(table, used=devices((1, 7, 0, 5), (2, 7, 6, None))) == [1, 2]  # given away long before
    assert grouped(table, used=devices((1, 7, 0, 15), (2, 7, 16, None))) == [1, 1]  # given away just before


def test_a_device_of_many_customers_ties_nobody() -> None:
    table = alerts((1, 20), (2, 25))
    kiosk = [(customer, 7, 0, None) for customer in range(1, 5)]
    assert grouped(table, used=devices(*kiosk[:3])) == [1, 1]
    assert grouped(table, used=devices(*kiosk)) == [1, 2]


def test_an_alert_that_is_tied_to_two_cases_joins_the_older_and_moves_nobody() -> None:
    table = alerts((1, 0), (2, 1), (3, 2), (9, 3))
    assert grouped(table, payments((3, 1, 1.5), (2, 3, 1.5))) == [1, 2, 1, 3]


def test_of_two_tied_alerts_of_one_moment_the_second_joins_the_first() -> None:
    assert grouped(alerts((2, 5), (1, 5)), payments((1, 2, 4))) == [1, 1]


def test_the_cases_table_counts_alerts_and_customers() -> None:
    table = alerts((1, 0), (2, 1), (2, 3), (9, 30)).assign(case_id=[1, 1, 1, 2])
    found = Cases.validate(cases_table(table))
    assert found[["alert_count", "customer_count"]].to_numpy().tolist() == [[3, 2], [1, 1]]
    assert found["last_alert_at"].tolist() == [day(3), day(30)]


def test_no_alerts_are_no_cases() -> None:
    assert grouped(alerts().astype({"alert_id": "int64", "customer_id": "int64"})) == []


# --------------------------------------------------------------------- line


def votes(*rows: tuple[int, str, float]) -> pd.DataFrame:
    """Votes (alert, rule, yuan), a day apart, each alert of a customer of its own."""
    table = pd.DataFrame(rows, columns=["alert_id", "rule_id", "money_cny"])
    return table.assign(customer_id=table["alert_id"], alerted_at=stamped([day(row[0]) for row in rows]))


def line_params(alerts_a_month: float = 1, in_hand_days: int = 30) -> LineParams:
    return LineParams(
        alerts_per_thousand_customers_month=alerts_a_month, agreeing_rules=2, in_hand_days=in_hand_days
    )


def fitted(table: pd.DataFrame, capacity: float) -> pd.Series:
    """Lines of ordinary rules."""
    return fitted_lines(table, capacity, {}, line_params())


def noisy(size: int, rule: str = "R12", first: int = 100) -> list[tuple[int, str, float]]:
    return [(first + number, rule, 1_000.0 * (number + 1)) for number in range(size)]


def test_every_rule_may_raise_the_same_number_of_alerts_its_largest() -> None:
    table = votes(*noisy(10), (1, "R08", 5.0), (2, "R08", 6.0))
    assert lines_at(table, 3, {}).to_dict() == {"R08": 0.0, "R12": 8_000.0}
    above = above_line(table, lines_at(table, 3, {}), 2)
    assert above[above].index.tolist() == [1, 2, 107, 108, 109]


def test_a_rare_rule_passes_whole_and_a_noisy_one_is_cut_to_what_is_left() -> None:
    table = votes(*noisy(100), *[(number, "R08", 1.0) for number in range(5)])
    for capacity, expected in ((105, 105), (60, 60), (20, 20), (6, 6)):
        lines = fitted(table, capacity)
        assert above_line(table, lines, 2).sum() == expected
    assert fitted(table, 20)["R12"] == 86_000.0


def test_two_noisy_rules_share_the_capacity_evenly() -> None:
    table = votes(*noisy(50), *noisy(80, "R05", 500))
    above = above_line(table, fitted(table, 40), 2)
    assert (above.loc[100:149].sum(), above.loc[500:].sum()) == (20, 20)


def test_agreeing_rules_and_rules_without_an_amount_are_always_above() -> None:
    table = votes(*noisy(50), (1, "R12", 1.0), (1, "R05", 1.0), (2, "R12", np.nan))
    above = above_line(table, fitted(table, 10), 2)
    assert above[1]
    assert above[2]
    assert not above[100]


def test_a_rule_raises_its_largest_however_small_the_capacity() -> None:
    table = votes(*noisy(50), *noisy(50, "R05", 500))
    assert above_line(table, fitted(table, 0.5), 2).sum() == 2


def test_the_line_is_fitted_on_the_past_and_holds_for_what_comes() -> None:
    """Ten a day before the cut, then larger ones: the later weeks may exceed the capacity."""
    table = votes(*noisy(60, first=0))
    raised = pd.DataFrame({"alert_id": table["alert_id"], "alerted_at": table["alerted_at"]})
    params = line_params(10 * 30.4 / 30)
    lines, above, reviewed = drawn_lines(raised, table, day(30), 1_000, {}, params)
    assert Lines.validate(lines)["line_cny"].tolist() == [21_000.0]
    assert above[:30].sum() == 10
    assert above[30:].all()
    assert (above == reviewed).all()
    assert lines[["above_count", "below_count"]].to_numpy().tolist() == [[40, 20]]


def test_without_a_past_everything_is_above_the_line() -> None:
    table = votes(*noisy(5, first=0))
    raised = pd.DataFrame({"alert_id": table["alert_id"], "alerted_at": table["alerted_at"]})
    assert drawn_lines(raised, table, day(-1), 10, {}, line_params())[1].all()
    lines, above, reviewed = drawn_lines(raised.iloc[:0], table.iloc[:0], day(30), 10, {}, line_params())
    assert len(Lines.validate(lines)) == len(above) == len(reviewed) == 0


def test_a_rule_with_more_room_raises_so_many_times_more() -> None:
    table = votes(*noisy(50), *noisy(80, "R05", 500))
    above = above_line(table, fitted_lines(table, 40, {"R05": 3.0}, line_params()), 2)
    assert (above.loc[100:149].sum(), above.loc[500:].sum()) == (10, 30)


def test_another_alert_of_a_customer_joins_the_one_in_hand() -> None:
    """Until so many days have passed since that one was taken up; what is below the line changes nothing."""
    table = votes(*noisy(6, first=0)).assign(
        customer_id=[7, 7, 7, 8, 7, 7], alerted_at=stamped([day(n) for n in (0, 10, 20, 20, 30, 59.9)])
    )
    above = pd.Series([True, True, False, True, True, True])
    assert taken_up(table, above, 30).tolist() == [True, False, False, True, True, False]
    assert taken_up(table, above, 0).tolist() == above.tolist()


def test_hands_that_joined_alerts_leave_free_take_up_others() -> None:
    """Forty alerts a month are room for the largest of forty customers who are alerted twice."""
    twice = votes(*noisy(160, first=0)).assign(customer_id=np.arange(160) // 2, alerted_at=day(1))
    raised = twice[["alert_id", "alerted_at"]]
    params = line_params(40 * 30.4)
    for days, expected in ((30, 80), (0, 40)):
        chosen = params.model_copy(update={"in_hand_days": days})
        lines, above, reviewed = drawn_lines(raised, twice, day(2), 1_000, {}, chosen)
        assert (above.sum(), reviewed.sum()) == (expected, 40)
        assert lines[["above_count", "below_count"]].to_numpy().tolist() == [[40, 160 - expected]]


def test_a_vote_brings_the_money_of_its_own_rule_on_the_scale_of_a_person() -> None:
    raised = pd.DataFrame(
        {"alert_id": [1], "customer_id": [8], "alerted_at": stamped([day(0)]), "rule_ids": ["R01 R06"]}
    )
    hits = pd.DataFrame(
        {
            "customer_id": [8, 8, 8],
            "hit_at": stamped([day(0), day(0), day(1)]),
            "rule_id": ["R01", "R06", "R06"],
            "amount_cents": pd.array([40_000, None, 99], "Int64"),
        }
    )
    found = votes_of(raised, hits, pd.Series({8: 4.0}))
    assert found["rule_id"].tolist() == ["R01", "R06"]
    assert found["money_cny"].tolist() == pytest.approx([100.0, np.nan], nan_ok=True)


def test_below_the_line_keeps_its_contract() -> None:
    table = alerts((1, 0)).assign(rule_ids="R12", rule_count=1)
    assert len(BelowLine.validate(table)) == 1


@pytest.mark.parametrize(
    ("section", "change"),
    [
        ("line", {"alerts_per_thousand_customers_month": 0}),
        ("line", {"agreeing_rules": 1}),
        ("cases", {"days": 0}),
        ("cases", {"most_tied": -3}),
        ("cases", {"hours": 3}),
    ],
)
def test_impossible_lines_and_cases_are_refused(section: str, change: dict[str, object]) -> None:
    values = pipeline.params("alert", Params).model_dump()
    values[section] |= change
    with pytest.raises(pipeline.BadInput, match=f"alert.{section}.{next(iter(change))}"):
        pipeline.parse(Params, values, "params.yaml: alert")
