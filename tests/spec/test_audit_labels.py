"""What a rule and a label set are worth, as the bank counts it and as it is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import pipeline
from data.results import Interval, Judges, LabelChoice, LabelModels, LabelSet
from models.audit_labels import (
    LabelTrials,
    Params,
    TrialSides,
    audit_sets,
    label_quality,
    training_rows,
    vote_loss,
)
from models.budget import Budget
from models.examples import examples_of
from models.split import FoldPlan
from models.split import Params as SplitParams
from models.truth.fixed_trees import Trees
from models.truth.rule_report import (
    Effort,
    Reviewed,
    line_samples,
    negative_rows,
    rule_rows,
    schemes_found,
    upper_bound,
)

MONDAY = pd.Timestamp("2025-03-03", tz="UTC").as_unit("us")
DAY = pd.Timedelta(days=1)
FOLDS = FoldPlan(earlier=0, judged_weeks=1, embargo_weeks=0)
EFFORT = Effort(minutes_per_alert=30, hours_per_case=5, hours_per_report=2, cny_per_hour=220)


def stamped(days: list[float]) -> pd.Series:
    moments = [MONDAY + pd.Timedelta(days=number) for number in days]
    return pd.Series(pd.DatetimeIndex(moments)).astype("datetime64[us, UTC]")


# -------------------------------------------------------------- rule report


def flagged(*rows: tuple[int, str]) -> pd.DataFrame:
    """Alerts (number, rules); the customer has the alert's number, all on the first Monday."""
    table = pd.DataFrame(rows, columns=["alert_id", "rule_ids"])
    counts = table["rule_ids"].str.split(" ").str.len().astype("int64")
    return table.assign(customer_id=table["alert_id"], alerted_at=MONDAY, rule_count=counts)


