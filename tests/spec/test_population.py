"""Who lives in a simulated bank, and what the bank writes down of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data import schema
from data.sources import Whole
from data.world.population import INDUSTRIES, OCCUPATIONS
from features.profile import OCCUPATIONS as ORDERED_OCCUPATIONS


@pytest.fixture(scope="module")
def people(small_world: Whole) -> pd.DataFrame:
    return small_world.customers


def test_every_table_of_a_simulated_bank_keeps_its_contract(small_world: Whole) -> None:
    for name in ("Periods", "Customers", "ProfileTags", "Accounts", "Transactions", "Truth", "Schemes"):
        table = getattr(schema, name)
        frame = getattr(small_world, "profile_tags" if name == "ProfileTags" else name.lower())
        table.validate(frame.reset_index(drop=True))


def test_persons_have_what_persons_have_and_firms_what_firms_have(people: pd.DataFrame) -> None:
    is_person = people["kind"] == "person"
    for column in ("birth_year", "gender", "occupation", "household_id"):
        assert (people[column].notna() == is_person).all(), column
    assert (people["industry"].notna() == ~is_person).all()
    assert set(people["occupation"].dropna()) <= set(OCCUPATIONS)
    for kind, industries in INDUSTRIES.items():
        assert set(people.loc[people["kind"] == kind, "industry"]) <= set(industries)


def test_the_profile_knows_every_occupation_in_order_of_income() -> None:
    median = [OCCUPATIONS[name][1] for name in ORDERED_OCCUPATIONS]
    assert set(ORDERED_OCCUPATIONS) == set(OCCUPATIONS)
    assert median == sorted(median)


def test_nobody_pays_or_is_paid_before_they_joined(small_world: Whole) -> None:
    opened = small_world.accounts.set_index("account_id")["opened_at"]
    for end in ("payer", "payee"):
        account = small_world.transactions[f"{end}_account_id"].map(opened)
        assert not (small_world.transactions["at"] < account).any()


def test_payments_lie_within_the_run(small_world: Whole) -> None:
    at, bounds = small_world.transactions["at"], small_world.periods
    assert at.min() >= bounds["starts_at"].min()
    assert at.max() < bounds["ends_at"].max()


def test_periods_follow_each_other_without_a_gap(small_world: Whole, small_params) -> None:
    bounds = small_world.periods
    assert (bounds["starts_at"].iloc[1:].to_numpy() == bounds["ends_at"].iloc[:-1].to_numpy()).all()
    weeks = ((bounds["ends_at"] - bounds["starts_at"]) / pd.Timedelta(weeks=1)).tolist()
    assert weeks == list(small_params.calendar.weeks().values())


def test_a_tag_has_one_value_at_a_time(small_world: Whole) -> None:
    table = small_world.profile_tags.sort_values(["customer_id", "tag", "valid_from"])
    same = (table[["customer_id", "tag"]] == table[["customer_id", "tag"]].shift()).all(axis=1)
    assert (table.loc[same, "valid_from"] == table["valid_to"].shift()[same]).all()
    last = table.drop_duplicates(["customer_id", "tag"], keep="last")
    assert last["valid_to"].isna().all()
    assert same.sum() > 0


def test_a_household_lives_in_one_city(people: pd.DataFrame) -> None:
    homes = people.dropna(subset="household_id")[["household_id", "city"]].drop_duplicates()
    assert homes["household_id"].is_unique


def test_a_household_holds_one_to_four_persons(people: pd.DataFrame) -> None:
    assert people["household_id"].value_counts().max() <= 4


def test_cash_is_paid_in_whole_notes_at_a_desk(small_world: Whole) -> None:
    table = small_world.transactions
    cash = table[table["channel"].isin(["cash_deposit", "cash_withdrawal"])]
    holder = small_world.accounts.set_index("account_id")["holder"]
    assert (cash["amount_cents"] % 10_000 == 0).all()
    desk = np.where(cash["channel"] == "cash_deposit", cash["payer_account_id"], cash["payee_account_id"])
    assert set(holder[desk]) == {"cash_desk"}
    assert cash["city"].notna().all()
