"""The API, beside an outbox: one to change things with for each test, and one to read from for each module of tests."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage.store import Store
from monitor.watching.indexing import index_missing
from tests.outbox import OutboxHarness
from tests.program import BUILD_DAY, WITHDRAWN_LATER
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


@pytest.fixture
def kept(one_that_stays: Api) -> Api:
    """To read from, and to send what is refused."""
    one_that_stays.ask_anew()
    return one_that_stays


@pytest.fixture(scope="module")
def one_that_stays(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """With twelve trials, one of which was withdrawn, and somebody who was told of it."""
    folder = tmp_path_factory.mktemp("kept")
    shutil.copy(sqlite_template, folder / "monitor.sqlite3")
    store = Store.open(f"sqlite:///{folder}/monitor.sqlite3")
    with Sandbox(trials=12, day=BUILD_DAY) as sandbox:
        outbox = OutboxHarness(store, sandbox, folder)
        outbox.watch(*sandbox.trial_ids())
        outbox.check()
        outbox.subscribe("https://example.org/hook")
        sandbox.next_state(WITHDRAWN_LATER)
        outbox.clock.advance(days=1)
        outbox.check()
        outbox.deliver()
        outbox.clock.advance(hours=2)
        index_missing(store, [outbox.registry])
        with Api(outbox) as running:
            yield running
        outbox.registry.close()
    store.close()
