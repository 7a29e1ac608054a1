"""Who lives in a simulated bank, and what the bank writes down of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data import schema
from data.schema import DAY_US, NEVER_US
from data.sources import Whole
from data.world.accounts import COUNTRIES, HIGHER_RISK_COUNTRIES, LEAVER_SHARE_A_YEAR
from data.world.calendar import Calendar
from data.world.devices import devices_table
from data.world.firms import INDUSTRIES
from data.world.people import OCCUPATIONS
from data.world.population import Population, draw_names, draw_population
from data.world.settings import Params
from data.world.tags import profile_tags_table
from features.profile.work import OCCUPATIONS_BY_INCOME


def calendar_of(params: Params) -> Calendar:
    weeks = sum(params.calendar.weeks().values())
    return Calendar.of(params.start, weeks, params.utc_offset_hours, params.festivals, params.promotions)


@pytest.fixture(scope="module")
def people(small_world: Whole) -> pd.DataFrame:
    return small_world.customers


def test_every_table_of_a_simulated_bank_keeps_its_contract(small_world: Whole) -> None:
    for name in (
        "Periods",
        "Customers",
        "ProfileTags",
        "Accounts",
        "Devices",
        "Transactions",
        "Truth",
        "Schemes",
    ):
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
    median = [OCCUPATIONS[name][1] for name in OCCUPATIONS_BY_INCOME]
    assert set(OCCUPATIONS_BY_INCOME) == set(OCCUPATIONS)
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


def tag(world: Whole, name: str) -> pd.DataFrame:
    return world.profile_tags[world.profile_tags["tag"] == name]


def test_everybody_has_a_risk_rating_from_the_day_they_joined(small_world: Whole) -> None:
    ratings = tag(small_world, "risk_rating")
    first = ratings.drop_duplicates("customer_id").set_index("customer_id")["valid_from"]
    joined = small_world.customers.set_index("customer_id")["joined_at"]
    assert (first.reindex(joined.index) == joined).all()
    shares = ratings.loc[ratings["valid_to"].isna(), "value"].value_counts(normalize=True)
    assert set(shares.index) <= {"low", "medium", "high"}
    assert shares["low"] > shares["medium"] > shares.get("high", 0)
    assert ratings["customer_id"].duplicated().any()


def test_a_risk_rating_comes_from_stated_facts_and_never_from_what_happened(small_params: Params) -> None:
    calendar = calendar_of(small_params)
    world = draw_population(
        small_params.seed, 2_000, small_params.cities, small_params.dormant_share, calendar
    )

    def levels(changed: Population) -> pd.Series:
        table = profile_tags_table(1, changed, draw_names(1, changed), calendar)
        return table[table["tag"] == "risk_rating"].groupby("customer_id")["value"].agg(list)

    before = levels(world)
    # Money, balances and closings are no part of it, what somebody does for a living is.
    nothing = np.zeros_like(world.opening)
    same = levels(replace(world, opening=nothing, closed_us=np.full_like(world.closed_us, NEVER_US)))
    pd.testing.assert_series_equal(before, same)
    risky = levels(replace(world, occupation=np.where(world.kind == "person", "self_employed", "")))
    order = {"low": 0, "medium": 1, "high": 2}
    last = [table.map(lambda values: order[values[-1]]) for table in (before, risky)]
    assert (last[1] >= last[0]).all()
    assert (last[1] > last[0]).mean() > 0.1


def test_product_tags_agree_with_the_accounts(small_world: Whole) -> None:
    accounts = small_world.accounts.dropna(subset="customer_id")
    lines = set(accounts.loc[accounts["credit_limit_cents"] > 0, "customer_id"])
    assert set(tag(small_world, "product_credit_line")["customer_id"]) == lines
    savers = set(tag(small_world, "product_savings_account")["customer_id"])
    assert savers <= set(accounts.loc[accounts["customer_id"].duplicated(), "customer_id"])
    stalls = small_world.customers.loc[small_world.customers["kind"] == "micro_business", "customer_id"]
    assert set(stalls) <= set(tag(small_world, "product_merchant_qr")["customer_id"])
    given_up = small_world.profile_tags[small_world.profile_tags["value"] == "no"]
    assert given_up["tag"].str.startswith(("product_", "channel_")).all()


def test_firms_are_founded_before_they_join_and_only_companies_register_capital(people: pd.DataFrame) -> None:
    is_firm = people["kind"] != "person"
    assert (people["founded_at"].notna() == is_firm).all()
    assert (people["founded_at"] < people["joined_at"])[is_firm].all()
    capital = people["registered_capital_cents"]
    assert (capital.notna() == (people["kind"] == "company")).all()
    assert (capital.dropna() % 1_000_000 == 0).all()


def test_companies_are_of_any_age_and_often_state_a_million(small_params: Params) -> None:
    calendar = calendar_of(small_params)
    world = draw_population(3, 20_000, 8, 0.1, calendar)
    is_company = world.kind == "company"
    age = (calendar.start_us - world.founded_us[is_company]) / (365 * DAY_US)
    assert 0.05 < (age < 2).mean() < 0.3
    assert (age > 10).mean() > 0.1
    assert 0.25 < (world.capital[is_company] == 1_000_000).mean() < 0.5


def test_wages_come_from_the_stated_employer(small_world: Whole) -> None:
    people = small_world.customers.set_index("customer_id")["employer_account_id"].dropna()
    owner = small_world.accounts.set_index("account_id")["customer_id"]
    wages = small_world.transactions[small_world.transactions["purpose"] == "payroll"]
    payee = wages["payee_account_id"].map(owner)
    regular = wages[wages["payer_account_id"] == payee.map(people)]
    assert len(regular) > 0.8 * 12 * len(people)


def test_only_accounts_overseas_lie_abroad_a_few_of_them_at_higher_risk(small_world: Whole) -> None:
    accounts = small_world.accounts
    abroad = accounts["country"] != "CN"
    assert (abroad == (accounts["holder"] == "overseas")).all()
    assert set(accounts.loc[abroad, "country"]) <= set(COUNTRIES)
    assert 0 < sum(COUNTRIES[code] for code in HIGHER_RISK_COUNTRIES) < 0.1


def test_everybody_has_a_device_at_any_time(small_world: Whole) -> None:
    own = small_world.devices.sort_values("valid_from")
    joined = small_world.customers.set_index("customer_id")["joined_at"]
    last = own[own["valid_to"].isna()]
    assert set(last["customer_id"]) == set(joined.index)
    assert (own["valid_from"] >= own["customer_id"].map(joined)).all()
    assert (own["valid_to"] > own["valid_from"])[own["valid_to"].notna()].all()
    assert not own.duplicated(["customer_id", "device_id"]).any()


def test_innocent_people_share_devices_in_groups_of_every_size(small_params: Params) -> None:
    calendar = calendar_of(small_params)
    world = draw_population(3, 6_000, 8, 0.1, calendar)
    table = devices_table(3, world, calendar, draw_names(3, world), [])
    users = table.groupby("device_id")["customer_id"].nunique()
    for low, high in ((2, 4), (4, 8), (8, 30)):
        assert users.between(low, high).sum() > 5, (low, high)
    shared = table[table["device_id"].isin(users.index[users > 1])]
    # As many begin during the run as a scheme's would, not only long ago.
    starts = pd.Timestamp(calendar.start_us, unit="us", tz="UTC")
    assert (shared["valid_from"] > starts).mean() > 0.3
    assert 0.05 < shared["customer_id"].nunique() / 6_000 < 0.4


def test_who_moves_to_a_new_account_pays_and_is_paid_there_from_then_on(small_params: Params) -> None:
    calendar = calendar_of(small_params)
    world = draw_population(3, 6_000, 8, 0.1, calendar)
    moved = np.flatnonzero(world.successor >= 0)
    after = world.successor[moved]
    assert 0.005 < len(moved) / 6_000 < 0.04
    assert (world.owner[after] == world.owner[moved]).all()
    assert (world.opened_us[after] < world.moved_us[moved]).all()
    assert (world.moved_us[moved] < world.closed_us[moved]).all()
    at = world.moved_us[moved]
    assert (world.used(moved, at) == after).all()
    assert (world.used(moved, at - 1) == moved).all()


def test_customers_leave_at_the_stated_rate(small_params: Params) -> None:
    calendar = calendar_of(small_params)
    world = draw_population(3, 20_000, 8, 0.1, calendar)
    leaves = world.leaves_us[world.account] != NEVER_US
    for kind, share in LEAVER_SHARE_A_YEAR.items():
        of_kind = (world.kind == kind) & ~world.is_dormant
        assert 0.5 * share < leaves[of_kind].mean() < 1.3 * share
    assert not leaves[world.is_dormant].any()


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
