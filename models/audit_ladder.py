"""Stage audit_ladder: what each group of features adds, and what leaks would add.

A part of the audit: the truth is read to judge rankings. Every model here learns from the
bank's labels, with one fixed choice of parameters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

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
from models.truth import difficulty, ladder, leakage
from models.truth.encoding import TargetEncoder, encoded_in_fold, integer_codes
from models.truth.illicit import in_truth
from models.truth.ladder import Rows, Trees
from models.zoo.lightgbm import LightgbmModel
from parameters import Count, Draws, Positive, Seed

if TYPE_CHECKING:
    import lightgbm

TOP = ladder.GROUPS[-1]  # the highest rung: all features
ENDS = ("payer_account_id", "payee_account_id")
TESTED_MODEL = "lightgbm.model"  # whose gains the catalogue page shows


class Encoder(pipeline.Parameters):
    """Section ``audit_ladder.encoder`` of params.yaml."""

    folds: int = Field(ge=2, le=1_000)
    prior_rows: Positive
    customers_per_name: int = Field(ge=2, le=1_000_000)


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


class Bench:
    """Fits the fixed model on training columns and scores the subjects of validation and test."""

    def __init__(self, train: Rows, test: Rows, trees: Trees) -> None:
        self.train, self.test, self.trees = train, test, trees

    def scores(self, train: np.ndarray, test: np.ndarray, label: np.ndarray | None = None) -> np.ndarray:
        """Margins of the scored subjects; ``label`` stands in for the bank's, shape (n,)."""
        label = self.train.label if label is None else label
        booster = ladder.fit(train, label, self.train.weight, self.trees)
        return ladder.margins(booster, test)


def rung_columns(catalogue: pd.DataFrame) -> dict[str, list[str]]:
    """Feature names of each rung above the first: every rung has those below it."""
    chosen: list[str] = []
    rungs = {}
    for group in ladder.GROUPS:
        chosen = chosen + catalogue.loc[catalogue["group"] == group, "feature"].tolist()
        rungs[group] = chosen
    return rungs


def climb(
    bench: Bench, features: list[pd.DataFrame], last: list[np.ndarray], rungs: dict[str, list[str]]
) -> dict[str, np.ndarray]:
    """Scores of the given rungs.

    ``features`` and ``last``, the tokens of each subject's last payment, are those of the
    training and of the scored subjects.
    """
    scores = {}
    for rung, names in pipeline.progress(rungs.items(), "ladder", "rung"):
        scores[rung] = bench.scores(
            *(beside(mine[names], tokens) for mine, tokens in zip(features, last, strict=True))
        )
    return scores


def beside(features: pd.DataFrame, *others: np.ndarray) -> np.ndarray:
    """Features and further columns, row by row in memory; shape (n, all columns)."""
    parts = [features.to_numpy(), *others]
    widths = np.cumsum([0, *(part.shape[1] for part in parts)])
    whole = np.empty((len(features), widths[-1]), np.result_type(*parts))
    for part, first, end in zip(parts, widths[:-1], widths[1:], strict=True):
        whole[:, first:end] = part
    return whole


def last_tokens(tokens: np.ndarray, subjects: pd.DataFrame) -> np.ndarray:
    """Tokens of each subject's last payment, NaN where there is none; shape (n, columns)."""
    end = subjects["token_end"].to_numpy()
    last = np.full((len(subjects), tokens.shape[1]), np.nan, np.float32)
    seen = end > subjects["token_first"].to_numpy()
    last[seen] = tokens[end[seen] - 1]
    return last


def encoded_names(
    features: list[pd.DataFrame], catalogue: pd.DataFrame, train: Rows, test: Rows, encoder: Encoder
) -> tuple[np.ndarray, np.ndarray]:
    """Every coded column by its mean label: training rows in fold, test rows by all training rows."""
    coded = catalogue[catalogue["levels"] > 0].set_index("feature")["levels"].to_dict()
    (codes, sizes), (test_codes, _) = (integer_codes(mine, coded) for mine in features)
    inside, outside = [], []
    for code, test_code, levels in zip(codes.T, test_codes.T, sizes, strict=True):
        label, weight = train.label, train.weight
        inside.append(
            encoded_in_fold(
                code,
                label,
                weight,
                train.customer,
                train.as_of_us,
                levels,
                encoder.folds,
                encoder.prior_rows,
            )
        )
        whole = TargetEncoder.fit(code, label, weight, levels, encoder.prior_rows)
        outside.append(whole.transform(test_code))
    if not inside:
        return np.empty((len(train.place), 0)), np.empty((len(test.place), 0))
    return np.column_stack(inside), np.column_stack(outside)


