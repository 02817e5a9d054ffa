"""Behind PgBouncer in transaction mode, where every transaction may have another session of the server."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import leases
from monitor.storage.store import Store
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.storage.bouncer import SESSIONS, pgbouncer

HOOK = "https://hooks.example.org/trials"


@pytest.fixture(scope="module")
def pooled_url(postgres: str) -> Iterator[str]:
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE pooled")
    with pgbouncer(postgres.replace("/postgres?", "/pooled?")) as address:
        yield address
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP DATABASE pooled WITH (FORCE)")


@pytest.fixture
def pooled(pooled_url: str) -> Iterator[Store]:
    """A store that has migrated through the pooler, too."""
    store = Store.open(pooled_url)
    yield store
    store.close()


def test_more_threads_than_sessions_read_and_write_as_if_alone(pooled: Store) -> None:
    """Each asks often enough for the driver to prepare what it asks, and in either kind of transaction."""

    def ask(which: int) -> int:
        for number in range(12):
            with pooled.begin() as tx:
                taken = leases.take(tx, f"{which}-{number}", "somebody", seen=None)
            assert taken
            with pooled.read() as tx:
                assert leases.get(tx, f"{which}-{number}") is not None
        return which

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(ask, range(8))) == list(range(8))


def test_what_waits_for_a_lock_gives_up_and_leaves_nothing_set_for_others(pooled: Store, pooled_url: str) -> None:
    with pooled.begin() as tx:
        assert tx.scalar(text("SHOW lock_timeout")) == "30s"
    for _ in range(SESSIONS):
        with psycopg.connect(pooled_url.replace("+psycopg", "")) as stranger:
            assert stranger.execute("SHOW lock_timeout").fetchone() == ("0",)


def test_a_change_is_found_and_told(pooled: Store, sandbox: Sandbox, tmp_path: Path) -> None:
    outbox = OutboxHarness(pooled, sandbox, tmp_path)
    outbox.watch(WITHDRAWN_LATER)
    outbox.check()
    outbox.subscribe(HOOK)
    outbox.sandbox.next_state(WITHDRAWN_LATER)
    outbox.check()

    assert [result.standing for result in outbox.deliver()] == ["delivered"]
    outbox.registry.close()
