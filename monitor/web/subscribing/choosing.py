"""What a form offers of what is told and when: what can be chosen, what it shows, and what was chosen.

Where a form lacks a field that it offers, because it is of an older page, what it stands for stays as it was.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import time
from functools import cache
from importlib.resources import files

from monitor.alerts.filters import checked_filters
from monitor.changes.topics import Topic
from monitor.errors import ConfigurationInvalid
from monitor.language.worded import Worded, worded
from monitor.model import Filters, Significance
from monitor.model.rhythm import IMMEDIATE, Every, Rhythm, known_zone
from monitor.settings.rhythms import clock_time
from monitor.views.filter_words import STOPS
from monitor.web.site.forms import Form, one

COMING_AND_GOING = ("trial.new", "trial.left")
EVERYTHING = Filters()
USUAL_TOPICS = (
    *(Topic.STATUS, Topic.DATES, Topic.ENROLLMENT, Topic.OUTCOMES, Topic.RESULTS),
    *(Topic.SPONSOR, Topic.ELIGIBILITY, Topic.ARMS, Topic.SITES, Topic.DOCUMENTS),
)
"""Those that most ask for; the others stand behind them."""
OF_FILTERS = ("topics", "min", "stops", "has_other_kinds", "days", "percent", "never")
"""What a form shows of filters."""
LONGEST_SHOWN = 1000
"""Characters of a note that are shown again, although it is too long."""
MOST_DAYS = 3650
MOST_PERCENT = 1000
_ELSEWHERE = worded("Other")
_PLACES = {
    "Africa": worded("Africa"),
    "America": worded("America"),
    "Antarctica": worded("Antarctica"),
    "Arctic": worded("Arctic"),
    "Asia": worded("Asia"),
    "Atlantic": worded("Atlantic"),
    "Australia": worded("Australia"),
    "Europe": worded("Europe"),
    "Indian": worded("Indian Ocean"),
    "Pacific": worded("Pacific"),
}
"""Where zones of today's names are; the others are older names of the same."""


def choices() -> Mapping[str, object]:
    """What can be chosen."""
    return {
        "all_topics": [str(each) for each in Topic],
        "usual_topics": [str(each) for each in USUAL_TOPICS],
        "is_compact": False,
        "all_significances": [str(each) for each in reversed(Significance)],
        "all_zones": zones(),
        "zone_names": {name for _, found in zones() for name, _ in found},
        "most_days": MOST_DAYS,
        "most_percent": MOST_PERCENT,
    }


