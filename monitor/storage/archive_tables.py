"""The table of documents from before a trial was first fetched: see `monitor.storage.archived`."""

from sqlalchemy import Column, Integer, Table, Text

from monitor.storage.metadata import metadata
from monitor.storage.types import Bytes, Moment, TextWithoutNul

archived_documents = Table(
    "archived_documents",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("trial_id", Text, primary_key=True),
    Column("digest", Bytes, primary_key=True),
    Column("taken_on", Text, nullable=False, comment="the day of which it is, before the first snapshot"),
    Column("source", TextWithoutNul, nullable=False, comment="the name of the file that it came from"),
    Column("imported_at", Moment, nullable=False),
    Column("size", Integer, nullable=False, comment="bytes of the content before compression"),
    Column("body", Bytes, nullable=False),
    Column("version", Integer, comment="the registry's number of a former version; null for a page"),
)
