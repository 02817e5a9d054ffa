"""The table of `monitor.storage.denials`, a part of the schema of `tables`."""

from sqlalchemy import Column, Integer, Table, Text

from monitor.storage.metadata import metadata
from monitor.storage.types import Moment, TextWithoutNul

denials = Table(
    "denials",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("trial_id", Text, primary_key=True, comment="never read, and unknown to its registry"),
    Column("words", TextWithoutNul, nullable=False, comment="that the registry answered"),
    Column("first_at", Moment, nullable=False),
    Column("latest_at", Moment, nullable=False),
    Column("times", Integer, nullable=False, comment="that it was asked, those soon after another left out"),
    Column("ask_at", Moment, nullable=False, comment="when a pass asks again"),
    sqlite_with_rowid=False,
)
