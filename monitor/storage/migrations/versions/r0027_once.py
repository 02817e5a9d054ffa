"""What programs ask for under a key of their own is done once."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    moment = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")
    op.create_table(
        "done_once",
        sa.Column("whose", sa.Text, nullable=False, comment="the token, by its id"),
        sa.Column("key", sa.Text, nullable=False, comment="as the program chose it"),
        sa.Column("request", sa.LargeBinary, nullable=False, comment="digest of what was asked for"),
        sa.Column("begun_at", moment, nullable=False),
        sa.Column("status", sa.Integer, comment="of the answer; null: begun, and not known to be done"),
        sa.Column("answer", sa.LargeBinary, comment="sealed"),
        sa.PrimaryKeyConstraint("whose", "key", name="done_once_pk"),
        sqlite_with_rowid=False,
    )
    op.create_index("done_once_by_time", "done_once", ["begun_at"])
