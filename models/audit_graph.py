"""Stage audit_graph: what of the graph the graph network needs, by changed graphs.

A part of the audit: the truth is read to judge rankings. Every network here learns from the
bank's labels, with the tuned choice of the bank's own graph network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

import pipeline
from data import schema as data_schema
from data.asof import moments_of
from models import schema
from models.budget import Budget, Watch
from models.examples import Learnt, learnt
from models.examples import read_inputs as read_examples
from models.metrics import Catches
from models.positives import as_labelled
from models.results.graph_honesty import FewPayments, GraphHonesty, GraphVariant
from models.results.tuned import Tuned
from models.truth.graph_honesty import look_aheads, payments_of, variants, with_graph
from models.truth.illicit import MOMENT_COLUMNS, in_truth
from models.truth.ladder import rankings_compared
from models.zoo import MODELS, Choice, Examples, Fitted, Graph
from parameters import Count, Draws, Seed

MODEL, CONTROL = "gnn", "gnn_without_edges"
HONEST, BLIND = "honest", "control"
REFITTED = "_refitted"  # ends the name of a ranking that learnt from its changed graph


class Params(pipeline.Parameters):
    """Section ``audit_graph`` of params.yaml."""

    bootstrap_draws: Draws
    seed: Seed
    week_stride: Count
    refitted: tuple[str, ...]
    few_payments: tuple[Count, ...]


@dataclass(frozen=True)
class GraphInputs:
    """What is fitted and scored over many graphs.

    ``subjects`` are the judged rows of the test, ``judged`` their examples; ``views`` says
    whom there is to catch among them, ``bank`` and ``true``. Without a change to learn from
    there is no ``train``.
    """

    train: Examples | None
    judged: Examples
    subjects: pd.DataFrame
    views: dict[str, Catches]
    fitted: dict[str, Fitted]
    choice: Choice
    settings: Any

    @property
    def graph(self) -> Graph:
        """The graph as it is."""
        if self.judged.graph is None:
            raise ValueError("the examples were read without their graph")
        return self.judged.graph


def read_inputs(params: Params, budget: Budget) -> GraphInputs:
    """Read the fitted networks, and the subjects with their graph."""
    planted = moments_of(
        pipeline.read(data_schema.Transactions, columns=MOMENT_COLUMNS),
        pipeline.read(data_schema.Accounts, columns=["account_id", "customer_id"]),
        pipeline.read(data_schema.Truth),
        pipeline.read(data_schema.Schemes),
    )
    illicit = planted[planted["is_illicit"]]
    starts_at = pipeline.read(data_schema.Periods).set_index("name").loc["test", "starts_at"]
    split, model = pipeline.read(schema.Split), MODELS[MODEL]
    subjects = some_weeks(split[split["role"] == "test"], params.week_stride)
    rows = pipeline.params("learn", Learnt)
    training = [learnt(split, model.needs, rows)] if params.refitted else []
    *train, judged = read_examples([*training, subjects], model.needs)
    views = {
        "bank": as_labelled(subjects, starts_at),
        "true": in_truth(subjects, illicit, starts_at, budget.label_window_days),
    }
    customer = subjects["customer_id"].to_numpy()
    return GraphInputs(
        train=train[0] if train else None,
        judged=judged,
        subjects=subjects,
        views={view: Catches.of(customer, positives) for view, positives in views.items()},
        fitted={
            name: MODELS[name].load(pipeline.existing("models", MODELS[name].file))
            for name in (MODEL, CONTROL)
        },
        choice=pipeline.read_result(Tuned, MODEL).choice,
        settings=pipeline.params(f"models.{MODEL}", model.settings),
    )


def some_weeks(subjects: pd.DataFrame, stride: int) -> pd.DataFrame:
    """The subjects of every ``stride``-th moment, the last one included, numbered anew."""
    moments = np.sort(subjects["as_of"].unique())[::-1][::stride]
    return subjects[subjects["as_of"].isin(moments)].reset_index(drop=True)


def scores_by_graph(inputs: GraphInputs, params: Params) -> dict[str, np.ndarray]:
    """Scores of the judged subjects over every graph, by ranking."""
    scores = {
        HONEST: inputs.fitted[MODEL].scores(inputs.judged),
        BLIND: inputs.fitted[CONTROL].scores(inputs.judged),
    }
    changed = variants(inputs.graph, params.seed)
    for name, graph in pipeline.progress(changed.items(), "graphs", "graph"):
        judged = with_graph(inputs.judged, graph)
        scores[name] = inputs.fitted[MODEL].scores(judged)
        if inputs.train is not None and name in params.refitted:
            train = with_graph(inputs.train, graph)
            again = MODELS[MODEL].fit(train, inputs.choice, inputs.settings, inputs.settings.seed)
            scores[name + REFITTED] = again.scores(judged)
    return scores


def few_payments(
    inputs: GraphInputs, alerted: dict[str, np.ndarray], bounds: tuple[int, ...]
) -> list[FewPayments]:
    """Whom of the illicit customers with few payments the network catches, with and without them."""
    catches = inputs.views["true"]
    known = payments_of(inputs.graph, inputs.subjects)[catches.rows]
    usual = pd.Series(known).groupby(catches.number).median().to_numpy()
    caught = {name: catches.caught(alerted[name]) > 0 for name in (HONEST, BLIND)}
    return [
        FewPayments(
            most_payments=bound,
            customers=int((usual <= bound).sum()),
            caught=int((caught[HONEST] & (usual <= bound)).sum()),
            caught_without_edges=int((caught[BLIND] & (usual <= bound)).sum()),
        )
        for bound in sorted(bounds)
    ]


def audit_graph(inputs: GraphInputs, params: Params, budget: Budget) -> GraphHonesty:
    """Score every variant, and judge it beside the honest graph on the same draws."""
    watch = Watch.alone(inputs.subjects["customer_id"].to_numpy(), inputs.subjects["as_of"])
    alerted = {name: watch.alerted(score, budget) for name, score in scores_by_graph(inputs, params).items()}
    against = {name: HONEST for name in alerted if name != HONEST}
    compared = rankings_compared(alerted, against, inputs.views, params.bootstrap_draws, params.seed)
    slices = inputs.graph.slices
    return GraphHonesty(
        weeks=inputs.subjects["as_of"].nunique(),
        look_aheads=look_aheads(inputs.graph),
        payments_looked_at=int((slices["end_edge"] - slices["first_edge"]).sum()),
        variants=[
            GraphVariant(variant=name.removesuffix(REFITTED), is_refitted=name.endswith(REFITTED), **found)
            for name, found in compared.items()
        ],
        few_payments=few_payments(inputs, alerted, params.few_payments),
    )


def main() -> None:
    """Write what the graph is worth."""
    params, budget = pipeline.params("audit_graph", Params), pipeline.params("budget", Budget)
    pipeline.write_result(audit_graph(read_inputs(params, budget), params, budget))


if __name__ == "__main__":
    pipeline.run_stage("audit_graph", main)
