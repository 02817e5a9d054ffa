"""Find the trials that a watch covers: who joins it, who is new in the registry, and who leaves.

    first listing, in full        ->  all of it joins, silently
    new data since                ->  what was updated or registered since joins; without a snapshot, it is a newcomer
    once every full_check_every   ->  all of it again: a trial that is no longer in it is a leaver

Each page is one transaction, and only adds trials. What the listing means as a whole is decided after its last page. So
if it is interrupted, what it added is right, and the next pass begins it again.

A leaver is read in full once more, and `monitor.storage.leavers` drops it once its last change is told. Watches of all
trials keep no list: `monitor.watching.sweep` is for them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice

from sqlalchemy import Connection

from monitor.alerts.notices import watch_shrank
from monitor.alerts.settling import owe_deliveries
from monitor.changes.searches import search_words
from monitor.errors import RegistryUnreachable, StoreCorrupt, StoreUnavailable
from monitor.model import Role, Search, Unlisted
from monitor.model.stamps import day_of
from monitor.ports import (
    Registry,
    RegistryVersion,
    Searching,
    SearchPage,
    SponsorLookup,
    SponsorName,
    searching,
    sweeping,
)
from monitor.storage import events, leavers, newcomers, notices, searches, settlements, trials, watches
from monitor.storage.isolation import in_words
from monitor.storage.locks import lock_registry
from monitor.storage.newcomers import Newcomer
from monitor.storage.searches import WatchedSearch
from monitor.text import fold, fold_organisation
from monitor.watching.builds import ROLLED_OUT_AFTER, delay_in_words, is_behind
from monitor.watching.context import PassContext
from monitor.watching.schedule import full_check_due

OVERLAP = timedelta(days=7)
"""What was posted in the days before is asked for again: the registry's days begin in another zone than ours, and an
empty listing does not tell whether it came from a machine that did not have the latest data yet."""
PAGES_COUNTED = 10
"""Of a sponsor's trials, when its watch is made: 10,000, more than any has."""
FEWEST_DISBELIEVED = 20
"""A listing that lacks so many of the trials that a watch holds, and more than half of them, is a fault."""

_TAKEOVERS = ("sponsor.lead", "sponsor.collaborators")


@dataclass(frozen=True, slots=True)
class _Listing:
    """What is asked for: everything there is, or what moved *since* a day."""

    watched: WatchedSearch
    version: RegistryVersion
    since: date | None

    @property
    def is_first(self) -> bool:
        """Whether nothing was listed in full before, so that nothing in it is news."""
        return self.watched.listed_in_full_at is None


@dataclass(frozen=True, slots=True)
class Appraisal:
    """What a search comes to: a sponsor in the registry's spelling, and how many trials are found.

    *trials* is None where no sponsor has exactly that name; *candidates* have one like it.
    """

    search: Search
    trials: int | None
    candidates: Sequence[SponsorName] = ()


def appraise(search: Search, registry: Registry) -> Appraisal:
    """Ask what a search comes to. Raise ConfigurationInvalid for one that the registry cannot understand, or take."""
    if search.is_everything:
        return Appraisal(search, _counted_whole(registry))
    found_in = searching(registry)
    candidates: Sequence[SponsorName] = ()
    if search.sponsor is not None:
        candidates = registry.sponsors(search.sponsor) if isinstance(registry, SponsorLookup) else ()
        name = fold_organisation(search.sponsor)
        exact = next((each for each in candidates if fold_organisation(each.name) == name), None)
        search = replace(search, sponsor=exact.name if exact else fold(search.sponsor))
        if exact and search.role is Role.LEAD:
            return Appraisal(search, exact.trials)
    trials = _counted(found_in.find(search), is_sponsored=search.sponsor is not None)
    return Appraisal(search, trials or (None if search.sponsor is not None else 0), candidates)


def _counted_whole(registry: Registry) -> int:
    """How many trials a registry has that is to be read as a whole."""
    whole = sweeping(registry)
    if isinstance(registry, Searching):
        return _counted(registry.find(Search()), is_sponsored=False)
    page = next(whole.sweep())
    return page.total or len(page.answers)


def _counted(pages: Iterator[SearchPage], *, is_sponsored: bool) -> int:
    """How many trials there are: the registry's word, but for a sponsor, of whom it counts others, too."""
    first = next(pages)
    if not is_sponsored:
        return first.total or len(first.trial_ids)
    found = len(first.trial_ids)
    for page in islice(pages, PAGES_COUNTED - 1):
        found += len(page.trial_ids)
    return found


