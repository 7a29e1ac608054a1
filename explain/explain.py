"""Stage explain: why each alert of the champion was raised, and ten cases in full."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data import schema as data_schema
from data.asof import bank_time
from explain import schema
from explain.attribution import contributions, contributions_table, peer_values
from explain.cases import case, named_payments
from explain.faithfulness import deletion
from explain.reasons import reasons
from explain.results.cases import ExplainedCase, ExplainedCases
from explain.results.faithfulness import Faithfulness, FeatureShare
from features import schema as features_schema
from models import schema as models_schema
from models.zoo import MODELS, Examples
from models.zoo.gaps import gappy, without_new_gaps
from parameters import Seed

PAYMENT_COLUMNS = ["at", "payer_account_id", "payee_account_id", "amount_cents", "channel"]


class Params(pipeline.Parameters):
    """Section ``explain`` of params.yaml."""

    model: str
    reasons: int = Field(ge=1, le=1_000)
    cases: int = Field(ge=1, le=1_000)
    flow_edges: int = Field(ge=3, le=10_000)
    deleted_families: int = Field(ge=1, le=1_000)
    seed: Seed


def opened(name: str) -> Any:
    """The fitted tree model of a name; one that is unknown, not trained or no tree is bad input."""
    place = "params.yaml: explain.model"
    model = MODELS.lookup(name, place)
    fitted = model.load(pipeline.existing("models", model.file))
    if not hasattr(fitted, "booster"):
        raise pipeline.BadInput(f"{place}: expected a tree model, found {name!r}")
    return fitted


def feature_shares(table: pd.DataFrame, labels: pd.DataFrame, most: int = 15) -> list[FeatureShare]:
    """The largest shares of the whole absolute contribution; empty where nothing was explained."""
    strength = table["contribution"].abs().groupby(table["feature"]).sum()
    if strength.sum() <= 0:
        return []
    shares = (strength / strength.sum()).sort_values(ascending=False, kind="stable")
    return [
        FeatureShare(
            feature=name,
            label_en=labels.loc[name, "label_en"],
            label_zh=labels.loc[name, "label_zh"],
            share=round(float(share), 4),
        )
        for name, share in shares.head(most).items()
    ]


@dataclass(frozen=True)
class ExplainInputs:
    """The alerts to explain, the model that raised them, and what a case page tells of them.

    ``test`` are the test's rows of Split and ``features`` theirs, gaps filled as at scoring;
    ``alerts`` are those of the model, in order of subject. ``labels`` is the feature
    catalogue by feature, ``customers`` and ``rules`` go by id, ``names`` are what a foreign
    data set calls accounts, ``midnight`` is the first moment of the run.
    """

    fitted: Any
    test: pd.DataFrame
    features: pd.DataFrame
    alerts: pd.DataFrame
    labels: pd.DataFrame
    customers: pd.DataFrame
    accounts: pd.DataFrame
    names: dict[int, str]
    transactions: pd.DataFrame
    rules: pd.DataFrame
    hits: pd.DataFrame
    dispositions: pd.DataFrame
    midnight: pd.Timestamp

    def margin(self, features: pd.DataFrame) -> np.ndarray:
        """Raw margin of the model by row of ``features``, shape (n,); trees ask for nothing else."""
        size = len(features)
        if not size:
            return np.zeros(0)
        nobody, never = np.zeros(size, np.int64), pd.Series([self.midnight] * size)
        examples = Examples(features, nobody, never, np.zeros(size), np.ones(size))
        return np.asarray(self.fitted.scores(examples))


def read_inputs(params: Params) -> ExplainInputs:
    """Read them; of the training features only what tells which gaps are new."""
    fitted, split = opened(params.model), pipeline.read(models_schema.Split)
    named, hits = pipeline.read(data_schema.AccountNames), pipeline.read(data_schema.RuleHits)
    alerts = pipeline.read(models_schema.ModelAlerts)
    alerts = alerts[alerts["ranker"] == params.model]
    ids = pipeline.read(features_schema.FeatureMatrix, columns=["subject_id"])["subject_id"].to_numpy()
    training, rows = (
        np.searchsorted(ids, split.loc[split["role"] == role, "subject_id"].to_numpy())
        for role in ("train", "test")
    )
    (features,) = pipeline.read_matrix(features_schema.FeatureMatrix, [rows], without=("subject_id",))
    lacking = gappy(features)
    whole = [name for name in features if name not in lacking]
    (learnt,) = pipeline.read_matrix(
        features_schema.FeatureMatrix, [training], without=("subject_id", *whole)
    )
    return ExplainInputs(
        fitted=fitted,
        test=split[split["role"] == "test"].reset_index(drop=True),
        features=without_new_gaps(features, learnt)[0],
        alerts=alerts.sort_values("subject_id", kind="stable", ignore_index=True),
        labels=pipeline.read(features_schema.FeatureCatalogue).set_index("feature"),
        customers=pipeline.read(data_schema.Customers).set_index("customer_id"),
        accounts=pipeline.read(data_schema.Accounts),
        names=dict(zip(named["account_id"].tolist(), named["name"].tolist(), strict=True)),
        transactions=pipeline.read(data_schema.Transactions, PAYMENT_COLUMNS),
        rules=pipeline.read(data_schema.Rules).set_index("rule_id"),
        hits=hits[hits["use"] != "held_out"],  # the audit's alone
        dispositions=pipeline.read(data_schema.Dispositions),
        midnight=pipeline.read(data_schema.Periods)["starts_at"].min(),
    )


@dataclass(frozen=True)
class Explanation:
    """What explains the alerts of one model: two tables, a test of them, and cases in full."""

    contributions: pd.DataFrame
    reasons: pd.DataFrame
    faithfulness: Faithfulness
    cases: ExplainedCases


def kinds_and_weeks(test: pd.DataFrame, customers: pd.DataFrame) -> pd.Series:
    """Kind of customer and week of each test subject: who is compared with whom."""
    number, weeks = pd.factorize(test["as_of"])  # a moment takes a millisecond to write, and weeks are few
    return test["customer_id"].map(customers["kind"]) + " " + pd.Series(weeks.astype(str)[number])


def explain(inputs: ExplainInputs, params: Params) -> Explanation:
    """Contributions and reasons of every alert of the model, and the cases with the highest scores."""
    group, labels, features = kinds_and_weeks(inputs.test, inputs.customers), inputs.labels, inputs.features
    subject_id = inputs.alerts["subject_id"].to_numpy()
    place = np.searchsorted(inputs.test["subject_id"].to_numpy(), subject_id)
    alerted, peers = features.iloc[place].reset_index(drop=True), group.iloc[place]
    alerts = inputs.alerts.assign(score=inputs.margin(alerted))
    values = contributions(inputs.fitted.booster, alerted, alerts["score"].to_numpy())
    is_asked = group.isin(peers).to_numpy()  # peers of no alert are compared with nobody
    median, p99 = peer_values(features[is_asked], group[is_asked], (0.5, 0.99))
    table = contributions_table(subject_id, peers, alerted, values, median, p99, dict(labels["family"]))
    texts = reasons(table, labels, params.reasons)
    medians = median.loc[peers, alerted.columns].to_numpy()
    family = labels.loc[list(alerted.columns), "family"].to_numpy()
    faithful = deletion(inputs.margin, alerted, medians, values, family, params.deleted_families, params.seed)
    return Explanation(
        table,
        texts,
        Faithfulness(
            model=params.model,
            alerts=len(alerts),
            deleted_families=params.deleted_families,
            top_families_fall=faithful.top,
            random_families_fall=faithful.at_random,
            feature_shares=feature_shares(table, labels),
        ),
        ExplainedCases(cases=explained_cases(inputs, alerts, texts, params)),
    )


def explained_cases(
    inputs: ExplainInputs, alerts: pd.DataFrame, texts: pd.DataFrame, params: Params
) -> list[ExplainedCase]:
    """The alerts with the highest scores, one a customer, by the bank's clock.

    ``alerts`` have a score, ``texts`` are the table Reasons.
    """

    def clock(frame: pd.DataFrame, column: str) -> pd.DataFrame:
        return frame.assign(**{column: bank_time(frame[column], inputs.midnight)})

    best = alerts.sort_values(["score", "subject_id"], ascending=[False, True]).drop_duplicates("customer_id")
    best = clock(best.head(params.cases), "as_of")
    around = set(best["customer_id"])
    payments = named_payments(inputs.transactions, inputs.accounts, around, inputs.names)
    payments, hits = clock(payments, "at"), clock(inputs.hits, "hit_at")
    dispositions, customers = clock(inputs.dispositions, "known_at"), clock(inputs.customers, "joined_at")
    return [
        case(
            alert,
            customers.loc[alert.customer_id],
            payments,
            texts,
            hits,
            inputs.rules,
            dispositions,
            params.flow_edges,
            inputs.names,
        )
        for alert in best.itertuples(index=False)
    ]


def main() -> None:
    """Write contributions, reasons, the faithfulness test and the cases."""
    params = pipeline.params("explain", Params)
    found = explain(read_inputs(params), params)
    pipeline.write(schema.Contributions, found.contributions)
    pipeline.write(schema.Reasons, found.reasons)
    pipeline.write_result(found.faithfulness)
    pipeline.write_result(found.cases)


if __name__ == "__main__":
    pipeline.run_stage("explain", main)
