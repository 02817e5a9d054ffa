"""What a feed says of an event: title, what changed as text and as HTML, and an id that stays. Pure.

A title is the mail's headline behind the trial's id. Nothing in it that a reader would obey: no control characters, and
a registry's `<` is a sign like any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import escape

from monitor.model import Change
from monitor.render.values import Line, label, lines
from monitor.render.worddiff import DiffOp
from monitor.text import counted, one_line, plain
from monitor.views.seen_events import SeenEvent
from monitor.web.reading.event_rows import headline
from monitor.web.site.paths import trial_path

MOST_CHANGES = 20
"""Changes that an entry shows."""
_TAGS = {DiffOp.REMOVED: ("<del>", "</del>"), DiffOp.ADDED: ("<ins>", "</ins>"), DiffOp.KEPT: ("", "")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event in a feed."""

    id: str
    """A tag URI (RFC 4151)."""
    url: str
    title: str
    html: str
    """Made of escaped texts."""
    text: str
    seen_at: datetime
    updated_at: datetime
    """The same; or later, where it was held back, and released then."""
    tags: Sequence[str]
    """Its significance, and what it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed, the newest entry first."""

    id: str
    """An address that stays: without a token, without a place where a page begins."""
    title: str
    url: str
    """Of the page that shows the same."""
    own_url: str
    next_url: str | None
    """Of what comes after its last entry; None where there is nothing (RFC 5005)."""
    entries: Sequence[Entry]
    looked_at: datetime
    """When the registries were read last: a feed without entries has that to say."""

    @property
    def updated_at(self) -> datetime:
        """When the newest entry was."""
        return max((entry.updated_at for entry in self.entries), default=self.looked_at)


def entry_of(seen: SeenEvent, public_url: str, host: str) -> Entry:
    """The entry of an event. *host* is that of the public address: with the event's id it makes an id that stays."""
    found = seen.found
    topics = dict.fromkeys(str(change.topic) for change in seen.changes)
    about = " · ".join(one_line(each) for each in (seen.title, seen.sponsor) if each)
    seen_at = seen.seen_at or datetime.fromisoformat(f"{found.day}T00:00:00+00:00")
    return Entry(
        id=f"tag:{host},2026:{found.event_id}",
        url=public_url + trial_path(found.trial_id, "changes", found.snapshot),
        title=f"{found.trial_id}: {_title(seen)}",
        html=_html(seen, about),
        text="\n".join(filter(None, (about, *_sentences(seen)))),
        seen_at=seen_at,
        updated_at=max(seen_at, seen.released_at or seen_at),
        tags=(str(found.significance), *topics),
    )


def _title(seen: SeenEvent) -> str:
    return headline(seen.changes) if seen.changes else f"snapshot {seen.found.snapshot}"


def _sentences(seen: SeenEvent) -> list[str]:
    if seen.error:
        return [f"What changed cannot be read: {one_line(seen.error)}"]
    shown = [one_line(change.summary) for change in seen.changes[:MOST_CHANGES]]
    return [*shown, *_more(seen)]


def _more(seen: SeenEvent) -> list[str]:
    more = len(seen.changes) - MOST_CHANGES
    return [f"And {counted(more, 'more change')}."] if more > 0 else []


def _html(seen: SeenEvent, about: str) -> str:
    parts = [f"<p>{escape(about)}</p>"] if about else []
    if seen.error:
        parts += [f"<p>{escape(each)}</p>" for each in _sentences(seen)]
    elif seen.changes:
        parts.append(f"<ul>{''.join(_item(change) for change in seen.changes[:MOST_CHANGES])}</ul>")
        parts += [f"<p>{escape(each)}</p>" for each in _more(seen)]
    return "".join(parts)


def _item(change: Change) -> str:
    """A change: old and new where it has lines, and the sentence that says the rest."""
    shown = "".join(f"<br>{_line(line)}" for line in lines(change))
    told = f"<b>{escape(label(change))}</b> ({change.significance}): {escape(one_line(change.summary))}"
    return f"<li>{told}{shown}</li>"


def _line(line: Line) -> str:
    before = f"{escape(line.label)}: " if line.label else ""
    if not line.stretches:
        return f"{before}{escape(line.before)} → {escape(line.after)}"
    marked = ((_TAGS[op], escape(plain(text))) for op, text in line.stretches)
    return before + "".join(f"{begin}{text}{end}" for (begin, end), text in marked)
