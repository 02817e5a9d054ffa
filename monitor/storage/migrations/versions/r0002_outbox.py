"""Endpoints, subscriptions, notices, deliveries and attempts."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

moment = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")
owed = sa.text("standing = 'owed'")
rejected = sa.text("standing = 'rejected'")


def upgrade() -> None:
    _subscriptions()
    _deliveries()


def _subscriptions() -> None:
    op.create_table(
        "endpoints",
        sa.Column("id", sa.Text, nullable=False, comment="UUID"),
        sa.Column("way", sa.Text, nullable=False),
        sa.Column("address_digest", sa.LargeBinary, nullable=False, comment="SHA-256 of way and address"),
        sa.Column("shown", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False, comment="address and secrets: JSON, encrypted"),
        sa.Column("failing_since", moment),
        sa.Column("disabled_at", moment),
        sa.Column("created_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="endpoints_pk"),
        sa.UniqueConstraint("address_digest", name="endpoints_address_digest_unique"),
    )
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Text, nullable=False, comment="UUID"),
        sa.Column("endpoint_id", sa.Text, nullable=False),
        sa.Column("watch_id", sa.Integer),
        sa.Column("everything", sa.Boolean, nullable=False),
        sa.Column("topics", sa.Text, nullable=False, comment="JSON"),
        sa.Column("kinds", sa.Text, nullable=False, comment="JSON"),
        sa.Column("min_significance", sa.Integer, nullable=False),
        sa.Column("min_percent", sa.Double),
        sa.Column("min_days", sa.Integer),
        sa.Column("note", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("ended_at", moment),
        sa.Column("last_sequence", sa.Integer, nullable=False, comment="of the delivery that was owed last"),
        sa.PrimaryKeyConstraint("id", name="subscriptions_pk"),
        sa.UniqueConstraint("name", name="subscriptions_name_unique"),
        sa.ForeignKeyConstraint(["endpoint_id"], ["endpoints.id"], name="subscriptions_endpoints_fk"),
        sa.ForeignKeyConstraint(["watch_id"], ["watches.id"], name="subscriptions_watches_fk", ondelete="SET NULL"),
    )
    op.create_index("subscriptions_by_endpoint", "subscriptions", ["endpoint_id"])
    watched = sa.text("watch_id IS NOT NULL")
    op.create_index(
        "subscriptions_to_watches", "subscriptions", ["watch_id"], sqlite_where=watched, postgresql_where=watched
    )
    op.create_index(
        "subscriptions_to_everything",
        "subscriptions",
        ["id"],
        sqlite_where=sa.text("everything = 1"),
        postgresql_where=sa.text("everything"),
    )
    op.create_table(
        "subscribed_trials",
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("trial_id", sa.Text, nullable=False),
        sa.Column("subscription_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("registry", "trial_id", "subscription_id", name="subscribed_trials_pk"),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"], name="subscribed_trials_subscriptions_fk"),
        sqlite_with_rowid=False,
    )
    op.create_index("subscribed_trials_by_subscription", "subscribed_trials", ["subscription_id"])


def _deliveries() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("registry", sa.Text, nullable=False, comment="empty where it is about none"),
        sa.Column("occurred_at", moment, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="notices_pk"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Text, nullable=False, comment="UUID, derived from its cause and the subscription"),
        sa.Column("event_id", sa.Text, comment="the cause, or else the notice is"),
        sa.Column("notice_id", sa.Text),
        sa.Column("subscription_id", sa.Text, nullable=False),
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("trial_id", sa.Text, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("standing", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, comment="since it was owed or replayed"),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("owed_at", moment, nullable=False, comment="created_at, or when it was replayed"),
        sa.Column("next_attempt_at", moment, nullable=False),
        sa.Column("finished_at", moment),
        sa.Column("outcome", sa.Text),
        sa.Column("body", sa.LargeBinary, comment="zstd; last, so that SQLite reads the others without it"),
        sa.PrimaryKeyConstraint("id", name="deliveries_pk"),
        sa.UniqueConstraint("subscription_id", "sequence", name="deliveries_subscription_id_unique"),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="deliveries_events_fk"),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name="deliveries_notices_fk"),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"], name="deliveries_subscriptions_fk"),
    )
    op.create_index("deliveries_by_event", "deliveries", ["event_id"])
    op.create_index("deliveries_by_age", "deliveries", ["created_at"])
    op.create_index(
        "deliveries_due", "deliveries", ["next_attempt_at", "sequence"], sqlite_where=owed, postgresql_where=owed
    )
    op.create_index(
        "deliveries_in_order",
        "deliveries",
        ["subscription_id", "registry", "trial_id", "sequence"],
        sqlite_where=owed,
        postgresql_where=owed,
    )
    op.create_index(
        "deliveries_rejected", "deliveries", ["finished_at"], sqlite_where=rejected, postgresql_where=rejected
    )
    op.create_table(
        "attempts",
        sa.Column("delivery_id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("answer", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", "number", name="attempts_pk"),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name="attempts_deliveries_fk"),
    )
    op.create_index("attempts_by_time", "attempts", ["at"])
