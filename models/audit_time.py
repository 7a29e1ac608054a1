"""Stage audit_time: recall stretch by stretch, what has moved, which alarm tells, and learning anew.

A part of the audit: the truth is read to judge. Alarms and models have what the bank has.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from pydantic import Field

import memory
import pipeline
from data import schema as data_schema
from data.asof import bank_time, moments_of
from features import schema as features_schema
from models import schema, split
from models.budget import Budget
from models.intervals import rounded
from models.results.over_time import (
    Alarm,
    ChangeAlarms,
    InputShift,
    OverTime,
    Retraining,
    RetrainingRound,
    ScoreShift,
    StretchDates,
    TypologyHalves,
)
from models.truth import alarms as bells
from models.truth import retraining
from models.truth.illicit import MOMENT_COLUMNS, scheme_groups
from models.truth.retraining import Pool, Practice
from models.truth.shifts import sampled_rows, shift_index, shift_indices
from models.truth.stretches import (
    SUSPECTED,
    WEEK,
    Concern,
    Drawn,
    Finder,
    WeekStretch,
    alerts_of,
    early_and_late,
    stretches_between,
    suspected_events,
)
from parameters import Count, Draws, Positive, Seed, Weeks

KEY = "subject_id"
RULEBOOK_AS_RUN = "rulebook"  # its real alerts, beside the rules as a ranker at the budget
FROZEN, RETRAINED = "frozen", "retrained"


class Params(pipeline.Parameters):
    """Section ``audit_time`` of params.yaml."""

    bootstrap_draws: Draws
    seed: Seed
    stretch_weeks: Weeks
    reference_weeks: Weeks
    bins: int = Field(ge=2, le=1_000)
    index_bound: Positive
    sampled_subjects: Count
    bounds: bells.Bounds
    practice: Practice


@dataclass(frozen=True)
class TimeInputs:
    """What the stage reads.

    ``events`` are moments of the ``bank`` (labels) and of the ``true`` view; ``subjects`` all
    of the run (subject_id, customer_id, as_of); ``samples`` features of some subjects of the
    reference weeks and of every stretch; ``judged`` features of all subjects of each watched
    stretch, ``scores`` those of every ranker in the same order. ``profile`` names the features
    that say who a customer is on the day, and nothing of what is done.
    """

    stretches: list[WeekStretch]
    first_day: pd.Timestamp
    trained_until: pd.Timestamp
    events: dict[str, pd.DataFrame]
    illicit: pd.DataFrame
    alerts: pd.DataFrame
    dispositions: pd.DataFrame
    labels: pd.DataFrame
    plan: pd.DataFrame
    profile: list[str]
    settings: split.Params
    reference: pd.DataFrame
    samples: list[pd.DataFrame]
    pool: Pool
    watched: pd.DataFrame
    judged: list[np.ndarray]
    scores: dict[str, np.ndarray]

    @cached_property
    def at_work(self) -> list[WeekStretch]:
        """The stretches in which models are at work."""
        return [mine for mine in self.stretches if mine.is_watched]

    @cached_property
    def rows(self) -> list[np.ndarray]:
        """Places of each watched stretch's subjects in ``watched``."""
        return [np.flatnonzero(mine.has_moment(self.watched["as_of"])) for mine in self.at_work]

    @cached_property
    def concerns(self) -> dict[str, Concern]:
        """Who is concerned in each stretch, by view."""
        return {
            view: Concern.of(moments, self.stretches, at_now=view == "bank")
            for view, moments in self.events.items()
        }


def scores_by_ranker(pages: Iterable[pd.DataFrame], subjects: pd.DataFrame) -> dict[str, np.ndarray]:
    """Every ranker's scores of the watched subjects, in their order; ``pages`` are of the table Scores."""
    wanted = subjects[KEY].to_numpy()
    found: dict[str, np.ndarray] = {}
    for page in pages:
        for ranker, mine in page.groupby("ranker", observed=True):
            score = found.setdefault(str(ranker), np.full(len(wanted), -np.inf, np.float32))
            place = np.searchsorted(wanted, mine[KEY].to_numpy())
            place[place == len(wanted)] = 0
            is_wanted = wanted[place] == mine[KEY].to_numpy()
            score[place[is_wanted]] = mine["score"].to_numpy()[is_wanted]
    return found


