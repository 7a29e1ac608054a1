"""Drift planted in copies of tables: what each plant changes, and which page catches what it should."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from models.intervals import UNMEASURED, drawn, mean_by_group
from models.results.learning import RoundsPoint
from models.results.trials import TrialWorth
from models.truth import alarms, drift_plants, fixed_trees
from models.truth.areas import average_precision
from models.truth.drift_plants import DRIFTS, Feeds, Planting, Site, came_before
from models.truth.feed_checks import missing_rise, repeated_share
from models.truth.learning import rounds_reading, staged
from models.truth.shifts import shift_indices
from reports.time_words import RUNBOOK

START = pd.Timestamp("2025-01-06", tz="UTC")
CUSTOMERS, WEEKS, STRETCH = 300, 12, 3
PLANTING = Planting(
    seed=1,
    first_stretch=2,
    late_weeks=4,
    lost_group="network",
    lost_customers=0.5,
    idle_part=0.02,
    unit_multiple=100,
    dismissed_part=0.5,
    replaced_part=0.3,
    replaced_by="age",
    youngest_part=0.1,
)
NAMES = ["age", "sum", "count", "ties"]


@pytest.fixture
def site() -> Site:
    """Three hundred customers over twelve weeks, ten of them illicit; columns age, sum, count and ties."""
    week, customer = (each.ravel() for each in np.meshgrid(np.arange(WEEKS), np.arange(CUSTOMERS)))
    watched = pd.DataFrame({"customer_id": customer, "as_of": START + pd.to_timedelta(7 * week, unit="D")})
    rows = [np.flatnonzero(week // STRETCH == place) for place in range(WEEKS // STRETCH)]
    return Site(
        watched=watched,
        rows=rows,
        is_illicit=customer < 10,
        starts_at=START + pd.Timedelta(weeks=6),
        behaviour=np.array([1, 2, 3]),
        lost=np.array([3]),
        money=np.array([1]),
        age=0,
        planting=PLANTING,
    )


@pytest.fixture
def feeds(site: Site) -> Feeds:
    """Features that say of which customer and week they are; decisions in every week, a third reported."""
    rng = np.random.default_rng(3)
    stretches = []
    for rows in site.rows:
        customer = site.watched["customer_id"].to_numpy()[rows]
        week = ((site.watched["as_of"].iloc[rows] - START) / pd.Timedelta(weeks=1)).to_numpy()
        sums = 1_000.0 + customer + week / 100
        counts = np.where(customer < 290, rng.poisson(5, len(rows)) + 1.0, 0.0)
        columns = [
            20 + customer % 60,
            np.where(counts > 0, sums, 0.0),
            counts,
            counts * rng.random(len(rows)),
        ]
        stretches.append(np.column_stack(columns).astype(np.float32))
    decided = pd.DataFrame(
        {
            "disposition_id": np.arange(360),
            "customer_id": np.arange(360) % 30,
            "event_at": START + pd.to_timedelta(np.arange(360) % 84, unit="D"),
            "outcome": np.where(np.arange(360) % 3 == 0, "reported", "dismissed"),
        }
    )
    labels = decided[["customer_id", "event_at"]].assign(
        source="disposition", value=(decided["outcome"] == "reported").astype(float)
    )
    return Feeds(stretches, decided, labels)


@pytest.mark.parametrize("name", DRIFTS)
def test_a_plant_leaves_the_weeks_before_it_and_the_originals_alone(
    name: str, site: Site, feeds: Feeds
) -> None:
    copies = [values.copy() for values in feeds.stretches]
    changed = DRIFTS[name].plant(feeds, site)
    for before, after, kept in zip(copies, feeds.stretches, changed.stretches, strict=True):
        np.testing.assert_array_equal(before, after)
        assert kept.shape == before.shape
    for place in range(site.planting.first_stretch):
        assert changed.stretches[place] is feeds.stretches[place]
    early = (feeds.dispositions["event_at"] < site.starts_at).to_numpy()
    pd.testing.assert_frame_equal(changed.dispositions[early], feeds.dispositions[early])
    is_told = name in ("other_meaning", "stricter_reviewers")
    assert (changed.dispositions["outcome"] != feeds.dispositions["outcome"]).any() == is_told


def test_a_shifted_month_hands_everybody_the_row_of_four_weeks_before(site: Site, feeds: Feeds) -> None:
    changed = DRIFTS["late_month"].plant(feeds, site)
    rows = np.arange(len(site.rows[2]))
    earlier, has = came_before(site, feeds.stretches, 2, 4, rows, np.arange(4))
    assert has.all()
    np.testing.assert_array_equal(changed.stretches[2], earlier)
    at = site.watched["as_of"].iloc[site.rows[2]]
    week = ((at - START) / pd.Timedelta(weeks=1)).to_numpy()
    busy = changed.stretches[2][:, 1] > 0
    told = (changed.stretches[2][:, 1] % 1 * 100).round()
    np.testing.assert_allclose(told[busy], (week - 4)[busy], atol=1)


def test_no_distribution_moves_where_only_the_meaning_does(site: Site, feeds: Feeds) -> None:
    changed = DRIFTS["other_meaning"].plant(feeds, site)
    for place in site.changed:
        before, after = feeds.stretches[place], changed.stretches[place]
        for week in np.unique(site.weeks(place)):
            mine = site.weeks(place) == week
            np.testing.assert_array_equal(np.sort(before[mine], axis=0), np.sort(after[mine], axis=0))
        guilty = site.is_illicit[site.rows[place]]
        assert (before[guilty] != after[guilty]).any(axis=1).all()


def test_stricter_reviewers_leave_their_labels_without_suspicion(site: Site, feeds: Feeds) -> None:
    changed = DRIFTS["stricter_reviewers"].plant(feeds, site)
    gone = (changed.dispositions["outcome"] != feeds.dispositions["outcome"]).to_numpy()
    late = (feeds.dispositions["event_at"] >= site.starts_at) & (feeds.dispositions["outcome"] == "reported")
    assert 0.3 < gone.sum() / late.sum() < 0.7
    assert (changed.labels["value"].to_numpy()[gone] == 0).all()
    assert (changed.labels["value"].to_numpy()[~gone] == feeds.labels["value"].to_numpy()[~gone]).all()


def shifted(feeds: Feeds, place: int, columns: list[int]) -> float:
    """Share of some columns that the alarm on data counts as shifted since the first stretch."""
    names = [NAMES[column] for column in columns]
    first, now = (pd.DataFrame(feeds.stretches[each][:, columns], columns=names) for each in (0, place))
    return float(np.mean([value >= 0.2 for value in shift_indices(first, now, 10).values()]))


BEHAVED, COLUMNS = np.array([1, 2, 3]), [np.array([0]), np.array([3])]


def whole(site: Site) -> list[np.ndarray]:
    """Every row of every stretch."""
    return [np.arange(len(rows)) for rows in site.rows]


CAUGHT = {
    # who catches what, by the reading that is on the page of monitoring
    "late_month": "repeated",
    "lost_columns": "missing",
    "half_a_feed": "data",
    "wrong_unit": "data",
    "other_population": "population",
}


@pytest.mark.parametrize("name", CAUGHT)
def test_a_shifted_month_and_a_broken_feed_are_caught_by_the_page_that_should(
    name: str, site: Site, feeds: Feeds
) -> None:
    quiet, changed = feeds, DRIFTS[name].plant(feeds, site)
    reads = {
        "repeated": lambda mine: repeated_share(mine.stretches, site, 8, whole(site), BEHAVED)[2] > 0.2,
        "missing": lambda mine: missing_rise(mine.stretches, COLUMNS, whole(site))[2] > 0.05,
        "data": lambda mine: shifted(mine, 2, [1, 2, 3]) > 0.1,
        "population": lambda mine: shifted(mine, 2, [0]) > 0.1,
    }
    watcher = CAUGHT[name]
    assert watcher in DRIFTS[name].expected
    assert reads[watcher](changed)
    assert not any(read(quiet) for read in reads.values())
    known = {entry.kind for entry in RUNBOOK} | {"missing", "repeated"}
    assert set(DRIFTS[name].expected) <= known


def test_idle_customers_who_repeat_themselves_are_no_repeated_rows(site: Site, feeds: Feeds) -> None:
    still = [np.tile(values[-1:], (len(values), 1)) * 0 for values in feeds.stretches]
    assert repeated_share(still, site, 4, whole(site), BEHAVED) == [0.0] * 4


def test_who_has_no_earlier_row_keeps_the_own_one(site: Site, feeds: Feeds) -> None:
    late = replace(site, planting=PLANTING.model_copy(update={"first_stretch": 1}))
    changed = DRIFTS["late_month"].plant(feeds, late)
    first_week = late.weeks(1) == 0  # four weeks before it nobody was watched
    np.testing.assert_array_equal(changed.stretches[1][first_week], feeds.stretches[1][first_week])


def test_every_drift_is_of_one_kind_and_told_in_both_languages() -> None:
    assert {drift.kind for drift in DRIFTS.values()} == {"inputs", "meaning", "labels", "population"}
    for drift in DRIFTS.values():
        assert drift.en and drift.zh and drift.en != drift.zh
        assert set(drift.expected) <= {*alarms.KINDS, "missing", "repeated"}
    assert drift_plants.WEEK_DAYS == 7


# ------------------------------------------------------------- a model that is over-fitted


OVERFITTED = fixed_trees.Trees(
    objective="binary",
    count=1_000,
    learning_rate=0.3,
    num_leaves=3,
    min_data_in_leaf=1,
    min_sum_hessian_in_leaf=0.001,
    lambda_l2=0,
    feature_fraction=1,
    positive_weight=1,
    max_bin=63,
    threads=1,
)


def noisy(rows: int, rng: np.random.Generator, wrong: float) -> tuple[np.ndarray, np.ndarray]:
    """One column that tells, thirty that do not, and labels of which a part is wrong."""
    values = rng.normal(size=(rows, 31))
    label = values[:, 0] > 1.2
    return values, np.where(rng.random(rows) < wrong, ~label, label).astype(float)


def test_a_deliberately_overfitted_model_is_caught_by_the_learning_curve() -> None:
    """It learns 1,500 rows by heart, of which three in ten are wrong, and loses on those it has not seen."""
    rng = np.random.default_rng(5)
    (learnt, label), (held, truth) = noisy(1_500, rng, 0.3), noisy(4_000, rng, 0.0)
    booster, rounds = fixed_trees.fit(learnt, label, None, OVERFITTED, 1), (1, 5, 20, 1_000)
    by_heart = [average_precision(score, label > 0) for score in staged(booster, learnt, rounds)]
    unseen, found = [], []
    for score in staged(booster, held, rounds):
        unseen.append(average_precision(score, truth > 0))
        alerted = np.isin(np.arange(len(held)), np.argsort(-score, kind="stable")[:450])
        found.append(alerted[truth > 0].astype(float))
    positives, weight = int(truth.sum()), drawn(int(truth.sum()), 200, 1)
    points = [
        RoundsPoint(
            rounds=number,
            train_average_precision=by_heart[place],
            worth=TrialWorth(
                validation_recall=float(found[place].mean()),
                validation_average_precision=unseen[place],
                bank_recall=UNMEASURED,
                bank_gain=UNMEASURED,
                true_recall=UNMEASURED,
                true_gain=mean_by_group(found[place] - found[-1], np.arange(positives), weight),
                true_average_precision=unseen[place],
            ),
        )
        for place, number in enumerate(rounds)
    ]
    assert by_heart[-1] > 0.99 and unseen[-1] < 0.7 < unseen[1]
    said, _ = rounds_reading(points)
    assert said.endswith("overfitting.")
