"""The money around customers: payments in, payments out, and one step beyond.

A band never carries more than came in: of what a payee paid on, only so much is drawn as the
customer had paid it shortly before and as was not yet drawn.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from explain.ledger import PURCHASES
from explain.results.cases import FlowEdge

DAYS = 28
ONWARD_HOURS = 72
BRANCHES = 3  # payments on, of each payment out


def flow_edge(step: int, row: Any, carried: float) -> FlowEdge:
    """A payment that carries so many yuan of the money that is followed."""
    return FlowEdge(
        step=step,
        at=f"{row.at:%Y-%m-%d %H:%M}",
        payer=row.payer,
        payee=row.payee,
        yuan=round(carried, 2),
        whole=round(row.yuan, 2),
    )


def paid_on(recent: pd.DataFrame, outgoing: pd.DataFrame, me: str) -> list[FlowEdge]:
    """What the payees paid on within `ONWARD_HOURS`, in order of time.

    Every payment out is followed into the payments that its payee made after it; each of these
    carries at most its own amount, and all of them together at most what was paid.
    """
    left: dict[int, float] = {}  # of each payment on: what it can still carry
    carried: dict[int, float] = {}
    for paid in outgoing.sort_values("at", kind="stable").itertuples(index=False):
        if not paid.payee.startswith("customer"):
            continue
        is_later = (recent["payer"] == paid.payee) & (recent["payee"] != me) & (recent["at"] > paid.at)
        later = recent[is_later & (recent["at"] <= paid.at + pd.Timedelta(hours=ONWARD_HOURS))]
        rest = paid.yuan
        for place, amount in later["yuan"].nlargest(BRANCHES).items():
            taken = min(rest, left.get(place, amount))
            if taken <= 0:
                continue
            rest -= taken
            left[place] = left.get(place, amount) - taken
            carried[place] = carried.get(place, 0.0) + taken
    beyond = recent.loc[list(carried)].sort_values("at", kind="stable")
    return [flow_edge(2, row, carried[row.Index]) for row in beyond.itertuples()]


def ego_flow(payments: pd.DataFrame, who: str, as_of: pd.Timestamp, most_edges: int) -> list[FlowEdge]:
    """Time-respecting edges around a customer, strictly before ``as_of``.

    ``who`` is the customer's number, or name where a foreign data set gives one.
    ``payments`` holds (at, payer, payee, yuan, channel) with party names and an index of its own.
    First the largest payments in and out; then what in-bank payees paid on within
    ``ONWARD_HOURS`` of being paid, as far as that money can have been the customer's.
    """
    me = f"customer {who}"
    recent = payments[(payments["at"] < as_of) & (payments["at"] >= as_of - pd.Timedelta(days=DAYS))]
    recent = recent[(recent["payer"] != recent["payee"]) & ~recent["channel"].isin(PURCHASES)]
    incoming = recent[recent["payee"] == me].nlargest(most_edges // 3, "yuan")
    outgoing = recent[recent["payer"] == me].nlargest(most_edges // 3, "yuan")
    edges = [
        flow_edge(step, row, row.yuan)
        for step, part in ((0, incoming), (1, outgoing))
        for row in part.sort_values("at", kind="stable").itertuples(index=False)
    ]
    return (edges + paid_on(recent, outgoing, me))[:most_edges]


def ring_flow(payments: pd.DataFrame, parties: list[str], as_of: pd.Timestamp, most: int) -> list[FlowEdge]:
    """The payments that hold a case of several customers together, in order of time.

    Those among the parties (step 1), and those with an outside party with whom several of them
    dealt (step 0 from it, 2 to it); the largest ones. None for a case of one customer.
    """
    if len(parties) < 2:
        return []
    recent = payments[(payments["at"] < as_of) & (payments["at"] >= as_of - pd.Timedelta(days=DAYS))]
    recent = recent[(recent["payer"] != recent["payee"]) & ~recent["channel"].isin(PURCHASES)]
    pays, paid = recent["payer"].isin(parties), recent["payee"].isin(parties)
    out_of = recent[pays & ~paid].groupby("payee")["payer"].nunique()
    into = recent[paid & ~pays].groupby("payer")["payee"].nunique()
    steps = [
        (0, recent[paid & recent["payer"].isin(into.index[into > 1])]),
        (1, recent[pays & paid]),
        (2, recent[pays & recent["payee"].isin(out_of.index[out_of > 1])]),
    ]
    chosen = pd.concat([part.assign(step=step) for step, part in steps]).nlargest(most, "yuan")
    return [
        flow_edge(row.step, row, row.yuan) for row in chosen.sort_values("at", kind="stable").itertuples()
    ]
