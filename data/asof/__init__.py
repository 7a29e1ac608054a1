"""The only door to the past: questions about customers as of a moment.

An indicator's author asks a `Past` for totals, counts and distinct counterparties of
named selections of events over windows of days. The window of ``days`` before
``as_of`` is ``[as_of - days, as_of)``: an event at ``as_of`` itself is not part of
the past. Events of one customer at one moment are ordered credits first, then by
transaction id; no answer of a `Past` depends on the order in which rows arrived.

Sums are taken in whole cents, so that they are exact in any order.
"""

from data.asof.events import Events, Milestones, Parties, codes_of
from data.asof.flows import WAYS, Flows
from data.asof.moments import bank_time, happened_within, moments_of, period_of
from data.asof.past import Past, share
from data.asof.peers import Peers
from data.asof.surroundings import Crowd, Devices, Surroundings, Trace

__all__ = [
    "WAYS",
    "Crowd",
    "Devices",
    "Events",
    "Flows",
    "Milestones",
    "Parties",
    "Past",
    "Peers",
    "Surroundings",
    "Trace",
    "bank_time",
    "codes_of",
    "happened_within",
    "moments_of",
    "period_of",
    "share",
]
