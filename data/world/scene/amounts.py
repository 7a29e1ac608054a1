"""The sums of a scene and its pretexts: how much is paid, and what it pretends to be for."""

from __future__ import annotations

from math import log2

import numpy as np
from scipy.special import exp2

from data.world.scene.stage import Stage

# Income or turnover a month of a kind for which the sums of plans are meant; others' grow with its power.
USUAL_CNY = {"person": 7_000, "micro_business": 45_000, "company": 700_000}
SUMS_GROW = 0.7  # the power (assumption)
SIZE = 2.5  # times the sums that a typology names: a mule's payment is some 10,000 yuan in published cases
# How often persons and firms pay others for something, else OTHER_REASON (assumption).
REASONS = {
    "person": {
        "unstated": 30,
        "family": 20,
        "goods": 14,
        "loan_repayment": 9,
        "loan": 9,
        "gift": 7,
        "rent": 6,
    },
    "firm": {"payroll": 30, "goods": 22, "supplies": 12, "unstated": 12, "other": 8, "loan_repayment": 5},
}
OTHER_REASON = 8


class Amounts(Stage):
    """Splits sums, sizes them for who pays, and draws what a payment pretends to be for."""

    def scale(self, account: int) -> float:
        """How much larger sums are than usual for an account's owner: they grow with a power of income."""
        owner = self.world.owner[account]
        usual = USUAL_CNY[str(self.world.kind[owner])]
        return SIZE * float(exp2(SUMS_GROW * log2(min(max(self.world.income[owner] / usual, 0.1), 20.0))))

    def slices(self, total: float, count: int, evenness: float) -> np.ndarray:
        """Split a sum in ``count`` parts to the cent; a larger ``evenness`` gives more equal parts."""
        parts = self.rng.dirichlet(np.full(count, evenness)) * total
        return np.maximum(np.floor(parts * 100) / 100, 0.01)

    def portions(self, total: float, count: int, evenness: float) -> np.ndarray:
        """Split a sum with nothing left over, so that nobody pays more than they hold."""
        parts = self.slices(total, count, evenness)
        parts[parts.argmax()] += total - parts.sum()
        return parts

    def pretext(self, *purposes: str) -> str:
        """One of the things that one may pretend to pay for, the commonest most often."""
        weight = np.array([REASONS["person"].get(purpose, OTHER_REASON) for purpose in purposes], float)
        return str(self.rng.choice(purposes, p=weight / weight.sum()))

    def pretext_of(self, payer: int) -> str:
        """What a payer may pretend to pay for: persons and firms have reasons of their own."""
        reasons = REASONS["person" if self.world.holder[payer] == "person" else "firm"]
        weight = np.array(list(reasons.values()), float)
        return str(self.rng.choice(list(reasons), p=weight / weight.sum()))
