"""Digests: the rhythms of subscriptions, the events that wait, and what tells them; since when one is paused."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

moment = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("paused_at", moment))
    op.create_table(
        "rhythms",
        sa.Column("subscription_id", sa.Text, nullable=False),
        sa.Column("every", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False, comment="08:00, local time"),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("quiet_hours", sa.Text, comment="22:00-07:00, local times"),
        sa.Column("breaks_through", sa.Boolean, nullable=False),
        sa.Column("all_quiet", sa.Boolean, nullable=False),
        sa.Column("digest_at", moment, comment="when the next digest is due; null while there is nothing to tell"),
        sa.Column("period", sa.Text, comment="what that one is called, where the rhythm does not say so"),
        sa.Column("told_until", moment, comment="the end of the digest before it"),
        sa.PrimaryKeyConstraint("subscription_id", name="rhythms_pk"),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"], name="rhythms_subscriptions_fk"),
        sqlite_with_rowid=False,
    )
    waits = sa.text("digest_at IS NOT NULL")
    op.create_index("rhythms_due", "rhythms", ["digest_at"], sqlite_where=waits, postgresql_where=waits)
    op.create_table(
        "gathered",
        sa.Column("subscription_id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("digest", sa.Integer, comment="the sequence of the delivery that tells it; null while it waits"),
        sa.PrimaryKeyConstraint("subscription_id", "event_id", name="gathered_pk"),
        sa.ForeignKeyConstraint(
            ["subscription_id", "digest"],
            ["deliveries.subscription_id", "deliveries.sequence"],
            name="gathered_deliveries_fk",
        ),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"], name="gathered_subscriptions_fk"),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="gathered_events_fk"),
        sqlite_with_rowid=False,
    )
    op.create_index("gathered_by_digest", "gathered", ["subscription_id", "digest"])
    op.create_index("gathered_by_event", "gathered", ["event_id"])
    op.create_table(
        "digests",
        sa.Column("delivery_id", sa.Text, nullable=False),
        sa.Column(
            "cause", sa.Text, nullable=False, comment="digest/ and the local date, or the moment, on which it ends"
        ),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("zone", sa.Text, nullable=False, comment="of the subscriber"),
        sa.Column("began_at", moment),
        sa.Column("ended_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", name="digests_pk"),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name="digests_deliveries_fk"),
        sqlite_with_rowid=False,
    )
