"""When each subscription is looked at again, and the trials that may have come to their end."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    moment = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")
    op.create_table(
        "questions",
        sa.Column("subscription_id", sa.Text, nullable=False),
        sa.Column("look_at", moment, nullable=False, comment="when it is next seen whether there is anything to ask"),
        sa.Column("asked_at", moment, comment="when its subscriber was asked last"),
        sa.Column("answered_at", moment, comment="when they last said that it is still useful"),
        sa.Column(
            "finished",
            sa.LargeBinary,
            comment="SHA-256 of the trials of which they were told that nothing more is expected",
        ),
        sa.PrimaryKeyConstraint("subscription_id", name="questions_pk"),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"], name="questions_subscriptions_fk"),
        sqlite_with_rowid=False,
    )
    op.create_index("questions_by_time", "questions", ["look_at"])
    # Long ago, so that each is looked at soon, and put where the year has its turn.
    op.execute("INSERT INTO questions (subscription_id, look_at) SELECT id, created_at FROM subscriptions")
    op.create_table(
        "endings",
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("trial_id", sa.Text, nullable=False),
        sa.Column("look_at", moment, nullable=False, comment="when it is seen whether anything more is expected of it"),
        sa.Column("after", sa.Text, comment="the last subscription that was looked at; null before the first"),
        sa.PrimaryKeyConstraint("registry", "trial_id", name="endings_pk"),
        sqlite_with_rowid=False,
    )
    op.create_index("endings_by_time", "endings", ["look_at"])
