"""What it takes to accept an answer that was not believed; since when a registry answers from old data."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

moment = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")

ADDED = (
    ("latest_at", moment, None),
    ("times", sa.Integer, None),
    ("doubt", sa.Text, "null where it is no record at all"),
    ("version", sa.Text, "of the registry's data, when it came last"),
    ("build", sa.Text, "that it named when it came first"),
    ("latest_build", sa.Text, None),
    ("digest", sa.LargeBinary, "SHA-256 of what came; null of answers kept before this column"),
    ("accepted_at", moment, None),
)
FILLED = ("latest_at", "times")
BEHIND = ("behind_since", moment, "when answers began to come from older data; null while they do not")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _write_anew()
        _write_registries_anew()
    else:
        _add_columns()


def _add_columns() -> None:
    for name, kind, comment in ADDED:
        op.add_column("quarantine", sa.Column(name, kind, comment=comment))
    name, kind, comment = BEHIND
    op.add_column("registries", sa.Column(name, kind, comment=comment))
    op.execute("UPDATE quarantine SET latest_at = received_at, times = 1")
    for name in FILLED:
        op.alter_column("quarantine", name, nullable=False)


def _write_anew() -> None:
    """SQLite adds a column behind the table's constraints: the same table would be written in another way."""
    op.drop_index("quarantine_by_trial", "quarantine")
    op.rename_table("quarantine", "quarantine_before")
    op.create_table(
        "quarantine",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("trial_id", sa.Text, nullable=False),
        sa.Column("received_at", moment, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        *(sa.Column(name, kind, nullable=name not in FILLED) for name, kind, _ in ADDED),
        sa.PrimaryKeyConstraint("id", name="quarantine_pk"),
    )
    op.create_index("quarantine_by_trial", "quarantine", ["registry", "trial_id"])
    op.execute(
        "INSERT INTO quarantine (id, registry, trial_id, received_at, reason, size, raw, latest_at, times) "
        "SELECT id, registry, trial_id, received_at, reason, size, raw, received_at, 1 FROM quarantine_before"
    )
    op.drop_table("quarantine_before")


def _write_registries_anew() -> None:
    op.rename_table("registries", "registries_before")
    op.create_table(
        "registries",
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("version_stamp", sa.Text, nullable=False),
        sa.Column("version_etag", sa.Text),
        sa.Column("checked_at", moment, nullable=False),
        sa.Column(BEHIND[0], BEHIND[1]),
        sa.PrimaryKeyConstraint("registry", name="registries_pk"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO registries (registry, version_stamp, version_etag, checked_at) "
        "SELECT registry, version_stamp, version_etag, checked_at FROM registries_before"
    )
    op.drop_table("registries_before")