def rows_wanted(
    subjects: pd.DataFrame, start: pd.Timestamp, stretches: list[WeekStretch], params: Params
) -> list[np.ndarray]:
    """Whose features are read: samples of the reference weeks and of each stretch, then all at work."""
    rng, most, of = np.random.default_rng(params.seed), params.sampled_subjects, subjects["as_of"]
    until = start + params.reference_weeks * WEEK
    return [
        sampled_rows(of.between(start, until, "left").to_numpy(), most, rng),
        *(sampled_rows(mine.has_moment(of), most, rng) for mine in stretches),
        *(np.flatnonzero(mine.has_moment(of)) for mine in stretches if mine.is_watched),
    ]


def read_inputs(params: Params, budget: Budget) -> TimeInputs:
    """Read the tables, and the features of those subjects only that are learnt from, sampled or judged."""
    settings, practice = pipeline.params("split", split.Params), params.practice
    periods = pipeline.read(data_schema.Periods).set_index("name")
    start, watched_at = periods.loc["train", "starts_at"], periods.loc["validation", "starts_at"]
    stretches = stretches_between(start, watched_at, periods.loc["test", "ends_at"], params.stretch_weeks)
    planted = moments_of(
        pipeline.read(data_schema.Transactions, columns=MOMENT_COLUMNS),
        pipeline.read(data_schema.Accounts, columns=["account_id", "customer_id"]),
        pipeline.read(data_schema.Truth),
        pipeline.read(data_schema.Schemes),
    )
    illicit = planted[planted["is_illicit"]].reset_index(drop=True)
    memory.give_back()  # what the payments were unpacked from
    subjects = pipeline.read(features_schema.Subjects, columns=[KEY, "customer_id", "as_of"])
    labels = pipeline.read(data_schema.Labels)
    known_by = periods["ends_at"].max() + pd.Timedelta(days=settings.maturity_days)
    mature = labels[labels["known_at"] <= known_by]
    is_drawn, is_in = retraining.pool_rows(subjects, labels, budget.label_window_days, practice)
    is_in &= (subjects["as_of"] >= start).to_numpy()
    groups = [np.flatnonzero(is_in), *rows_wanted(subjects, start, stretches, params)]
    known = pipeline.read(features_schema.FeatureMatrix, columns=[KEY])[KEY].to_numpy()
    places = [np.searchsorted(known, subjects[KEY].to_numpy()[rows]) for rows in groups]
    learnt, reference, *others = pipeline.read_matrix(features_schema.FeatureMatrix, places, without=(KEY,))
    samples, judged = others[: len(stretches)], others[len(stretches) :]
    catalogue = pipeline.read(features_schema.FeatureCatalogue, columns=["feature", "group", "window"])
    is_profile = (catalogue["group"] == "profile") & (catalogue["window"] == "day")
    watched = subjects.iloc[
        np.concatenate([np.zeros(0, np.int64), *groups[2 + len(stretches) :]])
    ].reset_index(drop=True)
    pooled = subjects.assign(is_drawn=is_drawn).iloc[groups[0]].reset_index(drop=True)
    return TimeInputs(
        stretches=stretches,
        first_day=periods["starts_at"].min(),
        trained_until=watched_at,
        events={
            "bank": suspected_events(mature, budget.label_window_days, settings),
            "true": illicit[["customer_id", "at"]],
        },
        illicit=illicit,
        alerts=pipeline.read(data_schema.Alerts, columns=["customer_id", "alerted_at"]),
        dispositions=pipeline.read(data_schema.Dispositions),
        labels=labels,
        plan=pipeline.read(data_schema.DriftPlan),
        profile=catalogue.loc[is_profile, "feature"].tolist(),
        settings=settings,
        reference=reference,
        samples=samples,
        pool=Pool(pooled, learnt.to_numpy()),
        watched=watched,
        judged=[matrix.to_numpy() for matrix in judged],
        scores=scores_by_ranker(pipeline.pages(schema.Scores), watched),
    )


def drawn_as_one(inputs: TimeInputs, params: Params) -> dict[str, Drawn]:
    """What a bootstrap draws: customers for the bank, schemes with all who take part in truth."""
    customers = {view: mine.customer for view, mine in inputs.concerns.items()}
    _, bank = np.unique(customers["bank"], return_inverse=True)
    groups = {"bank": bank, "true": scheme_groups(customers["true"], inputs.illicit)}
    return {view: Drawn(group, params.bootstrap_draws, params.seed) for view, group in groups.items()}


