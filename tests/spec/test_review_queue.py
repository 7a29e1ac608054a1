"""Alerts wait for hands: who is opened first, who never, and who is drawn at random."""

from __future__ import annotations

from typing import cast

import pandas as pd
import pytest

from data.investigate import DRAWS, alerts_of_case, drawn_weekly, opening_times
from data.schema import DAY_US
from tests.spec.reviewing import MONDAYS, active, at, raised


def queue(*rows: tuple[float, int]) -> pd.DataFrame:
    """Alerts (day, number of rules)."""
    days, counts = zip(*rows, strict=True)
    moments = at("2025-03-01") + pd.to_timedelta(days, unit="D")
    return pd.DataFrame({"alerted_at": moments.as_unit("us"), "rule_count": counts})


def opened_on(table: pd.DataFrame, per_day: float, longest: int = 30) -> list[int | None]:
    start = int(at("2025-03-01").value // 1_000)
    opened = opening_times(table, per_day, longest)
    return [None if moment < 0 else (int(moment) - start) // DAY_US for moment in opened]


def test_only_as_many_alerts_are_opened_a_day_as_there_are_hands() -> None:
    assert opened_on(queue(*[(0, 1)] * 5), per_day=2) == [0, 0, 1, 1, 2]


def test_alerts_of_more_rules_are_opened_first_then_older_ones() -> None:
    assert opened_on(queue((0, 1), (0, 3), (0, 2)), per_day=1) == [2, 0, 1]
    assert opened_on(queue((0, 1), (0, 1), (1, 1), (1, 2)), per_day=1) == [0, 2, 3, 1]


def test_half_a_hand_opens_an_alert_every_second_day() -> None:
    assert opened_on(queue((0, 1), (0, 1), (0, 1)), per_day=0.5) == [1, 3, 5]


def test_idle_days_are_not_saved_up() -> None:
    """After a quiet fortnight a crowd still waits: the hands of the idle days are lost."""
    opened = opened_on(queue((0, 1), *[(14, 1)] * 5), per_day=2)
    assert sorted(cast(list[int], opened)) == [0, 14, 14, 15, 15, 16]


def test_no_day_opens_more_alerts_than_it_has_hands() -> None:
    opened = opened_on(queue((0, 1), *[(14, 1)] * 5), per_day=2)
    assert max(opened.count(day) for day in opened) <= 2


def test_an_alert_that_waits_longer_than_allowed_is_never_opened() -> None:
    waits = queue((0, 1), *[(day, 2) for day in range(40)])
    assert opened_on(waits, per_day=1, longest=30)[0] is None
    assert opened_on(queue((0, 2), (0, 1)), per_day=1, longest=1) == [0, 1]
    assert opened_on(queue((0, 3), (0, 2), (0, 1)), per_day=1, longest=1) == [0, 1, None]


def test_no_alert_is_opened_before_it_was_raised() -> None:
    table = queue((0, 1), (2, 5), (2, 1), (9, 1))
    opened = opened_on(table, per_day=3)
    assert opened == [0, 2, 2, 9]


def test_no_alerts_need_no_hands() -> None:
    assert opening_times(queue((0, 1)).iloc[:0], 1.0, 30).tolist() == []


def test_further_alerts_of_a_case_count_only_once_they_were_raised() -> None:
    table = raised((1, "2025-03-01", "R01"), (2, "2025-03-03", "R01"), (3, "2025-03-09", "R01"), case_id=7)
    table = pd.concat([table, raised((4, "2025-03-01", "R01"))], ignore_index=True)
    opened = pd.Series(pd.DatetimeIndex(["2025-03-04", "2025-03-04", "2025-03-09", "2025-03-09"], tz="UTC"))
    found = alerts_of_case(table, opened.astype("datetime64[us, UTC]").astype("int64").to_numpy())
    assert found.tolist() == [1, 1, 2, 0]


def test_a_random_draw_takes_different_rows_of_each_week_with_their_chance() -> None:
    drawn, noise = drawn_weekly(active(MONDAYS[:6], 20)["as_of"], 5.0, 1, "test")
    weeks = drawn["row"] // 20
    assert weeks.value_counts().tolist() == [5] * 6
    assert not drawn["row"].duplicated().any()
    assert (drawn["propensity"] == 5 / 20).all()
    assert noise.shape == (30, len(DRAWS))


def test_a_random_draw_never_takes_more_than_there_are() -> None:
    drawn, _ = drawn_weekly(active(MONDAYS[:1], 2)["as_of"], 9.0, 1, "test")
    assert (sorted(drawn["row"]), drawn["propensity"].tolist()) == ([0, 1], [1.0, 1.0])


def test_the_logged_propensity_is_the_chance_before_the_coin_was_tossed() -> None:
    weeks = pd.date_range("2025-01-06", periods=400, freq="7D", tz="UTC").as_unit("us")
    people = active(weeks, 10)
    drawn, _ = drawn_weekly(people["as_of"], 0.5, 3, "test")
    assert (1 / drawn["propensity"]).sum() == pytest.approx(len(people), rel=0.15)


def test_a_larger_share_reviews_whom_a_smaller_one_reviewed_and_more() -> None:
    weeks = active(MONDAYS, 50)["as_of"]
    few, many = (drawn_weekly(weeks, share, 1, "test")[0] for share in (3.0, 9.0))
    assert set(few["row"]) < set(many["row"])
