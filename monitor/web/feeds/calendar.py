"""The key dates of trials as an iCalendar (RFC 5545, RFC 7986), which calendar programs fetch again and again. Pure.

An event is one date of one trial: an all-day event that blocks nobody's time. Of a date that a registry gives without
a day, the summary says the month or the year alone, and the event stands on the last day of that. One that spans the
whole month would be a bar over every day of it in Thunderbird, Google Calendar and Outlook, above the reader's own
appointments; on the first day it would come due too early. On the last day, what was registered has to have happened.

    UID             of registry, trial and field alone, so that a date that moved is the same event, moved
    SEQUENCE        how often the date moved, or was called off or on again, since the trial was first seen
    LAST-MODIFIED   when the last of these was seen; DTSTAMP is the same, as RFC 5545 has it without a METHOD
    STATUS          CONFIRMED where the date has happened, CANCELLED where the trial ended without, else TENTATIVE

So the same plans are the same bytes. The lines are written here and not by a library, because a thousand trials are
three thousand events: icalendar takes 0.6 s of processor time for these. The tests read them with it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

from monitor.changes.fields import FIELDS
from monitor.changes.plans import KEY_DATES, Plan, Step, last_day
from monitor.changes.sentences import STOPPED_EARLY
from monitor.model import Json, PartialDate
from monitor.render.words import code_label
from monitor.text import counted, one_line, safe_cut

TYPE = "text/calendar; charset=utf-8"
MOST_EVENTS = 3_000
"""Calendar programs give up on files of several megabytes: of more dates, those that are past are left out first."""

_NAMES_A_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_REFRESHED = "PT6H"
_LONGEST_LINE = 75
"""Octets, the line break not counted."""
_LONGEST_TITLE = 160
_NAMESPACE = UUID("6f0f4f3c-5b0e-5d53-9a6b-6f2b6f1d2c11")
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_WITHOUT_DATES = (
    "BEGIN:VTIMEZONE",
    "TZID:UTC",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0000",
    "TZOFFSETTO:+0000",
    "END:STANDARD",
    "END:VTIMEZONE",
)
"""What a calendar holds that has no event: RFC 5545 asks for one component at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarTrial:
    """A trial whose key dates go into a calendar."""

    registry: str
    trial_id: str
    title: str | None
    plan: Plan
    is_listed: bool = True
    """Whether the registry still lists it under this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _KeyDate:
    trial: CalendarTrial
    field: str
    day: date
    written: PartialDate
    is_called_off: bool
    sequence: int
    modified_at: datetime


def calendar(
    name: str,
    trials: Sequence[CalendarTrial],
    *,
    public_url: str,
    since: date | None = None,
    coming: date = date.min,
) -> bytes:
    """The calendar of that name, without what lies before *since*, where that is given.

    Where there are too many dates, it has those first that are *coming* from that day on.
    """
    every = [each for trial in trials for each in _key_dates(trial) if since is None or each.day >= since]
    every.sort(key=_order)
    later, earlier = [each for each in every if each.day >= coming], [each for each in every if each.day < coming]
    dates = sorted([*later, *reversed(earlier)][:MOST_EVENTS], key=_order)
    shown = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//registry-monitor//key dates//EN",
        "CALSCALE:GREGORIAN",
        _text("NAME", name),
        _text("X-WR-CALNAME", name),
        f"REFRESH-INTERVAL;VALUE=DURATION:{_REFRESHED}",
        f"X-PUBLISHED-TTL:{_REFRESHED}",
    ]
    if said := _left_out(len(dates), len(every) - len(dates), sum(map(_unplaced, trials))):
        shown.append(_text("X-WR-CALDESC", said))
    for each in dates:
        shown += _event(each, public_url.rstrip("/"))
    shown += [] if dates else _WITHOUT_DATES
    shown.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in shown).encode()


def _left_out(shown: int, more: int, unplaced: int) -> str:
    """What a calendar does not have; empty where it has everything."""
    said = []
    if more:
        said.append(f"These are {shown:,} dates; {counted(more, 'other')} {'is' if more == 1 else 'are'} left out.")
    if unplaced:
        said.append(f"Left out: {counted(unplaced, 'date')} that no calendar can hold.")
    return " ".join(said)


def _unplaced(trial: CalendarTrial) -> int:
    """How many of a trial's key dates are written, and stand on no day that a calendar can hold."""
    return sum(1 for field in KEY_DATES if (written := trial.plan.date(field)) and last_day(written) is None)


def _order(each: _KeyDate) -> tuple[date, str, str, str]:
    return each.day, each.trial.registry, each.trial.trial_id, each.field


