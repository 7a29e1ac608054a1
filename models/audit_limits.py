"""Study audit_limits: what limits the goals, told by learners that are taught the truth.

A part of the audit, and oracles: the truth of all weeks before the test teaches them, in
hindsight also that of other schemes in the test. Beside them stand the model that the bank
chose and the fixed trees by the bank's labels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data import schema as data_schema
from data.asof import happened_within
from features import schema as features_schema
from models import examples, schema
from models.audit_injection import KEY, earlier_weeks
from models.budget import Budget
from models.examples import Learnt, thinned
from models.intervals import drawn
from models.judgement import watched_scores
from models.results.bank import BankView
from models.results.bounds import Learner, LimitsStudy
from models.results.studies import Provenance
from models.results.tuned import Choice, Tuned
from models.schema import RULES
from models.truth import fixed_trees, limits, scheme_moments, yardstick
from models.truth.fixed_trees import Trees
from models.truth.headline import Illicit
from models.truth.illicit import in_truth, scheme_groups
from models.truth.limits import Exam
from models.truth.yardstick import Yardstick
from models.zoo import LIBRARY, MODELS, Examples, learnable
from parameters import Draws, Seed, Share
from provenance import made_now, study_params

DATA = (
    "artifacts/models/scores.parquet",
    "artifacts/models/split.parquet",
    "artifacts/features/feature_matrix.parquet",
    "artifacts/features/library_examples.parquet",
)
TUNED, BANK = "lightgbm", "bank"


class Params(pipeline.Parameters):
    """Section ``audit_limits`` of studies/params.yaml."""

    seeds: tuple[Seed, ...] = Field(min_length=1)
    folds: int = Field(ge=2, le=100)
    wanted_unknown: Share
    bootstrap_draws: Draws


@dataclass(frozen=True)
class LimitsInputs:
    """The yardstick and the scores that were kept, and what the truth teaches.

    ``earlier`` are all weeks before the test with the truth as labels and the bank's library.
    ``further`` are test subjects that hindsight may learn from: their place among the judged
    ones, label and weight. ``fold`` deals the watched subjects, shape (n,), schemes kept whole.
    """

    judge: Yardstick
    exam: Exam
    by_ranker: dict[str, np.ndarray]
    earlier: Examples
    further: pd.DataFrame
    fold: np.ndarray

    def in_hindsight(self, values: np.ndarray, trees: Trees, seed: int) -> np.ndarray:
        """Margins of the watched ``values`` by trees that know earlier weeks and the test's other folds."""
        found = np.empty(len(self.fold))
        learnt, place = self.earlier.features.to_numpy(), self.further.index.to_numpy()
        told, weight = (self.further[name].to_numpy() for name in ("label", "weight"))
        for fold in np.unique(self.fold):
            mine = self.fold[place] != fold
            booster = fixed_trees.fit(
                np.concatenate([learnt, values[place[mine]]]),
                np.concatenate([self.earlier.label, told[mine]]),
                np.concatenate([self.earlier.weight, weight[mine]]),
                trees,
                seed,
            )
            is_judged = self.fold == fold
            found[is_judged] = fixed_trees.margins(booster, values[is_judged])
        return found


def fixed_margins(inputs: LimitsInputs, taught: Examples, trees: Trees, seed: int) -> np.ndarray:
    """Margins of the watched subjects by the fixed trees."""
    booster = fixed_trees.fit(taught.features.to_numpy(), taught.label, taught.weight, trees, seed)
    return fixed_trees.margins(booster, inputs.judge.values)


@dataclass(frozen=True)
class Champion:
    """The model that the bank chose: its name, section of parameters and hyper-parameters."""

    name: str
    settings: object
    choice: Choice

    def taught_truth(self, inputs: LimitsInputs, seed: int) -> np.ndarray:
        """Margins of the watched subjects by a fit of its own, with its library if it has one."""
        model = MODELS[self.name]
        taught = inputs.earlier if LIBRARY in model.needs else replace(inputs.earlier, library=None)
        whole = pd.DataFrame(inputs.judge.values, columns=taught.features.columns, copy=False)
        judged = replace(taught, features=whole, library=None)
        return model.fit(taught, self.choice, self.settings, seed).scores(judged)


