"""Read what a model is given: features, labels and, if it asks, the graph."""

from __future__ import annotations

import numpy as np
import pandas as pd

import pipeline
from features import schema as features_schema
from models import schema
from models.zoo import Examples, Graph
from models.zoo.gaps import Gap, without_new_gaps


def read_inputs(needs_graph: bool) -> tuple[pd.DataFrame, pd.DataFrame, Graph | None]:
    """The split, the feature matrix and, if asked for, the payment graph."""
    graph = None
    if needs_graph:
        graph = Graph(
            pipeline.read(features_schema.GraphNodes),
            pipeline.read(features_schema.GraphEdges),
            pipeline.read(features_schema.GraphSlices),
        )
    return pipeline.read(schema.Split), pipeline.read(features_schema.FeatureMatrix), graph


def examples_of(split: pd.DataFrame, matrix: pd.DataFrame, role: str, graph: Graph | None) -> Examples:
    """The subjects of one role in the order of the split; gaps that training never had are filled."""
    ids = matrix["subject_id"].to_numpy()
    chosen = split[split["role"] == role]
    rows = np.searchsorted(ids, chosen["subject_id"].to_numpy())
    features = matrix.drop(columns="subject_id").iloc[rows].reset_index(drop=True)
    gaps: tuple[Gap, ...] = ()
    if role != "train":
        training = np.searchsorted(ids, split.loc[split["role"] == "train", "subject_id"].to_numpy())
        features, gaps = without_new_gaps(features, matrix, training)
    return Examples(
        features=features,
        customer_id=chosen["customer_id"].to_numpy(),
        as_of=chosen["as_of"].reset_index(drop=True),
        label=chosen["label"].to_numpy(),
        weight=chosen["weight"].to_numpy(),
        graph=graph,
        gaps=gaps,
    )


def thinned(examples: Examples, share: float, rng: np.random.Generator) -> Examples:
    """Examples with only a drawn share of those of whom nothing suspicious is known.

    The drawn ones weigh as much as all of them did. Whoever has a label above zero stays.
    """
    is_suspected = examples.label > 0
    keep = np.flatnonzero(is_suspected | (rng.random(len(is_suspected)) < share))
    return Examples(
        features=examples.features.iloc[keep].reset_index(drop=True),
        customer_id=examples.customer_id[keep],
        as_of=examples.as_of.iloc[keep].reset_index(drop=True),
        label=examples.label[keep],
        weight=np.where(is_suspected, examples.weight, examples.weight / share)[keep],
        graph=examples.graph,
    )
