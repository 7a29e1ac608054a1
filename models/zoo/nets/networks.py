"""The networks themselves; torch is imported here."""

from __future__ import annotations

import tabm
import torch
from torch import Tensor, nn

LAYERS = 2


def perceptron(columns: int, width: int, dropout: float) -> nn.Sequential:
    """Layers of rectified units and one margin; shape (rows, columns) to (rows, 1)."""
    layers: list[nn.Module] = []
    for entering in (columns, *[width] * (LAYERS - 1)):
        layers += [nn.Linear(entering, width), nn.ReLU(), nn.Dropout(dropout)]
    return nn.Sequential(*layers, nn.Linear(width, 1))


class ManyPerceptrons(nn.Module):
    """TabM: members that share their weights but for scales of what enters and leaves a layer.

    Source: Gorishniy, Kotelnikov, Babenko, TabM: Advancing Tabular Deep Learning with
    Parameter-Efficient Ensembling, ICLR 2025; their package ``tabm``.
    """

    def __init__(self, columns: int, width: int, dropout: float, members: int) -> None:
        super().__init__()
        self.inner = tabm.TabM.make(
            n_num_features=columns, d_out=1, k=members, n_blocks=LAYERS, d_block=width, dropout=dropout
        )

    def forward(self, values: Tensor) -> Tensor:
        """Margins of the members; shape (rows, columns) to (rows, members)."""
        margins: Tensor = self.inner(values).squeeze(-1)
        return margins


@torch.inference_mode()
def member_mean(network: nn.Module, *inputs: Tensor) -> Tensor:
    """The mean margin of the network's members, shape (rows,)."""
    margins: Tensor = network(*inputs)
    return margins.mean(1)
