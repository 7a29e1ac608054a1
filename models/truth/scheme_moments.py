"""The moments of schemes and of their innocent look-alikes, read from the bank's tables and the truth."""

from __future__ import annotations

import pandas as pd

import pipeline
from data import schema
from data.asof import moments_of
from models.truth.illicit import MOMENT_COLUMNS


def read_inputs() -> pd.DataFrame:
    """Moments of planted payments, as `data.asof.moments_of` tells them, of the whole run."""
    return moments_of(
        pipeline.read(schema.Transactions, columns=MOMENT_COLUMNS),
        pipeline.read(schema.Accounts, columns=["account_id", "customer_id"]),
        pipeline.read(schema.Truth),
        pipeline.read(schema.Schemes),
    )
