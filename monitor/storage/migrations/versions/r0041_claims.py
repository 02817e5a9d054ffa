"""Who holds which claims, so that those of a worker that is gone are due again at once."""

import sqlalchemy as sa
from alembic import op

from monitor.storage.types import Moment

revision = "0041_from_0039"
down_revision = "0040_from_0039"


def upgrade() -> None:
    op.create_table(
        "claims",
        sa.Column("until", Moment, nullable=False, comment="to which the next attempts of its deliveries were moved"),
        sa.Column("holder", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("until", "holder", name="claims_pk"),
        sqlite_with_rowid=False,
    )
