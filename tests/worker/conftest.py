"""Fixtures of workers: all are on PostgreSQL, and none is of use without Procrastinate."""

from collections.abc import Iterator

import pytest

from monitor.storage.store import Store
from tests.databases import Copies

pytest.importorskip("procrastinate")


@pytest.fixture
def shared_url(postgres_copies: Copies) -> Iterator[str]:
    """A database with its tables."""
    name = postgres_copies.take()
    yield postgres_copies.address(name)
    postgres_copies.give_back(name)


@pytest.fixture
def shared_store(shared_url: str) -> Iterator[Store]:
    """On PostgreSQL alone, where one worker is alive."""
    store = Store.open(shared_url)
    with store.begin() as tx:
        tx.exec_driver_sql("SELECT procrastinate_register_worker_v1()")
    yield store
    store.close()
