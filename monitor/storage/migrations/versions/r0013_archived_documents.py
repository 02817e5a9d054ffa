"""Documents from before a trial was first fetched: pages that people saved."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    moment = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")
    op.create_table(
        "archived_documents",
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("trial_id", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("taken_on", sa.Text, nullable=False, comment="the day of which it is, before the first snapshot"),
        sa.Column("source", sa.Text, nullable=False, comment="the name of the file that it came from"),
        sa.Column("imported_at", moment, nullable=False),
        sa.Column("size", sa.Integer, nullable=False, comment="bytes of the content before compression"),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("registry", "trial_id", "digest", name="archived_documents_pk"),
    )
