"""Events that were found by the index, as they are shown: what of them was asked for, and what stands around it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from monitor.changes.topics import Topic
from monitor.changes.watch_names import unnamed
from monitor.errors import StoreCorrupt
from monitor.model import Change, Significance
from monitor.ports import Registry
from monitor.storage import events, settlements, tellings, trial_index
from monitor.storage.changed import ChangeFilter, FoundEvent
from monitor.storage.settlements import Settled


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenEvent:
    """What was seen of a trial at one moment."""

    found: FoundEvent
    url: str
    """Of the trial's page at its registry; empty where the registry is not known here."""
    title: str | None = None
    sponsor: str | None = None
    """Who leads the trial now."""
    seen_at: datetime | None = None
    """None where *error* says why the event cannot be read."""
    changes: tuple[Change, ...] = ()
    """Those that were asked for, the most significant first."""
    others: tuple[Change, ...] = ()
    """Those of its changes that were not."""
    released_at: datetime | None = None
    """When the operator released it, where it was held."""
    settled: Settled | None = None
    """Why nobody was told, or is told yet."""
    told: int | None = None
    """How many subscriptions tell it; None where nobody asked."""
    error: str | None = None

    @property
    def told_at(self) -> datetime | None:
        """When it was there to be told: as it was seen, or later, as it was released."""
        return max(filter(None, (self.seen_at, self.released_at)), default=None)

    @property
    def administrative(self) -> int:
        """How many of the others are administrative."""
        return sum(change.significance is Significance.ADMINISTRATIVE for change in self.others)


def seen_events(
    tx: Connection,
    found: Sequence[FoundEvent],
    wanted: ChangeFilter,
    registries: Mapping[str, Registry],
    *,
    counts_told: bool = False,
    names_watches: bool = True,
) -> list[SeenEvent]:
    """What these events say of what is *wanted*, in their order; without *names_watches*, as anybody may read it."""
    damaged: dict[str, StoreCorrupt] = {}
    ids = [each.event_id for each in found]
    known = events.known(tx, ids, damaged=damaged)
    rows = trial_index.known(tx, {(each.registry, each.trial_id) for each in found})
    settled = settlements.known(tx, ids)
    told = tellings.counts(tx, ids) if counts_told else None
    shown = []
    for each in found:
        event, row = known.get(each.event_id), rows.get((each.registry, each.trial_id))
        changes = event.changes if event else ()
        pairs = [(change, passes(change, wanted)) for change in (changes if names_watches else unnamed(changes))]
        registry = registries.get(each.registry)
        shown.append(
            SeenEvent(
                found=each,
                url=registry.page(each.trial_id) if registry else "",
                title=row.title if row else None,
                sponsor=row.sponsor if row else None,
                seen_at=event.occurred_at if event else None,
                changes=tuple(change for change, passes_ in pairs if passes_),
                others=tuple(change for change, passes_ in pairs if not passes_),
                settled=settled.get(each.event_id),
                told=told[each.event_id] if told is not None else None,
                error=None if event else str(damaged.get(each.event_id, "it is not there any more")),
            )
        )
    return shown


def passes(change: Change, wanted: ChangeFilter) -> bool:
    """Whether a change is asked for, as the index decides."""
    if wanted.topics and change.topic not in wanted.topics:
        return False
    if wanted.kinds and change.kind not in wanted.kinds:
        return False
    is_asked_for = change.topic == Topic.ADMINISTRATIVE and Topic.ADMINISTRATIVE in wanted.topics
    return is_asked_for or change.significance >= wanted.least
