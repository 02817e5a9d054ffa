"""Fixtures of the service: workers in this process, and whole processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage.store import Store
from tests.outbox import OutboxHarness
from tests.service.processes import Serving
from tests.service.workers import Workers


@pytest.fixture
def workers(outbox: OutboxHarness) -> Workers:
    """On both stores."""
    return Workers(outbox)


@pytest.fixture
def quick_workers(quick_store: Store, sandbox: Sandbox, tmp_path: Path) -> Iterator[Workers]:
    """On SQLite alone, where the store makes no difference to what is tested."""
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    yield Workers(outbox)
    outbox.registry.close()


@pytest.fixture
def serving(tmp_path: Path, store_url: str, present: Sandbox) -> Iterator[Serving]:
    """On both stores."""
    with Serving(tmp_path, store_url, present) as running:
        yield running


@pytest.fixture
def quick_serving(tmp_path: Path, sqlite_url: str, present: Sandbox) -> Iterator[Serving]:
    with Serving(tmp_path, sqlite_url, present) as running:
        yield running


@pytest.fixture
def serving_on_postgresql(tmp_path: Path, postgres_url: str, present: Sandbox) -> Iterator[Serving]:
    with Serving(tmp_path, postgres_url, present) as running:
        yield running
