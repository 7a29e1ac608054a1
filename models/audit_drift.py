"""Stage audit_drift: drift of each kind planted into copies of the tables, and which alarm tells it.

A part of the audit: the truth is read to plant and to judge. The alarms are those of the stage
audit_time, read by the same code, on the fixed model that was learnt once; two checks of the
feed stand beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data.asof import bank_time, happened_within
from data.results import Interval
from features import schema as features_schema
from models import audit_time
from models.audit_time import TimeInputs
from models.budget import Budget
from models.intervals import UNMEASURED, rounded
from models.results.drift_trials import DriftTrials, PlantedDrift, Watcher, WatcherAnswer
from models.results.over_time import Alarm
from models.truth import alarms as bells
from models.truth import fixed_trees, retraining
from models.truth.drift_plants import DRIFTS, Feeds, Planting, Site
from models.truth.feed_checks import missing_rise, repeated_share
from models.truth.illicit import scheme_groups
from models.truth.shifts import sampled_rows
from models.truth.stretches import Concern, Drawn, alerts_of, suspected_events
from parameters import Count, Share

if TYPE_CHECKING:
    import lightgbm

WATCHERS: tuple[Watcher, ...] = (*bells.KINDS, "missing", "repeated")


class Params(pipeline.Parameters):
    """Section ``audit_drift`` of params.yaml."""

    planting: Planting
    missing_rise: Share
    repeated_share: Share
    repeated_weeks: Count
    compared_columns: Count = Field(description="columns by which a row is known again")


@dataclass(frozen=True)
class DriftInputs:
    """The inputs of the stage audit_time, who is illicit of its watched subjects, and the columns by group.

    ``catalogue`` are feature, group, window and unit, in any order; ``names`` those of the matrix
    in its order.
    """

    time: TimeInputs
    is_illicit: np.ndarray
    catalogue: pd.DataFrame
    names: list[str]
    settings: audit_time.Params

    def places(self, mask: pd.Series) -> np.ndarray:
        """Places in the matrix of the features of some rows of the catalogue."""
        return np.flatnonzero(np.isin(self.names, self.catalogue.loc[mask, "feature"]))

    def site(self, planting: Planting) -> Site:
        """Where the drifts are planted."""
        group, unit = self.catalogue["group"], self.catalogue["unit"]
        is_profile = (group == "profile") & (self.catalogue["window"] == "day")
        age = self.places(self.catalogue["feature"] == planting.replaced_by)
        return Site(
            watched=self.time.watched,
            rows=self.time.rows,
            is_illicit=self.is_illicit,
            starts_at=self.time.at_work[planting.first_stretch].starts_at,
            behaviour=self.places(~is_profile),
            lost=self.places(group == planting.lost_group),
            money=self.places(unit == "CNY"),
            age=int(age[0]) if len(age) else None,
            planting=planting,
        )

    @cached_property
    def groups(self) -> list[np.ndarray]:
        """Places of the columns of each group."""
        return [self.places(self.catalogue["group"] == name) for name in sorted(set(self.catalogue["group"]))]


@dataclass(frozen=True)
class WatchersRead:
    """What all watchers read of some feeds, and whom the model catches; ``scores`` are of the watched."""

    alarms: list[Alarm]
    missing: list[float]
    repeated: list[float]
    scores: np.ndarray


@dataclass(frozen=True)
class Lookout:
    """The alarms, the checks and the model, over any feeds."""

    inputs: DriftInputs
    booster: lightgbm.Booster
    site: Site
    params: Params
    budget: Budget

    @cached_property
    def sampled(self) -> list[np.ndarray]:
        """By stretch at work, places of the subjects whose features are compared."""
        rng, most = np.random.default_rng(self.inputs.settings.seed), self.inputs.settings.sampled_subjects
        return [sampled_rows(np.ones(len(rows), bool), most, rng) for rows in self.site.rows]

    @cached_property
    def known_again(self) -> np.ndarray:
        """Columns in which rows differ most: with the most different values among the sampled."""
        first = self.inputs.time.judged[0][self.sampled[0]]
        different = [len(np.unique(first[:, place])) for place in self.site.behaviour]
        order = np.argsort(-np.array(different), kind="stable")
        return self.site.behaviour[order[: self.params.compared_columns]]

    @cached_property
    def usual_scores(self) -> list[np.ndarray]:
        """Margins of the subjects of every stretch at work, as its features are."""
        return [fixed_trees.margins(self.booster, values) for values in self.inputs.time.judged]

    def read(self, feeds: Feeds) -> WatchersRead:
        """What everybody reads of the feeds; stretches that are never changed are read where they must be."""
        time, settings = self.inputs.time, self.inputs.settings
        scores = np.full(len(time.watched), -np.inf)
        for place, values in enumerate(feeds.stretches):
            is_plain = values is time.judged[place]
            said = self.usual_scores[place] if is_plain else fixed_trees.margins(self.booster, values)
            scores[time.rows[place]] = said
        changed = replace(
            time,
            stretches=[time.at_work[place] for place in self.site.changed],
            samples=[
                pd.DataFrame(feeds.stretches[place][self.sampled[place]], columns=self.inputs.names)
                for place in self.site.changed
            ],
        )
        shifts = audit_time.input_shifts(changed, settings)
        mine = replace(time, dispositions=feeds.dispositions, labels=feeds.labels)
        weeks = self.params.repeated_weeks
        return WatchersRead(
            alarms=audit_time.alarms_read(mine, shifts, scores, self.budget, settings),
            missing=missing_rise(feeds.stretches, self.inputs.groups, self.sampled),
            repeated=repeated_share(feeds.stretches, self.site, weeks, self.sampled, self.known_again),
            scores=scores,
        )

    def fires(self, reading: WatchersRead, watcher: str) -> dict[int, tuple[float | None, bool]]:
        """Reading and whether it fires, by place among the stretches at work that are changed."""
        first = self.inputs.time.at_work[0].number
        if watcher == "missing":
            rows = [(value, value > self.params.missing_rise) for value in reading.missing]
            return {place: rows[place] for place in self.site.changed}
        if watcher == "repeated":
            rows = [(value, value > self.params.repeated_share) for value in reading.repeated]
            return {place: rows[place] for place in self.site.changed}
        found = {
            row.stretch - first: (row.reading, row.fires) for row in reading.alarms if row.kind == watcher
        }
        return {place: found[place] for place in self.site.changed}

    def answers(self, planted: WatchersRead, plain: WatchersRead) -> Iterator[WatcherAnswer]:
        """What every watcher makes of a drift."""
        for watcher in WATCHERS:
            mine, usual = self.fires(planted, watcher), self.fires(plain, watcher)
            told = [place for place in self.site.changed if mine[place][1] and not usual[place][1]]
            is_loud = any(fires for _, fires in mine.values())
            shown = told[0] if told else self.site.changed[-1]
            yield WatcherAnswer(
                watcher=watcher,
                told="tells" if told else "drowned" if is_loud else "blind",
                stretches_later=told[0] - self.site.planting.first_stretch if told else None,
                reading=_rounded(mine[shown][0]),
                reading_without=_rounded(usual[shown][0]),
            )


def _rounded(value: float | None) -> float | None:
    return None if value is None else rounded(value)


@dataclass(frozen=True)
class CaughtLater:
    """Whom the model catches in the changed stretches, by view."""

    concerns: dict[str, Concern]
    caught: dict[str, np.ndarray]

    @classmethod
    def of(cls, look: Lookout, feeds: Feeds, scores: np.ndarray) -> CaughtLater:
        """From the scores of all watched subjects."""
        time, budget = look.inputs.time, look.budget
        stretches = [time.at_work[place] for place in look.site.changed]
        settings, known_by = time.settings, stretches[-1].ends_at
        mature = feeds.labels[
            feeds.labels["known_at"] <= known_by + pd.Timedelta(days=settings.maturity_days)
        ]
        events = {
            "bank": suspected_events(mature, budget.label_window_days, settings),
            "true": time.illicit[["customer_id", "at"]],
        }
        concerns = {name: Concern.of(mine, stretches, at_now=name == "bank") for name, mine in events.items()}
        raised = alerts_of(time.watched, scores, budget)
        days = budget.label_window_days, budget.suppress_days
        return cls(concerns, {name: mine.caught(raised, stretches, *days) for name, mine in concerns.items()})

    def share(self, look: Lookout, view: str, less: np.ndarray | None = None) -> Interval:
        """Mean over customers and stretches, ``less`` taken away; by scheme, by customer for the bank."""
        value, group = self.caught[view], self.concerns[view].customer
        if view == "true":
            group = scheme_groups(group, look.inputs.time.illicit)
        _, numbered = np.unique(group, return_inverse=True)
        drawn = Drawn(numbered, look.inputs.settings.bootstrap_draws, look.inputs.settings.seed)
        return drawn.mean(value if less is None else value - less, np.ones(len(value), bool))


def planted_drift(look: Lookout, name: str, plain: tuple[Feeds, WatchersRead, CaughtLater]) -> PlantedDrift:
    """One drift planted and read; ``plain`` is what there is without it."""
    drift, (feeds, usual, caught) = DRIFTS[name], plain
    is_lacking = look.site.lacks(name)
    read, found = usual, caught
    if not is_lacking:
        changed = drift.plant(feeds, look.site)
        read = look.read(changed)
        found = CaughtLater.of(look, changed, read.scores)
    return PlantedDrift(
        name=name,
        kind=drift.kind,
        en=drift.en,
        zh=drift.zh,
        expected=list(drift.expected),
        is_planted=not is_lacking,
        answers=[] if is_lacking else list(look.answers(read, usual)),
        bank=found.share(look, "bank"),
        true=found.share(look, "true"),
        true_change=found.share(look, "true", less=caught.caught["true"]),
    )


def nothing_planted(params: Params) -> DriftTrials:
    """The result of a bank whose models are at work for less than a stretch."""
    return DriftTrials(
        starts_at="",
        stretches=0,
        bank=UNMEASURED,
        true=UNMEASURED,
        missing_rise=params.missing_rise,
        repeated_share=params.repeated_share,
        plants=[],
    )


def drift_trials(inputs: DriftInputs, params: Params, budget: Budget) -> DriftTrials:
    """Every drift planted and read."""
    time, practice = inputs.time, inputs.settings.practice
    if not time.at_work:
        return nothing_planted(params)
    lesson = retraining.round_before(
        time.at_work[0], time.pool.subjects, time.labels, budget.label_window_days, time.settings, practice
    )
    learnt = time.pool.features[lesson.rows]
    booster = fixed_trees.fit(learnt, lesson.label, lesson.weight, practice.trees, practice.seed)
    first = min(params.planting.first_stretch, len(time.at_work) - 1)
    planting = params.planting.model_copy(update={"first_stretch": first})
    look = Lookout(inputs, booster, inputs.site(planting), params, budget)
    feeds = Feeds(time.judged, time.dispositions, time.labels)
    usual = look.read(feeds)
    plain = (feeds, usual, CaughtLater.of(look, feeds, usual.scores))
    begins = bank_time(pd.Series([look.site.starts_at]), time.first_day)[0]
    return DriftTrials(
        starts_at=f"{begins:%Y-%m-%d}",
        stretches=len(look.site.changed),
        bank=plain[2].share(look, "bank"),
        true=plain[2].share(look, "true"),
        missing_rise=params.missing_rise,
        repeated_share=params.repeated_share,
        plants=[planted_drift(look, name, plain) for name in pipeline.progress(DRIFTS, "drifts", "drift")],
    )


def read_inputs(budget: Budget) -> DriftInputs:
    """Read what the stage audit_time reads, and which feature is of which group and unit."""
    settings = pipeline.params("audit_time", audit_time.Params)
    time = audit_time.read_inputs(settings, budget)
    catalogue = pipeline.read(
        features_schema.FeatureCatalogue, columns=["feature", "group", "window", "unit"]
    )
    days = budget.label_window_days
    is_illicit = happened_within(time.illicit, time.watched["customer_id"], time.watched["as_of"], days)
    return DriftInputs(time, is_illicit, catalogue, list(time.reference.columns), settings)


def main() -> None:
    """Write which alarm tells which planted drift."""
    params, budget = pipeline.params("audit_drift", Params), pipeline.params("budget", Budget)
    pipeline.write_result(drift_trials(read_inputs(budget), params, budget))


if __name__ == "__main__":
    pipeline.run_stage("audit_drift", main)
