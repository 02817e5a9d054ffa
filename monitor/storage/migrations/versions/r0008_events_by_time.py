"""What changed across all trials, the newest first, without reading all events."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_index("events_by_time", "events", ["occurred_at", "registry", "trial_id", "snapshot"])
