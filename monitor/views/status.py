"""How the watched trials stand: a row a trial, as its latest record says, what changed last and what troubles it.

Of a trial that the registry removed or merged, the row says that, and what its last record said. One whose record
cannot be read is a row with the reason; one whose latest cannot is shown by the one before.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection

from monitor.alerts.denied import denied_words
from monitor.changes.watch_names import unnamed
from monitor.errors import StoreCorrupt
from monitor.model import Change, Coded, Enrollment, Event, PartialDate, Record, Significance, Sponsor, State
from monitor.ports import FetchedRegistry, Registry, cannot_be_asked
from monitor.storage import denials, events, pages, quarantine, settlements, snapshots, trials
from monitor.storage.denials import Denial
from monitor.storage.isolation import in_words, isolated
from monitor.storage.pages import Key
from monitor.storage.settlements import Settled
from monitor.storage.store import Store
from monitor.storage.trials import Trial
from monitor.views.scope import Scope

AT_ONCE = 100
"""Trials a page: their documents are 2 MB on average."""


MOST_NAMES = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LastChange:
    """The last event of a trial that was more than administrative, by the most significant of its changes."""

    seen_at: datetime
    significance: Significance
    summary: str
    settled: Settled | None
    """Why nobody was told, or is told yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRow:
    """How a trial stands. Without a record, which is before the first look, all that one says is None or empty."""

    registry: str
    trial_id: str
    url: str
    title: str | None = None
    state: State | None = None
    overall_status: Coded | None = None
    why_stopped: str | None = None
    phases: tuple[Coded, ...] = ()
    enrollment: Enrollment | None = None
    start_date: PartialDate | None = None
    primary_completion_date: PartialDate | None = None
    completion_date: PartialDate | None = None
    lead_sponsor: Sponsor | None = None
    snapshot: int | None = None
    as_of: str | None = None
    """The registry's version of its data in which the trial is known to be like this."""
    last: LastChange | None = None
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusQuery:
    """What is asked for."""

    scope: Scope
    statuses: frozenset[str] = frozenset()
    """Codes of overall statuses; empty for any."""
    names_watches: bool = True
    """Whether to say what watches are called; without, it is as anybody may read it."""

    @property
    def narrows(self) -> bool:
        """Whether what a record says decides on its row."""
        return bool(self.statuses) or self.scope.sponsor is not None

    def is_about(self, record: Record) -> bool:
        """Whether the trial of this record is asked for."""
        code = record.overall_status.code if record.overall_status else None
        return self.scope.holds(record) and (not self.statuses or code in self.statuses)


def ignore_progress(_done: int, _total: int) -> None:
    """Report progress to nobody."""


@dataclass(slots=True)
class StatusSummary:
    """How many trials were looked at so far, and how many of them are as asked for."""

    trials: int = 0
    rows: int = 0
    leads: set[str] = field(default_factory=set)
    """Names of sponsors that lead some, MOST_NAMES at most; kept only where one was asked for."""


