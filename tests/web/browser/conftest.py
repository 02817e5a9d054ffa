"""A browser, and a site on which every page has something to show. Skipped where there is no Chromium."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.browser.full_site import FullSite, full_site

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Ends with the module: while Playwright runs, nothing else in its thread can run an event loop."""
    sync_api = playwright()
    with sync_api.sync_playwright() as running:
        started = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FullSite]:
    """Only read by the tests: it is made once. An operator looks at it."""
    playwright()
    with full_site(Path(tmp_path_factory.mktemp("full"))) as running:
        yield running


def playwright() -> Any:
    """Its module, or no test."""
    if not CHROMIUM:
        pytest.skip("there is no Chromium")
    return pytest.importorskip("playwright.sync_api")
