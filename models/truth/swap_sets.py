"""What changes when one ranker takes another's place: whom each alerts, and which true cases are lost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.budget import Budget, Queue, spent
from models.intervals import wilson
from models.metrics import Catches
from models.paired import mcnemar
from models.results.knowledge import LostCase, NextInLine, Swap, SwapCell

NEAR = 3.0  # times the budget: whoever is caught then was nearly caught
ELSEWHEN, CLOSE, FAR = "elsewhen", "near", "far"


@dataclass(frozen=True)
class BothSides:
    """Two rankers' alerts of the judged weeks, shape (n,) each, and whom there is to catch by each view."""

    customer: np.ndarray
    champion: np.ndarray
    challenger: np.ndarray

    def cells(self, catches: dict[str, Catches]) -> dict[str, SwapCell]:
        """By field of Swap, whom both, one or neither alerted; ``catches`` are ``bank`` and ``true``."""
        everyone = np.unique(self.customer)
        is_out, is_in = (np.isin(everyone, self.customer[mine]) for mine in (self.champion, self.challenger))
        masks = {
            "both": is_out & is_in,
            "swapped_out": is_out & ~is_in,
            "swapped_in": ~is_out & is_in,
            "neither": ~is_out & ~is_in,
        }
        return {name: self._cell(everyone[mask], name, catches) for name, mask in masks.items()}

    def _cell(self, customers: np.ndarray, name: str, catches: dict[str, Catches]) -> SwapCell:
        counts = {}
        for view, mine in catches.items():
            positive = positive_customers(mine, self.customer)
            caught = np.maximum(mine.caught(self.champion), mine.caught(self.challenger)) > 0
            is_counted = np.ones(len(positive), bool) if name == "neither" else caught
            counts[view] = int((np.isin(positive, customers) & is_counted).sum())
        return SwapCell(customers=len(customers), illicit=counts["true"], suspected=counts["bank"])


def positive_customers(catches: Catches, customer: np.ndarray) -> np.ndarray:
    """The positive customers in the order of ``catches``; ``customer`` is of the judged weeks."""
    return np.unique(customer[catches.rows])


def alerted_ever(queue: Queue, budget: Budget) -> np.ndarray:
    """Customers whom a ranker alerts at any time that is watched, validation included; sorted."""
    rows = np.array([row for row, _ in spent(queue.turns, budget)], np.int64)
    return np.unique(queue.watch.customer[rows])


def swap(
    champion: tuple[str, Queue],
    challenger: tuple[str, Queue],
    budget: Budget,
    views: dict[str, Catches],
    weight: np.ndarray,
    typologies: dict[int, str],
) -> Swap:
    """The challenger in the champion's place.

    Parameters
    ----------
    champion, challenger : name and queue of a ranker, over the same watched weeks
    views : whom there is to catch, ``bank`` and ``true``
    weight : of `drawn`, shape (draws + 1, groups of the true view)
    typologies : of illicit customers, by customer_id
    """
    (old, old_queue), (new, queue) = champion, challenger
    catches, customer = views["true"], queue.watch.judged.customer
    sides = BothSides(customer, old_queue.alerted(budget), queue.alerted(budget))
    held, gained = catches.caught(sides.champion), catches.caught(sides.challenger)
    who = positive_customers(catches, customer)
    near = catches.caught(queue.alerted(budget, NEAR)) > 0
    reason = np.where(np.isin(who, alerted_ever(queue, budget)), ELSEWHEN, np.where(near, CLOSE, FAR))
    lost = np.flatnonzero((held > 0) & (gained == 0))
    return Swap(
        champion=old,
        challenger=new,
        champion_alerts=int(sides.champion.sum()),
        challenger_alerts=int(sides.challenger.sum()),
        **sides.cells(views),
        gain=catches.mean(gained - held, weight),
        by_scheme=mcnemar(catches.groups_caught(gained), catches.groups_caught(held)),
        lost=[
            LostCase(
                customer_id=int(who[place]),
                typologies=typologies.get(int(who[place]), ""),
                reason=str(reason[place]),
            )
            for place in lost
        ],
    )


def next_in_line(
    score: np.ndarray,
    customer: np.ndarray,
    is_alerted: np.ndarray,
    is_illicit: np.ndarray,
    places: tuple[int, ...],
) -> list[NextInLine]:
    """The never-alerted customers with the highest scores, by growing numbers; the last row is all of them.

    Parameters
    ----------
    score, customer : of the judged weeks, shape (n,)
    is_alerted, is_illicit : whether the customer of a week is, shape (n,)
    """
    line = in_line(score, customer, ~is_alerted)
    is_true = np.isin(line, customer[is_illicit])
    rows = []
    for place in [*(place for place in sorted(set(places)) if place < len(line)), len(line)]:
        illicit = int(is_true[:place].sum())
        rows.append(NextInLine(places=place, illicit=illicit, share=wilson(illicit, place)))
    return rows


def in_line(score: np.ndarray, customer: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Customers of the weeks of ``mask`` by their highest score, highest first; ties by customer_id."""
    best = pd.Series(score[mask]).groupby(customer[mask]).max()
    return best.index.to_numpy()[np.argsort(-best.to_numpy(), kind="stable")]
