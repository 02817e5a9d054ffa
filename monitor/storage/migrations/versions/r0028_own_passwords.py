"""Until when a password that was made for a user can be replaced by their own."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    moment = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")
    op.add_column(
        "users", sa.Column("password_until", moment, comment="of one that was made for them; null: it is their own")
    )
