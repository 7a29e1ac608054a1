"""Contract of a study's result: what the literature's additions to the graph network are worth here."""

from __future__ import annotations

from pydantic import Field

from data.results import Interval
from models.results.studies import Provenance
from models.results.tuned import Choice
from pipeline import Record, StudyResult


class AdaptedRecall(Record):
    """Recall at the budget in one view, its catches averaged over the seeds."""

    recall: Interval = Field(description="recall at the budget on the test, its weeks alone")
    over_network: Interval = Field(description="it less that of the graph network as it is, paired")
    over_net: Interval = Field(description="it less that of the plain net, which sees no payment, paired")


class AdaptationWorth(Record):
    """What one adaptation of the graph network finds and costs."""

    adaptation: str = Field(
        description="as_it_is: the zoo's network; else what is another: ports, time_encoding, edge_updates, "
        "together (all three), stopped_early, not_pretrained; net: the plain net instead"
    )
    weights: int | None = Field(description="numbers that the network learns; null for the plain net")
    seconds: float = Field(description="processor seconds of all threads a fit, mean of the seeds")
    bank: AdaptedRecall = Field(description="by the bank's labels, intervals by customer")
    true: AdaptedRecall = Field(description="in truth, intervals by scheme")
    by_seed: list[float] = Field(description="true recall of each seed's fit")


class AdaptationStudy(StudyResult):
    """Ports, a time encoding, edge updates and another end of learning, each in the zoo's graph network."""

    made_by: Provenance = Field(description="data and parameters")
    choice: Choice = Field(description="hyper-parameters of every graph network, those of the default run")
    held_back_share: float = Field(description="share of customers by whom the one stopped early is stopped")
    patience: int = Field(description="passes without a gain after which it is")
    customers: dict[str, int] = Field(description="positive customers of the test, by view")
    rows: list[AdaptationWorth] = Field(description="the network as it is first, the plain net last")
