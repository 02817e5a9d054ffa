"""What migrations build is what `tables` says."""

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Index, create_engine, text

from monitor.storage.migrations import HEAD, REVISIONS
from monitor.storage.store import Store
from monitor.storage.tables import metadata


def test_the_migrated_schema_is_that_of_the_tables(store: Store) -> None:
    with store.read() as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_an_index_leaves_out_the_same_rows_on_postgresql(postgres_url: str) -> None:
    """Which the comparison above does not see either."""
    indexes = [index for table in metadata.tables.values() for index in table.indexes]
    partial = {index.name for index in indexes if where_of(index) is not None}
    migrated = Store.open(postgres_url)
    with migrated.read() as tx:
        found = set(tx.scalars(text("SELECT indexname FROM pg_indexes WHERE indexdef LIKE '% WHERE %'")))
    migrated.close()

    assert {name for name in found if not name.startswith("pg_")} == partial


def where_of(index: Index) -> object:
    return index.dialect_options["sqlite"]["where"]


def test_on_sqlite_it_is_the_same_to_the_letter(sqlite_url: str) -> None:
    """The comparison above does not see tables without row ids, nor deferred constraints."""
    migrated = Store.open(sqlite_url)
    bare = create_engine("sqlite://")
    metadata.create_all(bare)
    query = text("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE '%alembic%' ORDER BY name")
    with migrated.read() as one, bare.connect() as other:
        statements = {row.name: " ".join((row.sql or "").split()) for row in one.execute(query)}
        assert statements == {row.name: " ".join((row.sql or "").split()) for row in other.execute(query)}
    migrated.close()
    bare.dispose()


def test_the_revisions_known_without_alembic_are_those_alembic_finds() -> None:
    config = Config()
    config.set_main_option("script_location", "monitor.storage:migrations")
    script = ScriptDirectory.from_config(config)
    assert [revision.revision for revision in script.walk_revisions()] == list(reversed(REVISIONS))
    assert script.get_current_head() == HEAD
