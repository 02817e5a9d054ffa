"""Whether a proven record can really be what came after the last one. Pure.

An answer may be well formed and name the right trial, and still be no news: an old copy from a cache or from a machine
that is behind, a record that a fault at the registry has emptied, one that is dated by a clock that is wrong. The rule
to keep: something believed by mistake must never stand in the way of the truth. So a date ahead of the registry's own
proves nothing about what came before or after it.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from monitor.changes.diff.comparison import unread
from monitor.changes.fields import FIELDS
from monitor.model import Document, Record
from monitor.watching.builds import is_beyond

_UPDATED = ("last_update_submit_date", "last_update_post_date")
"""The fields whose dates never go back."""
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")


class Implausibility(StrEnum):
    """Why a record is not believed."""

    OLDER = "older"
    """It comes from an older data build than what we have."""
    REVERTED = "reverted"
    """It is of a new build, and was updated before what we have."""
    FUTURE = "future"
    """It bears a date that lies ahead of the registry's own."""
    EMPTIED = "emptied"
    """It has lost a part that records do not lose."""
    UNREADABLE = "unreadable"
    """It has a list in a form that cannot be read."""


LASTING = frozenset({Implausibility.REVERTED, Implausibility.EMPTIED})
"""What may be true all the same: believed where the registry keeps to it for long enough."""


@dataclass(frozen=True, slots=True)
class Implausible:
    """A reason in words not to believe a record."""

    kind: Implausibility
    reason: str


def why_implausible(
    document: Document, records: tuple[Record, Record] | None, *, last_build: str | None, latest: str
) -> Implausible | None:
    """Why a document is not to be believed; None where it may well be true.

    *records* are what the last document and this one say, where they differ and there was one; *last_build* is the data
    build that the trial was last seen in. *latest* is the last day that can be believed of this registry now.
    """
    before, after = records or (None, None)
    if ahead := _ahead(document, before, last_build=last_build, latest=latest):
        return ahead
    if before is None or after is None:
        return None
    return (
        _older(before, after, last_build=last_build, build=document.build, latest=latest)
        or _emptied(before, after)
        or _unreadable(before, after)
    )


def build_is_older(build: str | None, last_build: str | None, *, latest: str) -> bool:
    """Whether an answer comes from an older build than the last one, which counts unless it lies ahead."""
    return bool(build and last_build and build < last_build and not is_beyond(last_build, latest))


def build_is_ahead(build: str | None, last_build: str | None, *, latest: str) -> bool:
    """Whether an answer names a build that lies ahead, and is not the one that was accepted before."""
    return build != last_build and is_beyond(build, latest)


def older_build(build: str | None, last_build: str | None) -> str:
    """What is said of an answer from an older build."""
    return f"it comes from the data of {build}, and we have that of {last_build}"


def future_build(build: str | None) -> str:
    """What is said of an answer from a build that lies ahead."""
    return f"it says that it comes from the data of {build}, a day that is still to come"


def _ahead(document: Document, before: Record | None, *, last_build: str | None, latest: str) -> Implausible | None:
    if build_is_ahead(document.build, last_build, latest=latest):
        return Implausible(Implausibility.FUTURE, future_build(document.build))
    known = {getattr(before, field) for field in _UPDATED} if before else set()
    for day in document.updated_on:
        if is_beyond(day, latest) and day not in known:
            return Implausible(
                Implausibility.FUTURE, f"it says that it was updated on {day}, a day that is still to come"
            )
    return None


def _older(
    before: Record, after: Record, *, last_build: str | None, build: str | None, latest: str
) -> Implausible | None:
    """Neither the registry's data builds nor a sponsor's updates go back in time, so one that does is an old copy."""
    if build_is_older(build, last_build, latest=latest):
        return Implausible(Implausibility.OLDER, older_build(build, last_build))
    for field in _UPDATED:
        then, now = getattr(before, field), getattr(after, field)
        if _is_earlier(now, then) and not is_beyond(then, latest):
            return Implausible(
                Implausibility.REVERTED, f"it was last updated on {now}, and we have the update of {then}"
            )
    return None


def _is_earlier(one: str | None, other: str | None) -> bool:
    """Whether a date is before another one, as far as both are precise; false for what is no date."""
    if not (one and other and _DATE.fullmatch(one) and _DATE.fullmatch(other)):
        return False
    length = min(len(one), len(other))
    return one[:length] < other[:length]


def _emptied(before: Record, after: Record) -> Implausible | None:
    """A part that records do not lose is gone; a record that the registry has begun to withhold loses most."""
    if after.overall_status and after.overall_status.code == "WITHHELD":
        return None
    vanished = sorted(before.parts - after.parts)
    return Implausible(Implausibility.EMPTIED, f"it has lost its {', '.join(vanished)}") if vanished else None


_LISTS = (
    "arms",
    "interventions",
    "primary_outcomes",
    "secondary_outcomes",
    "other_outcomes",
    "collaborators",
    "sites",
    "documents",
)


def _unreadable(before: Record, after: Record) -> Implausible | None:
    """A list is there in a form that cannot be read: it must not be told as if all of it had been removed."""
    lost = [name for name in _LISTS if getattr(before, name) and not getattr(after, name) and unread(after, name)]
    if not lost:
        return None
    return Implausible(
        Implausibility.UNREADABLE, f"{', '.join(FIELDS[name].label.lower() for name in lost)} cannot be read in it"
    )
