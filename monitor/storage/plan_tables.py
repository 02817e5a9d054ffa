"""The tables of how the plans of trials moved, a part of the index: see `monitor.storage.index_tables`."""

from sqlalchemy import Column, Index, Integer, Table, Text, text

from monitor.storage.metadata import metadata
from monitor.storage.types import TextWithoutNul

trial_plans = Table(
    "trial_plans",
    metadata,
    Column("trial", Integer, primary_key=True, autoincrement=False, comment="its number in trial_index"),
    Column("snapshot", Integer, nullable=False, comment="the last one whose changes are in it"),
    Column("pages", Integer, nullable=False, comment="former versions and saved pages that are in it"),
    Column("plan", TextWithoutNul, nullable=False, comment="JSON"),
    sqlite_with_rowid=False,
)

trial_dates = Table(
    "trial_dates",
    metadata,
    Column("trial", Integer, primary_key=True, autoincrement=False, comment="its number in trial_index"),
    Column("slip", Integer, comment="days of the primary completion since it was first seen; null: not known"),
    Column("start_due", Text, comment="the last day that the date allows; null where it is past, void or none"),
    Column("primary_completion_due", Text),
    Column("completion_due", Text),
    sqlite_with_rowid=False,
)
"""Apart from the plans, whose rows are long, so that a thousand of them are read in a moment."""
for _due in (trial_dates.c.start_due, trial_dates.c.primary_completion_due, trial_dates.c.completion_due):
    Index(f"trial_dates_by_{_due.name}", _due, sqlite_where=text(f"{_due.name} IS NOT NULL"))

former_sponsors = Table(
    "former_sponsors",
    metadata,
    Column("slug", Text, primary_key=True),
    Column("trial", Integer, primary_key=True, autoincrement=False, comment="that it led once, and leads no more"),
    Index("former_sponsors_by_trial", "trial"),
    sqlite_with_rowid=False,
)
