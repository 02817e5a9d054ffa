"""What changed across all trials, the newest first by when it was seen.

Which of it counts, `monitor.alerts.matching` says, as for a subscription. Everything that was seen is here, told or
not: *settled* says of an event that it waits, is held or was discarded, so that nobody takes it for one that was told.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection

from monitor.alerts.matching import passing
from monitor.changes.topics import Topic
from monitor.changes.watch_names import unnamed
from monitor.errors import StoreCorrupt
from monitor.model import Change, Event, Filters, Record, Significance, State
from monitor.ports import Registry
from monitor.storage import archived, events, pages, settlements, snapshots, trials
from monitor.storage.isolation import in_words, isolated
from monitor.storage.pages import Key, Span
from monitor.storage.settlements import Settled
from monitor.storage.store import Store
from monitor.views.archive import steps_of
from monitor.views.scope import Scope

AT_ONCE = 200
"""Events a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesQuery:
    """What is asked for."""

    scope: Scope
    span: Span
    filters: Filters
    limit: int | None = None
    """Changes at most; None for all."""
    wants_sponsor: bool = False
    """Whether to say who leads each trial, for which its record has to be read."""
    names_watches: bool = True
    """Whether to say what watches are called; without, it is as anybody may read it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialChanges:
    """What was seen of a trial at one moment: those of its changes that were asked for."""

    registry: str
    trial_id: str
    url: str
    snapshot: int | None
    """None of a page that was imported, which has no number."""
    title: str | None = None
    lead_sponsor: str | None = None
    """By the record of that snapshot; None where nobody asked."""
    seen_at: datetime | None = None
    """None where *error* says why the event cannot be read."""
    changes: tuple[Change, ...] = ()
    posted_on: str | None = None
    """The day on which the registry posted the update, as it writes it; None where the event does not say."""
    settled: Settled | None = None
    """Why nobody was told, or is told yet; None where whoever it concerned was."""
    imported_from: str | None = None
    """The file of the page that it changed since, or came with: nobody is told of what pages tell."""
    error: str | None = None


@dataclass(slots=True)
class ChangesSummary:
    """What was given so far."""

    changes: int = 0
    unreadable: int = 0
    not_told: int = 0
    is_cut: bool = False
    """Whether there is more than the limit let through."""

    def count(self, seen: TrialChanges) -> None:
        """Add what is given."""
        self.changes += len(seen.changes)
        self.unreadable += seen.error is not None
        self.not_told += len(seen.changes) if seen.settled or seen.imported_from else 0


def changes(
    query: ChangesQuery, *, store: Store, registries: Sequence[Registry], summary: ChangesSummary
) -> Iterator[TrialChanges]:
    """What was seen, the newest first, as it is read; *summary* counts along.

    An event that cannot be read may be what was asked for: it is given too, with the reason.
    """
    known = {each.key: each for each in registries}
    for each in _by_time(_all(query, store, known), archived_changes(query, store, known)):
        seen = each
        if query.limit is not None and summary.changes + len(each.changes) > query.limit:
            summary.is_cut = True
            seen = replace(each, changes=each.changes[: query.limit - summary.changes])
        if seen.changes or seen.error:
            summary.count(seen)
            yield seen
        if summary.is_cut:
            return


def changes_of(
    ids: Sequence[str], query: ChangesQuery, *, store: Store, registries: Sequence[Registry]
) -> list[TrialChanges]:
    """What is asked for of these events, which the index has found, in their order; damaged ones with the reason."""
    return _Reader(query, store, {each.key: each for each in registries}).all(ids)


def _by_time(stored: Iterable[TrialChanges], archived: Sequence[TrialChanges]) -> Iterator[TrialChanges]:
    """Both, the newest first; what cannot be read keeps its place."""
    waiting = list(reversed(archived))
    for each in stored:
        while waiting and each.seen_at and waiting[-1].seen_at and waiting[-1].seen_at > each.seen_at:
            yield waiting.pop()
        yield each
    yield from reversed(waiting)


def archived_changes(query: ChangesQuery, store: Store, registries: Mapping[str, Registry]) -> Sequence[TrialChanges]:
    """What saved pages tell that those before them did not, and the first snapshots that the last pages did not."""
    found: list[TrialChanges] = []
    with store.read() as tx:
        for key, trial_id in archived.trials_within(tx, query.scope.within):
            if key in registries:
                found += _of_archive(tx, query, registries[key], trial_id)
    return sorted(found, key=lambda seen: (seen.seen_at, seen.trial_id), reverse=True)


def _of_archive(tx: Connection, query: ChangesQuery, registry: Registry, trial_id: str) -> Iterator[TrialChanges]:
    for taken, page, told in steps_of(tx, registry, trial_id):
        record = registry.parse(taken.document, taken.taken_at)
        if query.span.holds(taken.taken_at) and query.scope.holds(record) and (passed := passing(told, query.filters)):
            yield TrialChanges(
                registry=registry.key,
                trial_id=trial_id,
                url=registry.page(trial_id),
                snapshot=None if taken.source else taken.number,
                title=record.brief_title,
                lead_sponsor=record.lead_sponsor.name if query.wants_sponsor and record.lead_sponsor else None,
                seen_at=taken.taken_at,
                changes=tuple(passed),
                posted_on=record.last_update_post_date,
                imported_from=page.source,
            )


def _all(query: ChangesQuery, store: Store, registries: Mapping[str, Registry]) -> Iterator[TrialChanges]:
    reader = _Reader(query, store, registries)
    least = _least(query.filters)
    after: str | None = None
    while True:
        with store.read() as tx:
            within, span = query.scope.within, query.span
            ids = pages.event_ids(tx, within, span, least=least, after=after, limit=AT_ONCE)
        if not ids:
            return
        after = ids[-1]
        yield from reader.all(ids)


def _least(filters: Filters) -> Significance:
    """What an event has to weigh at least for a change of it to pass, as `monitor.alerts.matching` has it."""
    asks_for_silent = filters.kinds or Topic.ADMINISTRATIVE in filters.topics
    return Significance.ADMINISTRATIVE if asks_for_silent else filters.min_significance


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads events whole, and what people want to know beside them."""

    query: ChangesQuery
    store: Store
    registries: Mapping[str, Registry]

    def all(self, ids: Sequence[str]) -> list[TrialChanges]:
        """The same in the order of the ids; one that cannot be read is given with the reason."""
        parts, bad = isolated(ids, self.read)
        found = {event_id: seen for part in parts for event_id, seen in part.items()}
        found |= {event_id: self.unreadable(event_id, in_words(error)) for event_id, error in bad}
        return [found[event_id] for event_id in ids if event_id in found]

    def read(self, ids: Sequence[str]) -> dict[str, TrialChanges]:
        """Those of the events of which something was asked for, by id."""
        damaged: dict[str, StoreCorrupt] = {}
        with self.store.read() as tx:
            known = events.known(tx, ids, damaged=damaged)
            wanted = {
                event.id: replace(event, changes=changes)
                for event in known.values()
                if (changes := passing(event.changes, self.query.filters))
            }
            leads = self._leads(tx, wanted.values())
            wanted = {key: each for key, each in wanted.items() if self._is_meant(known[key], leads.get(key))}
            settled = settlements.known(tx, wanted)
            titles = _titles(tx, wanted.values())
        found = {
            key: TrialChanges(
                **self._about(key),
                title=titles.get((event.registry, event.trial_id)),
                lead_sponsor=leads.get(key),
                seen_at=event.occurred_at,
                changes=event.changes if self.query.names_watches else unnamed(event.changes),
                posted_on=_posted_on(known[key]),
                settled=settled.get(key),
            )
            for key, event in wanted.items()
        }
        return found | {key: self.unreadable(key, str(error)) for key, error in damaged.items()}

    def unreadable(self, event_id: str, reason: str) -> TrialChanges:
        """What stands for an event that cannot be read."""
        return TrialChanges(**self._about(event_id), error=reason)

    def _about(self, event_id: str) -> dict[str, Any]:
        registry, trial_id, snapshot = event_id.split("/")
        known = self.registries.get(registry)
        url = known.page(trial_id) if known else ""
        return {"registry": registry, "trial_id": trial_id, "snapshot": int(snapshot), "url": url}

    def _is_meant(self, event: Event, lead: str | None) -> bool:
        """Whether the sponsor that was asked for leads its trial, or did so before this event, or does since."""
        scope = self.query.scope
        moves = (change for change in event.changes if change.field == "lead_sponsor")
        names = [side.get("name") for move in moves for side in (move.before, move.after) if isinstance(side, dict)]
        return any(map(scope.holds_lead, (lead, *names)))

    def _leads(self, tx: Connection, wanted: Iterable[Event]) -> dict[str, str]:
        """Who leads the trials by the records that the events came with, by event; empty where nobody asked."""
        if not self.query.wants_sponsor and self.query.scope.sponsor is None:
            return {}
        by_registry: defaultdict[str, list[Event]] = defaultdict(list)
        for event in wanted:
            by_registry[event.registry].append(event)
        return {
            event.id: record.lead_sponsor.name
            for key, of_registry in by_registry.items()
            if key in self.registries
            for event, record in _records(tx, self.registries[key], of_registry)
            if record.lead_sponsor
        }


