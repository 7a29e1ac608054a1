"""Payments that never occur in ordinary life: a lookup of words and parties, without amount or time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.results import Interval
from data.schema import DAY_US
from models.budget import Budget, Watch
from models.intervals import UNMEASURED, drawn, interval, mean_by_group, middle_part, ratio, rounded
from models.metrics import AveragePrecision
from models.results.probes import Cell, CellLookup, PlannedCells
from models.truth.probes.ground import ILLICIT, Ground
from models.truth.probes.learner import WORST, Probe

PRIOR_PAYMENTS = 1  # that the rate of all is worth in a cell (assumption)


def mostly_planned(ground: Ground, probe: Probe) -> PlannedCells:
    """Cells of the whole run that ordinary life hardly uses.

    A cell is channel, purpose, kinds of both parties and domestic or abroad. It counts if
    it holds ``cell_least`` payments or more, of which more than ``cell_planned_share`` are
    planned. Null where nothing is planned at all.
    """
    cells = int(ground.cell.max(initial=0)) + 1
    every, planned, illicit = (
        np.bincount(ground.cell[chosen], minlength=cells)
        for chosen in (slice(None), ground.is_planned, ground.kind == ILLICIT)
    )
    if not planned.any():
        return PlannedCells(count=None, payments=None, worst=[])
    share = planned / np.maximum(every, 1)
    told = np.flatnonzero((every >= probe.cell_least) & (share > probe.cell_planned_share))
    worst = told[np.argsort(-planned[told], kind="stable")][:WORST]
    return PlannedCells(
        count=len(told),
        payments=int(every[told].sum()),
        worst=[
            Cell(
                cell_en=ground.name_of_cell(code).en,
                cell_zh=ground.name_of_cell(code).zh,
                payments=int(every[code]),
                planned=int(planned[code]),
                illicit=int(illicit[code]),
            )
            for code in worst
        ],
    )


def rates(ground: Ground, until_us: int) -> np.ndarray:
    """Illicit share of each cell in the payments before a moment; shape (cells,)."""
    cells = int(ground.cell.max(initial=0)) + 1
    seen = ground.at_us < until_us
    every = np.bincount(ground.cell[seen], minlength=cells)
    illicit = np.bincount(ground.cell[seen & (ground.kind == ILLICIT)], minlength=cells)
    base = ratio(float(illicit.sum()), float(every.sum()))
    return np.asarray((illicit + base * PRIOR_PAYMENTS) / (every + PRIOR_PAYMENTS))


def lookup_score(
    ground: Ground, rate: np.ndarray, customer_id: np.ndarray, as_of_us: np.ndarray, days: int
) -> np.ndarray:
    """Best rate among the cells that a customer used in the days before; -inf if none. Shape (n,)."""
    customers = len(ground.parties.customer_id)
    who = np.searchsorted(ground.parties.customer_id, customer_id)
    score = np.full(len(customer_id), -np.inf)
    by_time = np.argsort(ground.at_us, kind="stable")
    at = ground.at_us[by_time]
    for moment in np.unique(as_of_us):
        first, end = np.searchsorted(at, [moment - days * DAY_US, moment])
        mine = by_time[first:end]
        best = np.full(customers, -np.inf)
        for party in (ground.payer[mine], ground.payee[mine]):
            is_customer = party < customers
            np.maximum.at(best, party[is_customer], rate[ground.cell[mine[is_customer]]])
        chosen = as_of_us == moment
        score[chosen] = best[who[chosen]]
    return score


def lookup(
    ground: Ground,
    subjects: pd.DataFrame,
    is_illicit: np.ndarray,
    illicit: pd.DataFrame,
    periods: pd.DataFrame,
    budget: Budget,
    draws: int,
    seed: int,
) -> CellLookup:
    """The lookup as a weekly ranker of the test's subjects at the alert budget.

    Parameters
    ----------
    subjects : customer_id and as_of; ``is_illicit`` is their truth, shape (n,)
    illicit : moments of illicit schemes: customer_id, scheme_id; schemes are the unit of the interval
    """
    scheme_of = illicit.drop_duplicates("customer_id").set_index("customer_id")["scheme_id"]
    nothing = CellLookup(recall=UNMEASURED, average_precision=None, over_base=UNMEASURED)
    starts = periods["starts_at"][periods["name"] == "validation"]
    if not len(starts) or not is_illicit.any():
        return nothing
    rate = rates(ground, int(starts.iloc[0].value // 1_000))
    if not np.isfinite(rate).all():
        return nothing
    customer = subjects["customer_id"].to_numpy()
    as_of_us = subjects["as_of"].astype("int64").to_numpy()
    score = lookup_score(ground, rate, customer, as_of_us, budget.label_window_days)
    alerted = Watch(customer, as_of_us, np.ones(len(customer), bool)).alerted(score, budget)
    precision = AveragePrecision(score, is_illicit)
    base = ratio(float(is_illicit.sum()), len(is_illicit))
    weight, group = _by_scheme(customer, is_illicit, scheme_of, draws, seed)
    lifts = precision.by_group(weight, group)[1:] / base
    reached = precision(np.ones(len(score)))
    return CellLookup(
        recall=recall_by_scheme(customer, is_illicit, alerted, scheme_of, draws, seed),
        average_precision=rounded(reached),
        over_base=interval(reached / base, *middle_part(lifts)),
    )


def recall_by_scheme(
    customer: np.ndarray,
    is_positive: np.ndarray,
    alerted: np.ndarray,
    scheme_of: pd.Series,
    draws: int,
    seed: int,
) -> Interval:
    """Recall at the budget, its interval from a bootstrap of the schemes of the positives."""
    if not is_positive.any():
        return UNMEASURED
    wanted, caught = np.unique(customer[is_positive]), np.unique(customer[is_positive & alerted])
    _, scheme = np.unique(scheme_of.reindex(wanted).fillna(-1).to_numpy(), return_inverse=True)
    weight = drawn(int(scheme.max()) + 1, draws, seed)
    return mean_by_group(np.isin(wanted, caught), scheme, weight)


def _by_scheme(
    customer: np.ndarray, is_positive: np.ndarray, scheme_of: pd.Series, draws: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Weights of a bootstrap, shape (draws + 1, groups), and the group by row: 0 for the negatives."""
    scheme = scheme_of.reindex(customer[is_positive]).fillna(-1).to_numpy()
    _, number = np.unique(scheme, return_inverse=True)
    weight = drawn(int(number.max()) + 1, draws, seed)
    group = np.zeros(len(customer), np.int64)
    group[is_positive] = number + 1
    return np.column_stack([np.ones(draws + 1), weight]), group