@dataclass(frozen=True, slots=True)
class StatusReader:
    """Reads rows."""

    query: StatusQuery
    store: Store
    registries: Mapping[str, Registry]
    summary: StatusSummary = field(default_factory=StatusSummary)
    report_progress: Callable[[int, int], None] = ignore_progress
    """Called with how many trials have been read, and how many there are in all."""

    def all(self) -> Iterator[StatusRow]:
        """The rows asked for, by registry and trial id, as they are read."""
        after: Key | None = None
        with self.store.read() as tx:
            total = pages.watched_count(tx, self.query.scope.within)
        while True:
            with self.store.read() as tx:
                keys = pages.watched(tx, self.query.scope.within, after=after, limit=AT_ONCE)
            if not keys:
                return
            after = keys[-1]
            self.summary.trials += len(keys)
            rows = list(self.of(keys))
            self.summary.rows += len(rows)
            self.report_progress(self.summary.trials, max(total, self.summary.trials))
            yield from rows

    def of(self, keys: Sequence[Key]) -> Iterator[StatusRow]:
        """The rows of these trials, in their order; those that are not asked for are left out."""
        parts, bad = isolated(keys, self._page)
        found = {key: row for part in parts for key, row in part.items()}
        for (registry, trial_id), error in bad:
            trouble = f"unreadable: {in_words(error)}"
            found[registry, trial_id] = StatusRow(**self._about(registry, trial_id), troubles=(trouble,))
        yield from (found[key] for key in keys if key in found)

    def _page(self, keys: Sequence[Key]) -> dict[Key, StatusRow]:
        found: dict[Key, StatusRow] = {}
        with self.store.read() as tx:
            for key, group in groupby(sorted(keys), key=itemgetter(0)):
                for row in self._of_registry(tx, key, [trial_id for _, trial_id in group]):
                    found[key, row.trial_id] = row
        return found

    def _of_registry(self, tx: Connection, key: str, ids: Sequence[str]) -> Iterator[StatusRow]:
        known = trials.known(tx, key, ids)
        records, damaged = self._records(tx, key, ids)
        wanted = [each for each in ids if self._is_wanted(records.get(each), each in damaged)]
        last, unread = _last_changes(tx, key, wanted, names_watches=self.query.names_watches)
        refused = quarantine.latest_refused(tx, key, wanted)
        denied = denials.known(tx, key, [each for each in wanted if each not in known or not known[each].snapshot])
        for trial_id in wanted:
            trial, record = known.get(trial_id) or Trial(key, trial_id), records.get(trial_id)
            troubles = [
                *self._unread(trial, denied.get(trial_id)),
                *_troubles(trial, refused.get(trial_id)),
                *damaged.get(trial_id, ()),
            ]
            is_listed = trial.snapshot is not None and trial.state is State.LISTED
            if is_listed and record is None and trial_id not in damaged:
                troubles.append("unreadable: none of its snapshots holds a record")
            troubles += [f"its last change is unreadable: {unread[trial_id]}"] if trial_id in unread else []
            yield StatusRow(
                **self._about(key, trial_id),
                title=trial.title or (record.brief_title if record else None),
                state=trial.state,
                snapshot=trial.snapshot,
                as_of=trial.verified_version,
                last=last.get(trial_id),
                troubles=tuple(troubles),
                **_said(record),
            )

    def _unread(self, trial: Trial, denial: Denial | None) -> Iterator[str]:
        """That there is no record yet, and what brings one."""
        registry = self.registries.get(trial.registry)
        if denial:
            yield f"no record: {denied_words(denial)}"
        elif trial.snapshot is None and registry and not isinstance(registry, FetchedRegistry):
            yield f"no record yet: {cannot_be_asked(registry)}"
        elif trial.snapshot is None:
            yield "no record yet: `monitor check` takes one, or says why not"

    def _is_wanted(self, record: Record | None, is_damaged: bool) -> bool:
        """What cannot be read may be asked for; what was never read has no status and no sponsor."""
        if record is None:
            return is_damaged or not self.query.narrows
        if self.query.scope.sponsor and record.lead_sponsor and len(self.summary.leads) < MOST_NAMES:
            self.summary.leads.add(record.lead_sponsor.name)
        return self.query.is_about(record)

    def _records(self, tx: Connection, key: str, ids: Sequence[str]) -> tuple[dict[str, Record], dict[str, list[str]]]:
        """The latest records that can be read, and what is wrong with later ones, by trial id."""
        registry = self.registries.get(key)
        if registry is None:
            return {}, {each: [f"unreadable: {key} is not a registry known here"] for each in ids}
        errors: dict[str, StoreCorrupt] = {}
        taken = snapshots.latest_of(tx, key, ids, state=State.LISTED, damaged=errors)
        damaged = {}
        for trial_id, error in errors.items():
            damaged[trial_id] = [f"unreadable: {error}"]
            if earlier := snapshots.readable(tx, key, trial_id):
                taken[trial_id] = earlier
                damaged[trial_id].append(f"snapshot {earlier.number} is shown")
        return {trial_id: registry.parse(each.document, each.taken_at) for trial_id, each in taken.items()}, damaged

    def _about(self, registry: str, trial_id: str) -> dict[str, Any]:
        known = self.registries.get(registry)
        return {"registry": registry, "trial_id": trial_id, "url": known.page(trial_id) if known else ""}


_FROM_RECORD = (
    "overall_status",
    "why_stopped",
    "phases",
    "enrollment",
    "start_date",
    "primary_completion_date",
    "completion_date",
    "lead_sponsor",
)


def _said(record: Record | None) -> dict[str, Any]:
    return {name: getattr(record, name) for name in _FROM_RECORD} if record else {}


def _troubles(trial: Trial, refused: tuple[int, datetime] | None) -> Iterator[str]:
    """What a reader has to know before trusting the row."""
    if trial.state is State.REMOVED:
        yield "no longer in the registry"
    if trial.state is State.MERGED:
        yield f"merged into {trial.merged_into}"
    if trial.misses and trial.state is State.LISTED:
        times = "" if trial.misses == 1 else f" {trial.misses} times"
        yield f"failing: the registry said{times} that it knows no such trial"
    if refused is not None and (trial.verified_at is None or refused[1] > trial.verified_at):
        yield f"failing: its last answer was not believed, see monitor quarantine {refused[0]}"


def _last_changes(
    tx: Connection, registry: str, trial_ids: Sequence[str], *, names_watches: bool
) -> tuple[dict[str, LastChange], dict[str, StoreCorrupt]]:
    """The last change of each trial that had one; and those whose last one is damaged, with the reason."""
    ids = events.latest_ids(tx, registry, trial_ids, least=Significance.MINOR)
    damaged: dict[str, StoreCorrupt] = {}
    known = events.known(tx, ids.values(), damaged=damaged)
    settled = settlements.known(tx, known)
    found = {}
    for trial_id, event_id in ids.items():
        with suppress(KeyError):  # a damaged one
            event = known[event_id]
            change = event.changes[0] if names_watches else unnamed(event.changes[:1])[0]
            found[trial_id] = _last(event, change, settled.get(event_id))
    return found, {trial_id: damaged[each] for trial_id, each in ids.items() if each in damaged}


def _last(event: Event, change: Change, settled: Settled | None) -> LastChange:
    return LastChange(
        seen_at=event.occurred_at, significance=change.significance, summary=change.summary, settled=settled
    )
