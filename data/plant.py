"""Stage plant: a library bank that holds the schemes the bank knows to describe, and whose they are.

The bank's own labels come from its rules, and know only whom a rule hits. What its people know
of laundering beyond that they write down here: schemes of each typology are drawn in a bank of
their own, and measured as the bank measures its customers. Nothing of the world itself is
read, its truth least of all: the library has its own seed, its own customers, figures of its
own (`Sketch`), and no typology that the bank does not know of.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from pydantic import ValidationInfo, field_validator

import pipeline
from data import observe, schema
from data.asof import moments_of
from data.observed_ledger import BankTables
from data.simulate import simulate
from data.sources import Whole, gather
from data.typologies import TYPOLOGIES
from data.world import settings
from data.world.calendar import Span
from data.world.sketch import AUTHORS, Sketch
from parameters import Count, Part, Seed
from pipeline import PARAMS_FILE


class Params(pipeline.Parameters):
    """Section ``plant`` of params.yaml; what it does not say is as in ``simulate``."""

    seed: Seed
    calendar: Span
    customers: Count
    schemes_per_typology: Count
    look_alikes_per_scheme: Count
    dormant_share: Part
    unknown: list[str]
    sketch: Sketch

    @field_validator("unknown")
    @classmethod
    def names_are_typologies(cls, values: list[str], info: ValidationInfo) -> list[str]:
        """What the bank does not know of are typologies of the world."""
        for name in values:
            TYPOLOGIES.lookup(name, f"{PARAMS_FILE}: plant.{info.field_name}")
        return values


@dataclass(frozen=True)
class Library:
    """The library bank: its tables, its weekly indicators, and the moments of what was planted."""

    bank: Whole
    weekly: pd.DataFrame
    moments: pd.DataFrame


def library_world(world: settings.Params, params: Params) -> settings.Params:
    """What the library bank is told: like the bank's world, without a change that is still to come."""
    last_day = 7 * sum(params.calendar.weeks().values()) - 1
    drift = world.drift.model_dump()
    drift["product_launch"] |= {"first_day": last_day, "adopter_share": 0.0}
    drift["policy_change"] |= {"first_day": last_day}
    own = params.model_dump(exclude={"unknown", "sketch"})
    told = world.model_dump() | own | {"first_day_of": {}, "drift": drift | {"shifts": []}}
    told["share_of"] = world.share_of | dict.fromkeys(params.unknown, 0.0)
    return pipeline.parse(settings.Params, told, f"{PARAMS_FILE}: plant")


def plant(world: settings.Params, params: Params, observed: observe.Params) -> Library:
    """Draw the library bank and measure it week by week."""
    told = library_world(world, params)
    drawn = simulate(told, params.sketch)
    offers, bank = drawn.offers, gather(drawn)
    tables = BankTables(
        lambda: iter([bank.transactions]), bank.accounts, bank.customers, bank.devices, bank.periods, offers
    )
    # No rule looks at this bank: nothing is measured by day.
    weekly_alone = observed.model_copy(update={"first_day": 7 * sum(told.calendar.weeks().values())})
    weekly = [weeks for _, weeks in observe.indicator_pages(tables, weekly_alone)]
    moments = moments_of(
        bank.transactions[["transaction_id", "at", "payer_account_id", "payee_account_id"]],
        bank.accounts[["account_id", "customer_id"]],
        bank.truth,
        bank.schemes,
    )
    moments = moments.assign(author=moments["scheme_id"] % AUTHORS)
    columns = list(schema.LibraryMoments.to_schema().columns)
    return Library(bank, pd.concat(weekly, ignore_index=True), moments[columns])


def main() -> None:
    """Write the library bank's tables."""
    library = plant(
        pipeline.params("simulate", settings.Params),
        pipeline.params("plant", Params),
        pipeline.params("observe", observe.Params),
    )
    bank = library.bank
    pipeline.write(schema.LibraryPeriods, bank.periods)
    pipeline.write(schema.LibraryCustomers, bank.customers)
    pipeline.write(schema.LibraryAccounts, bank.accounts)
    pipeline.write(schema.LibraryTransactions, bank.transactions)
    pipeline.write(schema.LibraryTags, bank.profile_tags)
    pipeline.write(schema.LibraryDevices, bank.devices)
    pipeline.write(schema.LibraryIndicators, library.weekly)
    pipeline.write(schema.LibraryMoments, library.moments)


if __name__ == "__main__":
    pipeline.run_stage("plant", main)
