"""What the stages beside the models tried out: learning, cuts, graphs, claims fixed beforehand."""

from __future__ import annotations

from dataclasses import dataclass

from models.results.calibration import Calibration
from models.results.graph_honesty import GraphHonesty
from models.results.imbalance import Imbalance
from models.results.injection import Injection
from models.results.knowledge import BankKnowledge
from models.results.learning import LearningCurves
from models.results.over_time import OverTime
from models.results.penalties import PenaltyPaths
from models.results.stack import Stack
from verdicts import Verdicts


@dataclass(frozen=True)
class Experiments:
    """Results that no model is chosen by."""

    imbalance: Imbalance
    curves: LearningCurves
    calibration: Calibration
    stack: Stack
    injection: Injection
    graph: GraphHonesty
    penalties: PenaltyPaths
    over_time: OverTime
    knowledge: BankKnowledge
    verdicts: Verdicts  # claims as they were written before the run

    @property
    def stack_parts(self) -> list[str]:
        """The models below the stack; none where nobody was suspicious on validation."""
        return list(self.stack.fitted.weights) if self.stack.fitted else []
