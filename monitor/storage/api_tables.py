"""The table of `monitor.storage.once`, a part of the schema of `monitor.storage.tables`."""

from sqlalchemy import Column, Index, Integer, Table, Text

from monitor.storage.metadata import metadata
from monitor.storage.types import Bytes, Moment

done_once = Table(
    "done_once",
    metadata,
    Column("whose", Text, primary_key=True, comment="the token, by its id"),
    Column("key", Text, primary_key=True, comment="as the program chose it"),
    Column("request", Bytes, nullable=False, comment="digest of what was asked for"),
    Column("begun_at", Moment, nullable=False),
    Column("status", Integer, comment="of the answer; null: begun, and not known to be done"),
    Column("answer", Bytes, comment="sealed"),
    Index("done_once_by_time", "begun_at"),
    sqlite_with_rowid=False,
)
