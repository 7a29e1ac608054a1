"""Schemes written down by one who knows their outline and not their figures."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

import pipeline
from data.plant import Params, library_world
from data.schema import DAY_US
from data.world import settings
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS
from data.world.sketch import Sketch, sketched_lives, sketched_schemes
from pipeline import BadInput
from tests.spec.plans import draw

AS_DRAWN = {
    "amounts": (1, 1),
    "pauses": (1, 1),
    "partners": (1, 1),
    "partners_least": 3,
    "line_cny": 50_000,
    "life_amounts": (1, 1),
    "life_payments": (1, 1),
}


def sketch(**told: object) -> Sketch:
    return Sketch.model_validate(AS_DRAWN | told)


def before_and_after(name: str, seed: int, how: Sketch) -> tuple[Flow, Flow]:
    """The shape of one scheme as it is drawn, and as it is written down."""
    drawn, told = draw(name, "illicit", seed).scene, draw(name, "illicit", seed).scene
    sketched_schemes([(name, True, told)], how, 5)
    return drawn.flow, told.flow


def test_a_sketch_of_multiples_of_one_changes_nothing() -> None:
    drawn, told = before_and_after("fan_out", 3, sketch())
    for mine, other in zip(drawn.columns(), told.columns(), strict=True):
        np.testing.assert_array_equal(mine, other)


def test_sums_are_multiplied_and_what_lay_below_the_line_stays_there() -> None:
    drawn, told = before_and_after("cash_structuring", 3, sketch(amounts=(1.8, 1.8)))
    below = drawn.amount < 5_000_000
    assert below.any()
    assert (told.amount[below] < 5_000_000).all()
    np.testing.assert_allclose(told.amount[~below], drawn.amount[~below] * 1.8, atol=1)


@pytest.mark.parametrize("multiple", [0.5, 2.0])
def test_pauses_change_by_whole_days_and_nobody_overtakes(multiple: float) -> None:
    drawn, told = before_and_after("cycle", 9, sketch(pauses=(multiple, multiple)))  # of eleven days
    assert (np.argsort(told.at, kind="stable") == np.argsort(drawn.at, kind="stable")).all()
    assert not ((told.at - drawn.at) % DAY_US).any()
    stretched = np.ptp(told.at) / np.ptp(drawn.at)
    assert abs(stretched - multiple) < 0.5 * abs(1 - multiple)
    within_a_day = np.diff(np.sort(drawn.at)) < DAY_US
    np.testing.assert_array_equal(
        np.diff(np.sort(told.at))[within_a_day], np.diff(np.sort(drawn.at))[within_a_day]
    )


def test_strangers_are_left_out_but_for_the_least_and_customers_never_are() -> None:
    how = sketch(partners=(0.5, 0.5), partners_least=2)
    drawn, told = before_and_after("fan_out", 3, how)
    scene = draw("fan_out", "illicit", 3).scene
    for flow, share in ((drawn, 1.0), (told, 0.5)):
        ends = np.unique(np.concatenate([flow.payer, flow.payee]))
        inside = scene.is_inside(ends)
        if share == 1:
            everybody, customers = int((~inside).sum()), int(inside.sum())
        assert int((~inside).sum()) == max(round(everybody * share), 2)
        assert int(inside.sum()) == customers
    assert len(told.at) < len(drawn.at)


def test_two_authors_of_one_typology_have_figures_of_their_own() -> None:
    scenes = [("fan_out", True, draw("fan_out", "illicit", seed).scene) for seed in (3, 3, 3, 3)]
    sums = [
        scene.flow.amount.sum() for _, _, scene in sketched_schemes(scenes, sketch(amounts=(0.5, 0.9)), 5)
    ]
    assert sums[0] == sums[2] != sums[1] == sums[3]


def test_lives_lose_payments_and_change_their_sums_by_livelihood() -> None:
    size = 1_000
    at, who = np.arange(size), np.zeros(size, np.int64)
    life = Flow.of(at, who, who + 1, np.full(size, 100.0), "transfer", "goods")

    def drawn() -> Iterator[list[Flow]]:
        for _ in range(2):
            yield [life] * len(LIVELIHOODS)

    how = sketch(life_amounts=(0.5, 2.0), life_payments=(0.6, 0.8))
    one, other = sketched_lives(drawn(), how, 5)
    assert all(500 < len(flow) < 900 for flow in one)
    multiples = [np.unique(flow.amount).tolist() for flow in one]
    assert all(len(found) == 1 and 5_000 <= found[0] <= 20_000 for found in multiples)
    assert len({found[0] for found in multiples}) > 1
    assert multiples == [np.unique(flow.amount).tolist() for flow in other]


def test_the_library_knows_no_unknown_typology_and_no_change_to_come() -> None:
    world, params = pipeline.params("simulate", settings.Params), pipeline.params("plant", Params)
    told = library_world(world, params)
    assert params.seed != world.seed
    assert "virtual_gift_settlement" in params.unknown
    assert all(settings.schemes_of(name, 1_000, told.share_of) == 0 for name in params.unknown)
    assert told.drift.shifts == []
    assert told.drift.product_launch.adopter_share == 0
    assert told.first_day_of == {}


def test_a_typology_that_nobody_knows_cannot_be_left_out() -> None:
    params = pipeline.params("plant", Params).model_dump()
    with pytest.raises(BadInput, match=r"plant\.unknown: unknown typology 'moonlight'"):
        pipeline.parse(Params, params | {"unknown": ["moonlight"]}, "params.yaml: plant")
