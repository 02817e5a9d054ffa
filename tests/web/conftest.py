"""The pages for subscribers, running beside an outbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage.store import Store
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.web.changed import site_with_changes
from tests.web.reading_site import ReadingSite
from tests.web.site import Site


@pytest.fixture
def site(outbox: OutboxHarness) -> Iterator[Site]:
    """On both stores; the trial has its baseline."""
    outbox.check(WITHDRAWN_LATER)
    with Site(outbox) as running:
        yield running


@pytest.fixture
def quick_site(quick_store: Store, sandbox: Sandbox, tmp_path: Path) -> Iterator[Site]:
    """On SQLite alone, where the store makes no difference."""
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    outbox.check(WITHDRAWN_LATER)
    with Site(outbox) as running:
        yield running
    outbox.registry.close()


@pytest.fixture(scope="module")
def changed_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadingSite]:
    """Whoever changes what is on it puts it back."""
    yield from site_with_changes(tmp_path_factory.mktemp("site"))
