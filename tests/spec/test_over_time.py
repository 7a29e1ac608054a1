"""Recall over time: stretches, whom a ranking caught in each, what has moved, which alarm tells."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data.results import Interval
from models import split
from models.results.over_time import OverTime
from models.truth.alarms import answers_to, cut_alarms, reading, reported_shares
from models.truth.retraining import Practice, pool_rows, round_before
from models.truth.shifts import shift_index
from models.truth.stretches import Concern, Drawn, early_and_late, stretches_between
from reports.comparison import told_apart
from reports.over_time import (
    ChangeRow,
    TimeSection,
    answer_rows,
    answers_seen,
    changes_seen,
    retraining_seen,
)
from reports.report import environment
from reports.time_figures import alarm_grid, recall_lines
from reports.time_words import RUNBOOK
from reports.wording import same

START = pd.Timestamp("2025-01-06", tz="UTC")
FOUR = stretches_between(START, START + pd.Timedelta(weeks=4), START + pd.Timedelta(weeks=9), 2)


def day(number: float) -> pd.Timestamp:
    return START + pd.Timedelta(days=number)


def moments(*pairs: tuple[int, float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": np.array([customer for customer, _ in pairs], np.int64),
            "at": pd.to_datetime([day(at) for _, at in pairs], utc=True),
        }
    )


def test_a_stretch_begins_when_models_go_to_work_and_incomplete_ones_are_left_out() -> None:
    assert [(mine.starts_at, mine.is_watched) for mine in FOUR] == [
        (day(0), False),
        (day(14), False),
        (day(28), True),
        (day(42), True),
    ]
    assert FOUR[-1].ends_at == day(56)


def test_an_event_belongs_to_the_stretch_whose_moment_sees_it_first() -> None:
    concern = Concern.of(moments((1, 20.9), (2, 21), (3, 34.9), (4, 35)), FOUR, at_now=False)
    assert concern.stretch.tolist() == [1, 2, 2, 3]
    assert concern.customer.tolist() == [1, 2, 3, 4]


def caught(events: pd.DataFrame, alerts: pd.DataFrame, at_now: bool = False) -> list[float]:
    return Concern.of(events, FOUR, at_now).caught(alerts, FOUR, 28, 28).tolist()


def test_caught_is_who_is_alerted_while_concerned_in_the_stretch() -> None:
    events = moments((1, 22), (2, 22), (3, 22))
    assert caught(events, moments((1, 28), (3, 42))) == [1, 0, 0]


def test_an_alert_before_the_event_is_no_catch() -> None:
    assert caught(moments((1, 30)), moments((1, 28))) == [0]


def test_whoever_is_silent_from_an_alert_just_before_counts_as_caught_again() -> None:
    events = moments((1, 15), (1, 30))
    assert caught(events, moments((1, 21))) == [1, 1]
    assert caught(moments((1, -20), (1, 30)), moments((1, -1)))[-1] == 0


def test_an_event_at_the_moment_of_the_alert_counts_for_the_bank_alone() -> None:
    assert caught(moments((1, 28)), moments((1, 28)), at_now=True) == [1]
    assert caught(moments((1, 28)), moments((1, 28)), at_now=False) == [0]


def test_change_is_the_later_share_less_the_earlier_one() -> None:
    drawn = Drawn(np.arange(8), draws=200, seed=1)
    value = np.array([1, 1, 1, 0, 0, 0, 0, 1.0])
    gap = drawn.change(value, np.arange(8) < 4, np.arange(8) >= 4)
    assert gap.value == -0.5
    assert gap.low is not None and gap.high is not None and gap.low < -0.5 < gap.high


def test_groups_that_stand_in_both_halves_are_drawn_for_both() -> None:
    drawn = Drawn(np.array([0, 1, 0, 1]), draws=200, seed=1)
    gap = drawn.change(np.array([1, 0, 1, 0.0]), np.arange(4) < 2, np.arange(4) >= 2)
    assert gap == Interval(value=0.0, low=0.0, high=0.0)


def test_the_middle_of_an_odd_number_of_stretches_is_in_neither_half() -> None:
    three = stretches_between(START, START, START + pd.Timedelta(weeks=6), 2)
    concern = Concern.of(moments((1, -1), (1, 10), (1, 25)), three, at_now=False)
    early, late = early_and_late(concern, three)
    assert (early.tolist(), late.tolist()) == ([True, False, False], [False, False, True])


def test_the_index_of_alike_samples_is_zero_and_of_a_moved_share_by_hand() -> None:
    before = np.repeat([0.0, 1.0], 50)
    assert shift_index(before, before, 10) == 0
    now = np.repeat([0.0, 1.0], [80, 20])
    by_hand = (0.8 - 0.5) * np.log(0.8 / 0.5) + (0.2 - 0.5) * np.log(0.2 / 0.5)
    assert shift_index(before, now, 2) == pytest.approx(by_hand)


def test_values_that_go_missing_move_the_index() -> None:
    before, now = np.arange(100.0), np.arange(100.0)
    now[::2] = np.nan
    assert shift_index(before, now, 10) > 0.2
    assert np.isnan(shift_index(before, np.zeros(0), 10))


def test_scores_of_minus_infinity_are_a_value_below_all() -> None:
    before = np.concatenate([np.full(90, -np.inf), np.arange(10.0)])
    assert shift_index(before, before, 10) == 0
    assert shift_index(before, np.arange(100.0), 10) > 0.2


def decided(known: list[float], outcomes: list[str]) -> pd.DataFrame:
    at = pd.to_datetime([day(each) for each in known], utc=True)
    return pd.DataFrame({"stream": "alert", "outcome": outcomes, "known_at": at})


def test_the_alarm_of_labels_fires_when_reports_fall_away() -> None:
    usual = decided([1.0] * 100, ["reported"] * 20 + ["dismissed"] * 80)
    quiet = decided([17.0] * 100, ["reported"] * 18 + ["dismissed"] * 82)
    fallen = decided([31.0] * 100, ["reported"] + ["dismissed"] * 99)
    found = reported_shares(pd.concat([usual, quiet, fallen]), FOUR[:1], FOUR[1:])
    assert [row.fires for row in found] == [False, True, False]
    assert [row.reading for row in found] == [0.18, 0.01, None]


def test_the_alarm_of_the_threshold_reads_what_the_first_cut_raises_later() -> None:
    scores = [np.arange(100.0), np.arange(100.0) + 10, np.arange(100.0)]
    first, moved, alike = cut_alarms(scores, [10, 10, 10], [4, 5, 6], multiple=1.5)
    assert (first.reading, first.fires) == (None, False)
    assert (moved.reading, moved.fires) == (2.0, True)
    assert (alike.reading, alike.fires) == (1.0, False)


def test_an_alarm_answers_a_change_only_if_it_was_silent_before() -> None:
    loud = {"data": (1, 2), "labels": (2,), "population": (), "behaviour": (3,)}
    alarms = [
        reading(kind, number, float(number in stretches), high=0.5)
        for kind, stretches in loud.items()
        for number in range(4)
    ]
    found = answers_to(day(25), FOUR, alarms, within=2)
    assert found.stretch == 2
    assert (found.answered, found.already) == (["labels", "behaviour"], ["data"])
    assert (found.blind, found.idle) == (["population"], ["threshold"])
    assert answers_to(day(-40), FOUR, alarms, within=2).stretch is None


def subjects(*pairs: tuple[int, float]) -> pd.DataFrame:
    made = moments(*pairs).rename(columns={"at": "as_of"})
    return made.assign(subject_id=np.arange(len(made)))


def test_a_round_learns_what_was_known_when_its_stretch_begins_and_nothing_of_the_embargo() -> None:
    practice = Practice.model_validate(PRACTICE)
    mine = subjects((1, 7), (2, 7), (3, 7), (1, 21)).assign(is_drawn=[False, True, False, True])
    labels = pd.DataFrame(
        {
            "customer_id": [1, 2],
            "event_at": pd.to_datetime([day(5), day(5)], utc=True),
            "known_at": pd.to_datetime([day(27), day(29)], utc=True),
            "source": "disposition",
            "value": 1.0,
            "weight": 1.0,
        }
    )
    settings = split.Params.model_validate(SPLIT)
    found = round_before(FOUR[2], mine, labels, 28, settings, practice)
    assert found.before == day(14)
    assert found.rows.tolist() == [0, 1]  # reported; drawn, of whom nothing is known yet
    assert found.label.tolist() == [1.0, 0.0]
    assert found.weight.tolist() == [1.0, 0.3 / 0.5]
    later = round_before(FOUR[3], mine, labels, 28, settings, practice)
    assert later.label.tolist() == [1.0, 1.0, 1.0]


def test_a_pool_holds_all_of_whom_a_label_speaks_and_a_share_of_the_others() -> None:
    practice = Practice.model_validate(PRACTICE)
    many = subjects(*((customer, 7.0) for customer in range(2_000)))
    labels = moments((5, 5), (6, 5)).rename(columns={"at": "event_at"}).assign(value=[0.4, 0.0])
    is_drawn, is_in = pool_rows(many, labels, 28, practice)
    assert 0.45 < is_drawn.mean() < 0.55
    assert is_in[5] and set(np.flatnonzero(is_in & ~is_drawn)) <= {5}


SPLIT = {
    "unreviewed_weight": 0.3,
    "maturity_days": 0,
    "folds": {"earlier": 0, "judged_weeks": 4, "embargo_weeks": 0},
}
PRACTICE = {
    "embargo_weeks": 2,
    "unsuspected_share": 0.5,
    "seed": 1,
    "trees": {
        "objective": "cross_entropy",
        "count": 2,
        "learning_rate": 0.1,
        "num_leaves": 2,
        "min_data_in_leaf": 1,
        "min_sum_hessian_in_leaf": 1,
        "lambda_l2": 1,
        "feature_fraction": 1,
        "positive_weight": 1,
        "max_bin": 15,
        "threads": 1,
    },
}


def result() -> OverTime:
    """Two stretches, one change answered by the labels, nothing won back."""
    half = {"value": 0.5, "low": 0.25, "high": 0.75}
    rise = {"value": 0.1, "low": -0.1, "high": 0.3}
    dates = [
        {"number": place, "starts_at": f"2025-01-{6 + 14 * place:02d}", "ends_at": "x"} for place in (0, 1)
    ]
    return OverTime.model_validate(
        {
            "stretch_weeks": 2,
            "reference_weeks": 2,
            "bins": 10,
            "index_bound": 0.2,
            "stretches": [each | {"is_watched": True} for each in dates],
            "recall": [
                {
                    "ranker": "rulebook",
                    "stretch": place,
                    "bank_customers": 4,
                    "bank": half,
                    "true_customers": 4,
                    "true_groups": 2,
                    "true": half,
                }
                for place in (0, 1)
            ],
            "changes": [{"ranker": "rulebook", "bank": rise, "true": rise}],
            "typologies": [],
            "scores": [],
            "inputs": [],
            "alarms": [
                {"kind": "labels", "stretch": 0, "reading": 0.1, "low": 0, "high": 1, "fires": False},
                {"kind": "labels", "stretch": 1, "reading": 2.0, "low": 0, "high": 1, "fires": True},
            ],
            "events": [
                {
                    "event": "launch",
                    "at": "2025-01-22",
                    "en": "a launch",
                    "zh": "上线",
                    "stretch": 1,
                    "answered": ["labels"],
                    "already": [],
                    "blind": [],
                    "idle": ["data", "population", "behaviour", "threshold"],
                }
            ],
            "retraining": {"rounds": [], "bank_gain": rise, "true_gain": rise},
        }
    )


def test_no_sentence_speaks_of_a_gain_whose_interval_holds_zero() -> None:
    assert told_apart(Interval(value=0.1, low=-0.1, high=0.3)) == 0
    assert told_apart(Interval(value=-0.1, low=-0.2, high=-0.01)) == -1
    assert "no difference was measured" in retraining_seen(result().retraining).en


def test_the_table_names_every_alarm_of_a_change_in_both_languages() -> None:
    (row,) = answer_rows(result())
    assert (row.answered.en, row.answered.zh) == ("Labels", "标签")
    assert row.blind.en == "none"
    said = answers_seen(result())
    assert said.en.startswith("1 of 1 planned changes") and "1 of 2 readings" in said.en


def test_drawings_hold_a_line_a_mark_and_a_cell_for_what_there_is() -> None:
    found = result()
    drawn = str(recall_lines(found, {"rulebook": same("Rulebook")}))
    assert drawn.count("<polyline") == 2 and drawn.count("<circle") == 4
    assert drawn.count('class="mark"') == 2
    cells = str(alarm_grid(found))
    assert cells.count('class="fill bank"') == 1 and cells.count('class="party"') == 1


def test_every_kind_of_alarm_has_its_page_in_the_runbook() -> None:
    assert {entry.kind for entry in RUNBOOK} == {"data", "labels", "population", "behaviour", "threshold"}
    for entry in RUNBOOK:
        for words in (entry.name, entry.reads, entry.owner, entry.look, entry.act):
            assert words.en and words.zh and words.en != words.zh


def test_the_section_renders_from_a_result_with_little_in_it() -> None:
    found = result()
    changes = [ChangeRow(same("Rulebook"), row) for row in found.changes]
    section = TimeSection(
        found=found,
        lines=recall_lines(found, {"rulebook": same("Rulebook")}),
        alarms=alarm_grid(found),
        seen=changes_seen(changes),
        changes=changes,
        answers=answer_rows(found),
        answers_seen=answers_seen(found),
        inputs=[],
        fallen=[],
        fallen_of=same("m"),
        retraining=found.retraining,
        starts={},
        retraining_seen=retraining_seen(found.retraining),
        runbook=RUNBOOK,
    )
    page = environment().get_template("over_time.html").render(time=section)
    assert "no ranker’s true recall is shown to have changed" in section.seen.en and "处置手册" in page
