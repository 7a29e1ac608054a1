"""The schemes of a world and their innocent look-alikes: drawn, and what they change in it."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import numpy as np
import pandas as pd

from data.schema import DAY_US
from data.streams import stream
from data.typologies import TYPOLOGIES, Draw
from data.world.calendar import Calendar
from data.world.drift import Adaptation
from data.world.expression import Hand, expressed
from data.world.flows import LIFE, Flow
from data.world.integration import integrate
from data.world.population import Names, Population, holder_codes
from data.world.scene import Scene
from data.world.scene.acquaintance import acquaint
from data.world.scene.stage import UNDER_WAY_DAY
from data.world.settings import Params, schemes_of

# Multiples of it, without their whole parts, lie evenly in [0, 1), however many (Weyl's sequence).
GOLDEN_SHARE = 0.6180339887498949
Planned = tuple[str, bool, Scene]  # typology, is illicit, the drawn scheme


def draw_schemes(world: Population, calendar: Calendar, params: Params) -> list[Planned]:
    """Every scheme and look-alike as (typology, is_illicit, scene).

    Each has a random stream of its own: adding one leaves all others as they were. Only
    sleepers are dealt from one shuffled row, since nobody wakes twice: to schemes from
    its front, to look-alikes from its back.
    """
    asleep = deque(world.account[stream(params.seed, "sleepers").permutation(world.sleepers)].tolist())
    wake = {"illicit": asleep.popleft, "licit": asleep.pop}
    hand = Hand(holder_codes(world), params.seed)
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
                acquaint(scene)
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


def plans_of(scenes: list[Planned], adaptation: Adaptation, holder: np.ndarray, seed: int) -> Flow:
    """The payments of all plans as they are written, under the drift plan, in order of time."""
    intended = expressed(Scene.all_flows([scene for _, _, scene in scenes]), holder, seed)
    knows_thresholds = np.array([scene.sophistication == 2 for _, _, scene in scenes], bool)
    is_careful = np.zeros(len(intended), bool)
    is_planned = intended.part != LIFE
    is_careful[is_planned] = knows_thresholds[intended.scheme[is_planned]]
    return adaptation.of(intended, stream(seed, "drift", "plans"), is_careful).in_order()


def after_schemes(world: Population, scenes: list[Planned]) -> Population:
    """The population with the accounts closed that members of schemes abandon, at the latest then."""
    closed = world.closed_us.copy()
    for _, _, scene in scenes:
        for account, at in scene.closings:
            used = int(world.used(np.array(account), np.array(at)))
            closed[used] = min(closed[used], at)
    return replace(world, closed_us=closed)


def open_hours(world: Population, scenes: list[Planned]) -> np.ndarray:
    """From when and before when each account is open, shape (accounts, 2), UTC microseconds."""
    return np.stack([world.opened_us, after_schemes(world, scenes).closed_us], axis=1)


def uses_of(scenes: list[Planned]) -> list[tuple[int, int, int, int]]:
    """The devices that members of schemes share: (customer position, device, from, to)."""
    return [use for _, _, scene in scenes for use in scene.devices]


def members_table(scenes: list[Planned], world: Population, names: Names) -> pd.DataFrame:
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
