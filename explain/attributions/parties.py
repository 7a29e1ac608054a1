"""Which parties around a customer matter, by money alone: what a graph network's masks have to beat.

All read the payments that the customer's moment may see. Parties are nodes of the payment graph.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from data.schema import CHANNELS, HOUR_US
from models.zoo import Graph

ONWARD_HOURS = 72  # in which a payee passes on, as in the picture of the money's way
ONWARD_PAYMENTS = 3  # largest ones of each payee that the picture shows
SHOPPING = [CHANNELS.index(name) for name in ("pos", "qr")]  # left out of the picture
RESTART = 0.15  # chance that a walk begins anew at the customer (Page, Brin 1998)
STEPS = 3  # of the walk; with fewer than two nobody beyond the counterparties is reached
HUB_PARTIES = 100  # counterparties above which no walk goes on, as features.network has it

PartyRanking = tuple[np.ndarray, np.ndarray]  # parties and what each weighs
NO_RANKING: PartyRanking = (np.zeros(0, np.int64), np.zeros(0))


@dataclass(frozen=True)
class PartyPayments:
    """PartyPayments of one slice of the graph in order of time; arrays of shape (payments,).

    ``at`` are microseconds, ``yuan`` amounts; ``by_payer`` and ``by_payee`` are rows in order
    of that party, then of time, and ``paid`` and ``got`` where each party's begin there.
    """

    payer: np.ndarray
    payee: np.ndarray
    at: np.ndarray
    yuan: np.ndarray
    is_shopping: np.ndarray
    by_payer: np.ndarray
    by_payee: np.ndarray
    paid: np.ndarray
    got: np.ndarray

    @classmethod
    def of(cls, graph: Graph, moment: pd.Timestamp) -> PartyPayments:
        """Those that ``moment`` may see."""
        bounds = graph.slices.set_index("as_of").loc[moment]
        edges = graph.edges.iloc[int(bounds["first_edge"]) : int(bounds["end_edge"])]
        payer, payee = edges["payer_node"].to_numpy(), edges["payee_node"].to_numpy()
        orders = [np.argsort(end, kind="stable") for end in (payer, payee)]
        starts = [
            np.searchsorted(end[order], np.arange(len(graph.nodes) + 1))
            for end, order in zip((payer, payee), orders, strict=True)
        ]
        return cls(
            payer,
            payee,
            edges["at"].astype("int64").to_numpy(),
            np.expm1(edges["log_amount"].to_numpy().astype(float)),
            np.isin(edges["channel"].to_numpy(), SHOPPING),
            *orders,
            *starts,
        )

    def paid_by(self, node: int) -> np.ndarray:
        """Rows that a party paid, in order of time."""
        return self.by_payer[self.paid[node] : self.paid[node + 1]]

    def got_by(self, node: int) -> np.ndarray:
        """Rows that a party received, in order of time."""
        return self.by_payee[self.got[node] : self.got[node + 1]]


def heaviest(party: np.ndarray, weight: np.ndarray, most: int) -> PartyRanking:
    """Parties that weigh most, the first of equal ones by number; ``party`` holds each once."""
    order = np.lexsort((party, -weight))[:most]
    return party[order], weight[order]


def largest_value(payments: PartyPayments, node: int, most: int) -> PartyRanking:
    """Counterparties by the yuan that went either way, as a case page lists them."""
    paid, got = payments.paid_by(node), payments.got_by(node)
    other = np.concatenate([payments.payee[paid], payments.payer[got]])
    if not len(other):
        return NO_RANKING
    party, number = np.unique(other, return_inverse=True)
    return heaviest(party, np.bincount(number, payments.yuan[np.concatenate([paid, got])]), most)


def latest(payments: PartyPayments, node: int, most: int) -> PartyRanking:
    """Counterparties by their last payment with the customer, the latest first.

    A graph network that keeps the ties used last can point at no others.
    """
    paid, got = payments.paid_by(node), payments.got_by(node)
    other = np.concatenate([payments.payee[paid], payments.payer[got]])
    if not len(other):
        return NO_RANKING
    party, number = np.unique(other, return_inverse=True)
    last = np.zeros(len(party))
    np.maximum.at(last, number, np.concatenate([paid, got]).astype(float))
    return heaviest(party, last, most)


def money_flow(payments: PartyPayments, node: int, most: int, edges: int, customers: int) -> PartyRanking:
    """Parties of the picture of the money's way, by their largest payment in it.

    The picture holds a third of its ``edges`` in, a third out, and what customers of the bank
    who were paid passed on in the hours after; of shopping it shows nothing.
    """

    def largest(rows: np.ndarray, number: int) -> np.ndarray:
        rows = rows[~payments.is_shopping[rows]]
        return rows[np.argsort(-payments.yuan[rows], kind="stable")[:number]]

    incoming, outgoing = (
        largest(rows, edges // 3) for rows in (payments.got_by(node), payments.paid_by(node))
    )
    onward = [np.zeros(0, np.int64)]
    for row in outgoing[payments.payee[outgoing] < customers]:
        later = payments.paid_by(int(payments.payee[row]))
        waited = payments.at[later] - payments.at[row]
        is_soon = (waited > 0) & (waited <= ONWARD_HOURS * HOUR_US) & (payments.payee[later] != node)
        onward.append(largest(later[is_soon], ONWARD_PAYMENTS))
    passed_on = np.unique(np.concatenate(onward))
    seen = np.concatenate([payments.payer[incoming], payments.payee[outgoing], payments.payee[passed_on]])
    if not len(seen):
        return NO_RANKING
    yuan = payments.yuan[np.concatenate([incoming, outgoing, passed_on])]
    party, number = np.unique(seen, return_inverse=True)
    weight = np.zeros(len(party))
    np.maximum.at(weight, number, yuan)
    return heaviest(party, weight, most)


def page_rank(payments: PartyPayments, nodes: np.ndarray, most: int) -> list[PartyRanking]:
    """Parties by the share of a walk from the customer that ends at them, one ranking a node.

    The walk follows payments both ways, each tie by the logarithm of its yuan, for a few
    steps; it does not leave a hub again.
    """
    size = len(payments.paid) - 1
    ends = np.concatenate([payments.payer, payments.payee]), np.concatenate([payments.payee, payments.payer])
    ties = csr_array((np.tile(payments.yuan, 2), ends), shape=(size, size))
    ties.sum_duplicates()
    ties.data = np.log1p(ties.data)
    degree = np.diff(ties.indptr)
    strength = np.asarray(ties.sum(axis=1)).ravel()
    goes_on = (degree <= HUB_PARTIES) & (strength > 0)
    share = np.where(goes_on, 1 / np.maximum(strength, 1e-12), 0.0)
    rows = np.arange(len(nodes))
    at = csr_array((np.ones(len(nodes)), (rows, nodes)), shape=(len(nodes), size))
    first = np.where(strength[nodes] > 0, 1 / np.maximum(strength[nodes], 1e-12), 0.0)
    total = csr_array((len(nodes), size))
    for step in range(STEPS):
        scaled = at.multiply(first[:, None]) if step == 0 else at.multiply(share[None, :])
        at = csr_array(scaled) @ ties * (1 - RESTART)
        total = total + at
    total = csr_array(total)
    found = []
    for row, node in enumerate(nodes):
        mine = slice(total.indptr[row], total.indptr[row + 1])
        party, weight = total.indices[mine], total.data[mine]
        is_other = party != node
        found.append(heaviest(party[is_other].astype(np.int64), weight[is_other], most))
    return found


def rankings_by_money(
    graph: Graph, moment: pd.Series, node: np.ndarray, most: int, edges: int, seed: int
) -> Mapping[str, list[PartyRanking]]:
    """Every ranking of parties by money alone, and one by chance, subject by subject.

    Parameters
    ----------
    moment, node : of the subjects, shape (n,)
    most : parties that a ranking names
    edges : payments that the picture holds
    """
    customers = int(graph.nodes["customer_id"].notna().sum())
    rng = np.random.default_rng(seed)
    found: dict[str, list[PartyRanking]] = {
        name: [NO_RANKING] * len(node)
        for name in ("money_flow", "largest_value", "latest", "page_rank", "chance")
    }
    for when, rows in moment.groupby(moment).indices.items():
        payments = PartyPayments.of(graph, when)
        each: dict[str, Callable[[int], PartyRanking]] = {
            "largest_value": lambda mine, p=payments: largest_value(p, mine, most),  # type: ignore[misc]
            "latest": lambda mine, p=payments: latest(p, mine, most),  # type: ignore[misc]
            "money_flow": lambda mine, p=payments: money_flow(p, mine, most, edges, customers),  # type: ignore[misc]
            "chance": lambda mine, p=payments: in_drawn_order(p, mine, most, rng),  # type: ignore[misc]
        }
        for name, rank in each.items():
            for row in rows:
                found[name][row] = rank(int(node[row]))
        for row, mine in zip(rows, page_rank(payments, node[rows], most), strict=True):
            found["page_rank"][row] = mine
    return found


def in_drawn_order(payments: PartyPayments, node: int, most: int, rng: np.random.Generator) -> PartyRanking:
    """Counterparties in a drawn order."""
    party, _ = largest_value(payments, node, len(payments.at))
    return heaviest(np.sort(party), rng.random(len(party)), most)
