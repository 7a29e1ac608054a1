"""A headless Chromium, where this machine has one: pictures of pages, and pages on paper."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from pipeline import BadInput

NAMES = ("chromium", "chromium-browser", "google-chrome")
MOST_SECONDS = 300  # for one page


def find_chromium() -> str:
    """The path of the first Chromium found.

    Raises
    ------
    BadInput : there is none
    """
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise BadInput(f"no Chromium on this machine (looked for {', '.join(NAMES)}): install one")
    return found


def run_chromium(page: Path, *wishes: str) -> None:
    """Let Chromium open a page by its file and do with it what ``wishes`` (its arguments) say.

    Raises
    ------
    BadInput : there is no Chromium, or it did not do it
    """
    with tempfile.TemporaryDirectory(prefix="aml-chromium-") as profile:
        command = [
            find_chromium(),
            "--headless",
            "--no-sandbox",  # it reads nothing but our own pages, and a container has no other way
            "--disable-gpu",
            "--hide-scrollbars",
            f"--user-data-dir={profile}",
            *wishes,
            page.resolve().as_uri(),
        ]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=MOST_SECONDS)
    if done.returncode:
        raise BadInput(f"Chromium could not open {page}: {done.stderr.strip().splitlines()[-1:]}")


def picture_of(page: Path, target: Path, width: int, height: int) -> None:
    """Write the first screen of a page as PNG, ``width`` by ``height`` pixels."""
    run_chromium(page, f"--screenshot={target.resolve()}", f"--window-size={width},{height}")


def print_page(page: Path, target: Path) -> None:
    """Write a page as PDF, as its style for print says; its parts are as open as they are written."""
    run_chromium(page, f"--print-to-pdf={target.resolve()}", "--no-pdf-header-footer")
