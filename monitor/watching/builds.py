"""What the dates of data builds prove. Pure.

A registry answers from several machines, and a new data build reaches them one by one: for a while any answer may come
from the new data or from the old, whatever the one before it came from. The rule to keep: **an answer verifies a trial
only where its own build is at least as new as the build of what said that there is news.**

A record names the day of its build, the registry's version the moment; so they are compared by day. Two builds of one
day cannot be told apart: until all machines must have the second, an unchanged trial proves nothing about it.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from monitor.model.stamps import built_at, day_of

SLACK = timedelta(days=1)
"""A registry's days begin in another zone than ours."""
ROLLED_OUT_AFTER = timedelta(days=1)
"""So long after a build every machine has it."""
LEAP = timedelta(days=31)
"""A version may be further ahead of our clock than the one before by this much: longer than any pause of a registry."""
FARTHEST = timedelta(days=3653)
"""How far ahead of our clock the first version of all may be: ten years, for a clock that was never set."""
KEPT_STEP_WITHIN = timedelta(days=30)
"""Builds prove something where they kept step with the versions in this time; should they cease to, loudly, they prove
nothing once it is over, rather than that nothing were ever verified again."""
_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")


def is_behind(build: str | None, needed: str | None) -> bool:
    """Whether an answer comes from older data than are needed; false where either is unknown."""
    return bool(build and needed and build < needed)


def is_rolled_out(stamp: str, now: datetime) -> bool:
    """Whether a version has been out for so long that all machines have it; true where its stamp is no time."""
    built = built_at(stamp)
    return built is None or now - built >= ROLLED_OUT_AFTER


def is_second_of_day(stamp: str, known: str | None, now: datetime) -> bool:
    """Whether a version is another one of the same day as *known*, and so new that a machine may not have it yet.

    Then the day that an answer names does not say from which of the two it comes.
    """
    day = day_of(stamp)
    same_day = bool(known and known != stamp and day and day == day_of(known))
    return same_day and not is_rolled_out(stamp, now)


def reaches(stamp: str | None, since: str) -> bool:
    """Whether what is verified at *stamp* was so at *since*, too, or later; false where the order is not known."""
    if stamp is None or stamp == since:
        return stamp is not None
    one, other = built_at(stamp), built_at(since)
    return bool(one and other and one >= other)


@lru_cache(maxsize=16)
def latest_believable(stamp: str, now: datetime) -> str:
    """The last day that an answer of this version may bear.

    It is the day after the version's or after today, whichever is later. So neither a clock that is behind nor a
    version that is a few days old makes everything seem to lie ahead. A pass asks this twice of every trial.
    """
    built = built_at(stamp)
    latest = max(now.date(), built.date()) if built else now.date()
    return (min(latest, date.max - SLACK) + SLACK).isoformat()


def is_beyond(day: str | None, latest: str) -> bool:
    """Whether a day, a month or a year begins after *latest*; false for what is none of these."""
    return bool(day and _DAY.fullmatch(day) and day > latest)


def is_ahead(stamp: str, now: datetime) -> bool:
    """Whether a version is ahead of our clock: the registry's clock or ours is wrong."""
    built = built_at(stamp)
    return built is not None and built - now > SLACK


def leaps(stamp: str, now: datetime, *, known: str | None, known_at: datetime | None) -> bool:
    """Whether a version is so far ahead of our clock that the registry must be wrong.

    A clock of ours that is wrong is so all the time: *known*, the version before, was ahead of it at *known_at*, too,
    or that moment is ahead itself by now, because the clock was set back since.
    """
    built = built_at(stamp)
    if built is None:
        return False
    former = built_at(known) if known else None
    if former is None or known_at is None:
        return built - now > FARTHEST
    explained = max(former - known_at, known_at - now, timedelta(0))
    return built - now > explained + LEAP


def takes_back(stamp: str, known: str, now: datetime) -> bool:
    """Whether an older version says that *known*, which is ahead of our clock, was a mistake of the registry.

    Where our clock is behind, every version is ahead of it, and a machine that is behind names an older one, too: only
    one that is older than any pause of a registry explains cannot come from such a machine.
    """
    built, former = built_at(stamp), built_at(known)
    return bool(built and former and is_ahead(known, now) and former - built > LEAP)


@dataclass(frozen=True, slots=True)
class Needed:
    """What an answer is measured by: *build* is the one it has to come from; None where builds prove nothing.

    *is_late* says that answers have come from older data for longer than it takes a registry to renew its machines.
    """

    build: str | None
    is_late: bool = False


PROVING_NOTHING = Needed(None)
"""What answers are measured by where builds tell nothing."""


def delay_in_words(registry: str, build: str | None, needed: str | None) -> str:
    """That an answer is of older data than there are, and what happens now."""
    return (
        f"{registry} answered from its data of {build}, although those of {needed} are out: "
        "one of its machines is behind, and the next check asks again"
    )
