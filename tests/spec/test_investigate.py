"""Three streams of review share the hands, and what the bank counts of them."""

from __future__ import annotations

import pandas as pd
import pytest

import pipeline
from data.investigate import Params, investigate
from data.schema import Dispositions
from models.results.bank import Agreement, OutcomeDelay
from models.reviews import agreement, delays, review_levels
from tests.spec.reviewing import DAY, MICRO, MONDAYS, NO_ALERTS, active, at, changed, illicit, raised


@pytest.fixture(scope="module")
def params() -> Params:
    return pipeline.params("investigate", Params)


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
