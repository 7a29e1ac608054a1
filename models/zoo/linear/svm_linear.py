"""A linear support vector machine: squared hinge loss and L2, solved as it stands."""

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
from parameters import PositiveRange


class LinearSvmSettings(ModelSettings):
    """Section ``models.svm_linear``: search ranges, low and high."""

    penalty: PositiveRange
    positive_weight: PositiveRange


def _fit_on(scaled: Scaled, choice: Choice) -> FittedLine:
    from models.zoo.linear.losses import SQUARED_HINGE
    from models.zoo.linear.newton import Penalty, Problem, solved

    given = scaled.examples
    weight = emphasised(given, choice["positive_weight"])
    problem = Problem(scaled.values, given.label, weight, SQUARED_HINGE)
    return FittedLine.of(scaled, solved(problem, Penalty(choice["penalty"], l1_share=0.0)))


class LinearSvm:
    """The margin itself is the score: it is no chance, and ranks as well as one."""

    label_en = "SVM, linear"
    label_zh = "线性支持向量机"
    settings = LinearSvmSettings
    file = "fitted/svm_linear.model"
    needs = FEATURES_ALONE
    is_trees = False
    is_supervised = True

    def suggest(self, trial: Trial, settings: LinearSvmSettings) -> Choice:
        """Draw one choice of hyper-parameters."""
        return draw_choice(trial, settings)

    def learner(self, examples: Examples, settings: LinearSvmSettings, seed: int) -> ScaledLearner:  # noqa: ARG002
        """The examples on their scale; nothing is drawn."""
        return ScaledLearner(Scaled.of(examples), _fit_on)

    def fit(self, examples: Examples, choice: Choice, settings: LinearSvmSettings, seed: int) -> Fitted:
        """Fit on the scaled examples."""
        return self.learner(examples, settings, seed).fit(choice)

    def load(self, path: Path) -> FittedLine:
        """Read the coefficients."""
        return FittedLine.load(path)


MODELS.register("svm_linear")(LinearSvm())
