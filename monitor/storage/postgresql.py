"""Connections to PostgreSQL, also where a pooler such as PgBouncer, in transaction mode, stands in between.

Behind a pooler a session is nobody's: each transaction may have another one. So nothing is set for longer than a
transaction, and the driver prepares no statement. All locks end with their transaction anyway, see
`monitor.storage.locks`, and the lease of the active process is a row.
"""

from functools import partial
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from monitor.errors import StoreUnavailable
from monitor.storage.failures import LOCK_SECONDS, DatabaseName, translate

CONNECTS_WITHIN = 10
"""Seconds."""
_POOLED = "pooled"
"""Where a connection keeps whether a pooler answers it."""


def engine_for(url: URL, *, pool_size: int, connects_within: int = CONNECTS_WITHIN) -> tuple[Engine, DatabaseName]:
    """An engine that is not connected yet, and its name for messages. StoreUnavailable where there is no driver."""
    host = url.host or url.query.get("host") or "the local socket"
    port = f":{url.port}" if url.port else ""
    name = f"PostgreSQL database {url.database or url.username!r} at {host}{port}"
    database = DatabaseName(name, url.password or str(url.query.get("password", "")))
    try:
        engine = create_engine(
            url, pool_pre_ping=True, pool_size=pool_size, connect_args={"connect_timeout": connects_within}
        )
    except ImportError as error:
        raise StoreUnavailable(
            f"{database.name} needs a driver that is not installed: pip install 'psycopg[binary]' beside the program"
        ) from error
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", partial(translate, database=database))
    return engine, database


def is_pooled(connection: Any) -> bool:
    """Whether a pooler answers this connection of psycopg: then the server's process is not the one that was named."""
    (process,) = connection.execute("SELECT pg_backend_pid()").fetchone()
    connection.rollback()
    return bool(process != connection.info.backend_pid)


def _prepare(connection: Any, record: ConnectionPoolEntry) -> None:
    from monitor.storage import arrays  # it loads PostgreSQL's dialect and driver

    arrays.send_in_binary(connection)
    record.info[_POOLED] = is_pooled(connection)
    if record.info[_POOLED]:
        connection.prepare_threshold = None
    else:
        connection.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
        connection.commit()


def _begin(connection: Connection) -> None:
    if connection.info.get(_POOLED):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
