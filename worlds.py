"""The headline in several worlds: ``python console.py worlds``.

Every world is drawn with a seed of its own, run from its first payment to the judgement of its
rankers, and kept as one small file, so that a command that is killed goes on with the world at
which it was. The library of typologies keeps its seed: it is what the bank wrote down once.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from pydantic import Field
from scipy.special import stdtrit

import pipeline
from data.results import Interval
from models.intervals import UNMEASURED, interval, rounded
from models.results.judged import Compared
from models.results.world_run import RankerGap, WorldRun
from models.results.worlds import GapSpread, RankerSpread, WorldFigures, WorldGap, Worlds, WorldSpread
from parameters import Seed
from provenance import made_now, study_params
from replays import Replay, change_params, sections_of

MIDDLE_WIDTH = 3.92  # standard deviations in the middle 95 % of a normal distribution
HALF_OF_REST = 0.975


class Params(pipeline.Parameters):
    """Section ``worlds`` of studies/params.yaml."""

    seeds: tuple[Seed, ...] = Field(min_length=2)


def world_of(run: WorldRun) -> WorldFigures:
    """What is kept of one world."""
    by_bank = {(gap.first, gap.second): gap.difference for gap in run.bank.gaps}

    def gap_of(gap: RankerGap) -> WorldGap:
        pair = (gap.first, gap.second)
        return WorldGap(first=gap.first, second=gap.second, true=gap.difference, bank=by_bank[pair])

    return WorldFigures(
        seed=run.seed,
        customers=run.customers,
        transactions=run.transactions,
        illicit_customers=run.true.customers,
        schemes=run.true.groups,
        known_customers=run.bank.customers,
        true=run.true.metrics,
        bank=run.bank.metrics,
        gaps=[gap_of(gap) for gap in run.true.gaps],
        past_cases=run.past_cases,
    )


def spread_of(figures: list[Interval]) -> WorldSpread:
    """One figure over worlds, with each world's own interval; those without a value count nowhere."""
    known = [one for one in figures if one.value is not None]
    values = np.array([one.value for one in known], float)
    ends = np.array([(one.low, one.high) for one in known], float).reshape(-1, 2)
    if not len(values):
        nothing = dict.fromkeys(("least", "most", "between", "within"))
        return WorldSpread(mean=UNMEASURED, above_zero=0, below_zero=0, **nothing)
    mean, between = values.mean(), values.std(ddof=1) if len(values) > 1 else np.nan
    half = (
        stdtrit(len(values) - 1, HALF_OF_REST) * between / np.sqrt(len(values)) if len(values) > 1 else np.nan
    )
    return WorldSpread(
        mean=interval(mean, mean - half, mean + half),
        least=rounded(values.min()),
        most=rounded(values.max()),
        between=rounded(between),
        within=rounded(float(np.mean(ends[:, 1] - ends[:, 0]) / MIDDLE_WIDTH)),
        above_zero=int((ends[:, 0] > 0).sum()),
        below_zero=int((ends[:, 1] < 0).sum()),
    )


def over_worlds(worlds: list[WorldFigures]) -> tuple[list[RankerSpread], list[GapSpread]]:
    """The recall of each ranker, and each paired difference, over the worlds."""

    def of(pick: Callable[[WorldFigures], Compared]) -> WorldSpread:
        return spread_of([pick(world).recall_at_budget for world in worlds])

    rankers = [
        RankerSpread(
            ranker=name,
            true=of(lambda world, name=name: world.true[name]),  # type: ignore[misc]
            bank=of(lambda world, name=name: world.bank[name]),  # type: ignore[misc]
        )
        for name in worlds[0].true
    ]
    gaps = [
        GapSpread(
            first=gap.first,
            second=gap.second,
            true=of(lambda world, place=place: world.gaps[place].true),  # type: ignore[misc]
            bank=of(lambda world, place=place: world.gaps[place].bank),  # type: ignore[misc]
        )
        for place, gap in enumerate(worlds[0].gaps)
    ]
    return rankers, gaps


def run_worlds() -> None:
    """Run every world that is not finished, and keep what they say together."""
    params, replay = study_params("worlds", Params), Replay("worlds")
    reported = int(pipeline.param("simulate")["seed"])
    runs = []
    for number, seed in enumerate((reported, *params.seeds), 1):
        print(f"world {number} of {1 + len(params.seeds)}: seed {seed}", flush=True)
        change = {"simulate": {"seed": seed}, "investigate": {"seed": seed}}
        own = {} if seed == reported else change  # the reported world is what params.yaml says
        runs.append(replay.run(str(seed), lambda copy, own=own: change_params(copy, own)))  # type: ignore[misc]
    replay.clear()
    first, *others = [world_of(run) for run in runs]
    rankers, gaps = over_worlds(others)
    made_by = made_now((), sections_of(replay.stages), "worlds")
    pipeline.write_result(Worlds(made_by=made_by, reported=first, worlds=others, rankers=rankers, gaps=gaps))
    print(f"kept in {pipeline.result_path(Worlds)}")
