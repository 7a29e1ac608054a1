"""Contracts of the JSON results of this room: one class a result, and the interval that every room prints.

``pipeline.write_result`` checks and writes them, ``docs/results.md`` is rendered from them.
"""

from __future__ import annotations

import math

from pydantic import Field

from pipeline import Record, Result

Z = 1.96  # of the normal distribution, two-sided 95 %


class Interval(Record):
    """A measure and its 95 % interval, in the unit of the measure; null where there is nothing to measure."""

    value: float | None = Field(default=None, description="the measure itself")
    low: float | None = Field(default=None, description="2.5th percentile of its draws, or lower bound")
    high: float | None = Field(default=None, description="97.5th percentile of its draws, or upper bound")

    @classmethod
    def of_count(cls, hits: int, size: int) -> Interval:
        """The share ``hits / size`` with its Wilson interval (Wilson 1927), unrounded; nothing of nothing."""
        if size == 0:
            return cls()
        share = hits / size
        centre = (share + Z * Z / (2 * size)) / (1 + Z * Z / size)
        half = Z * math.sqrt(share * (1 - share) / size + Z * Z / (4 * size * size)) / (1 + Z * Z / size)
        return cls(value=share, low=max(centre - half, 0.0), high=min(centre + half, 1.0))


class Settlement(Result):
    """What did not settle in the ledger; the bank knows it."""

    declined_payments: int | None = Field(
        description="payments declined for lack of money, whole run; null: the source does not say"
    )


class Judges(Record):
    """The later decisions on flagged customers by which label models are compared."""

    decisions: int = Field(description="decisions known after training and by the start of the test")
    reported: int = Field(description="reports among them")
    below_line: int = Field(description="decisions among them on hits below the line")


class LabelModelName(Record):
    """What a label model is called in both languages."""

    model: str = Field(description="label model, as registered")
    label_en: str = Field(description="its name in English")
    label_zh: str = Field(description="its name in Chinese")


class LabelChoice(Record):
    """A label model and what it learns from: one label set."""

    model: str = Field(description="label model, as registered")
    uses_dispositions: bool = Field(description="whether people's decisions are part of the labels")
    random_share: float = Field(description="reviews drawn at random, as a share of the reviews")


class LabelSet(LabelChoice):
    """A label set, judged by the bank's own later decisions."""

    log_loss: Interval = Field(description="mean log-loss of its beliefs, nats a decision, by customer")
    behind_best: Interval = Field(description="the same less that of the best set, on the same draws")


class PriorTrial(Record):
    """The chosen inputs with another prior: how much hangs on that one assumption."""

    model: str = Field(description="label model, as registered")
    times: float = Field(description="the prior as a multiple of the parameter")
    log_loss: Interval = Field(description="mean log-loss of its beliefs, nats a decision, by customer")


class LabelComparison(Record):
    """What is said once of a comparison of label sets, by whomever they are judged."""

    models: list[LabelModelName] = Field(description="every label model, in the order of the registry")
    chosen: str = Field(description="label model that labels the training subjects (label.model)")
    preferred: LabelChoice = Field(description="the set with the least log-loss by the bank's criterion")
    until: str = Field(description="end of training, local date; no label set knows anything later")
    judged_by: str = Field(description="start of the test, local date; the last decision that judges")
    judges: Judges = Field(description="the decisions that judge")
    constant_belief: Interval = Field(
        description="log-loss of one belief for all, the share reported so far; nats a decision"
    )
    prior_sweep: list[PriorTrial] = Field(description="every label model with other priors")
    learned: dict[str, dict[str, float]] = Field(
        description="by label model and rule: belief that a customer is suspicious when that rule alone votes"
    )
    least_belief: float = Field(description="no belief counts as surer than this from either end")


class LabelModels(LabelComparison, Result):
    """The bank's own comparison of label models at the end of training; it knows no truth."""

    sets: list[LabelSet] = Field(description="every label model with each choice of inputs")
