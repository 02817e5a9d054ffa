"""The changes that tell that a watch found a trial, or no longer finds it. Pure.

    registered since the last listing, or long before      trial.new, and whether it is stopped already
    named as the same trial as one that is watched         trial.new, and of which it is a sibling
    watched by its number before it was registered         trial.new
    no longer found                                        trial.left, with the changes that may be why

Both belong to one watch. Every subscriber of a trial hears that it is new; only subscribers of that watch hear that it
left, since nothing changed for others. To who is about a group of watches, a trial that another watch of it still
holds has not left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from monitor.changes.diff.values import own_words, to_json
from monitor.changes.diff.wording import coded_words
from monitor.changes.kinds import KINDS
from monitor.changes.searches import search_words
from monitor.changes.sentences import STOPPED
from monitor.changes.topics import Topic
from monitor.changes.watch_names import watch_words
from monitor.model import Change, Difference, Event, Json, PartialDate, Record, Search, Significance
from monitor.text import cut, natural_list, quote

POSTED_LATE = timedelta(days=3)
"""A trial that was posted so shortly before the last listing may not have been in its data."""
MAY_BE_WHY = timedelta(days=8)
"""A change that was seen no longer ago may be why a search no longer finds the trial: it is listed once in 7 days."""

_NAMES = 12
_TITLE = 160

_REASONS = {
    "sponsor": frozenset((Topic.SPONSOR,)),
    "condition": frozenset((Topic.CONDITIONS, Topic.TITLE, Topic.DESCRIPTION)),
    "expression": frozenset(Topic) - {Topic.RESULTS, Topic.DOCUMENTS, Topic.REFERENCES, Topic.SHARING},
}
"""By what is looked for, the topics of changes that may end it."""


@dataclass(frozen=True, slots=True)
class Membership:
    """The watch that found a trial, or lost it."""

    search: Search
    watch_id: int | None = None
    """None where every trial of the registry is watched."""
    watch: str | None = None
    """Its name, if it has one."""
    listed: date | None = None
    """The day of the registry's data in which the search was listed before; None where that is not known."""
    sibling_of: tuple[str, str] | None = None
    """The registry and id of the trial that the watch follows into other registries, if that is how it was found."""
    still_in: tuple[int, ...] = ()
    """Of a trial that the watch lost, the other watches that hold it and have not lost it."""

    @property
    def words(self) -> str:
        """The watch as a sentence names it."""
        if self.sibling_of:
            return f"watch {quote(self.watch)}" if self.watch else f"watch {self.watch_id}"
        return watch_words(self.watch, search_words(self.search))

    def as_json(self) -> Json:
        """The watch as a change carries it."""
        if self.sibling_of:
            registry, trial_id = self.sibling_of
            of: Json = {"registry": registry, "trial_id": trial_id}
            return {"watch_id": self.watch_id, "watch": self.watch, "search": None, "sibling_of": of}
        return {"watch_id": self.watch_id, "watch": self.watch, "search": search_words(self.search)}


def joined(record: Record, found: Membership | None) -> list[Difference]:
    """That a trial is new here; and that it is stopped already, as a difference of its own, where it is."""
    differences = [_new(record, found)]
    status = record.overall_status
    if status and status.code in STOPPED:
        reason = f": {quote(record.why_stopped, 200)}" if record.why_stopped else ""
        differences.append(
            KINDS["status.stopped"].difference(
                record,
                "overall_status",
                before=None,
                after=status.code,
                summary=f"It was {coded_words(status)} when it was first seen here{reason}.",
                words=own_words(status),
            )
        )
    return differences


def appeared(record: Record, *, denied_on: date) -> Difference:
    """That a trial is registered whose number the registry did not know on that day."""
    sponsor = f", of {record.lead_sponsor.name}" if record.lead_sponsor else ""
    title = f": {quote(record.brief_title, _TITLE)}" if record.brief_title else ""
    told = f"{record.trial_id} is registered now{title}{sponsor}."
    told += f" On {denied_on} the registry knew no trial of this number."
    words = own_words(record.overall_status, record.phases)
    return KINDS["trial.new"].difference(
        record, before=None, after=card(record, None, is_new=True), summary=told, words=words
    )


