"""Contract of the result of the stage audit_graph: what of the graph the graph network needs."""

from __future__ import annotations

from pydantic import Field

from models.results.ladder import RankingCatch
from pipeline import Record, Result


class GraphVariant(Record):
    """The graph network over one graph."""

    variant: str = Field(description="how the graph was changed; honest: not at all")
    is_refitted: bool = Field(description="learnt from the changed graph too; else only scored over it")
    bank: RankingCatch = Field(description="by the bank's labels; gain over the honest graph")
    true: RankingCatch = Field(description="in truth; only the simulator knows it")


class FewPayments(Record):
    """Illicit customers of whom the graph knows little."""

    most_payments: int = Field(description="payments in the slice at most, median of the positive weeks")
    customers: int = Field(description="illicit customers of the judged weeks with no more")
    caught: int = Field(description="of them caught over the honest graph")
    caught_without_edges: int = Field(description="of them caught by the network that sees no payment")


class GraphHonesty(Result):
    """What of the graph the graph network needs, judged on some weeks of the test."""

    weeks: int = Field(description="weeks of the test that are judged")
    look_aheads: int = Field(description="payments in slices at or after their moment, by time; 0 wanted")
    payments_looked_at: int = Field(description="payments of all slices, counted in every slice")
    variants: list[GraphVariant] = Field(description="the honest graph, then each change of it")
    few_payments: list[FewPayments] = Field(description="by bound, the smallest first")