def decided(*rows: tuple[int, str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["alert_id", "outcome"])
    return table.astype({"alert_id": "Int64"})


def illicit(*rows: tuple[int, float, int]) -> pd.DataFrame:
    """Moments (customer, day, scheme)."""
    return pd.DataFrame(
        {
            "customer_id": [row[0] for row in rows],
            "at": stamped([row[1] for row in rows]),
            "scheme_id": [row[2] for row in rows],
        }
    )


def hits(*rows: tuple[int, float, str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": [row[0] for row in rows],
            "hit_at": stamped([row[1] for row in rows]),
            "rule_id": [row[2] for row in rows],
        }
    )


ABOVE = flagged((1, "R01"), (2, "R01 R06"), (3, "R06"), (4, "R06"))
BELOW = flagged((5, "R06"), (6, "R06"), (7, "R06"))
DECIDED = decided((1, "reported"), (2, "case"), (3, "dismissed"), (4, "unreviewed"), (5, "dismissed"))
TRUE = illicit((1, -1, 50), (3, -2, 51), (7, -1, 52), (6, 0, 53))
RULES = pd.DataFrame(
    {
        "rule_id": ["R01", "R06", "R21", "N1"],
        "use": ["label", "label", "held_out", "label"],
        "vote": [1, 1, 1, -1],
        "is_applied": True,
    }
)
LINES = pd.DataFrame({"rule_id": ["R01", "R06"], "line_cny": [0.0, 5_000.0]})


@pytest.fixture
def reviewed() -> Reviewed:
    return Reviewed.of(ABOVE, BELOW, DECIDED, TRUE, 28, EFFORT)


def test_a_sample_counts_what_was_reviewed_and_the_truth_counts_all(reviewed: Reviewed) -> None:
    above, below = reviewed.sample("R06", True), reviewed.sample("R06", False)
    assert (above.alerts, above.alone, above.reviewed, above.cases, above.reported) == (
        3,
        2,
        2,
        1,
        0,
    )
    assert above.true.value == pytest.approx(1 / 3, abs=1e-4)
    assert (below.alerts, below.reviewed, below.reported) == (3, 1, 0)
    assert below.true.value == pytest.approx(1 / 3, abs=1e-4)  # 7; what happened to 6 came later


def test_work_is_shared_by_the_rules_that_asked_for_it(reviewed: Reviewed) -> None:
    """R01: an alert, a case and a report of its own; half an alert and half a case."""
    assert reviewed.hours("R01") == pytest.approx(0.5 + 5 + 2 + 0.25 + 2.5, abs=0.1)
    assert reviewed.hours("R06") == pytest.approx(0.25 + 2.5 + 0.5 + 0.5, abs=0.1)


def test_no_hit_in_299_reviews_claims_less_than_one_per_cent() -> None:
    assert upper_bound(0, 299) == pytest.approx(0.01, abs=5e-5)
    assert upper_bound(0, 298) > 0.01 > upper_bound(0, 299)
    assert upper_bound(1, 299) > 0.015
    assert upper_bound(0, 0) is None
    assert upper_bound(3, 3) == 1.0


def test_a_rule_finds_a_scheme_when_it_hits_a_member_soon_after_a_payment() -> None:
    found = schemes_found(
        hits((1, 0, "R01"), (1, 3, "R06"), (2, 0, "R06"), (3, -5, "R01"), (4, 40, "R01")),
        illicit((1, -1, 50), (2, 0, 51), (3, -1, 52), (4, 0, 53)),
        28,
    )
    assert sorted(map(tuple, found.to_numpy().tolist())) == [("R01", 50), ("R06", 50)]


def test_a_rule_row_tells_what_the_rule_alone_brings(reviewed: Reviewed) -> None:
    table = hits(
        (1, 0, "R01"),
        (2, 0, "R01"),
        (2, 0, "R06"),
        (3, 0, "R06"),
        (7, 0, "R06"),
        (7, 0, "R21"),
        (1, 1, "R21"),
    )
    rows = {
        row.rule_id: row
        for row in rule_rows(RULES, LINES, table, reviewed, TRUE, {"any_rule": {"R01": 1.0}}, 28)
    }
    assert set(rows) == {"R01", "R06", "R21"}
    one, two, held_out = rows["R01"], rows["R06"], rows["R21"]
    assert (one.hits, one.unique_hits, one.hit_customers) == (2, 1, 2)
    assert (two.hits, two.unique_hits) == (3, 2)
    # R21 hits a member of 50 and 52 too, yet it raises no alert: it takes nothing from the others.
    assert (one.schemes_found, one.unique_schemes) == (1, 1)
    assert (two.schemes_found, two.unique_schemes) == (2, 2)
    assert (held_out.schemes_found, held_out.unique_schemes) == (2, 0)
    assert held_out.above is None
    assert two.line_cny == 5_000.0
    assert one.learned == {"any_rule": 1.0}
    assert one.true_alone.value == 1.0


def test_a_negative_vote_is_judged_by_the_alerts_that_it_speaks_for(reviewed: Reviewed) -> None:
    negative = hits((2, 0, "N1"), (3, 0, "N1"), (3, 1, "N1"))
    both = pd.concat([ABOVE, BELOW])[["alert_id", "customer_id", "alerted_at"]]
    (row,) = negative_rows(RULES, negative, reviewed, both)
    assert (row.hits, row.flagged) == (3, 2)
    assert row.with_vote.bank.value == 0.0
    assert row.with_vote.true.value == 0.5
    assert row.without_vote.true.value == pytest.approx(2 / 5)


def test_the_lines_of_the_whole_rulebook_count_an_alert_once(reviewed: Reviewed) -> None:
    found = line_samples(reviewed)
    assert (found.above.alerts, found.below.alerts) == (4, 3)
    assert found.above.reviewed == 3


def test_a_rulebook_that_never_spoke_has_rows_without_a_number() -> None:
    nothing = Reviewed.of(
        ABOVE.iloc[:0], BELOW.iloc[:0], decided().astype({"outcome": "str"}), TRUE, 28, EFFORT
    )
    rows = rule_rows(RULES, LINES.iloc[:0], hits((1, 0, "R01")).iloc[:0], nothing, TRUE, {}, 28)
    assert [row.hits for row in rows] == [0, 0, 0]
    assert rows[0].above.bank.value is None


# --------------------------------------------------------------- label sets

BUDGET = Budget(alerts_per_thousand_customers_week=50, suppress_days=0, label_window_days=7)
PEOPLE, WEEKS = 200, 6
GUILTY = 10  # customers 0 to 9


@pytest.fixture(scope="module")
def params() -> Params:
    real = pipeline.params("audit_labels", Params)
    fixed = Trees(**real.fixed.model_dump() | {"count": 40, "min_sum_hessian_in_leaf": 0.5, "lambda_l2": 1.0})
    return real.model_copy(update={"fixed": fixed, "bootstrap_draws": 50, "unlabelled_share": 0.5})


@pytest.fixture(scope="module")
def bank() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Split, feature matrix and illicit moments: the first ten customers behave alike, and badly."""
    rows = [(who, week) for week in range(WEEKS) for who in range(PEOPLE)]
    table = pd.DataFrame(rows, columns=["customer_id", "week"])
    table["subject_id"] = np.arange(1, len(table) + 1)
    table["as_of"] = stamped((table["week"] * 7.0).tolist())
    table["role"] = np.where(table["week"] < 3, "train", "test")
    rng = np.random.default_rng(1)
    noise = rng.standard_normal((len(table), 2))
    is_guilty = table["customer_id"] < GUILTY
    matrix = pd.DataFrame(
        {"subject_id": table["subject_id"], "behaviour": noise[:, 0] * 0.1 + is_guilty, "other": noise[:, 1]}
    ).astype({"behaviour": "float32", "other": "float32"})
    moments = illicit(
        *[(who, week * 7.0 - 1, 50 + who % 4) for week in range(WEEKS) for who in range(GUILTY)]
    )
    return table.drop(columns="week"), matrix, moments


def labels_of(customers: range, value: float, model: str) -> pd.DataFrame:
    rows = [(who, week) for who in customers for week in range(3)]
    return pd.DataFrame(
        {
            "customer_id": [row[0] for row in rows],
            "event_at": stamped([row[1] * 7.0 for row in rows]),
            "known_at": stamped([row[1] * 7.0 for row in rows]),
            "source": "rule_vote",
            "value": value,
            "weight": 1.0,
            "model": model,
            "uses_dispositions": False,
            "random_share": 0.0,
        }
    )


def compared(*models: str) -> LabelModels:
    choices = [{"model": name, "uses_dispositions": False, "random_share": 0.0} for name in models]
    return LabelModels(
        models=[],
        chosen=models[0],
        preferred=LabelChoice(**choices[0]),
        until="2025-05-02",
        judged_by="2025-05-09",
        judges=Judges(decisions=0, reported=0, below_line=0),
        constant_belief=Interval(),
        prior_sweep=[],
        learned={},
        least_belief=0.001,
        sets=[LabelSet(**choice, log_loss=Interval(), behind_best=Interval()) for choice in choices],
    )


def test_a_model_that_learns_the_truth_reaches_the_ceiling_and_one_misled_pays_for_it(params, bank) -> None:
    split, matrix, moments = bank
    right, wrong = labels_of(range(GUILTY), 1.0, "right"), labels_of(range(100, 110), 1.0, "wrong")
    labels = pd.concat([right, wrong], ignore_index=True)
    starts_at = MONDAY + 20 * DAY
    days = BUDGET.label_window_days
    sides = TrialSides.of(split.assign(label=0.0, weight=1.0), moments, labels, starts_at, days, params)
    features = matrix.set_index("subject_id")
    train, test = (
        examples_of(side, features.loc[side["subject_id"]].reset_index(drop=True), None)
        for side in (sides.train, sides.watched)
    )
    trials = LabelTrials(sides, train, test, BUDGET, params)
    result = audit_sets(
        trials,
        labels,
        moments,
        compared("right", "wrong"),
        MONDAY + 60 * DAY,
        SplitParams(unreviewed_weight=1.0, maturity_days=0, folds=FOLDS),
    )
    good, bad = result.sets
    assert result.customers == GUILTY
    assert result.ceiling.value == good.true_recall.value == 1.0
    assert good.below_ceiling == Interval(value=0.0, low=0.0, high=0.0)
    assert bad.true_recall.value < 0.5
    assert bad.below_ceiling.high < 0
    assert good.labels.right.value == good.labels.found.value == 1.0
    assert bad.labels.right.value == bad.labels.found.value == 0.0
    assert good.true_log_loss < 0.01 < bad.true_log_loss


def test_everyone_of_whom_a_label_speaks_is_learnt_from_and_a_share_of_the_others(params) -> None:
    train = pd.DataFrame({"customer_id": np.repeat(np.arange(1_000), 2)})
    labels = pd.DataFrame({"customer_id": [3, 4]})
    is_true = (train["customer_id"] == 9).to_numpy()
    rows, stands_for = training_rows(train, labels, is_true, params)
    kept = train["customer_id"].to_numpy()[rows]
    assert all((kept == who).sum() == 2 for who in (3, 4, 9))
    assert stands_for[np.isin(kept, [3, 4, 9])].tolist() == [1.0] * 6
    assert stands_for.sum() == pytest.approx(2_000, rel=0.1)


def test_label_quality_and_loss_compare_with_the_truth() -> None:
    truth = np.array([True, True, False, False])
    found = label_quality(
        np.array([1.0, 0.2, 0.8, 0.0]),
        pd.Series(["disposition", "rule_vote", "disposition", "unreviewed"]),
        truth,
    )
    assert (found.suspicious, found.labelled, found.belief) == (2, 3, 2.0)
    assert (found.right.value, found.found.value) == (0.5, 0.5)
    votes = pd.DataFrame({"value": [0.5, 0.5]})
    assert vote_loss(votes, np.array([True, False]), 0.001) == pytest.approx(np.log(2), abs=1e-4)
    assert vote_loss(votes.iloc[:0], np.zeros(0, bool), 0.001) is None


@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("", {"unlabelled_share": 0}),
        ("", {"bootstrap_draws": 3}),
        ("fixed", {"num_leaves": 1}),
        ("effort", {"minutes_per_alert": -1}),
        ("effort", {"minutes": 1}),
    ],
)
def test_impossible_audits_are_refused(params: Params, where: str, change: dict[str, object]) -> None:
    values = params.model_dump()
    (values[where] if where else values).update(change)
    with pytest.raises(pipeline.BadInput, match=next(iter(change))):
        pipeline.parse(Params, values, "params.yaml: audit_labels")
