"""Stage audit_ladder: what each group of features adds, and what leaks would add.

A part of the audit: the truth is read to judge rankings. Every model here learns from the
bank's labels, with one fixed choice of parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data import schema as data_schema
from data.asof import happened_within, moments_of
from features import schema as features_schema
from models import schema
from models.budget import WATCHED, Budget
from models.metrics import Catches
from models.positives import as_labelled
from models.results.ladder import EncoderTest, LabelShuffle, Ladder, LadderRanking, RatingMask
from models.truth import experiments, fixed_trees, ladder, leakage
from models.truth.encoding import Encoder
from models.truth.fixed_trees import Trees
from models.truth.illicit import MOMENT_COLUMNS, in_truth
from models.truth.ladder import Bench, Rows
from models.zoo.lightgbm import LightgbmModel
from parameters import Count, Draws, Seed

if TYPE_CHECKING:
    import lightgbm

TOP = ladder.ADDED_GROUPS[-1]  # the highest rung: all features
TESTED_MODEL = "fitted/lightgbm.model"  # whose gains the catalogue page shows


class Params(pipeline.Parameters):
    """Section ``audit_ladder`` of params.yaml."""

    bootstrap_draws: Draws
    seed: Seed
    shuffles: int = Field(ge=1, le=1_000)
    unsuspected_every: Count
    licit_line_every: Count
    rating_tag: Literal["risk_rating"]
    encoder: Encoder
    trees: Trees


@dataclass(frozen=True)
class LadderInputs:
    """What the ladder is climbed with.

    ``subjects`` and ``line`` are the tables Subjects and Sequences, ``illicit`` the moments
    of illicit schemes, ``train`` the thinned training subjects and ``test`` those that are
    scored, ``features`` the columns of both. ``booster`` is the bank's own model.
    """

    split: pd.DataFrame
    periods: pd.DataFrame
    catalogue: pd.DataFrame
    subjects: pd.DataFrame
    line: pd.DataFrame
    illicit: pd.DataFrame
    histories: leakage.Histories
    booster: lightgbm.Booster
    train: Rows
    test: Rows
    features: list[pd.DataFrame]

    @property
    def rated_subjects(self) -> list[pd.DataFrame]:
        """Rows of Subjects of the training and of the scored ones."""
        return [self.subjects.iloc[rows.place] for rows in (self.train, self.test)]


def read_inputs(params: Params, budget: Budget) -> LadderInputs:
    """Read the tables, and the features of those subjects only that the ladder is climbed with."""
    split = pipeline.read(schema.Split)
    planted = moments_of(
        pipeline.read(data_schema.Transactions, columns=MOMENT_COLUMNS),
        pipeline.read(data_schema.Accounts, columns=["account_id", "customer_id"]),
        pipeline.read(data_schema.Truth),
        pipeline.read(data_schema.Schemes),
    )
    illicit = planted[planted["is_illicit"]]
    is_illicit = happened_within(illicit, split["customer_id"], split["as_of"], budget.label_window_days)
    ids = pipeline.read(features_schema.FeatureMatrix, columns=["subject_id"])["subject_id"].to_numpy()
    everyone, test = (Rows.of(split, roles, ids, is_illicit) for roles in (("train",), WATCHED["test"]))
    train = ladder.fewer_unsuspected(everyone, params.unsuspected_every)
    tags, dispositions = pipeline.read(data_schema.ProfileTags), pipeline.read(data_schema.Dispositions)
    return LadderInputs(
        split=split,
        periods=pipeline.read(data_schema.Periods),
        catalogue=pipeline.read(features_schema.FeatureCatalogue),
        subjects=pipeline.read(features_schema.Subjects),
        line=pipeline.read(features_schema.Sequences),
        illicit=illicit,
        histories=leakage.Histories(tags, dispositions),
        booster=LightgbmModel().load(pipeline.existing("models", TESTED_MODEL)).booster,
        train=train,
        test=test,
        features=pipeline.read_matrix(
            features_schema.FeatureMatrix, [train.place, test.place], without=("subject_id",)
        ),
    )


def single_line_scores(inputs: LadderInputs, tokens: np.ndarray, params: Params) -> np.ndarray:
    """The lowest rung: each subject's most suspicious single payment of the week; shape (scored,)."""
    origin_us = int(inputs.periods["starts_at"].astype("int64").min())
    customer, day = inputs.line["customer_id"].to_numpy(), inputs.line["day"].to_numpy()
    learnt, scored = (
        ladder.payments_since(mine, customer, day, origin_us, ladder.LOOK_BACK_DAYS)
        for mine in inputs.rated_subjects
    )
    label, weight = inputs.train.label, inputs.train.weight
    return ladder.score_single_lines(
        tokens, learnt, label, weight, scored, params.licit_line_every, params.trees, params.seed
    )


