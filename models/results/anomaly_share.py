"""What a share of the alert budget buys that is given to a model without labels, and what it costs."""

from __future__ import annotations

from pydantic import Field

from data.results import Interval
from models.results.headline import PartRecall
from pipeline import Record


class AnomalyShare(Record):
    """The chosen model and an anomaly score share one budget; the first rows give it all to the model."""

    ranker: str = Field(description="model without labels; the chosen model itself where the share is 0")
    share: float = Field(description="part of every week's alerts that it chooses")
    true: PartRecall = Field(description="illicit customers of the test")
    novel: PartRecall = Field(description="of them those of typologies that began in the test")
    bank: PartRecall = Field(description="customers whom the bank's labels call suspicious in the test")
    gain_true: Interval = Field(description="true recall less that of the share 0, paired, by scheme")
    gain_bank: Interval = Field(description="the bank's recall less that of the share 0, paired, by customer")