def typology_halves(
    inputs: TimeInputs, alerts: dict[str, pd.DataFrame], budget: Budget
) -> list[TypologyHalves]:
    """Customers concerned and caught in both halves, by typology and ranking."""
    found = []
    for typology, moments in inputs.illicit.groupby("typology"):
        concern = Concern.of(moments, inputs.at_work, at_now=False)
        early, late = early_and_late(concern, inputs.stretches)
        for name, raised in alerts.items():
            days = (budget.label_window_days, budget.suppress_days)
            caught = concern.caught(raised, inputs.at_work, *days)
            found.append(
                TypologyHalves(
                    ranker=name,
                    typology=str(typology),
                    early_customers=int(early.sum()),
                    early_caught=int(caught[early].sum()),
                    late_customers=int(late.sum()),
                    late_caught=int(caught[late].sum()),
                )
            )
    return found


def input_shifts(inputs: TimeInputs, params: Params) -> list[InputShift]:
    """The index of every feature by stretch."""
    found = []
    for mine, sample in zip(inputs.stretches, inputs.samples, strict=True):
        index = shift_indices(inputs.reference, sample, params.bins)
        shifted = sum(value >= params.index_bound for value in index.values())
        found.append(InputShift(stretch=mine.number, index=index, shifted=shifted))
    return found


def score_shifts(inputs: TimeInputs, scores: dict[str, np.ndarray], bins: int) -> list[ScoreShift]:
    """The index of every ranker's scores by watched stretch, against the first of them."""
    return [
        ScoreShift(
            ranker=ranker,
            stretch=mine.number,
            psi=rounded(shift_index(score[inputs.rows[0]], score[rows], bins)),
        )
        for ranker, score in scores.items()
        for mine, rows in zip(inputs.at_work, inputs.rows, strict=True)
    ]


