"""What several files of this folder draw plans with."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.world.flows import Flow
from data.world.scene import Scene
from tests.spec.plans import (
    CENT,
)


def span_days(payments: pd.DataFrame) -> float:
    return float(payments["hour"].max() - payments["hour"].min()) / 24


def _price(yuan: pd.Series, unit: int, digits: int) -> float | None:
    """The one price of a dollar by which all sums are multiples of ``unit`` dollars, if there is one."""
    grid = np.arange(6.7, 7.5, 10.0**-digits).round(digits)
    dollars = yuan.to_numpy()[:, None] / grid / unit
    off = (np.abs(dollars - dollars.round()) * grid * unit).max(axis=0)
    return float(grid[off.argmin()]) if off.min() <= CENT else None


NAMES = (
    "underground_bank_settlement",
    "run_score",
    "online_gambling",
    "telecom_fraud",
    "crypto_off_ramp",
    "loan_back",
    "insurance_wash",
    "ant_moving_fx",
    "virtual_gift_settlement",
)


NOVEL = "virtual_gift_settlement"


def flow_of(scene: Scene) -> Flow:
    return Flow.concat(scene.flows)


def of_day(payments: pd.DataFrame) -> pd.Series:
    """Local hour of the day."""
    return payments["hour"] % 24
