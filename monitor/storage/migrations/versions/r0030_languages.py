"""In which language a subscriber reads."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("language", sa.Text, comment="of its mails and pages; null: English"))
