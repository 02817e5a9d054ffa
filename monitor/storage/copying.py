"""Copy a whole database of either store into one SQLite file, and such a file back into a database.

A copy is an ordinary database of this program: the same code reads, migrates and proves it, on either store.

Fact: SQLite's backup API starts over whenever another connection has written between two of its steps, so it might
never finish. An open read transaction prevents that: with a rollback journal writers wait, and with WAL they do not
disturb it.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Table, func, inspect, select, text

from monitor.errors import NothingFound, StoreCorrupt, StoreUnavailable
from monitor.model import DeliveryState
from monitor.storage import archived, snapshots
from monitor.storage.archive_tables import archived_documents
from monitor.storage.digest_tables import gathered
from monitor.storage.failures import LOCK_SECONDS, DatabaseName, explain
from monitor.storage.loading import settle
from monitor.storage.moves import OWN
from monitor.storage.statements import chunks
from monitor.storage.store import Store
from monitor.storage.tables import deliveries, metadata, registries

ReportProgress = Callable[[int, int], None]
"""Called with how much is done, and how much there is in all."""

_PAGES = 1024
"""A step of a copy: 4 MB at the usual size of a page."""
_ROWS = 500


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database holds. A count is 0 where its revision has no such table yet."""

    trials: int
    snapshots: int
    events: int
    watches: int
    subscriptions: int
    endpoints: int
    owed: int
    """Deliveries that are still to be made."""
    gathered: int
    """Alerts that wait for a digest, which is no delivery yet."""
    checked_at: datetime | None
    """When a registry was asked last."""


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite database; None for another store."""
    _, is_file, path = url.partition("sqlite:///")
    return Path(path) if is_file else None


def copy_out(url: str, file: Path, report_progress: ReportProgress) -> None:
    """Write a consistent copy of a database to *file*, which is new. Others may write meanwhile."""
    source = sqlite_file(url)
    if source is not None:
        copy_pages(source, file, report_progress)
        return
    with (
        closing(Store.as_it_is(url)) as store,
        closing(Store.open(f"sqlite:///{file}")) as copy,
        store.read() as read,
        copy.begin() as written,
    ):
        _copy_rows(read, written, report_progress)


def copy_pages(source: Path, file: Path, report_progress: ReportProgress) -> None:
    """Write the SQLite database *source* into *file*, which is new, with its schema as it is."""
    if not source.is_file():
        raise NothingFound(f"there is no database at {source}: name another")
    with _plain(source, mode="ro") as read, _plain(file, mode="rwc") as written:
        with _explained(source):
            read.execute("BEGIN")
            read.execute("SELECT * FROM sqlite_master").fetchall()
        with _explained(file):
            read.backup(
                written, pages=_PAGES, progress=lambda _, left, total: report_progress(total - left, total), sleep=0
            )
            # A copy is one file: nothing of it may lie in a journal beside it.
            written.execute("PRAGMA journal_mode = delete")


def copy_in(file: Path, url: str, report_progress: ReportProgress) -> None:
    """Replace everything in the database at *url* by what *file* holds, in one transaction. Both are of today's schema.

    PostgreSQL only: TRUNCATE waits for everyone else, and keeps them out until the commit.
    """
    with (
        closing(Store.open(f"sqlite:///{file}")) as copy,
        closing(Store.open(url)) as store,
        copy.read() as read,
        store.begin() as written,
    ):
        names = ", ".join(table.name for table in metadata.sorted_tables)
        written.execute(text(f"TRUNCATE {names}"))
        _copy_rows(read, written, report_progress)
        settle(written)


@contextmanager
def exclusively(file: Path) -> Iterator[None]:
    """Lock everyone else out of an SQLite database, with nothing left in journals beside it.

    A file that SQLite cannot read is left as it is. Raise StoreUnavailable if others are using it.
    """
    with closing(sqlite3.connect(file, isolation_level=None, timeout=LOCK_SECONDS)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = delete")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise StoreUnavailable(f"{file} is in use: end the other processes, `monitor serve` first") from error
        yield


def prove(file: Path) -> None:
    """Raise StoreCorrupt unless SQLite finds every page, index and reference of the file in order."""
    with _explained(file), _plain(file, mode="rw") as connection:
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found == "ok" and connection.execute("PRAGMA foreign_key_check").fetchone() is None:
            return
    words = "a reference leads nowhere" if found == "ok" else " ".join(str(found).split())[:200]
    raise StoreCorrupt(f"{file} is damaged ({words}): restore another backup")


def damaged_snapshots(tx: Connection, report_progress: ReportProgress) -> list[str]:
    """Compare every snapshot and imported page with its SHA-256; return what is wrong, one line for each."""
    total = tx.scalar(select(func.count()).select_from(metadata.tables["snapshots"])) or 0
    damaged = []
    for number, reason in enumerate(snapshots.inspect(tx), start=1):
        if reason:
            damaged.append(reason)
        if number % _ROWS == 0 or number == total:
            report_progress(number, total)
    if archived_documents.name in inspect(tx).get_table_names():
        damaged += [each for each in archived.every(tx) if isinstance(each, str)]
    return damaged


def contents(tx: Connection) -> Contents:
    """Count what the database holds."""
    there = set(inspect(tx).get_table_names())

    def count(name: str) -> int:
        return tx.scalar(select(func.count()).select_from(metadata.tables[name])) or 0 if name in there else 0

    owed = select(func.count()).select_from(deliveries).where(deliveries.c.standing == DeliveryState.OWED)
    waiting = select(func.count()).select_from(gathered).where(gathered.c.digest.is_(None))
    return Contents(
        trials=count("trials"),
        snapshots=count("snapshots"),
        events=count("events"),
        watches=count("watches"),
        subscriptions=count("subscriptions"),
        endpoints=count("endpoints"),
        owed=(tx.scalar(owed) or 0) if "deliveries" in there else 0,
        gathered=(tx.scalar(waiting) or 0) if "gathered" in there else 0,
        checked_at=tx.scalar(select(func.max(registries.c.checked_at, type_=registries.c.checked_at.type))),
    )


def holds_anything(tx: Connection) -> bool:
    """Whether any table of ours has a row."""
    there = set(inspect(tx).get_table_names())
    return any(
        tx.execute(select(table).limit(1)).first() is not None
        for table in metadata.sorted_tables
        if table.name in there and table.name not in OWN
    )


def size_of(tx: Connection) -> int:
    """How many bytes the database has."""
    if tx.dialect.name == "postgresql":
        return int(tx.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    pages = tx.exec_driver_sql("PRAGMA page_count").scalar_one()
    return int(pages * tx.exec_driver_sql("PRAGMA page_size").scalar_one())


def _copy_rows(read: Connection, written: Connection, report_progress: ReportProgress) -> None:
    there = set(inspect(read).get_table_names())
    tables = [table for table in metadata.sorted_tables if table.name in there]
    total = sum(read.scalar(select(func.count()).select_from(table)) or 0 for table in tables)
    done = 0
    for table in tables:
        for rows in chunks(_rows(read, table), _ROWS):
            written.execute(table.insert(), rows)
            done += len(rows)
            report_progress(done, total)


def _rows(tx: Connection, table: Table) -> Iterator[dict[str, object]]:
    """Every row of a table, a few at a time in memory."""
    for row in tx.execute(select(table).execution_options(yield_per=_ROWS)):
        yield dict(row._mapping)


@contextmanager
def _plain(file: Path, *, mode: str) -> Iterator[sqlite3.Connection]:
    """A connection of SQLite's own, for what has no words in SQL."""
    address = f"{file.absolute().as_uri()}?mode={mode}"
    with _explained(file):
        connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=LOCK_SECONDS)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def _explained(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise explain(error, DatabaseName(str(file)), connecting=True) or error from error
