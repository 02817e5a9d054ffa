"""Write many rows at once, as `monitor.storage.cells` reads them: by COPY to PostgreSQL, by INSERT to SQLite."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from monitor.storage.cells import Cells, Shape
from monitor.storage.failures import DatabaseName, explain
from monitor.storage.metadata import metadata


class RowsRefused(Exception):
    """The database takes these rows not as they are; the transaction is of no more use. It says why in a few words."""


def load(tx: Connection, shape: Shape, rows: Sequence[Cells], database: DatabaseName) -> None:
    """Write rows that are not there yet. Raise RowsRefused where the database refuses one of them, else as ever."""
    names = ", ".join(f'"{column.name}"' for column in shape.columns)
    if not rows:
        return
    if tx.dialect.name != "postgresql":
        marks = ", ".join("?" * len(shape.columns))
        statement = f'INSERT INTO "{shape.name}" ({names}) VALUES ({marks})'  # noqa: S608 - our own names
        try:
            tx.exec_driver_sql(statement, list(rows))
        except (SQLAlchemyError, UnicodeEncodeError, OverflowError) as error:
            raise RowsRefused(_why(error)) from error
        return
    driver: Any = tx.dialect.loaded_dbapi
    tx.execute(text("SET LOCAL TimeZone = 'UTC'"))
    connection: Any = tx.connection.driver_connection
    try:
        with connection.cursor() as cursor, cursor.copy(f'COPY "{shape.name}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
    except (driver.DataError, driver.IntegrityError) as error:
        raise RowsRefused(_why(error)) from error
    except driver.Error as error:
        raise explain(error, database, connecting=False) or error from error


def settle(tx: Connection) -> None:
    """Let numbers go on behind the highest in use, and PostgreSQL know how much there is in each table."""
    if tx.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        if (column := table.autoincrement_column) is not None:
            _number_on(tx, table.name, column.name)
    tx.execute(text(f"ANALYZE {', '.join(table.name for table in metadata.sorted_tables)}"))


def _number_on(tx: Connection, table: str, column: str) -> None:
    tx.execute(
        text(
            f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), "  # noqa: S608 - names of our own tables
            f"(SELECT coalesce(max({column}), 0) + 1 FROM {table}), false)"
        )
    )


def _why(error: Exception) -> str:
    """The first line of what the driver said, without the values, which later lines hold."""
    return (str(getattr(error, "orig", None) or error).splitlines() or [type(error).__name__])[0][:200]
