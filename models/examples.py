"""Read what a model is given: features, labels and, if it asks, the graph and the lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

import pipeline
from features import schema as features_schema
from models.zoo import GRAPH, LIBRARY, LINES, Examples, Graph, OthersAround, PaymentLines
from models.zoo.gaps import gappy, without_new_gaps
from parameters import Part, Seed

KEY = "subject_id"
OF_THE_LIBRARY = (
    "example_id",
    "customer_id",
    "as_of",
    "label",
    "weight",
    "scheme_id",
    "typology",
    "is_held_out",
)


def read_inputs(
    groups: Sequence[pd.DataFrame], needs: frozenset[str], training: pd.DataFrame | None = None
) -> list[Examples]:
    """Examples of each group of subjects, rows of Split, with their features and what else is needed.

    ``needs`` may name `GRAPH`, `LINES` and `LIBRARY`. Where the ``training`` subjects are named, gaps
    that none of them has are filled.
    """
    graph = None
    lines: Sequence[PaymentLines | None] = [None] * len(groups)
    if GRAPH in needs:
        graph = Graph(
            pipeline.read(features_schema.GraphNodes),
            pipeline.read(features_schema.GraphEdges),
            pipeline.read(features_schema.GraphSlices),
        )
    if LINES in needs:
        columns = list(features_schema.TOKEN_COLUMNS)
        payments = pipeline.read(features_schema.Sequences, columns=["customer_id", *columns])
        stretches = pipeline.read(features_schema.Subjects, columns=[KEY, "token_first", "token_end"])
        owner = payments.pop("customer_id").to_numpy()
        lines = lines_of(payments[columns].to_numpy(np.uint8), owner, stretches, groups)
    others: list[pd.DataFrame] = []
    if graph is not None:
        everyone = pipeline.read(features_schema.Subjects, columns=[KEY, "customer_id", "as_of"])
        others = [others_around(subjects, everyone, graph) for subjects in groups]
    library = None
    if LIBRARY in needs:
        planted = pipeline.read(features_schema.LibraryExamples, columns=list(OF_THE_LIBRARY))
        learnt_from = np.flatnonzero(~planted["is_held_out"].to_numpy())
        (said,) = pipeline.read_matrix(features_schema.LibraryExamples, [learnt_from], without=OF_THE_LIBRARY)
        library = examples_of(planted.iloc[learnt_from], said, None)
    known = pipeline.read(features_schema.FeatureMatrix, columns=[KEY])[KEY].to_numpy()
    places = [np.searchsorted(known, subjects[KEY].to_numpy()) for subjects in (*groups, *others)]
    read = pipeline.read_matrix(features_schema.FeatureMatrix, places, without=(KEY,))
    matrices = read[: len(groups)]
    examples = [
        replace(examples_of(subjects, matrix, graph), lines=line, library=library)
        for subjects, matrix, line in zip(groups, matrices, lines, strict=True)
    ]
    if others:
        examples = [
            replace(mine, around=OthersAround(matrix, there["customer_id"].to_numpy(), there["as_of"]))
            for mine, matrix, there in zip(examples, read[len(groups) :], others, strict=True)
        ]
    if training is None:
        return examples
    lacking = {name for matrix in matrices for name in gappy(matrix)}
    (learnt,) = pipeline.read_matrix(
        features_schema.FeatureMatrix,
        [np.searchsorted(known, training[KEY].to_numpy())],
        without=(KEY, *(name for name in matrices[0] if name not in lacking)),
    )
    return [filled(given, learnt) for given in examples]


def others_around(subjects: pd.DataFrame, everyone: pd.DataFrame, graph: Graph) -> pd.DataFrame:
    """Rows of ``everyone`` whose customers have, in the slice of their moment, a payment with a subject.

    A group that holds every customer of its moments, as one to score does, has none around.

    Parameters
    ----------
    subjects : subject_id, customer_id and as_of of those whose surroundings are asked for
    everyone : the same of all customers; rows of ``subjects`` and other moments are left out
    """
    owner = graph.nodes["customer_id"].dropna().astype("int64").to_numpy()
    payer, payee = (graph.edges[name].to_numpy() for name in ("payer_node", "payee_node"))
    bounds = graph.slices.set_index("as_of")
    is_other = ~np.isin(everyone[KEY].to_numpy(), subjects[KEY].to_numpy())
    there = everyone[is_other & everyone["as_of"].isin(subjects["as_of"].unique()).to_numpy()]
    mine, chosen = subjects.groupby("as_of").indices, []
    for moment, rows in there.groupby("as_of").indices.items():
        first, end = bounds.loc[moment, ["first_edge", "end_edge"]].astype(int)
        is_subject, is_met = np.zeros((2, len(graph.nodes)), bool)
        customers = subjects["customer_id"].to_numpy()[mine[moment]]
        is_subject[np.searchsorted(owner, customers)] = True
        for one, other in ((payer[first:end], payee[first:end]), (payee[first:end], payer[first:end])):
            is_met[other[is_subject[one]]] = True
        node = np.searchsorted(owner, there["customer_id"].to_numpy()[rows])
        chosen.append(rows[is_met[node]])
    kept = np.sort(np.concatenate(chosen)) if chosen else np.array([], np.int64)
    return there.iloc[kept].reset_index(drop=True)


def lines_of(
    tokens: np.ndarray, owner: np.ndarray, subjects: pd.DataFrame, groups: Sequence[pd.DataFrame]
) -> list[PaymentLines]:
    """The lines of each group of subjects; all share one array of tokens.

    ``owner`` (payments,) is the customer of each token, in order; ``subjects`` are subject_id
    (sorted), token_first and token_end of all.
    """
    places = [np.searchsorted(subjects[KEY].to_numpy(), group[KEY].to_numpy()) for group in groups]
    first, end = subjects["token_first"].to_numpy(), subjects["token_end"].to_numpy()
    opens = [np.searchsorted(owner, group["customer_id"].to_numpy()) for group in groups]
    return [
        PaymentLines(tokens, begin, first[place], end[place])
        for begin, place in zip(opens, places, strict=True)
    ]


def filled(examples: Examples, training: pd.DataFrame) -> Examples:
    """Examples to score, with the gaps filled that no row of the ``training`` features has."""
    features, gaps = without_new_gaps(examples.features, training)
    return replace(examples, features=features, gaps=gaps)


def examples_of(subjects: pd.DataFrame, features: pd.DataFrame, graph: Graph | None) -> Examples:
    """Examples of rows of Split, whose features are given in the same order."""
    return Examples(
        features=features,
        customer_id=subjects["customer_id"].to_numpy(),
        as_of=subjects["as_of"].reset_index(drop=True),
        label=subjects["label"].to_numpy(),
        weight=subjects["weight"].to_numpy(),
        graph=graph,
    )


def of_role(split: pd.DataFrame, role: str) -> pd.DataFrame:
    """The subjects of one role in the order of the split."""
    return split[split["role"] == role]


class Learnt(pipeline.Parameters):
    """Section ``learn`` of params.yaml: from whom models learn."""

    unsuspected_share: Part
    seed: Seed


def learnt(split: pd.DataFrame, _needs: frozenset[str], params: Learnt) -> pd.DataFrame:
    """The training subjects that a model learns from, rows of Split in its order.

    Unsuspected ones are thinned to a share. A graph keeps all its parties: see `others_around`.
    """
    train = of_role(split, "train")
    return thinned(train, params.unsuspected_share, np.random.default_rng(params.seed))


def thinned(subjects: pd.DataFrame, share: float, rng: np.random.Generator) -> pd.DataFrame:
    """Subjects with only a drawn share of those of whom nothing suspicious is known.

    The drawn ones weigh as much as all of them did. Whoever has a label above zero stays.
    Done before their features are read: those of the others never are.
    """
    is_suspected = (subjects["label"] > 0).to_numpy()
    weight = np.where(is_suspected, subjects["weight"], subjects["weight"] / share)
    keep = is_suspected | (rng.random(len(is_suspected)) < share)
    return subjects.assign(weight=weight)[keep]
