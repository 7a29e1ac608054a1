"""Investigators are few, late, tired and not always of one mind."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

import pipeline
from data.investigate import DRAWS, Params, alerts_of_case, drawn_weekly, investigate, opening_times
from data.labels.reviewers import decide, sensitivity, tired, visibility_of
from data.schema import DAY_US, Dispositions
from models.results.bank import Agreement, OutcomeDelay
from models.reviews import agreement, cohens_kappa, delays, review_levels

MICRO = pd.Timedelta(microseconds=1)
DAY = pd.Timedelta(days=1)
MONDAYS = pd.date_range("2025-01-06", periods=12, freq="7D", tz="UTC").as_unit("us")


def at(moment: str) -> pd.Timestamp:
    return pd.Timestamp(moment, tz="UTC")


def raised(*rows: tuple[Any, ...], case_id: int | None = None) -> pd.DataFrame:
    """Alerts (alert_id, alerted_at, rule_ids); the customer has the alert's number."""
    table = pd.DataFrame(rows, columns=["alert_id", "alerted_at", "rule_ids"])
    table["alerted_at"] = pd.to_datetime(table["alerted_at"], utc=True, format="ISO8601").astype(
        "datetime64[us, UTC]"
    )
    counts = table["rule_ids"].str.split(" ").str.len().astype("int64")
    return table.assign(
        customer_id=table["alert_id"], rule_count=counts, case_id=case_id or table["alert_id"]
    )


NO_ALERTS = raised().astype({"alert_id": "int64", "customer_id": "int64", "case_id": "int64"})


def active(weeks: pd.DatetimeIndex, people: int) -> pd.DataFrame:
    rows = [(who, week) for week in weeks for who in range(people)]
    return pd.DataFrame(rows, columns=["customer_id", "as_of"])


def illicit(*rows: tuple[int, pd.Timestamp], typology: str = "fan_in") -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["customer_id", "at"]).assign(typology=typology)
    return table.astype({"customer_id": "int64", "at": "datetime64[us, UTC]"})


@pytest.fixture(scope="module")
def params() -> Params:
    return pipeline.params("investigate", Params)


def changed(params: Params, people: dict[str, object] | None = None, **team: object) -> Params:
    reviewers = params.reviewers.model_copy(update=people or {})
    return params.model_copy(update=team | {"reviewers": reviewers})


# -------------------------------------------------------------------- queue


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


# ------------------------------------------------------------ random streams


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


# ----------------------------------------------------------------- decisions


def reviews(size: int, is_true: bool, sure: float, rules: str = "R01") -> pd.DataFrame:
    """Reviews one a day."""
    start = int(at("2025-03-01").value // 1_000)
    return pd.DataFrame(
        {
            "opened_at": start + np.arange(size) * DAY_US,
            "is_suspicious": is_true,
            "sensitivity": sure,
            "rule_ids": rules,
        }
    )


def noise(size: int, seed: int = 5) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.standard_normal((size, len(DRAWS))), columns=list(DRAWS))
    return table.assign(excuse=rng.random(size))


SIZE = 6_000


def test_a_true_case_is_reported_as_often_as_the_evidence_allows(params: Params) -> None:
    rested = params.reviewers.model_copy(update={"repetition_fall": 0.0})
    outcome = decide(reviews(SIZE, True, 0.62), noise(SIZE), rested)["outcome"]
    assert (outcome == "reported").mean() == pytest.approx(0.62, abs=0.03)


def test_an_innocent_one_is_seldom_looked_into_and_hardly_ever_reported(params: Params) -> None:
    outcome = decide(reviews(SIZE, False, 0.9), noise(SIZE), params.reviewers)["outcome"]
    people = params.reviewers
    assert (outcome != "dismissed").mean() == pytest.approx(people.innocent_case_share, abs=0.015)
    share = people.innocent_case_share * people.innocent_report_share
    assert (outcome == "reported").mean() == pytest.approx(share, abs=0.005)


def test_each_outcome_has_its_own_delay_and_its_own_reasons(params: Params) -> None:
    both = pd.concat([reviews(SIZE, True, 0.6), reviews(SIZE, False, 0.6)], ignore_index=True)
    people = params.reviewers.model_copy(update={"innocent_case_share": 0.3})
    decided = decide(both, noise(2 * SIZE), people)
    days = (decided["known_at"] - both["opened_at"]) / DAY_US
    for outcome, delay in (
        ("dismissed", people.dismissal_delay),
        ("case", people.case_delay),
        ("reported", people.report_delay),
    ):
        mine = decided["outcome"] == outcome
        assert days[mine].median() == pytest.approx(delay.median_days, rel=0.15), outcome
        assert days[mine].quantile(0.9) == pytest.approx(delay.p90_days, rel=0.2), outcome
    reasons = decided.groupby("outcome")["reason"].unique()
    assert len(reasons["dismissed"]) == 4
    assert len(reasons["case"]) == len(reasons["reported"]) == 1
    assert not set(reasons["dismissed"]) & set(reasons["reported"])


