"""What the payment probes answer, for the audit to write down."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from models.truth.probes import cells, look_alikes, planned
from models.truth.probes.ground import Ground
from models.truth.probes.learner import Probe
from models.truth.probes.sample import Sample


def of_payments(
    ground: Ground,
    truth: pd.DataFrame,
    schemes: pd.DataFrame,
    periods: pd.DataFrame,
    probe: Probe,
    draws: int,
    seed: int,
) -> dict[str, Any]:
    """Cells, single payments, digits, and whether look-alikes are doubles payment by payment."""
    sample = Sample.of(ground, periods, probe, np.random.default_rng(seed))
    return {
        "cells": cells.mostly_planned(ground, probe),
        "single_payments": planned.on_plans(sample, probe, draws, seed),
        "digits": planned.on_digits(sample, probe, draws, seed),
        "payment_look_alikes": look_alikes.on_payments(ground, truth, schemes, probe, draws, seed),
    }
