"""The worlds beside the standard one load, and are as rare in crime as they promise."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import console
import pipeline
from data.simulate import Params, simulate

SCALE = 8  # the reduced world has this many times fewer customers and schemes
# The whole standard world holds 1 in 875; the reduced one overstates that by a tenth.
BANDS = {"params.yaml": (1 / 1_250, 1 / 750), "params.low.yaml": (1 / 2_400, 1 / 1_600)}


def section_of(tmp_path: Path, root: Path, changes: str) -> Params:
    """The section simulate of params.yaml with a file of changes laid over it."""
    shutil.copy(root / "params.yaml", tmp_path)
    if changes != "params.yaml":
        console.lay_over(tmp_path / "params.yaml", root / changes)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        return pipeline.params("simulate", Params)


@pytest.mark.parametrize(
    "changes", ["params.yaml", "params.low.yaml", "params.large.yaml", "params.smoke.yaml"]
)
def test_every_world_loads(tmp_path: Path, root: Path, changes: str) -> None:
    assert section_of(tmp_path, root, changes).customers > 0


@pytest.mark.parametrize("changes", sorted(BANDS))
def test_the_expected_share_of_illicit_transactions_is_in_its_band(
    tmp_path: Path, root: Path, changes: str
) -> None:
    """Ordinary life of a reduced bank, and every scheme once: what the whole world would hold."""
    params = section_of(tmp_path, root, changes)
    reduced = params.model_copy(
        update={
            "customers": params.customers // SCALE,
            "dormant_share": 0.08,
            "look_alikes_per_scheme": 0,
        }
    )
    illicit = total = 0
    for part in simulate(reduced).parts:
        illicit += part.truth["transaction_id"].nunique()
        total += len(part.transactions)
    low, high = BANDS[changes]
    assert low < illicit / ((total - illicit) * SCALE) < high
