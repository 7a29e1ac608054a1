"""What the network is shown: subjects and the parties around them as arrays, by moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.zoo import Examples, Graph, OthersAround
from models.zoo.gnn.partners import PARTY_COLUMNS, PartyTies, SlicePayments, party_columns
from models.zoo.scaling import Scale

AHEAD_DAYS = 28  # days whose payments are foretold: as long as a label looks back
FORETOLD_COLUMNS = PARTY_COLUMNS


@dataclass(frozen=True)
class ShownSubjects:
    """Subjects of some moments with their surroundings.

    ``rows`` (subjects,) are their places in the examples. ``known`` (customers, features) are
    scaled features: of the subjects first, in their order, then of the other customers around
    them; ``beyond`` (ties + 1,) is the row of ``known`` of the party beyond a tie, -1 for
    parties that are no customers or of whom nothing is known.
    """

    rows: np.ndarray
    known: np.ndarray
    ties: PartyTies
    beyond: np.ndarray


class Shower:
    """Makes what the network is shown, by one scale and bound.

    Ties of the last examples are kept: a search asks for them again and again.
    """

    def __init__(self, scale: Scale, most: int) -> None:
        self.scale, self.most = scale, most
        self._last: tuple[Graph, pd.Series, dict[pd.Timestamp, PartyTies]] | None = None

    def by_moment(self, examples: Examples) -> Iterator[ShownSubjects]:
        """The subjects of one moment after the other, in order of time."""
        graph = examples.graph
        if graph is None:
            raise ValueError("the GNN needs the graph")
        if self._last is None or self._last[0] is not graph or self._last[1] is not examples.as_of:
            self._last = graph, examples.as_of, {}
        kept = self._last[2]
        owner = graph.nodes["customer_id"].dropna().astype("int64").to_numpy()
        others = rows_by_moment(examples.around)
        for moment, rows in sorted(rows_by_moment(examples).items()):
            node = np.searchsorted(owner, examples.customer_id[rows])
            if moment not in kept:
                kept[moment] = PartyTies.of(graph, moment, node, self.most)
            known, nodes = [self.scale(examples.features.iloc[rows])], [node]
            if examples.around is not None and moment in others:
                more = others[moment]
                known.append(self.scale(examples.around.features.iloc[more]))
                nodes.append(np.searchsorted(owner, examples.around.customer_id[more]))
            row_of = np.full(len(graph.nodes) + 1, -1, np.int32)  # the last one is nobody's
            row_of[np.concatenate(nodes)] = np.arange(sum(map(len, nodes)))
            yield ShownSubjects(rows, np.concatenate(known), kept[moment], row_of[kept[moment].node])


def rows_by_moment(subjects: Examples | OthersAround | None) -> dict[pd.Timestamp, np.ndarray]:
    """Rows of each moment."""
    return {} if subjects is None else dict(subjects.as_of.groupby(subjects.as_of).indices)


def together(parts: list[ShownSubjects]) -> ShownSubjects:
    """All moments after each other, so that a step may learn from several."""
    subjects = sum(len(part.rows) for part in parts)
    known, beyond, own, other = [], [], 0, subjects
    for number, part in enumerate(parts):
        size = len(part.rows)
        # Subjects of all moments come first, then the others of all moments.
        row = np.where(part.beyond < size, part.beyond + own, part.beyond - size + other)
        beyond.append(np.where(part.beyond < 0, -1, row)[min(number, 1) :].astype(np.int32))
        own, other = own + size, other + len(part.known) - size
    known = [part.known[: len(part.rows)] for part in parts]
    known += [part.known[len(part.rows) :] for part in parts]
    return ShownSubjects(
        np.concatenate([part.rows for part in parts]),
        np.concatenate(known),
        PartyTies.joined([part.ties for part in parts]),
        np.concatenate(beyond),
    )


def foretold(examples: Examples, rows: np.ndarray) -> np.ndarray:
    """What each subject pays and receives in the days after its moment, shape (rows, FORETOLD_COLUMNS).

    Needs no label. NaN where these days end after the last moment of the examples, so that
    nothing is read that training may not see.
    """
    graph = examples.graph
    if graph is None:
        raise ValueError("the GNN needs the graph")
    owner = graph.nodes["customer_id"].dropna().astype("int64").to_numpy()
    result = np.full((len(rows), FORETOLD_COLUMNS), np.nan, np.float32)
    last = examples.as_of.max()
    as_of = examples.as_of.iloc[rows].reset_index(drop=True)
    for moment, mine in as_of.groupby(as_of).indices.items():
        until = moment + pd.Timedelta(days=AHEAD_DAYS)
        if until <= last:
            first, end = (int(graph.edges["at"].searchsorted(when)) for when in (moment, until))
            counted = party_columns(SlicePayments.between(graph, first, end, until), len(graph.nodes))
            result[mine] = counted[np.searchsorted(owner, examples.customer_id[rows[mine]])]
    return result
