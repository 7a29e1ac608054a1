"""The directed, timed multigraph of payments, and the trails that money takes through it.

One search serves the rules and the features: which payment continues which, chains and
cycles. Every answer uses payments strictly before a moment only.
"""

from data.asof.network.chains import chains, passed_on, quick_chains
from data.asof.network.cycles import Cycles, cycles
from data.asof.network.limits import TrailLimits
from data.asof.network.multigraph import Multigraph
from data.asof.network.trails import Trails

__all__ = [
    "Cycles",
    "Multigraph",
    "TrailLimits",
    "Trails",
    "chains",
    "cycles",
    "passed_on",
    "quick_chains",
]
