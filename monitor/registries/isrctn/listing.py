"""Read all that a query finds, though the registry has no pages: by windows of the time of the last edit.

the query since a moment  --more are found than come at once-->  up to the middle one's edit, and since that
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from monitor.errors import AnswerUnreadable
from monitor.model.stamps import built_at
from monitor.registries.isrctn.client import REMEDY, Client
from monitor.registries.isrctn.documents import last_update_of
from monitor.registries.isrctn.ids import KEY
from monitor.registries.isrctn.markup import Element

AT_ONCE = 500
"""Records of an answer: some 20 MB at most."""
MOST_WINDOWS = 200
BEGINNING = datetime(1990, 1, 1, tzinfo=UTC)
"""Before any record of the registry was edited."""


def read_all(client: Client, query: str, since: datetime) -> Iterator[list[Element]]:
    """The records that a query finds and that were edited since, in as few answers as they need.

    *query* narrows it down further; empty for all of them. One record may come twice. Raise AnswerUnreadable where they
    cannot be told apart by their edits.
    """
    windows: list[tuple[datetime, datetime | None]] = [(since, None)]
    asked = 0
    while windows:
        begin, end = windows.pop()
        if (asked := asked + 1) > MOST_WINDOWS:
            raise AnswerUnreadable(f"{KEY} finds more trials than can be listed in {MOST_WINDOWS} requests")
        total, records = client.query(_wording(query, begin, end), limit=AT_ONCE)
        if total <= AT_ONCE:
            yield records
            continue
        middle = _middle(records, begin, end)
        windows += [(middle, end), (begin, middle)]


def moment_of(record: Element) -> datetime | None:
    """When a record says that it was edited last; None where it says nothing that can be read."""
    text = last_update_of(record) or ""
    return built_at(text) if len(text) <= 40 else None


def _wording(query: str, begin: datetime, end: datetime | None) -> str:
    edited = f"lastEdited GE {_written(begin)}" + (f" AND lastEdited LT {_written(end)}" if end else "")
    return f"{query} AND {edited}" if query else edited


def _written(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"


def _middle(records: list[Element], begin: datetime, end: datetime | None) -> datetime:
    """A moment between the ends of a window, with about as many of its trials before as after it."""
    edits = sorted(
        edit.replace(microsecond=0)
        for record in records
        if (edit := moment_of(record)) and begin + timedelta(seconds=1) <= edit and (end is None or edit < end)
    )
    if not edits or (middle := edits[len(edits) // 2]) <= begin:
        raise AnswerUnreadable(f"{KEY} finds too many trials of one moment to list them; {REMEDY}")
    return middle
