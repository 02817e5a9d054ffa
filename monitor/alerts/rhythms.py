"""Rhythms as people write them on the command line or a page. Pure."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.errors import ConfigurationInvalid
from monitor.model.rhythm import IMMEDIATE, Every, Rhythm
from monitor.settings import rhythms
from monitor.settings.values import span

LONGEST_PAUSE = timedelta(days=366)
_END_OF_PAUSE = "a span such as 30d, a day such as 2027-01-31, or 2027-01-31T08:00, in UTC"
_span = span(timedelta(hours=1), timedelta(weeks=52))
_READ: dict[str, tuple[str, Callable[[object], Any], str]] = {
    "--digest": ("every", rhythms.every, rhythms.A_RHYTHM),
    "--at": ("at", rhythms.clock_time, rhythms.A_TIME),
    "--tz": ("zone", rhythms.zone, rhythms.A_ZONE),
    "--quiet-hours": ("quiet_hours", rhythms.hours, rhythms.HOURS),
}


def checked_rhythm(
    *,
    every: str | None = None,
    at: str | None = None,
    zone: str | None = None,
    quiet_hours: str | None = None,
    breaks_through: bool | None = None,
    all_quiet: bool | None = None,
    before: Rhythm = IMMEDIATE,
    catches_up: bool = False,
) -> Rhythm:
    """A rhythm from what a person wrote; what is None stays as it was *before*. A catch-up has a time zone, too.

    ConfigurationInvalid for what is none, and for what would never have an effect.
    """
    written = zip(_READ.items(), (every, at, zone, quiet_hours), strict=True)
    given = {name: _read(option, text) for (option, (name, _, _)), text in written if text is not None}
    given |= {} if breaks_through is None else {"breaks_through": breaks_through}
    given |= {} if all_quiet is None else {"all_quiet": all_quiet}
    if given.get("every") is Every.IMMEDIATE:
        given = {"all_quiet": False, "at": IMMEDIATE.at, **given}
    elif given.get("every"):
        given = {"quiet_hours": None, **given}
    if given.get("quiet_hours") is None and given.get("every") is Every.IMMEDIATE:
        given = {"breaks_through": False, **given}
    rhythm = replace(before, **given)
    if zone is not None and rhythm.is_immediate and given.get("every") is None and not catches_up:
        raise ConfigurationInvalid("--tz is of a digest or quiet hours: give it with one of these")
    _refuse_without_effect(rhythm, at_is_given=at is not None)
    return rhythm


def checked_catch_up(text: str) -> timedelta:
    """How far back somebody catches up. ConfigurationInvalid for what is no such span."""
    try:
        return _span(text)
    except ValueError:
        raise ConfigurationInvalid(
            f"--catch-up cannot be “{text[:40]}”: write a span from 1h to 52w, such as 30d"
        ) from None


def checked_end_of_pause(text: str, *, now: datetime) -> datetime:
    """When a pause ends by itself: a span from now on, a day or a moment, in UTC.

    ConfigurationInvalid for what is none, is over, or is more than a year away.
    """
    try:
        at = now + _span(text)
    except ValueError:
        try:
            at = datetime.fromisoformat(text.strip().upper())
        except ValueError:
            raise ConfigurationInvalid(f"--until cannot be “{text[:40]}”: write {_END_OF_PAUSE}") from None
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    if at <= now:
        raise ConfigurationInvalid(f"--until {text[:40]} is over already: write {_END_OF_PAUSE}")
    if at > now + LONGEST_PAUSE:
        raise ConfigurationInvalid("--until is more than a year away: pause without it, and resume by hand")
    return at


def _read(option: str, text: str) -> Any:
    _, read, expected = _READ[option]
    try:
        return read(text)
    except ValueError:
        raise ConfigurationInvalid(f"{option} cannot be “{text[:40]}”: write {expected}") from None


def _refuse_without_effect(rhythm: Rhythm, *, at_is_given: bool) -> None:
    is_digest = rhythm.every is not Every.IMMEDIATE
    if at_is_given and not is_digest:
        raise ConfigurationInvalid("--at is when a digest comes: give it with --digest daily, weekly or monthly")
    if rhythm.all_quiet and not is_digest:
        raise ConfigurationInvalid("--all-quiet is said by a digest: give it with --digest daily, weekly or monthly")
    if rhythm.quiet_hours and is_digest:
        raise ConfigurationInvalid(
            "--quiet-hours are for what is told at once; a digest comes at a time of its own, which --at says"
        )
    if rhythm.breaks_through and rhythm.is_immediate:
        raise ConfigurationInvalid("--break-through is out of a digest or quiet hours: give it with one of these")
