"""Bookkeeping, which nobody is told of by default: verification and update dates, contacts. Pure."""

from collections.abc import Iterator

from monitor.changes.diff.comparison import Comparison
from monitor.changes.diff.pairing import cancel
from monitor.changes.diff.tree import frozen
from monitor.changes.diff.wording import change_sentence
from monitor.changes.fields import FIELDS
from monitor.model import Difference
from monitor.text import fold

_DATES = ("status_verified_date", "last_update_submit_date", "last_update_post_date")


def differences(pair: Comparison) -> Iterator[Difference]:
    """Tell each date that moved, then all contacts at once."""
    for field in _DATES:
        before: str | None = getattr(pair.before, field)
        after: str | None = getattr(pair.after, field)
        if fold(before) != fold(after):
            summary = change_sentence(f"{FIELDS[field].label} date", before, after)
            yield pair.difference(field, before=before, after=after, summary=summary)
    yield from _contacts(pair)


def _contacts(pair: Comparison) -> Iterator[Difference]:
    gone, come = cancel(pair.before.contacts, pair.after.contacts, frozen)
    if gone or come:
        told = [f"{len(items):,} {how}" for items, how in ((come, "added"), (gone, "removed")) if items]
        yield pair.difference("contacts", before=gone, after=come, summary=f"Contacts changed: {', '.join(told)}.")
