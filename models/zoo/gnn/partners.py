"""Who dealt with a subject before its moment, and how: the payment graph around each subject.

The graph is a directed multigraph of timed payments. All payments of one pair of parties in
the slice of a moment become one tie with two directions, so that a pair which pays each other
daily does not drown the others; a subject keeps the ties that were used last. A party beyond
a tie is told by its own payments in the same slice, those with strangers to the subject too:
a fixed second hop that costs no message.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from data.schema import CHANNELS, DAY_US
from models.zoo import Graph

WEEK_DAYS = 7
NIGHT_HOURS = (23, 5)  # local hours, from the first to before the second, as rules see the night
TIE_COLUMNS = 2 * 5 + 4 + len(CHANNELS)
PARTY_COLUMNS = 2 * 4 + 4
SAID_COLUMNS = TIE_COLUMNS + PARTY_COLUMNS
KEYS = 2**62  # whole numbers that tell payments of ties apart; a bank with more is done in parts
NOBODY = 0  # row of the tie that no two parties have


@dataclass(frozen=True)
class SlicePayments:
    """The payments of one slice; arrays of shape (payments,), in order of time.

    ``age`` is in days before the moment, ``log_amount`` the natural logarithm of yuan plus one.
    """

    payer: np.ndarray
    payee: np.ndarray
    age: np.ndarray
    log_amount: np.ndarray
    channel: np.ndarray
    hour: np.ndarray

    @classmethod
    def before(cls, graph: Graph, moment: pd.Timestamp) -> SlicePayments:
        """Those that ``moment`` may see.

        Raises
        ------
        ValueError
            if the graph has no slice of the moment.
        """
        place = int(graph.slices["as_of"].searchsorted(moment))
        if place == len(graph.slices) or graph.slices["as_of"].iloc[place] != moment:
            raise ValueError(f"the graph has no slice of {moment}")
        bounds = graph.slices.iloc[place]
        return cls.between(graph, int(bounds["first_edge"]), int(bounds["end_edge"]), moment)

    @classmethod
    def between(cls, graph: Graph, first: int, end: int, moment: pd.Timestamp) -> SlicePayments:
        """Rows ``first`` to ``end`` of the graph's edges, aged as of ``moment``."""
        edges = graph.edges.iloc[first:end]
        age = (moment.value // 1_000 - edges["at"].astype("int64").to_numpy()) / DAY_US
        return cls(
            edges["payer_node"].to_numpy(),
            edges["payee_node"].to_numpy(),
            age.astype(np.float32),
            edges["log_amount"].to_numpy(),
            edges["channel"].to_numpy(),
            edges["hour"].to_numpy(),
        )

    @property
    def amount(self) -> np.ndarray:
        """Yuan."""
        return np.expm1(self.log_amount.astype(np.float64))

    @property
    def is_at_night(self) -> np.ndarray:
        """Made at night."""
        first, end = NIGHT_HOURS
        return (self.hour >= first) | (self.hour < end)


@dataclass(frozen=True)
class PartyTies:
    """Subjects of one moment, or of several, and whom they dealt with.

    ``own`` (subjects, PARTY_COLUMNS) are the subject's own payments, ``place`` (subjects, most)
    the rows of its ties, the one used last first, `NOBODY` where it has no more. Of a tie
    (ties + 1 rows, the first being nobody's) ``said`` (SAID_COLUMNS) holds the payments of the
    pair and then all payments of the party beyond it, ``holder`` that one's kind and ``node`` its
    number. Counts and sums are on a logarithmic scale, all are about -2 to 2.
    """

    own: np.ndarray
    place: np.ndarray
    said: np.ndarray
    holder: np.ndarray
    node: np.ndarray

    @classmethod
    def of(cls, graph: Graph, moment: pd.Timestamp, subject: np.ndarray, most: int) -> PartyTies:
        """The ties of the nodes ``subject`` (subjects,), each once, as of ``moment``."""
        payments = SlicePayments.before(graph, moment)
        nodes = len(graph.nodes)
        counted, holder = party_columns(payments, nodes), graph.nodes["holder"].to_numpy()
        blocks = -(-2 * len(subject) * nodes * (len(payments.payer) + 1) // KEYS)
        return cls.joined(
            [
                cls._block(payments, mine, most, counted, holder)
                for mine in np.array_split(subject, max(blocks, 1))
            ]
        )

    @classmethod
    def _block(
        cls, payments: SlicePayments, subject: np.ndarray, most: int, counted: np.ndarray, holder: np.ndarray
    ) -> PartyTies:
        first, node, said, last = _tied(payments, subject, len(holder))
        place = np.full((len(subject), most), NOBODY, np.int32)
        owner = np.repeat(np.arange(len(subject)), np.diff(first))
        # No two ties of a subject have their last payment in common.
        by_use = np.argsort(owner * (len(payments.payer) + 1) - last, kind="stable")
        rank = np.arange(len(owner)) - first[owner]
        is_kept = rank < most
        kept = by_use[is_kept]  # tie of each kept place
        place[owner[is_kept], rank[is_kept]] = np.arange(1, len(kept) + 1)
        beyond = node[kept]
        return cls(
            counted[subject],
            place,
            np.vstack([np.zeros(SAID_COLUMNS, np.float32), np.hstack([said[kept], counted[beyond]])]),
            np.append(np.uint8(0), holder[beyond]),
            np.append(np.int64(-1), beyond),
        )

    @classmethod
    def joined(cls, parts: list[PartyTies]) -> PartyTies:
        """Several moments after each other; nobody's row stays one."""
        shift = np.cumsum([0, *(len(part.node) - 1 for part in parts)])
        place = [
            np.where(part.place == NOBODY, NOBODY, part.place + by).astype(np.int32)
            for part, by in zip(parts, shift, strict=False)
        ]
        rows = {
            field.name: np.concatenate(
                [getattr(part, field.name)[min(number, 1) :] for number, part in enumerate(parts)]
            )
            for field in fields(cls)
            if field.name not in ("own", "place")
        }
        return cls(own=np.concatenate([part.own for part in parts]), place=np.concatenate(place), **rows)


def party_columns(payments: SlicePayments, nodes: int) -> np.ndarray:
    """All payments of each party in numbers, shape (nodes, PARTY_COLUMNS), float32.

    For money out, then in: payments, yuan, payments of the last week, counterparties; then
    over both: age of the last one, its share at night, mean and spread of the logarithm of
    the amount.
    """
    p = payments
    pair = np.unique(p.payer.astype(np.int64) * nodes + p.payee)
    columns = []
    for end, met in ((p.payer, pair // nodes), (p.payee, pair % nodes)):
        columns += [
            _scaled_count(np.bincount(end, minlength=nodes)),
            _scaled_sum(np.bincount(end, p.amount, nodes)),
            _scaled_count(np.bincount(end[p.age <= WEEK_DAYS], minlength=nodes)),
            _scaled_count(np.bincount(met, minlength=nodes)),
        ]
    ends, twice = np.append(p.payer, p.payee), np.append(p.log_amount, p.log_amount).astype(np.float64)
    count = np.bincount(ends, minlength=nodes)
    whole = np.maximum(count, 1)
    # In order of time, so that the last one stays.
    last_out, last_in = np.full((2, nodes), p.age.max(initial=1))
    last_out[p.payer] = p.age
    last_in[p.payee] = p.age
    mean = np.bincount(ends, twice, nodes) / whole
    square = np.bincount(ends, twice**2, nodes) / whole
    night = np.bincount(ends, np.append(p.is_at_night, p.is_at_night), nodes) / whole
    columns += [
        -_scaled_age(np.minimum(last_out, last_in)),
        night,
        np.where(count > 0, (mean - 6) / 3, 0),
        np.sqrt(np.maximum(square - mean**2, 0)),
    ]
    return np.column_stack(columns).astype(np.float32)


def _tied(
    payments: SlicePayments, subject: np.ndarray, nodes: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Ties of subjects with each party, by subject and party.

    Returns where those of each subject begin (subjects + 1,), and of each tie the party, its
    columns (TIE_COLUMNS) and its last payment.
    """
    place = np.full(nodes, -1, np.int64)
    place[subject] = np.arange(len(subject))
    size = max(len(payments.payer), 1)
    keys = []
    for is_paid, (mine, other) in enumerate(
        ((payments.payer, payments.payee), (payments.payee, payments.payer))
    ):
        row = np.flatnonzero(place[mine] >= 0)
        keys.append(((place[mine[row]] * nodes + other[row]) * size + row) * 2 + is_paid)
    key = np.sort(np.concatenate(keys))  # whole numbers, each once: much faster than an order of rows
    is_paid, row, key = key % 2 == 1, key // 2 % size, key // (2 * size)
    is_first = np.diff(key, prepend=-1) != 0
    begin = np.flatnonzero(is_first)
    found = key[begin]
    said = _tie_columns(payments, row, is_paid, np.cumsum(is_first) - 1, begin)
    first = np.searchsorted(found // nodes, np.arange(len(subject) + 1))
    return first, found % nodes, said, row[np.append(begin[1:], len(row)) - 1] if len(row) else row


def _tie_columns(
    payments: SlicePayments, row: np.ndarray, is_paid: np.ndarray, tie: np.ndarray, begin: np.ndarray
) -> np.ndarray:
    """Columns of each tie, shape (ties, TIE_COLUMNS).

    For money that the subject pays, then receives: whether any, payments, yuan, payments of
    the last week, mean logarithm of the amount; then over both: age of the last and of the
    first one, balance of the yuan, share at night; then the share of each channel.
    """
    size = len(begin)
    amount, log_amount = payments.amount[row], payments.log_amount[row].astype(np.float64)
    age, columns, sums = payments.age[row], [], []
    for way in (~is_paid, is_paid):
        count = np.bincount(tie[way], minlength=size)
        sums.append(np.bincount(tie[way], amount[way], size))
        mean = np.bincount(tie[way], log_amount[way], size) / np.maximum(count, 1)
        columns += [
            count > 0,
            _scaled_count(count),
            _scaled_sum(sums[-1]),
            _scaled_count(np.bincount(tie[way & (age <= WEEK_DAYS)], minlength=size)),
            np.where(count > 0, (mean - 6) / 3, 0),
        ]
    whole = np.bincount(tie, minlength=size)
    ends = np.append(begin[1:], len(tie)) - 1
    columns += [
        -_scaled_age(age[ends] if size else age),
        -_scaled_age(age[begin]),
        (sums[1] - sums[0]) / np.maximum(sums[0] + sums[1], 1e-9),
        np.bincount(tie, payments.is_at_night[row], size) / np.maximum(whole, 1),
    ]
    by_channel = np.bincount(tie * len(CHANNELS) + payments.channel[row], minlength=size * len(CHANNELS))
    shares = by_channel.reshape(size, len(CHANNELS)) / np.maximum(whole, 1)[:, None]
    return np.column_stack([*columns, shares]).astype(np.float32)


def _scaled_count(count: np.ndarray) -> np.ndarray:
    return np.log1p(count) / 2


def _scaled_sum(yuan: np.ndarray) -> np.ndarray:
    return np.where(yuan > 0, (np.log1p(np.maximum(yuan, 0)) - 8) / 3, -1)


def _scaled_age(days: np.ndarray) -> np.ndarray:
    return np.log1p(np.maximum(days, 0)) / 2 - 1
