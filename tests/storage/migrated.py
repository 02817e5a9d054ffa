"""Databases that Alembic made, revision by revision."""

from contextlib import closing

from alembic import command
from alembic.config import Config

from monitor.storage import store
from monitor.storage.store import Store


def migrated(url: str, revision: str) -> Store:
    """A new database of that revision, opened as it is."""
    opened = Store(*store._engine(url))
    _upgrade(opened, revision)
    return opened


def migrated_further(url: str, revision: str) -> None:
    """Bring a database to a later revision."""
    with closing(Store(*store._engine(url))) as opened:
        _upgrade(opened, revision)


def _upgrade(opened: Store, revision: str) -> None:
    with opened.begin() as tx:
        config = Config(attributes={"connection": tx})
        config.set_main_option("script_location", "monitor.storage:migrations")
        command.upgrade(config, revision)
