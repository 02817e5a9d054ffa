"""`make screenshots`: the pictures of the README and of docs/, taken of invented trials by Chromium.

The same program and the same Chromium, with the same fonts, make the same files. Those that are kept were taken where
Inter is installed (`fonts-inter` of Debian), which the pages ask for first.
"""

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from monitor.text import fold_organisation, slug
from monitor.web.site.asked import NOBODY, Visitor
from tests.web.browser.conftest import CHROMIUM
from tests.web.browser.palette import with_few_colours
from tests.web.browser.pictured_site import SPONSOR, pictured_site, trial_id
from tests.web.reading_site import OPERATOR, ReadingSite

WIDE, PHONE = 1200, 390


@dataclass(frozen=True, slots=True)
class Picture:
    """One of a page, from its top."""

    name: str
    address: str
    height: int
    width: int = WIDE
    scheme: str = "light"
    visitor: Visitor = NOBODY


def pictures() -> Sequence[Picture]:
    """All of them."""
    trial, sponsor = f"/trials/{trial_id(1)}", f"/sponsors/{slug(fold_organisation(SPONSOR))}"
    return (
        Picture("changes-light", "/", 1060),
        Picture("changes-dark", "/", 1060, scheme="dark"),
        Picture("changes-phone", "/", 844, PHONE),
        Picture("trial-light", trial, 1120),
        Picture("trial-dark", trial, 1120, scheme="dark"),
        Picture("trial-phone", trial, 844, PHONE, "dark"),
        Picture("compare", f"{trial}/compare/1..5", 900),
        Picture("sponsor", sponsor, 1000),
        Picture("builder", f"/subscriptions/new?trial={trial_id(1)}", 1000, visitor=OPERATOR),
        Picture("deliveries", "/deliveries", 900, visitor=OPERATOR),
        Picture("health", "/health", 900, visitor=OPERATOR),
    )


def take(wanted: Sequence[Picture], site: ReadingSite, browser: Any, folder: Path) -> None:
    """Write a file for each."""
    for each in wanted:
        site.visitor = each.visitor
        site.forget()
        viewport = {"width": each.width, "height": each.height}
        with browser.new_context(viewport=viewport, color_scheme=each.scheme, reduced_motion="reduce") as context:
            page = context.new_page()
            answer = page.goto(site.url + each.address, wait_until="load")
            if answer is None or not answer.ok:
                raise SystemExit(f"{each.address} answered {answer and answer.status}: no picture was taken")
            png = page.screenshot()
        with browser.new_page() as blank:
            (folder / f"{each.name}.png").write_bytes(with_few_colours(png, blank))


def main(folder: Path) -> None:
    """Take them all."""
    if not CHROMIUM:
        raise SystemExit("There is no Chromium: install it, so that it is found as `chromium`.")
    folder.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as kept,
        pictured_site(Path(kept)) as site,
        sync_playwright() as running,
    ):
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        take(pictures(), site, browser, folder)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
