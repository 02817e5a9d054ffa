"""Until when a subscription is paused, where it goes on by itself."""

import sqlalchemy as sa
from alembic import op

from monitor.storage.types import Moment

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("paused_until", Moment, comment="when it goes on by itself"))
    is_there = sa.text("paused_until IS NOT NULL")
    op.create_index(
        "subscriptions_resuming", "subscriptions", ["paused_until"], sqlite_where=is_there, postgresql_where=is_there
    )
