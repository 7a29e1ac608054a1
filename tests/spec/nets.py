"""Little banks for the networks of the zoo: what is suspicious is told by one thing alone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from features.schema import TOKEN_COLUMNS
from models.zoo import MODELS, Choice, Examples, PaymentLines
from models.zoo.nets import NetSettings, SequenceSettings, TabmSettings

COMMON = {
    "trials": 1,
    "seed": 1,
    "threads": 1,
    "width": 16,
    "epochs": 12,
    "batch": 128,
    "seen_share": 1.0,
    "weight_decay": 0.0,
    "learning_rate": (0.005, 0.05),
    "dropout": (0.0, 0.3),
    "positive_weight": (1, 10),
}
SETTINGS: dict[str, NetSettings] = {
    "net": NetSettings(**COMMON),
    "tabm": TabmSettings(**COMMON, members=4),
    "sequence": SequenceSettings(**COMMON, line_width=8),
}
CHOICE: Choice = {"learning_rate": 0.02, "dropout": 0.1, "positive_weight": 2.0}
CUSTOMERS, WEEKS, PAYMENTS = 300, 3, 40


def drawn(told_by: str, seed: int = 1) -> Examples:
    """Customers over some weeks; a quarter are suspicious, told by ``features`` or by ``lines`` alone.

    In a line of the suspicious every receipt is passed on at once; the others pay at other times as
    often, as much and at the same hours.
    """
    rng = np.random.default_rng(seed)
    is_suspicious = rng.random(CUSTOMERS) < 0.25
    customer = np.repeat(np.arange(CUSTOMERS), WEEKS)
    values = rng.normal(size=(len(customer), 4)).astype(np.float32)
    values[rng.random(values.shape) < 0.05] = np.nan
    if told_by == "features":
        values[:, 2] = rng.normal(size=len(customer)) + 2 * is_suspicious[customer]
    tokens = rng.integers(0, 2, (CUSTOMERS, PAYMENTS, len(TOKEN_COLUMNS)))
    direction = tokens[:, :, TOKEN_COLUMNS.index("direction")]
    if told_by == "lines":
        direction[is_suspicious, ::2] = 1
        direction[is_suspicious, 1::2] = 0
    ends = np.arange(PAYMENTS // 2, PAYMENTS + 1, PAYMENTS // 2 // (WEEKS - 1))
    opens = customer * PAYMENTS
    end = opens + np.tile(ends, CUSTOMERS)
    return Examples(
        features=pd.DataFrame(values, columns=list("abcd")),
        customer_id=customer + 100,
        as_of=pd.Series(
            np.tile(pd.date_range("2025-05-05", periods=WEEKS, freq="W-MON", tz="UTC"), CUSTOMERS)
        ),
        label=is_suspicious[customer].astype(float),
        weight=np.ones(len(customer)),
        lines=PaymentLines(
            tokens.reshape(-1, len(TOKEN_COLUMNS)).astype(np.uint8), opens, np.maximum(opens, end - 25), end
        ),
    )


def fitted(name: str, examples: Examples, seed: int = 1):
    return MODELS[name].fit(examples, CHOICE, SETTINGS[name], seed)


def chance_in_order(score: np.ndarray, is_positive: np.ndarray) -> float:
    """Chance that a positive row is above another one."""
    rank = pd.Series(score).rank().to_numpy()
    positive = is_positive.sum()
    return float(
        (rank[is_positive].sum() - positive * (positive + 1) / 2) / (positive * (~is_positive).sum())
    )
