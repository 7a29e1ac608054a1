"""Contract of the result of the stage audit_ladder: what each group of features adds, and what leaks add."""

from __future__ import annotations

from pydantic import Field

from data.results import Interval
from pipeline import Record, Result


class RankingCatch(Record):
    """Whom a ranking catches at the budget by one set of labels."""

    caught: int = Field(description="positive customers of the test alerted while positive")
    customers: int = Field(description="positive customers of the test")
    recall: Interval = Field(description="share caught")
    gain: Interval | None = Field(
        description="recall less that of the ranking compared with, paired; null where there is none"
    )


class LadderRanking(Record):
    """One ranking of the test subjects by the fixed model."""

    ranking: str = Field(description="rung of the ladder, or a changed highest rung")
    columns: int | None = Field(description="columns of a rung; null for the others")
    bank: RankingCatch = Field(description="by the bank's labels")
    true: RankingCatch = Field(description="in truth; only the simulator knows it")


class MaskCount(Record):
    """How many values of the rating change when every later row is deleted."""

    values: int = Field(description="values computed again")
    differences: int = Field(description="of them that differ")


class RatingMask(Record):
    """The mask test of the risk rating."""

    dated: MaskCount = Field(description="read as of the day: none may differ")
    undated: MaskCount = Field(description="today's rating: the twin that leaks on purpose")


class LabelShuffle(Record):
    """What models find in truth that learnt from meaningless labels."""

    areas: list[float | None] = Field(description="area under the ROC by deal; 0.5 is chance")
    average_precision: float | None = Field(description="median over the deals")
    base_rate: float | None = Field(description="truly illicit share of the judged subjects")


class IdProbe(Record):
    """Whether customer numbers or the order of rows tell anything."""

    auc: Interval = Field(description="area under the ROC on customers never seen; 0.5 is chance")


class EncoderTest(Record):
    """Correlation of a meaningless encoded name with the label."""

    in_fold: float | None = Field(description="encoded by other customers' rows")
    own_rows: float | None = Field(description="encoded with its own rows: the twin that leaks on purpose")


class Ladder(Result):
    """What each group of features adds at equal budget, in both views, and the leakage tests of this run."""

    rankings: list[LadderRanking] = Field(description="rungs, leaked ratings and checks")
    alerts: int = Field(description="alerts that every ranking spends")
    gain_share: dict[str, float] = Field(description="by feature: share of the tuned LightGBM's total gain")
    rating_mask: RatingMask = Field(description="risk rating with the future deleted")
    label_shuffle: LabelShuffle = Field(description="meaningless labels")
    ids: IdProbe = Field(description="numbers and order")
    encoder: EncoderTest = Field(description="an encoder of names")
