"""The columns of each report, and its rows as cells of them. Pure."""

from collections.abc import Iterator
from datetime import date

from monitor.model import Enrollment, PartialDate
from monitor.render.words import code_label
from monitor.text import stamp
from monitor.views.changes import TrialChanges
from monitor.views.sheets import Cell, Column, Link
from monitor.views.status import StatusRow

CHANGES = (
    Column("Trial", 14),
    Column("Title", 50),
    Column("Lead sponsor", 30),
    Column("Seen (UTC)", 17),
    Column("Posted", 12),
    Column("Significance", 13),
    Column("Topic", 13),
    Column("Kind", 24),
    Column("Timing", 24),
    Column("What changed", 90),
    Column("Not told", 12),
    Column("Snapshot", 9),
    Column("Page", 48),
)


def change_cells(seen: TrialChanges) -> Iterator[tuple[Cell, ...]]:
    """A row a change; one for an event that cannot be read."""
    about = (Link(seen.trial_id, seen.url), seen.title, seen.lead_sponsor, seen.seen_at, day(seen.posted_on))
    told = "imported" if seen.imported_from else str(seen.settled.settlement) if seen.settled else None
    behind = (told, seen.snapshot, seen.url)
    if seen.error:
        yield (*about, None, None, None, None, f"unreadable: {seen.error}", *behind)
    for change in seen.changes:
        timing = str(change.timing) if change.timing else None
        yield (*about, str(change.significance), change.topic, change.kind, timing, change.summary, *behind)


def day(text: str | None) -> date | str | None:
    """A day where the text is a whole one; else what it says, for a month has no day."""
    if text is None:
        return None
    written = PartialDate(text)
    return written.earliest if written.precision == "day" else text


STATUS = (
    Column("Trial", 14),
    Column("Title", 50),
    Column("Status", 22),
    Column("Why stopped", 40),
    Column("Phase", 16),
    Column("Enrollment", 11),
    Column("Enrollment type", 15),
    Column("Start", 12),
    Column("Start type", 11),
    Column("Primary completion", 18),
    Column("Primary completion type", 22),
    Column("Completion", 12),
    Column("Completion type", 15),
    Column("Lead sponsor", 30),
    Column("Last change seen (UTC)", 22),
    Column("Last change", 80),
    Column("Not told", 12),
    Column("As of", 18),
    Column("Troubles", 40),
    Column("Page", 48),
)


def status_cells(row: StatusRow) -> tuple[Cell, ...]:
    """A row."""
    enrollment, last = row.enrollment, row.last
    return (
        Link(row.trial_id, row.url),
        row.title,
        str(row.overall_status) if row.overall_status else None,
        row.why_stopped,
        "/".join(map(str, row.phases)),
        enrollment.known if enrollment else None,
        _type(enrollment),
        *(cell for each in (row.start_date, row.primary_completion_date, row.completion_date) for cell in _date(each)),
        row.lead_sponsor.name if row.lead_sponsor else None,
        last.seen_at if last else None,
        last.summary if last else None,
        str(last.settled.settlement) if last and last.settled else None,
        stamp(row.as_of) if row.as_of else None,
        "; ".join(row.troubles),
        row.url,
    )


def _date(written: PartialDate | None) -> tuple[Cell, Cell]:
    return (day(written.text), _type(written)) if written else (None, None)


def _type(typed: PartialDate | Enrollment | None) -> str | None:
    return code_label(typed.type).lower() if typed and typed.type else None