def gains(booster: lightgbm.Booster, names: list[str]) -> dict[str, float]:
    """Each feature's share of a fitted model's total gain."""
    gain = booster.feature_importance("gain")
    share = dict(zip(booster.feature_name(), gain / max(gain.sum(), 1e-12), strict=True))
    return {name: round(float(share.get(name, 0.0)), 5) for name in names}


def id_probe(bench: Bench, split: pd.DataFrame, params: Params) -> dict[str, Any]:
    """Whether a customer's number or the order of rows tells anything: it must be at chance.

    Learnt on one half of the customers, measured on the other: a customer who was
    suspicious once may be so again, and that is no leak.
    """
    rng = np.random.default_rng(params.seed)
    names = np.unique(split["customer_id"])
    half = dict(zip(names, rng.permutation(len(names)) % 2, strict=True))
    parts = []
    for rows in (bench.train, bench.test):
        week = np.unique(rows.as_of_us, return_inverse=True)[1]
        order = np.arange(len(week)) - np.searchsorted(week, week)
        parts.append(np.column_stack([rows.customer, order, rows.customer % 10]).astype(float))
    learns = np.array([half[customer] == 0 for customer in bench.train.customer])
    judged = np.array([half[customer] == 1 for customer in bench.test.customer]) & bench.test.is_judged
    if not learns.any() or not judged.any():
        return {"auc": {"value": None, "low": None, "high": None}}
    booster = ladder.fit(parts[0][learns], bench.train.label[learns], bench.train.weight[learns], bench.trees)
    score = ladder.margins(booster, parts[1][judged])
    auc = leakage.auc_by_customer(
        score,
        bench.test.is_illicit[judged],
        bench.test.customer[judged],
        params.bootstrap_draws,
        params.seed,
    )
    return {"auc": auc}


