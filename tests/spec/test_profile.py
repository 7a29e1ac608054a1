"""The profile as of the day: things that begin and end, peers, and how behaviour fits the profile."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import pipeline
from data.asof import RowsBefore, count_so_far, deviation_within, groups_alike, value_as_of
from data.schema import CUSTOMER_KINDS
from data.world.firms import INDUSTRIES as DRAWN_INDUSTRIES
from features import profile
from features.profile.identity import INDUSTRY_CODES, city_rank
from features.profile.peers import MEAN_FACTOR
from features.profile.view import Dated
from tests.property.worlds import model_inputs
from tests.spec.ledger import Customer, bank

NOW = "2025-03-10"


def times(*moments: str | None) -> pd.Series:
    return pd.Series(pd.to_datetime(list(moments), utc=True).as_unit("us"))


def no_tags() -> pd.DataFrame:
    table = pd.DataFrame({"customer_id": [0], "tag": "", "value": "", "valid_from": 0, "valid_to": 0})
    for column in ("valid_from", "valid_to"):
        table[column] = pd.to_datetime(table[column], utc=True).astype("datetime64[us, UTC]")
    return table.iloc[:0]


def told_by_tags(subjects: pd.DataFrame, tags: pd.DataFrame) -> profile.Profile:
    """A profile of which nothing is known but tags."""
    nothing = pd.DataFrame({"customer_id": []})
    things = Dated(nothing, subjects)
    params = pipeline.params("build.peers", profile.PeerParams)
    nobody_asked: Any = None
    return profile.Profile(subjects, nothing, things, things, tags, nothing, nobody_asked, params)


def of(ledger, who: str, at: str = NOW) -> pd.Series:
    inputs = model_inputs(ledger, no_tags())
    subjects = inputs.subjects
    mine = (subjects["customer_id"] == ledger.customer_id[who]) & (
        subjects["as_of"] == pd.Timestamp(at, tz="UTC")
    )
    (subject,) = subjects.loc[mine, "subject_id"]
    return inputs.matrix.set_index("subject_id").loc[subject]


def test_industries_are_those_of_the_bank_in_one_order() -> None:
    assert list(INDUSTRY_CODES) == [name for names in DRAWN_INDUSTRIES.values() for name in names]


def test_what_began_before_the_moment_counts_and_what_begins_at_it_does_not() -> None:
    subjects = pd.DataFrame(
        {"customer_id": [1, 1, 2, 3], "as_of": times("2025-01-01", "2025-01-02", NOW, NOW)}
    )
    owner = pd.Series([1, 1, 2, pd.NA, 1], dtype="Int64")
    moments = times("2024-12-30", "2025-01-01", None, "2020-01-01", "2025-06-01")
    rows = RowsBefore.of(owner, moments, subjects["customer_id"], subjects["as_of"])
    days = rows.days_since_latest()
    assert rows.total(np.array([5.0, 7, 9, 11, 13])).tolist() == [5, 12, 0, 0]
    assert rows.latest().tolist() == [0, 1, -1, -1]
    assert count_so_far(owner, moments, subjects["customer_id"], subjects["as_of"]).tolist() == [1, 2, 0, 0]
    assert days[:2].tolist() == [2, 1]
    assert np.isnan(days[2:]).all()


def test_accounts_devices_and_credit_are_those_of_the_day() -> None:
    line = ("2025-03-05 10:00", "eve", "anna", 100)
    ledger = bank(
        line,
        also=["anna/old", "anna/later"],
        closed={"anna/old": "2025-02-01"},
        devices=[
            ("anna", "phone", "2024-01-01"),
            ("anna", "tablet", "2025-03-01"),
            ("anna", "lost", "2024-01-01", "2025-01-01"),
            ("anna", "next", "2025-03-20"),
        ],
        anna=Customer(income=8_000),
    )
    ledger.accounts.loc[ledger.accounts["account_id"] == ledger.account_id["anna/later"], "opened_at"] = (
        pd.Timestamp("2025-03-15", tz="UTC")
    )
    ledger.accounts.loc[ledger.accounts["customer_id"].notna(), "credit_limit_cents"] = 100_000
    row = of(ledger, "anna")
    assert (row["open_account_count"], row["closed_account_count"]) == (1, 1)
    assert row["credit_limit"] == 1_000
    assert (row["device_count"], row["newest_device_days"]) == (2, 9)


def test_wages_seen_are_held_against_the_declared_income() -> None:
    wages = [
        (f"2025-{month:02}-05 10:00", "firm one", "anna", 6_000, "transfer", "payroll") for month in (1, 2, 3)
    ]
    ledger = bank(*wages, anna=Customer(income=8_000), firm=Customer("company", income=50_000))
    row = of(ledger, "anna")
    assert row["wages_to_income_ratio_91d"] == pytest.approx(0.75)
    assert np.isnan(row["in_to_capital_ratio_30d"])


def test_a_firms_turnover_is_held_against_its_capital() -> None:
    paid = ("2025-03-05 10:00", "firm two", "acme", 30_000)
    ledger = bank(paid, acme=Customer("company", income=50_000, capital=100_000))
    row = of(ledger, "acme")
    assert row["in_to_capital_ratio_30d"] == pytest.approx(0.3)
    assert np.isnan(row["wages_to_income_ratio_91d"])
    assert np.isnan(row["household_size"])
    assert row["customer_kind"] == CUSTOMER_KINDS.index("company")


def test_cities_stand_in_order_of_their_customers_on_the_day() -> None:
    customers = pd.DataFrame(
        {
            "customer_id": [1, 2, 3, 4],
            "city": pd.array([7, 7, 2, 2], "Int16"),
            "joined_at": times("2020-01-01", "2020-01-01", "2020-01-01", "2025-03-05"),
        }
    )
    subjects = pd.DataFrame(
        {"customer_id": [1, 3, 1, 3], "as_of": times("2025-03-03", "2025-03-03", NOW, NOW)}
    )
    city = customers.set_index("customer_id")["city"]
    # At first city 7 leads; with equal numbers the lower code does.
    assert city_rank(subjects["as_of"], subjects["customer_id"].map(city), customers).tolist() == [1, 2, 2, 1]


def test_no_protected_attribute_is_a_feature() -> None:
    names = " ".join(feature.name for feature in profile.FEATURES)
    for protected in ("gender", "nationality", "hukou", "religion"):
        assert protected not in names
    assert "rating" not in names


def test_every_coded_feature_says_how_many_codes_it_has() -> None:
    for feature in profile.FEATURES:
        assert (feature.levels > 0) == (feature.encoding != "number"), feature.name


def test_a_product_is_held_from_the_day_after_it_began_to_the_day_it_ends() -> None:
    tags = pd.DataFrame(
        {
            "customer_id": [1, 1],
            "tag": "channel_web",
            "value": ["yes", "no"],
            "valid_from": times("2025-03-03", "2025-03-10"),
            "valid_to": times("2025-03-10", None),
        }
    )
    weeks = ("2025-03-03", "2025-03-10", "2025-03-17")
    subjects = pd.DataFrame({"customer_id": [1, 1, 1, 2], "as_of": times(*weeks, NOW)})
    known = told_by_tags(subjects, tags)
    assert known.is_held("channel_web").tolist() == [0, 1, 0, 0]
    assert np.isnan(known.is_held("channel_mobile")).all()


def test_a_value_as_of_a_day_is_the_last_that_began_before_it() -> None:
    owner = pd.Series([1, 1, 1, 2])
    began = times("2025-03-01", "2025-03-05", "2025-03-05", NOW)
    who, as_of = pd.Series([1, 1, 1, 2]), times("2025-03-01", "2025-03-05", NOW, NOW)
    found = value_as_of(owner, began, np.array([5.0, 6, 7, 8]), who, as_of)
    assert np.isnan(found[[0, 3]]).all()
    assert found[1:3].tolist() == [5, 7]  # of two of one moment the later row


# ----------------------------------------------------------------- peers


def test_a_deviation_is_the_distance_from_the_median_in_robust_deviations() -> None:
    value = np.array([1.0, 2, 3, 4, 100])
    group = np.zeros(5, int)
    found = deviation_within(value, group, MEAN_FACTOR)
    assert found.tolist() == pytest.approx([-2 / 1.4826, -1 / 1.4826, 0, 1 / 1.4826, 97 / 1.4826])


def test_where_most_peers_are_alike_the_mean_deviation_stands_in_and_nothing_where_all_are() -> None:
    found = deviation_within(np.array([0.0, 0, 0, 8, 5, 5]), np.array([0, 0, 0, 0, 1, 1]), MEAN_FACTOR)
    assert found[:4].tolist() == [0, 0, 0, 4]
    assert np.isnan(found[4:]).all()


def test_who_has_no_peers_or_no_value_has_no_deviation() -> None:
    found = deviation_within(np.array([1.0, 2, 3, np.nan]), np.array([-1, 0, 0, 0]), MEAN_FACTOR)
    assert np.isnan(found[[0, 3]]).all()
    assert not np.isnan(found[1:3]).any()


def test_peers_share_the_moment_and_a_small_group_falls_back_to_the_kind() -> None:
    as_of = times(*["2025-03-03"] * 7, "2025-03-10")
    kind = np.array([0.0, 0, 0, 0, 0, 0, 1, 0])
    work = np.array([1.0, 1, 1, 2, np.nan, np.nan, 5, 1])
    found = groups_alike(as_of, kind, [work], least=3)
    # Three of one work; the others of their kind and week; one firm and one lone week.
    assert len({*found[:3]}) == 1
    assert len({*found[3:6]}) == 1 and found[3] != found[0]
    assert found[6:].tolist() == [-1, -1]


# ------------------------------------------------------------- registration


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"doc": ""}, "expected English under 'en', found ''"),
        ({"doc": "年限."}, "expected English under 'en', found '年限'"),
        ({"label_zh": "years"}, "expected Chinese under 'zh', found 'years'"),
        ({"source": " "}, "found ' '"),
        ({"unit": "fortnights"}, "unknown unit 'fortnights'"),
        ({"applies_to": "minors"}, "expected an encoding and customers"),
    ],
)
def test_a_feature_without_its_words_is_refused(change: dict[str, str], said: str) -> None:
    def tenure(known: profile.Profile) -> np.ndarray:
        return known.number("joined_at")

    tenure.__doc__ = change.pop("doc", "Years since joining.")
    words = {"label_zh": "年限", "unit": "years", "family": "profile", "source": "assumption"} | change
    with pytest.raises(ValueError, match=said):
        profile.feature(**words)(tenure)
    assert "tenure" not in profile.PROFILE


def test_a_second_feature_of_one_name_is_an_error() -> None:
    def age_years(known: profile.Profile) -> np.ndarray:
        """Age again."""
        return known.number("birth_year")

    before = profile.PROFILE["age_years"]
    with pytest.raises(pipeline.BadInput, match="two entries of profile feature are named 'age_years'"):
        profile.feature("又一个年龄", "years", "profile", "assumption")(age_years)
    assert profile.PROFILE["age_years"] is before
