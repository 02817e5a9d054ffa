"""The listing of the trials that a watch covers: since when to list, whether to believe it, and who joins by it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from monitor.alerts.owing import owe_deliveries
from monitor.changes.searches import search_words
from monitor.errors import RegistryUnreachable
from monitor.model import Unlisted
from monitor.model.stamps import day_of
from monitor.ports import RegistryVersion
from monitor.storage import events, leavers, newcomers, searches, settlements, trials, watches
from monitor.storage.locks import lock_registry
from monitor.storage.newcomers import Newcomer
from monitor.storage.searches import WatchedSearch
from monitor.watching.builds import ROLLED_OUT_AFTER, delay_in_words, is_behind
from monitor.watching.context import PassContext
from monitor.watching.schedule import full_check_due

OVERLAP = timedelta(days=7)
"""What was posted in the days before is asked for again: the registry's days begin in another zone than ours, and an
empty listing does not tell whether it came from a machine that did not have the latest data yet."""

_TAKEOVERS = ("sponsor.lead", "sponsor.collaborators")


@dataclass(frozen=True, slots=True)
class Listing:
    """What is asked for: everything there is, or what moved *since* a day."""

    watched: WatchedSearch
    version: RegistryVersion
    since: date | None

    @property
    def is_first(self) -> bool:
        """Whether nothing was listed in full before, so that nothing in it is news."""
        return self.watched.listed_in_full_at is None


def due_since(watched: WatchedSearch, version: RegistryVersion, context: PassContext) -> date | None:
    """From which day on to list; None where a listing in full is due, or the registry's stamp tells no day."""
    due = full_check_due(
        f"watch {watched.watch_id}",
        read_at=watched.listed_in_full_at,
        now=context.clock(),
        every=context.full_check_every,
    )
    if due or watched.listed_version is None:
        return None
    return listed_since(watched.listed_version, version)


def listed_since(listed_version: str | None, version: RegistryVersion, *, overlap: timedelta = OVERLAP) -> date | None:
    """From which day on to list what moved after a listing; None where all has to be listed.

    That is where its version tells no day, or names one that is later than that of the data now.
    """
    listed, now = day_of(listed_version or ""), day_of(version.stamp)
    return date.fromisoformat(listed) - overlap if listed and not is_behind(now, listed) else None


def is_fresh(build: str | None, listing: Listing, context: PassContext) -> bool:
    """Whether a listing comes from the latest data; another one may lack who joined, or left, since.

    It is made again in the next pass then. Raise RegistryUnreachable where that goes on for so long that a listing in
    full is overdue.
    """
    if not is_behind(build, day_of(listing.version.stamp)):
        return True
    needed = context.needed(listing.version).build
    if not is_behind(build, needed):
        return True
    at = listing.watched.listed_in_full_at
    if at is not None and context.clock() - at > context.full_check_every + ROLLED_OUT_AFTER:
        raise RegistryUnreachable(delay_in_words(context.registry.key, build, needed))
    return False


def is_wanted(tx: Connection, listing: Listing) -> bool:
    """Whether the watch's search is still the same; it stays so until the commit."""
    return bool(still_wanted(tx, [listing]))


def still_wanted(tx: Connection, listings: Sequence[Listing]) -> list[Listing]:
    """Those of a registry's listings whose watches look for the same still; they do so until the commit."""
    if not listings:
        return []
    lock_registry(tx, listings[0].watched.registry)
    now = searches.known(tx, [each.watched.watch_id for each in listings])
    searched = {watch_id: watched.search for watch_id, watched in now.items()}
    return [each for each in listings if searched.get(each.watched.watch_id) == each.watched.search]


def join(tx: Connection, trial_ids: Sequence[str], listing: Listing, context: PassContext) -> None:
    """Have the watch hold these trials, too; what nobody knew of is a newcomer, unless this is the first listing."""
    watch_id, registry = listing.watched.watch_id, listing.watched.registry
    joined = watches.join(tx, watch_id, registry, trial_ids, context.clock())
    leavers.stay(tx, watch_id, registry, trial_ids)
    if listing.is_first:
        return
    known = {trial_id for trial_id, trial in trials.known(tx, registry, joined).items() if trial.snapshot}
    newcomer = Newcomer(watch_id, listing.watched.listed_version)
    newcomers.add(tx, registry, sorted(joined - known), newcomer)
    if listing.watched.search.sponsor is not None:
        _owe_takeovers(tx, known, registry, context)


def _owe_takeovers(tx: Connection, trial_ids: set[str], registry: str, context: PassContext) -> None:
    """Owe this watch's subscribers, too, a change of sponsor that was found before the watch held the trial.

    That happens where the data were refreshed after the listing, or the listing failed. Nobody is told twice. An
    event that is not settled yet will find the watch holding the trial.
    """
    latest = [
        told[-1] for trial_id in sorted(trial_ids) if (told := events.of_trial(tx, registry, trial_id, damaged={}))
    ]
    takeovers = [event for event in latest if any(change.kind in _TAKEOVERS for change in event.changes)]
    unsettled = settlements.known(tx, [event.id for event in takeovers])
    owe_deliveries(tx, [event for event in takeovers if event.id not in unsettled], registry, now=context.clock())


def missing(tx: Connection, found: set[str], watched: WatchedSearch) -> set[str]:
    """What the watch holds and a listing in full lacks, without those that are about to leave already."""
    held = {trial_id for _, trial_id in watches.trials_of(tx, watched.watch_id)}
    return held - found - leavers.of_watch(tx, watched.watch_id)


def unlisted(watched: WatchedSearch, reason: str) -> Unlisted:
    """That the trials of a watch could not be listed, and why."""
    what = search_words(watched.search)
    return Unlisted(registry=watched.registry, watch_id=watched.watch_id, watch=what, error=reason)