def shuffled_labels(
    data: lightgbm.Dataset, values: np.ndarray, bench: Bench, params: Params
) -> dict[str, Any]:
    """What models find that learnt from meaningless labels: area under the ROC, by deal.

    A label is a fair coin here and a weight is another row's: whom the bank reviewed would
    else be told by the weight alone. Dealt labels of the bank's own rarity will not do.
    Few positives make a model's favourites outliers, and the illicit are outliers too; only
    with coins is every model as likely as its own reverse, and the area 0.5 on average.
    """
    rng, rows = np.random.default_rng(params.seed), bench.test
    few = {"count": max(bench.trees.count // 4, 1), "positive_weight": 1.0}
    trees = bench.trees.model_copy(update=few)
    areas, precisions = [], []
    for _ in range(params.shuffles):
        coins = rng.integers(2, size=len(bench.train.label)).astype(float)
        booster = ladder.fit_binned(data, coins, rng.permutation(bench.train.weight), trees)
        score = ladder.margins(booster, values)
        score, is_illicit = score[rows.is_judged], rows.is_illicit[rows.is_judged]
        areas.append(difficulty.area_under_roc(difficulty.ranks(score), is_illicit))
        precisions.append(difficulty.average_precision(score, is_illicit))
    return {
        "areas": [difficulty.plain(area) for area in areas],
        "average_precision": difficulty.plain(float(np.median(precisions))),
        "base_rate": difficulty.plain(_mean(rows.is_illicit[rows.is_judged])),
    }


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")


def main() -> None:
    """Write the ladder, the demonstration of the leaked rating, and the leakage tests of this run."""
    params, budget = pipeline.params("audit_ladder", Params), pipeline.params("budget", Budget)
    split = pipeline.read(schema.Split)
    ids = pipeline.read(features_schema.FeatureMatrix, columns=["subject_id"])["subject_id"].to_numpy()
    catalogue = pipeline.read(features_schema.FeatureCatalogue)
    subjects = pipeline.read(features_schema.Subjects)
    line = pipeline.read(features_schema.Sequences)
    periods = pipeline.read(data_schema.Periods)
    origin_us = int(periods["starts_at"].astype("int64").min())
    planted = moments_of(
        pipeline.read(data_schema.Transactions, columns=["transaction_id", "at", *ENDS]),
        pipeline.read(data_schema.Accounts, columns=["account_id", "customer_id"]),
        pipeline.read(data_schema.Truth),
        pipeline.read(data_schema.Schemes),
    )
    histories = leakage.Histories(
        pipeline.read(data_schema.ProfileTags), pipeline.read(data_schema.Dispositions)
    )
    tuned = LightgbmModel().load(pipeline.existing("models", TESTED_MODEL))
    illicit = planted[planted["is_illicit"]]
    is_illicit = happened_within(illicit, split["customer_id"], split["as_of"], budget.label_window_days)

    whole_train, test = (Rows.of(split, roles, ids, is_illicit) for roles in (("train",), WATCHED["test"]))
    train = ladder.thinned(whole_train, params.unsuspected_every)
    bench = Bench(train, test, params.trees)
    features = pipeline.read_matrix(
        features_schema.FeatureMatrix, [train.place, test.place], without=("subject_id",)
    )
    rungs = rung_columns(catalogue)
    top = rungs.pop(TOP)

    tokens = line[list(features_schema.TOKEN_COLUMNS)].to_numpy()
    last = [last_tokens(tokens, subjects.iloc[rows.place]) for rows in (train, test)]
    stretch = [
        ladder.payments_since(
            subjects.iloc[rows.place],
            line["customer_id"].to_numpy(),
            line["day"].to_numpy(),
            origin_us,
            ladder.LOOK_BACK_DAYS,
        )
        for rows in (train, test)
    ]
    scores = {
        ladder.SINGLE_LINE: ladder.score_single_lines(
            tokens, stretch[0], train.label, train.weight, stretch[1], params.licit_line_every, params.trees
        )
    }
    scores |= climb(bench, features, last, rungs)

    whole = [beside(mine, tokens_of) for mine, tokens_of in zip(features, last, strict=True)]
    data = ladder.binned(whole[0], params.trees)
    shuffled = shuffled_labels(data, whole[1], bench, params)
    booster = ladder.fit_binned(data, train.label, train.weight, params.trees)
    scores[TOP] = ladder.margins(booster, whole[1])
    del data
    ratings = {
        is_dated: leakage.risk_rating(subjects, histories, params.rating_tag, is_dated)
        for is_dated in (True, False)
    }
    trained = {}
    for is_dated, rating in ratings.items():
        table = np.column_stack([whole[0], rating[train.place].astype(np.float32)])
        trained[is_dated] = ladder.fit(table, train.label, train.weight, params.trees)
    for name, is_trained_dated, is_read_dated in (
        ("rating_dated", True, True),
        ("rating_leaked", False, False),
        ("rating_leaked_live", False, True),
    ):
        table = np.column_stack([whole[1], ratings[is_read_dated][test.place].astype(np.float32)])
        scores[name] = ladder.margins(trained[is_trained_dated], table)

    inside, outside = encoded_names(features, catalogue, train, test, params.encoder)
    scores["encoded"] = bench.scores(np.hstack([whole[0], inside]), np.hstack([whole[1], outside]))

    named = catalogue.loc[catalogue["group"] == "network", "feature"]
    network = features[0].columns.get_indexer(named)
    for rows, part in zip((train, test), whole, strict=True):  # the last use of these rows
        part[:, network] = leakage.exchanged_within(part[:, network], rows.as_of_us, params.seed)
    scores["network_dealt"] = bench.scores(*whole)

    against = dict(zip(ladder.GROUPS, (ladder.SINGLE_LINE, *ladder.GROUPS), strict=False))
    against |= {name: TOP for name in scores if name not in against and name != ladder.SINGLE_LINE}
    alerted = {name: test.watch.alerted(score, budget) for name, score in scores.items()}
    judged, starts_at = split[split["role"] == "test"], periods.set_index("name").loc["test", "starts_at"]
    views = {
        "bank": as_labelled(judged, starts_at),
        "true": in_truth(judged, illicit, starts_at, budget.label_window_days),
    }
    catches = {view: Catches.of(judged["customer_id"].to_numpy(), found) for view, found in views.items()}
    compared = ladder.compared(alerted, against, catches, params.bootstrap_draws, params.seed)
    columns = {rung: len(names) for rung, names in rungs.items()}
    columns |= {ladder.SINGLE_LINE: tokens.shape[1], TOP: len(top)}
    encoder = params.encoder
    pipeline.write_json(
        "models",
        "ladder.json",
        {
            "rankings": [row | {"columns": columns.get(row["ranking"])} for row in compared],
            "alerts": int(alerted[TOP].sum()),
            "gain_share": gains(tuned.booster, catalogue["feature"].tolist()),
            "rating_mask": {
                "dated": leakage.changed_by_mask(subjects, histories, params.rating_tag, is_dated=True),
                "undated": leakage.changed_by_mask(subjects, histories, params.rating_tag, is_dated=False),
            },
            "label_shuffle": shuffled,
            "ids": id_probe(bench, split, params),
            "encoder": leakage.encoder_of_noise(
                train.label,
                train.weight,
                train.customer,
                train.as_of_us,
                encoder.customers_per_name,
                encoder.folds,
                encoder.prior_rows,
                params.seed,
            ),
        },
    )


if __name__ == "__main__":
    pipeline.run_stage("audit_ladder", main)