def learners(
    inputs: LimitsInputs, champion: Champion, trees: Trees, params: Params, made_by: Provenance
) -> LimitsStudy:
    """Every learner in turn, most of them fitted with several seeds."""
    judge, exam, seeds = inputs.judge, inputs.exam, params.seeds
    bank = [
        fixed_margins(inputs, judge.train, trees, seed) for seed in pipeline.progress(seeds, "bank", "fit")
    ]
    alone = replace(inputs.earlier, library=None)
    scores: dict[Learner, list[np.ndarray]] = {
        "champion": [inputs.by_ranker[champion.name]],
        "bank": bank,
        "oracle": [
            fixed_margins(inputs, alone, trees, seed) for seed in pipeline.progress(seeds, "oracle", "fit")
        ],
        "oracle_of_champion": [
            champion.taught_truth(inputs, seed) for seed in pipeline.progress(seeds, "champion", "fit")
        ],
        "hindsight": [
            inputs.in_hindsight(judge.values, trees, seed)
            for seed in pipeline.progress(seeds, "hindsight", "fit")
        ],
    }
    beside = exam.spending(scores["champion"])
    ranked = {BANK: bank[0], TUNED: inputs.by_ranker[TUNED]}
    return LimitsStudy(
        made_by=made_by,
        champion=champion.name,
        seeds=len(seeds),
        folds=params.folds,
        customers={part: int(exam.parts[part].sum()) for part in limits.PARTS},
        wanted_unknown=params.wanted_unknown,
        rows=[limits.reach(exam, name, mine, beside, params.wanted_unknown) for name, mine in scores.items()],
        tuned=judge.judged(ranked, BANK, params.bootstrap_draws, seeds[0])[TUNED],
    )


def further_rows(judge: Yardstick, illicit: pd.DataFrame, days: int, rows: Learnt) -> pd.DataFrame:
    """Judged subjects labelled by the truth, thinned as training rows are; indexed by their place."""
    test = judge.subjects[judge.watch.is_judged]
    is_true = happened_within(illicit, test["customer_id"], test["as_of"], days)
    told = test.assign(label=is_true.astype(float), weight=1.0)
    return thinned(told, rows.unsuspected_share, np.random.default_rng(rows.seed))[["label", "weight"]]


def read_inputs(budget: Budget, rows: Learnt, params: Params) -> LimitsInputs:
    """Read the tables, the kept scores and the features of those who are learnt from or judged."""
    judge, days = yardstick.read_inputs(budget, rows), budget.label_window_days
    planted = scheme_moments.read_inputs()
    illicit, split = planted[planted["is_illicit"]], pipeline.read(schema.Split)
    starts_at = pipeline.read(data_schema.Periods).set_index("name").loc["test", "starts_at"]
    weeks = pipeline.read(features_schema.Subjects, columns=[KEY, "customer_id", "as_of"])
    weeks = earlier_weeks(weeks, illicit, starts_at, days, rows)
    nobody, earlier = examples.read_inputs([split.iloc[:0], weeks], frozenset({LIBRARY}))
    subjects, by_ranker = watched_scores(split, pipeline.read(schema.Scores))
    if not subjects["subject_id"].equals(judge.subjects["subject_id"]):
        raise pipeline.BadInput("scores: other subjects than the split's, run the stage score")
    truth = in_truth(subjects[judge.watch.is_judged].reset_index(drop=True), illicit, starts_at, days)
    hits = pipeline.read(data_schema.RuleHits)
    who = Illicit.of(split, truth, hits[hits["use"] == "label"], illicit, starts_at, days)
    catches = judge.catches["true"]
    exam = Exam(
        watch=judge.watch,
        catches=catches,
        budget=budget,
        parts=who.parts,
        weight=drawn(catches.groups, params.bootstrap_draws, params.seeds[0]),
        rules=judge.watch.alerted(by_ranker[RULES], budget),
    )
    group = scheme_groups(subjects["customer_id"].to_numpy(), illicit)
    return LimitsInputs(
        judge=judge,
        exam=exam,
        by_ranker=by_ranker,
        earlier=learnable(replace(earlier, library=nobody.library)),
        further=further_rows(judge, illicit, days, rows),
        fold=limits.dealt_groups(group, params.folds, params.seeds[0]),
    )


def main() -> None:
    """Write the study."""
    params, budget = study_params("audit_limits", Params), pipeline.params("budget", Budget)
    trees = pipeline.params("audit_injection.trees", Trees)
    name = pipeline.read_result(BankView).chosen.name
    section = f"models.{name}"
    settings, choice = (
        pipeline.params(section, MODELS[name].settings),
        pipeline.read_result(Tuned, name).choice,
    )
    made_by = made_now(DATA, ("audit_injection", section, "budget", "learn"), "audit_limits")
    inputs = read_inputs(budget, pipeline.params("learn", Learnt), params)
    pipeline.write_result(learners(inputs, Champion(name, settings, choice), trees, params, made_by))


if __name__ == "__main__":
    pipeline.run_stage("audit_limits", main)
