"""Nearly all of a scheme settles; first days and shares of typologies are as in params.yaml."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import pipeline
from data.schema import DAY_US
from data.simulate import simulate
from data.sources import Whole, gather
from data.typologies import TYPOLOGIES
from data.world.population import draw_population
from data.world.scene import Scene
from data.world.schemes import draw_schemes
from data.world.settings import Params, calendar_of
from tests.spec import plans
from tests.spec.plans import LEVELS, Plan, stage_set
from tests.spec.typologies.seeds import NAMES, NOVEL, flow_of

SEEDS = range(8)


def draw(name: str, side: str, seed: int, level: int = 0, first_day: int = 30) -> Plan:
    return plans.draw(name, side, seed, level, first_day).in_time()


@pytest.fixture(scope="module")
def params() -> Params:
    return pipeline.params("simulate", Params).model_copy(
        update={"customers": 3_000, "schemes_per_typology": 6, "look_alikes_per_scheme": 1}
    )


@pytest.fixture(scope="module")
def bank(params: Params) -> Whole:
    return gather(simulate(params))


@pytest.fixture(scope="module")
def shares(params: Params, bank: Whole) -> pd.DataFrame:
    """Settled and wanted payments by typology and side in a small bank."""
    calendar = calendar_of(params)
    world = draw_population(params.seed, params.customers, params.cities, params.dormant_share, calendar)
    end = calendar.start_us + calendar.days * DAY_US
    rows = [
        (
            number,
            name,
            is_illicit,
            int(((flow_of(scene).at >= calendar.start_us) & (flow_of(scene).at < end)).sum()),
        )
        for number, (name, is_illicit, scene) in enumerate(draw_schemes(world, calendar, params))
    ]
    frame = pd.DataFrame(rows, columns=["scheme_id", "typology", "is_illicit", "wanted"])
    settled = bank.truth.groupby("scheme_id").size()
    frame["settled"] = frame["scheme_id"].map(settled).fillna(0)
    return frame.groupby(["typology", "is_illicit"])[["wanted", "settled"]].sum()


@pytest.mark.parametrize("name", NAMES)
def test_nearly_all_payments_of_a_scheme_settle(name: str, shares: pd.DataFrame) -> None:
    row = shares.loc[(name, True)]
    assert row["settled"] >= 0.9 * row["wanted"]
    row = shares.loc[(name, False)]
    assert row["settled"] >= 0.8 * row["wanted"]


def test_the_novel_typology_begins_in_the_test_weeks_only(params: Params, bank: Whole) -> None:
    weeks = params.calendar.weeks()
    assert params.first_day_of[NOVEL] == 7 * (sum(weeks.values()) - weeks["test"])
    starts = bank.schemes.loc[bank.schemes["typology"] == NOVEL, "starts_at"]
    assert len(starts)
    test_weeks = bank.periods.set_index("name").loc["test", "starts_at"]
    assert starts.min() >= test_weeks
    assert bank.schemes["starts_at"].min() < test_weeks


@pytest.mark.parametrize("side", ["illicit", "licit"])
@pytest.mark.parametrize("name", NAMES)
def test_no_typology_begins_before_its_first_day(name: str, side: str) -> None:
    for level in LEVELS:
        for seed in SEEDS:
            scene = draw(name, side, seed, level, first_day=315).scene
            day = (flow_of(scene).at.min() - scene.calendar.start_us) / DAY_US
            assert day >= 315


def drawn(params: Params, **changes: object) -> list[tuple[str, bool, Scene]]:
    world, calendar = stage_set()
    small = {"schemes_per_typology": 2, "look_alikes_per_scheme": 1}
    return draw_schemes(world, calendar, params.model_copy(update=small | changes))


def test_a_share_multiplies_the_schemes_of_its_typology_and_leaves_all_others(params: Params) -> None:
    usual, rarer = drawn(params, share_of={}), drawn(params, share_of={"run_score": 0.5, "loan_back": 0.0})

    def of(scenes: list[tuple[str, bool, Scene]], name: str) -> list[np.ndarray]:
        return [flow_of(scene).amount for what, _, scene in scenes if what == name]

    # One scheme and one look-alike less; criminals who have moved to it since come on top.
    assert len(of(usual, "run_score")) - len(of(rarer, "run_score")) == 2
    assert not of(rarer, "loan_back")
    for name in TYPOLOGIES:
        if name not in ("run_score", "loan_back"):
            for before, after in zip(of(usual, name), of(rarer, name), strict=True):
                np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("first_day_of", {"no_such_scheme": 40}, "unknown typology 'no_such_scheme'"),
        ("share_of", {"no_such_scheme": 2.0}, "unknown typology 'no_such_scheme'"),
        ("first_day_of", {"run_score": 5_000}, r"first_day_of\.run_score: expected a day before 392"),
        (
            "first_day_of",
            {"run_score": -1},
            r"first_day_of\.run_score: input should be greater than or equal to 0",
        ),
        ("share_of", {"run_score": -0.5}, r"share_of\.run_score: input should be greater than or equal to 0"),
    ],
)
def test_a_plan_of_drift_that_cannot_be_is_refused_in_one_sentence(field, value, fault) -> None:
    values = pipeline.param("simulate") | {field: value}
    with pytest.raises(pipeline.BadInput, match=fault) as refusal:
        pipeline.parse(Params, values, "params.yaml: simulate")
    assert "\n" not in str(refusal.value)
