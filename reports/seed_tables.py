"""View-model of two studies: one model fitted with many seeds, and a long search of its hyper-parameters."""

from __future__ import annotations

from dataclasses import dataclass

from models.results.studies import Importance, SearchStudy, SeedStudy, SeedWorth
from models.results.tuned import TunedTrial
from reports.comparison import told_apart
from reports.evidence import Evidence
from reports.wording import RANKERS, SEMICOLON, Text, joined, named, percent


@dataclass(frozen=True)
class SeedRow:
    """A model and what it finds with each seed."""

    model: Text
    mean: str
    spread: str
    apart: int  # seeds that are told apart from the first
    by_seed: list[SeedWorth]


@dataclass(frozen=True)
class SearchRow:
    """A long search: its best trial beside that of the default run."""

    model: Text
    trials: int
    pruned: int
    best: TunedTrial
    default: TunedTrial
    importances: list[Importance]


@dataclass(frozen=True)
class SeedsSection:
    """What the template needs."""

    seeds: list[SeedRow]
    seeds_seen: Text
    searches: list[SearchRow]
    searches_seen: Text


def seed_row(study: SeedStudy) -> SeedRow:
    """One model as the table prints it."""
    spread = study.true_recall_spread
    return SeedRow(
        model=named(RANKERS, study.model),
        mean=percent(study.true_recall_mean),
        spread="–" if spread is None else f"{spread * 100:.1f}",
        apart=sum(told_apart(one.worth.true_gain) != 0 for one in study.seeds[1:]),
        by_seed=study.seeds,
    )


def seeds_seen(rows: list[SeedRow]) -> Text:
    """How far apart the seeds of each model lie, and whether one of them differs from the first."""
    told = [
        Text(
            f"{row.model.en}: {row.spread} points between the best and the worst of "
            f"{len(row.by_seed)} seeds, {row.apart} of them told apart from the first",
            f"{row.model.zh}：{len(row.by_seed)} 个种子中最好与最差相差 {row.spread} 个百分点，"
            f"其中 {row.apart} 个与第一个有可证差异",
        )
        for row in rows
    ]
    line = joined(told, SEMICOLON)
    return Text(f"{line.en}.", f"{line.zh}。")


def best_of(trials: list[TunedTrial]) -> TunedTrial:
    """The best of the trials that were judged on every fold, by what the search maximises."""
    judged = [trial for trial in trials if not trial.is_pruned]
    return max(judged, key=lambda trial: (trial.recall or 0.0) + (trial.average_precision or 0.0) / 1_000)


def search_row(study: SearchStudy, default: list[TunedTrial]) -> SearchRow:
    """One search as the table prints it."""
    return SearchRow(
        model=named(RANKERS, study.model),
        trials=len(study.trials),
        pruned=sum(trial.is_pruned for trial in study.trials),
        best=best_of(study.trials),
        default=_measured(best_of(default), study.trials),
        importances=study.importances,
    )


def _measured(default: TunedTrial, trials: list[TunedTrial]) -> TunedTrial:
    """The default run's choice as a search measured it, where the default run tried that one alone."""
    if default.recall is not None:
        return default
    return next((trial for trial in trials if trial.choice == default.choice), default)


def searches_seen(rows: list[SearchRow]) -> Text:
    """What many more trials find on the same folds, where the best of them is flattered by the choice."""
    told = [
        Text(
            f"{row.model.en}: {row.trials} trials reach {percent(row.best.recall)} on the folds, "
            f"the default run’s {percent(row.default.recall)}",
            f"{row.model.zh}：{row.trials} 次试验在各折上达到 {percent(row.best.recall)}，"
            f"默认运行为 {percent(row.default.recall)}",
        )
        for row in rows
    ]
    line = joined(told, SEMICOLON)
    return Text(
        f"{line.en}. The best of many trials is flattered by its choice: no later data judged it.",
        f"{line.zh}。多次试验中的最优值因挑选而偏高，未经后续数据检验。",
    )


def seeds_section(evidence: Evidence) -> SeedsSection | None:
    """The studies; None where neither was kept."""
    studies = evidence.experiments.studies
    if not studies.seeds and not studies.searches:
        return None
    seeds = [seed_row(study) for study in studies.seeds]
    searches = [
        search_row(study, evidence.tuned[study.model].trials)
        for study in studies.searches
        if study.model in evidence.tuned
    ]
    return SeedsSection(
        seeds=seeds,
        seeds_seen=seeds_seen(seeds),
        searches=searches,
        searches_seen=searches_seen(searches),
    )
