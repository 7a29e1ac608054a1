"""Customers flagged by rules that label nobody, members whom an alert opens, and what three lists leave."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import coo_array

from data.asof import happened_within
from models.intervals import rounded, wilson
from models.metrics import Catches
from models.results.beyond import HeldOutFound, HeldOutRule, ThreeLists
from models.truth.headline import recall_of


def flagged_weeks(hits: pd.DataFrame, subjects: pd.DataFrame, days: int) -> np.ndarray:
    """Which subjects' customers a hit (customer_id, hit_at) lies behind in the label window; shape (n,)."""
    moments = hits.rename(columns={"hit_at": "at"})[["customer_id", "at"]]
    # A hit carries the as_of of its indicators, so one at this very moment counts as well.
    return happened_within(moments, subjects["customer_id"], subjects["as_of"], days, at_now=True)


def held_out_rule(
    rule_id: str,
    is_flagged: np.ndarray,
    is_hit: np.ndarray,
    customer: np.ndarray,
    catches: Catches,
    alerted: dict[str, np.ndarray],
    weight: np.ndarray,
) -> HeldOutRule:
    """How rankers treat whom a rule flagged that never labelled anybody.

    Parameters
    ----------
    is_flagged, is_hit, customer : of the test's weeks, shape (n,); hit by rules that label
    catches : who there is to catch in truth
    alerted : by ranker, shape (n,)
    weight : of `drawn`, shape (draws + 1, groups)
    """
    who = np.unique(customer[is_flagged])
    positive = np.unique(customer[catches.rows])
    size = len(catches.group)
    told, hit = (np.bincount(catches.number, mask[catches.rows], size) > 0 for mask in (is_flagged, is_hit))
    found = [
        HeldOutFound(
            ranker=ranker,
            bank_alerted=wilson(int(np.isin(who, customer[mine]).sum()), len(who)),
            true=recall_of(catches, catches.caught(mine), told, weight),
        )
        for ranker, mine in alerted.items()
    ]
    return HeldOutRule(
        rule_id=rule_id,
        flagged=len(who),
        illicit=len(positive[told]),
        beyond_rules=int((told & ~hit).sum()),
        found=found,
    )


class SchemeNetwork:
    """Accounts of schemes tied by their payments, and the members among their holders.

    Parameters
    ----------
    payments : scheme_id, payer_account_id, payee_account_id
    members : scheme_id, account_id, customer_id
    customers : the members that count, sorted, shape (customers,)
    """

    def __init__(self, payments: pd.DataFrame, members: pd.DataFrame, customers: np.ndarray) -> None:
        ends = [
            pd.MultiIndex.from_arrays([payments["scheme_id"], payments[f"{side}_account_id"]])
            for side in ("payer", "payee")
        ]
        held = members[members["customer_id"].isin(customers)]
        held_at = pd.MultiIndex.from_arrays([held["scheme_id"], held["account_id"]])
        nodes = ends[0].append(ends[1]).append(held_at).unique()
        one, other = (nodes.get_indexer(side) for side in ends)
        size = len(nodes)
        ties = coo_array((np.ones(len(one)), (one, other)), shape=(size, size)).tocsr()
        self.ties = ties + ties.T
        place = np.searchsorted(customers, held["customer_id"].to_numpy())
        shape = (len(customers), size)
        self.holds = coo_array((np.ones(len(held)), (place, nodes.get_indexer(held_at))), shape=shape).tocsr()

    def opened(self, is_caught: np.ndarray, hops: int) -> np.ndarray:
        """1 for each member caught, or within so many payments of one who is; shape (customers,)."""
        reached = self.holds.T @ is_caught.astype(float)
        for _ in range(hops):
            reached = np.minimum(reached + self.ties @ reached, 1.0)
        return np.asarray(np.maximum(is_caught, self.holds @ reached > 0), float)


def chao(once: int, twice: int, lists: int) -> float:
    """Individuals that no list has, at least, by how many stand in one and in two of them (Chao 1987).

    >>> chao(10, 5, 3)
    5.0
    """
    return (lists - 1) / lists * once * (once - 1) / (2 * (twice + 1))


def three_lists(caught: dict[str, np.ndarray], catches: Catches, weight: np.ndarray) -> ThreeLists:
    """What three rankers together seem to leave, beside what they do leave.

    ``caught`` is 1 for each illicit customer whom a ranker caught, shape (customers,).
    """
    times = np.sum([mine > 0 for mine in caught.values()], axis=0)
    counts = [int((times == number).sum()) for number in range(1, len(caught) + 1)]
    estimated = sum(counts) + chao(counts[0], counts[1], len(caught))
    is_any = (times > 0).astype(float)
    return ThreeLists(
        rankers=list(caught),
        caught=counts,
        estimated=round(estimated, 1),
        claimed=rounded(sum(counts) / estimated) if estimated else None,
        true=catches.mean(is_any, weight),
    )
