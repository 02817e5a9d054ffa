"""What stands around a change, in a sentence each: how far its field has come, how often the same happened, and more.

    drift     a date or the enrollment that moves once more: how often it did, and how far it is from where it began
    repeat    a change of the same kind was seen before
    sponsor   what became of the other trials of the same sponsor of late

Facts alone: what is not known is left out, and so is a sentence that would say no more than the change does. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from monitor.model import Change, ContextLine, Json, Significance
from monitor.render.values import label
from monitor.text import counted, percent

MOST_LINES = 3
"""So many a mail has."""
LATELY = 90
"""Days before an event that count as of late."""

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_TIMES = {1: "once", 2: "twice"}
_DAYS_IN_MONTH = 30.44
_MOVES = {
    ("days", True): "slip",
    ("days", False): "move to an earlier date",
    ("percent", True): "increase",
    ("percent", False): "cut",
}
_HAPPENED = {
    "status.stopped": "The trial was stopped",
    "status.reopened": "The trial was reopened",
    "status.recruiting": "The trial began to recruit",
    "status.closed": "The trial stopped recruiting",
}


@dataclass(frozen=True, slots=True)
class FirstVersion:
    """The earliest version of a record that is on file."""

    on: date
    is_registration: bool
    """Whether the trial was registered with it."""

    @property
    def words(self) -> str:
        """What it is called behind “since”."""
        return f"registration on {self.on}" if self.is_registration else f"the first version on file, of {self.on}"


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
    told = []
    if drift.times > 1:
        told.append(f"{_ordinal(drift.times)} {_MOVES[drift.unit, drift.amount > 0]}{_within(drift)}")
    facts: dict[str, Json] = {"times": drift.times, "since": drift.since.isoformat()}
    if drift.first and drift.total is not None:
        facts |= {"first_version_on": drift.first.on.isoformat(), f"{drift.unit}_since_first_version": drift.total}
        how_far = _how_far(drift.unit, drift.total)
        if how_far and (told or drift.total != drift.amount):
            told.append(f"{how_far} since {drift.first.words}")
    if not told:
        return None
    return ContextLine(kind="drift", field=change.field, text=f"{label(change)}: {', '.join(told)}.", facts=facts)


def repeat_line(change: Change, days: Sequence[date]) -> ContextLine | None:
    """`The trial was stopped twice before, last on 2026-03-01.`; *days* are those on which the same was seen before."""
    if not days:
        return None
    happened = _HAPPENED.get(change.kind) or f"{label(change)} changed in this way"
    times = _TIMES.get(len(days), f"{len(days):,} times")
    last = f"last on {max(days)}" if len(days) > 1 else f"on {max(days)}"
    facts = {"times": len(days), "last_on": max(days).isoformat()}
    return ContextLine(kind="repeat", field=change.field, text=f"{happened} {times} before, {last}.", facts=facts)


def sponsor_line(trials: int, *, stopped: int, slipped: int, posted: int) -> ContextLine | None:
    """`2 of the sponsor's 14 other trials here were stopped in the 90 days before.`; None where nothing happened."""
    happened = [
        (number, one if number == 1 else many)
        for number, one, many in (
            (stopped, "was stopped", "were stopped"),
            (slipped, f"had a date slip by {LATELY} days or more", f"had dates slip by {LATELY} days or more"),
            (posted, "posted results", "posted results"),
        )
        if number
    ]
    if not happened:
        return None
    number, what = happened[0]
    who = (
        "The sponsor's other trial here" if trials == 1 else f"{number:,} of the sponsor's {trials:,} other trials here"
    )
    others = "".join(f", {number:,} {what}" for number, what in happened[1:])
    facts = {"trials": trials, "within_days": LATELY, "stopped": stopped, "slipped": slipped, "results_posted": posted}
    return ContextLine(kind="sponsor", text=f"{who} {what} in the {LATELY} days before{others}.", facts=facts)


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


def _ordinal(number: int) -> str:
    if number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number % 100 not in (11, 12, 13) else 0, "th")
    return f"{number}{ending}"


def _within(drift: Drift) -> str:
    days = (drift.on - drift.since).days
    if not days:
        return ""
    months = round(days / _DAYS_IN_MONTH)
    return f" in {counted(months, 'month')}" if months > 1 else f" in {counted(days, 'day')}"


def _how_far(unit: str, total: float) -> str:
    """Such as `+412 days` or `49.2% fewer`; empty of what is back where it began, or so near that it rounds to it."""
    if unit == "days":
        days = round(total)
        return f"{'+' if days > 0 else '-'}{counted(abs(days), 'day')}" if days else ""
    return f"{percent(total)} {'more' if total > 0 else 'fewer'}" if round(total, 1) else ""
