"""Find the trials that a watch covers: who joins it, who is new in the registry, and who leaves.

    first listing, in full        ->  all of it joins, silently
    new data since                ->  what was updated or registered since joins; without a snapshot, it is a newcomer
    once every full_check_every   ->  all of it again: a trial that is no longer in it is a leaver

Each page is one transaction, and only adds trials. What the listing means as a whole is decided after its last page. So
if it is interrupted, what it added is right, and the next pass begins it again.

What moved is listed once for many sponsors where that takes fewer requests: see `monitor.watching.sharing`.

A leaver is read in full once more, and `monitor.storage.leavers` drops it once its last change is told. Watches of all
trials keep no list: `monitor.watching.sweep` is for them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from sqlalchemy import Connection

from monitor.alerts.notices import watch_shrank
from monitor.changes.searches import search_words
from monitor.errors import StoreCorrupt, StoreUnavailable
from monitor.model import Role, Search, Unlisted
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
from monitor.storage import leavers, notices, searches, trials
from monitor.storage.isolation import in_words
from monitor.storage.searches import WatchedSearch
from monitor.text import fold, fold_organisation
from monitor.watching.context import PassContext
from monitor.watching.listings import Listing, due_since, is_fresh, is_wanted, join, missing, unlisted
from monitor.watching.sharing import discover_shared

PAGES_COUNTED = 10
"""Of a sponsor's trials, when its watch is made: 10,000, more than any has."""
FEWEST_DISBELIEVED = 20
"""A listing that lacks so many of the trials that a watch holds, and more than half of them, is a fault."""


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
    shared = discover_shared(watched, version, context)
    for each in watched:
        if each.watch_id in shared:
            continue
        try:
            discover(each, version, context)
        except StoreUnavailable:
            raise
        except Exception as error:  # whatever it is, the other watches are listed, and what they hold is checked
            yield unlisted(each, in_words(error))


def discover(watched: WatchedSearch, version: RegistryVersion, context: PassContext) -> None:
    """Make the watch hold what its search finds in *version*; nothing is asked where that was done.

    Raise RegistryError, or ConfigurationInvalid for a search that the registry cannot understand: then some may have
    joined, nobody has left, and the next pass tries again.
    """
    if watched.listed_version == version.stamp or watched.search.is_everything:
        return
    listing = Listing(watched, version, due_since(watched, version, context))
    found: set[str] = set()
    builds: set[str] = set()
    for page in searching(context.registry).find(watched.search, updated_since=listing.since):
        with context.store.begin() as tx:
            if not is_wanted(tx, listing):
                return
            join(tx, page.trial_ids, listing, context)
        found.update(page.trial_ids)
        builds.update(filter(None, [page.build]))
    if not is_fresh(min(builds, default=None), listing, context):
        return
    is_current = listing.since is not None or not _missing_now(found, watched, context) or _is_current(version, context)
    with context.store.begin() as tx:
        if is_wanted(tx, listing):
            _conclude(tx, found, listing, context, is_current=is_current)


def _missing_now(found: set[str], watched: WatchedSearch, context: PassContext) -> set[str]:
    with context.store.read() as tx:
        return missing(tx, found, watched)


def _is_current(version: RegistryVersion, context: PassContext) -> bool:
    """Whether the data stood still during the listing: pages of two versions may lack what moved between them."""
    return context.version_now(version).stamp == version.stamp


def _conclude(tx: Connection, found: set[str], listing: Listing, context: PassContext, *, is_current: bool) -> None:
    """Decide what the whole listing means. One that is not believed in full stays due."""
    is_believed = listing.since is None and is_current and _let_leave(tx, found, listing, context)
    in_full_at = context.clock() if is_believed or listing.is_first else None
    searches.listed(tx, [listing.watched.watch_id], listing.version.stamp, in_full_at=in_full_at)


def _let_leave(tx: Connection, found: set[str], listing: Listing, context: PassContext) -> bool:
    """Note who is not in a listing in full; give whether that can be believed."""
    watched = listing.watched
    gone = missing(tx, found, watched)
    held = len(found) + len(gone)
    if len(gone) >= FEWEST_DISBELIEVED and 2 * len(gone) > held:
        notices.notify_operator(
            tx,
            watch_shrank(
                watched.watch_id,
                search_words(watched.search),
                watched.registry,
                held=held,
                missing=len(gone),
                since=watched.listed_in_full_at,
                now=context.clock(),
            ),
        )
        return False
    leavers.add(tx, watched.watch_id, watched.registry, sorted(gone), version=listing.version.stamp)
    trials.read_again(tx, watched.registry, sorted(gone))
    return True
