"""What stage explain reads, and whom of it cases may speak."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

import pipeline
from data import schema as data_schema
from explain.flow import DAYS
from explain.ledger import near
from explain.selection import asked_for, below_cut
from explain.thresholds import indicators_in
from features import schema as features_schema
from models import schema as models_schema
from models.zoo import MODELS, Examples
from models.zoo.gaps import gappy, without_new_gaps
from parameters import Days, Seed

RULEBOOK = Path("data/rules/rulebook.yaml")  # the multiplier of thresholds stands in no table
SCORED_AT_ONCE = 100_000  # rows, so that no second copy of all features is made


class Params(pipeline.Parameters):
    """Section ``explain`` of params.yaml."""

    model: str
    reasons: int = Field(ge=1, le=1_000)
    cases: int = Field(ge=1, le=10_000)
    below_cut: int = Field(ge=0, le=10_000)
    asked: list[int]
    flow_edges: int = Field(ge=3, le=10_000)
    payments: int = Field(ge=1, le=10_000)
    most_tied: int = Field(ge=1, le=10_000)
    least_tie_cny: float = Field(ge=0, le=1e12)
    decide_days: Days
    own_weeks: int = Field(ge=1, le=1_000)
    deleted_families: int = Field(ge=1, le=1_000)
    seed: Seed


class Multipliers(BaseModel):
    """Of the rulebook what a case page needs of it."""

    model_config = ConfigDict(extra="ignore")
    segment_multiplier: dict[str, float]


def opened(name: str) -> Any:
    """The fitted tree model of a name; one that is unknown, not trained or no tree is bad input."""
    place = "params.yaml: explain.model"
    model = MODELS.lookup(name, place)
    fitted = model.load(pipeline.existing("models", model.file))
    if not hasattr(fitted, "booster"):
        raise pipeline.BadInput(f"{place}: expected a tree model, found {name!r}")
    return fitted


def margin(fitted: Any, features: pd.DataFrame, midnight: pd.Timestamp) -> np.ndarray:
    """Raw margin of a tree model by row of ``features``, shape (n,); trees ask for nothing else."""
    parts = []
    for first in range(0, len(features), SCORED_AT_ONCE):
        rows = features.iloc[first : first + SCORED_AT_ONCE]
        size = len(rows)
        nobody, never = np.zeros(size, np.int64), pd.Series([midnight] * size)
        parts.append(fitted.scores(Examples(rows, nobody, never, np.zeros(size), np.ones(size))))
    return np.concatenate([np.zeros(0), *parts])


@dataclass(frozen=True)
class ExplainInputs:
    """The alerts to explain, the model that raised them, and what a case page tells of them.

    ``test`` are the test's rows of Split, ``features`` theirs, gaps filled as at scoring, ``score`` the
    model's; ``alerts`` are those of the model with score, in order of subject, ``below`` and ``asked``
    further subjects to explain. ``past`` are rows of Split of these customers with ``past_features``.
    ``labels`` is the feature catalogue by feature, ``customers`` and ``rules`` go by id, ``names`` are
    what a foreign data set calls accounts, ``figures`` the daily indicators at hits by customer and
    moment, ``midnight`` the first moment of the run.
    """

    fitted: Any
    test: pd.DataFrame
    features: pd.DataFrame
    score: np.ndarray
    alerts: pd.DataFrame
    below: pd.DataFrame
    asked: pd.DataFrame
    past: pd.DataFrame
    past_features: pd.DataFrame
    labels: pd.DataFrame
    customers: pd.DataFrame
    accounts: pd.DataFrame
    names: dict[int, str]
    transactions: pd.DataFrame
    devices: pd.DataFrame
    tags: pd.DataFrame
    rules: pd.DataFrame
    hits: pd.DataFrame
    figures: pd.DataFrame
    bank_alerts: pd.DataFrame
    dispositions: pd.DataFrame
    multiplier: dict[str, float]
    midnight: pd.Timestamp

    def margin(self, features: pd.DataFrame) -> np.ndarray:
        """Raw margin of the model by row of ``features``, shape (n,)."""
        return margin(self.fitted, features, self.midnight)


def around_of(customers: pd.Series, bank_alerts: pd.DataFrame) -> set[int]:
    """Customers of whom a case may speak: the given ones, and who shared a case of the bank with them."""
    cases = bank_alerts.loc[bank_alerts["customer_id"].isin(customers), "case_id"]
    together = bank_alerts.loc[bank_alerts["case_id"].isin(cases), "customer_id"]
    return set(customers.tolist()) | set(together.tolist())


def recent_hits(hits: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    """Hits that a page may speak of; those of rules held out are the audit's alone."""
    hits = hits[hits["use"] != "held_out"]
    return hits[hits["hit_at"] > test["as_of"].min() - pd.Timedelta(days=2 * DAYS)]


