"""Explainers of networks that read payments beside the features; torch is imported here.

What is not there has the baseline's features, the line of payments that an ordinary customer's
reads like, or no ties. The networks' own inputs are masked, not the tables behind them, so that
one subject can lose its ties while another, whom it pays, keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn

from explain.attributions.explainers import Asked, DrawnOrders, Families
from models.zoo import Examples
from models.zoo.gnn import FittedGnn
from models.zoo.gnn.network import PaymentNetwork, margins_of
from models.zoo.gnn.partners import NOBODY
from models.zoo.gnn.shown import ShownSubjects, together
from models.zoo.nets import FittedNet
from models.zoo.scaling import Scale

LINE = "line"  # the group of all that a network reads off the line of payments
OWN, TIES = "own_payments", "ties"  # groups of a graph network: the subject's own payments, its parties


@dataclass(frozen=True)
class LineExplainer(DrawnOrders):
    """A network over features and the line of payments.

    ``read`` (n, columns) is what the reader makes of the line of each subject, ``usual``
    (columns,) the mean over ordinary ones.
    """

    judge: nn.Module
    scale: Scale
    families: Families
    pairs: int
    read: np.ndarray
    usual: np.ndarray

    @classmethod
    def of(
        cls,
        fitted: FittedNet,
        examples: Examples,
        rows: np.ndarray,
        ordinary: np.ndarray,
        families: Families,
        pairs: int,
    ) -> LineExplainer:
        """Read the lines of ``examples`` once; ``rows`` are explained, ``ordinary`` are the background."""
        read = lines_read(fitted, examples)
        return cls(
            fitted.network.judge, fitted.scale, families, pairs, read[rows], read[ordinary].mean(axis=0)
        )

    @property
    def groups(self) -> tuple[str, ...]:
        """Families and the line."""
        return (*self.families.names, LINE)

    def masked(self, asked: Asked, present: np.ndarray) -> np.ndarray:
        """Of the network's head, for which a line is what the reader made of it."""
        values = self.scale(asked.shown(present[:, self.families.place]))
        read = np.where(present[:, -1:], self.read, self.usual).astype(np.float32)
        with torch.inference_mode():
            margin = self.judge(torch.from_numpy(np.hstack([values, read])))
        return margin.mean(1).numpy().astype(float)

    def untrained(self, seed: int) -> LineExplainer:
        """A head of the same shape with weights as they are before learning; lines are read as before."""
        return replace(self, judge=begun_anew(self.judge, seed))


def lines_read(fitted: FittedNet, examples: Examples) -> np.ndarray:
    """What the network's reader makes of each line, shape (n, columns)."""
    view = fitted.model.view(examples, fitted.scale)
    reader: nn.Module = fitted.network.reader
    columns: int = reader.columns
    found = np.zeros((len(examples.label), columns), np.float32)
    with torch.inference_mode():
        for rows in view.blocks():
            found[rows] = reader(*view(rows)[1:]).numpy()
    return found


def begun_anew(network: nn.Module, seed: int) -> nn.Module:
    """A copy whose every weight is drawn as layers draw theirs before they learn."""
    import copy

    torch.manual_seed(seed)
    fresh = copy.deepcopy(network)
    for part in fresh.modules():
        if hasattr(part, "reset_parameters"):
            part.reset_parameters()
    return fresh


@dataclass(frozen=True)
class GraphExplainer(DrawnOrders):
    """A graph network: families of features, the subject's own payments, and its ties.

    ``shown`` holds the explained subjects, and after them everybody as they are: who is masked
    may be somebody's counterparty too.
    """

    networks: tuple[PaymentNetwork, ...]
    scale: Scale
    families: Families
    pairs: int
    shown: ShownSubjects
    usual: np.ndarray

    @classmethod
    def of(
        cls,
        fitted: FittedGnn,
        shown: ShownSubjects,
        rows: np.ndarray,
        ordinary: np.ndarray,
        families: Families,
        pairs: int,
    ) -> GraphExplainer:
        """Of `shown_in_order`: ``rows`` are explained, ``ordinary`` are the background."""
        size = len(rows)
        mine = ShownSubjects(
            np.arange(size),
            np.concatenate([shown.known[rows], shown.known]),
            replace(shown.ties, own=shown.ties.own[rows], place=shown.ties.place[rows]),
            np.where(shown.beyond < 0, -1, shown.beyond + size).astype(np.int32),
        )
        usual = np.median(shown.ties.own[ordinary], axis=0)
        return cls(tuple(fitted.networks), fitted.shower.scale, families, pairs, mine, usual)

    @property
    def groups(self) -> tuple[str, ...]:
        """Families, own payments and ties."""
        return (*self.families.names, OWN, TIES)

    def masked(self, asked: Asked, present: np.ndarray) -> np.ndarray:
        """A subject without ties deals with nobody, one without own payments pays what most do."""
        shown, size = self.shown, len(present)
        ties = replace(
            shown.ties,
            own=np.where(present[:, -2:-1], shown.ties.own, self.usual).astype(np.float32),
            place=np.where(present[:, -1:], shown.ties.place, NOBODY).astype(np.int32),
        )
        own = shown.known[
            :size
        ].copy()  # far fewer rows than all around them, which a copy would hold as well
        shown.known[:size] = self.scale(asked.shown(present[:, self.families.place]))
        margin = self.margins(replace(shown, ties=ties))
        shown.known[:size] = own
        return margin

    def margins(self, shown: ShownSubjects) -> np.ndarray:
        """Mean margin of the members, shape (n,)."""
        return np.mean([margins_of(network, shown) for network in self.networks], axis=0).astype(float)

    def untrained(self, seed: int) -> GraphExplainer:
        """Networks of the same shape with weights as they are before learning."""
        begun = tuple(begun_anew(network, seed + place) for place, network in enumerate(self.networks))
        return replace(self, networks=begun)

    def without_each_tie(self) -> np.ndarray:
        """What the margin loses with each tie, shape (n, most); 0 where there is no tie."""
        shown, most = self.shown, self.shown.ties.place.shape[1]
        whole, lost = self.margins(shown), np.zeros(shown.ties.place.shape)
        for rank in range(most):
            place = shown.ties.place.copy()
            is_there = place[:, rank] != NOBODY
            # The network sees ties in a row without gaps: the last one takes the empty place.
            last = (place != NOBODY).sum(axis=1) - 1
            row = np.flatnonzero(is_there)
            place[row, rank] = place[row, last[row]]
            place[row, last[row]] = NOBODY
            less = self.margins(replace(shown, ties=replace(shown.ties, place=place)))
            lost[:, rank] = np.where(is_there, whole - less, 0.0)
        return lost

    def parties(self) -> np.ndarray:
        """The party beyond each tie, shape (n, most); -1 where there is no tie."""
        return np.asarray(self.shown.ties.node[self.shown.ties.place])


def shown_in_order(fitted: FittedGnn, examples: Examples) -> ShownSubjects:
    """What the network is shown of all examples, in their order."""
    shown = together(list(fitted.shower.by_moment(fitted.seen(examples))))
    size = len(shown.rows)
    order = np.argsort(shown.rows, kind="stable")
    back = np.append(shown.rows, np.arange(size, len(shown.known)))  # new row of each old one
    known = shown.known.copy()
    known[:size] = shown.known[:size][order]
    ties = replace(shown.ties, own=shown.ties.own[order], place=shown.ties.place[order])
    beyond = np.where(shown.beyond < 0, -1, back[np.maximum(shown.beyond, 0)])
    return ShownSubjects(np.arange(size), known, ties, beyond.astype(np.int32))
