"""One Chromium for all tests of the site, and the site under test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def report(pytestconfig: pytest.Config) -> Path:
    """The first page of the site under test; metrics.json lies beside its folder."""
    found: Path = (pytestconfig.rootpath / pytestconfig.getoption("--report")).resolve()
    if not found.exists():
        pytest.skip("no report: run `make report`")
    return found


@pytest.fixture(scope="session")
def run_folder(report: Path) -> Path:
    """The folder of the run whose report is under test; without what the report was made of, a skip."""
    root = report.parents[3]
    if not (root / "params.yaml").exists() or not (root / "artifacts/models/truth_view.json").exists():
        pytest.skip("what the report was made of is not beside it")
    return root


@pytest.fixture(scope="session")
def browser(report: Path) -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
    executable = next((path for path in found if path), None)
    if executable is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as engine:
        started = engine.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def page(browser: Any) -> Iterator[Any]:
    """One page for all tests of a file; each opens in it what it looks at."""
    opened = browser.new_page(viewport={"width": 1280, "height": 800})
    yield opened
    opened.close()
