"""Stage attribute: what moved the scores of trees, line and graph, and whether one may believe it.

Nothing here knows the truth; what the stage writes is judged by it in `audit_explanations`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

import pipeline
from data import schema as data_schema
from explain import schema
from explain.attributions.explainers import Asked, Explainer, Families, RandomExplainer, TreeExplainer
from explain.attributions.inputs import GRAPH_MODEL, LINE_MODEL, AttributeInputs
from explain.attributions.outcomes import Checked, CheckSettings, checks
from explain.attributions.party_table import party_weights
from explain.attributions.stacking import stack_parts, stack_places
from explain.results.attribution_checks import AttributionChecks
from features import schema as features_schema
from models import schema as models_schema
from models.examples import Learnt, learnt, of_role
from models.examples import read_inputs as read_examples
from models.results.stack import Stack
from models.results.tuned import Tuned
from models.schema import STACK
from models.zoo import GRAPH, LINES, MODELS
from parameters import Count

RANDOM = "random"  # the planted bad explainer


class Params(CheckSettings):
    """Section ``attribute`` of params.yaml."""

    alerts: Count
    background: Count
    reference_rows: Count
    pairs: Count
    parties: Count


def some_of(rows: pd.DataFrame, most: int, seed: int) -> pd.DataFrame:
    """At most so many rows, drawn, in their order."""
    if len(rows) <= most:
        return rows
    chosen = np.random.default_rng(seed).permutation(len(rows))[:most]
    return rows.iloc[np.sort(chosen)]


def read_inputs(params: Params) -> AttributeInputs:
    """Read the subjects with features, lines and graph, and the fitted models."""
    settings = pipeline.param("explain")
    split = pipeline.read(models_schema.Split)
    test = of_role(split, "test")
    alerts = pipeline.read(models_schema.ModelAlerts)
    explained = str(settings["model"])
    of_ranker = {
        name: alerts[alerts["ranker"] == name] for name in (explained, LINE_MODEL, GRAPH_MODEL, STACK)
    }
    asked = {name: some_of(mine, params.alerts, params.seed) for name, mine in of_ranker.items()}
    parties_of = of_ranker[GRAPH_MODEL].sort_values(["as_of", "rank"]).drop_duplicates("customer_id")
    ordinary = some_of(test, params.background, params.seed)
    everyone = [
        *(mine["subject_id"] for name, mine in asked.items() if name != STACK),
        ordinary["subject_id"],
        parties_of["subject_id"],
    ]
    subjects = test[test["subject_id"].isin(np.concatenate(everyone))].reset_index(drop=True)
    model = MODELS.lookup(explained, "params.yaml: explain.model")
    if not model.is_trees:
        raise pipeline.BadInput(f"params.yaml: explain.model: expected a tree model, found {explained!r}")
    (train,) = read_examples([learnt(split, model.needs, pipeline.params("learn", Learnt))], model.needs)
    (examples,) = read_examples([subjects], frozenset({GRAPH, LINES}), training=of_role(split, "train"))

    def rows(mine: pd.DataFrame) -> np.ndarray:
        return np.searchsorted(subjects["subject_id"].to_numpy(), np.sort(mine["subject_id"].to_numpy()))

    catalogue = pipeline.read(features_schema.FeatureCatalogue, columns=["feature", "family"])
    kinds = pipeline.read(data_schema.Customers, columns=["customer_id", "kind"]).set_index("customer_id")[
        "kind"
    ]
    stack = pipeline.read_result(Stack)
    parts = [] if stack.fitted is None else list(stack.fitted.weights)
    read = {*parts, STACK}
    pages = [page[page["ranker"].isin(read)] for page in pipeline.pages(models_schema.Scores)]
    scores = pd.concat(pages, ignore_index=True)
    return AttributeInputs(
        explained=explained,
        flow_edges=int(settings["flow_edges"]),
        subjects=subjects,
        examples=examples,
        kind=kinds.loc[subjects["customer_id"]].to_numpy(),
        family=catalogue.set_index("feature")["family"].loc[list(examples.features)].tolist(),
        of_ranker={name: rows(mine) for name, mine in asked.items() if name != STACK},
        ordinary=rows(ordinary),
        parties_of=rows(parties_of),
        fitted={
            name: MODELS[name].load(pipeline.existing("models", MODELS[name].file))
            for name in dict.fromkeys((explained, LINE_MODEL, GRAPH_MODEL))
        },
        stack=stack,
        train=train,
        choice=pipeline.read_result(Tuned, explained).choice,
        settings=pipeline.params(f"models.{explained}", model.settings),
        places=stack_places(
            scores[scores["subject_id"].isin(test["subject_id"])], test, parts, of_ranker[STACK]
        ),
    )


def medians_by(kind: np.ndarray, values: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Median of every column among rows of a kind, for each kind ``asked``; of all where it has none."""
    table = pd.DataFrame(values)
    by_kind = table.groupby(kind).median()
    result = np.array(by_kind.reindex(asked), np.float32)
    has_none = ~np.isin(asked, by_kind.index)
    result[has_none] = table.median().to_numpy(np.float32)
    return result


