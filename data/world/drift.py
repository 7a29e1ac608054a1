"""The drift plan: what changes during the run, for honest people and criminals alike.

A bank's model is trained before these dates and used after them. Rules know of a change
only by the text of the rulebook.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from pydantic import Field, ValidationInfo, field_validator

from data.schema import DAY_US, MINUTE_US, NEVER_US
from data.typologies import TYPOLOGIES
from data.world.calendar import Calendar
from data.world.flows import CHANNEL, Flow
from data.world.population import Population
from parameters import Days, PartRange, Share, Yuan
from pipeline import Parameters

PRIVATE = ("person", "micro_business")  # who pays and is paid by a private code


class Launch(Parameters):
    """Payments between private persons by code: a share of all payers takes it up, one after the other."""

    first_day: int = Field(ge=0)
    adopter_share: Share
    ramp_days: Days
    most_cny: Yuan


class Policy(Parameters):
    """The most that a person may transfer at once without coming to a counter."""

    first_day: int = Field(ge=0)
    most_cny: Yuan
    counter_multiple: int = Field(ge=2, le=1_000_000)
    careful_part: PartRange


class Shift(Parameters):
    """Criminals give one typology up for another; the share rises evenly between two days."""

    from_typology: str
    to_typology: str
    first_day: int = Field(ge=0)
    last_day: int = Field(ge=0)
    share: Share

    @field_validator("from_typology", "to_typology")
    @classmethod
    def name_is_a_typology(cls, name: str) -> str:
        """Both are typologies."""
        if name not in TYPOLOGIES:
            raise ValueError(f"unknown typology {name!r}, expected one of: {', '.join(sorted(TYPOLOGIES))}")
        return name

    @field_validator("last_day")
    @classmethod
    def days_are_in_order(cls, last: int, info: ValidationInfo) -> int:
        """The share rises for a day or more."""
        first = info.data.get("first_day", -1)
        if last <= first:
            raise ValueError(f"expected a day after {first}, found {last}")
        return last

    def share_on(self, day: float) -> float:
        """Share of the schemes that would begin on a day and are of the other typology instead."""
        done = (day - self.first_day) / max(self.last_day - self.first_day, 1)
        return self.share * float(np.clip(done, 0, 1))


class Drift(Parameters):
    """Section ``simulate.drift`` of params.yaml."""

    product_launch: Launch
    policy_change: Policy
    shifts: list[Shift]

    def days(self) -> dict[str, int]:
        """The day of the run of every change, by its key in params.yaml."""
        shifts = {
            f"shifts.{place}.{end}": getattr(shift, end)
            for place, shift in enumerate(self.shifts)
            for end in ("first_day", "last_day")
        }
        return {
            "product_launch.first_day": self.product_launch.first_day,
            "policy_change.first_day": self.policy_change.first_day,
            **shifts,
        }


def adopted_at(world: Population, calendar: Calendar, launch: Launch, rng: np.random.Generator) -> np.ndarray:
    """When each account takes up the new product (UTC microseconds), NEVER_US for most. Shape (accounts,)."""
    day = launch.first_day + launch.ramp_days * rng.random(len(world.owner))
    adopts = (rng.random(len(world.owner)) < launch.adopter_share) & world.holder.are(*PRIVATE)
    return np.where(adopts, calendar.start_us + (day * DAY_US).astype(np.int64), NEVER_US)


class Adaptation:
    """How payments look under the plan: who has the new product, who must split a payment.

    Parameters
    ----------
    world, calendar : who there is, and when
    drift : the plan
    rng : a stream of its own, so that the plan moves no other draw
    """

    def __init__(self, world: Population, calendar: Calendar, drift: Drift, rng: np.random.Generator) -> None:
        self._is_private = world.holder.are(*PRIVATE)
        self._is_person = world.holder.are("person")
        self._adopted_at = adopted_at(world, calendar, drift.product_launch, rng)
        self._by_code = round(drift.product_launch.most_cny * 100)
        self._launched_at = calendar.start_us + drift.product_launch.first_day * DAY_US
        self._limited_at = calendar.start_us + drift.policy_change.first_day * DAY_US
        self._policy = drift.policy_change

    def of(self, flow: Flow, rng: np.random.Generator, is_careful: np.ndarray | None = None) -> Flow:
        """Intended payments as they are made; parts of a split one stand at the end.

        ``is_careful``, shape (n,), marks payments of schemes that know thresholds: their
        parts are uneven and stay below the limit, where others use it to the full.
        """
        if not len(flow) or flow.at.max() < min(self._launched_at, self._limited_at):
            return flow
        return self._split(self._paid_by_code(flow), rng, is_careful)

    def _paid_by_code(self, flow: Flow) -> Flow:
        candidate = np.flatnonzero(
            (flow.channel == CHANNEL["transfer"])
            & (flow.amount <= self._by_code)
            & (flow.at >= self._launched_at)
        )
        payer, payee = flow.payer[candidate], flow.payee[candidate]
        has_it = (flow.at[candidate] >= self._adopted_at[payer]) & self._is_private[payee]
        channel = flow.channel.copy()
        channel[candidate[has_it]] = CHANNEL["qr"]
        return replace(flow, channel=channel)

    def _split(self, flow: Flow, rng: np.random.Generator, is_careful: np.ndarray | None) -> Flow:
        limit = round(self._policy.most_cny * 100)
        # What is larger than so many limits is worth the way to a counter.
        is_split = (flow.amount > limit) & (flow.amount <= limit * self._policy.counter_multiple)
        is_split &= (flow.channel == CHANNEL["transfer"]) & (flow.at >= self._limited_at)
        rows = np.flatnonzero(is_split)
        rows = rows[self._is_person[flow.payer[rows]]]
        if not len(rows):
            return flow
        part = np.full(len(rows), 1.0)
        if is_careful is not None:
            part = np.where(is_careful[rows], rng.uniform(*self._policy.careful_part, len(rows)), part)
        most = np.floor(limit * part).astype(np.int64)
        whole = flow.amount[rows]
        count = -(-whole // most)
        number = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        wait = np.repeat(rng.uniform(1, 3, len(rows)) * MINUTE_US, count) * number
        parts = flow.take(np.repeat(rows, count))
        left = np.repeat(whole, count) - number * np.repeat(most, count)
        parts = replace(
            parts,
            at=parts.at + wait.astype(np.int64),
            amount=np.minimum(left, np.repeat(most, count)),
        )
        keep = np.ones(len(flow), bool)
        keep[rows] = False
        return Flow.concat([flow.take(keep), parts])


def plan_table(
    drift: Drift, first_day_of: dict[str, int], labels: dict[str, tuple[str, str]], calendar: Calendar
) -> pd.DataFrame:
    """The DriftPlan table in order of time; ``labels`` are the English and Chinese names of typologies."""
    launch, policy = drift.product_launch, drift.policy_change
    rows = [
        (
            "product_launch",
            launch.first_day,
            f"Private persons and small shops can be paid by code up to {launch.most_cny:,.0f} yuan; "
            f"{launch.adopter_share:.0%} of them take it up within {launch.ramp_days} days",
            f"个人与小店开通个人收款码,单笔不超过 {launch.most_cny:,.0f} 元;"
            f"{launch.adopter_share:.0%} 的人在 {launch.ramp_days} 天内启用",
        ),
        (
            "policy_change",
            policy.first_day,
            f"A person may transfer at most {policy.most_cny:,.0f} yuan at once without a counter; "
            "larger sums are split, and careful schemes stay below",
            f"个人非柜面单笔转账限额为 {policy.most_cny:,.0f} 元;更大的金额分笔支付,谨慎的洗钱者低于限额",
        ),
    ]
    for shift in drift.shifts:
        (old_en, old_zh), (new_en, new_zh) = labels[shift.from_typology], labels[shift.to_typology]
        rows.append(
            (
                f"{shift.from_typology}_to_{shift.to_typology}",
                shift.first_day,
                f"Criminals move from {old_en.lower()} to {new_en.lower()}: "
                f"{shift.share:.0%} of the schemes by day {shift.last_day} of the run",
                f"犯罪手法从“{old_zh}”转向“{new_zh}”,到第 {shift.last_day} 天占 {shift.share:.0%}",
            )
        )
    for name, day in first_day_of.items():
        rows.append(
            (
                f"{name}_begins",
                day,
                f"{labels[name][0]} appears for the first time",
                f"“{labels[name][1]}”首次出现",
            )
        )
    frame = pd.DataFrame(rows, columns=["event", "day", "description_en", "description_zh"])
    at = calendar.start_us + frame.pop("day").astype(np.int64).to_numpy() * DAY_US
    frame.insert(1, "starts_at", pd.DatetimeIndex(at.astype("datetime64[us]"), tz="UTC"))
    return frame.sort_values(["starts_at", "event"], ignore_index=True)
