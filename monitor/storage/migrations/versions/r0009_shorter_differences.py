"""Nothing changes in the tables, but later snapshots are written in a form that earlier versions cannot read.

They refuse a database of this revision, where they would call its snapshots damaged.
"""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Only the number counts."""
