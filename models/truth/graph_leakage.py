"""The harness for graph models: the same subjects over a graph that knows too much, or nothing.

Fit and score a model that needs the graph once on each of a pair, on equal terms; the
difference is what the future, or the wiring, is worth to it.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from models.zoo import Examples, Graph


def transductive(graph: Graph) -> Graph:
    """The graph as many papers use it: every slice reaches to the end of the data.

    A model that gains from this has seen the future; the inductive slices end strictly
    before their moment.
    """
    return replace(graph, slices=graph.slices.assign(end_edge=len(graph.edges)))


def rewired(graph: Graph, seed: int) -> Graph:
    """The graph with payees exchanged among the payments between two neighbouring moments.

    Who pays whom is drawn anew; when, how much, and how often each party pays and is paid
    between two moments stay. A model that scores as well as before needs no graph.
    """
    payee = graph.edges["payee_node"].to_numpy().copy()
    cuts = np.unique([0, *graph.slices["first_edge"], *graph.slices["end_edge"], len(payee)])
    rng = np.random.default_rng(seed)
    for first, end in pairwise(cuts):
        payee[first:end] = rng.permutation(payee[first:end])
    return replace(graph, edges=graph.edges.assign(payee_node=payee))


def with_graph(examples: Examples, graph: Graph) -> Examples:
    """The same subjects over another graph: fit and score once with each, on equal terms."""
    return replace(examples, graph=graph)
