"""Opens a database and starts transactions. The only module that knows how the two engines differ.

A writer on SQLite begins with BEGIN IMMEDIATE: with a deferred one, two processes that read before they write lose
writes to "database is locked". Never hold `read` open around `begin` in one thread: with a rollback journal the writer
waits for the reader.

Every driver error becomes a `StoreError` where it happens, also inside a caller's block.
"""

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from monitor.errors import StoreUnavailable
from monitor.files import identity, make_file, make_folder
from monitor.storage import moves, postgresql
from monitor.storage.failures import LOCK_SECONDS, DatabaseName, explain, translate
from monitor.storage.journals import OLDEST_SQLITE, PRAGMAS, PRAGMAS_OF_READERS, choose_journal
from monitor.storage.locks import lock_schema, lock_subscriptions
from monitor.storage.migrations import HEAD, REVISIONS, works_with
from monitor.storage.postgresql import CONNECTS_WITHIN
from monitor.storage.replica import ANSWERS_WITHIN, Replica
from monitor.storage.tables import metadata, revisions

POOL_SIZE = 5
"""Connections that stay open while nobody uses them, at the most."""
_FILE = "file"
"""Where a connection keeps which file it has opened."""
_FORMS = "write sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE"


class Store:
    """A database of today's schema."""

    def __init__(self, engine: Engine, database: DatabaseName) -> None:
        self._engine = engine
        self._replica: Replica | None = None
        self.database = database

    @classmethod
    def open(cls, url: str, *, readers: int = 0, replica: str = "") -> "Store":
        """Open a database. Create it, its folder and its tables if they are missing, and migrate it if it is old.

        Any number of processes may do so at once. *readers* is how many threads read it, where that is what it is
        opened for: each finds a connection that is open. *replica* is read in its place while it is fit, see
        `monitor.storage.replica`. Raise StoreUnavailable or StoreCorrupt with the remedy.
        """
        store = cls(*_engine(url, makes_it=True, readers=readers))
        try:
            store._prepare()
            if replica:
                store._replica = _replica_at(replica, readers=readers, of=store)
        except UnicodeDecodeError as error:
            # The driver cannot read what SQLite has to say of a damaged schema, where no hook of SQLAlchemy hears it.
            store.close()
            raise explain(error, store.database, connecting=True) or error from error
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def as_it_is(cls, url: str, *, even_newer: bool = False, even_moved: bool = False) -> "Store":
        """Open an existing database of any revision and change nothing about it: to copy or examine it.

        *even_newer*: also one of a later version that this one works with, of which it does not see all. *even_moved*:
        also one that was moved, or that is not whole yet. Raise as `open` does.
        """
        store = cls(*_engine(url, makes_it=False))
        try:
            with store.read() as tx:
                if _revision(tx, store.database, even_newer=even_newer, even_moved=even_moved) is None:
                    raise StoreUnavailable(f"{store.database.name} is empty: name another")
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def to_move(cls, url: str, *, makes_it: bool = False) -> "Store":
        """Open a database of today's schema, also one that was moved, or that is not whole yet.

        With *makes_it*, one that is empty or missing gets its tables. Raise as `open` does.
        """
        store = cls(*_engine(url, makes_it=makes_it))
        try:
            with store.read() as tx:
                revision = _revision(tx, store.database, even_moved=True)
            if revision is None and makes_it:
                store._prepare()
            elif revision != HEAD:
                words = (
                    f"has schema {revision}, and this version {HEAD}: run `monitor migrate`" if revision else "is empty"
                )
                raise StoreUnavailable(f"{store.database.name} {words}")
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def is_empty(cls, url: str) -> bool:
        """Whether a database has none of our tables yet. It has to exist. Raise as `open` does."""
        with closing(cls(*_engine(url, makes_it=False))) as store, store.read() as tx:
            return _revision(tx, store.database, even_moved=True) is None

    def read(self) -> AbstractContextManager[Connection]:
        """A transaction that sees one state of the database, and cannot write."""
        return self._transaction(writes=False)

    def begin(self) -> AbstractContextManager[Connection]:
        """A transaction that is committed at the end of the block, or rolled back by an exception."""
        return self._transaction(writes=True)

    def begin_if_free(self, *, within: float = 0) -> AbstractContextManager[Connection]:
        """`begin` for what may be left out: StoreUnavailable where another process is writing to SQLite for so long.

        *within* is in seconds.
        """
        return self._transaction(writes=True, waits=within)

    @contextmanager
    def begin_alone(self) -> Iterator[Connection]:
        """As `begin`, one at a time: for what people change in subscriptions and watches.

        What is read first is true until the commit. On SQLite every transaction that writes is like that.
        """
        with self.begin() as tx:
            lock_subscriptions(tx)
            yield tx

    def rest(self) -> None:
        """Close the connections that nobody uses now, with what they keep in memory; the next user opens new ones."""
        for engine in self._engines:
            engine.dispose()

    def close(self) -> None:
        """Close the connections."""
        self.rest()

    @property
    def has_replica(self) -> bool:
        """Whether what is read may come from a replica."""
        return self._replica is not None

    @property
    def _engines(self) -> Sequence[Engine]:
        return (self._engine, self._replica.engine) if self._replica else (self._engine,)

    @contextmanager
    def _transaction(self, *, writes: bool, waits: float = LOCK_SECONDS) -> Iterator[Connection]:
        options: dict[str, Any] = {"writes": writes, "waits": waits}
        if not writes and self._engine.dialect.name == "postgresql":
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        connection = self._replica.connection() if self._replica and not writes else None
        with (connection or self._engine.connect()).execution_options(**options) as connection:
            with connection.begin():
                yield connection
            if writes and self._replica:
                self._replica.wrote(connection)

    def _prepare(self) -> None:
        if self._engine.dialect.name == "sqlite":
            _set_journal_mode(self._engine, self.database)
        with self.read() as tx:
            revision = _revision(tx, self.database, even_newer=True)
        if revision is None and self._engine.dialect.name == "sqlite":
            revision = self._create()
        if revision is None or revision in REVISIONS[:-1]:
            self._migrate()

    def _create(self) -> str | None:
        """Give an empty file the tables that all revisions would make, to the letter; its revision from then on.

        Alembic takes a third of a first start, and 10 MB of the memory of a service.
        """
        with self.begin() as tx:
            if inspect(tx).get_table_names():
                return _revision(tx, self.database)  # another process was faster
            metadata.create_all(tx, checkfirst=False)
            revisions.metadata.create_all(tx, checkfirst=False)
            tx.execute(revisions.insert().values(version_num=HEAD))
            return HEAD

    def _migrate(self) -> None:
        # Loaded only here: 100 ms that only another version's database needs, and PostgreSQL's first start.
        from alembic import command
        from alembic.config import Config

        with self.begin() as tx:
            lock_schema(tx)  # who comes second finds nothing left to do
            config = Config(attributes={"connection": tx})
            config.set_main_option("script_location", "monitor.storage:migrations")
            command.upgrade(config, "head")


