"""A migration that dies anywhere leaves every row, and the schema that it found or today's, for the next start.

As each death leaves the database as it was, the next process begins where the one that died began, and goes a step
further: its locks are gone, and nothing half done is in its way.
"""

import shutil
import signal
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from sqlalchemy import text

from monitor.storage import snapshots
from monitor.storage.condition import revision
from monitor.storage.migrations import HEAD, REVISIONS
from monitor.storage.store import Store, migrate
from monitor.storage.tables import trials, watched_trials, watches
from tests import faults
from tests.storage.documents import NOON, REGISTRY, history
from tests.storage.migrated import migrated, migrated_further

IDS = [f"NCT95{number:06d}" for number in range(4500)]
TABLES = ("trials", "snapshots", "watched_trials")
COLUMNS = {"trials": "registry, trial_id, state, verified_at, misses"}
"""What every revision has, where later ones have more."""
ROWS = 10_000
OPENING = 12
"""Steps before the first migration, at most."""
BETWEEN = 61
"""Of the steps behind it, one in so many: an odd number, so that some die before a statement and some behind one."""


def fill(url: str, revision: str) -> None:
    """10,000 rows in a database of that revision."""
    with closing(migrated(url, revision)) as store, store.begin() as tx:
        # By the tables themselves: today's statements may speak of tables and columns that this revision lacks.
        known = {"registry": REGISTRY, "verified_at": NOON, "misses": 0}
        tx.execute(trials.insert(), [known | {"trial_id": each} for each in IDS])
        tx.execute(watches.insert(), [{"id": 1, "origin": "command", "created_at": NOON}])
        row = {"watch_id": 1, "registry": REGISTRY, "added_at": NOON}
        tx.execute(watched_trials.insert(), [row | {"trial_id": each} for each in IDS])
        for trial_id in IDS[:500]:
            snapshots.add(tx, history(trial_id, 2, sites=2))


def rows(store: Store) -> dict[str, list[tuple[object, ...]]]:
    with store.read() as tx:
        selected = {name: text(f"SELECT {COLUMNS.get(name, '*')} FROM {name}") for name in TABLES}
        return {name: sorted(map(tuple, tx.execute(selected[name]))) for name in TABLES}


def revision_of(store: Store) -> str | None:
    with store.read() as tx:
        return revision(tx)


class Copies:
    """Copies of a database, each as the first one was."""

    def __init__(self, url: str, postgres: str | None) -> None:
        self.url = url
        self.postgres = postgres

    def make(self) -> str:
        if self.postgres is None:
            file = Path(self.url.removeprefix("sqlite:///"))
            copy = file.with_name("copy.sqlite3")
            copy.with_name("copy.sqlite3-journal").unlink(missing_ok=True)
            shutil.copyfile(file, copy)
            return f"sqlite:///{copy}"
        name = urlsplit(self.url).path.strip("/")
        with psycopg.connect(self.postgres, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS copy WITH (FORCE)")
            connection.execute(f"CREATE DATABASE copy TEMPLATE {name}")
        return self.postgres.replace("/postgres?", "/copy?")


def deaths(first: int, whole: int, *, every: int, seed: int) -> list[int]:
    """Steps to die at: of the first migration, of some that follow, and the last ones.

    Whatever follows it is the first one of a later revision. To die behind a statement is to die before the next.
    """
    begun = min(first + OPENING, whole)
    return sorted(
        {
            *range(1 + seed % every, begun + 1, every),
            *range(begun + 1 + seed % BETWEEN, whole + 1, BETWEEN),
            *range(whole - 2, whole + 1),
        }
    )


def following(revision: str) -> str:
    return REVISIONS[REVISIONS.index(revision) + 1]


@pytest.mark.slow
@pytest.mark.parametrize("released", REVISIONS[:-1])
def test_a_migration_that_dies_anywhere_is_made_good(
    store_url: str, released: str, request: pytest.FixtureRequest
) -> None:
    fill(store_url, released)
    with closing(migrated(store_url, released)) as store:
        before = rows(store)
    assert sum(map(len, before.values())) == ROWS
    postgres = None if store_url.startswith("sqlite") else request.getfixturevalue("postgres")
    copies = Copies(store_url, postgres)
    status, (_, first) = faults.run(migrated_further, copies.make(), following(released))
    assert status == 0
    status, (_, whole) = faults.run(migrate, copies.make())
    assert status == 0
    assert whole > 10, "the shortest migration makes one index"
    url = copies.make()

    for step in deaths(first, whole, every=2 if postgres is None else 3, seed=REVISIONS.index(released)):
        assert faults.run(migrate, url, dies_at=step) == (-signal.SIGKILL, None)

        with closing(Store.as_it_is(url)) as store:
            reached = revision_of(store)
            assert rows(store) == before
        if reached != released:
            # It died behind its commit: the next one has to begin where this one began.
            assert reached == HEAD
            url = copies.make()

    with closing(Store.open(url)) as store:
        assert revision_of(store) == HEAD
        assert rows(store) == before
