"""Groups of watches, the subscriptions to them, and teams of subscribers."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    moment = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")
    op.create_table(
        "watch_groups",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="watch_groups_pk"),
        sa.UniqueConstraint("name", name="watch_groups_name_unique"),
    )
    op.create_table(
        "grouped_watches",
        sa.Column("watch_id", sa.Integer, nullable=False),
        sa.Column("group_id", sa.Integer, nullable=False),
        sa.Column("origin", sa.Text, nullable=False, comment="command or config: what put it into the group"),
        sa.PrimaryKeyConstraint("watch_id", "group_id", name="grouped_watches_pk"),
        sa.ForeignKeyConstraint(["watch_id"], ["watches.id"], name="grouped_watches_watches_fk", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["group_id"], ["watch_groups.id"], name="grouped_watches_watch_groups_fk", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("grouped_watches_by_group", "grouped_watches", ["group_id"])
    op.create_table(
        "subscribed_groups",
        sa.Column("subscription_id", sa.Text, nullable=False),
        sa.Column("group_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("subscription_id", name="subscribed_groups_pk"),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"], name="subscribed_groups_subscriptions_fk"),
        sa.ForeignKeyConstraint(
            ["group_id"], ["watch_groups.id"], name="subscribed_groups_watch_groups_fk", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("subscribed_groups_by_group", "subscribed_groups", ["group_id"])
    op.create_table(
        "team_members",
        sa.Column("subscription_id", sa.Text, nullable=False),
        sa.Column("team", sa.Text, nullable=False, comment="what it is called"),
        sa.PrimaryKeyConstraint("subscription_id", name="team_members_pk"),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"], name="team_members_subscriptions_fk"),
        sqlite_with_rowid=False,
    )
    op.create_index("team_members_by_team", "team_members", ["team"])
