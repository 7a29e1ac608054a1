"""Logistic regression with the elastic net: L2 alone, L1 alone and what lies between is one search."""

from __future__ import annotations

from pathlib import Path

from models.zoo import (
    FEATURES_ALONE,
    MODELS,
    Choice,
    Examples,
    Fitted,
    ModelSettings,
    Trial,
    draw_choice,
    emphasised,
)
from models.zoo.linear.fitted import FittedLine
from models.zoo.scaling import Scaled, ScaledLearner
from parameters import PositiveRange, ShareRange


class LogisticSettings(ModelSettings):
    """Section ``models.logistic``: search ranges, low and high."""

    penalty: PositiveRange
    l1_share: ShareRange
    positive_weight: PositiveRange


def _fit_on(scaled: Scaled, choice: Choice) -> FittedLine:
    from models.zoo.linear.losses import LOGISTIC
    from models.zoo.linear.newton import Penalty, Problem, solved

    given = scaled.examples
    weight = emphasised(given, choice["positive_weight"])
    problem = Problem(scaled.values, given.label, weight, LOGISTIC)
    return FittedLine.of(scaled, solved(problem, Penalty(choice["penalty"], choice["l1_share"])))


class LogisticModel:
    """Log-odds as a sum over scaled features, by Newton's method to the end: no step count to tune."""

    label_en = "Logistic regression"
    label_zh = "逻辑回归"
    settings = LogisticSettings
    file = "fitted/logistic.model"
    needs = FEATURES_ALONE
    is_trees = False
    is_supervised = True

    def suggest(self, trial: Trial, settings: LogisticSettings) -> Choice:
        """Draw one choice of hyper-parameters."""
        return draw_choice(trial, settings, linear=("l1_share",))

    def learner(self, examples: Examples, settings: LogisticSettings, seed: int) -> ScaledLearner:  # noqa: ARG002
        """The examples on their scale; nothing is drawn."""
        return ScaledLearner(Scaled.of(examples), _fit_on)

    def fit(self, examples: Examples, choice: Choice, settings: LogisticSettings, seed: int) -> Fitted:
        """Fit on the scaled examples."""
        return self.learner(examples, settings, seed).fit(choice)

    def load(self, path: Path) -> FittedLine:
        """Read the coefficients."""
        return FittedLine.load(path)


MODELS.register("logistic")(LogisticModel())
