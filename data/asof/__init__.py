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
from data.asof.histories import RowsBefore, count_so_far, value_as_of
from data.asof.moments import bank_time, happened_within, microseconds, moments_of, pairs_within, period_of
from data.asof.past import Past, share
from data.asof.peers import Peers, deviation_within, groups_alike
from data.asof.surroundings import Crowd, DeviceUses, Surroundings, Trace

__all__ = [
    "WAYS",
    "Crowd",
    "DeviceUses",
    "Events",
    "Flows",
    "Milestones",
    "Parties",
    "Past",
    "Peers",
    "RowsBefore",
    "Surroundings",
    "Trace",
    "bank_time",
    "codes_of",
    "count_so_far",
    "deviation_within",
    "groups_alike",
    "happened_within",
    "microseconds",
    "moments_of",
    "pairs_within",
    "period_of",
    "share",
    "value_as_of",
]
