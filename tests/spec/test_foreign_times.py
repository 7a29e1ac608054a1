"""Times of foreign data have a stated meaning, and a source has a clock."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import pipeline
from data import schema
from data.observe import Params, observe
from data.schema import DAY_US
from data.sources import World
from data.sources.amlsim_paper import amlsim_paper
from data.world.calendar import Span
from pipeline import BadInput
from tests.spec.foreign import aside, paper_folder, rows_aside, stricter, terms

NIGHT = "23:30:00"


def timed(moments: object, **columns: object) -> pd.DataFrame:
    """One transfer a moment from account 1 to account 2."""
    count = len(moments)
    plain = {"tran_id": np.arange(count), "orig_acct": "1", "bene_acct": "2", "base_amt": 10.0}
    return pd.DataFrame(plain | columns).assign(tran_timestamp=moments)


def read(folder: Path, moments: object, **params: object) -> pd.DataFrame:
    """When the transfers were, as read."""
    world = paper_folder(folder, ["1", "2"], timed(moments), **params)
    return world.transactions["at"].dt.strftime("%Y-%m-%dT%H:%M:%S.%f").tolist()


def refusal(folder: Path, moments: object, **params: object) -> str:
    """The sentence that refuses them."""
    with pytest.raises(BadInput) as refused:
        read(folder, moments, limits=stricter(most_unreadable_share=0.01), **params)
    sentence = str(refused.value)
    assert "\n" not in sentence
    return sentence


def test_iso_times_of_every_length_are_read_in_one_column(tmp_path: Path) -> None:
    moments = [
        "2024-01-01",
        "2024-01-02T03:04",
        "2024-01-03 03:04:05",
        "2024-01-04T03:04:05.25",
        "2024-01-28",
    ]
    assert read(tmp_path, moments) == [
        "2024-01-01T00:00:00.000000",
        "2024-01-02T03:04:00.000000",
        "2024-01-03T03:04:05.000000",
        "2024-01-04T03:04:05.250000",
        "2024-01-28T00:00:00.000000",
    ]


@pytest.mark.parametrize(
    ("unit", "moments"),
    [
        ("s", [1_704_067_200, 1_706_400_000]),
        ("ms", [1_704_067_200_000, 1_706_400_000_000]),
        ("us", [1_704_067_200_000_000, 1_706_400_000_000_000]),
        ("ns", [1_704_067_200_000_000_000, 1_706_400_000_000_000_000]),
        ("days", [19_723, 19_750]),
        ("s", ["1704067200", "1706400000"]),
    ],
)
def test_numbers_are_times_in_the_stated_unit(tmp_path: Path, unit: str, moments: list[object]) -> None:
    assert read(tmp_path, moments, time_unit=unit) == [
        "2024-01-01T00:00:00.000000",
        "2024-01-28T00:00:00.000000",
    ]


def test_typed_dates_are_days_of_the_clock(tmp_path: Path) -> None:
    days = [date(2024, 1, 1), date(2024, 1, 28)]
    assert read(tmp_path, days, utc_offset_hours=5.5) == [
        "2023-12-31T18:30:00.000000",
        "2024-01-27T18:30:00.000000",
    ]


def test_numbers_without_a_unit_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, [1_704_067_200, 1_706_400_000]).endswith(
        "column tran_timestamp: times are of type int64, "
        "params.yaml: sources.amlsim_paper.time_unit must say what they count"
    )
    assert (
        "row 1, column tran_timestamp: expected an ISO 8601 time (another form needs params.yaml: "
        "sources.amlsim_paper.time_format, a number params.yaml: sources.amlsim_paper.time_unit), "
        "found '1704067200'; 2 of 2 rows cannot be read"
    ) in refusal(tmp_path, ["1704067200", "1706400000"])


def test_a_date_that_may_begin_with_day_or_month_is_refused_until_its_form_is_stated(tmp_path: Path) -> None:
    moments = ["03/04/2024", "30/04/2024"]
    assert "found '03/04/2024'; 2 of 2 rows cannot be read" in refusal(tmp_path, moments)
    assert read(tmp_path, moments, time_format="%d/%m/%Y") == [
        "2024-04-03T00:00:00.000000",
        "2024-04-30T00:00:00.000000",
    ]
    assert "row 2, column tran_timestamp: expected a time like %m/%d/%Y, found '30/04/2024'" in refusal(
        tmp_path, moments, time_format="%m/%d/%Y"
    )


@pytest.mark.parametrize(
    "moment",
    ["2024-02-30", "2024-01-05T25:00", "yesterday", "20240105", "", None, "0", "2024-01-05T10:00:00 CET"],
)
def test_a_moment_that_is_none_costs_its_row_alone(tmp_path: Path, moment: str | None) -> None:
    moments = ["2024-01-01", moment, "2024-01-28"]
    world = paper_folder(tmp_path, ["1", "2"], timed(moments))
    assert len(world.transactions) == 2
    assert aside(world) == {"transactions_unreadable": 1}
    (row,) = rows_aside(world, "transactions_unreadable").itertuples(index=False)
    assert (row.row, row.column) == (2, "tran_timestamp")


FORMS = {
    "naive": ([f"2024-01-{day:02}T{NIGHT}" for day in range(1, 29)], {"utc_offset_hours": 8}),
    "marked": ([f"2024-01-{day:02}T{NIGHT}+08:00" for day in range(1, 29)], {"utc_offset_hours": 8}),
    "marked, no clock": ([f"2024-01-{day:02}T{NIGHT}+0800" for day in range(1, 29)], {}),
    "UTC": ([f"2024-01-{day:02}T15:30:00Z" for day in range(1, 29)], {"utc_offset_hours": 8}),
    "typed": (pd.date_range(f"2024-01-01 {NIGHT}", periods=28, freq="D", tz="Asia/Shanghai"), {}),
    "typed UTC": (
        pd.date_range("2024-01-01 15:30", periods=28, freq="D", tz="UTC"),
        {"utc_offset_hours": 8},
    ),
    "typed, naive": (pd.date_range(f"2024-01-01 {NIGHT}", periods=28, freq="D"), {"utc_offset_hours": 8}),
    "seconds": (1_704_123_000 + 86_400 * np.arange(28), {"utc_offset_hours": 8, "time_unit": "s"}),
    "form": (
        [f"{day}.1.2024 23.30 +0800" for day in range(1, 29)],
        {"time_format": "%d.%m.%Y %H.%M %z"},
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_however_a_moment_is_written_midnights_follow_the_clock(tmp_path: Path, form: str) -> None:
    moments, params = FORMS[form]
    world = paper_folder(tmp_path, ["1", "2"], timed(moments), **params)
    first = pd.Timestamp("2024-01-01", tz="Asia/Shanghai")
    assert world.periods["starts_at"].min() == first
    assert world.transactions["at"].min() == first + pd.Timedelta(hours=23, minutes=30)
    assert len(world.transactions) == 28


def test_naive_times_without_a_clock_stand_as_they_are_written(tmp_path: Path) -> None:
    moments, _ = FORMS["naive"]
    world = paper_folder(tmp_path, ["1", "2"], timed(moments))
    assert world.periods["starts_at"].min() == pd.Timestamp("2024-01-01", tz="UTC")
    assert world.transactions["at"].min() == pd.Timestamp("2024-01-01 23:30", tz="UTC")


def test_times_of_several_offsets_need_a_stated_clock(tmp_path: Path) -> None:
    moments = ["2024-01-01T12:00:00+01:00", "2024-01-28T12:00:00+02:00"]
    assert refusal(tmp_path, moments).endswith(
        "column tran_timestamp: times carry the offset +01:00 in row 1 and the offset +02:00 in row 2, "
        "params.yaml: sources.amlsim_paper.utc_offset_hours must say on which clock the days are"
    )
    moments = ["2024-01-01T12:00:00+01:00", "2024-01-28T12:00:00"]
    assert "in row 1 and no offset in row 2" in refusal(tmp_path, moments)
    assert read(tmp_path, moments, utc_offset_hours=2) == [
        "2024-01-01T11:00:00.000000",
        "2024-01-28T10:00:00.000000",
    ]


def notes(folder: Path, moments: object, **params: object) -> list[str]:
    """What the log says."""
    paper_folder(folder, ["1", "2"], timed(moments))
    return amlsim_paper(folder, terms("amlsim_paper", **params)).notes


def test_a_source_without_a_clock_says_so_and_one_with_a_clock_does_not(tmp_path: Path) -> None:
    moments = ["2024-01-01T12:00:00Z", "2024-01-28T13:00:00Z"]
    (said, _) = notes(tmp_path, moments)
    assert said == (
        "params.yaml: sources.amlsim_paper.utc_offset_hours is not given: days and nights are those of the "
        "file's times, which carry the offset +00:00"
    )
    assert not any("utc_offset_hours" in note for note in notes(tmp_path, moments, utc_offset_hours=8))


def test_a_source_that_knows_days_only_offers_no_hours(tmp_path: Path) -> None:
    days, hours = ["2024-01-01", "2024-01-28"], ["2024-01-01", "2024-01-28T01:00"]
    assert any("know days only" in note for note in notes(tmp_path, days))
    offers = [
        (paper_folder(tmp_path, ["1", "2"], timed(moments)), amlsim_paper(tmp_path, terms("amlsim_paper")))[1]
        for moments in (days, hours)
    ]
    assert ["hour" in world.offers for world in offers] == [False, True]


LONG = Span(warm_up_weeks=5, train_weeks=1, embargo_weeks=0, validation_weeks=1, test_weeks=1)


def observed(world: World) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Daily and weekly indicators of a foreign world, as the stages see its tables."""
    (part,) = world.parts
    payments, accounts, customers, devices, weeks = (
        table.validate(frame.reset_index(drop=True))
        for table, frame in (
            (schema.Transactions, part.transactions),
            (schema.Accounts, world.accounts),
            (schema.Customers, world.customers),
            (schema.Devices, world.devices),
            (schema.Periods, world.periods),
        )
    )
    params = pipeline.params("observe", Params)
    return observe(payments, accounts, customers, devices, weeks, world.offers, params)


