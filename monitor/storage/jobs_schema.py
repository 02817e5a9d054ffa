"""The tables of Procrastinate, in which jobs wait for workers: on PostgreSQL alone.

Its own scripts make them, those of the package that is installed, so that both always fit. Which version made them
stands in a comment on the table of jobs; what a later one changes is applied by `upgrade`. Where the package is not
installed there are no such tables, and one process does all the work, until it is installed.

The package is never imported here, which takes a quarter of a second: its scripts are files.
"""

import re
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from monitor.errors import StoreUnavailable
from monitor.storage.locks import lock_schema
from monitor.storage.store import Store

PACKAGE = "procrastinate"
INSTALL = "pip install 'registry-monitor[postgres]'"
NEEDED = f"jobs on PostgreSQL need Procrastinate, which is not installed: {INSTALL}"
_COMMENT = re.compile(r"Procrastinate (\S+)")
_SWEPT_OFTEN = """ALTER TABLE {table} SET (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 1000)"""
"""Nearly every row of these tables is dead: a job lives for seconds."""
_THEIRS = (
    "the database holds tables of Procrastinate that another program made: give this one a database of its own, "
    "or a schema with `?options=-csearch_path%3DSCHEMA` in store.url"
)


def create(tx: Connection) -> None:
    """Make the tables in a database that has none. StoreUnavailable where the package is missing."""
    _run(tx, _scripts() / "schema.sql")
    for table in ("procrastinate_jobs", "procrastinate_events"):
        tx.execute(text(_SWEPT_OFTEN.format(table=table)))
    _note(tx, installed())


def upgrade(tx: Connection) -> str | None:
    """Apply what the installed version changes in the tables of an older one; give that version, or None for nothing.

    Call it behind `monitor.storage.locks.lock_schema`, so that one process alone does so.
    """
    known, here = made_by(tx), installed()
    if _numbers(known) >= _numbers(here):
        return None
    for script in sorted((_scripts() / "migrations").glob("*.sql")):
        if _numbers(known) < _numbers(script.name.partition("_")[0]) <= _numbers(here):
            _run(tx, script)
    _note(tx, here)
    return here


def bring_up(store: Store) -> None:
    """Have the tables of jobs fit the package that is installed; nothing on SQLite. StoreUnavailable without it."""
    with store.read() as tx:
        if tx.dialect.name != "postgresql" or (are_there(tx) and not is_old(tx)):
            return
    with store.begin() as tx:
        lock_schema(tx)
        if are_there(tx):
            upgrade(tx)
        else:
            create(tx)


def is_old(tx: Connection) -> bool:
    """Whether the installed version would change the tables."""
    return _numbers(made_by(tx)) < _numbers(installed())


def are_there(tx: Connection) -> bool:
    """Whether there are tables of jobs, whoever made them."""
    return tx.dialect.name == "postgresql" and bool(tx.scalar(text("SELECT to_regclass('procrastinate_jobs')")))


def is_installed() -> bool:
    """Whether Procrastinate is."""
    return find_spec(PACKAGE) is not None


def made_by(tx: Connection) -> str:
    """The version of Procrastinate whose tables these are. StoreUnavailable where another program made them."""
    comment = tx.scalar(text("SELECT obj_description(to_regclass('procrastinate_jobs'), 'pg_class')")) or ""
    if not (found := _COMMENT.fullmatch(comment)):
        raise StoreUnavailable(_THEIRS)
    return found[1]


def installed() -> str:
    """The version of Procrastinate that is installed. StoreUnavailable where it is not."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError as error:
        raise StoreUnavailable(NEEDED) from error


def _scripts() -> Path:
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise StoreUnavailable(NEEDED)
    return Path(spec.submodule_search_locations[0]) / "sql"


def _run(tx: Connection, script: Path) -> None:
    """Execute a whole script. The driver takes several statements at once only where it is given no parameters."""
    driver: Any = tx.connection.driver_connection
    driver.execute(script.read_text(encoding="utf-8"))


def _note(tx: Connection, made: str) -> None:
    # A comment takes no parameter; what is not a version never gets so far.
    tx.execute(text(f"COMMENT ON TABLE procrastinate_jobs IS 'Procrastinate {'.'.join(map(str, _numbers(made)))}'"))


def _numbers(of: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", of)[:3])
