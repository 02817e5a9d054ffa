"""What the configuration was applied to without changing anything."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "applied",
        sa.Column(
            "digest", sa.LargeBinary, nullable=False, comment="of a configuration, and of rows that stay as they are"
        ),
        sa.PrimaryKeyConstraint("digest", name="applied_pk"),
        sqlite_with_rowid=False,
    )
