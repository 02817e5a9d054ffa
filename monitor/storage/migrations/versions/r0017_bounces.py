"""Mails that came back, and complaints: what was reported of deliveries, and what it did to subscriptions."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    moment = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")
    op.create_table(
        "bounces",
        sa.Column("digest", sa.LargeBinary, nullable=False, comment="SHA-256 of the mail that reports it"),
        sa.Column("delivery_id", sa.Text, comment="null once it is forgotten"),
        sa.Column("endpoint_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("status", sa.Text, comment="RFC 3463, such as 5.1.1"),
        sa.Column("diagnostic", sa.Text, nullable=False),
        sa.Column("read_at", moment, nullable=False),
        sa.Column("effect", sa.Text, comment="what it did; null: nothing"),
        sa.PrimaryKeyConstraint("digest", name="bounces_pk"),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name="bounces_deliveries_fk"),
        sa.ForeignKeyConstraint(["endpoint_id"], ["endpoints.id"], name="bounces_endpoints_fk"),
        sqlite_with_rowid=False,
    )
    op.create_index("bounces_by_delivery", "bounces", ["delivery_id"])
    op.create_index("bounces_by_endpoint", "bounces", ["endpoint_id", "read_at"])
    op.create_index("bounces_by_time", "bounces", ["read_at"])
    op.create_table(
        "bounced_subscriptions",
        sa.Column("subscription_id", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False, comment="of what ended, paused or disabled it"),
        sa.PrimaryKeyConstraint("subscription_id", name="bounced_subscriptions_pk"),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscriptions.id"], name="bounced_subscriptions_subscriptions_fk"
        ),
        sa.ForeignKeyConstraint(["digest"], ["bounces.digest"], name="bounced_subscriptions_bounces_fk"),
        sqlite_with_rowid=False,
    )
