"""Contract of the result of the stage audit_graph: what of the graph the graph network needs."""

from __future__ import annotations

from pydantic import Field

from models.results.ladder import RankingCatch
from pipeline import Record, Result


class GraphVariant(Record):
    """The graph network over one graph, or a subset of customers."""

    variant: str = Field(description="how the graph was changed; honest: not at all")
    is_refitted: bool = Field(description="learnt from the changed graph too; else only scored over it")
    bank: RankingCatch = Field(description="by the bank's labels; gain over the honest graph")
    true: RankingCatch = Field(description="in truth; only the simulator knows it")


class FewPayments(Record):
    """True recall among customers of whom the graph knows little."""

    most_ties: int = Field(description="counterparties at most in the 91 days, in the customer's median week")
    customers: int = Field(description="illicit customers of the test so sparsely connected")
    caught: int = Field(description="of them caught over the honest graph")
    caught_without_edges: int = Field(
        description="of them caught by the same network with no payment to look at"
    )


class GraphHonesty(Result):
    """What of the graph the graph network needs, judged on some weeks of the test."""

    weeks: int = Field(description="weeks of the test that are judged")
    look_aheads: int = Field(
        description="payments in slices at or after their moment, counted one by one; 0 wanted"
    )
    payments_looked_at: int = Field(description="payments of all slices, each counted in every slice")
    variants: list[GraphVariant] = Field(description="the honest graph, then each change of it")
    few_payments: list[FewPayments] = Field(description="by bound, the smallest first")
