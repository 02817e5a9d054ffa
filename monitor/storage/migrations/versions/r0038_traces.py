"""Which pass made an event, as the log calls it."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    comment = "of the pass that made it; null of those from before this column, and imported ones"
    op.add_column("events", sa.Column("trace", sa.Text, comment=comment))
