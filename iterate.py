"""The feedback loop, replayed: ``python console.py iterate``.

`studies/iterations.yaml` holds what was wished, why, and what was changed for it. Each turn is
run in a scratch copy on top of those kept before, compared with the run before on the same
customers, and kept or taken back by one rule that is written down beside them. What is
finished is not run again; params.yaml and the rulebook of this folder are never touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field

import pipeline
from check import laid_over
from models.intervals import drawn, interval, mean_by_group, middle_part, ratio, rounded
from models.results.iterations import FigureChange, Iteration, Iterations, ReviewCount, SliceCount
from models.results.world_run import Caught, ReviewSlice, WorldRun
from models.schema import RULES
from parameters import BadInput, Draws, Part, Seed, parse, read_yaml, write_yaml
from pipeline import PARAMS_FILE, STUDIES
from provenance import as_json, made_now, study_params
from replays import Replay, change_params, sections_of, short_digest
from verdicts import Wording

PLAN = STUDIES / "iterations.yaml"
RULEBOOK = Path("data/rules/rulebook.yaml")
FALSE_ALARMS, REACH = "false_alarms", "rules_reach"
SHOWN_SLICES = 8


class Slice(pipeline.Parameters):
    """The reviewed alerts that an iteration is about; an empty list stands for all."""

    rules: list[str] = Field(default_factory=list)
    occupations: list[str] = Field(default_factory=list)


class Change(pipeline.Parameters):
    """Values laid over params.yaml, and over entries of the rulebook by the id of the rule."""

    params: dict[str, Any] = Field(default_factory=dict)
    rules: dict[str, dict[str, Any]] = Field(default_factory=dict)


class PlannedTurn(pipeline.Parameters):
    """One iteration as it is planned."""

    name: str = Field(pattern=r"^[a-z0-9_]+$")
    title: Wording
    hypothesis: Wording
    slice: Slice
    change: Change
    aim: str


class Params(pipeline.Parameters):
    """Section ``iterate`` of studies/params.yaml."""

    world: dict[str, Any]
    least_fewer: Part
    most_lost: Part
    guards: tuple[str, ...] = Field(min_length=1)
    rankers: tuple[str, ...] = Field(min_length=1)
    bootstrap_draws: Draws
    seed: Seed


class PlannedTurns(pipeline.Parameters):
    """studies/iterations.yaml."""

    iterations: list[PlannedTurn]


def apply(folder: Path, changes: Sequence[Change]) -> None:
    """Lay changes over params.yaml and the rulebook of a folder, one after the other."""
    for change in changes:
        change_params(folder, change.params)
    if any(change.rules for change in changes):
        write_yaml(folder / RULEBOOK, changed_book(read_yaml(folder / RULEBOOK), changes))


def changed_book(book: dict[str, Any], changes: Sequence[Change]) -> dict[str, Any]:
    """A rulebook with changes laid over its entries; the one that is given stays as it is."""
    rules = list(book["rules"])
    for change in changes:
        for rule, entry in change.rules.items():
            places = [place for place, one in enumerate(rules) if one["id"] == rule]
            if not places:
                raise BadInput(f"{PLAN}: {rule} is no rule of {RULEBOOK}")
            rules[places[0]] = laid_over(rules[places[0]], entry)
    return book | {"rules": rules}


def changed_values(
    change: Change, before: Sequence[Change], values: dict[str, Any], book: dict[str, Any]
) -> list[str]:
    """Every value that a change lays over, with what it was after the changes ``before``.

    ``values`` are those of params.yaml and ``book`` the rulebook, before any change.
    """
    entries = {rule["id"]: rule for rule in book["rules"]}
    for one in before:
        values, entries = laid_over(values, one.params), laid_over(entries, one.rules)
    told = [f"params.yaml {line}" for line in _differences(values, change.params, "")]
    return told + [f"rulebook {line}" for line in _differences(entries, change.rules, "")]


def _differences(old: Any, new: Any, place: str) -> list[str]:
    if isinstance(new, dict) and isinstance(old, dict):
        inside = [_differences(old.get(key), value, f"{place}.{key}") for key, value in new.items()]
        return [line for lines in inside for line in lines]
    if old == new:
        return []
    return [f"{place.lstrip('.')}: {as_json(old)} → {as_json(new)}"]


# ------------------------------------------------------------------ figures


def slice_count(rows: Sequence[ReviewSlice], wanted: Slice) -> SliceCount:
    """The slices of a run that an iteration is about, together."""
    mine = [
        row
        for row in rows
        if (not wanted.rules or row.rule_id in wanted.rules)
        and (not wanted.occupations or row.occupation in wanted.occupations)
    ]
    reasons, alike = Counter[str](), Counter[str]()
    for row in mine:
        reasons.update(row.reasons)
        alike.update(row.look_alikes)
    reviewed = sum(row.reviewed for row in mine)
    return SliceCount(
        reviewed=reviewed,
        false_alarms=reviewed - sum(row.reported for row in mine),
        reasons=dict(sorted(reasons.items())),
        alerts=sum(row.alerts for row in mine),
        illicit=sum(row.illicit for row in mine),
        look_alikes=dict(sorted(alike.items())),
    )


def true_change(figure: str, before: WorldRun, after: WorldRun, params: Params) -> FigureChange:
    """A recall in truth before and after, paired by scheme; both runs are of the same customers."""
    one, other = (_caught(run, figure) for run in (before, after))
    ranker = RULES if figure == REACH else figure
    mine, theirs = (np.array(part.caught[ranker], float) for part in (one, other))
    if figure == REACH:  # rules that fire earlier or later watch some customers more or fewer
        both = np.intersect1d(one.customers, other.customers)
        mine = mine[np.isin(one.customers, both)]
        theirs = theirs[np.isin(other.customers, both)]
        _, group = np.unique(np.array(one.groups)[np.isin(one.customers, both)], return_inverse=True)
    elif one.customers != other.customers:
        raise BadInput(f"{figure}: expected the same illicit customers before and after a change")
    else:
        _, group = np.unique(one.groups, return_inverse=True)
    weight = drawn(int(group.max(initial=-1)) + 1, params.bootstrap_draws, params.seed)
    return FigureChange(
        figure=figure,
        customers=len(mine),
        before=rounded(float(mine.mean())) if len(mine) else None,
        after=rounded(float(theirs.mean())) if len(mine) else None,
        change=mean_by_group(theirs - mine, group, weight),
    )


def _caught(run: WorldRun, figure: str) -> Caught:
    return run.rules.caught if figure == REACH else run.true.caught


def bank_change(ranker: str, before: WorldRun, after: WorldRun, params: Params) -> FigureChange:
    """A recall by the bank's labels before and after, by customer.

    Other reviews make other labels: who is suspicious may be another one after the change. A
    draw takes customers with their part in both.
    """
    parts = [run.bank.caught for run in (before, after)]
    everyone = np.unique(np.concatenate([np.array(part.customers, np.int64) for part in parts]))
    weight = drawn(len(everyone), params.bootstrap_draws, params.seed)
    shares = []
    for part in parts:
        place = np.searchsorted(everyone, np.array(part.customers, np.int64))
        positive, caught = np.zeros((2, len(everyone)))
        positive[place], caught[place] = 1, np.array(part.caught[ranker], float)
        whole, found = weight @ positive, weight @ caught
        shares.append(np.divide(found, whole, out=np.full(len(whole), np.nan), where=whole > 0))
    gap = shares[1] - shares[0]
    return FigureChange(
        figure=ranker,
        customers=len(parts[0].customers),
        before=rounded(float(shares[0][0])),
        after=rounded(float(shares[1][0])),
        change=interval(gap[0], *middle_part(gap[1:])),
    )


def faults(
    turn: PlannedTurn, before: SliceCount, after: SliceCount, figures: Sequence[FigureChange], params: Params
) -> list[str]:
    """Why a change is not kept: its aim is not reached, or a guarded figure fell.

    An aim is reached where the false alarms of the slice fall by ``least_fewer``, or where the
    interval of the figure's change lies above zero. A guarded figure fell where its interval lies
    below zero, or its value by more than ``most_lost``.
    """
    by_name = {one.figure: one.change for one in figures}
    if turn.aim == FALSE_ALARMS:
        left = ratio(after.false_alarms, before.false_alarms)
        is_reached = left <= 1 - params.least_fewer
    else:
        # What the bank cannot see of its rules' reach it sees of their recall.
        aimed = by_name.get(turn.aim, by_name.get(RULES))
        is_reached = aimed is not None and (aimed.low or 0.0) > 0
    fell = [
        name
        for name in params.guards
        if name in by_name
        and ((by_name[name].high or 0.0) < 0 or (by_name[name].value or 0.0) < -params.most_lost)
    ]
    return ([] if is_reached else ["aim"]) + fell


def iteration_of(
    turn: PlannedTurn, kept: Sequence[PlannedTurn], before: WorldRun, after: WorldRun, params: Params
) -> Iteration:
    """One turn, compared with the run before it."""
    first, second = (slice_count(run.slices, turn.slice) for run in (before, after))
    true = [true_change(name, before, after, params) for name in (REACH, *params.rankers)]
    bank = [bank_change(name, before, after, params) for name in params.rankers]
    reasons = faults(turn, first, second, true, params)
    reviews = [
        ReviewCount(
            reviewed=run.rules.reviewed,
            reported=run.rules.reported,
            alerts=run.rules.alerts,
            illicit=run.rules.illicit,
        )
        for run in (before, after)
    ]
    return Iteration(
        name=turn.name,
        title_en=turn.title.en,
        title_zh=turn.title.zh,
        hypothesis_en=turn.hypothesis.en,
        hypothesis_zh=turn.hypothesis.zh,
        base=[one.name for one in kept],
        change=changed_values(
            turn.change, [one.change for one in kept], read_yaml(PARAMS_FILE), read_yaml(RULEBOOK)
        ),
        aim=turn.aim,
        slice_rules=turn.slice.rules,
        slice_occupations=turn.slice.occupations,
        slice_before=first,
        slice_after=second,
        reviews_before=reviews[0],
        reviews_after=reviews[1],
        true=true,
        bank=bank,
        is_kept=not reasons,
        reasons=reasons,
        bank_would_keep=not faults(turn, first, second, bank, params),
    )


# --------------------------------------------------------------------- loop


def run_iterations() -> None:
    """Run every turn that is not finished, on top of those kept, and keep the log."""
    params, replay = study_params("iterate", Params), Replay("iterations", ("iterate",))
    plan = parse(PlannedTurns, read_yaml(PLAN), str(PLAN))
    world = Change(params=params.world)
    print("before the first turn", flush=True)
    first = before = replay.run("base", lambda copy: apply(copy, [world]))
    kept: list[PlannedTurn] = []
    log: list[Iteration] = []
    for number, turn in enumerate(plan.iterations, 1):
        print(f"turn {number} of {len(plan.iterations)}: {turn.name}", flush=True)
        changes = [world, *(one.change for one in kept), turn.change]
        after = replay.run(_run_name(changes), lambda copy, changes=changes: apply(copy, changes))  # type: ignore[misc]
        log.append(iteration_of(turn, kept, before, after, params))
        if log[-1].is_kept:
            kept, before = [*kept, turn], after
        print(f"  {'kept' if log[-1].is_kept else 'taken back: ' + ', '.join(log[-1].reasons)}", flush=True)
    replay.clear()
    most = sorted(first.slices, key=lambda row: (row.reported - row.reviewed, row.rule_id, row.occupation))
    result = Iterations(
        made_by=made_now((), sections_of(replay.stages), "iterate"),
        changes=as_json(params.world),
        customers=first.customers,
        transactions=first.transactions,
        illicit_customers=first.true.customers,
        schemes=first.true.groups,
        least_fewer=params.least_fewer,
        most_lost=params.most_lost,
        guards=list(params.guards),
        false_alarms=most[:SHOWN_SLICES],
        past_cases=first.past_cases,
        iterations=log,
        kept=[one.name for one in kept],
    )
    pipeline.write_result(result)
    print(f"kept in {pipeline.result_path(Iterations)}")


def _run_name(changes: Sequence[Change]) -> str:
    """The name of a run by what it changes, so that a plan that is longer or shorter uses it again."""
    return short_digest(as_json([change.model_dump() for change in changes]))
