"""Former versions of records: their numbers, and how far those of each trial were had."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    moment = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")
    op.add_column(
        "archived_documents",
        sa.Column("version", sa.Integer, comment="the registry's number of a former version; null for a page"),
    )
    op.create_table(
        "backfills",
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("trial_id", sa.Text, nullable=False),
        sa.Column(
            "waiting",
            sa.Text,
            comment="the versions still to be had, the newest first, as JSON; null until these are known",
        ),
        sa.Column("finished_at", moment, comment="null while there is more to ask for"),
        sa.Column("retry_at", moment, comment="when to ask again after a failure; null where there was none"),
        sa.Column("reason", sa.Text, comment="of that failure"),
        sa.PrimaryKeyConstraint("registry", "trial_id", name="backfills_pk"),
        sqlite_with_rowid=False,
    )
