"""By which watch a trial is new, who was told that one left; names of subscriptions, and kinds never told."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column(
        "newcomers",
        sa.Column("watch_id", sa.Integer, comment="that found it; null where every trial is watched"),
    )
    op.add_column(
        "newcomers",
        sa.Column("listed_version", sa.Text, comment="of the registry's data, in which it was not found yet"),
    )
    op.add_column(
        "leavers",
        sa.Column("told", sa.Boolean, comment="whether there is an event that says that it left"),
    )
    op.add_column("subscriptions", sa.Column("without", sa.Text, comment="JSON; null: nothing"))
    op.add_column("subscriptions", sa.Column("label", sa.Text, comment="what a person calls it"))
