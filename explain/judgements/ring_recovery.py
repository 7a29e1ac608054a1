"""Do the parties that a method points at belong to the ring? Hidden truth: for the audit alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from data.asof import Parties, pairs_within
from explain.results.explanation_audit import RingRecovery
from models.intervals import drawn, mean_by_group

MASKS = "gnn"  # what the graph network's score loses without a tie
BASELINE = "largest_value"  # what a page shows without any model: the counterparties with most money


def ring_parties(
    alerts: pd.DataFrame,
    moments: pd.DataFrame,
    payments: pd.DataFrame,
    members: pd.DataFrame,
    parties: Parties,
    days: int,
) -> pd.DataFrame:
    """Other members of the schemes of alerted customers: (subject_id, scheme_id, node), each once.

    Only members who paid or were paid in the scheme within the ``days`` before the alert: nobody
    can point at others. Who was merely paid from (a victim) is no member.

    Parameters
    ----------
    alerts : subject_id, customer_id and as_of
    moments : customer_id, at and scheme_id of illicit payments of customers
    payments : scheme_id, at, payer_account_id and payee_account_id of illicit payments
    members : scheme_id and account_id
    """
    belongs = pd.MultiIndex.from_arrays([members["scheme_id"], parties.nodes_of(members["account_id"])])
    ends = pd.concat(
        [
            pd.DataFrame(
                {
                    "scheme_id": payments["scheme_id"].to_numpy(),
                    "at": payments["at"].to_numpy(),
                    "node": parties.nodes_of(payments[end]),
                }
            )
            for end in ("payer_account_id", "payee_account_id")
        ]
    )
    ends = ends[pd.MultiIndex.from_frame(ends[["scheme_id", "node"]]).isin(belongs)]
    mine = pairs_within(moments[["customer_id", "at", "scheme_id"]], alerts, days)
    mine = mine[["subject_id", "customer_id", "as_of", "scheme_id"]].drop_duplicates(
        ["subject_id", "scheme_id"]
    )
    near = mine.merge(ends, on="scheme_id")
    own = np.searchsorted(parties.customer_id, near["customer_id"].to_numpy())
    ahead = near["as_of"] - near["at"]
    is_near = (ahead > pd.Timedelta(0)) & (ahead <= pd.Timedelta(days=days)) & (near["node"] != own)
    found = near.loc[is_near, ["subject_id", "scheme_id", "node"]]
    return found.drop_duplicates(["subject_id", "node"]).sort_values(
        ["subject_id", "node"], ignore_index=True
    )


def recovered(
    weights: pd.DataFrame, ring: pd.DataFrame, most: int, draws: int, seed: int
) -> Iterator[RingRecovery]:
    """Each method beside the counterparties with most money, on the same alerts, schemes drawn.

    Parameters
    ----------
    weights : rows of PartyWeights
    ring : of `ring_parties`
    most : parties that a method may name
    """
    size = ring.groupby("subject_id")["node"].size()
    scheme = ring.groupby("subject_id")["scheme_id"].min()
    _, group = np.unique(scheme.to_numpy(), return_inverse=True)
    weight = drawn(int(group.max(initial=-1)) + 1, draws, seed)
    named = weights[(weights["rank"] <= most) & weights["subject_id"].isin(size.index)]
    found = named.merge(ring[["subject_id", "node"]], on=["subject_id", "node"])
    hits, shown = (
        pd.crosstab(rows["method"], rows["subject_id"]).reindex(columns=size.index, fill_value=0)
        for rows in (found, named)
    )
    within = np.minimum(size.to_numpy(), most)
    shares = {
        name: (hits.loc[name].to_numpy() if name in hits.index else np.zeros(len(size))) / within
        for name in shown.index
    }
    baseline, masks = (shares.get(name, np.zeros(len(size))) for name in (BASELINE, MASKS))
    for name, share in shares.items():
        caught = share * within
        yield RingRecovery(
            method=name,
            alerts=len(size),
            schemes=weight.shape[1],
            found=mean_by_group(share, group, weight),
            above_largest_value=mean_by_group(share - baseline, group, weight),
            gnn_above=mean_by_group(masks - share, group, weight),
            belonging=round(float(caught.sum() / max(shown.loc[name].sum(), 1)), 4),
        )
