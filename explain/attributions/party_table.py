"""Parties around the graph network's alerts, heaviest by its own masks and by money alone: one table."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from explain.attributions.explainers import Families
from explain.attributions.inputs import GRAPH_MODEL, AttributeInputs
from explain.attributions.parties import PartyRanking, heaviest, rankings_by_money

UNTRAINED = "gnn_untrained"


def tie_rankings(inputs: AttributeInputs, most: int, seed: int) -> Mapping[str, list[PartyRanking]]:
    """Parties by what the graph network's margin loses without their tie, trained and untrained."""
    from explain.attributions.networks import GraphExplainer

    fitted, families = inputs.fitted[GRAPH_MODEL], Families.of(inputs.family)
    trained = GraphExplainer.of(fitted, inputs.shown, inputs.parties_of, inputs.ordinary, families, 1)
    found = {}
    for name, explainer in ((GRAPH_MODEL, trained), (UNTRAINED, trained.untrained(seed))):
        parties, lost = explainer.parties(), explainer.without_each_tie()
        found[name] = [
            heaviest(party[party >= 0], weight[party >= 0], most)
            for party, weight in zip(parties, lost, strict=True)
        ]
    return found


def party_weights(inputs: AttributeInputs, most: int, seed: int) -> pd.DataFrame:
    """The PartyWeights table: ``most`` parties of each of the graph network's alerts, by every method."""
    graph = inputs.examples.graph
    if graph is None:
        raise ValueError("the examples were read without their graph")
    subjects = inputs.subjects.iloc[inputs.parties_of].reset_index(drop=True)
    owner = graph.nodes["customer_id"].dropna().astype("int64").to_numpy()
    node = np.searchsorted(owner, subjects["customer_id"].to_numpy())
    by_money = rankings_by_money(graph, subjects["as_of"], node, most, inputs.flow_edges, seed)
    tables = [
        ranking_rows(method, subjects["subject_id"].to_numpy(), rankings)
        for method, rankings in {**tie_rankings(inputs, most, seed), **by_money}.items()
    ]
    return pd.concat(tables, ignore_index=True)


def ranking_rows(method: str, subject_id: np.ndarray, rankings: list[PartyRanking]) -> pd.DataFrame:
    """Rows of one method; ``rankings`` (n,) are those of the subjects."""
    size = np.array([len(party) for party, _ in rankings], np.int64)
    rank = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size) + 1
    party, weight = (np.concatenate([np.zeros(0), *(mine[part] for mine in rankings)]) for part in (0, 1))
    return pd.DataFrame(
        {
            "method": method,
            "subject_id": np.repeat(subject_id, size),
            "rank": rank,
            "node": party.astype(np.int64),
            "weight": weight,
        }
    )
