"""Indexes for what operators look at: the events of a hold, and receivers that fail."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    _index("settlements_by_hold", "settlements", ["hold_id", "event_id"], "hold_id IS NOT NULL")
    _index("endpoints_failing", "endpoints", ["failing_since"], "failing_since IS NOT NULL")
    _index("endpoints_disabled", "endpoints", ["disabled_at"], "disabled_at IS NOT NULL")


def _index(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
