"""A review sees what there was when it was opened: later alerts, payments and devices change nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pipeline
from data.investigate import Params, alerts_of_case, investigate, opening_times
from data.rules.cases import CaseParams, case_ids

MONDAY = pd.Timestamp("2025-01-06", tz="UTC").as_unit("us")
WEEKS, PEOPLE = 8, 12
CASES = CaseParams(days=14, most_tied=4)
Bank = dict[str, pd.DataFrame]


def stamped(days: np.ndarray) -> pd.Series:
    moments = MONDAY.value // 1_000 + np.round(days * 86_400e6).astype(np.int64)
    return pd.Series(pd.DatetimeIndex(moments.astype("datetime64[us]"), tz="UTC"))


@pytest.fixture(scope="module")
def params() -> Params:
    real = pipeline.params("investigate", Params)
    shares = {"random_share": 0.1, "below_line_share": 0.2, "trial_random_shares": [0.0]}
    hands = {"reviews_per_thousand_customers_day": 60.0, "longest_wait_days": 5}
    return real.model_copy(update=shares | hands)


def drawn_bank(seed: int) -> Bank:
    """A few customers who are alerted often, pay each other and share devices."""
    rng = np.random.default_rng(seed)

    def raised(size: int) -> pd.DataFrame:
        day = np.sort(rng.integers(0, 7 * WEEKS, size))
        rules = rng.choice(["R01", "R01 R06", "R06"], size)
        return pd.DataFrame(
            {
                "customer_id": rng.integers(0, PEOPLE, size),
                "alerted_at": stamped(day.astype(float)),
                "rule_ids": rules,
                "rule_count": np.char.count(rules.astype(str), " ") + 1,
            }
        ).drop_duplicates(["customer_id", "alerted_at"], ignore_index=True)

    above, below = raised(60), raised(40)
    above.insert(0, "alert_id", np.arange(1, len(above) + 1))
    below.insert(0, "alert_id", np.arange(1_001, len(below) + 1_001))
    pairs = rng.integers(0, PEOPLE, (50, 2))
    at = stamped(rng.uniform(0, 7 * WEEKS, 50))
    payments = pd.concat(
        pd.DataFrame({"customer_id": pairs[:, one], "other_id": pairs[:, 1 - one], "at": at})
        for one in (0, 1)
    )
    since = rng.uniform(-10, 7 * WEEKS, 16)
    devices = pd.DataFrame(
        {
            "customer_id": rng.integers(0, PEOPLE, 16),
            "device_id": rng.integers(0, 6, 16),
            "valid_from": stamped(since),
            "valid_to": stamped(since + rng.uniform(1, 30, 16)).where(rng.random(16) < 0.5),
        }
    )
    active = pd.DataFrame([(who, week) for week in range(WEEKS + 1) for who in range(PEOPLE)])
    weeks = pd.DataFrame({"customer_id": active[0], "as_of": stamped(7.0 * active[1].to_numpy())})
    illicit = pd.DataFrame({"customer_id": [0, 3], "at": stamped(np.array([5.0, 20.0])), "typology": "cycle"})
    return {
        "above": above,
        "below": below,
        "payments": payments[payments["customer_id"] != payments["other_id"]],
        "devices": devices,
        "active": weeks,
        "illicit": illicit,
    }


def before(bank: Bank, moment: pd.Timestamp) -> Bank:
    """The same bank as it was known at a moment."""
    columns = {"above": "alerted_at", "below": "alerted_at", "payments": "at", "devices": "valid_from"}
    columns |= {"active": "as_of", "illicit": "at"}
    return {
        name: table[table[columns[name]] <= moment].reset_index(drop=True) for name, table in bank.items()
    }


def in_cases(bank: Bank) -> pd.DataFrame:
    case_id = case_ids(bank["above"], bank["payments"], bank["devices"], CASES)
    return bank["above"].assign(case_id=case_id)


def reviewed(bank: Bank, params: Params) -> pd.DataFrame:
    alerts, random_share = in_cases(bank), params.random_share
    arguments = bank["below"], bank["active"], bank["illicit"], PEOPLE, random_share, params
    return investigate(alerts, *arguments).drop(columns="disposition_id")


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), day=st.integers(2, 7 * WEEKS - 1))
def test_no_later_alert_changes_the_case_of_an_earlier_one(seed: int, day: int) -> None:
    bank, moment = drawn_bank(seed), MONDAY + pd.Timedelta(days=day)
    whole, cut = in_cases(bank), in_cases(before(bank, moment))
    assert whole["case_id"].to_numpy()[: len(cut)].tolist() == cut["case_id"].tolist()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), day=st.integers(2, 7 * WEEKS - 1))
def test_a_review_counts_the_alerts_of_its_case_that_were_there_when_it_was_opened(
    seed: int, day: int
) -> None:
    bank, moment = drawn_bank(seed), MONDAY + pd.Timedelta(days=day)
    found = {}
    for name, known in (("whole", bank), ("cut", before(bank, moment))):
        alerts = in_cases(known)
        opened = opening_times(alerts, 0.7, 5)
        is_done = (opened >= 0) & (opened <= moment.value // 1_000)
        counted = alerts_of_case(alerts, opened)
        found[name] = dict(zip(alerts["alert_id"][is_done], counted[is_done], strict=True))
    assert found["whole"] == found["cut"]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), week=st.integers(2, WEEKS - 1))
def test_what_was_decided_by_a_moment_needs_nothing_that_came_later(
    params: Params, seed: int, week: int
) -> None:
    """At a week's end, when the week's samples are drawn: every review opened by then is the same."""
    bank, moment = drawn_bank(seed), MONDAY + pd.Timedelta(days=7 * week)
    whole, cut = (reviewed(known, params) for known in (bank, before(bank, moment)))
    kept = [table[table["opened_at"] <= moment].reset_index(drop=True) for table in (whole, cut)]
    assert len(kept[0]) > 0
    pd.testing.assert_frame_equal(*kept)
