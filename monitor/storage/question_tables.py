"""The tables of `monitor.storage.questions` and `monitor.storage.endings`, a part of the schema of `tables`."""

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from monitor.storage.metadata import metadata
from monitor.storage.types import Bytes, Moment

questions = Table(
    "questions",
    metadata,
    Column("subscription_id", ForeignKey("subscriptions.id"), primary_key=True),
    Column("look_at", Moment, nullable=False, comment="when it is next seen whether there is anything to ask"),
    Column("asked_at", Moment, comment="when its subscriber was asked last"),
    Column("answered_at", Moment, comment="when they last said that it is still useful"),
    Column("finished", Bytes, comment="SHA-256 of the trials of which they were told that nothing more is expected"),
    Index("questions_by_time", "look_at"),
    sqlite_with_rowid=False,
)

endings = Table(
    "endings",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("trial_id", Text, primary_key=True),
    Column("look_at", Moment, nullable=False, comment="when it is seen whether anything more is expected of it"),
    Column("after", Text, comment="the last subscription that was looked at; null before the first"),
    Index("endings_by_time", "look_at"),
    sqlite_with_rowid=False,
)
