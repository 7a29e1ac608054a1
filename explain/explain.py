"""Stage explain: why each alert of the champion was raised, the queue, and its cases in full."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

import pipeline
from explain import schema
from explain.assembly import Reading, explained_cases
from explain.attribution import contributions, contributions_table, peer_values
from explain.faithfulness import deletion
from explain.flow import DAYS
from explain.inputs import ExplainInputs, Params, read_inputs
from explain.queue import queue_table
from explain.rarity import own_medians, rarities
from explain.reasons import reasons
from explain.results.cases import ExplainedCases
from explain.results.faithfulness import Faithfulness, FeatureShare


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
class Explanation:
    """What explains the alerts of one model: three tables, a test of them, and cases in full."""

    contributions: pd.DataFrame
    reasons: pd.DataFrame
    queue: pd.DataFrame
    faithfulness: Faithfulness
    cases: ExplainedCases


def kinds_and_weeks(test: pd.DataFrame, customers: pd.DataFrame) -> pd.Series:
    """Kind of customer and week of each test subject: who is compared with whom."""
    number, weeks = pd.factorize(test["as_of"])  # a moment takes a millisecond to write, and weeks are few
    return test["customer_id"].map(customers["kind"]) + " " + pd.Series(weeks.astype(str)[number])


@dataclass(frozen=True)
class Attributed:
    """Contributions and reasons of some subjects, aligned with ``subjects``; ``medians`` are their peers'."""

    table: pd.DataFrame
    texts: pd.DataFrame
    features: pd.DataFrame
    values: np.ndarray
    medians: np.ndarray


def attributed(inputs: ExplainInputs, subjects: pd.DataFrame, params: Params) -> Attributed:
    """Explain some subjects (subject_id, customer_id, as_of, score) of the test."""
    group, labels, features = kinds_and_weeks(inputs.test, inputs.customers), inputs.labels, inputs.features
    subject_id = subjects["subject_id"].to_numpy()
    place = np.searchsorted(inputs.test["subject_id"].to_numpy(), subject_id)
    alerted, peers = features.iloc[place].reset_index(drop=True), group.iloc[place]
    values = contributions(inputs.fitted.booster, alerted, subjects["score"].to_numpy())
    is_asked = group.isin(peers).to_numpy()  # peers of no alert are compared with nobody
    median, p99 = peer_values(features[is_asked], group[is_asked], (0.5, 0.99))
    table = contributions_table(subject_id, peers, alerted, values, median, p99, dict(labels["family"]))
    encoding = labels.loc[list(features.columns), "encoding"].to_numpy()
    own = own_medians(subjects, inputs.past, inputs.past_features, DAYS, params.own_weeks)
    rare = rarities(features, group, place, encoding)
    beside = pd.DataFrame({"rarity": rare.ravel(), "own_median": own.ravel()})
    texts = reasons(table, labels, params.reasons, beside)
    return Attributed(table, texts, alerted, values, median.loc[peers, alerted.columns].to_numpy())


def explain(inputs: ExplainInputs, params: Params) -> Explanation:
    """Contributions and reasons of every alert of the model, the queue, and the cases."""
    found = attributed(inputs, inputs.alerts, params)
    others = pd.concat([inputs.below, inputs.asked]).drop_duplicates("subject_id")
    beside = attributed(inputs, others, params) if len(others) else None
    texts = found.texts if beside is None else pd.concat([found.texts, beside.texts], ignore_index=True)
    texts = texts.drop_duplicates(["subject_id", "rank"])
    family = inputs.labels.loc[list(inputs.features.columns), "family"].to_numpy()
    faithful = deletion(
        inputs.margin,
        found.features,
        found.medians,
        found.values,
        family,
        params.deleted_families,
        params.seed,
    )
    reading = Reading.of(inputs, params)
    cases = explained_cases(reading, inputs, texts, params)
    written = {case.case_id for case in cases.cases}
    return Explanation(
        found.table,
        found.texts,
        queue_table(reading.alerts, found.texts, written, reading.ledger, reading.files),
        Faithfulness(
            model=params.model,
            alerts=len(inputs.alerts),
            deleted_families=params.deleted_families,
            top_families_fall=faithful.top,
            random_families_fall=faithful.at_random,
            feature_shares=feature_shares(found.table, inputs.labels),
        ),
        cases,
    )


def main() -> None:
    """Write contributions, reasons, the queue, the faithfulness test and the cases."""
    params = pipeline.params("explain", Params)
    found = explain(read_inputs(params), params)
    pipeline.write(schema.Contributions, found.contributions)
    pipeline.write(schema.Reasons, found.reasons)
    pipeline.write(schema.AlertQueue, found.queue)
    pipeline.write_result(found.faithfulness)
    pipeline.write_result(found.cases)


if __name__ == "__main__":
    pipeline.run_stage("explain", main)
