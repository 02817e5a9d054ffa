"""Which events each hold held, and who decided.

Of a hold that was released before, that is not known: an event that was told had no row.
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.add_column("holds", sa.Column("decided_by", sa.Text, comment="a user or a token; null: at the command line"))
    op.create_table(
        "held_events",
        sa.Column("hold_id", sa.Integer, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column(
            "is_given_up", sa.Boolean, nullable=False, comment="released, and so damaged that it could not be told"
        ),
        sa.PrimaryKeyConstraint("hold_id", "event_id", name="held_events_pk"),
        sa.ForeignKeyConstraint(["hold_id"], ["holds.id"], name="held_events_holds_fk"),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="held_events_events_fk"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO held_events (hold_id, event_id, is_given_up) "
        "SELECT hold_id, event_id, FALSE FROM settlements WHERE hold_id IS NOT NULL AND settlement <> 'waiting'"
    )
