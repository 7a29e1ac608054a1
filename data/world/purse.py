"""Where large sums come from and go to: who pays more than they keep at hand gathers it first.

Funds are sold, own money is called from another bank, a relative helps; what comes in large
does not stay for long. All shares here are assumptions of this project.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from data.schema import HOUR_US
from data.streams import log_uniform
from data.world.flows import Flow
from data.world.population import OUTSIDE, Population
from data.world.weights import picked

AT_HAND_MONTHS = 0.8  # of income; more is gathered first
GATHERED_SHARE = 0.9  # of the payments above it; the others try, and are often declined
# Sources of a person's money: own account elsewhere, a broker, a relative.
SOURCES = (0.5, 0.32, 0.18)
KEPT_MONTHS = 1.5  # of income; larger credits are put by
PUT_BY_SHARE = 0.6


def gathered(world: Population, rng: np.random.Generator, flow: Flow) -> Flow:
    """The payments with what their payers call in before; a payment waits for its money."""
    owner = world.owner[flow.payer]
    is_large = (owner != OUTSIDE) & (flow.amount > world.income[owner] * AT_HAND_MONTHS * 100)
    rows = np.flatnonzero(is_large & (rng.random(len(flow)) < GATHERED_SHARE))
    wait = (log_uniform(rng, 0.1, 70, len(rows)) * HOUR_US).astype(np.int64)
    payer, yuan = flow.payer[rows], flow.amount[rows] / 100 * rng.uniform(1.0, 1.12, len(rows))
    source = rng.choice(3, len(rows), p=SOURCES)
    at = flow.at.copy()
    at[rows] += wait
    return Flow.concat([_called_in(world, rng, flow.at[rows], payer, yuan, source), replace(flow, at=at)])


def _called_in(
    world: Population,
    rng: np.random.Generator,
    at: np.ndarray,
    payee: np.ndarray,
    yuan: np.ndarray,
    source: np.ndarray,
) -> Flow:
    """Credits of own money: of firms from their owner or parent, of persons by ``source``."""
    owner = world.owner[payee]
    kind = world.kind[owner]
    helper = picked(rng, world.acquaintances, len(at))
    parents = picked(rng, world.outside("company"), len(at))
    parts = []
    for chosen, payer, purpose in (
        (source == 0, world.elsewhere[owner], "transfer"),
        (source == 1, picked(rng, world.outside("broker"), len(at)), "investment"),
        (source == 2, helper, "loan"),
    ):
        mine = np.flatnonzero(chosen)
        payer = np.where(kind == "company", parents, payer)
        parts.append(Flow.of(at[mine], payer[mine], payee[mine], yuan[mine], "transfer", purpose))
    return Flow.concat(parts)


def put_by(world: Population, rng: np.random.Generator, flow: Flow) -> Flow:
    """What persons of this bank do with large credits: a part leaves again within days."""
    owner = world.owner[flow.payee]
    is_large = (owner != OUTSIDE) & world.is_of_person[flow.payee]
    is_large &= flow.amount > world.income[owner] * KEPT_MONTHS * 100
    rows = np.flatnonzero(is_large & (rng.random(len(flow)) < PUT_BY_SHARE))
    at = flow.at[rows] + (log_uniform(rng, 0.3, 300, len(rows)) * HOUR_US).astype(np.int64)
    yuan = flow.amount[rows] / 100 * rng.uniform(0.3, 0.97, len(rows))
    use = rng.choice(3, len(rows), p=(0.35, 0.4, 0.25))
    payer, own = flow.payee[rows], owner[rows]
    return Flow.concat(
        [
            Flow.of(at[m], payer[m], payee[m], yuan[m], "transfer", purpose)
            for m, payee, purpose in (
                (np.flatnonzero(use == 0), world.elsewhere[own], "transfer"),
                (np.flatnonzero(use == 1), picked(rng, world.outside("broker"), len(rows)), "investment"),
                (np.flatnonzero(use == 2), picked(rng, world.outside("person"), len(rows)), "loan_repayment"),
            )
        ]
    )
