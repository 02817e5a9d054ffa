"""An event as a row of a list: its headline, and what changed, old and new. What `templates/reading/_event.html` shows.

The headline is the mail's, so that a page, a mail and a feed say the same. Pure.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from monitor.model import Change, Settlement, Significance
from monitor.render.change_rows import ChangeRow, beside_delta, delta_words
from monitor.render.headlines import gist, heading, is_shown_in_words
from monitor.render.values import Line, is_summary_redundant, label, lines, not_shown_yet
from monitor.render.worddiff import DiffOp
from monitor.text import fold_organisation, one_line, shortened, slug
from monitor.views.seen_events import SeenEvent
from monitor.web.site.formats import level
from monitor.web.site.paths import trial_path

MOST_ROWS = 6
"""Changes of one event that a list shows."""
_HEADLINE = 140
_WHY = 200


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What is shown of some changes. It equals itself alone: they hold values that have no hash."""

    headline: str
    rows: Sequence[ChangeRow] = ()
    more: int = 0
    """Changes that are not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One event. Equal rows are shown alike, so that what was made of one is kept by it."""

    anchor: str
    level: str
    path: str
    """Of the page of the event."""
    shown: Shown
    trial_id: str
    trial_path: str
    title: str | None
    sponsor: str | None
    sponsor_path: str
    seen_at: datetime | None
    administrative: int
    told: int | None
    settlement: Settlement | None
    hold: int | None
    """The hold that keeps it."""
    error: str | None


def event_row(seen: SeenEvent) -> EventRow:
    """The row of an event."""
    found, changes = seen.found, seen.changes
    return EventRow(
        anchor=f"{found.trial_id}-{found.snapshot}",
        level=level(found.significance),
        path=trial_path(found.trial_id, "changes", found.snapshot),
        shown=_shown.get(changes) if changes else Shown(f"Snapshot {found.snapshot}"),
        trial_id=found.trial_id,
        trial_path=trial_path(found.trial_id),
        title=one_line(seen.title) if seen.title else None,
        sponsor=one_line(seen.sponsor) if seen.sponsor else None,
        sponsor_path=f"/sponsors/{slug(fold_organisation(seen.sponsor))}" if seen.sponsor else "",
        seen_at=seen.seen_at,
        administrative=seen.administrative,
        told=seen.told,
        settlement=seen.settled.settlement if seen.settled else None,
        hold=seen.settled.hold_id if seen.settled else None,
        error=seen.error,
    )


def _show(changes: tuple[Change, ...]) -> Shown:
    told = headline(changes)
    listed = [change for change in changes if not _is_quoted(change, told)]
    rows = [] if _says_it_all(listed, told) else [change_row(change, beside=told) for change in listed[:MOST_ROWS]]
    return Shown(told, rows, max(len(listed) - MOST_ROWS, 0))


class ShownChanges:
    """What was made last of some changes, by the very objects: they hold values that have no hash.

    An object that is kept here goes on to be there, so that no other one has its identity.
    """

    def __init__(self, show: Callable[[tuple[Change, ...]], Shown], most: int) -> None:
        self._show = show
        self._most = most
        self._kept: OrderedDict[tuple[int, ...], tuple[tuple[Change, ...], Shown]] = OrderedDict()
        self._lock = Lock()

    def get(self, changes: tuple[Change, ...]) -> Shown:
        """What is shown of them."""
        key = tuple(map(id, changes))
        with self._lock:
            if kept := self._kept.get(key):
                self._kept.move_to_end(key)
                return kept[1]
        shown = self._show(changes)
        with self._lock:
            self._kept[key] = changes, shown
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return shown


_shown = ShownChanges(_show, most=1024)


def headline(changes: Sequence[Change]) -> str:
    """The most significant change, as a mail's subject has it."""
    return gist(changes, _HEADLINE)


def change_row(change: Change, *, beside: str = "") -> ChangeRow:
    """The row of a change in a list; what stands *beside* it already is not said once more."""
    shown = lines(change)
    if not shown or is_shown_in_words(change):
        return ChangeRow(change=change, label=label(change), lines=[Line(stretches=((DiffOp.KEPT, heading(change)),))])
    delta = delta_words(change) if len(shown) == 1 else ""
    told = "" if is_summary_redundant(change) else not_shown_yet(change, beside=f"{beside} {delta}")
    sentence = shortened(beside_delta(told, delta), _WHY)
    return ChangeRow(change=change, label=label(change), lines=shown, delta=delta, sentence=sentence)


def _is_quoted(change: Change, told: str) -> bool:
    """Whether it is the reason for stopping that a headline quotes."""
    return change.field == "why_stopped" and isinstance(change.after, str) and f"“{one_line(change.after)}”" in told


def _says_it_all(changes: Sequence[Change], told: str) -> bool:
    """Whether the headline of a single small change leaves nothing to show: both values stand in it."""
    if len(changes) != 1 or changes[0].significance is Significance.CRITICAL:
        return not changes
    shown = lines(changes[0])
    is_plain = len(shown) == 1 and not shown[0].stretches and not shown[0].label
    return is_plain and shown[0].before in told and shown[0].after in told and bool(shown[0].after)
