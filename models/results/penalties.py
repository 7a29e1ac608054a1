"""Contract of the result of the stage penalise: what L1, L2 and both do to coefficients."""

from __future__ import annotations

from pydantic import Field

from pipeline import Record, Result


class PathPoint(Record):
    """A logistic regression under one penalty, by what the bank sees."""

    l1_share: float = Field(description="share of the penalty that is L1; 0 is L2 alone")
    penalty: float = Field(
        description="strength of the penalty by mean loss; scikit-learn's C is 1 / (penalty x weights)"
    )
    kept: int = Field(description="features with a coefficient other than 0")
    train_loss: float = Field(description="mean logistic loss of the training subjects, penalty left out")
    recall: float | None = Field(description="recall at the budget on validation, bank's labels")
    average_precision: float | None = Field(description="average precision on validation, bank's labels")
    coefficients: dict[str, float] = Field(description="by drawn feature, per spread of the scaled feature")


class AlikeMember(Record):
    """One feature of two that are nearly one, over samples of customers."""

    feature: str = Field(description="name of the feature")
    coefficient: float = Field(description="coefficient from all customers")
    spread: float = Field(description="standard deviation over the samples")
    kept_share: float = Field(description="share of the samples in which it is other than 0")


class AlikePair(Record):
    """Two collinear features under one kind of penalty."""

    l1_share: float = Field(description="share of the penalty that is L1")
    penalty: float = Field(description="strength of the penalty, the same for every kind")
    correlation: float = Field(description="correlation of the two scaled features")
    members: list[AlikeMember] = Field(description="the two features")
    sum_spread: float = Field(description="standard deviation of the sum of both coefficients over samples")


class PenaltyPaths(Result):
    """Coefficients along the penalty for L1, the elastic net and L2, and those of collinear features."""

    features: int = Field(description="features in all")
    customers: int = Field(description="customers of validation whom the bank's labels call suspicious")
    alike_from: float = Field(description="correlation from which on two features count as collinear")
    alike_features: int = Field(description="features that have a collinear one")
    points: list[PathPoint] = Field(description="by kind, from the strongest penalty to the weakest")
    pairs: list[AlikePair] = Field(
        description="by kind, the most collinear pairs, each feature in one of them"
    )
    path_reading_en: str = Field(description="what the paths say, in English")
    path_reading_zh: str = Field(description="the same in Chinese")
    alike_reading_en: str = Field(description="what becomes of collinear features, in English")
    alike_reading_zh: str = Field(description="the same in Chinese")
