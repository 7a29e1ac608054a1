"""Stage simulate: draw a bank, or read a foreign one, with its hidden truth set apart."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import Field, ValidationInfo, field_validator

import pipeline
from data import schema
from data.schema import DAY_US
from data.sources import READERS, World
from data.streams import stream
from data.typologies import TYPOLOGIES, Draw
from data.world import population as people
from data.world.calendar import Calendar, Span, periods
from data.world.flows import Flow
from data.world.ledger import UNKNOWN, settle
from data.world.livelihoods import LIVELIHOODS
from data.world.scene import FIRST_DAY, Scene


class Params(pipeline.Parameters):
    """Section ``simulate`` of params.yaml."""

    seed: int = Field(ge=0)
    start: date
    calendar: Span
    utc_offset_hours: int = Field(ge=-12, le=14)
    festivals: list[date]
    customers: int = Field(ge=300)
    cities: int = Field(ge=1, le=1000)
    dormant_share: float = Field(gt=0, lt=0.5)
    schemes_per_typology: int = Field(ge=1)
    look_alikes_per_scheme: int = Field(ge=0)
    sophistication_shares: tuple[float, float, float]
    first_day_of: dict[str, int]
    share_of: dict[str, float]

    @field_validator("sophistication_shares")
    @classmethod
    def shares_sum_to_one(cls, shares: tuple[float, float, float]) -> tuple[float, float, float]:
        """Shares are not negative and sum to one."""
        if min(shares) < 0 or abs(sum(shares) - 1) > 1e-9:
            raise ValueError("expected three shares that sum to 1")
        return shares

    @field_validator("first_day_of", "share_of")
    @classmethod
    def names_are_typologies(cls, values: dict[str, float], info: ValidationInfo) -> dict[str, float]:
        """Keys are typologies, values not negative."""
        place = f"{pipeline.PARAMS_FILE}: simulate.{info.field_name}"
        for name, value in values.items():
            TYPOLOGIES.lookup(name, place)
            if value < 0:
                raise pipeline.BadInput(f"{place}.{name}: expected no negative number, found {value}")
        return values

    @field_validator("first_day_of")
    @classmethod
    def first_days_lie_in_the_run(cls, values: dict[str, int], info: ValidationInfo) -> dict[str, int]:
        """A typology that began after the end would silently be none."""
        place = f"{pipeline.PARAMS_FILE}: simulate.first_day_of"
        if "calendar" not in info.data:  # refused itself
            return values
        days = 7 * sum(info.data["calendar"].weeks().values())
        for name, day in values.items():
            if day >= days:
                raise pipeline.BadInput(f"{place}.{name}: expected a day before {days}, found {day}")
        return values


class SourceParams(pipeline.Parameters):
    """One entry of section ``sources`` of params.yaml."""

    calendar: Span


def simulate(params: Params) -> World:
    """Draw the whole world of a simulated bank."""
    calendar = Calendar.of(
        params.start, sum(params.calendar.weeks().values()), params.utc_offset_hours, params.festivals
    )
    world = people.draw_population(
        params.seed, params.customers, params.cities, params.dormant_share, calendar
    )
    flows = [
        draw(world, calendar, stream(params.seed, "livelihood", name)) for name, draw in LIVELIHOODS.items()
    ]
    scenes = draw_schemes(world, calendar, params)
    for number, (_, _, scene) in enumerate(scenes):
        for flow in scene.flows:
            flow.scheme[:] = number
            flows.append(flow)
    flow = in_business(Flow.concat(flows), world, calendar).in_order()
    is_inside = world.owner != people.OUTSIDE
    settled, payer_after, payee_after = settle(flow.payer, flow.payee, flow.amount, is_inside, world.opening)

    names = people.draw_names(params.seed, world)
    declined = transactions_table(flow.take(~settled), names, payer_after[~settled], payee_after[~settled])
    done = flow.take(settled)
    transactions = transactions_table(done, names, payer_after[settled], payee_after[settled])
    truth, schemes = truth_tables(scenes, done, transactions, world, names)
    return World(
        periods=periods(calendar.start_us, params.calendar),
        customers=people.customers_table(params.seed, world, names),
        profile_tags=people.profile_tags_table(params.seed, world, names, calendar),
        accounts=people.accounts_table(world, names),
        transactions=transactions,
        truth=truth,
        schemes=schemes,
        given_labels=pd.DataFrame(
            {
                "customer_id": np.empty(0, np.int64),
                "event_at": transactions["at"].iloc[:0],
                "known_at": transactions["at"].iloc[:0],
                "value": np.empty(0),
            }
        ),
        set_aside=[("declined_payments", "would overdraw the payer's account", declined)],
    )


def draw_schemes(
    world: people.Population, calendar: Calendar, params: Params
) -> list[tuple[str, bool, Scene]]:
    """Every scheme and look-alike as (typology, is_illicit, scene).

    Each has a random stream of its own: adding one leaves all others as they were.
    """
    scenes = []
    for name, typology in TYPOLOGIES.items():
        schemes = round(params.schemes_per_typology * params.share_of.get(name, 1.0))
        plans: list[tuple[str, Draw, int]] = [
            ("illicit", typology.draw, schemes),
            ("licit", typology.look_alike, schemes * params.look_alikes_per_scheme),
        ]
        first_day = params.first_day_of.get(name, FIRST_DAY)
        for side, draw, count in plans:
            for number in range(count):
                rng = stream(params.seed, "typology", name, side, str(number))
                level = int(rng.choice(3, p=params.sophistication_shares))
                scene = Scene(world, calendar, rng, level if side == "illicit" else 0, first_day)
                draw(scene)
                scenes.append((name, side == "illicit", scene))
    return scenes


def in_business(flow: Flow, world: people.Population, calendar: Calendar) -> Flow:
    """Keep payments inside the run and after both ends have joined the bank."""
    joined = np.where(world.owner >= 0, world.joined_us[world.owner], calendar.start_us)
    opened = np.maximum(joined, calendar.start_us)
    end = calendar.start_us + calendar.days * DAY_US
    return flow.take((flow.at >= opened[flow.payer]) & (flow.at >= opened[flow.payee]) & (flow.at < end))


def transactions_table(
    flow: Flow, names: people.Names, payer_after: np.ndarray, payee_after: np.ndarray
) -> pd.DataFrame:
    """The Transactions table of settled payments in order of time."""

    def balance(after: np.ndarray) -> pd.Series:
        return pd.Series(pd.arrays.IntegerArray(after.copy(), after == UNKNOWN))

    return pd.DataFrame(
        {
            "transaction_id": np.arange(1, len(flow) + 1),
            "at": pd.DatetimeIndex(flow.at.astype("datetime64[us]"), tz="UTC"),
            "payer_account_id": names.account[flow.payer],
            "payee_account_id": names.account[flow.payee],
            "amount_cents": flow.amount,
            "channel": pd.Categorical.from_codes(flow.channel, list(schema.CHANNELS)),
            "purpose": pd.Categorical.from_codes(flow.purpose, list(schema.PURPOSES)),
            "city": pd.arrays.IntegerArray(flow.city.copy(), flow.city < 0),
            "payer_balance_cents": balance(payer_after),
            "payee_balance_cents": balance(payee_after),
        }
    )


def truth_tables(
    scenes: list[tuple[str, bool, Scene]],
    done: Flow,
    transactions: pd.DataFrame,
    world: people.Population,
    names: people.Names,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The Truth and Schemes tables from the payments that settled."""
    is_planned = done.scheme >= 0
    is_illicit = np.array([illicit for _, illicit, _ in scenes])
    truth = pd.DataFrame(
        {
            "transaction_id": transactions["transaction_id"].to_numpy()[is_planned],
            "scheme_id": done.scheme[is_planned].astype(np.int64),
        }
    )
    truth["is_illicit"] = is_illicit[truth["scheme_id"]]
    span = (
        pd.DataFrame({"scheme_id": truth["scheme_id"], "at": transactions["at"].to_numpy()[is_planned]})
        .groupby("scheme_id")["at"]
        .agg(starts_at="min", ends_at="max")
    )
    rows = [
        (number, typology, illicit, scene.sophistication, account, role)
        for number, (typology, illicit, scene) in enumerate(scenes)
        for account, role in dict(reversed(scene.members)).items()
    ]
    members = pd.DataFrame(
        rows, columns=["scheme_id", "typology", "is_illicit", "sophistication", "position", "role"]
    )
    owner = world.owner[members["position"]]
    members["account_id"] = names.account[members["position"]]
    members["customer_id"] = pd.array(names.customer[np.maximum(owner, 0)], dtype="Int64")
    members.loc[owner < 0, "customer_id"] = pd.NA
    # A scheme of which no payment settled never happened.
    schemes = members.drop(columns="position").merge(span, on="scheme_id")
    return truth, schemes.sort_values(["scheme_id", "account_id"])


