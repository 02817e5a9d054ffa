"""Tables of events that are not told, or not yet, and of those that are held back together."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, text

from monitor.model import Settlement
from monitor.storage.metadata import metadata
from monitor.storage.types import Moment, OneOf, TextWithoutNul

settlements = Table(
    "settlements",
    metadata,
    Column("event_id", ForeignKey("events.id"), primary_key=True),
    Column("registry", Text, nullable=False),
    Column("settlement", OneOf(Settlement), nullable=False),
    Column("hold_id", ForeignKey("holds.id")),
    Column("settled_at", Moment, comment="null while pending or held"),
    Column("builds", Integer, comment="in which nobody looked at the trial; null: one"),
    Column("told_to", Text, comment="while it is being told: the last subscription, by its id, to whose it was owed"),
    Index("settlements_by_registry", "registry", "settlement"),
)
Index(
    "settlements_by_hold",
    settlements.c.hold_id,
    settlements.c.event_id,
    sqlite_where=text("hold_id IS NOT NULL"),
)

Index("settlements_telling", settlements.c.settled_at, sqlite_where=text("settlement = 'telling'"))

holds = Table(
    "holds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("registry", Text, nullable=False),
    Column("version", Text, nullable=False, comment="of the registry's data"),
    Column("fields", Text, nullable=False, comment="that changed in too many trials at once: JSON"),
    Column("trials", Integer, nullable=False, comment="in which one of them changed"),
    Column("checked", Integer, nullable=False, comment="trials that the pass covered"),
    Column("held_at", Moment, nullable=False),
    Column("decision", Text, comment="released or discarded; null until the operator decides"),
    Column("decided_at", Moment),
    Column("decided_by", TextWithoutNul, comment="a user or a token; null: at the command line"),
)

held_events = Table(
    "held_events",
    metadata,
    Column("hold_id", ForeignKey("holds.id"), primary_key=True),
    Column("event_id", ForeignKey("events.id"), primary_key=True),
    Column("is_given_up", Boolean, nullable=False, comment="released, and so damaged that it could not be told"),
    Index("held_events_by_event", "event_id"),
    sqlite_with_rowid=False,
)
