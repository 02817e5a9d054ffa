"""How far events have been told that concern very many; PostgreSQL cleans up behind queues before they grow."""

import sqlalchemy as sa
from alembic import op

revision = "0042_from_0039"
down_revision = "0041_from_0039"


def upgrade() -> None:
    comment = "while it is being told: the last subscription, by its id, to whose it was owed"
    op.add_column("settlements", sa.Column("told_to", sa.Text, comment=comment))
    is_told = sa.text("settlement = 'telling'")
    op.create_index(
        "settlements_telling", "settlements", ["settled_at"], sqlite_where=is_told, postgresql_where=is_told
    )
    watched = sa.text("watch_id IS NOT NULL")
    op.create_index(
        "subscriptions_in_order", "subscriptions", ["watch_id", "id"], sqlite_where=watched, postgresql_where=watched
    )
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "ALTER TABLE deliveries SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000)"
        )
        op.execute(
            "ALTER TABLE settlements SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000)"
        )
        op.execute(
            "ALTER TABLE unindexed SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000)"
        )
        op.execute(
            "ALTER TABLE subscriptions SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000)"
        )
        op.execute(
            "ALTER TABLE rhythms SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000)"
        )