def discover_all(version: RegistryVersion, context: PassContext) -> Iterator[Unlisted]:
    """List for all watches what there is to find in *version*; give those for which that failed."""
    damaged: dict[int, StoreCorrupt] = {}
    with context.store.read() as tx:
        watched = searches.of_registry(tx, context.registry.key, damaged=damaged)
    for watch_id, error in damaged.items():
        yield Unlisted(registry=context.registry.key, watch_id=watch_id, watch="what cannot be read", error=str(error))
    for each in watched:
        try:
            discover(each, version, context)
        except StoreUnavailable:
            raise
        except Exception as error:  # whatever it is, the other watches are listed, and what they hold is checked
            yield unlisted(each, in_words(error))


def unlisted(watched: WatchedSearch, reason: str) -> Unlisted:
    """That the trials of a watch could not be listed, and why."""
    what = search_words(watched.search)
    return Unlisted(registry=watched.registry, watch_id=watched.watch_id, watch=what, error=reason)


def discover(watched: WatchedSearch, version: RegistryVersion, context: PassContext) -> None:
    """Make the watch hold what its search finds in *version*; nothing is asked where that was done.

    Raise RegistryError, or ConfigurationInvalid for a search that the registry cannot understand: then some may have
    joined, nobody has left, and the next pass tries again.
    """
    if watched.listed_version == version.stamp or watched.search.is_everything:
        return
    listing = _Listing(watched, version, _since(watched, version, context))
    found: set[str] = set()
    builds: set[str] = set()
    for page in searching(context.registry).find(watched.search, updated_since=listing.since):
        with context.store.begin() as tx:
            if not _is_wanted(tx, watched):
                return
            _join(tx, page, listing, context)
        found.update(page.trial_ids)
        builds.update(filter(None, [page.build]))
    if not _is_fresh(min(builds, default=None), listing, context):
        return
    is_current = listing.since is not None or not _missing_now(found, watched, context) or _is_current(version, context)
    with context.store.begin() as tx:
        if _is_wanted(tx, watched):
            _conclude(tx, found, listing, context, is_current=is_current)


def _is_fresh(build: str | None, listing: _Listing, context: PassContext) -> bool:
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


def _since(watched: WatchedSearch, version: RegistryVersion, context: PassContext) -> date | None:
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


def _is_wanted(tx: Connection, watched: WatchedSearch) -> bool:
    """Whether the watch's search is still the same; it stays so until the commit."""
    lock_registry(tx, watched.registry)
    now = searches.get(tx, watched.watch_id)
    return now is not None and now.search == watched.search


def _join(tx: Connection, page: SearchPage, listing: _Listing, context: PassContext) -> None:
    watch_id, registry = listing.watched.watch_id, listing.watched.registry
    joined = watches.join(tx, watch_id, registry, page.trial_ids, context.clock())
    leavers.stay(tx, watch_id, registry, page.trial_ids)
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


def _missing_now(found: set[str], watched: WatchedSearch, context: PassContext) -> set[str]:
    with context.store.read() as tx:
        return _missing(tx, found, watched)


def _missing(tx: Connection, found: set[str], watched: WatchedSearch) -> set[str]:
    """What the watch holds and a listing in full lacks, without those that are about to leave already."""
    held = {trial_id for _, trial_id in watches.trials_of(tx, watched.watch_id)}
    return held - found - leavers.of_watch(tx, watched.watch_id)


def _is_current(version: RegistryVersion, context: PassContext) -> bool:
    """Whether the data stood still during the listing: pages of two versions may lack what moved between them."""
    return context.version_now(version).stamp == version.stamp


def _conclude(tx: Connection, found: set[str], listing: _Listing, context: PassContext, *, is_current: bool) -> None:
    """Decide what the whole listing means. One that is not believed in full stays due."""
    is_believed = listing.since is None and is_current and _let_leave(tx, found, listing, context)
    in_full_at = context.clock() if is_believed or listing.is_first else None
    searches.listed(tx, listing.watched.watch_id, listing.version.stamp, in_full_at=in_full_at)


def _let_leave(tx: Connection, found: set[str], listing: _Listing, context: PassContext) -> bool:
    """Note who is not in a listing in full; give whether that can be believed."""
    watched = listing.watched
    missing = _missing(tx, found, watched)
    held = len(found) + len(missing)
    if len(missing) >= FEWEST_DISBELIEVED and 2 * len(missing) > held:
        notices.notify_operator(
            tx,
            watch_shrank(
                watched.watch_id,
                search_words(watched.search),
                watched.registry,
                held=held,
                missing=len(missing),
                since=watched.listed_in_full_at,
                now=context.clock(),
            ),
        )
        return False
    leavers.add(tx, watched.watch_id, watched.registry, sorted(missing), version=listing.version.stamp)
    trials.read_again(tx, watched.registry, sorted(missing))
    return True
