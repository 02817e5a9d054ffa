"""The table of how far the former versions of trials were had: see `monitor.storage.backfills`."""

from sqlalchemy import Column, Table, Text

from monitor.storage.metadata import metadata
from monitor.storage.types import Moment, TextWithoutNul

backfills = Table(
    "backfills",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("trial_id", Text, primary_key=True),
    Column(
        "waiting", Text, comment="the versions still to be had, the newest first, as JSON; null until these are known"
    ),
    Column("finished_at", Moment, comment="null while there is more to ask for"),
    Column("retry_at", Moment, comment="when to ask again after a failure; null where there was none"),
    Column("reason", TextWithoutNul, comment="of that failure"),
    sqlite_with_rowid=False,
)
