"""Stage simulate: draw a bank, or read a foreign one, with its hidden truth set apart."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import Field, ValidationInfo, field_validator

import pipeline
from data import schema
from data.schema import DAY_US
from data.sources import (
    DECLINED,
    READERS,
    Part,
    SourceLimits,
    SourceParams,
    Terms,
    World,
    schemes_table,
)
from data.streams import stream
from data.typologies import TYPOLOGIES, Draw
from data.world import population as people
from data.world.accounts import NEVER
from data.world.calendar import Calendar, Span, periods
from data.world.devices import devices_table
from data.world.drift import Adaptation, Drift, plan_table
from data.world.expression import Hand, expressed
from data.world.flows import Flow
from data.world.integration import Integration, Proceeds, integrate
from data.world.ledger import EVERYTHING, UNKNOWN, in_business, move_on, order_by_time, settle
from data.world.livelihoods import LIVELIHOODS
from data.world.register import accounts_table, customers_table
from data.world.scene import UNDER_WAY_DAY, Scene
from data.world.tags import profile_tags_table
from parameters import Count, Seed

SHORTEST_RUN_DAYS = 6 * 7  # most schemes last for some weeks
SIMULATE = "simulate"  # the source that is no reader
# Multiples of it, without their whole parts, lie evenly in [0, 1), however many (Weyl's sequence).
GOLDEN_SHARE = 0.6180339887498949
PARTIES_PER_SCHEME = 2  # customers that a scheme takes, about
Planned = tuple[str, bool, Scene]  # typology, is illicit, the drawn scheme


class Params(pipeline.Parameters):
    """Section ``simulate`` of params.yaml."""

    seed: Seed
    start: date = Field(ge=date(1970, 1, 1), le=date(2200, 1, 1))
    calendar: Span
    utc_offset_hours: int = Field(ge=-12, le=14)
    festivals: list[date]
    off_days: list[date]
    make_up_days: list[date]
    first_day_of: dict[str, Annotated[int, Field(ge=0, le=36_500)]]
    share_of: dict[str, Annotated[float, Field(ge=0, le=1_000)]]
    drift: Drift
    integration: Integration
    promotions: list[date]
    stretch_days: int = Field(ge=7)
    customers: int = Field(ge=300, le=10**8)
    cities: int = Field(ge=1, le=1000)
    schemes_per_typology: Count
    look_alikes_per_scheme: int = Field(ge=0, le=10**6)
    dormant_share: float = Field(gt=0, lt=0.5)
    sophistication_shares: tuple[float, float, float]

    @field_validator("calendar")
    @classmethod
    def run_holds_schemes(cls, calendar: Span) -> Span:
        """The run is long enough to see schemes in it."""
        days = 7 * sum(calendar.weeks().values())
        if days < SHORTEST_RUN_DAYS:
            raise ValueError(f"a run of {days} days holds no scheme, {SHORTEST_RUN_DAYS} are needed")
        return calendar

    @field_validator("stretch_days")
    @classmethod
    def stretch_fits_the_run(cls, days: int, info: ValidationInfo) -> int:
        """A stretch is no longer than the run."""
        calendar = info.data.get("calendar")
        if calendar and days > 7 * sum(calendar.weeks().values()):
            raise ValueError("a stretch is longer than the run")
        return days

    @field_validator("schemes_per_typology")
    @classmethod
    def customers_suffice(cls, count: int, info: ValidationInfo) -> int:
        """There are customers enough for all schemes."""
        needed = PARTIES_PER_SCHEME * sum(
            schemes_of(name, count, info.data.get("share_of", {})) for name in TYPOLOGIES
        )
        customers = info.data.get("customers", needed)
        if needed > customers:
            raise ValueError(f"so many schemes of each typology need {needed} customers, not {customers}")
        return count

    @field_validator("dormant_share")
    @classmethod
    def sleepers_suffice(cls, share: float, info: ValidationInfo) -> float:
        """There are sleepers enough for all plans that wake one."""
        drawn = {"customers", "schemes_per_typology", "look_alikes_per_scheme"}
        if drawn <= set(info.data):
            schemes, others = info.data["schemes_per_typology"], info.data["look_alikes_per_scheme"]
            waking = [name for name, typology in TYPOLOGIES.items() if typology.family == "dormancy"]
            share_of = info.data.get("share_of", {})
            plans = sum(schemes_of(name, schemes, share_of) for name in waking) * (1 + others)
            asleep = int(info.data["customers"] * share * people.CAN_SLEEP)
            if plans > asleep:
                raise ValueError(f"{plans} plans wake a sleeper each, about {asleep} customers would sleep")
        return share

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
        """Keys are typologies."""
        for name in values:
            TYPOLOGIES.lookup(name, f"{pipeline.PARAMS_FILE}: simulate.{info.field_name}")
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

    @field_validator("drift")
    @classmethod
    def changes_lie_in_the_run(cls, drift: Drift, info: ValidationInfo) -> Drift:
        """Every change happens during the run; typologies are known."""
        place = f"{pipeline.PARAMS_FILE}: simulate.drift"
        for number, shift in enumerate(drift.shifts):
            for key in ("from_typology", "to_typology"):
                TYPOLOGIES.lookup(getattr(shift, key), f"{place}.shifts.{number}.{key}")
            if shift.last_day <= shift.first_day:
                raise pipeline.BadInput(
                    f"{place}.shifts.{number}.last_day: expected a day after {shift.first_day}, "
                    f"found {shift.last_day}"
                )
        if "calendar" in info.data:  # else refused itself
            days = 7 * sum(info.data["calendar"].weeks().values())
            for key, day in drift.days().items():
                if day >= days:
                    raise pipeline.BadInput(f"{place}.{key}: expected a day before {days}, found {day}")
        return drift


def schemes_of(name: str, usual: int, share_of: dict[str, float]) -> int:
    """How many schemes of a typology are drawn, where ``usual`` are of one without a share of its own."""
    return round(usual * share_of.get(name, 1.0))


def calendar_of(params: Params) -> Calendar:
    """The local days of the whole run, with its holidays and sales."""
    return Calendar.of(
        params.start,
        sum(params.calendar.weeks().values()),
        params.utc_offset_hours,
        params.festivals,
        params.promotions,
        params.off_days,
        params.make_up_days,
    )


def simulate(params: Params) -> World:
    """Draw the whole world of a simulated bank; payments come in parts."""
    calendar = calendar_of(params)
    world = people.draw_population(
        params.seed, params.customers, params.cities, params.dormant_share, calendar
    )
    scenes = draw_schemes(world, calendar, params)
    names = people.draw_names(params.seed, world)
    nothing = pd.DatetimeIndex([], dtype="datetime64[us, UTC]")
    return World(
        periods=periods(calendar.start_us, params.calendar),
        customers=customers_table(params.seed, world, names),
        profile_tags=profile_tags_table(params.seed, world, names, calendar),
        accounts=accounts_table(after_schemes(world, scenes), names),
        devices=devices_table(params.seed, world, calendar, names, uses_of(scenes)),
        members=members_table(scenes, world, names),
        given_labels=pd.DataFrame(
            {"customer_id": np.empty(0, np.int64), "event_at": nothing, "known_at": nothing, "value": 0.0}
        ),
        offers=frozenset(schema.OFFERS),
        parts=parts(world, calendar, scenes, names, params),
        drift_plan=plan_table(
            params.drift,
            params.first_day_of,
            {name: (typology.label_en, typology.label_zh) for name, typology in TYPOLOGIES.items()},
            calendar,
        ),
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
        name: livelihood(world, calendar, stream(params.seed, "livelihood", name))
        for name, livelihood in LIVELIHOODS.items()
    }
    adaptation = Adaptation(world, calendar, params.drift, stream(params.seed, "drift"))
    holder = people.holder_codes(world)
    planned = plans_of(scenes, adaptation, holder, params.seed)
    hours = open_hours(world, scenes)
    paid_out = payouts(after_schemes(world, scenes))
    proceeds = Proceeds(world, [scene.spenders for _, _, scene in scenes], params.seed)
    is_inside = world.owner != people.OUTSIDE
    balance = world.opening.copy()
    waiting = planned.take(slice(0, 0))
    for number, stretch in enumerate(calendar.stretches(params.stretch_days)):
        start, end = stretch.start_us, stretch.start_us + stretch.days * DAY_US
        adapting = stream(params.seed, "drift", str(number))
        drawn = [
            adaptation.of(expressed(intended, holder, params.seed), adapting)
            for name, draw in habits.items()
            for life in [draw(stretch, stream(params.seed, "livelihood", name, str(number)))]
            for intended in (life, proceeds.of(life))
        ]
        last = _within(paid_out, start, end)
        flow = Flow.concat([waiting, *drawn, _within(planned, start, end), last])
        for side in (flow.payer, flow.payee):
            move_on(flow.at, side[: len(flow) - len(last)], world.successor, world.moved_us)
        # What follows from a payment of this stretch may fall into the next one.
        waiting = flow.take(flow.at >= end)
        keep = in_business(flow.at, flow.payer, flow.payee, hours, start, end)
        order = order_by_time(flow.at[keep], start, end)
        flow = flow.take(keep[order])
        yield Stretch(flow, *settle(flow.payer, flow.payee, flow.amount, is_inside, world.limit, balance))


def after_schemes(world: people.Population, scenes: list[Planned]) -> people.Population:
    """The population with the accounts closed that members of schemes abandon, at the latest then."""
    closed = world.closed_us.copy()
    for _, _, scene in scenes:
        for account, at in scene.closings:
            used = int(world.used(np.array(account), np.array(at)))
            closed[used] = min(closed[used], at)
    return replace(world, closed_us=closed)


def payouts(world: people.Population) -> Flow:
    """What an account holds leaves it when its owner moves to another one, or closes it.

    On closing it goes to an account of the owner that is open then, or to a bank elsewhere.
    """
    account = np.flatnonzero(world.closed_us != NEVER)
    at = world.closed_us[account] - 1
    owner, elsewhere = world.owner[account], world.outside("person")
    main = world.used(world.account[owner], at)
    is_open = (main != account) & (world.closed_us[main] > world.closed_us[account])
    # Which account elsewhere hangs on the account closed alone, so that no closing moves another.
    payee = np.where(is_open, main, elsewhere[account * 7_919 % len(elsewhere)])
    moves = np.flatnonzero(world.successor >= 0)
    at, account = np.append(at, world.moved_us[moves]), np.append(account, moves)
    payee = np.append(payee, world.successor[moves])
    flow = Flow.of(at, account, payee, np.ones(len(at)), "transfer", "savings")
    return replace(flow, amount=np.full(len(at), EVERYTHING)).in_order()


def _within(flow: Flow, start: int, end: int) -> Flow:
    """The payments of an ordered flow in ``[start, end)``."""
    return flow.take(slice(*np.searchsorted(flow.at, [start, end])))


def open_hours(world: people.Population, scenes: list[Planned]) -> np.ndarray:
    """From when and before when each account is open, shape (accounts, 2), UTC microseconds."""
    return np.stack([world.opened_us, after_schemes(world, scenes).closed_us], axis=1)


def uses_of(scenes: list[Planned]) -> list[tuple[int, int, int, int]]:
    """The devices that members of schemes share: (customer position, device, from, to)."""
    return [use for _, _, scene in scenes for use in scene.devices]


def plans_of(scenes: list[Planned], adaptation: Adaptation, holder: np.ndarray, seed: int) -> Flow:
    """The payments of all plans as they are written, under the drift plan, in order of time."""
    intended = expressed(Scene.all_flows([scene for _, _, scene in scenes]), holder, seed)
    knows_thresholds = np.array([scene.sophistication == 2 for _, _, scene in scenes], bool)
    is_careful = np.zeros(len(intended), bool)
    is_planned = intended.scheme >= 0
    is_careful[is_planned] = knows_thresholds[intended.scheme[is_planned] % max(len(scenes), 1)]
    return adaptation.of(intended, stream(seed, "drift", "plans"), is_careful).in_order()


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
        # An empty account pays nothing out; that is no payment declined.
        is_declined = ~settled & (stretch.flow.amount != EVERYTHING)
        done, declined = stretch.flow.take(settled), stretch.flow.take(is_declined)
        transactions = transactions_table(
            done, names, stretch.payer_after[settled], stretch.payee_after[settled], count
        )
        is_planned = done.scheme >= 0
        # Spent proceeds carry the number of the scheme plus the number of schemes.
        apart, number = np.divmod(done.scheme[is_planned].astype(np.int64), len(scenes))
        truth = pd.DataFrame(
            {
                "transaction_id": transactions["transaction_id"].to_numpy()[is_planned],
                "scheme_id": number,
                "is_illicit": is_illicit[number],
                "is_patterned": apart == 0,
                "at": transactions["at"][is_planned],
            }
        )
        count += len(transactions)
        refused = transactions_table(
            declined, names, stretch.payer_after[is_declined], stretch.payee_after[is_declined], 0
        )
        yield Part(transactions, truth.reset_index(drop=True), refused)


def draw_schemes(world: people.Population, calendar: Calendar, params: Params) -> list[Planned]:
    """Every scheme and look-alike as (typology, is_illicit, scene).

    Each has a random stream of its own: adding one leaves all others as they were. Only
    sleepers are dealt from one shuffled row, since nobody wakes twice: to schemes from
    its front, to look-alikes from its back.
    """
    asleep = deque(world.account[stream(params.seed, "sleepers").permutation(world.sleepers)].tolist())
    wake = {"illicit": asleep.popleft, "licit": asleep.pop}
    hand = Hand(people.holder_codes(world), params.seed)
    scenes = []
    for name, typology in TYPOLOGIES.items():
        schemes = schemes_of(name, params.schemes_per_typology, params.share_of)
        plans: list[tuple[str, Draw, int]] = [
            ("illicit", typology.draw, schemes),
            ("licit", typology.look_alike, schemes * params.look_alikes_per_scheme),
        ]
        first_day = params.first_day_of.get(name, UNDER_WAY_DAY)
        for side, draw, count in plans:
            # Plans of a kind begin in turn all over the run, however many there are.
            first_place = stream(params.seed, "typology", name, side).random()
            for number in range(count):
                rng = stream(params.seed, "typology", name, side, str(number))
                level = int(rng.choice(3, p=params.sophistication_shares))
                level = level if side == "illicit" else 0
                place = (first_place + number * GOLDEN_SHARE) % 1
                scene = Scene(world, calendar, rng, level, wake[side], hand, first_day, place)
                draw(scene)
                kind = name
                if side == "illicit":
                    kind, scene = moved(name, scene, params, str(number))
                    integrate(scene, params.integration)
                scene.acquaint()
                scenes.append((kind, side == "illicit", scene))
    return scenes


def moved(name: str, scene: Scene, params: Params, number: str) -> tuple[str, Scene]:
    """The typology that a scheme is of once criminals have moved, and the scheme drawn anew as it.

    One that stays is returned as it is. The new one begins on the day of the old one and
    has a stream of its own.
    """
    begins = int(scene.flow.at.min())
    day = (begins - scene.calendar.start_us) // DAY_US
    for shift in params.drift.shifts:
        if shift.from_typology == name:
            rng = stream(params.seed, "shift", name, shift.to_typology, number)
            if rng.random() < shift.share_on(day):
                new = Scene(
                    *(scene.world, scene.calendar, rng, scene.sophistication, scene.wake, scene.hand),
                    first_day=int(day),
                    place=0.0,
                )
                TYPOLOGIES[shift.to_typology].draw(new)
                return shift.to_typology, new
    return name, scene


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
    """The Schemes table without moments: who takes part in what during the run, with which accounts."""
    rows = [
        (number, typology, illicit, scene.sophistication, used, role)
        for number, (typology, illicit, scene) in enumerate(scenes)
        for seen in [scene.taking_part()]
        for account, role in dict(reversed(scene.members)).items()
        if account in seen
        for used in scene.accounts_of(account)
    ]
    members = pd.DataFrame(
        rows, columns=["scheme_id", "typology", "is_illicit", "sophistication", "position", "role"]
    )
    owner = world.owner[members["position"]]
    members["account_id"] = names.account[members["position"]]
    members["customer_id"] = pd.array(names.customer[np.maximum(owner, 0)], dtype="Int64")
    members.loc[owner < 0, "customer_id"] = pd.NA
    return members.drop(columns="position")


def source_of(source: Any, folder: Any) -> tuple[str, Path]:
    """A known source and its folder; both are refused if they are not there."""
    place = pipeline.PARAMS_FILE
    known = ", ".join(sorted([*READERS, SIMULATE]))
    for key, value in (("source", source), ("source_path", folder)):
        if not isinstance(value, str):
            raise pipeline.BadInput(f"{place}: {key}: expected text, found {value!r}")
    if source != SIMULATE and source not in READERS:
        raise pipeline.BadInput(f"{place}: source: unknown source {source!r}, expected one of: {known}")
    if not Path(folder).exists():
        raise pipeline.BadInput(f"{place}: source_path: {folder!r} does not exist")
    if source != SIMULATE and not Path(folder).is_dir():
        raise pipeline.BadInput(f"{place}: source_path: expected a folder, found the file {folder!r}")
    return source, Path(folder)


def load(source: Any, folder: Any) -> World:
    """The world that ``source`` names: simulated, or read from a folder."""
    source, folder = source_of(source, folder)
    if source == SIMULATE:
        return simulate(pipeline.params("simulate", Params))
    settings = pipeline.params(f"sources.{source}", SourceParams)
    limits = pipeline.params("source_limits", SourceLimits)
    return READERS[source](folder, Terms(source, settings, limits))


def main() -> None:
    """Write the world's tables, the payments part by part."""
    world = load(pipeline.param("source"), pipeline.param("source_path"))
    for note in world.notes:
        pipeline.say(note)
    for what, reason, rows in world.set_aside:
        pipeline.set_aside(rows, what, reason)
    pipeline.write(schema.Periods, world.periods)
    pipeline.write(schema.Offers, pd.DataFrame({"name": sorted(world.offers)}, dtype=str))
    pipeline.write(schema.Customers, world.customers)
    pipeline.write(schema.ProfileTags, world.profile_tags)
    pipeline.write(schema.Accounts, world.accounts)
    pipeline.write(schema.AccountNames, world.account_names)
    pipeline.write(schema.Devices, world.devices)
    pipeline.write(schema.GivenLabels, world.given_labels)
    pipeline.write(schema.DriftPlan, world.drift_plan)
    stream_of_parts, members = world.parts, world.members
    del world  # what is written need not be kept while the payments are drawn
    truth, declined = [], []
    with pipeline.writer(schema.Transactions) as append:
        for part in stream_of_parts:
            append(part.transactions)
            truth.append(part.truth)
            if part.declined is not None:
                declined.append(part.declined)
    planted = pd.concat(truth, ignore_index=True)
    pipeline.write(schema.Truth, planted.drop(columns="at"))
    pipeline.write(schema.Schemes, schemes_table(members, planted))
    refused = pd.concat(declined, ignore_index=True) if declined else None
    if refused is not None:
        pipeline.set_aside(refused, *DECLINED)
    # Null where the source says nothing of payments that did not settle.
    counts = {"declined_payments": None if refused is None else len(refused)}
    pipeline.write_json("data", "settlement.json", counts)


if __name__ == "__main__":
    pipeline.run_stage("simulate", main)
