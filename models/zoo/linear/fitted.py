"""A fitted line as one reads it: a coefficient beside the name and the scale of each feature."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.zoo import Examples
from models.zoo.scaling import Scale, Scaled, by_block


@dataclass(frozen=True)
class FittedLine:
    """Coefficients (features,) of scaled features, and an intercept; scores are margins."""

    names: tuple[str, ...]
    scale: Scale
    coefficients: np.ndarray
    intercept: float

    @classmethod
    def of(cls, scaled: Scaled, solution: np.ndarray) -> FittedLine:
        """The line of a solution on scaled examples, whose last number is the intercept."""
        return cls(scaled.names, scaled.scale, solution[:-1], float(solution[-1]))

    def scores(self, examples: Examples) -> np.ndarray:
        """Margin by subject, shape (n,)."""
        return by_block(
            examples.features,
            self.names,
            lambda values: self.scale(values) @ self.coefficients + self.intercept,
        )

    def save(self, path: Path) -> None:
        """Write JSON that tells every feature's mean, spread and coefficient."""
        columns = (self.scale.mean, self.scale.spread, self.coefficients)
        rows = zip(self.names, *(column.tolist() for column in columns), strict=True)
        told = {
            "intercept": self.intercept,
            "features": {
                name: {"mean": mean, "spread": spread, "coefficient": coefficient}
                for name, mean, spread, coefficient in rows
            },
        }
        path.write_text(json.dumps(told, indent=1, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> FittedLine:
        """Read what `save` wrote."""
        told = json.loads(path.read_text(encoding="utf-8"))
        features = told["features"].values()
        mean, spread = (np.array([each[key] for each in features], np.float32) for key in ("mean", "spread"))
        coefficients = np.array([each["coefficient"] for each in features])
        return cls(tuple(told["features"]), Scale(mean, spread), coefficients, told["intercept"])
