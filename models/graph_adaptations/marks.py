"""Marks of ties: what the adaptations tell of a tie beside what the zoo's network is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from models.graph_adaptations import PORTS, TIMES
from models.zoo import Examples, Graph
from models.zoo.gnn.partners import NOBODY, SAID_COLUMNS, PartyTies, SlicePayments
from models.zoo.gnn.shown import Shower, ShownSubjects

AGES = (10, 11)  # columns of a tie: age of its last and of its first payment, as `_tie_columns` scales them
PERIODS_DAYS = (1, 2, 4, 7, 14, 28, 56, 112)  # waves of the encoding; a slice holds 91 days
PORT_COLUMNS, TIME_COLUMNS = 4, len(AGES) * 2 * len(PERIODS_DAYS)
COLUMNS = {
    PORTS: range(SAID_COLUMNS, SAID_COLUMNS + PORT_COLUMNS),
    TIMES: range(SAID_COLUMNS + PORT_COLUMNS, SAID_COLUMNS + PORT_COLUMNS + TIME_COLUMNS),
}


class MarkingShower(Shower):
    """A shower that marks ties: columns of ports and times follow those that the zoo says of a tie."""

    def by_moment(self, examples: Examples) -> Iterator[ShownSubjects]:
        """The subjects of one moment after the other, in order of time."""
        for shown in super().by_moment(examples):
            graph, moment = examples.graph, examples.as_of.iloc[shown.rows[0]]
            assert graph is not None  # else the zoo's has refused
            owner = graph.nodes["customer_id"].dropna().astype("int64").to_numpy()
            subject = np.searchsorted(owner, examples.customer_id[shown.rows])
            yield replace(shown, ties=ties_marked(shown.ties, graph, moment, subject))


def ties_marked(ties: PartyTies, graph: Graph, moment: pd.Timestamp, subject: np.ndarray) -> PartyTies:
    """Ties of one moment with all marks; ``subject`` (subjects,) are the nodes whose ties they are.

    Nobody's row stays zero.
    """
    mine = np.full(len(ties.node), -1, np.int64)
    row, column = np.nonzero(ties.place != NOBODY)
    mine[ties.place[row, column]] = subject[row]
    ports = port_numbers(SlicePayments.before(graph, moment), len(graph.nodes), mine, ties.node)
    marks = np.hstack([ports, time_waves(ties.said)])
    marks[NOBODY] = 0
    return replace(ties, said=np.hstack([ties.said, marks]))


def told_of(shown: ShownSubjects, marks: tuple[str, ...]) -> ShownSubjects:
    """The same with what the zoo says of a tie and some ``marks`` only."""
    columns = [*range(SAID_COLUMNS), *(column for mark in marks for column in COLUMNS[mark])]
    return replace(shown, ties=replace(shown.ties, said=shown.ties.said[:, columns]))


def port_numbers(payments: SlicePayments, nodes: int, mine: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Ports of each tie between the nodes ``mine`` and ``other``, shape (ties, PORT_COLUMNS).

    The parties whom a party pays are numbered in the order in which it first paid them in the slice,
    and so are those who pay it. Of the payments that ``mine`` makes, then receives: the number of the
    payee at the payer, then of the payer at the payee; on a logarithmic scale, 0 without a payment.
    """
    pair, first = np.unique(payments.payer.astype(np.int64) * nodes + payments.payee, return_index=True)
    ports = (_place_within(pair // nodes, first), _place_within(pair % nodes, first))
    columns = []
    for payer, payee in ((mine, other), (other, mine)):
        # Nobody is node -1 on both sides, whose key no pair has.
        key = payer * nodes + payee
        at = np.minimum(np.searchsorted(pair, key), max(len(pair) - 1, 0))
        is_paid = pair[at] == key if len(pair) else np.zeros(len(key), bool)
        columns += [np.where(is_paid, port[at] if len(pair) else 0, 0) for port in ports]
    return (np.log1p(np.column_stack(columns)) / 2).astype(np.float32)


def _place_within(group: np.ndarray, order: np.ndarray) -> np.ndarray:
    """The place of each row in its group, from 1, by ``order``; shape (rows,)."""
    by_group = np.lexsort((order, group))
    ranked = group[by_group]
    place = np.empty(len(group), np.int64)
    place[by_group] = np.arange(len(group)) - np.searchsorted(ranked, ranked) + 1
    return place


def time_waves(said: np.ndarray) -> np.ndarray:
    """Ages of each tie's last and first payment as sines and cosines, shape (ties, TIME_COLUMNS).

    The fixed encoding of GraphMixer (Cong and others, Do We Really Need Complicated Model Architectures
    for Temporal Networks?, ICLR 2023) with periods in days.
    """
    days = np.expm1(2 * (1 - said[:, AGES].astype(np.float64)))
    turn = 2 * np.pi * days[:, :, None] / np.array(PERIODS_DAYS)
    waves = np.concatenate([np.sin(turn), np.cos(turn)], axis=2)
    return waves.reshape(len(said), -1).astype(np.float32)