def _key_dates(trial: CalendarTrial) -> Iterator[_KeyDate]:
    for field in KEY_DATES:
        written = trial.plan.date(field)
        day = last_day(written) if written else None
        if written is None or day is None:
            continue
        moves = trial.plan.steps[field]
        ends = list(_ends(trial.plan.steps.get("overall_status", ())))
        is_over = not trial.is_listed or bool(ends and ends[-1][1])
        yield _KeyDate(
            trial=trial,
            field=field,
            day=day,
            written=written,
            is_called_off=is_over and written.type != "ACTUAL",
            sequence=len(moves) - 1 + len(ends) + (not trial.is_listed),
            modified_at=max(moves[-1].seen_at, *(at for at, _ in ends), moves[0].seen_at),
        )


def _ends(statuses: Iterable[Step]) -> Iterator[tuple[datetime, bool]]:
    """When the trial ended early, or went on again, and which of the two it was."""
    was_ended = False
    for step in statuses:
        is_ended = _is_ended(step.value)
        if is_ended != was_ended:
            yield step.seen_at, is_ended
        was_ended = is_ended


def _is_ended(status: Json) -> bool:
    return isinstance(status, str) and status in STOPPED_EARLY


def _event(each: _KeyDate, public_url: str) -> list[str]:
    trial, modified = each.trial, _moment(each.modified_at)
    status = "CONFIRMED" if each.written.type == "ACTUAL" else "TENTATIVE"
    path = f"/trials/{trial.trial_id}"
    return [
        "BEGIN:VEVENT",
        f"UID:{uuid5(_NAMESPACE, f'{trial.registry}/{trial.trial_id}/{each.field}')}",
        f"DTSTAMP:{modified}",
        f"LAST-MODIFIED:{modified}",
        f"SEQUENCE:{each.sequence}",
        f"DTSTART;VALUE=DATE:{_day(each.day)}",
        f"DTEND;VALUE=DATE:{_day(each.day + timedelta(days=1))}",
        f"STATUS:{'CANCELLED' if each.is_called_off else status}",
        "TRANSP:TRANSPARENT",
        _text("SUMMARY", summary(each.field, each.written, trial, is_called_off=each.is_called_off)),
        _text("DESCRIPTION", _description(each)),
        f"URL:{public_url}{path}",
        "END:VEVENT",
    ]


def summary(field: str, written: PartialDate, trial: CalendarTrial, *, is_called_off: bool) -> str:
    """A date in one line: "Primary completion in March 2026 (estimated): NCT02116634, A Study of …"."""
    what = FIELDS[field].label.removesuffix(" date")
    when = f" {_when(written)}" if written.precision != "day" else ""
    kind = f" ({code_label(written.type).lower()})" if written.type else ""
    state = trial.plan.now("overall_status")
    ended = code_label(state) if trial.is_listed and isinstance(state, str) else "No longer listed"
    title = f", {safe_cut(trial.title, _LONGEST_TITLE)}" if trial.title else ""
    return f"{f'{ended}: ' if is_called_off else ''}{what}{when}{kind}: {trial.trial_id}{title}"


def _when(written: PartialDate) -> str:
    match written.parts:
        case (year, month):
            return f"in {date(year, month, 1):%B} {year}"
        case (year,):
            return f"in {year}"
    return ""


def _description(each: _KeyDate) -> str:
    """What the registry has, word for word, and where that was once."""
    said = [f"Registered: {one_line(each.written.text)}."]
    first = each.trial.plan.first(each.field)
    if first and first.text != each.written.text:
        said.append(f"At first: {one_line(first.text)}.")
    if each.written.precision == "month" and _NAMES_A_DAY.match(each.written.text):
        said.append("There is no such day; this stands on the last day of the month.")
    elif each.written.precision != "day":
        said.append(f"The registry gives no day; this stands on the last day of the {each.written.precision}.")
    return " ".join(said)


def _day(day: date) -> str:
    return day.isoformat().replace("-", "")  # strftime gives the year 999 three digits


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(name: str, value: str) -> str:
    return f"{name}:{one_line(value).translate(_ESCAPES)}"


def _folded(line: str) -> str:
    """A content line in pieces of 75 octets, between characters: RFC 5545, 3.1."""
    if len(line) <= _LONGEST_LINE and line.isascii():
        return line
    octets, pieces, room = line.encode(), [], _LONGEST_LINE
    while len(octets) > room:
        cut = room
        while octets[cut] & 0xC0 == 0x80:  # within a character
            cut -= 1
        pieces.append(octets[:cut])
        octets, room = octets[cut:], _LONGEST_LINE - 1
    return b"\r\n ".join([*pieces, octets]).decode()
