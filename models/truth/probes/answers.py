"""What the probes answer, for the audit to write down."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from models.budget import Budget
from models.results.probes import Artefacts
from models.truth.calibration import JudgedBank
from models.truth.probes import artefacts, cells, look_alikes, planned
from models.truth.probes.ground import Ground
from models.truth.probes.learner import Probe
from models.truth.probes.sample import Sample


@dataclass(frozen=True)
class Plans:
    """The bank, what was planned in it, and when; ``illicit`` are moments of illicit schemes."""

    bank: JudgedBank
    truth: pd.DataFrame
    schemes: pd.DataFrame
    illicit: pd.DataFrame
    periods: pd.DataFrame

    @cached_property
    def ground(self) -> Ground:
        """Every payment as the payment probes see it."""
        bank = self.bank
        return Ground.of(
            bank.customers, bank.accounts, bank.transactions, self.truth, bank.parties, bank.first_day
        )


def of_payments(plans: Plans, probe: Probe, draws: int, seed: int) -> dict[str, Any]:
    """Cells, single payments, digits and look-alikes, by field of ProbeFindings."""
    ground, truth, schemes = plans.ground, plans.truth, plans.schemes
    sample = Sample.of(ground, plans.periods, probe, np.random.default_rng(seed))
    amounts, all_amounts = look_alikes.amount_look_alikes(plans.bank, truth, schemes, probe, draws, seed)
    return {
        "cells": cells.mostly_planned(ground, probe),
        "single_payments": planned.single_payments(sample, probe, draws, seed),
        "digits": planned.digits_alone(sample, probe, draws, seed),
        "payment_look_alikes": look_alikes.payment_look_alikes(ground, truth, schemes, probe, draws, seed),
        "look_alikes": amounts,
        "amount_look_alikes": all_amounts,
    }


def of_customers(
    plans: Plans,
    devices: pd.DataFrame,
    subjects: pd.DataFrame,
    is_illicit: np.ndarray,
    budget: Budget,
    probe: Probe,
    draws: int,
    seed: int,
) -> dict[str, Any]:
    """How rows were made, and what words and parties alone find, by field of ProbeFindings.

    ``is_illicit`` is the truth of the test's ``subjects``, shape (subjects,).
    """
    bank, illicit = plans.bank, plans.illicit
    return {
        "artefacts": Artefacts(
            customers=artefacts.artefacts_of_customers(bank, devices, illicit, probe, draws, seed),
            payments=artefacts.artefacts_of_payments(bank, probe, draws, seed),
        ),
        "cell_lookup": cells.lookup(
            plans.ground, subjects, is_illicit, illicit, plans.periods, budget, draws, seed
        ),
    }
