"""Which trials changed when, and how many changes the trials have that a sponsor leads; of what the index has."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"

in_order = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    month = "of the events, in UTC: the beginning of their days"
    op.create_table(
        "lead_counts",
        sa.Column("month", in_order, nullable=False, comment=month),
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("significance", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column(
            "sponsor", sa.Integer, nullable=False, autoincrement=False, comment="the term of who leads the trials now"
        ),
        sa.Column("changes", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("month", "registry", "significance", "topic", "sponsor", name="lead_counts_pk"),
        sqlite_with_rowid=False,
    )
    least = "significance that the change had at least"
    op.create_table(
        "latest_changes",
        sa.Column("trial", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("least", sa.Integer, nullable=False, autoincrement=False, comment=least),
        sa.Column("day", in_order, nullable=False, comment="of the latest event with such a change, in UTC"),
        sa.Column("registry", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("trial", "least", name="latest_changes_pk"),
        sqlite_with_rowid=False,
    )
    for statement in _FILLING:
        op.execute(statement)
    op.create_index("latest_changes_by_day", "latest_changes", ["least", "day", "registry"])


_FILLING = (
    """INSERT INTO lead_counts (month, registry, significance, topic, sponsor, changes)
    SELECT substr(change_index.day, 1, 7), change_index.registry, significance, topic, terms.id, count(*)
    FROM change_index JOIN trial_terms ON trial_terms.trial = change_index.trial
    JOIN terms ON terms.id = trial_terms.term AND terms.kind = 'sponsor'
    GROUP BY substr(change_index.day, 1, 7), change_index.registry, significance, topic, terms.id""",
    """INSERT INTO latest_changes (trial, least, day, registry)
    SELECT trial, least, max(day), max(registry) FROM change_index
    JOIN (SELECT 0 AS least UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3) AS weights
    ON significance >= least
    GROUP BY trial, least""",
)
