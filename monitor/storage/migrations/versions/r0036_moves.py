"""Moves from one database to another: where everything went, or comes from, and how far."""

import sqlalchemy as sa
from alembic import op

from monitor.storage.types import Moment, TextWithoutNul

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    arrives = "whether everything comes here; else it goes from here"
    other = "the address of the other database, without a password"
    op.create_table(
        "moves",
        sa.Column("id", sa.Text, nullable=False, comment="UUID, the same in both databases"),
        sa.Column("arrives", sa.Boolean, nullable=False, comment=arrives),
        sa.Column("other", TextWithoutNul, nullable=False, comment=other),
        sa.Column("begun_at", Moment, nullable=False),
        sa.Column("finished_at", Moment),
        sa.PrimaryKeyConstraint("id", name="moves_pk"),
        sqlite_with_rowid=False,
    )
    last = "the key of the row that came last: JSON; null before the first"
    is_proved = "whether they were read back, and are what they were"
    op.create_table(
        "moved_tables",
        sa.Column("move_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("last", sa.Text, comment=last),
        sa.Column("moved", sa.BigInteger, nullable=False, comment="rows that came"),
        sa.Column("digest", sa.LargeBinary, nullable=False, comment="of those: the sum of their SHA-256"),
        sa.Column("is_proved", sa.Boolean, nullable=False, comment=is_proved),
        sa.PrimaryKeyConstraint("move_id", "name", name="moved_tables_pk"),
        sa.ForeignKeyConstraint(["move_id"], ["moves.id"], name="moved_tables_moves_fk", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "move_remarks",
        sa.Column("move_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False, comment="of the table"),
        sa.Column("key", sa.Text, nullable=False, comment="of the row: JSON"),
        sa.Column("is_left", sa.Boolean, nullable=False, comment="whether it did not come"),
        sa.Column("reason", TextWithoutNul, nullable=False),
        sa.PrimaryKeyConstraint("move_id", "name", "key", name="move_remarks_pk"),
        sa.ForeignKeyConstraint(["move_id"], ["moves.id"], name="move_remarks_moves_fk", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
