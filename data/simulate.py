"""Stage simulate: draw a bank, or read a foreign one, with its hidden truth set apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import pipeline
from data import schema
from data.results import Settlement
from data.sources import DECLINED, READERS, Part, SourceLimits, SourceParams, Terms, World, schemes_table
from data.typologies import TYPOLOGIES, roles_table, typologies_table
from data.world import population as people
from data.world.calendar import periods
from data.world.devices import devices_table
from data.world.drift import plan_table
from data.world.lives import lives
from data.world.register import accounts_table, customers_table
from data.world.schemes import after_schemes, draw_schemes, members_table, uses_of
from data.world.settings import Params, calendar_of
from data.world.sketch import Sketch, sketched_lives, sketched_schemes
from data.world.stretches import parts
from data.world.tags import profile_tags_table

SIMULATE = "simulate"  # the source that is no reader


def simulate(params: Params, sketch: Sketch | None = None) -> World:
    """Draw the whole world of a simulated bank; payments come in parts.

    With a ``sketch`` its schemes and lives have other figures than those of the world.
    """
    calendar = calendar_of(params)
    world = people.draw_population(
        params.seed, params.customers, params.cities, params.dormant_share, calendar
    )
    drawn = lives(world, calendar, params.seed, calendar.stretches(params.stretch_days))
    scenes = draw_schemes(world, calendar, params)
    if sketch is not None:
        drawn = sketched_lives(drawn, sketch, params.seed)
        scenes = sketched_schemes(scenes, sketch, params.seed)
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
        parts=parts(world, calendar, scenes, names, params, drawn),
        drift_plan=plan_table(
            params.drift,
            params.first_day_of,
            {name: typology.label for name, typology in TYPOLOGIES.items()},
            calendar,
        ),
    )


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


def read_inputs(source: Any, folder: Any) -> World:
    """The world that ``source`` names: simulated, or read from a folder."""
    source, folder = source_of(source, folder)
    if source == SIMULATE:
        return simulate(pipeline.params("simulate", Params))
    settings = pipeline.params(f"sources.{source}", SourceParams)
    limits = pipeline.params("source_limits", SourceLimits)
    return READERS[source](folder, Terms(source, settings, limits))


def without_payments(world: World) -> dict[type[pipeline.Table], pd.DataFrame]:
    """The tables of a world that are known before its payments are drawn."""
    return {
        schema.Periods: world.periods,
        schema.Offers: pd.DataFrame({"name": sorted(world.offers)}, dtype=str),
        schema.Customers: world.customers,
        schema.ProfileTags: world.profile_tags,
        schema.Accounts: world.accounts,
        schema.AccountNames: world.account_names,
        schema.Devices: world.devices,
        schema.GivenLabels: world.given_labels,
        schema.DriftPlan: world.drift_plan,
        schema.Typologies: typologies_table(),
        schema.MemberRoles: roles_table(),
    }


def beside_payments(
    parts: Iterable[Part], append: Callable[[pd.DataFrame], None]
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Hand every part's payments on; keep their truth, and the declined ones where a source knows any."""
    truth, declined = [], []
    for part in parts:
        append(part.transactions)
        truth.append(part.truth)
        if part.declined is not None:
            declined.append(part.declined)
        del part  # before the next one is drawn
    refused = pd.concat(declined, ignore_index=True) if declined else None
    return pd.concat(truth, ignore_index=True), refused


def main() -> None:
    """Write the world's tables, the payments part by part."""
    world = read_inputs(pipeline.param("source"), pipeline.param("source_path"))
    for note in world.notes:
        pipeline.say(note)
    for what, reason, rows in world.set_aside:
        pipeline.set_aside(rows, what, reason)
    for table, frame in without_payments(world).items():
        pipeline.write(table, frame)
    stream_of_parts, members = world.parts, world.members
    del world  # what is written need not be kept while the payments are drawn
    with pipeline.writer(schema.Transactions) as append:
        planted, refused = beside_payments(stream_of_parts, append)
    pipeline.write(schema.Truth, planted.drop(columns="at"))
    pipeline.write(schema.Schemes, schemes_table(members, planted))
    if refused is not None:
        pipeline.set_aside(refused, *DECLINED)
    # Null where the source says nothing of payments that did not settle.
    pipeline.write_result(Settlement(declined_payments=None if refused is None else len(refused)))


if __name__ == "__main__":
    pipeline.run_stage("simulate", main)