def test_the_plainest_typology_and_more_evidence_make_a_case_visible(params: Params) -> None:
    people = params.reviewers.model_copy(
        update={"visibility": {"hidden": 0.6, "plain": 0.8}, "visibility_else": 0.7, "most": 0.92}
    )
    concerned = {
        "hidden": np.array([True, True, False, False]),
        "plain": np.array([False, True, False, False]),
        "other": np.array([False, False, True, False]),
    }
    is_true, seen = visibility_of(concerned, 4, people)
    assert seen.tolist() == [0.6, 0.8, 0.7, 0.0]
    assert is_true.tolist() == [True, True, True, False]
    one_rule = sensitivity(np.array([0.6]), np.array([1]), np.array([0]), people)
    three_rules = sensitivity(np.array([0.6]), np.array([3]), np.array([0]), people)
    with_case = sensitivity(np.array([0.6]), np.array([1]), np.array([2]), people)
    no_alert = sensitivity(np.array([0.6]), np.array([0]), np.array([0]), people)
    most = sensitivity(np.array([0.6]), np.array([30]), np.array([30]), people)
    assert one_rule[0] == 0.6
    assert three_rules[0] == pytest.approx(0.6 + 2 * people.per_further_rule)
    assert with_case[0] == pytest.approx(0.6 + 2 * people.per_further_alert_of_case)
    assert no_alert[0] == pytest.approx(0.6 * people.without_alert)
    assert most[0] == 0.92


def test_a_long_row_of_false_positives_dulls_the_eye(params: Params) -> None:
    people = params.reviewers.model_copy(update={"repetition_fall": 0.2, "repetition_reviews": 10})
    assert [tired(streak, people) for streak in (0, 5, 10, 99)] == pytest.approx([1.0, 0.9, 0.8, 0.8])


def test_repetition_bias_costs_reports_after_a_row_of_dismissals_and_is_counted_by_rule(
    params: Params,
) -> None:
    """Twenty innocent alerts of R01, then true ones of R01 and R06: only R01 has tired anybody."""
    people = params.reviewers.model_copy(
        update={"repetition_fall": 0.5, "repetition_reviews": 20, "innocent_case_share": 0.0}
    )
    share = {}
    for rule in ("R01", "R06"):
        reported = 0
        for seed in range(600):
            row = pd.concat([reviews(20, False, 0.0), reviews(1, True, 0.8, rule)], ignore_index=True)
            row["opened_at"] = np.arange(21) * DAY_US
            reported += decide(row, noise(21, seed), people)["outcome"].iloc[-1] == "reported"
        share[rule] = reported / 600
    assert share["R06"] == pytest.approx(0.8, abs=0.06)
    assert share["R01"] == pytest.approx(0.4, abs=0.06)


def test_two_reviewers_agree_more_than_chance_and_less_than_always(params: Params) -> None:
    both = pd.concat([reviews(1_000, True, 0.7), reviews(SIZE, False, 0.7)], ignore_index=True)
    by_level = {}
    for shared in (0.0, 0.5, 1.0):
        people = params.reviewers.model_copy(update={"shared_impression": shared, "repetition_fall": 0.0})
        decided = decide(both, noise(len(both)), people)
        by_level[shared] = cohens_kappa(decided["outcome"], decided["second_outcome"])
    assert 0.2 < by_level[0.0] < by_level[0.5] < by_level[1.0] < 1.0


def test_kappa_is_one_for_twins_and_zero_for_dice() -> None:
    table = pd.Series(["dismissed"] * 80 + ["case"] * 10 + ["reported"] * 10)
    assert cohens_kappa(table, table) == 1.0
    rng = np.random.default_rng(1)
    dice = pd.Series(rng.choice(["dismissed", "reported"], 20_000))
    assert cohens_kappa(dice, pd.Series(rng.permutation(dice))) == pytest.approx(0.0, abs=0.03)
    # By hand: 3 of 4 alike, chance 0.5 * 0.25 + 0.5 * 0.75.
    one = pd.Series(["reported", "reported", "dismissed", "dismissed"])
    other = pd.Series(["reported", "dismissed", "dismissed", "dismissed"])
    assert cohens_kappa(one, other) == pytest.approx((0.75 - 0.5) / 0.5)


# ------------------------------------------------------------- the three streams


