"""Subscriptions, the newest first."""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_index("subscriptions_by_time", "subscriptions", ["created_at", "id"])
