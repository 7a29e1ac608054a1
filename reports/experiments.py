"""What the stages beside the models tried out: learning, cuts, graphs, claims fixed beforehand."""

from __future__ import annotations

from dataclasses import dataclass

from models.results.calibration import Calibration
from models.results.imbalance import Imbalance
from models.results.learning import LearningCurves
from models.results.stack import Stack
from verdicts import Verdicts


@dataclass(frozen=True)
class Experiments:
    """Results that no model is chosen by."""

    imbalance: Imbalance
    curves: LearningCurves
    calibration: Calibration
    stack: Stack
    verdicts: Verdicts  # claims as they were written before the run

    @property
    def stack_parts(self) -> list[str]:
        """The models below the stack; none where nobody was suspicious on validation."""
        return list(self.stack.fitted.weights) if self.stack.fitted else []