def load(source: str, folder: str) -> World:
    """The world that ``source`` names: simulated, or read from a folder."""
    if not Path(folder).exists():
        raise pipeline.BadInput(f"{pipeline.PARAMS_FILE}: source_path: {folder!r} does not exist")
    if source == "simulate":
        return simulate(pipeline.params("simulate", Params))
    reader = READERS.lookup(source, f"{pipeline.PARAMS_FILE}: source")
    settings = pipeline.params(f"sources.{source}", SourceParams)
    return reader(Path(folder), settings.calendar)


def main() -> None:
    """Write the world's tables."""
    world = load(pipeline.param("source"), pipeline.param("source_path"))
    for what, reason, rows in world.set_aside:
        pipeline.set_aside(rows, what, reason)
    pipeline.write(schema.Periods, world.periods)
    pipeline.write(schema.Customers, world.customers)
    pipeline.write(schema.ProfileTags, world.profile_tags)
    pipeline.write(schema.Accounts, world.accounts)
    pipeline.write(schema.Transactions, world.transactions)
    pipeline.write(schema.Truth, world.truth)
    pipeline.write(schema.Schemes, world.schemes)
    pipeline.write(schema.GivenLabels, world.given_labels)


if __name__ == "__main__":
    pipeline.run_stage("simulate", main)
