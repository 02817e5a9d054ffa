"""Subscriptions that people ask for themselves: the confirmations that these wait for, and signed links."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    moment = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")
    op.create_table(
        "confirmations",
        sa.Column("subscription_id", sa.Text, nullable=False),
        sa.Column("token_digest", sa.LargeBinary, comment="SHA-256; null once it is used or has lapsed"),
        sa.Column(
            "sealed", sa.LargeBinary, comment="the token, encrypted, for the mail that is to carry it; null as above"
        ),
        sa.Column("network", sa.LargeBinary, nullable=False, comment="of who asked, as a keyed digest"),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("confirmed_at", moment),
        sa.Column(
            "refused", sa.Integer, nullable=False, comment="how often more was asked for since, and nothing was sent"
        ),
        sa.PrimaryKeyConstraint("subscription_id", name="confirmations_pk"),
        sa.UniqueConstraint("token_digest", name="confirmations_token_digest_unique"),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"], name="confirmations_subscriptions_fk"),
        sqlite_with_rowid=False,
    )
    op.create_index("confirmations_by_time", "confirmations", ["asked_at"])
    op.create_table(
        "links",
        sa.Column("subscription_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, comment="of the links that count; 0 where there is no row"),
        sa.Column("left_at", moment, comment="when its subscriber left by such a link, and nobody else ended it"),
        sa.PrimaryKeyConstraint("subscription_id", name="links_pk"),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"], name="links_subscriptions_fk"),
        sqlite_with_rowid=False,
    )
