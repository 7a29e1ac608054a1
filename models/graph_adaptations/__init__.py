"""The graph network with what the literature on directed multigraphs of payments adds, one thing at a time.

Multi-GNN (Egressy, von Niederhäusern, Blanuša, Altman, Wattenhofer, Atasu: Provably Powerful Graph
Neural Networks for Directed Multigraphs, AAAI 2024) calls what it adds to a plain network its
adaptations: reverse messages, ports, ego numbers, edge updates. The zoo's network has messages of
both ways with weights of their own; its messages run to one subject, which needs no number to know
itself. It also has several aggregations (mean, largest, spread, mean by the number's logarithm), the
payments of a pair put together before those of a party, ages of ties, a bound on ties and ties left out
at random, and it learns to foretell payments before it learns from labels. It lacks ports, periodic
encodings of time and edge updates, and averages weights where others stop early. Every adaptation here
is that network, of the same shape, recipe and passes, with one part more or another.

Not tried: messages of single payments in place of ties, slices of more than 91 days (both need another
stage build or another network), and pre-training on links.
"""

from __future__ import annotations

from dataclasses import dataclass

AS_IT_IS = "as_it_is"
PORTS, TIMES = "ports", "times"  # what may be marked on a tie, see `marks`


@dataclass(frozen=True)
class GraphAdaptation:
    """What of the zoo's network is another.

    ``marks`` are told of each tie beside what the zoo tells. With ``is_updated`` messages run twice, and
    the second time a tie knows what its subject was after the first. ``is_stopped_early`` keeps the
    weights of the best pass by subjects held back, in place of a mean over the later steps; without
    ``is_foretelling`` nothing is learnt before the labels.
    """

    marks: tuple[str, ...] = ()
    is_updated: bool = False
    is_stopped_early: bool = False
    is_foretelling: bool = True


ADAPTATIONS = {
    AS_IT_IS: GraphAdaptation(),
    "ports": GraphAdaptation(marks=(PORTS,)),
    "time_encoding": GraphAdaptation(marks=(TIMES,)),
    "edge_updates": GraphAdaptation(is_updated=True),
    "together": GraphAdaptation(marks=(PORTS, TIMES), is_updated=True),
    "stopped_early": GraphAdaptation(is_stopped_early=True),
    "not_pretrained": GraphAdaptation(is_foretelling=False),
}