def hit_places(daily: pd.DataFrame, hits: pd.DataFrame) -> np.ndarray:
    """Rows of DailyIndicators at which a rule hit, in their order."""
    keys = ["customer_id", "as_of"]
    wanted = hits[["customer_id", "hit_at"]].drop_duplicates().set_axis(keys, axis=1)
    found = daily[keys].assign(place=np.arange(len(daily))).merge(wanted, on=keys)
    return np.asarray(found["place"].sort_values(kind="stable"))


def read_inputs(params: Params) -> ExplainInputs:
    """Read them; of the training features only what tells which gaps are new."""
    fitted, split = opened(params.model), pipeline.read(models_schema.Split)
    named, hits = pipeline.read(data_schema.AccountNames), pipeline.read(data_schema.RuleHits)
    midnight = pipeline.read(data_schema.Periods)["starts_at"].min()
    test = split[split["role"] == "test"].reset_index(drop=True)
    alerts = pipeline.read(models_schema.ModelAlerts)
    alerts = alerts[alerts["ranker"] == params.model]
    alerts = alerts.sort_values("subject_id", kind="stable", ignore_index=True)
    ids = pipeline.read(features_schema.FeatureMatrix, columns=["subject_id"])["subject_id"].to_numpy()
    training = np.searchsorted(ids, split.loc[split["role"] == "train", "subject_id"].to_numpy())
    rows = np.searchsorted(ids, test["subject_id"].to_numpy())
    (features,) = pipeline.read_matrix(features_schema.FeatureMatrix, [rows], without=("subject_id",))
    lacking = gappy(features)
    whole = [name for name in features if name not in lacking]
    (learnt,) = pipeline.read_matrix(
        features_schema.FeatureMatrix, [training], without=("subject_id", *whole)
    )
    features = without_new_gaps(features, learnt)[0]
    score = margin(fitted, features, midnight)
    place = np.searchsorted(test["subject_id"].to_numpy(), alerts["subject_id"].to_numpy())
    alerts = alerts.assign(score=score[place])
    below = below_cut(test, score, alerts, params.below_cut)
    asked = asked_for(test, score, params.asked)
    bank_alerts = pipeline.read(data_schema.Alerts)
    shown = pd.concat([rows["customer_id"] for rows in (alerts, below, asked)])
    around, accounts = around_of(shown, bank_alerts), pipeline.read(data_schema.Accounts)
    past = split[split["customer_id"].isin(around)].reset_index(drop=True)
    past_rows = np.searchsorted(ids, past["subject_id"].to_numpy())
    (past_features,) = pipeline.read_matrix(
        features_schema.FeatureMatrix, [past_rows], without=("subject_id",)
    )
    rules = pipeline.read(data_schema.Rules).set_index("rule_id")
    hits = recent_hits(hits, test) if len(test) else hits.iloc[:0]
    daily = pipeline.read(data_schema.DailyIndicators, columns=["customer_id", "as_of"])
    at_hits = hit_places(daily, hits)
    labels = pipeline.read(features_schema.FeatureCatalogue).set_index("feature")
    compared = indicators_in(rules["predicate"], set(labels.index))
    unused = {"customer_id", "as_of", *set(labels.index) - set(compared)}
    (figures,) = pipeline.read_matrix(data_schema.DailyIndicators, [at_hits], without=tuple(unused))
    since = test["as_of"].min() - pd.Timedelta(days=DAYS) if len(test) else midnight
    return ExplainInputs(
        fitted=fitted,
        test=test,
        features=features,
        score=score,
        alerts=alerts,
        below=below,
        asked=asked,
        past=past,
        past_features=past_features,
        labels=labels,
        customers=pipeline.read(data_schema.Customers).set_index("customer_id"),
        accounts=accounts,
        names=dict(zip(named["account_id"].tolist(), named["name"].tolist(), strict=True)),
        transactions=near(pipeline.pages(data_schema.Transactions), accounts, around, since),
        devices=pipeline.read(data_schema.Devices),
        tags=pipeline.read(data_schema.ProfileTags),
        rules=rules,
        hits=hits,
        figures=figures.set_index(pd.MultiIndex.from_frame(daily.iloc[at_hits])),
        bank_alerts=bank_alerts,
        dispositions=pipeline.read(data_schema.Dispositions),
        multiplier=Multipliers.model_validate(pipeline.read_yaml(RULEBOOK)).segment_multiplier,
        midnight=midnight,
    )
