"""What stands around a change, in a sentence each: how far its field has come, how often the same happened, and more.

    drift     a date or the enrollment that moves once more: how often it did, and how far it is from where it began
    repeat    a change of the same kind was seen before
    sponsor   what became of the other trials of the same sponsor of late

Facts alone: what is not known is left out, and so is a sentence that would say no more than the change does. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from monitor.language.worded import Worded, worded, worded_count
from monitor.model import Change, ContextLine, Json, Significance
from monitor.render.values import label

MOST_LINES = 3
"""So many a mail has."""
LATELY = 90
"""Days before an event that count as of late."""

_ORDINALS = (
    worded("first"),
    worded("second"),
    worded("third"),
    worded("fourth"),
    worded("fifth"),
    worded("sixth"),
    worded("seventh"),
    worded("eighth"),
    worded("ninth"),
    worded("tenth"),
)
_DAYS_IN_MONTH = 30.44
_HAPPENED = {
    "status.stopped": worded("The trial was stopped"),
    "status.reopened": worded("The trial was reopened"),
    "status.recruiting": worded("The trial began to recruit"),
    "status.closed": worded("The trial stopped recruiting"),
}


@dataclass(frozen=True, slots=True)
class FirstVersion:
    """The earliest version of a record that is on file."""

    on: date
    is_registration: bool
    """Whether the trial was registered with it."""

    @property
    def words(self) -> Worded:
        """What it is called behind “since”."""
        if self.is_registration:
            return worded("registration on {day}", day=self.on)
        return worded("the first version on file, of {day}", day=self.on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How the value that a change moved has moved before."""

    unit: str
    """days or percent."""
    amount: float
    """What the change itself moves."""
    times: int
    """How often it moved in that direction, with this time."""
    since: date
    """When it first did."""
    on: date
    """When it did now."""
    total: float | None = None
    """How far it is now from the first version; None where that is not known."""
    first: FirstVersion | None = None


def drift_line(change: Change, drift: Drift) -> ContextLine | None:
    """`Primary completion date: third slip in 14 months, +412 days since registration on 2024-03-01`."""
    often = _how_often(drift) if drift.times > 1 else None
    facts: dict[str, Json] = {"times": drift.times, "since": drift.since.isoformat()}
    far = None
    if drift.first and drift.total is not None:
        facts |= {"first_version_on": drift.first.on.isoformat(), f"{drift.unit}_since_first_version": drift.total}
        how_far = _how_far(drift.unit, drift.total)
        if how_far and (often or drift.total != drift.amount):
            far = worded("{far} since {version}", far=how_far, version=drift.first.words)
    told = worded("{one}, {other}", one=often, other=far) if often and far else often or far
    if told is None:
        return None
    text = worded("{field}: {told}.", field=Worded(label(change), {}), told=told)
    return ContextLine(kind="drift", field=change.field, text=text, facts=facts)


def repeat_line(change: Change, days: Sequence[date]) -> ContextLine | None:
    """`The trial was stopped twice before, last on 2026-03-01.`; *days* are those on which the same was seen before."""
    if not days:
        return None
    field = Worded(label(change), {})
    happened = _HAPPENED.get(change.kind) or worded("{field} changed in this way", field=field)
    if len(days) == 1:
        text = worded("{happened} once before, on {day}.", happened=happened, day=max(days))
    elif len(days) == 2:
        text = worded("{happened} twice before, last on {day}.", happened=happened, day=max(days))
    else:
        told = "{happened} {count} times before, last on {day}."
        text = worded_count(told, told, len(days), happened=happened, day=max(days))
    facts = {"times": len(days), "last_on": max(days).isoformat()}
    return ContextLine(kind="repeat", field=change.field, text=text, facts=facts)


def sponsor_line(trials: int, *, stopped: int, slipped: int, posted: int) -> ContextLine | None:
    """`2 of the sponsor's 14 other trials here were stopped in the 90 days before.`; None where nothing happened."""
    happened = [
        (number, words)
        for number, words in (
            (stopped, worded_count("was stopped", "were stopped", stopped)),
            (slipped, _slipped(slipped)),
            (posted, worded_count("posted results", "posted results", posted)),
        )
        if number
    ]
    if not happened:
        return None
    number, what = happened[0]
    who = worded("The sponsor's other trial here")
    if trials != 1:
        who = worded_count(
            "{count} of the sponsor's {trials} other trials here",
            "{count} of the sponsor's {trials} other trials here",
            number,
            trials=trials,
        )
    text = worded("{who} {what} in the {days} days before", who=who, what=what, days=LATELY)
    for count, more in happened[1:]:
        text = worded("{one}, {other}", one=text, other=worded("{number} {what}", number=count, what=more))
    facts = {"trials": trials, "within_days": LATELY, "stopped": stopped, "slipped": slipped, "results_posted": posted}
    return ContextLine(kind="sponsor", text=worded("{words}.", words=text), facts=facts)


def _slipped(count: int) -> Worded:
    return worded_count(
        "had a date slip by {days} days or more", "had dates slip by {days} days or more", count, days=LATELY
    )


def lines_for(lines: Sequence[ContextLine], changes: Sequence[Change]) -> tuple[ContextLine, ...]:
    """Those of the *lines* of an event that are of use to who is told of these *changes*, the most telling first."""
    fields = list(dict.fromkeys(change.field for change in changes))
    told = {_without_label(line): line for line in reversed(lines) if line.field in fields}
    about = sorted(told.values(), key=lambda line: fields.index(line.field))
    matters = any(change.significance >= Significance.MAJOR for change in changes)
    sponsor = [line for line in lines if not line.field] if matters else []
    return (*about[:1], *sponsor, *about[1:])[:MOST_LINES]


def _without_label(line: ContextLine) -> str:
    """What it says, whichever of a trial's dates it is of: two that move together are told once."""
    return line.text.partition(": ")[2] or line.text


def _how_often(drift: Drift) -> Worded:
    """Such as `third slip in 14 months`."""
    nth = _ordinal(drift.times)
    moves = {
        ("days", True): worded("{nth} slip", nth=nth),
        ("days", False): worded("{nth} move to an earlier date", nth=nth),
        ("percent", True): worded("{nth} increase", nth=nth),
        ("percent", False): worded("{nth} cut", nth=nth),
    }
    move, days = moves[drift.unit, drift.amount > 0], (drift.on - drift.since).days
    if not days:
        return move
    months = round(days / _DAYS_IN_MONTH)
    span = (
        worded_count("{count} month", "{count} months", months)
        if months > 1
        else worded_count("{count} day", "{count} days", days)
    )
    return worded("{move} in {span}", move=move, span=span)


def _ordinal(number: int) -> Worded:
    if number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    endings = {1: worded("{n}st", n=str(number)), 2: worded("{n}nd", n=str(number)), 3: worded("{n}rd", n=str(number))}
    last = number % 10 if number % 100 not in (11, 12, 13) else 0
    return endings.get(last) or worded("{n}th", n=str(number))


def _how_far(unit: str, total: float) -> Worded | None:
    """Such as `+412 days` or `49.2% fewer`; None of what is back where it began, or so near that it rounds to it."""
    if unit == "days":
        days = round(total)
        if days > 0:
            return worded_count("+{count} day", "+{count} days", days)
        return worded_count("-{count} day", "-{count} days", -days) if days else None
    if not round(total, 1):
        return None
    return worded("{share} more", share=float(total)) if total > 0 else worded("{share} fewer", share=float(total))