def _records(tx: Connection, registry: Registry, wanted: Sequence[Event]) -> Iterator[tuple[Event, Record]]:
    """The record of each event's snapshot; where that cannot be read or has none, the latest before it that can."""
    keys = [(event.trial_id, event.snapshot) for event in wanted]
    found = snapshots.known(tx, registry.key, keys, damaged={})
    for event in wanted:
        taken = found.get((event.trial_id, event.snapshot))
        if taken is None or taken.document.state is not State.LISTED:
            taken = snapshots.readable(tx, registry.key, event.trial_id, before=event.snapshot)
        if taken is not None:
            yield event, registry.parse(taken.document, taken.taken_at)


def _titles(tx: Connection, wanted: Iterable[Event]) -> dict[Key, str]:
    keys = sorted({(event.registry, event.trial_id) for event in wanted})
    return {
        (registry, trial_id): title
        for registry, group in groupby(keys, key=itemgetter(0))
        for trial_id, title in trials.titles(tx, registry, [trial_id for _, trial_id in group]).items()
    }


def _posted_on(event: Event) -> str | None:
    """The new day of the last update posted, which an update as a rule comes with."""
    days = (change.after for change in event.changes if change.field == "last_update_post_date")
    return next((day for day in days if isinstance(day, str)), None)
