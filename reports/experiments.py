"""What the stages beside the models tried out: learning, cuts, graphs, claims fixed beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pipeline
from models.results.adaptations import AdaptationStudy
from models.results.audit_studies import AgeStudy, DoublesStudy, RulesLeftOutStudy
from models.results.beyond import Beyond
from models.results.bounds import LimitsStudy, StackStudy
from models.results.calibration import Calibration
from models.results.drift_trials import DriftTrials
from models.results.fold_stack import FoldStackStudy
from models.results.graph_honesty import GraphHonesty
from models.results.imbalance import Imbalance
from models.results.injection import Injection
from models.results.iterations import Iterations
from models.results.knowledge import BankKnowledge
from models.results.learning import LearningCurves
from models.results.over_time import OverTime
from models.results.penalties import PenaltyPaths
from models.results.stack import Stack
from models.results.studies import BestLibraryStudy, HeadsStudy, NoveltyStudy, SearchStudy, SeedStudy
from models.results.worlds import Worlds
from provenance import digest
from verdicts import Verdicts

SPLIT = "artifacts/models/split.parquet"  # other subjects or labels: another world, or another view of it


@dataclass(frozen=True)
class Studies:
    """Results of studies kept in git, and whether some were made from other data than the run's."""

    novelty: list[NoveltyStudy]
    seeds: list[SeedStudy]
    searches: list[SearchStudy]
    best_library: BestLibraryStudy | None
    heads: HeadsStudy | None
    rules_out: RulesLeftOutStudy | None
    age: AgeStudy | None
    doubles: DoublesStudy | None
    stack: StackStudy | None
    limits: LimitsStudy | None
    are_stale: bool
    adaptations: AdaptationStudy | None = None
    worlds: Worlds | None = None  # of worlds of their own: never stale by the run's data
    iterations: Iterations | None = None
    fold_stack: FoldStackStudy | None = None


@dataclass(frozen=True)
class Experiments:
    """Results that no model is chosen by."""

    imbalance: Imbalance
    curves: LearningCurves
    calibration: Calibration
    stack: Stack
    injection: Injection
    graph: GraphHonesty
    penalties: PenaltyPaths
    studies: Studies
    over_time: OverTime
    knowledge: BankKnowledge
    drift: DriftTrials
    beyond: Beyond
    verdicts: Verdicts  # claims as they were written before the run

    @property
    def stack_parts(self) -> list[str]:
        """The models below the stack; none where nobody was suspicious on validation."""
        return list(self.stack.fitted.weights) if self.stack.fitted else []


def read_inputs() -> Studies:
    """Read the studies that are kept and printed; they are stale where the split was another one."""
    novelty = [pipeline.read_result(NoveltyStudy, model) for model in _models_of(NoveltyStudy)]
    seeds = [pipeline.read_result(SeedStudy, model) for model in _models_of(SeedStudy)]
    searches = [pipeline.read_result(SearchStudy, model) for model in _models_of(SearchStudy)]
    best = pipeline.read_result(BestLibraryStudy) if _is_kept(BestLibraryStudy) else None
    heads = pipeline.read_result(HeadsStudy) if _is_kept(HeadsStudy) else None
    rules_out = pipeline.read_result(RulesLeftOutStudy) if _is_kept(RulesLeftOutStudy) else None
    age = pipeline.read_result(AgeStudy) if _is_kept(AgeStudy) else None
    doubles = pipeline.read_result(DoublesStudy) if _is_kept(DoublesStudy) else None
    stack = pipeline.read_result(StackStudy) if _is_kept(StackStudy) else None
    limits = pipeline.read_result(LimitsStudy) if _is_kept(LimitsStudy) else None
    adaptations = pipeline.read_result(AdaptationStudy) if _is_kept(AdaptationStudy) else None
    fold_stack = pipeline.read_result(FoldStackStudy) if _is_kept(FoldStackStudy) else None
    alone = (best, heads, rules_out, age, stack, limits, adaptations, fold_stack)
    of_the_run = (*novelty, *seeds, *searches, *alone)
    made_of = {one.made_by.data[SPLIT] for one in of_the_run if one is not None}
    is_stale = bool(made_of - {digest(Path(SPLIT))})
    worlds = pipeline.read_result(Worlds) if _is_kept(Worlds) else None
    iterations = pipeline.read_result(Iterations) if _is_kept(Iterations) else None
    return Studies(
        novelty=novelty,
        seeds=seeds,
        searches=searches,
        best_library=best,
        heads=heads,
        rules_out=rules_out,
        age=age,
        doubles=doubles,
        stack=stack,
        limits=limits,
        are_stale=is_stale,
        adaptations=adaptations,
        worlds=worlds,
        iterations=iterations,
        fold_stack=fold_stack,
    )


def _models_of(kind: type[pipeline.StudyResult]) -> list[str]:
    """Models of which a study of that kind is kept, in order of their names."""
    return sorted(file.stem for file in pipeline.result_path(kind, "any").parent.glob("*.json"))


def _is_kept(study: type[pipeline.StudyResult]) -> bool:
    return pipeline.result_path(study).is_file()
