"""Network features of the whole bank by part: global passes first, then joins.

Surroundings are never copied. What runs from party to party is found by passes of its own (trails by
party, chains and cycles by connected component, scatter-gathers by payee) and joined to the payments it
is told of; a customer is then measured from the own payments and from those by which others concern it.
"""

from engines.network.passes import NetworkAsked, measure_network

__all__ = ["NetworkAsked", "measure_network"]
