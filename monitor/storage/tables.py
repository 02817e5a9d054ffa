"""The schema, as SQLAlchemy knows it. `migrations` builds the same; a test compares the two on both stores.

Tables of small rows have no row id on SQLite: their primary key is the table, which halves the size and the look-ups.

Partial indexes are declared for SQLite only. Declaring them for PostgreSQL would load that dialect, which takes 60 ms
of every start and is of use to the migrations alone.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from monitor.channels import NAMES
from monitor.model import DeliveryState, Role, State, SubscriptionState
from monitor.storage import (  # noqa: F401 - a part of the schema
    access_tables,
    api_tables,
    archive_tables,
    backfill_tables,
    bounce_tables,
    denial_tables,
    digest_tables,
    group_tables,
    index_tables,
    move_tables,
    opt_in_tables,
    plan_tables,
    question_tables,
    service_tables,
    settling_tables,
    sibling_tables,
    team_tables,
)
from monitor.storage.metadata import metadata as metadata  # those who make the whole schema take it from here
from monitor.storage.types import Bytes, Moment, Name, OneOf, TextWithoutNul

registries = Table(
    "registries",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("version_stamp", Text, nullable=False),
    Column("version_etag", Text),
    Column("checked_at", Moment, nullable=False),
    Column("behind_since", Moment, comment="when answers began to come from older data; null while they do not"),
    Column("in_step_at", Moment, comment="when builds kept step with versions, by trials that are to be verified anew"),
    sqlite_with_rowid=False,
)

left_alone = Table(
    "left_alone",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("address", Text, nullable=False, comment="of the server that asked for it"),
    Column("until", Moment, nullable=False),
    sqlite_with_rowid=False,
)

trials = Table(
    "trials",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("trial_id", Text, primary_key=True),
    Column("state", OneOf(State)),
    Column("merged_into", Text),
    Column("title", TextWithoutNul),
    Column("snapshot", Integer),
    Column("digest", Bytes),
    Column("probe_digest", Bytes),
    Column("build", Text),
    Column("verified_version", Text),
    Column("verified_at", Moment),
    Column("read_in_full_at", Moment),
    Column("misses", Integer, nullable=False),
    Column("first_missed_at", Moment),
    Column("reads_otherwise_on", Text, comment="the day on which the calendar changes what the latest snapshot says"),
    Column("lead_sponsor", TextWithoutNul, comment="folded; null: none, or not read since this column"),
    sqlite_with_rowid=False,
)
Index(
    "trials_by_sponsor",
    trials.c.registry,
    trials.c.lead_sponsor,
    sqlite_where=text("lead_sponsor IS NOT NULL"),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("trial_id", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", OneOf(State), nullable=False),
    Column("digest", Bytes, nullable=False),
    Column("taken_at", Moment, nullable=False),
    Column("registry_version", Text),
    Column("build", Text),
    Column("base", Integer, comment="number of the full copy that body builds on; null: body is full"),
    Column("size", Integer, nullable=False, comment="bytes of the content before compression"),
    Column("body", Bytes, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", Text, primary_key=True, comment="registry/trial/snapshot"),
    Column("registry", Text, nullable=False),
    Column("trial_id", Text, nullable=False),
    Column("snapshot", Integer, nullable=False),
    Column("occurred_at", Moment, nullable=False),
    Column("significance", Integer, nullable=False),
    Column("changes", Bytes, nullable=False, comment="JSON, zstd"),
    Column("trace", Text, comment="of the pass that made it; null of those from before this column, and imported ones"),
    UniqueConstraint("registry", "trial_id", "snapshot"),
    ForeignKeyConstraint(
        ["registry", "trial_id", "snapshot"],
        ["snapshots.registry", "snapshots.trial_id", "snapshots.number"],
        deferrable=True,
        initially="DEFERRED",
    ),
    Index("events_by_time", "occurred_at", "registry", "trial_id", "snapshot"),
)

watches = Table(
    "watches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("origin", Text, nullable=False),
    Column("name", Text),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("name"),
)

watched_trials = Table(
    "watched_trials",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("trial_id", Text, primary_key=True),
    Column("watch_id", ForeignKey("watches.id", ondelete="CASCADE"), primary_key=True),
    Column("added_at", Moment, nullable=False),
    Index("watched_trials_by_watch", "watch_id"),
    sqlite_with_rowid=False,
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("registry", Text, nullable=False),
    Column("trial_id", Text, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("reason", TextWithoutNul, nullable=False),
    Column("size", Integer, nullable=False, comment="bytes that came; raw may hold fewer"),
    Column("raw", Bytes, nullable=False, comment="zstd"),
    Column("latest_at", Moment, nullable=False),
    Column("times", Integer, nullable=False),
    Column("doubt", Text, comment="null where it is no record at all"),
    Column("version", TextWithoutNul, comment="of the registry's data, when it came last"),
    Column("build", Text, comment="that it named when it came first"),
    Column("latest_build", Text),
    Column("digest", Bytes, comment="SHA-256 of what came; null of answers kept before this column"),
    Column("accepted_at", Moment),
    Index("quarantine_by_trial", "registry", "trial_id"),
)

endpoints = Table(
    "endpoints",
    metadata,
    Column("id", Text, primary_key=True, comment="UUID"),
    Column("way", Name("channel", NAMES), nullable=False),
    Column("address_digest", Bytes, nullable=False, comment="SHA-256 of way and address"),
    Column("shown", TextWithoutNul, nullable=False),
    Column("sealed", Bytes, nullable=False, comment="address and secrets: JSON, encrypted"),
    Column("failing_since", Moment),
    Column("disabled_at", Moment),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("address_digest"),
)
Index("endpoints_failing", endpoints.c.failing_since, sqlite_where=text("failing_since IS NOT NULL"))
Index("endpoints_disabled", endpoints.c.disabled_at, sqlite_where=text("disabled_at IS NOT NULL"))

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Text, primary_key=True, comment="UUID"),
    Column("endpoint_id", ForeignKey("endpoints.id"), nullable=False),
    Column("watch_id", ForeignKey("watches.id", ondelete="SET NULL")),
    Column("everything", Boolean, nullable=False),
    Column("topics", Text, nullable=False, comment="JSON"),
    Column("kinds", Text, nullable=False, comment="JSON"),
    Column("min_significance", Integer, nullable=False),
    Column("min_percent", Double),
    Column("min_days", Integer),
    Column("note", TextWithoutNul),
    Column("state", OneOf(SubscriptionState), nullable=False),
    Column("origin", Text, nullable=False),
    Column("name", Text),
    Column("created_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("last_sequence", Integer, nullable=False, comment="of the delivery that was owed last"),
    Column("without", Text, comment="JSON; null: nothing"),
    Column("label", TextWithoutNul, comment="what a person calls it"),
    Column("paused_at", Moment),
    Column("language", Text, comment="of its mails and pages; null: English"),
    Column("paused_until", Moment, comment="when it goes on by itself"),
    UniqueConstraint("name"),
    Index("subscriptions_by_endpoint", "endpoint_id"),
    Index("subscriptions_by_time", "created_at", "id"),
)
Index("subscriptions_resuming", subscriptions.c.paused_until, sqlite_where=text("paused_until IS NOT NULL"))
Index("subscriptions_to_watches", subscriptions.c.watch_id, sqlite_where=text("watch_id IS NOT NULL"))
Index(
    "subscriptions_in_order",
    subscriptions.c.watch_id,
    subscriptions.c.id,
    sqlite_where=text("watch_id IS NOT NULL"),
)
Index("subscriptions_to_everything", subscriptions.c.id, sqlite_where=text("everything = 1"))

subscribed_trials = Table(
    "subscribed_trials",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("trial_id", Text, primary_key=True),
    Column("subscription_id", ForeignKey("subscriptions.id"), primary_key=True),
    Index("subscribed_trials_by_subscription", "subscription_id"),
    sqlite_with_rowid=False,
)

notices = Table(
    "notices",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("registry", Text, nullable=False, comment="empty where it is about none"),
    Column("occurred_at", Moment, nullable=False),
    Column("subject", TextWithoutNul, nullable=False),
    Column("text", TextWithoutNul, nullable=False),
    Index("notices_by_time", "occurred_at"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Text, primary_key=True, comment="UUID, derived from its cause and the subscription"),
    Column("event_id", ForeignKey("events.id"), comment="the cause, or else the notice is"),
    Column("notice_id", ForeignKey("notices.id")),
    Column("subscription_id", ForeignKey("subscriptions.id"), nullable=False),
    Column("registry", Text, nullable=False),
    Column("trial_id", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("standing", OneOf(DeliveryState), nullable=False),
    Column("attempts", Integer, nullable=False, comment="since it was owed or replayed"),
    Column("created_at", Moment, nullable=False),
    Column("owed_at", Moment, nullable=False, comment="created_at, or when it was replayed"),
    Column("next_attempt_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("outcome", TextWithoutNul),
    Column("body", Bytes, comment="zstd; last, so that SQLite reads the others without it"),
    UniqueConstraint("subscription_id", "sequence"),
    Index("deliveries_by_event", "event_id"),
    Index("deliveries_by_age", "created_at"),
)
Index(
    "deliveries_due",
    deliveries.c.next_attempt_at,
    deliveries.c.sequence,
    sqlite_where=text("standing = 'owed'"),
)
Index(
    "deliveries_rejected",
    deliveries.c.finished_at,
    sqlite_where=text("standing = 'rejected'"),
)
Index(
    "deliveries_failing",
    deliveries.c.owed_at,
    sqlite_where=text("standing = 'owed' AND outcome IS NOT NULL"),
)
Index(
    "deliveries_in_order",
    deliveries.c.subscription_id,
    deliveries.c.registry,
    deliveries.c.trial_id,
    deliveries.c.sequence,
    sqlite_where=text("standing = 'owed'"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("delivery_id", ForeignKey("deliveries.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("outcome", TextWithoutNul, nullable=False),
    Column("status", Integer),
    Column("seconds", Double, nullable=False),
    Column("answer", Bytes, nullable=False),
    Index("attempts_by_time", "at"),
)

searches = Table(
    "searches",
    metadata,
    Column("watch_id", ForeignKey("watches.id", ondelete="CASCADE"), primary_key=True),
    Column("registry", Text, nullable=False),
    Column("sponsor", TextWithoutNul, comment="all four null: every trial of the registry"),
    Column("role", OneOf(Role), nullable=False),
    Column("condition", TextWithoutNul),
    Column("expression", TextWithoutNul),
    Column("listed_version", Text, comment="of the registry's data, up to which its trials are known"),
    Column("listed_in_full_at", Moment),
)

newcomers = Table(
    "newcomers",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("trial_id", Text, primary_key=True, comment="found after its watch was first listed, not checked yet"),
    Column("watch_id", Integer, comment="that found it; null where every trial is watched"),
    Column("listed_version", Text, comment="of the registry's data, in which it was not found yet"),
    sqlite_with_rowid=False,
)

leavers = Table(
    "leavers",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("trial_id", Text, primary_key=True),
    Column("watch_id", ForeignKey("watches.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Text, nullable=False, comment="at which its search no longer found it"),
    Column("told", Boolean, comment="whether there is an event that says that it left"),
    sqlite_with_rowid=False,
)

sweeps = Table(
    "sweeps",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("token", Text, comment="of the page to go on with; null for the first one"),
    Column("started_at", Moment, nullable=False),
    Column("seen", Integer, nullable=False),
    Column("total", Integer),
    Column("finished_at", Moment),
    sqlite_with_rowid=False,
)

applied = Table(
    "applied",
    metadata,
    Column("digest", Bytes, primary_key=True, comment="of a configuration, and of rows that stay as they are"),
    sqlite_with_rowid=False,
)

revisions = Table(
    "alembic_version",
    MetaData(naming_convention={"pk": "%(table_name)s_pkc"}),
    Column("version_num", String(32), primary_key=True),
)
"""Alembic's own table, beside those of `metadata`."""
