"""Stage explain: why each alert of the champion was raised, and ten cases in full."""

from __future__ import annotations

from dataclasses import replace
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
from explain.results import ExplainedCases, Faithfulness, FeatureShare
from features import schema as features_schema
from models import schema as models_schema
from models.zoo import MODELS, Examples
from models.zoo.gaps import gappy, without_new_gaps
from parameters import Seed


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


def main() -> None:
    """Write contributions, reasons, the faithfulness test and the cases."""
    params = pipeline.params("explain", Params)
    fitted = opened(params.model)

    split = pipeline.read(models_schema.Split)
    test = split[split["role"] == "test"].reset_index(drop=True)
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
    features, _ = without_new_gaps(features, learnt)  # as at scoring
    customers = pipeline.read(data_schema.Customers).set_index("customer_id")
    number, weeks = pd.factorize(test["as_of"])  # a moment takes a millisecond to write, and weeks are few
    group = test["customer_id"].map(customers["kind"]) + " " + pd.Series(weeks.astype(str)[number])

    alerts = pipeline.read(models_schema.ModelAlerts)
    alerts = alerts[alerts["ranker"] == params.model].sort_values(
        "subject_id", kind="stable", ignore_index=True
    )
    place = np.searchsorted(test["subject_id"].to_numpy(), alerts["subject_id"].to_numpy())
    blank = Examples(
        features, test["customer_id"].to_numpy(), test["as_of"], np.zeros(len(test)), np.ones(len(test))
    )

    def margin(table: pd.DataFrame) -> np.ndarray:
        return fitted.scores(replace(blank, features=table)) if len(table) else np.zeros(0)

    alerted = features.iloc[place].reset_index(drop=True)
    alerts = alerts.assign(score=margin(alerted))
    values = contributions(fitted.booster, alerted, alerts["score"].to_numpy())
    is_asked = group.isin(group.iloc[place]).to_numpy()  # peers of no alert are compared with nobody
    median, p99 = peer_values(features[is_asked], group[is_asked], (0.5, 0.99))
    labels = pipeline.read(features_schema.FeatureCatalogue).set_index("feature")
    peers = group.iloc[place]
    table = contributions_table(
        alerts["subject_id"].to_numpy(), peers, alerted, values, median, p99, dict(labels["family"])
    )
    texts = reasons(table, labels, params.reasons)
    pipeline.write(schema.Contributions, table)
    pipeline.write(schema.Reasons, texts)

    medians = median.loc[peers, alerted.columns].to_numpy()
    family = labels.loc[list(alerted.columns), "family"].to_numpy()
    faithful = deletion(margin, alerted, medians, values, family, params.deleted_families, params.seed)
    pipeline.write_result(
        Faithfulness(
            model=params.model,
            alerts=len(alerts),
            deleted_families=params.deleted_families,
            top_families_fall=faithful.top,
            random_families_fall=faithful.at_random,
            feature_shares=feature_shares(table, labels),
        )
    )

    midnight = pipeline.read(data_schema.Periods)["starts_at"].min()

    def clock(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
        return frame.assign(**{column: bank_time(frame[column], midnight) for column in columns})

    best = alerts.sort_values(["score", "subject_id"], ascending=[False, True]).drop_duplicates("customer_id")
    best = clock(best.head(params.cases), "as_of")
    accounts = pipeline.read(data_schema.Accounts)
    named = pipeline.read(data_schema.AccountNames)
    names = dict(zip(named["account_id"].tolist(), named["name"].tolist(), strict=True))
    ends = ["payer_account_id", "payee_account_id"]
    transactions = pipeline.read(data_schema.Transactions, ["at", *ends, "amount_cents", "channel"])
    payments = clock(named_payments(transactions, accounts, set(best["customer_id"]), names), "at")
    rules = pipeline.read(data_schema.Rules).set_index("rule_id")
    hits = clock(pipeline.read(data_schema.RuleHits), "hit_at")
    hits = hits[hits["use"] != "held_out"]  # the audit's alone
    dispositions = clock(pipeline.read(data_schema.Dispositions), "known_at")
    customers = clock(customers, "joined_at")
    cases = [
        case(
            alert,
            customers.loc[alert.customer_id],
            payments,
            texts,
            hits,
            rules,
            dispositions,
            params.flow_edges,
            names,
        )
        for alert in best.itertuples(index=False)
    ]
    pipeline.write_result(ExplainedCases(cases=cases))


if __name__ == "__main__":
    pipeline.run_stage("explain", main)
