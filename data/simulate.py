"""Stage simulate: draw a bank, or read a foreign one, with its hidden truth set apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import Field, field_validator

import pipeline
from data import schema
from data.schema import DAY_US
from data.sources import READERS, Part, World, schemes_table
from data.streams import stream
from data.typologies import TYPOLOGIES, Draw
from data.world import population as people
from data.world.calendar import Calendar, Span, periods
from data.world.flows import Flow
from data.world.ledger import UNKNOWN, in_business, order_by_time, settle
from data.world.livelihoods import LIVELIHOODS
from data.world.scene import Scene

SECOND_US = 1_000_000
Planned = tuple[str, bool, Scene]  # typology, is illicit, the drawn scheme


class Params(pipeline.Parameters):
    """Section ``simulate`` of params.yaml."""

    seed: int = Field(ge=0)
    start: date
    calendar: Span
    utc_offset_hours: int = Field(ge=-12, le=14)
    festivals: list[date]
    stretch_days: int = Field(ge=7)
    customers: int = Field(ge=300)
    cities: int = Field(ge=1, le=1000)
    dormant_share: float = Field(gt=0, lt=0.5)
    schemes_per_typology: int = Field(ge=1)
    look_alikes_per_scheme: int = Field(ge=0)
    sophistication_shares: tuple[float, float, float]

    @field_validator("sophistication_shares")
    @classmethod
    def shares_sum_to_one(cls, shares: tuple[float, float, float]) -> tuple[float, float, float]:
        """Shares are not negative and sum to one."""
        if min(shares) < 0 or abs(sum(shares) - 1) > 1e-9:
            raise ValueError("expected three shares that sum to 1")
        return shares


class SourceParams(pipeline.Parameters):
    """One entry of section ``sources`` of params.yaml."""

    calendar: Span


def simulate(params: Params) -> World:
    """Draw the whole world of a simulated bank; payments come in parts."""
    calendar = Calendar.of(
        params.start, sum(params.calendar.weeks().values()), params.utc_offset_hours, params.festivals
    )
    world = people.draw_population(
        params.seed, params.customers, params.cities, params.dormant_share, calendar
    )
    scenes = draw_schemes(world, calendar, params)
    names = people.draw_names(params.seed, world)
    nothing = pd.DatetimeIndex([], dtype="datetime64[us, UTC]")
    return World(
        periods=periods(calendar.start_us, params.calendar),
        customers=people.customers_table(params.seed, world, names),
        profile_tags=people.profile_tags_table(params.seed, world, names, calendar),
        accounts=people.accounts_table(world, names),
        members=members_table(scenes, world, names),
        given_labels=pd.DataFrame(
            {"customer_id": np.empty(0, np.int64), "event_at": nothing, "known_at": nothing, "value": 0.0}
        ),
        parts=parts(world, calendar, scenes, names, params),
    )


@dataclass(frozen=True)
class Stretch:
    """Payments of one stretch of days in order of time, and what the ledger made of them.

    ``settled`` is a mask of shape (n,); the balances after are cents, UNKNOWN outside.
    """

    flow: Flow
    settled: np.ndarray
    payer_after: np.ndarray
    payee_after: np.ndarray


def stretches(
    world: people.Population, calendar: Calendar, scenes: list[Planned], params: Params
) -> Iterator[Stretch]:
    """Draw and settle one stretch after the other; memory is bounded by one of them."""
    habits = {
        name: livelihood(world, stream(params.seed, "livelihood", name))
        for name, livelihood in LIVELIHOODS.items()
    }
    planned = Scene.all_flows([scene for _, _, scene in scenes]).in_order()
    joined = np.where(world.owner >= 0, world.joined_us[world.owner], calendar.start_us)
    opened = np.maximum(joined, calendar.start_us)
    is_inside = world.owner != people.OUTSIDE
    balance = world.opening.copy()
    for number, stretch in enumerate(calendar.stretches(params.stretch_days)):
        start, end = stretch.start_us, stretch.start_us + stretch.days * DAY_US
        first, last = np.searchsorted(planned.at, [start, end])
        drawn = [
            draw(stretch, stream(params.seed, "livelihood", name, str(number)))
            for name, draw in habits.items()
        ]
        flow = Flow.concat([*drawn, planned.take(slice(first, last))])
        keep = in_business(flow.at, flow.payer, flow.payee, opened, start, end)
        order = order_by_time(flow.at[keep], start, SECOND_US, stretch.days * DAY_US // SECOND_US)
        flow = flow.take(keep[order])
        yield Stretch(flow, *settle(flow.payer, flow.payee, flow.amount, is_inside, balance))


def parts(
    world: people.Population,
    calendar: Calendar,
    scenes: list[Planned],
    names: people.Names,
    params: Params,
) -> Iterator[Part]:
    """Every stretch as tables."""
    is_illicit = np.array([illicit for _, illicit, _ in scenes])
    count = 0
    for stretch in stretches(world, calendar, scenes, params):
        settled = stretch.settled
        done, declined = stretch.flow.take(settled), stretch.flow.take(~settled)
        transactions = transactions_table(
            done, names, stretch.payer_after[settled], stretch.payee_after[settled], count
        )
        is_planned = done.scheme >= 0
        truth = pd.DataFrame(
            {
                "transaction_id": transactions["transaction_id"].to_numpy()[is_planned],
                "scheme_id": done.scheme[is_planned].astype(np.int64),
                "is_illicit": is_illicit[done.scheme[is_planned]],
                "at": transactions["at"][is_planned],
            }
        )
        count += len(transactions)
        refused = transactions_table(
            declined, names, stretch.payer_after[~settled], stretch.payee_after[~settled], 0
        )
        yield Part(transactions, truth.reset_index(drop=True), refused)


def draw_schemes(world: people.Population, calendar: Calendar, params: Params) -> list[Planned]:
    """Every scheme and look-alike as (typology, is_illicit, scene).

    Each has a random stream of its own: adding one leaves all others as they were.
    """
    scenes = []
    for name, typology in TYPOLOGIES.items():
        plans: list[tuple[str, Draw, int]] = [
            ("illicit", typology.draw, params.schemes_per_typology),
            ("licit", typology.look_alike, params.schemes_per_typology * params.look_alikes_per_scheme),
        ]
        for side, draw, count in plans:
            for number in range(count):
                rng = stream(params.seed, "typology", name, side, str(number))
                level = int(rng.choice(3, p=params.sophistication_shares))
                scene = Scene(world, calendar, rng, level if side == "illicit" else 0)
                draw(scene)
                scenes.append((name, side == "illicit", scene))
    return scenes


def transactions_table(
    flow: Flow, names: people.Names, payer_after: np.ndarray, payee_after: np.ndarray, before: int
) -> pd.DataFrame:
    """The Transactions table of payments in order of time, numbered from ``before`` + 1."""

    def balance(after: np.ndarray) -> pd.Series:
        return pd.Series(pd.arrays.IntegerArray(after.copy(), after == UNKNOWN))

    return pd.DataFrame(
        {
            "transaction_id": np.arange(before + 1, before + len(flow) + 1),
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


def members_table(scenes: list[Planned], world: people.Population, names: people.Names) -> pd.DataFrame:
    """The Schemes table without moments: who takes part in what."""
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
    return members.drop(columns="position")


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
    """Write the world's tables, the payments part by part."""
    world = load(pipeline.param("source"), pipeline.param("source_path"))
    for what, reason, rows in world.set_aside:
        pipeline.set_aside(rows, what, reason)
    pipeline.write(schema.Periods, world.periods)
    pipeline.write(schema.Customers, world.customers)
    pipeline.write(schema.ProfileTags, world.profile_tags)
    pipeline.write(schema.Accounts, world.accounts)
    pipeline.write(schema.GivenLabels, world.given_labels)
    truth, declined = [], []
    with pipeline.writer(schema.Transactions) as append:
        for part in world.parts:
            append(part.transactions)
            truth.append(part.truth)
            if part.declined is not None:
                declined.append(part.declined)
    planted = pd.concat(truth, ignore_index=True)
    pipeline.write(schema.Truth, planted.drop(columns="at"))
    pipeline.write(schema.Schemes, schemes_table(world.members, planted))
    refused = pd.concat(declined, ignore_index=True) if declined else None
    if refused is not None:
        pipeline.set_aside(refused, "declined_payments", "would overdraw the payer's account")
    # Null where the source says nothing of payments that did not settle.
    counts = {"declined_payments": None if refused is None else len(refused)}
    pipeline.write_json("data", "settlement.json", counts)


if __name__ == "__main__":
    pipeline.run_stage("simulate", main)
