"""The tables of the index: rows that are derived from records and events, to find and count them by.

Nothing is kept here that is not kept elsewhere: `monitor.watching.indexing` can make all of it anew at any time. A
trial has a number here, so that the many rows about it are short.

    unindexed     trials of which there is something that the index does not have yet
    trial_index   a row a trial: what a list shows of it; without a snapshot, a number and nothing else so far
    terms         sponsors, conditions, countries and phases, each once; watches and registries, as what holds trials
    trial_terms   which trials have them
    trial_words   the words by which a search finds a trial
    change_index  a row a change of every event

What lists count and sort is kept apart, in rows of a few bytes, and is changed with what it is about:

    facets         a registry, a status and phases that trials have together, each once
    listed_trials  a row a trial that lists show: one that was read and is watched
    term_counts    how many listed trials of a facet have a term
    change_counts  how many changes there are of a day, registry, significance and topic
    lead_counts    how many changes of a month the trials have that a sponsor leads
    latest_changes  when a trial changed last, by the least significance that is asked for

Texts that are compared by their beginnings or sorted for pages are in the order of their characters on both stores.
"""

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text, UniqueConstraint, text

from monitor.storage.metadata import metadata
from monitor.storage.types import TextWithoutNul

_SORTED = Text().with_variant(Text(collation="C"), "postgresql")

unindexed = Table(
    "unindexed",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("trial_id", Text, primary_key=True),
    Column("with_events", Boolean, nullable=False, comment="whether its events have no rows yet"),
    sqlite_with_rowid=False,
)

trial_index = Table(
    "trial_index",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("registry", Text, nullable=False),
    Column("trial_id", Text, nullable=False),
    Column("snapshot", Integer, comment="that the row was made from; null: nothing was read yet"),
    Column("state", Text, comment="what the registry says of the trial: listed, removed, merged"),
    Column("title", TextWithoutNul),
    Column("status", Text, comment="code"),
    Column("status_words", TextWithoutNul, comment="the registry's own"),
    Column("sponsor", TextWithoutNul, comment="who leads it"),
    Column("enrollment", Integer),
    Column("enrollment_type", Text),
    Column("start_date", TextWithoutNul),
    Column("start_type", Text),
    Column("primary_completion_date", TextWithoutNul),
    Column("primary_completion_type", Text),
    Column("completion_date", TextWithoutNul),
    Column("completion_type", Text),
    Column("first_start_date", TextWithoutNul, comment="in the earliest record that is kept, as the two after it"),
    Column("first_primary_completion_date", TextWithoutNul),
    Column("first_completion_date", TextWithoutNul),
    Column("updated_on", _SORTED, nullable=False, comment="when its last update was posted; empty: not known"),
    Column("names", TextWithoutNul, nullable=False, comment="JSON: conditions, countries, phases, as they are shown"),
    Column("words", TextWithoutNul, nullable=False, comment="those of trial_words, with spaces between them"),
    UniqueConstraint("registry", "trial_id"),
    Index("trial_index_by_update", "updated_on", "id"),
)

terms = Table(
    "terms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False, comment="sponsor, condition, country or phase"),
    Column("key", _SORTED, nullable=False, comment="folded"),
    Column("shown", TextWithoutNul, nullable=False),
    Column("slug", _SORTED, nullable=False),
    Column("trials", Integer, nullable=False, server_default=text("0"), comment="how many listed ones have it"),
    UniqueConstraint("kind", "key"),
    Index("terms_by_slug", "kind", "slug"),
    Index("terms_by_trials", "kind", "trials"),
)

trial_terms = Table(
    "trial_terms",
    metadata,
    Column("term", Integer, primary_key=True, autoincrement=False),
    Column("trial", Integer, primary_key=True, autoincrement=False),
    Column("slip", Integer, comment="as in trial_dates; of a listed trial, and a term whose trials are sorted by it"),
    Index("trial_terms_by_trial", "trial"),
    sqlite_with_rowid=False,
)
Index(
    "trial_terms_by_slip",
    trial_terms.c.term,
    trial_terms.c.slip,
    trial_terms.c.trial,
    sqlite_where=text("slip IS NOT NULL"),
)

trial_words = Table(
    "trial_words",
    metadata,
    Column("word", _SORTED, primary_key=True),
    Column("trial", Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

change_index = Table(
    "change_index",
    metadata,
    Column("day", _SORTED, primary_key=True, comment="of the event, in UTC"),
    Column("trial", Integer, primary_key=True, autoincrement=False),
    Column("snapshot", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False, comment="among the changes of its event"),
    Column("significance", Integer, nullable=False),
    Column("topic", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("registry", Text, nullable=False, server_default=text("''")),
    Index("change_index_by_trial", "trial", "day", "significance", "topic", "snapshot"),
    sqlite_with_rowid=False,
)

facets = Table(
    "facets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("registry", Text, nullable=False),
    Column("status", Text, nullable=False, comment="code; empty: none"),
    Column("status_words", TextWithoutNul, comment="the registry's own, as they were written first"),
    Column("phases", Text, nullable=False, comment="codes, with spaces between them"),
    UniqueConstraint("registry", "status", "phases"),
)

listed_trials = Table(
    "listed_trials",
    metadata,
    Column("trial", Integer, primary_key=True, autoincrement=False, comment="its number in trial_index"),
    Column("facet", Integer, nullable=False),
    Column("updated_on", _SORTED, nullable=False, comment="as in trial_index"),
    Index("listed_trials_by_update", "updated_on", "trial", "facet"),
    Index("listed_trials_by_facet", "facet", "updated_on"),
    sqlite_with_rowid=False,
)

term_counts = Table(
    "term_counts",
    metadata,
    Column("term", Integer, primary_key=True, autoincrement=False, comment="0: all that are listed"),
    Column("facet", Integer, primary_key=True, autoincrement=False),
    Column("trials", Integer, nullable=False),
    sqlite_with_rowid=False,
)

change_counts = Table(
    "change_counts",
    metadata,
    Column("day", _SORTED, primary_key=True, comment="of the events, in UTC"),
    Column("registry", Text, primary_key=True),
    Column("significance", Integer, primary_key=True, autoincrement=False),
    Column("topic", Text, primary_key=True),
    Column("changes", Integer, nullable=False),
    sqlite_with_rowid=False,
)

lead_counts = Table(
    "lead_counts",
    metadata,
    Column("month", _SORTED, primary_key=True, comment="of the events, in UTC: the beginning of their days"),
    Column("registry", Text, primary_key=True),
    Column("significance", Integer, primary_key=True, autoincrement=False),
    Column("topic", Text, primary_key=True),
    Column("sponsor", Integer, primary_key=True, autoincrement=False, comment="the term of who leads the trials now"),
    Column("changes", Integer, nullable=False),
    sqlite_with_rowid=False,
)

latest_changes = Table(
    "latest_changes",
    metadata,
    Column("trial", Integer, primary_key=True, autoincrement=False),
    Column(
        "least", Integer, primary_key=True, autoincrement=False, comment="significance that the change had at least"
    ),
    Column("day", _SORTED, nullable=False, comment="of the latest event with such a change, in UTC"),
    Column("registry", Text, nullable=False),
    Index("latest_changes_by_day", "least", "day", "registry"),
    sqlite_with_rowid=False,
)
