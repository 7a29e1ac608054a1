"""What the stages make of their tables, asked without a disk."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.asof import period_of
from explain.explain import kinds_and_weeks
from models import evaluate
from models.audit_ladder import compared_with
from models.budget import Budget
from models.results.bank import LabelCount, Period
from models.score import ScoreInputs, ranked, scored
from models.zoo import Examples

MIDNIGHT = pd.Timestamp("2025-01-05 16:00", tz="UTC").as_unit("us")  # of a bank eight hours ahead
DAY = pd.Timedelta(days=1)
PERIODS = pd.DataFrame(
    {
        "name": ["train", "test"],
        "starts_at": [MIDNIGHT, MIDNIGHT + 14 * DAY],
        "ends_at": [MIDNIGHT + 7 * DAY, MIDNIGHT + 21 * DAY],
    }
)


def test_a_period_is_told_by_the_banks_own_dates() -> None:
    assert evaluate.period_dates(PERIODS) == [
        Period(name="train", starts_at="2025-01-06", ends_at="2025-01-13"),
        Period(name="test", starts_at="2025-01-20", ends_at="2025-01-27"),
    ]


def test_a_moment_between_two_periods_has_none_and_the_end_of_one_is_not_in_it() -> None:
    moments = pd.Series([MIDNIGHT, MIDNIGHT + 7 * DAY, MIDNIGHT + 14 * DAY], index=[5, 6, 7])
    found = period_of(moments, PERIODS)
    assert found.to_dict() == {5: "train", 6: "", 7: "test"}


def test_labels_are_counted_by_role_and_source() -> None:
    split = pd.DataFrame(
        {
            "role": ["test", "test", "train"],
            "label_source": ["disposition", "disposition", "unreviewed"],
            "label": [1.0, 0.25, 0.0],
        }
    )
    assert evaluate.label_counts(split) == [
        LabelCount(role="test", source="disposition", subjects=2, suspicious=1.25),
        LabelCount(role="train", source="unreviewed", subjects=1, suspicious=0.0),
    ]


def test_a_rung_is_measured_from_the_one_below_and_an_experiment_from_all_features() -> None:
    found = compared_with(["single_line", "windows", "profile", "sequence", "network", "rating_leaked"])
    assert found["windows"] == "single_line"
    assert found["network"] == "sequence"
    assert found["rating_leaked"] == "network"
    assert "single_line" not in found


def test_peers_are_of_one_kind_and_one_week() -> None:
    weeks = pd.Series([MIDNIGHT, MIDNIGHT, MIDNIGHT + 7 * DAY])
    test = pd.DataFrame({"customer_id": [1, 2, 1], "as_of": weeks})
    customers = pd.DataFrame({"kind": ["person", "company"]}, index=[1, 2])
    groups = kinds_and_weeks(test, customers)
    assert groups.nunique() == 3
    assert groups[0].split(" ", 1)[0] == "person"


class Likes:
    """A ranker that likes the customers of high number."""

    def scores(self, examples: Examples) -> np.ndarray:
        return examples.customer_id.astype(float)


def test_whom_a_ranker_alerted_in_validation_it_leaves_alone_in_the_test() -> None:
    groups, examples = {}, {}
    for place, role in enumerate(("validation", "test")):
        as_of = pd.Series([MIDNIGHT + place * 7 * DAY] * 4)
        subjects = pd.DataFrame({"customer_id": [1, 2, 3, 4], "as_of": as_of, "role": role})
        groups[role] = subjects.assign(subject_id=np.arange(4) + 4 * place)
        features = pd.DataFrame({"one": np.zeros(4, np.float32)})
        examples[role] = Examples(features, np.array([1, 2, 3, 4]), as_of, np.zeros(4), np.ones(4))
    labels = pd.DataFrame(
        {
            "customer_id": [1],
            "event_at": [MIDNIGHT],
            "source": ["rule_vote"],
            "value": [0.9],
        }
    )
    budget = Budget(alerts_per_thousand_customers_week=250, suppress_days=28, label_window_days=28)
    likes = Likes()
    nobody = groups["test"].iloc[:0]
    inputs = ScoreInputs(groups, examples, labels, {"likes": likes}, nobody, examples["test"])  # type: ignore[dict-item]
    whole = scored(inputs, budget)
    scores, alerts = ranked(pd.concat(groups.values(), ignore_index=True), whole, budget)
    assert len(scores) == 16
    by_ranker = alerts.groupby("ranker")["customer_id"].apply(list).to_dict()
    # The rules hit nobody but customer 1, whom they alerted in validation.
    assert by_ranker == {"likes": [3]}