@cache
def zones() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The time zones by their part of the world, each with how it is shown."""
    places: dict[str, list[tuple[str, str]]] = {place: [] for place in _PLACES}
    for name in sorted(_places_with_a_zone()):
        place, _, city = name.partition("/")
        if place in places and known_zone(name):
            places[place].append((name, city.replace("_", " ").replace("/", ", ")))
    return (
        (_ELSEWHERE, (("UTC", "UTC"),)),
        *((_PLACES[each], tuple(found)) for each, found in places.items()),
    )


def _places_with_a_zone() -> set[str]:
    """The names in the table that the time zone database has for choosing one: no older names of the same zones."""
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    return {line.split("\t")[2] for line in table.splitlines() if line and not line.startswith("#")}


def shown(filters: Filters, rhythm: Rhythm) -> dict[str, object]:
    """What a form shows of a subscription."""
    begin, end = rhythm.quiet_hours or (None, None)
    return {
        "topics": sorted(filters.topics),
        "min": str(filters.min_significance),
        "stops": filters.kinds == STOPS,
        "has_other_kinds": bool(filters.kinds - STOPS),
        "days": "" if filters.min_days is None else str(filters.min_days),
        "percent": "" if filters.min_percent is None else f"{filters.min_percent:g}",
        "never": sorted(filters.without),
        "every": str(rhythm.every),
        "at": _clock(rhythm.at),
        "zone": rhythm.zone,
        "quiet_from": _clock(begin),
        "quiet_to": _clock(end),
        "breaks_through": rhythm.breaks_through,
        "all_quiet": rhythm.all_quiet,
    }


def filled_in(form: Form) -> dict[str, object]:
    """What a form shows again of what was filled in, right or wrong."""
    said = {"note": one(form, "note")[:LONGEST_SHOWN]} if "note" in form else {}
    return {
        **said,
        **shown(EVERYTHING, IMMEDIATE),
        "topics": list(form.get("topic", ())),
        "min": one(form, "min") or "minor",
        "stops": bool(one(form, "stops")),
        "never": list(form.get("never", ())),
        "every": one(form, "every") or str(Every.IMMEDIATE),
        "zone": one(form, "zone") or "UTC",
        "at": one(form, "at")[:5] or _clock(IMMEDIATE.at),
        **{name: one(form, name)[:8] for name in ("days", "percent", "quiet_from", "quiet_to")},
        "breaks_through": bool(one(form, "breaks_through")),
        "all_quiet": bool(one(form, "all_quiet")),
    }


def filters_of(form: Form, before: Filters = EVERYTHING) -> Filters:
    """What is to be told of a change. ConfigurationInvalid for what is no topic, no significance or no number."""
    kinds = before.kinds
    if not kinds - STOPS and "offers" in form:
        kinds = STOPS if one(form, "stops") else frozenset()
    without = before.without
    if "never" in form:
        without = without - {*COMING_AND_GOING} | ({*COMING_AND_GOING} & {*form["never"]})
    checked = checked_filters(
        topics=form.get("topic", ()), kinds=(), min_significance=one(form, "min") or str(Significance.MINOR)
    )
    days = _number(form, "days", before.min_days, most=MOST_DAYS, what=worded("days"))
    return replace(
        checked,
        kinds=kinds,
        without=without,
        min_days=None if days is None else int(days),
        min_percent=_number(form, "percent", before.min_percent, most=MOST_PERCENT, what=worded("percent")),
    )


def rhythm_of(form: Form, before: Rhythm = IMMEDIATE) -> Rhythm:
    """When it is to be told. ConfigurationInvalid for what is none; what has no effect on it is left out."""
    if "every" not in form:
        return before
    every, zone = one(form, "every"), known_zone(one(form, "zone") or "UTC")
    if every not in [*Every]:
        raise ConfigurationInvalid(worded("Choose how often you want to be told."))
    if zone is None:
        raise ConfigurationInvalid(worded("Choose a time zone."))
    breaks_through = bool(one(form, "breaks_through"))
    if every == Every.IMMEDIATE:
        hours = _quiet_hours(form)
        if hours is None:
            return IMMEDIATE
        return Rhythm(zone=zone, quiet_hours=hours, breaks_through=breaks_through)
    return Rhythm(
        every=Every(every),
        at=_time(form, "at") if "at" in form else IMMEDIATE.at,
        zone=zone,
        breaks_through=breaks_through,
        all_quiet=bool(one(form, "all_quiet")),
    )


def _quiet_hours(form: Form) -> tuple[time, time] | None:
    if not one(form, "quiet_from") and not one(form, "quiet_to"):
        return None
    hours = _time(form, "quiet_from"), _time(form, "quiet_to")
    if hours[0] == hours[1]:
        raise ConfigurationInvalid(worded("Quiet hours begin and end at different times."))
    return hours


def _time(form: Form, name: str) -> time:
    try:
        return clock_time(one(form, name).strip()[:5])
    except ValueError:
        raise ConfigurationInvalid(worded("Give times as hours and minutes, such as 08:00.")) from None


def _number(form: Form, name: str, before: float | None, *, most: int, what: Worded) -> float | None:
    """A number that was filled in, None where there is none; as it was *before* where the form has no such field."""
    if name not in form:
        return before
    text = one(form, name).strip()
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= most:
        raise ConfigurationInvalid(
            worded("Give a whole number of {what} from 1 to {most}, or nothing.", what=what, most=most)
        )
    return int(text)


def _clock(at: time | None) -> str:
    return f"{at:%H:%M}" if at else ""
