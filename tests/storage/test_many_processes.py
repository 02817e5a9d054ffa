"""Several processes at one database, and processes that die: nothing is lost, and nothing is half there."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence

import pytest
from sqlalchemy import func, select, text

from monitor.storage import registries, snapshots, tables
from monitor.storage.store import Store
from tests.sample_sizes import sizes
from tests.storage.documents import HIP, REGISTRY, snapshot

COUNTING = """
import sys
from datetime import UTC, datetime
from monitor.ports import RegistryVersion
from monitor.storage import registries
from monitor.storage.locks import lock_registry
from monitor.storage.store import Store

store = Store.open(sys.argv[1])
for _ in range(int(sys.argv[2])):
    with store.begin() as tx:
        lock_registry(tx, "r")
        before = registries.version(tx, "r")
        after = RegistryVersion(str(int(before.stamp) + 1 if before else 1))
        registries.remember(tx, "r", after, datetime(2026, 11, 22, tzinfo=UTC))
"""

OPENING = """
import sys
from monitor.storage.store import Store
from alembic import command

print("ready", flush=True)
sys.stdin.readline()
store = Store.open(sys.argv[1])
with store.read() as tx:
    tx.exec_driver_sql("SELECT * FROM trials")
"""

DYING = """
import os, sys, time
from datetime import UTC, datetime
from monitor.model import Document, Snapshot, State
from monitor.storage import snapshots, trials
from monitor.storage.store import Store

store, now = Store.open(sys.argv[1]), datetime(2026, 11, 22, tzinfo=UTC)
with store.begin() as tx:
    # More than the cache holds, so that part of it is in the file already.
    for number in range(3):
        documents = [Document("r", f"{number}-{each}", os.urandom(10_000)) for each in range(1000)]
        snapshots.add(tx, [Snapshot(1, document, now) for document in documents])
        trials.record(tx, [trials.Trial("r", document.trial_id, State.LISTED) for document in documents])
    print("ready", flush=True)
    time.sleep(60)
"""


def start(program: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(processes: Sequence[subprocess.Popen[str]]) -> None:
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("writes", sizes(50, 500))
def test_four_processes_write_at_once_and_no_write_is_lost(store_url: str, writes: int) -> None:
    store = Store.open(store_url)

    finish([start(COUNTING, store_url, writes) for _ in range(4)])

    with store.read() as tx:
        version = registries.version(tx, "r")
    store.close()
    assert version is not None
    assert version.stamp == str(4 * writes)


@pytest.mark.slow
def test_the_lock_of_a_registry_makes_reading_and_writing_one_step(store: Store, store_url: str) -> None:
    """On PostgreSQL two processes could otherwise decide on the same row at once."""
    finish([start(COUNTING, store_url, 50) for _ in range(3)])

    with store.read() as tx:
        version = registries.version(tx, "r")
    assert version is not None
    assert version.stamp == "150"


@pytest.mark.slow
def test_four_processes_may_open_a_new_database_at_once(store_url: str) -> None:
    processes = [start(OPENING, store_url) for _ in range(4)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()

    finish(processes)


def test_a_process_that_is_killed_within_a_transaction_leaves_nothing(store: Store, store_url: str) -> None:
    with store.begin() as tx:
        snapshots.add(tx, [snapshot(HIP)])
    process = start(DYING, store_url)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"

    os.kill(process.pid, signal.SIGKILL)
    process.communicate()

    with store.read() as tx:
        if tx.dialect.name == "sqlite":
            assert tx.scalar(text("PRAGMA integrity_check")) == "ok"
        assert tx.scalar(select(func.count()).select_from(tables.snapshots)) == 1
        assert tx.scalar(select(func.count()).select_from(tables.trials)) == 0
        assert snapshots.latest(tx, REGISTRY, HIP) == snapshot(HIP)
    with store.begin() as tx:
        assert snapshots.add(tx, [snapshot(HIP, 2)])