def migrate(url: str) -> None:
    """Bring a database to today's schema, creating it where it is missing."""
    Store.open(url).close()


def address_of(url: str) -> str:
    """A database as it is named to people and compared: with the whole path of a file, and without a password."""
    _, is_file, path = url.partition("sqlite:///")
    if is_file:
        return f"sqlite:///{Path(path).absolute()}"
    made = _parsed(url)
    query = {key: value for key, value in made.query.items() if key != "password"}
    return made.set(drivername="postgresql+psycopg", password=None, query=query).render_as_string(hide_password=False)


def driver_address(url: str) -> str:
    """A database on PostgreSQL as its driver alone takes it, with the password."""
    return _parsed(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError) as error:
        # The text is not shown: what cannot be taken apart may hold a password anywhere.
        raise StoreUnavailable(f"store.url is not a database URL: {_FORMS}") from error


def _replica_at(url: str, *, readers: int, of: Store) -> Replica:
    """A replica of that store. It need not answer, now or ever."""
    engine, _ = _engine(url, makes_it=False, readers=readers, connects_within=ANSWERS_WITHIN)
    if {each.dialect.name for each in (engine, of._engine)} != {"postgresql"}:
        engine.dispose()
        raise StoreUnavailable("store.replica is for PostgreSQL, as store.url and store.replica both have to be")
    replica = Replica(engine)
    with of.read() as tx:
        replica.wrote(tx)
    return replica


def _engine(
    text_: str, *, makes_it: bool = True, readers: int = 0, connects_within: int = CONNECTS_WITHIN
) -> tuple[Engine, DatabaseName]:
    """An engine that is not connected yet, and its name for messages. *makes_it*: whether to create a missing file."""
    url = _parsed(text_)
    if url.drivername in ("sqlite", "sqlite+pysqlite"):
        return _sqlite_engine(url, makes_it=makes_it, readers=readers)
    if url.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        url = url.set(drivername="postgresql+psycopg")
        return postgresql.engine_for(url, pool_size=max(readers, POOL_SIZE), connects_within=connects_within)
    raise StoreUnavailable(f"store.url names {url.drivername}, which is not a store of this program: {_FORMS}")


