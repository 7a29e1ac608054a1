"""Draw one scheme or look-alike on a small stage, and look at it as a table.

An hour is one since the first local midnight of the run; payments stand in the order in
which they were drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest

from data.schema import CHANNELS, HOUR_US, PURPOSES
from data.streams import stream
from data.typologies import TYPOLOGIES
from data.world.calendar import Calendar
from data.world.expression import Hand, expressed
from data.world.flows import Flow
from data.world.population import OUTSIDE, Population, draw_population, holder_codes
from data.world.scene import Scene
from data.world.scene.stage import FIRST_DAY

LEVELS = (0, 1, 2)
CENT = 0.011  # a payment is rounded to the cent


@cache
def stage_set() -> tuple[Population, Calendar]:
    calendar = Calendar.of(date(2025, 1, 6), 56, 8, [])
    return draw_population(7, 600, 8, 0.1, calendar), calendar


def wake(seed: int) -> Callable[[], int]:
    """Sleepers in random order."""
    world, _ = stage_set()
    return world.account[stream(seed, "sleepers").permutation(world.sleepers)].tolist().pop


@cache
def hand() -> Hand:
    world, _ = stage_set()
    return Hand(holder_codes(world), 7)


def nobody() -> int:
    raise AssertionError("this plan wakes a sleeper")


def table(flow: Flow) -> pd.DataFrame:
    """Payments as they are meant; ``arrives`` is the sum in yuan as it is written."""
    _, calendar = stage_set()
    written = expressed(flow, hand().holder, hand().seed)
    return pd.DataFrame(
        {
            "hour": (flow.at - calendar.start_us) / HOUR_US,
            "payer": flow.payer,
            "payee": flow.payee,
            "yuan": flow.amount / 100,
            "arrives": written.amount / 100,
            "channel": [CHANNELS[code] for code in flow.channel],
            "purpose": [PURPOSES[code] for code in flow.purpose],
            "city": flow.city,
        }
    )


@dataclass(frozen=True)
class Plan:
    """One drawn scheme: its payments, those of its members' lives beside it, its members by role."""

    scene: Scene
    payments: pd.DataFrame
    everyday: pd.DataFrame
    level: int

    @property
    def pace(self) -> float:
        return self.scene.pace()

    @property
    def everything(self) -> pd.DataFrame:
        return pd.concat([self.payments, self.everyday], ignore_index=True)

    def accounts(self, role: str) -> list[int]:
        """Members of a role, each once, in the order in which they joined."""
        return list(dict.fromkeys(account for account, part in self.scene.members if part == role))

    def to(self, *accounts: int) -> pd.DataFrame:
        return self.payments[self.payments["payee"].isin(accounts)]

    def by(self, *accounts: int) -> pd.DataFrame:
        return self.payments[self.payments["payer"].isin(accounts)]

    def in_time(self) -> Plan:
        """The same plan with its payments in order of time."""
        return Plan(
            self.scene, self.payments.sort_values("hour", ignore_index=True), self.everyday, self.level
        )


def draw(
    name: str, side: str, seed: int, level: int = 0, first_day: int = FIRST_DAY, most_rounds: int = 1
) -> Plan:
    """A plan of a typology: ``side`` is illicit or licit. Only a dormant one may wake a sleeper.

    Plans that go on in rounds do so ``most_rounds`` times at most.
    """
    world, calendar = stage_set()
    entry = TYPOLOGIES[name]
    rng = stream(seed, "test", name, side, str(level))
    sleepers = wake(seed) if entry.family == "dormancy" else nobody
    scene = Scene(world, calendar, rng, level, sleepers, hand(), first_day)
    often = scene.rounds
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scene, "rounds", lambda most=most_rounds, *gap: often(min(most, most_rounds), *gap))
        (entry.draw if side == "illicit" else entry.look_alike)(scene)
    return Plan(scene, table(Flow.concat(scene.flows)), table(scene.everyday), level)


def schemes(name: str, seeds: Iterable[int] = range(8)) -> Iterator[Plan]:
    """The typology for several seeds at every sophistication."""
    yield from (draw(name, "illicit", seed, level) for level in LEVELS for seed in seeds)


def look_alikes(name: str, seeds: Iterable[int] = range(8)) -> Iterator[Plan]:
    yield from (draw(name, "licit", seed) for seed in seeds)


def holder(accounts: pd.Series | list[int]) -> set[str]:
    return set(stage_set()[0].holder[np.asarray(accounts)])


def is_inside(accounts: pd.Series | list[int]) -> np.ndarray:
    return stage_set()[0].owner[np.asarray(accounts)] != OUTSIDE


def kept(came: pd.DataFrame, gone: pd.DataFrame) -> float:
    """Share of what arrived that is meant to be passed on."""
    return float(gone["yuan"].sum() / came["arrives"].sum())


def span_hours(payments: pd.DataFrame) -> float:
    return float(payments["hour"].max() - payments["hour"].min())
