"""The tables of `monitor.storage.moves`, a part of the schema of `tables`. They are about this database.

A move has a row in both databases, and what of it is done has its rows where it goes to.
"""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Table, Text

from monitor.storage.metadata import metadata
from monitor.storage.types import Bytes, Moment, TextWithoutNul

moves = Table(
    "moves",
    metadata,
    Column("id", Text, primary_key=True, comment="UUID, the same in both databases"),
    Column("arrives", Boolean, nullable=False, comment="whether everything comes here; else it goes from here"),
    Column("other", TextWithoutNul, nullable=False, comment="the address of the other database, without a password"),
    Column("begun_at", Moment, nullable=False),
    Column("finished_at", Moment),
    sqlite_with_rowid=False,
)

moved_tables = Table(
    "moved_tables",
    metadata,
    Column("move_id", ForeignKey("moves.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("last", Text, comment="the key of the row that came last: JSON; null before the first"),
    Column("moved", BigInteger, nullable=False, comment="rows that came"),
    Column("digest", Bytes, nullable=False, comment="of those: the sum of their SHA-256"),
    Column("is_proved", Boolean, nullable=False, comment="whether they were read back, and are what they were"),
    sqlite_with_rowid=False,
)

move_remarks = Table(
    "move_remarks",
    metadata,
    Column("move_id", ForeignKey("moves.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True, comment="of the table"),
    Column("key", Text, primary_key=True, comment="of the row: JSON"),
    Column("is_left", Boolean, nullable=False, comment="whether it did not come"),
    Column("reason", TextWithoutNul, nullable=False),
    sqlite_with_rowid=False,
)
