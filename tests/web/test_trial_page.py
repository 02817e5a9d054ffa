"""The page of one trial."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage.store import Store
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.web.reading_site import ReadingSite

TRIAL = f"/trials/{WITHDRAWN_LATER}"


@pytest.fixture
def reading(quick_store: Store, sandbox: Sandbox, tmp_path: Path) -> Iterator[ReadingSite]:
    """The site, open to anybody; the trial has its baseline."""
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    outbox.watch(WITHDRAWN_LATER)
    outbox.check()
    with ReadingSite(outbox) as running:
        yield running
    outbox.registry.close()


def test_a_trial_is_found_by_whatever_people_paste(reading: ReadingSite) -> None:
    assert reading.get(TRIAL).status_code == 200
    for pasted in ("nct02116634", "NCT 02116634", "nct02116634?x=1"):
        moved = reading.get(f"/trials/{pasted}")
        assert (moved.status_code, moved.headers["Location"].partition("?")[0]) == (308, TRIAL)
    assert reading.get("/trials/nobody-knows").status_code == 404
    assert reading.get("/trials/NCT09999999").status_code == 404


def test_a_baseline_alone_says_that_changes_will_stand_here(reading: ReadingSite) -> None:
    page = reading.get(TRIAL).text

    assert "Baseline taken; changes will stand here." in page
    assert "It has not moved" in page
    assert "Compare the two" not in page