def alarms_read(
    inputs: TimeInputs, shifts: list[InputShift], frozen: np.ndarray, budget: Budget, params: Params
) -> list[Alarm]:
    """Every alarm in every stretch; those on scores watch the model that was learnt once."""
    bounds, profile = params.bounds, set(inputs.profile)
    usual = [mine for mine in inputs.stretches if not mine.is_watched]
    found = bells.reported_shares(inputs.dispositions, usual[len(usual) // 2 :], inputs.at_work)
    for shift in shifts:
        behaved = [value for name, value in shift.index.items() if name not in profile]
        share = (
            float(np.mean([value >= params.index_bound for value in behaved])) if behaved else float("nan")
        )
        known = [value for name, value in shift.index.items() if name in profile]
        mixed = max(known, default=float("nan"))
        found.append(bells.reading("data", shift.stretch, share, high=bounds.shifted_share))
        found.append(bells.reading("population", shift.stretch, mixed, high=bounds.profile_index))
    scores = [frozen[rows] for rows in inputs.rows]
    for place, mine in enumerate(inputs.at_work):
        moved = shift_index(scores[0], scores[place], params.bins) if place else float("nan")
        found.append(bells.reading("behaviour", mine.number, moved, high=bounds.score_index))
    raised = alerts_of(inputs.watched, frozen, budget)
    counts = [int(mine.has_moment(raised["at"]).sum()) for mine in inputs.at_work]
    numbers = [mine.number for mine in inputs.at_work]
    return found + bells.cut_alarms(scores, counts, numbers, bounds.cut_multiple)


def changes_answered(inputs: TimeInputs, found: list[Alarm], params: Params) -> list[ChangeAlarms]:
    """Which alarms answer each change of the drift plan."""
    local, within = bank_time(inputs.plan["starts_at"], inputs.first_day), params.bounds.answer_stretches
    return [
        ChangeAlarms(
            event=str(row.event),
            at=f"{day:%Y-%m-%d}",
            en=str(row.description_en),
            zh=str(row.description_zh),
            **vars(bells.answers_to(row.starts_at, inputs.stretches, found, within)),
        )
        for row, day in zip(inputs.plan.itertuples(index=False), local, strict=True)
    ]


def learnt_scores(
    inputs: TimeInputs, params: Params, days: int
) -> tuple[dict[str, np.ndarray], list[retraining.LearntRound]]:
    """Scores of the watched subjects, learnt once and learnt anew, and what each round learnt from."""
    practice, lessons = params.practice, []
    scores = {name: np.full(len(inputs.watched), -np.inf) for name in (FROZEN, RETRAINED)}
    for place, mine in enumerate(pipeline.progress(inputs.at_work, "rounds", "fit")):
        lesson = retraining.round_before(
            mine, inputs.pool.subjects, inputs.labels, days, inputs.settings, practice
        )
        judged = inputs.judged if place == 0 else [inputs.judged[place]]
        said = retraining.scores_of(lesson, inputs.pool, judged, practice)
        if place == 0:
            for rows, score in zip(inputs.rows, said, strict=True):
                scores[FROZEN][rows] = score
        scores[RETRAINED][inputs.rows[place]] = said[0]
        lessons.append(lesson)
    return scores, lessons


def won_back(inputs: TimeInputs, finder: Finder, lessons: list[retraining.LearntRound]) -> Retraining:
    """Both ways of learning, stretch by stretch and together."""
    gain = {view: finder.caught[RETRAINED][view] - finder.caught[FROZEN][view] for view in finder.concerns}
    later = [mine.number for mine in inputs.at_work[1:]]
    rounds = []
    customers = inputs.pool.subjects["customer_id"].to_numpy()
    for mine, lesson in zip(inputs.at_work, lessons, strict=True):
        frozen, anew = (finder.recall(name, mine.number) for name in (FROZEN, RETRAINED))
        is_here = finder.concerns["true"].stretch == mine.number
        before = bank_time(pd.Series([lesson.before]), inputs.first_day)[0]
        rounds.append(
            RetrainingRound(
                stretch=mine.number,
                learnt_before=f"{before:%Y-%m-%d}",
                suspicious_customers=len(np.unique(customers[lesson.rows[lesson.label >= SUSPECTED]])),
                bank_frozen=frozen.bank,
                bank_retrained=anew.bank,
                true_frozen=frozen.true,
                true_retrained=anew.true,
                true_gain=finder.drawn["true"].mean(gain["true"], is_here),
            )
        )
    pooled = {
        view: finder.drawn[view].mean(gain[view], np.isin(mine.stretch, later))
        for view, mine in finder.concerns.items()
    }
    return Retraining(rounds=rounds, bank_gain=pooled["bank"], true_gain=pooled["true"])


def stretch_dates(inputs: TimeInputs) -> list[StretchDates]:
    """The stretches by local date."""
    ends = pd.Series([[mine.starts_at, mine.ends_at] for mine in inputs.stretches]).explode(ignore_index=True)
    local = bank_time(pd.to_datetime(ends, utc=True), inputs.first_day).dt.strftime("%Y-%m-%d").tolist()
    return [
        StretchDates(number=mine.number, starts_at=begins, ends_at=stops, is_watched=mine.is_watched)
        for mine, begins, stops in zip(inputs.stretches, local[::2], local[1::2], strict=True)
    ]


def over_time(inputs: TimeInputs, params: Params, budget: Budget) -> OverTime:
    """Everything that the stage finds."""
    days = (budget.label_window_days, budget.suppress_days)
    learnt, lessons = learnt_scores(inputs, params, days[0])
    ranked = {
        name: alerts_of(inputs.watched, score, budget) for name, score in (inputs.scores | learnt).items()
    }
    ran = {RULEBOOK_AS_RUN: inputs.alerts.rename(columns={"alerted_at": "at"})}
    finder = Finder.of(inputs.concerns, drawn_as_one(inputs, params), ran | ranked, inputs.stretches, days)
    named = ran | {name: ranked[name] for name in inputs.scores}
    shifts = input_shifts(inputs, params)
    found = alarms_read(inputs, shifts, learnt[FROZEN], budget, params)
    return OverTime(
        stretch_weeks=params.stretch_weeks,
        reference_weeks=params.reference_weeks,
        bins=params.bins,
        index_bound=params.index_bound,
        stretches=stretch_dates(inputs),
        recall=[
            finder.recall(name, mine.number)
            for name in named
            for mine in inputs.stretches
            if mine.is_watched or name == RULEBOOK_AS_RUN
        ],
        changes=[finder.change(name, inputs.stretches) for name in named],
        typologies=typology_halves(inputs, named, budget),
        scores=score_shifts(inputs, inputs.scores, params.bins),
        inputs=shifts,
        alarms=found,
        events=changes_answered(inputs, found, params),
        retraining=won_back(inputs, finder, lessons),
    )


def main() -> None:
    """Write recall, shifts, alarms and retraining over time."""
    params, budget = pipeline.params("audit_time", Params), pipeline.params("budget", Budget)
    pipeline.write_result(over_time(read_inputs(params, budget), params, budget))


if __name__ == "__main__":
    pipeline.run_stage("audit_time", main)