def test_the_dispositions_of_the_three_streams_keep_their_contract(params: Params) -> None:
    above = raised(*[(number, "2025-03-03", "R01 R06") for number in range(1, 40)])
    below = raised(*[(number, "2025-03-05", "R06") for number in range(40, 80)])
    weeks = pd.DatetimeIndex(["2025-03-03", "2025-03-10"], tz="UTC").as_unit("us")
    few_hands = {"reviews_per_thousand_customers_day": 0.34}
    team = changed(params, random_share=0.3, below_line_share=0.3, second_review_share=0.5, **few_hands)
    table = investigate(above, below, active(weeks, 60), illicit((1, at("2025-03-02"))), 9_000, 0.3, team)
    checked = Dispositions.validate(table)
    by_stream = dict(iter(checked.groupby("stream")))
    assert sorted(by_stream["alert"]["alert_id"]) == list(range(1, 40))
    assert by_stream["below_line"]["alert_id"].between(40, 79).all()
    assert by_stream["random"]["alert_id"].isna().all()
    hands = team.reviews_per_thousand_customers_day * 9 * 7
    assert by_stream["below_line"]["propensity"].unique() == pytest.approx([hands * 0.3 / 40])
    assert by_stream["random"]["propensity"].unique() == pytest.approx([hands * 0.3 / 60])
    waiting = by_stream["alert"][by_stream["alert"]["outcome"] == "unreviewed"]
    assert len(waiting) > 0
    assert waiting[["opened_at", "known_at", "second_outcome"]].isna().all(axis=None)
    seen = checked[checked["outcome"] != "unreviewed"]
    assert (seen["known_at"] > seen["opened_at"]).all()
    assert (seen["opened_at"] >= seen["event_at"]).all()
    assert 0 < seen["second_outcome"].notna().sum() < len(seen)


def test_more_random_review_leaves_fewer_hands_for_alerts(params: Params) -> None:
    above = raised(*[(number, "2025-03-03", "R01") for number in range(1, 200)])
    weeks = active(MONDAYS, 60)
    by_alert = []
    for share in (0.0, 0.4):
        table = investigate(above, NO_ALERTS, weeks, illicit(), 9_000, share, params)
        by_alert.append(int((table["opened_at"].notna() & (table["stream"] == "alert")).sum()))
    assert by_alert[1] < by_alert[0]
    assert by_alert[1] == pytest.approx(by_alert[0] * (0.6 - 0.1) / 0.9, rel=0.1)


def test_an_investigator_looks_back_a_fixed_time_and_never_ahead(params: Params) -> None:
    sure = changed(
        params,
        {
            "visibility_else": 1.0,
            "visibility": {},
            "most": 1.0,
            "case_report_share": 1.0,
            "innocent_case_share": 0.0,
            "repetition_fall": 0.0,
        },
        reviews_per_thousand_customers_day=100.0,
    )
    above = raised(*[(number, "2025-03-03", "R01") for number in range(1, 5)])
    back, alerted = pd.Timedelta(days=sure.look_back_days), at("2025-03-03")
    truth = illicit((1, alerted - back), (2, alerted - back - MICRO), (3, alerted - MICRO), (4, alerted))
    weeks = active(pd.DatetimeIndex([alerted]).as_unit("us"), 1)
    table = investigate(above, NO_ALERTS, weeks, truth, 1_000, 0.0, sure)
    outcome = table.set_index("customer_id")["outcome"].to_dict()
    assert outcome == {1: "reported", 2: "dismissed", 3: "reported", 4: "dismissed"}


# ----------------------------------------------------------- what the bank counts


def test_levels_count_alerts_cases_and_reports_by_alert_and_by_case_file() -> None:
    table = raised(*[(number, "2025-03-03", "R01") for number in range(1, 6)])
    table["case_id"] = [1, 1, 2, 3, 4]
    outcomes = ["reported", "case", "case", "dismissed", "unreviewed"]
    decided = pd.DataFrame({"alert_id": pd.array([1, 2, 3, 4, 5], "Int64"), "outcome": outcomes})
    found = review_levels(table, decided)
    assert found == {"alerts": 5, "cases": 3, "reports": 1, "case_files": 2, "report_files": 1}


def test_delays_run_from_the_alert_to_the_outcome() -> None:
    event = at("2025-03-03")
    table = pd.DataFrame(
        {
            "event_at": event,
            "known_at": [event + days * DAY for days in range(1, 12)],
            "outcome": "dismissed",
        }
    )
    dismissed, case, _ = delays(table)
    assert (dismissed.median_days, dismissed.p90_days) == (6.0, 10.0)
    assert case == OutcomeDelay(outcome="case", decisions=0, median_days=None, p90_days=None)


def test_agreement_speaks_of_the_sample_that_two_people_saw() -> None:
    table = pd.DataFrame(
        {
            "outcome": ["reported", "dismissed", "dismissed"],
            "second_outcome": ["reported", "dismissed", None],
        }
    )
    assert agreement(table) == Agreement(reviewed_twice=2, same_share=1.0, kappa=1.0)
    assert agreement(table.iloc[2:]).kappa is None


# ------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("", {"random_share": 0.95}),
        ("", {"trial_random_shares": [0.0, 0.99]}),
        ("", {"trial_random_shares": []}),
        ("", {"below_line_share": -0.1}),
        ("", {"reviews_per_thousand_customers_day": 0}),
        ("reviewers", {"most": 1.4}),
        ("reviewers", {"repetition_fall": 1.0}),
        ("reviewers", {"visibility": {"fan_in": "plain"}}),
    ],
)
def test_impossible_teams_are_refused(params: Params, where: str, change: dict[str, object]) -> None:
    values = params.model_dump()
    (values[where] if where else values).update(change)
    with pytest.raises(pipeline.BadInput, match=next(iter(change)).split("_")[0]):
        pipeline.parse(Params, values, "params.yaml: investigate")
