"""How the network's kernels are compiled."""

from __future__ import annotations

from typing import Any

from numba.core.compiler import Compiler


class Apart(Compiler):
    """Compile for arguments that never overlap: else no loop over a row becomes vector code."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.state.flags.noalias = True
