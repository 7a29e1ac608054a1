"""The kernels by part: what is found of some customers, parties or payments alone, from tables to a table.

Whoever deals the bank out to parts (processes of one machine, or a cluster) calls the functions of this
package, each a pure function from Arrow tables to Arrow tables; `engines.passes` says which tables and
how they are dealt. A party is known by its key: a customer by the number of the customer, an
outside account by `OUTSIDE` and the number of the account. Keys stand in the order of the nodes of
`data.asof.Parties`, so that whatever a kernel orders by node comes out alike in every part.
"""

from data.parts.bank import KEY_OF_OUTSIDERS as OUTSIDE
from data.parts.bank import MomentsAsked
from data.parts.indicators import fast_money, indicators_of_part, snapshots_of_part, usual_of_peers
from data.parts.trails import components_of_trails, followed_money, trail_edges
from data.parts.windows import windows_of_part

__all__ = [
    "OUTSIDE",
    "MomentsAsked",
    "components_of_trails",
    "fast_money",
    "followed_money",
    "indicators_of_part",
    "snapshots_of_part",
    "trail_edges",
    "usual_of_peers",
    "windows_of_part",
]
