"""What lists count and sort, in rows of a few bytes; made of what the index has."""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

in_order = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    _make_tables()
    _add_columns()
    _fill_facets()
    for statement in _FILLING:
        op.execute(statement)


def _make_tables() -> None:
    op.create_table(
        "facets",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False, comment="code; empty: none"),
        sa.Column("status_words", sa.Text, comment="the registry's own, as they were written first"),
        sa.Column("phases", sa.Text, nullable=False, comment="codes, with spaces between them"),
        sa.PrimaryKeyConstraint("id", name="facets_pk"),
        sa.UniqueConstraint("registry", "status", "phases", name="facets_registry_unique"),
    )
    op.create_table(
        "listed_trials",
        sa.Column("trial", sa.Integer, nullable=False, autoincrement=False, comment="its number in trial_index"),
        sa.Column("facet", sa.Integer, nullable=False),
        sa.Column("updated_on", in_order, nullable=False, comment="as in trial_index"),
        sa.PrimaryKeyConstraint("trial", name="listed_trials_pk"),
        sqlite_with_rowid=False,
    )
    op.create_index("listed_trials_by_update", "listed_trials", ["updated_on", "trial", "facet"])
    op.create_index("listed_trials_by_facet", "listed_trials", ["facet", "updated_on"])
    op.create_table(
        "term_counts",
        sa.Column("term", sa.Integer, nullable=False, autoincrement=False, comment="0: all that are listed"),
        sa.Column("facet", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("trials", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("term", "facet", name="term_counts_pk"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "change_counts",
        sa.Column("day", in_order, nullable=False, comment="of the events, in UTC"),
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("significance", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("changes", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("day", "registry", "significance", "topic", name="change_counts_pk"),
        sqlite_with_rowid=False,
    )


def _add_columns() -> None:
    trials = sa.Column(
        "trials", sa.Integer, nullable=False, server_default=sa.text("0"), comment="how many listed ones have it"
    )
    op.add_column("terms", trials)
    op.create_index("terms_by_trials", "terms", ["kind", "trials"])
    slip = sa.Column(
        "slip", sa.Integer, comment="as in trial_dates; of a listed trial, and a term whose trials are sorted by it"
    )
    op.add_column("trial_terms", slip)
    op.add_column("change_index", sa.Column("registry", sa.Text, nullable=False, server_default=sa.text("''")))
    slipped = sa.text("slip IS NOT NULL")
    op.create_index(
        "trial_terms_by_slip", "trial_terms", ["term", "slip", "trial"], sqlite_where=slipped, postgresql_where=slipped
    )
    for name in ("start_due", "primary_completion_due", "completion_due"):
        is_due = sa.text(f"{name} IS NOT NULL")
        op.create_index(f"trial_dates_by_{name}", "trial_dates", [name], sqlite_where=is_due, postgresql_where=is_due)


_LISTED = sa.text(
    """SELECT id, registry, status, status_words, updated_on, names FROM trial_index
    WHERE id > :last AND snapshot IS NOT NULL AND (
        EXISTS (SELECT 1 FROM watched_trials
            WHERE watched_trials.registry = trial_index.registry AND watched_trials.trial_id = trial_index.trial_id)
        OR registry IN (SELECT registry FROM searches
            WHERE sponsor IS NULL AND condition IS NULL AND expression IS NULL))
    ORDER BY id LIMIT 5000"""
)


def _fill_facets() -> None:
    """The trials that lists show, and their facets: of the phases, the row of a trial has a JSON text."""
    tx = op.get_bind()
    ids: dict[tuple[str, str, str], int] = {}
    facets: list[dict[str, Any]] = []
    for rows in _trials(tx):
        listed = []
        for row in rows:
            key = (row.registry, row.status or "", _phases(row.names))
            if key not in ids:
                ids[key] = len(ids) + 1
                values = zip(("registry", "status", "phases"), key, strict=True)
                facets.append({"id": ids[key], "status_words": row.status_words, **dict(values)})
            listed.append({"trial": row.id, "facet": ids[key], "updated_on": row.updated_on})
        tx.execute(sa.text("INSERT INTO listed_trials VALUES (:trial, :facet, :updated_on)"), listed)
    if facets:  # in this order: the numbers are those that the database gives
        statement = sa.text(
            "INSERT INTO facets (registry, status, status_words, phases)"
            " VALUES (:registry, :status, :status_words, :phases)"
        )
        tx.execute(statement, facets)


def _trials(tx: sa.Connection) -> Iterator[list[Any]]:
    last = -1
    while rows := tx.execute(_LISTED, {"last": last}).all():
        yield list(rows)
        last = rows[-1].id


def _phases(names: str) -> str:
    try:
        return " ".join(sorted({str(code) for code, _ in json.loads(names).get("phases", ())}))
    except (AttributeError, TypeError, ValueError):
        return ""


_FILLING = (
    """INSERT INTO terms (kind, key, shown, slug)
    SELECT 'watch', CAST(id AS TEXT), CAST(id AS TEXT), CAST(id AS TEXT) FROM watches""",
    """INSERT INTO terms (kind, key, shown, slug)
    SELECT DISTINCT 'registry', registry, registry, registry FROM trial_index""",
    """INSERT INTO trial_terms (term, trial) SELECT terms.id, trial_index.id FROM watched_trials
    JOIN trial_index ON trial_index.registry = watched_trials.registry
    AND trial_index.trial_id = watched_trials.trial_id
    JOIN terms ON terms.kind = 'watch' AND terms.key = CAST(watched_trials.watch_id AS TEXT)""",
    """INSERT INTO trial_terms (term, trial) SELECT terms.id, trial_index.id FROM trial_index
    JOIN terms ON terms.kind = 'registry' AND terms.key = trial_index.registry""",
    """UPDATE trial_terms SET slip = (SELECT slip FROM trial_dates WHERE trial_dates.trial = trial_terms.trial)
    WHERE EXISTS (SELECT 1 FROM terms
        WHERE terms.id = trial_terms.term AND kind IN ('sponsor', 'condition', 'watch', 'registry'))
    AND EXISTS (SELECT 1 FROM listed_trials WHERE listed_trials.trial = trial_terms.trial)""",
    "INSERT INTO term_counts (term, facet, trials) SELECT 0, facet, count(*) FROM listed_trials GROUP BY facet",
    """INSERT INTO term_counts (term, facet, trials) SELECT trial_terms.term, listed_trials.facet, count(*)
    FROM trial_terms JOIN listed_trials ON listed_trials.trial = trial_terms.trial
    GROUP BY trial_terms.term, listed_trials.facet""",
    """UPDATE terms SET trials =
    (SELECT coalesce(sum(term_counts.trials), 0) FROM term_counts WHERE term_counts.term = terms.id)""",
    """UPDATE change_index SET registry =
    (SELECT trial_index.registry FROM trial_index WHERE trial_index.id = change_index.trial)""",
    """INSERT INTO change_counts (day, registry, significance, topic, changes)
    SELECT day, registry, significance, topic, count(*) FROM change_index
    GROUP BY day, registry, significance, topic""",
)