def _new(record: Record, found: Membership | None) -> Difference:
    sponsor = f", of {record.lead_sponsor.name}" if record.lead_sponsor else ""
    title = f": {quote(record.brief_title, _TITLE)}" if record.brief_title else ""
    is_new, since = _is_registered_since(record, found)
    if found and found.sibling_of:
        told = (
            f"{record.trial_id} in {record.registry} is the same trial as {found.sibling_of[1]}{title}{sponsor}. "
            f"{found.words[:1].upper()}{found.words[1:]} follows it, too."
        )
        facts = card(record, found, is_new=False)
        words = own_words(record.overall_status, record.phases)
        return KINDS["trial.new"].difference(record, before=None, after=facts, summary=told, words=words)
    where = f" {found.words} found it" if found else ""
    if is_new:
        told = f"{record.trial_id} was registered on {since}{title}{sponsor}."
        told += f"{where[:2].upper()}{where[2:]}." if where else ""
    else:
        known = f", registered on {since}," if since else ""
        told = f"{record.trial_id}{known} is newly found by {found.words if found else 'a watch'}{title}{sponsor}."
    facts = card(record, found, is_new=is_new)
    words = own_words(record.overall_status, record.phases)
    return KINDS["trial.new"].difference(record, before=None, after=facts, summary=told, words=words)


def _is_registered_since(record: Record, found: Membership | None) -> tuple[bool, str | None]:
    """Whether the trial was posted after the last listing, and the day of its posting where that is known."""
    given = record.details.get("study_first_post_date") or {}
    text = given.get("date") if isinstance(given, dict) else None
    posted = PartialDate(text).earliest if text else None
    if posted is None:
        return False, None
    since = found.listed if found else None
    return since is not None and posted > since - POSTED_LATE, cut(text or "", 20)


def card(record: Record, found: Membership | None, *, is_new: bool) -> Json:
    """What a reader wants to know first of a trial that they never saw; only what the record has."""
    countries = dict.fromkeys(site.country for site in record.sites if site.country)
    first = record.details.get("study_first_post_date")
    facts: dict[str, Any] = {
        "trial_id": record.trial_id,
        "title": record.brief_title,
        "overall_status": to_json(record.overall_status),
        "why_stopped": record.why_stopped,
        "phases": to_json(record.phases),
        "conditions": list(record.conditions[:_NAMES]),
        "interventions": [item.name for item in record.interventions[:_NAMES]],
        "enrollment": to_json(record.enrollment),
        "start_date": to_json(record.start_date),
        "primary_completion_date": to_json(record.primary_completion_date),
        "completion_date": to_json(record.completion_date),
        "lead_sponsor": record.lead_sponsor.name if record.lead_sponsor else None,
        "countries": list(countries)[:_NAMES],
        "registered_on": first.get("date") if isinstance(first, dict) else None,
        "newly_registered": is_new,
        "found_by": found.as_json() if found else None,
    }
    return {name: value for name, value in facts.items() if value not in (None, [], "")}


def left(record: Record, lost: Membership, changes: Sequence[Change], last: Event | None, *, on: date) -> Difference:
    """That a search no longer finds the trial; *changes* are those of this moment, *last* what was told before."""
    told = f"{record.trial_id} is no longer found by {lost.words}"
    if why := _reasons(lost.search, changes):
        told += f", now that this changed: {why}"
    elif last and on - last.occurred_at.date() <= MAY_BE_WHY and (why := _reasons(lost.search, last.changes)):
        told += f", after a change seen on {last.occurred_at:%Y-%m-%d}: {why}"
    else:
        told += "; none of the changes seen here says why"
    return KINDS["trial.left"].difference(
        record,
        before={"trial_id": record.trial_id, **lost.as_json(), **_still_in(lost)},
        after=None,
        summary=f"{told.rstrip('.')}.",
    )


def is_about_another_watch(change: Difference, watches: frozenset[int]) -> bool:
    """Whether a trial that left a watch, as a `trial.left` tells, did not leave these *watches* thereby."""
    lost: dict[str, Any] = change.before or {}
    return lost.get("watch_id") not in watches or not watches.isdisjoint(lost.get("still_in", ()))


def _still_in(lost: Membership) -> dict[str, Json]:
    """Nothing where no other watch holds the trial, which is usual."""
    return {"still_in": [*lost.still_in]} if lost.still_in else {}


def _reasons(search: Search, changes: Sequence[Change]) -> str:
    topics = {topic for part, those in _REASONS.items() if getattr(search, part) is not None for topic in those}
    weighty = [change for change in changes if change.significance is not Significance.ADMINISTRATIVE]
    return natural_list([cut(change.summary, 160).rstrip(".") for change in weighty if change.topic in topics], 2)
