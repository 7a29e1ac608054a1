"""What every test shares: the repository root, and the parameters and rulebook as they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

import pipeline
from data.observe import Params as ObserveParams
from data.rules import rulebook
from data.rules.rulebook import Rulebook
from data.simulate import simulate
from data.sources import Whole, gather
from data.world.settings import Params as SimulateParams

ROOT = Path(__file__).resolve().parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--report",
        default="artifacts/reports/site/index.html",
        help="the first page of the report that the browser tests open, metrics.json beside its folder",
    )


HERMETIC, ALONE = "test_hermetic.py", "taken_away"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The stages are the longest row and begin at once; the tries without one of their deps fill the end."""
    items.sort(key=lambda item: (ALONE in item.name, item.path.name != HERMETIC))


class ByFile(LoadFileScheduling):
    """Deal whole files out, for their fixtures, and each try without one of a stage's deps by itself.

    Marks of xdist's own groups would say the same, but from pytest 9.2 on they are passed over
    without a word.
    """

    def _split_scope(self, nodeid: str) -> str:
        return nodeid if ALONE in nodeid else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    return ByFile(config, log)


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session", autouse=True)
def _at_the_root() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        yield


@pytest.fixture(scope="session")
def observe_params(_at_the_root: None) -> ObserveParams:
    return pipeline.params("observe", ObserveParams)


@pytest.fixture(scope="session")
def book(_at_the_root: None) -> Rulebook:
    return rulebook.load()


@pytest.fixture(scope="session")
def small_params(_at_the_root: None) -> SimulateParams:
    """A bank of a few hundred customers with plenty of schemes."""
    return pipeline.params("simulate", SimulateParams).model_copy(
        update={
            "customers": 400,
            "cities": 8,
            "dormant_share": 0.1,
            "schemes_per_typology": 4,
            "look_alikes_per_scheme": 2,
        }
    )


@pytest.fixture(scope="session")
def small_world(small_params: SimulateParams) -> Whole:
    return gather(simulate(small_params))
