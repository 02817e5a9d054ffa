"""A browser, and a site on which every page has something to show. Skipped where there is no Chromium."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.browser.full_site import FullSite, full_site

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM:
        pytest.skip("there is no Chromium")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def full(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FullSite]:
    """Only read by the tests: it is made once. An operator looks at it."""
    with full_site(Path(tmp_path_factory.mktemp("full"))) as running:
        yield running