def explainers_of(inputs: AttributeInputs, params: Params) -> dict[str, Explainer]:
    """One explainer a model, and the planted bad one."""
    from explain.attributions.networks import GraphExplainer, LineExplainer  # here, for torch is slow to load

    families, columns = Families.of(inputs.family), tuple(inputs.examples.features)
    fitted, ordinary, rows = inputs.fitted, inputs.ordinary, inputs.of_ranker
    trees = TreeExplainer(fitted[inputs.explained].booster, inputs.twin().booster, families, columns)
    line = LineExplainer.of(
        fitted[LINE_MODEL], inputs.examples, rows[LINE_MODEL], ordinary, families, params.pairs
    )
    graph = GraphExplainer.of(
        fitted[GRAPH_MODEL], inputs.shown, rows[GRAPH_MODEL], ordinary, families, params.pairs
    )
    return {inputs.explained: trees, LINE_MODEL: line, GRAPH_MODEL: graph, RANDOM: RandomExplainer(trees)}


def attributions_of(
    name: str, explainer: Explainer, subject_id: np.ndarray, values: np.ndarray
) -> pd.DataFrame:
    """Rows of Attributions of one explainer; ``values`` has shape (n, groups)."""
    return pd.DataFrame(
        {
            "explainer": name,
            "subject_id": np.repeat(subject_id, values.shape[1]),
            "group": np.tile(np.array(explainer.groups, dtype=object), len(subject_id)),
            "contribution": values.ravel(),
        }
    )


def attribute(inputs: AttributeInputs, params: Params) -> tuple[pd.DataFrame, AttributionChecks]:
    """The Attributions table, and every check of every explainer."""
    features = inputs.examples.features.to_numpy()
    background = features[inputs.ordinary]
    reference = background[: params.reference_rows]
    subject_id, customer_id = (inputs.subjects[name].to_numpy() for name in ("subject_id", "customer_id"))
    tables, outcomes = [], []
    explainers = explainers_of(inputs, params)
    rows = {name: inputs.of_ranker[inputs.explained if name == RANDOM else name] for name in explainers}
    for name, explainer in pipeline.progress(explainers.items(), "explained", "model"):
        mine = rows[name]
        baseline = medians_by(inputs.kind[inputs.ordinary], background, inputs.kind[mine])
        asked = Asked(features[mine], baseline)
        values = explainer.values(asked, params.seed)
        tables.append(attributions_of(name, explainer, subject_id[mine], values))
        if len(mine):
            told = Checked(name, customer_id[mine], params)
            outcomes += checks(explainer, asked, values, reference, told)
    parts, gap = stack_parts(inputs.places, inputs.stack.fitted)
    return pd.concat(tables, ignore_index=True), AttributionChecks(
        explained=inputs.explained,
        alerts={name: len(mine) for name, mine in rows.items()},
        outcomes=outcomes,
        stack=parts,
        stack_gap=gap,
    )


def main() -> None:
    """Write attributions, rankings of parties, and the checks."""
    params = pipeline.params("attribute", Params)
    with pipeline.timed("read"):
        inputs = read_inputs(params)
    with pipeline.timed("explain"):
        table, found = attribute(inputs, params)
    with pipeline.timed("parties"):
        weights = party_weights(inputs, params.parties, params.seed)
    pipeline.write(schema.Attributions, table)
    pipeline.write(schema.PartyWeights, weights)
    pipeline.write_result(found)


if __name__ == "__main__":
    pipeline.run_stage("attribute", main)
