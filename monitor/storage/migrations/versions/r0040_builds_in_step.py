"""When the builds of a registry's answers kept step with its versions, where no trial shows it any more.

And an index by which is found when an event was released.
"""

import sqlalchemy as sa
from alembic import op

from monitor.storage.types import Moment

revision = "0040_from_0039"
down_revision = "0039"


def upgrade() -> None:
    words = "when builds kept step with versions, by trials that are to be verified anew"
    op.add_column("registries", sa.Column("in_step_at", Moment, comment=words))
    op.create_index("held_events_by_event", "held_events", ["event_id"])
