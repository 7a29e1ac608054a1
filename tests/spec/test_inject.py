"""Planted schemes become examples, and columns that tell the banks apart do not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from features.inject import Params, distance_of, examples, telling_columns

START = pd.Timestamp("2025-04-07", tz="UTC").as_unit("us")
WEEK = pd.Timedelta(days=7)
PARAMS = Params(
    label_days=28, look_alike_share=1.0, ordinary_share=1.0, compared=100, most_difference=0.15, seed=1
)


def subjects(customers: int, weeks: int = 8) -> pd.DataFrame:
    who, week = np.meshgrid(np.arange(1, customers + 1), np.arange(weeks))
    frame = pd.DataFrame({"customer_id": who.ravel(), "as_of": START + week.ravel() * WEEK})
    frame.insert(0, "subject_id", np.arange(1, len(frame) + 1))
    return frame


def moment(customer: int, week: float, scheme: int, **told: object) -> dict[str, object]:
    return {
        "customer_id": customer,
        "at": START + week * WEEK,
        "scheme_id": scheme,
        "typology": "fan_in",
        "is_illicit": True,
        "is_patterned": True,
        "author": scheme % 2,
    } | told


def made(*rows: dict[str, object], params: Params = PARAMS) -> pd.DataFrame:
    return examples(subjects(4), pd.DataFrame(list(rows)), params).set_index(["customer_id", "as_of"])


def test_the_weeks_after_a_planted_payment_are_suspicious_and_a_members_others_are_left_out() -> None:
    found = made(moment(1, 2.5, 0))
    mine = found.loc[1]
    assert mine["label"].to_dict() == {START + week * WEEK: 1.0 for week in (3, 4, 5, 6)}
    assert mine["typology"].tolist() == ["fan_in"] * 4
    assert (found.loc[2]["label"] == 0).all()
    assert len(found.loc[2]) == 8


def test_what_a_second_author_wrote_is_held_out_and_who_is_in_both_is_neither() -> None:
    found = made(moment(1, 0.5, 0), moment(2, 0.5, 1), moment(3, 0.5, 0), moment(3, 0.6, 1))
    assert not found.loc[1]["is_held_out"].any()
    assert found.loc[2]["is_held_out"].all()
    assert 3 not in found.index.get_level_values("customer_id")
    assert not found.loc[4]["is_held_out"].any()


def test_proceeds_and_look_alikes_are_not_suspicious() -> None:
    found = made(moment(1, 0.5, 0, is_patterned=False), moment(2, 0.5, 2, is_illicit=False))
    assert 1 not in found.index.get_level_values("customer_id")
    assert (found.loc[2]["label"] == 0).all()
    assert found.loc[2]["scheme_id"].isna().all()


def test_each_row_stands_for_as_many_weeks_as_were_left_out() -> None:
    thin = PARAMS.model_copy(update={"ordinary_share": 0.25, "look_alike_share": 0.5})
    found = examples(subjects(400), pd.DataFrame([moment(2, 0.5, 2, is_illicit=False)]), thin)
    assert set(found["weight"]) <= {2.0, 4.0}
    assert abs(found["weight"].sum() - 3_200) < 400


def test_a_shift_of_half_a_column_is_a_difference_of_a_half_and_a_gap_counts() -> None:
    one = np.arange(100, dtype=np.float32)
    assert distance_of(one, one) == 0
    assert distance_of(one, one + 50) == 0.5
    assert distance_of(one, np.where(one < 50, np.nan, one)) == 0.5
    assert distance_of(one, one + 1_000) == 1


def test_only_columns_above_the_bound_are_told_apart_the_most_different_first() -> None:
    base = np.arange(100, dtype=np.float32)
    library = pd.DataFrame({"same": base, "much": base + 90, "some": base + 20, "little": base + 5})
    bank = pd.DataFrame(dict.fromkeys(("same", "much", "some", "little"), base))
    told, kept = telling_columns(library, bank, 0.15)
    assert [(one.feature, one.difference) for one in told] == [("much", 0.9), ("some", 0.2)]
    assert kept == 0.05
