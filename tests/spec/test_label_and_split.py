"""Labels are dated, and used only when they were known; investigators are few and late."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import pipeline
from data.alert import alerts, suppressed
from data.investigate import Params as InvestigateParams
from data.investigate import decide, investigate, opening_times, random_reviews
from data.label import Params as LabelParams
from data.label import label, vote_values
from data.schema import DAY_US, Dispositions
from data.world.calendar import Span, periods
from models.split import Params as SplitParams
from models.split import known_label, roles, split

MICRO = pd.Timedelta(microseconds=1)
DAY = pd.Timedelta(days=1)
SPLIT = SplitParams(unreviewed_weight=0.3, maturity_days=60)
LABEL = LabelParams(prior_precision=0.1, prior_reviews=10, vote_weight=0.3, disposition_weight=1.0)


def at(moment: str) -> pd.Timestamp:
    return pd.Timestamp(moment, tz="UTC")


def labels(*rows: tuple) -> pd.DataFrame:
    """Rows (customer, event_at, known_at, source, value)."""
    table = pd.DataFrame(rows, columns=["customer_id", "event_at", "known_at", "source", "value"])
    for column in ("event_at", "known_at"):
        table[column] = pd.to_datetime(table[column], utc=True, format="ISO8601").astype(
            "datetime64[us, UTC]"
        )
    return table.assign(weight=1.0)


def subjects(*rows: tuple[int, str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["customer_id", "as_of"])
    table["as_of"] = pd.to_datetime(table["as_of"], utc=True, format="ISO8601").astype("datetime64[us, UTC]")
    table.insert(0, "subject_id", np.arange(1, len(table) + 1))
    return table


def believed(known_by: pd.Timestamp, *rows: tuple, as_of: str = "2025-03-10") -> tuple[float, str]:
    (row,) = known_label(subjects((1, as_of)), labels(*rows), known_by, 28, SPLIT).itertuples(index=False)
    return row.label, row.label_source


# ------------------------------------------------------------- known labels


def test_a_decision_known_a_microsecond_after_the_cut_off_is_invisible() -> None:
    known = at("2025-05-01")
    decision = (1, "2025-03-05", known, "disposition", 1.0)
    assert believed(known, decision) == (1.0, "disposition")
    assert believed(known - MICRO, decision) == (0.0, "unreviewed")


def test_a_label_speaks_from_its_event_on_for_less_than_the_window() -> None:
    for event, speaks in (
        ("2025-03-10", True),  # at as_of: it was judged on what happened before
        ("2025-03-10 00:00:00.000001", False),
        ("2025-02-10 00:00:00.000001", True),
        ("2025-02-10", False),  # exactly 28 days before
    ):
        source = believed(at("2025-06-01"), (1, event, event, "disposition", 1.0))[1]
        assert (source == "disposition") == speaks, event


def test_a_label_speaks_for_its_own_customer_only() -> None:
    assert believed(at("2025-06-01"), (2, "2025-03-05", "2025-03-06", "disposition", 1.0))[0] == 0


@pytest.mark.parametrize("louder", ["disposition", "random_review", "given"])
@pytest.mark.parametrize("order", [1, -1])
def test_a_human_decision_outweighs_a_rule_vote(louder: str, order: int) -> None:
    rows = [
        (1, "2025-03-05", "2025-03-05", "rule_vote", 0.9),
        (1, "2025-03-04", "2025-03-09", louder, 0.0),
    ][::order]
    assert believed(at("2025-06-01"), *rows) == (0.0, louder)


@pytest.mark.parametrize("order", [1, -1])
def test_of_equally_loud_labels_the_most_suspicious_counts(order: int) -> None:
    rows = [
        (1, "2025-03-05", "2025-03-08", "disposition", 1.0),
        (1, "2025-03-07", "2025-03-09", "random_review", 0.0),
    ][::order]
    assert believed(at("2025-06-01"), *rows) == (1.0, "disposition")


def test_a_decision_that_comes_later_replaces_the_vote_only_once_it_is_known() -> None:
    rows = [
        (1, "2025-03-05", "2025-03-05", "rule_vote", 0.4),
        (1, "2025-03-05", "2025-04-20", "disposition", 0.0),
    ]
    assert believed(at("2025-04-19"), *rows) == (0.4, "rule_vote")
    assert believed(at("2025-04-20"), *rows) == (0.0, "disposition")


def test_nobody_ever_complained_is_a_weak_negative() -> None:
    table = known_label(subjects((1, "2025-03-10")), labels(), at("2025-06-01"), 28, SPLIT)
    assert table.iloc[0].to_dict() == {"label": 0.0, "weight": 0.3, "label_source": "unreviewed"}


# -------------------------------------------------------------------- split

SPAN = Span(warm_up_weeks=2, train_weeks=3, embargo_weeks=2, validation_weeks=2, test_weeks=2)
CALENDAR = periods(int(at("2025-01-06").as_unit("us").value // 1_000), SPAN)
MONDAYS = pd.date_range("2025-01-06", periods=12, freq="7D").strftime("%Y-%m-%d")


def test_a_moment_belongs_to_the_period_that_begins_with_it() -> None:
    moments = pd.Series(pd.to_datetime(MONDAYS, utc=True))
    assert roles(moments, CALENDAR).tolist() == [
        *["warm_up"] * 2, *["train"] * 3, *["embargo"] * 2, *["validation"] * 2, *["test"] * 2, ""
    ]  # fmt: skip
    (edge,) = roles(moments[5:6] - MICRO, CALENDAR)
    assert edge == "train"


def reported(known_at: pd.Timestamp, event_at: str) -> tuple:
    return (1, event_at, known_at, "disposition", 1.0)


def test_subjects_of_the_embargo_have_no_role() -> None:
    """Their labels would mature while the model is already judged."""
    people = subjects(*[(1, monday) for monday in MONDAYS[2:11]])
    always = labels(*[reported(at(monday), monday) for monday in MONDAYS])
    table, unused = split(people, always, CALENDAR, 28, SPLIT)
    assert table["role"].value_counts().to_dict() == {"train": 3, "validation": 2, "test": 2}
    assert unused["as_of"].tolist() == [at(MONDAYS[5]), at(MONDAYS[6])]
    assert table["subject_id"].is_monotonic_increasing


def test_each_role_sees_what_was_known_when_it_is_used() -> None:
    """Training: by the start of validation; validation: of the test; test: after maturity."""
    cut_off = {
        "train": at("2025-02-24"),
        "validation": at("2025-03-10"),
        "test": at("2025-03-24") + 60 * DAY,
    }
    moment = {"train": MONDAYS[4], "validation": MONDAYS[8], "test": MONDAYS[10]}
    people = subjects(*[(number, monday) for monday in moment.values() for number in (1, 2)])
    rows = []
    for role, known_by in cut_off.items():
        rows.append((1, moment[role], known_by, "disposition", 1.0))
        rows.append((2, moment[role], known_by + MICRO, "disposition", 1.0))
    table, _ = split(people, labels(*rows), CALENDAR, 1, SPLIT)
    for role in cut_off:
        mine = table[table["role"] == role].set_index("customer_id")["label"]
        assert mine.to_dict() == {1: 1.0, 2: 0.0}, role


def test_a_role_without_any_suspicious_subject_is_bad_input() -> None:
    people = subjects(*[(1, monday) for monday in MONDAYS[2:11]])
    early = labels(reported(at(MONDAYS[3]), MONDAYS[3]))
    with pytest.raises(pipeline.BadInput, match="no suspicious validation subject is known by 2025-03-10"):
        split(people, early, CALENDAR, 7, SPLIT)


# -------------------------------------------------------------- rule votes


def raised(*rows: tuple[int, str, str]) -> pd.DataFrame:
    """Alerts (alert_id, alerted_at, rule_ids)."""
    table = pd.DataFrame(rows, columns=["alert_id", "alerted_at", "rule_ids"])
    table["alerted_at"] = pd.to_datetime(table["alerted_at"], utc=True, format="ISO8601").astype(
        "datetime64[us, UTC]"
    )
    return table.assign(customer_id=table["alert_id"], rule_count=table["rule_ids"].str.split(" ").str.len())


def decided(*rows: tuple[int, str, str]) -> pd.DataFrame:
    """Outcomes (alert_id, known_at, outcome)."""
    table = pd.DataFrame(rows, columns=["alert_id", "known_at", "outcome"])
    table["known_at"] = pd.to_datetime(table["known_at"], utc=True, format="ISO8601").astype(
        "datetime64[us, UTC]"
    )
    return table


PRIOR = 0.1  # 10 reviews at 10 %


def test_a_rule_votes_with_its_prior_before_anything_is_known() -> None:
    votes = vote_values(raised((1, "2025-03-01", "R01"), (2, "2025-03-02", "R01 R06")), decided(), LABEL)
    assert votes == pytest.approx([PRIOR, 1 - (1 - PRIOR) ** 2])


def test_a_vote_uses_outcomes_known_when_it_was_raised_and_no_later_ones() -> None:
    table = raised(
        (1, "2025-03-01", "R01"),
        (2, "2025-03-09 23:59:59.999999", "R01"),
        (3, "2025-03-10", "R01"),
        (4, "2025-03-10", "R06"),
    )
    votes = vote_values(table, decided((1, "2025-03-10", "reported")), LABEL)
    assert votes == pytest.approx([PRIOR, PRIOR, (1 + 1) / (10 + 1), PRIOR])


def test_dismissals_lower_a_vote_and_an_outcome_speaks_for_every_rule_of_its_alert() -> None:
    table = raised((1, "2025-03-01", "R01 R06"), (2, "2025-03-02", "R01"), (3, "2025-04-01", "R06"))
    votes = vote_values(table, decided((1, "2025-03-20", "dismissed"), (2, "2025-03-20", "reported")), LABEL)
    assert votes[2] == pytest.approx((0 + 1) / (10 + 1))


def test_votes_come_back_in_the_order_of_the_alerts() -> None:
    table = raised((7, "2025-03-05", "R06"), (3, "2025-03-20", "R01"))
    known = decided((7, "2025-03-06", "reported"))
    assert vote_values(table, known, LABEL) == pytest.approx([PRIOR, PRIOR])
    swapped = raised((7, "2025-03-20", "R06"), (3, "2025-03-05", "R06"))
    assert vote_values(swapped, known, LABEL) == pytest.approx([2 / 11, PRIOR])


def dispositions(*rows: tuple) -> pd.DataFrame:
    """Dispositions (alert_id or None, customer, event_at, stream, known_at, outcome)."""
    columns = ["alert_id", "customer_id", "event_at", "stream", "known_at", "outcome"]
    table = pd.DataFrame(rows, columns=columns)
    table["alert_id"] = table["alert_id"].astype("Int64")
    for column in ("event_at", "known_at"):
        table[column] = pd.to_datetime(table[column], utc=True, format="ISO8601").astype(
            "datetime64[us, UTC]"
        )
    return table


NONE_GIVEN = labels().drop(columns=["source", "weight"])


def test_every_alert_votes_and_every_decision_is_a_label_with_its_own_date() -> None:
    table = label(
        raised((1, "2025-03-01", "R01"), (2, "2025-03-02", "R01")),
        dispositions(
            (1, 1, "2025-03-01", "alert", "2025-03-09", "reported"),
            (2, 2, "2025-03-02", "alert", None, "unreviewed"),
            (None, 9, "2025-03-03", "random", "2025-03-04", "dismissed"),
        ),
        NONE_GIVEN,
        LABEL,
    )
    rows = table[["customer_id", "source", "known_at", "value", "weight"]].itertuples(index=False)
    assert [tuple(row) for row in rows] == [
        (1, "disposition", at("2025-03-09"), 1.0, 1.0),
        (1, "rule_vote", at("2025-03-01"), pytest.approx(PRIOR), 0.3),
        (2, "rule_vote", at("2025-03-02"), pytest.approx(PRIOR), 0.3),
        (9, "random_review", at("2025-03-04"), 0.0, 1.0),
    ]


def test_an_alert_that_nobody_reviewed_is_no_negative() -> None:
    table = label(
        raised((1, "2025-03-01", "R01")),
        dispositions((1, 1, "2025-03-01", "alert", None, "unreviewed")),
        NONE_GIVEN,
        LABEL,
    )
    assert table["source"].tolist() == ["rule_vote"]


def test_labels_that_a_data_set_brings_replace_decisions_and_stand_alone() -> None:
    """Votes are kept to rank the rulebook, but they speak for no subject."""
    brought = labels((5, "2025-03-01", "2025-03-01", "x", 1.0)).drop(columns=["source", "weight"])
    table = label(
        raised((1, "2025-03-01", "R01")),
        dispositions((1, 1, "2025-03-01", "alert", "2025-03-02", "reported")),
        brought,
        LABEL,
    )
    assert sorted(zip(table["customer_id"], table["source"], strict=True)) == [(1, "rule_vote"), (5, "given")]
    people = subjects((1, "2025-03-03"), (5, "2025-03-03"))
    known = known_label(people, table, at("2025-06-01"), 28, SPLIT)
    assert known["label_source"].tolist() == ["unreviewed", "given"]


# ------------------------------------------------------------ investigators


def queue(*rows: tuple[float, int]) -> pd.DataFrame:
    """Alerts (day, number of rules)."""
    days, counts = zip(*rows, strict=True)
    moments = at("2025-03-01") + pd.to_timedelta(days, unit="D")
    return pd.DataFrame({"alerted_at": moments.as_unit("us"), "rule_count": counts})


def opened_on(table: pd.DataFrame, per_day: float, longest: int = 30) -> list[int | None]:
    start = int(at("2025-03-01").as_unit("us").value // 1_000)
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
    assert sorted(opened) == [0, 14, 14, 15, 15, 16]


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


@pytest.fixture(scope="module")
def people() -> InvestigateParams:
    return pipeline.params("investigate", InvestigateParams)


def test_true_cases_are_reported_as_often_as_evidence_allows_and_innocent_ones_rarely(people) -> None:
    size = 4_000
    reviewed = pd.DataFrame({"opened_at": [at("2025-03-01").as_unit("us")] * size})
    is_true = np.arange(size) % 2 == 0
    result = decide(reviewed, is_true, np.full(size, 0.62), np.random.default_rng(5), people)
    reports = (result["outcome"] == "reported").to_numpy()
    assert reports[is_true].mean() == pytest.approx(0.62, abs=0.04)
    assert reports[~is_true].mean() == pytest.approx(people.defensive_report_share, abs=0.01)
    assert (result["known_at"] > reviewed["opened_at"]).all()
    days = (result["known_at"] - reviewed["opened_at"]) / DAY
    assert days[reports].median() == pytest.approx(people.report_delay.median_days, rel=0.15)
    assert days[~reports].quantile(0.9) == pytest.approx(people.dismissal_delay.p90_days, rel=0.15)


def test_random_reviews_draw_different_customers_of_each_week_with_their_chance() -> None:
    active = subjects(*[(who, week) for week in MONDAYS[:6] for who in range(20)])
    drawn = random_reviews(active, 5.0, np.random.default_rng(1))
    assert drawn.groupby("event_at").size().tolist() == [5] * 6
    assert not drawn.duplicated(["customer_id", "event_at"]).any()
    assert (drawn["propensity"] == 5 / 20).all()


def test_random_reviews_never_draw_more_than_there_are() -> None:
    drawn = random_reviews(subjects((1, MONDAYS[0]), (2, MONDAYS[0])), 9.0, np.random.default_rng(1))
    assert (sorted(drawn["customer_id"]), drawn["propensity"].tolist()) == ([1, 2], [1.0, 1.0])


def test_the_logged_propensity_is_the_chance_before_the_coin_was_tossed() -> None:
    weeks = pd.date_range("2025-01-06", periods=400, freq="7D").strftime("%Y-%m-%d")
    active = subjects(*[(who, week) for week in weeks for who in range(10)])
    drawn = random_reviews(active, 0.5, np.random.default_rng(3))
    assert (1 / drawn["propensity"]).sum() == pytest.approx(len(active), rel=0.15)


def test_the_dispositions_of_both_streams_keep_their_contract(people) -> None:
    raised_alerts = raised(*[(number, "2025-03-03", "R01 R06") for number in range(1, 40)])
    active = subjects(*[(who, "2025-03-03") for who in range(1, 60)])
    truth = pd.DataFrame({"customer_id": [1, 2], "at": [at("2025-03-02"), at("2025-03-02")]})
    table = investigate(raised_alerts, active, truth, 2_000, people)
    checked = Dispositions.validate(table)
    assert set(checked["stream"]) <= {"alert", "random"}
    by_alert = checked[checked["stream"] == "alert"]
    assert sorted(by_alert["alert_id"]) == list(range(1, 40))
    waiting = by_alert[by_alert["outcome"] == "unreviewed"]
    assert len(waiting) > 0
    assert waiting[["opened_at", "known_at"]].isna().all(axis=None)
    assert by_alert.loc[by_alert["outcome"] != "unreviewed", "known_at"].notna().all()
    assert checked.loc[checked["stream"] == "random", "alert_id"].isna().all()


def test_an_investigator_looks_back_a_fixed_time_and_never_ahead(people) -> None:
    sure = people.model_copy(
        update={
            "sensitivity_one_rule": 1.0,
            "defensive_report_share": 0.0,
            "sensitivity_most": 1.0,
            "random_reviews_per_thousand_customers_week": 0.0,
            "reviews_per_thousand_customers_day": 100.0,
        }
    )
    raised_alerts = raised(*[(number, "2025-03-03", "R01") for number in range(1, 5)])
    back = pd.Timedelta(days=sure.look_back_days)
    alerted = at("2025-03-03")
    truth = pd.DataFrame(
        {
            "customer_id": [1, 2, 3, 4],
            "at": [alerted - back, alerted - back - MICRO, alerted - MICRO, alerted],
        }
    )
    table = investigate(raised_alerts, subjects((1, "2025-03-03")), truth, 1_000, sure)
    outcome = table.set_index("customer_id")["outcome"].to_dict()
    assert outcome == {1: "reported", 2: "dismissed", 3: "reported", 4: "dismissed"}


# ------------------------------------------------------------ suppression


def test_a_rule_is_quiet_for_its_days_after_a_kept_hit_of_the_customer() -> None:
    rows = [(1, 0, "R01"), (1, 29, "R01"), (1, 30, "R01"), (1, 31, "R06"), (2, 1, "R01"), (1, 59, "R01")]
    hits = pd.DataFrame(rows, columns=["customer_id", "day", "rule_id"])
    hits["hit_at"] = (at("2025-03-01") + pd.to_timedelta(hits["day"], unit="D")).astype("datetime64[us, UTC]")
    hits["amount_cents"] = pd.array([None] * len(hits), "Int64")
    rule = SimpleNamespace(suppress_days=30, growth=0.5)
    assert suppressed(hits, {"R01": rule, "R06": rule}).tolist() == [False, True, False, False, False, True]


def test_a_quiet_rule_speaks_again_when_the_money_has_grown_by_half_since_its_last_alert() -> None:
    amounts = [(0, 1_000), (1, 1_499), (2, 1_500), (3, 2_249), (4, 2_250), (5, 900)]
    hits = pd.DataFrame(amounts, columns=["day", "amount_cents"]).astype({"amount_cents": "Int64"})
    hits["hit_at"] = (at("2025-03-01") + pd.to_timedelta(hits["day"], unit="D")).astype("datetime64[us, UTC]")
    hits = hits.assign(customer_id=1, rule_id="R01")
    rule = SimpleNamespace(suppress_days=30, growth=0.5)
    assert suppressed(hits, {"R01": rule}).tolist() == [False, True, False, True, False, True]


def test_an_alert_holds_all_rules_of_a_customer_and_day() -> None:
    hits = pd.DataFrame({"customer_id": [1, 1, 2], "rule_id": ["R01", "R06", "R06"]})
    hits["hit_at"] = at("2025-03-01")
    table = alerts(hits)
    assert table[["customer_id", "rule_ids", "rule_count"]].to_numpy().tolist() == [
        [1, "R01 R06", 2],
        [2, "R06", 1],
    ]
