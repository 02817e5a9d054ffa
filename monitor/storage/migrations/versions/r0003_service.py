"""What the long-running service needs: settlements and holds, searches, sweeps, drift, health, leases."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

moment = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    _settling()
    _searching()
    _serving()


def _settling() -> None:
    op.create_table(
        "holds",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False, comment="of the registry's data"),
        sa.Column("fields", sa.Text, nullable=False, comment="that changed in too many trials at once: JSON"),
        sa.Column("trials", sa.Integer, nullable=False, comment="in which one of them changed"),
        sa.Column("checked", sa.Integer, nullable=False, comment="trials that the pass covered"),
        sa.Column("held_at", moment, nullable=False),
        sa.Column("decision", sa.Text, comment="released or discarded; null until the operator decides"),
        sa.Column("decided_at", moment),
        sa.PrimaryKeyConstraint("id", name="holds_pk"),
    )
    op.create_table(
        "settlements",
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("settlement", sa.Text, nullable=False),
        sa.Column("hold_id", sa.Integer),
        sa.Column("settled_at", moment, comment="null while pending or held"),
        sa.PrimaryKeyConstraint("event_id", name="settlements_pk"),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="settlements_events_fk"),
        sa.ForeignKeyConstraint(["hold_id"], ["holds.id"], name="settlements_holds_fk"),
    )
    op.create_index("settlements_by_registry", "settlements", ["registry", "settlement"])


def _searching() -> None:
    op.create_table(
        "searches",
        sa.Column("watch_id", sa.Integer, nullable=False),
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("sponsor", sa.Text, comment="all four null: every trial of the registry"),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("condition", sa.Text),
        sa.Column("expression", sa.Text),
        sa.Column("listed_version", sa.Text, comment="of the registry's data, up to which its trials are known"),
        sa.Column("listed_in_full_at", moment),
        sa.PrimaryKeyConstraint("watch_id", name="searches_pk"),
        sa.ForeignKeyConstraint(["watch_id"], ["watches.id"], name="searches_watches_fk", ondelete="CASCADE"),
    )
    op.create_table(
        "newcomers",
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column(
            "trial_id", sa.Text, nullable=False, comment="found after its watch was first listed, not checked yet"
        ),
        sa.PrimaryKeyConstraint("registry", "trial_id", name="newcomers_pk"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "leavers",
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("trial_id", sa.Text, nullable=False),
        sa.Column("watch_id", sa.Integer, nullable=False),
        sa.Column("version", sa.Text, nullable=False, comment="at which its search no longer found it"),
        sa.PrimaryKeyConstraint("registry", "trial_id", "watch_id", name="leavers_pk"),
        sa.ForeignKeyConstraint(["watch_id"], ["watches.id"], name="leavers_watches_fk", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sweeps",
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("token", sa.Text, comment="of the page to go on with; null for the first one"),
        sa.Column("started_at", moment, nullable=False),
        sa.Column("seen", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer),
        sa.Column("finished_at", moment),
        sa.PrimaryKeyConstraint("registry", name="sweeps_pk"),
        sqlite_with_rowid=False,
    )


def _serving() -> None:
    op.create_table(
        "drift",
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False, comment="empty for an unknown field"),
        sa.Column("trial_id", sa.Text, nullable=False, comment="an example"),
        sa.Column("first_seen_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("registry", "path", "value", name="drift_pk"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "health",
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("next_check_at", moment, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False, comment="in a row"),
        sa.Column("failing_since", moment),
        sa.Column("reason", sa.Text, comment="of the last failure"),
        sa.Column("told_at", moment, comment="when the operator was told of this outage"),
        sa.PrimaryKeyConstraint("registry", name="health_pk"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("beat", sa.Integer, nullable=False, comment="moves while the holder lives"),
        sa.PrimaryKeyConstraint("name", name="leases_pk"),
        sqlite_with_rowid=False,
    )