def _sqlite_engine(url: URL, *, makes_it: bool, readers: int) -> tuple[Engine, DatabaseName]:
    if not url.database or url.database == ":memory:" or url.query:
        raise StoreUnavailable("store.url names no file: write sqlite:///FILE and nothing behind it")
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StoreUnavailable(
            f"this Python has SQLite {sqlite3.sqlite_version} and 3.35 is needed: use a newer Python, or PostgreSQL"
        )
    database = DatabaseName(url.database)
    if makes_it:
        _make(Path(url.database), database)
    if Path(url.database).exists() and not os.access(url.database, os.R_OK):
        raise StoreUnavailable(
            f"{database.name} belongs to another user, who alone may read it: run as that user, or give it to this one"
        )
    # isolation_level None: the driver begins no transactions of its own.
    engine = create_engine(
        url.set(drivername="sqlite"),
        pool_size=max(readers, POOL_SIZE),
        connect_args={"isolation_level": None, "timeout": LOCK_SECONDS},
    )
    pragmas = PRAGMAS_OF_READERS if readers else PRAGMAS
    event.listen(engine, "connect", partial(_prepare_sqlite, file=url.database, pragmas=pragmas))
    event.listen(engine, "checkout", partial(_stay_with_the_file, file=url.database))
    event.listen(engine, "begin", partial(_begin_sqlite, database=database))
    event.listen(engine, "handle_error", partial(translate, database=database))
    return engine, database


def _make(file: Path, database: DatabaseName) -> None:
    """Make the file, and its folder, for their owner alone; SQLite gives its journals the file's own mode."""
    try:
        make_folder(file.parent)
    except OSError as error:
        raise StoreUnavailable(
            f"{database.name} cannot be created ({error.strerror}: {error.filename}): choose another with store.url"
        ) from error
    with suppress(OSError):  # SQLite finds the better words
        make_file(file)


def _prepare_sqlite(
    connection: sqlite3.Connection, record: ConnectionPoolEntry, *, file: str, pragmas: Sequence[str]
) -> None:
    record.info[_FILE] = identity(file)
    connection.execute("PRAGMA foreign_keys = ON")
    for pragma in pragmas:
        connection.execute(pragma)


def _stay_with_the_file(_connection: object, record: ConnectionPoolEntry, _proxy: object, *, file: str) -> None:
    """Connect anew where a restore has put another file in the place of the one that is open."""
    if _is_left_behind(record.info, file):
        raise DisconnectionError("the database was replaced")  # the pool hears it, and nobody else


def _is_left_behind(info: Mapping[Any, Any], file: str) -> bool:
    now = identity(file)
    return now is not None and info.get(_FILE) != now


def _begin_sqlite(connection: Connection, *, database: DatabaseName) -> None:
    match connection.get_execution_options():
        case {"writes": True}:
            connection.exec_driver_sql("PRAGMA query_only = OFF")
            waits = connection.get_execution_options()["waits"]
            if waits == LOCK_SECONDS:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                _begin_within(waits, connection)
            if _is_left_behind(connection.info, database.name):
                connection.exec_driver_sql("ROLLBACK")
                raise StoreUnavailable(f"{database.name} was replaced by a restore just now: try again")
        case {"writes": False}:
            connection.exec_driver_sql("PRAGMA query_only = ON")
            connection.exec_driver_sql("BEGIN")


def _begin_within(seconds: float, connection: Connection) -> None:
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {seconds * 1000:.0f}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {LOCK_SECONDS * 1000}")


def _set_journal_mode(engine: Engine, database: DatabaseName) -> None:
    """Set the journal mode that this SQLite may use; it stays with the file.

    WAL stays only where it is safe: another program, or a newer Python, may have set it.
    """
    journal = choose_journal(sqlite3.sqlite_version_info)
    with engine.connect() as connection:  # outside any transaction, where alone the mode can change
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        if mode == journal.mode:
            return
        try:
            connection.exec_driver_sql(f"PRAGMA journal_mode = {journal.mode}")
        except StoreUnavailable as error:
            # In use: a rollback journal will do until the next time, WAL will not.
            if mode == "wal":
                raise StoreUnavailable(
                    f"{database.name} is in WAL mode and in use: end the other processes and try again. "
                    f"{journal.reason}"
                ) from error


def _revision(
    tx: Connection, database: DatabaseName, *, even_moved: bool = False, even_newer: bool = False
) -> str | None:
    """The schema's revision; None for a database without tables.

    Refuse one that is not ours, from the future and, with *even_newer*, not one that this version works with; or that,
    unless *even_moved*, was moved elsewhere or is not whole yet.
    """
    tables = inspect(tx).get_table_names()
    if "alembic_version" not in tables:
        if tables and tx.dialect.name == "sqlite":
            raise StoreUnavailable(f"{database.name} holds tables of another program: choose another with store.url")
        return None
    revision: str | None = tx.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    if revision is not None and revision not in REVISIONS and not (even_newer and works_with(revision)):
        raise StoreUnavailable(
            f"{database.name} was written by a newer version (schema {revision}, known here up to {HEAD}): "
            "run that version, or restore a backup that this one made"
        )
    if not even_moved and moves.TABLE in tables:
        moves.refuse(tx, database.name)
    return revision
