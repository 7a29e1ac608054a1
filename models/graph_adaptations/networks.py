"""The adapted network; torch is imported here."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from models.zoo.gnn.network import Batch, PaymentNetwork
from models.zoo.gnn.partners import SAID_COLUMNS


class AdaptedNetwork(PaymentNetwork):
    """The zoo's network whose ties are told ``marks`` columns more, and with ``is_updated`` the subject too.

    Updated ties run the messages twice by the same weights: first all ties are told nothing of the
    subject, then what the subject has become by the first messages. Without either it is the zoo's,
    weight by weight.
    """

    def __init__(
        self,
        node_columns: int,
        hidden: int,
        dropout: float,
        tie_dropout: float,
        marks: int,
        is_updated: bool,
    ) -> None:
        super().__init__(node_columns, hidden, dropout, tie_dropout)
        self.is_updated = is_updated
        more = marks + (2 * hidden if is_updated else 0)
        if more:
            self.said = nn.Linear(SAID_COLUMNS + more, hidden)

    def state(self, batch: Batch) -> Tensor:
        """What the subjects are with all that surrounds them, shape (subjects, 2 * hidden)."""
        if not self.is_updated:
            return super().state(batch)
        unknown = batch.own.new_zeros(len(batch.own), 2 * self.hidden)
        return super().state(_with_subject(batch, super().state(_with_subject(batch, unknown))))


def _with_subject(batch: Batch, subject: Tensor) -> Batch:
    """The batch whose ties are told the state of their subject, (subjects, columns), as well."""
    of_tie = subject.unsqueeze(1).expand(-1, batch.said.shape[1], -1)
    return replace(batch, said=torch.cat([batch.said, of_tie], dim=2))


def weights_of(network: nn.Module) -> int:
    """Numbers that a network learns."""
    return sum(part.numel() for part in network.parameters())
