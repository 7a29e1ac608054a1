"""The worlds beside the standard one load, and are as rare in crime as they promise."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import console
import pipeline
from data.asof import moments_of
from data.simulate import simulate
from data.sources import Whole, gather
from data.world.settings import Params

SCALE = 8  # the reduced world has this many times fewer customers and schemes
# The whole standard world holds 1 in 875; the reduced one overstates that by a tenth.
BANDS = {"params.yaml": (1 / 800, 1 / 500), "params.low.yaml": (1 / 2_400, 1 / 1_600)}


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


def at_work_a_week(world: Whole, params: Params) -> dict[str, float]:
    """Customers with an illicit payment in a week, in the mean of the weeks of each role.

    What the drift plan names is left out: typologies that appear later.
    """
    moments = moments_of(world.transactions, world.accounts, world.truth, world.schemes)
    later = world.schemes.loc[world.schemes["typology"].isin(params.first_day_of), "scheme_id"]
    moments = moments[moments["is_illicit"] & ~moments["scheme_id"].isin(later)]
    found = {}
    for role in world.periods.itertuples():
        mine = moments[(moments["at"] >= role.starts_at) & (moments["at"] < role.ends_at)]
        week = (mine["at"] - role.starts_at).dt.days // 7
        pairs = mine.assign(week=week).drop_duplicates(["week", "customer_id"])
        found[str(role.name)] = len(pairs) / ((role.ends_at - role.starts_at).days / 7)
    return found


def test_as_many_illicit_customers_are_at_work_in_training_as_in_test_weeks(
    tmp_path: Path, root: Path
) -> None:
    params = section_of(tmp_path, root, "params.yaml")
    reduced = params.model_copy(
        update={"customers": params.customers // SCALE, "dormant_share": 0.08, "look_alikes_per_scheme": 0}
    )
    a_week = at_work_a_week(gather(simulate(reduced)), params)
    assert a_week["test"] == pytest.approx(a_week["train"], rel=0.15)


@pytest.mark.parametrize("changes", ["params.yaml", "params.low.yaml"])
def test_illicit_customers_are_three_to_twelve_in_a_thousand_and_a_year(
    tmp_path: Path, root: Path, changes: str
) -> None:
    params = section_of(tmp_path, root, changes)
    days = 7 * sum(params.calendar.weeks().values())
    reduced = params.model_copy(
        update={"customers": params.customers // SCALE, "dormant_share": 0.08, "look_alikes_per_scheme": 0}
    )
    members = simulate(reduced).members
    illicit = members.loc[members["is_illicit"], ["scheme_id", "customer_id"]].dropna().drop_duplicates()
    # In the whole world hardly anybody is in two schemes.
    share = len(illicit) / params.customers * 365 / days
    assert 0.003 <= share <= 0.0125
