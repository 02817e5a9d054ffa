"""The columns of each report, and its rows as cells of them. Pure."""

from collections.abc import Iterator
from datetime import date

from monitor.model import PartialDate
from monitor.views.changes import Seen
from monitor.views.sheets import Cell, Column, Link

CHANGES = (
    Column("Trial", 14),
    Column("Title", 50),
    Column("Lead sponsor", 30),
    Column("Seen (UTC)", 17),
    Column("Posted", 12),
    Column("Significance", 13),
    Column("Topic", 13),
    Column("Kind", 24),
    Column("What changed", 90),
    Column("Not told", 12),
    Column("Snapshot", 9),
    Column("Page", 48),
)


def change_cells(seen: Seen) -> Iterator[tuple[Cell, ...]]:
    """A row a change; one for an event that cannot be read."""
    about = (Link(seen.trial_id, seen.url), seen.title, seen.lead_sponsor, seen.seen_at, day(seen.posted_on))
    told = str(seen.settled.settlement) if seen.settled else None
    behind = (told, seen.snapshot, seen.url)
    if seen.error:
        yield (*about, None, None, None, f"unreadable: {seen.error}", *behind)
    for change in seen.changes:
        yield (*about, str(change.significance), change.topic, change.kind, change.summary, *behind)


def day(text: str | None) -> date | str | None:
    """A day where the text is a whole one; else what it says, for a month has no day."""
    if text is None:
        return None
    written = PartialDate(text)
    return written.earliest if written.precision == "day" else text