def test_the_same_payments_naive_and_marked_have_the_same_nights_and_days(tmp_path: Path) -> None:
    """All lie between 23:00 and midnight of the bank's clock, which is 15:00 to 16:00 in UTC."""
    hours = [f"2024-{1 + day // 28:02}-{1 + day % 28:02}T23:{7 * day % 60:02}" for day in range(56)]
    found = {}
    for mark in ("", "+08:00"):
        folder = tmp_path / f"marked{mark}".replace(":", "")
        folder.mkdir()
        (folder / "accounts.csv").write_text("acct_id\n1\n2\n")
        (folder / "alert_transactions.csv").write_text("alert_id,alert_type,is_sar,tran_id\n")
        timed([moment + mark for moment in hours]).to_parquet(folder / "transactions.zstd.parquet")
        params = {"calendar": LONG.model_dump(), "utc_offset_hours": 8}
        found[mark] = observed(amlsim_paper(folder, terms("amlsim_paper", **params)))
    for table in (0, 1):
        pd.testing.assert_frame_equal(found[""][table], found["+08:00"][table])
    _, weekly = found[""]
    payer = weekly[weekly["customer_id"] == 0]
    assert payer["night_share_30d"].max() == payer["night_share_30d"].min() == 1
    assert (weekly["as_of"].astype("int64") % DAY_US == 16 * DAY_US // 24).all()


def test_ties_of_a_day_stay_together_or_follow_each_other_in_the_order_of_the_file(tmp_path: Path) -> None:
    moments = ["2024-01-01", "2024-01-28", "2024-01-02", "2024-01-02", "2024-01-02"]
    alert = "7,cycle,True,3\n"
    together = paper_folder(tmp_path, ["1", "2"], timed(moments), alert)
    assert together.transactions["at"].nunique() == 3
    apart = paper_folder(tmp_path, ["1", "2"], timed(moments), alert, ties="in_order_of_file")
    second = apart.transactions["at"].dt.strftime("%dT%H:%M:%S.%f").tolist()[1:4]
    assert second == ["02T00:00:00.000000", "02T00:00:00.000001", "02T00:00:00.000002"]
    payment = apart.transactions.set_index("transaction_id")["at"][apart.truth["transaction_id"].item()]
    assert payment == pd.Timestamp("2024-01-02T00:00:00.000001", tz="UTC")
    assert (apart.given_labels["event_at"] == payment + pd.Timedelta(microseconds=1)).all()
    assert "hour" not in amlsim_paper(tmp_path, terms("amlsim_paper", ties="in_order_of_file")).offers


def test_moments_too_close_for_the_order_of_the_file_are_refused(tmp_path: Path) -> None:
    moments = ["2024-01-01T00:00:00", "2024-01-01T00:00:00", "2024-01-01T00:00:00.000001", "2024-01-28"]
    with pytest.raises(BadInput, match=r"ties in_order_of_file needs more room between moments"):
        paper_folder(tmp_path, ["1", "2"], timed(moments), ties="in_order_of_file")
