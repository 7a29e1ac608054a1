"""The network around a customer: an as-of engine over the directed, timed multigraph of payments.

The kernels answer for a party as of a moment, or for both ends of a payment as of the
payment, from strictly earlier payments. Degrees, ports, cycles and the fans of
gather-scatter cost the same at hubs or stop at a stated bound; see `limits`.
"""

from features.network.columns import FEATURES
from features.network.customers import Ties, network_features
from features.network.graph import graph_edges, graph_nodes, graph_slices, multigraph
from features.network.limits import Limits
from features.network.transactions import Facts, transaction_features

__all__ = [
    "FEATURES",
    "Facts",
    "Limits",
    "Ties",
    "graph_edges",
    "graph_nodes",
    "graph_slices",
    "multigraph",
    "network_features",
    "transaction_features",
]
