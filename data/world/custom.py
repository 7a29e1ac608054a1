"""What this bank is to each customer: the main bank, a second one, or hardly any.

A Chinese adult holds about seven cards (PBoC, Q3 2025, second-hand), most of which sleep:
one or two work. All shares and spreads here are assumptions of this project.
"""

from __future__ import annotations

import numpy as np

MAIN, SECOND, IDLE = range(3)
# Share of persons, and of firms, for whom this is the main bank, the second one, or one hardly used.
SHARES = {"person": (0.45, 0.35, 0.20), "firm": (0.6, 0.4, 0.0)}
SECOND_FIRM = 0.25  # how much a firm does at its second bank, to one at its main bank
# Log spread of how much customers of one standing do, by kind; the mean is 1.
SPREAD = {"person": 0.85, "micro_business": 0.7, "company": 1.3}
MOST_ACTIVE = 8.0  # times the mean


def draw_standing(rng: np.random.Generator, kind: np.ndarray) -> np.ndarray:
    """MAIN, SECOND or IDLE by customer. Shape of ``kind``."""
    person, firm = (rng.choice(3, len(kind), p=shares) for shares in SHARES.values())
    return np.where(kind == "person", person, firm).astype(np.int8)


def draw_activity(rng: np.random.Generator, kind: np.ndarray, standing: np.ndarray) -> np.ndarray:
    """How much each customer does beside the usual of its kind, mean 1 at a main bank. Shape of ``kind``.

    What persons do at a second bank is for each livelihood to say.
    """
    activity = np.ones(len(kind))
    for name, spread in SPREAD.items():
        members = np.flatnonzero(kind == name)
        activity[members] = rng.lognormal(-spread * spread / 2, spread, len(members))
    activity[(kind != "person") & (standing == SECOND)] *= SECOND_FIRM
    return np.minimum(activity, MOST_ACTIVE)
