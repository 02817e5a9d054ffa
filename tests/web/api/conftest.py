"""The API, running beside an outbox with one trial that was withdrawn."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage.store import Store
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.web.api.program import Api


@pytest.fixture
def api(quick_store: Store, sandbox: Sandbox, tmp_path: Path) -> Iterator[Api]:
    """On SQLite alone, where the store makes no difference."""
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    outbox.watch(WITHDRAWN_LATER)
    outbox.check(WITHDRAWN_LATER)
    with Api(outbox) as running:
        yield running
    outbox.registry.close()
