"""The money around one customer: payments in, payments out, and one step beyond."""

from __future__ import annotations

import pandas as pd

from explain.results.cases import FlowEdge

DAYS = 28
ONWARD_HOURS = 72


def ego_flow(payments: pd.DataFrame, who: str, as_of: pd.Timestamp, most_edges: int) -> list[FlowEdge]:
    """Time-respecting edges around a customer, strictly before ``as_of``.

    ``who`` is the customer's number, or name where a foreign data set gives one.
    ``payments`` holds (at, payer, payee, yuan, payer_kind, payee_kind) with party names.
    First the largest payments in and out; then what in-bank payees paid on within
    ``ONWARD_HOURS`` of being paid.
    """
    me = f"customer {who}"
    recent = payments[(payments["at"] < as_of) & (payments["at"] >= as_of - pd.Timedelta(days=DAYS))]
    recent = recent[recent["payer"] != recent["payee"]]
    is_payment = ~recent["channel"].isin(["pos", "qr"])
    incoming = recent[(recent["payee"] == me) & is_payment].nlargest(most_edges // 3, "yuan")
    outgoing = recent[(recent["payer"] == me) & is_payment].nlargest(most_edges // 3, "yuan")
    onward = []
    for paid in outgoing[outgoing["payee"].str.startswith("customer")].itertuples(index=False):
        later = recent[
            (recent["payer"] == paid.payee)
            & (recent["at"] > paid.at)
            & (recent["at"] <= paid.at + pd.Timedelta(hours=ONWARD_HOURS))
            & (recent["payee"] != me)
        ]
        onward.append(later.nlargest(3, "yuan"))
    # A payee paid twice within the hours pays on once.
    beyond = pd.concat(onward) if onward else recent.iloc[:0]
    steps = [(0, incoming), (1, outgoing), (2, beyond[~beyond.index.duplicated()])]
    edges = [
        FlowEdge(
            step=step,
            at=f"{row.at:%Y-%m-%d %H:%M}",
            payer=row.payer,
            payee=row.payee,
            yuan=round(row.yuan, 2),
        )
        for step, part in steps
        for row in part.sort_values("at", kind="stable").itertuples(index=False)
    ]
    return edges[:most_edges]
