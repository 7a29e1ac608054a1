"""Contracts of the JSON results of this room: whether the reasons matter to the model."""

from __future__ import annotations

from pydantic import Field

from pipeline import Record, Result


class FeatureShare(Record):
    """What a feature contributed to the explained alerts."""

    feature: str = Field(description="feature")
    label_en: str = Field(description="its label in English")
    label_zh: str = Field(description="its label in Chinese")
    share: float = Field(description="share of the whole absolute contribution, log-odds")


class Faithfulness(Result):
    """Whether the reasons matter to the model: families are deleted and the score is looked at."""

    model: str = Field(description="the explained model")
    alerts: int = Field(description="its alerts in the test")
    deleted_families: int = Field(description="families set to the peers' median")
    top_families_fall: float | None = Field(
        description="mean fall of the raw score without those that contributed most, log-odds; null: no alert"
    )
    random_families_fall: float | None = Field(description="the same without families drawn at random")
    feature_shares: list[FeatureShare] = Field(description="the largest shares, the largest first")