def all_scores(
    inputs: LadderInputs, rungs: dict[str, list[str]], params: Params
) -> tuple[dict[str, np.ndarray], LabelShuffle]:
    """Scores of every rung and of every experiment on the highest one, and the test of shuffled labels."""
    bench = Bench(inputs.train, inputs.test, params.trees, params.seed)
    tokens = inputs.line[list(features_schema.TOKEN_COLUMNS)].to_numpy()
    scores = {ladder.SINGLE_LINE: single_line_scores(inputs, tokens, params)}
    last = [ladder.last_tokens(tokens, mine) for mine in inputs.rated_subjects]
    lower = {rung: names for rung, names in rungs.items() if rung != TOP}
    scores |= ladder.climb(bench, inputs.features, last, lower)

    whole = [ladder.beside(mine, tokens_of) for mine, tokens_of in zip(inputs.features, last, strict=True)]
    data = fixed_trees.bins(whole[0], params.trees, params.seed)
    shuffled = experiments.shuffled_labels(data, whole[1], bench, params.shuffles)
    booster = fixed_trees.fit_bins(data, bench.train.label, bench.train.weight, params.trees, params.seed)
    scores[TOP] = fixed_trees.margins(booster, whole[1])
    del data
    ratings = {
        is_dated: leakage.risk_rating(inputs.subjects, inputs.histories, params.rating_tag, is_dated)
        for is_dated in (True, False)
    }
    scores |= experiments.rated(bench, whole, ratings)
    encoded = experiments.encoded_names(
        inputs.features, inputs.catalogue, inputs.train, inputs.test, params.encoder
    )
    scores["encoded"] = bench.scores(
        *(np.hstack([mine, more]) for mine, more in zip(whole, encoded, strict=True))
    )
    named = inputs.catalogue.loc[inputs.catalogue["group"] == "network", "feature"]
    network = inputs.features[0].columns.get_indexer(named)
    scores["network_dealt"] = experiments.network_dealt(bench, whole, network)  # the last use of these rows
    return scores, shuffled


def compared_with(rankings: list[str]) -> dict[str, str]:
    """The ranking from which each one's gain is measured: the rung below, or all features."""
    against = dict(zip(ladder.ADDED_GROUPS, (ladder.SINGLE_LINE, *ladder.ADDED_GROUPS), strict=False))
    return against | {name: TOP for name in rankings if name not in against and name != ladder.SINGLE_LINE}


def both_views(inputs: LadderInputs, days: int) -> dict[str, Catches]:
    """Whom there is to catch in the test, by the bank's labels and in truth."""
    judged = inputs.split[inputs.split["role"] == "test"]
    starts_at = inputs.periods.set_index("name").loc["test", "starts_at"]
    views = {
        "bank": as_labelled(judged, starts_at),
        "true": in_truth(judged, inputs.illicit, starts_at, days),
    }
    return {view: Catches.of(judged["customer_id"].to_numpy(), found) for view, found in views.items()}


def gains(booster: lightgbm.Booster, names: list[str]) -> dict[str, float]:
    """Each feature's share of a fitted model's total gain."""
    gain = booster.feature_importance("gain")
    share = dict(zip(booster.feature_name(), gain / max(gain.sum(), 1e-12), strict=True))
    return {name: round(float(share.get(name, 0.0)), 5) for name in names}


def rating_mask(inputs: LadderInputs, tag: str) -> RatingMask:
    """How many values of both ratings change when the future is deleted."""
    dated, undated = (
        leakage.changed_by_mask(inputs.subjects, inputs.histories, tag, is_dated)
        for is_dated in (True, False)
    )
    return RatingMask(dated=dated, undated=undated)


def noise_encoded(rows: Rows, encoder: Encoder, seed: int) -> EncoderTest:
    """The test of the encoder by a meaningless name."""
    return leakage.encoder_of_noise(
        rows.label,
        rows.weight,
        rows.customer,
        rows.as_of_us,
        encoder.customers_per_name,
        encoder.folds,
        encoder.prior_rows,
        seed,
    )


def climb_all(inputs: LadderInputs, params: Params, budget: Budget) -> Ladder:
    """The ladder, the demonstration of the leaked rating, and the leakage tests of this run."""
    rungs, draws, seed = ladder.rung_columns(inputs.catalogue), params.bootstrap_draws, params.seed
    scores, shuffled = all_scores(inputs, rungs, params)
    alerted = {name: inputs.test.watch.alerted(score, budget) for name, score in scores.items()}
    views, against = both_views(inputs, budget.label_window_days), compared_with(list(scores))
    compared = ladder.rankings_compared(alerted, against, views, draws, seed)
    columns = {rung: len(names) for rung, names in rungs.items()}
    columns[ladder.SINGLE_LINE] = len(features_schema.TOKEN_COLUMNS)
    bench = Bench(inputs.train, inputs.test, params.trees, seed)
    return Ladder(
        rankings=[
            LadderRanking(ranking=name, columns=columns.get(name), **found)
            for name, found in compared.items()
        ],
        alerts=int(alerted[TOP].sum()),
        gain_share=gains(inputs.booster, inputs.catalogue["feature"].tolist()),
        rating_mask=rating_mask(inputs, params.rating_tag),
        label_shuffle=shuffled,
        ids=experiments.id_probe(bench, inputs.split["customer_id"].to_numpy(), draws),
        encoder=noise_encoded(inputs.train, params.encoder, seed),
    )


def main() -> None:
    """Write the ladder."""
    params, budget = pipeline.params("audit_ladder", Params), pipeline.params("budget", Budget)
    pipeline.write_result(climb_all(read_inputs(params, budget), params, budget))


if __name__ == "__main__":
    pipeline.run_stage("audit_ladder", main)
