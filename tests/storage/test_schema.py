"""What migrations build is what `tables` says, and what a new file has."""

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Index, text

from monitor.storage.migrations import HEAD, REVISIONS
from monitor.storage.store import Store
from monitor.storage.tables import metadata
from tests.storage.migrated import migrated


def test_the_migrated_schema_is_that_of_the_tables(store_url: str) -> None:
    store = migrated(store_url, HEAD)
    with store.read() as tx:
        options = {"compare_type": True, "compare_server_default": True, "include_object": is_ours}
        context = MigrationContext.configure(tx, opts=options)
        assert compare_metadata(context, metadata) == []
    store.close()


def is_ours(_object: object, name: str | None, *_: object) -> bool:
    """What jobs wait in is Procrastinate's: see `monitor.storage.jobs_schema`."""
    return not (name or "").startswith("procrastinate_")


def test_an_index_leaves_out_the_same_rows_on_postgresql(postgres_url: str) -> None:
    """Which the comparison above does not see either."""
    indexes = [index for table in metadata.tables.values() for index in table.indexes]
    partial = {index.name for index in indexes if where_of(index) is not None}
    migrated = Store.open(postgres_url)
    with migrated.read() as tx:
        of_ours = "tablename NOT LIKE 'procrastinate%'"
        found = set(tx.scalars(text(f"SELECT indexname FROM pg_indexes WHERE indexdef LIKE '% WHERE %' AND {of_ours}")))
    migrated.close()

    assert {name for name in found if not name.startswith("pg_")} == partial


def where_of(index: Index) -> object:
    return index.dialect_options["sqlite"]["where"]


def test_a_new_sqlite_file_is_to_the_letter_what_all_revisions_make(tmp_path: Path) -> None:
    """The comparison above does not see tables without row ids, nor deferred constraints."""
    migrated(f"sqlite:///{tmp_path}/migrated.sqlite3", HEAD).close()
    Store.open(f"sqlite:///{tmp_path}/new.sqlite3").close()

    assert schema_of(tmp_path / "new.sqlite3") == schema_of(tmp_path / "migrated.sqlite3")


def schema_of(file: Path) -> dict[str, str]:
    """The statement that makes each table and index, and the revision."""
    with closing(sqlite3.connect(file)) as connection:
        found = connection.execute("SELECT name, sql FROM sqlite_master").fetchall()
        revisions = connection.execute("SELECT group_concat(version_num) FROM alembic_version").fetchone()
    return {name: " ".join((sql or "").split()) for name, sql in found} | {"revision": revisions[0]}


def test_the_revisions_known_without_alembic_are_those_alembic_finds() -> None:
    config = Config()
    config.set_main_option("script_location", "monitor.storage:migrations")
    script = ScriptDirectory.from_config(config)
    assert [revision.revision for revision in script.walk_revisions()] == list(reversed(REVISIONS))
    assert script.get_current_head() == HEAD
