"""List once for many sponsors what was updated or registered, in place of a request for each of them.

    what moved, for few sponsors, or for no more of them than pages   ->  each is asked for by itself: fewer requests
    all there is, where a listing in full is due                      ->  a few sponsors a request
    only the registry can tell what a search covers                   ->  it is asked for that search by itself
    a watch would lose a trial                                        ->  its search is asked for by itself, and decides
    the listing fails, or what it is for                              ->  each is asked for by itself, and says why

What joins is what a request for each watch would find. The rule to keep: at the slightest doubt, ask for each.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import Connection

from monitor.errors import StoreUnavailable
from monitor.model import Search
from monitor.model.stamps import day_of
from monitor.ports import RegistryVersion, SharedPage, SharedSearching
from monitor.storage import leavers, searches, watches
from monitor.storage.searches import WatchedSearch
from monitor.storage.statements import chunks
from monitor.watching.builds import is_behind
from monitor.watching.context import PassContext
from monitor.watching.listings import OVERLAP, Listing, due_since, is_fresh, join, missing, still_wanted

FEWEST = 4
"""Sponsors for whom a listing is begun: what the registry publishes from build to build fills one page to four."""
SHORT_OVERLAP = timedelta(days=1)
"""Enough where each page says that it comes from the latest data, as a page for everybody does; else it is OVERLAP."""
FEWEST_IN_FULL = 2
"""Sponsors that share questions for all their trials: these are never more than a question each."""
AT_ONCE = 100
"""Sponsors that are listed in full before it is concluded what that means: so many trials are in memory."""


@dataclass(frozen=True, slots=True)
class _Shared:
    """The listings that one takes the place of, by what they look for."""

    by_search: Mapping[Search, Sequence[Listing]]
    version: RegistryVersion
    registry: SharedSearching
    context: PassContext

    @property
    def listings(self) -> list[Listing]:
        """All of them."""
        return [listing for listings in self.by_search.values() for listing in listings]


@dataclass(slots=True)
class _Outcome:
    """What came of a shared listing: *undecided* are asked for each; *build* is the oldest of a page."""

    found: defaultdict[Search, set[str]] = field(default_factory=lambda: defaultdict(set))
    undecided: set[Search] = field(default_factory=set)
    build: str | None = None
    lacking: int = 0


def discover_shared(watched: Sequence[WatchedSearch], version: RegistryVersion, context: PassContext) -> set[int]:
    """Make watches of sponsors hold what their searches find in *version*, as far as listings can serve many of them.

    Give those that need no listing of their own in this pass: all is known of them, or the next pass asks again.
    """
    registry = context.registry
    if not isinstance(registry, SharedSearching):
        return set()
    by_day = _by_day(watched, version, context)
    in_full = by_day.pop(None, [])
    moved = max(by_day.values(), key=len, default=[])
    served: set[int] = set()
    if len(in_full) >= FEWEST_IN_FULL:
        for some in chunks(in_full, AT_ONCE):
            served |= _served(_list_in_full, _shared(some, registry, version, context))
    if len(moved) >= FEWEST:
        served |= _served(_list_moved, _shared(moved, registry, version, context))
    return served


def _by_day(
    watched: Sequence[WatchedSearch], version: RegistryVersion, context: PassContext
) -> defaultdict[date | None, list[Listing]]:
    """The listings for sponsors, by the day since when: mostly one for all, that of the last build."""
    by_day: defaultdict[date | None, list[Listing]] = defaultdict(list)
    for each in watched:
        if each.search.is_of_sponsor_alone and each.listed_version != version.stamp:
            since = due_since(each, version, context)
            by_day[since].append(Listing(each, version, since))
    return by_day


def _shared(
    listings: Sequence[Listing], registry: SharedSearching, version: RegistryVersion, context: PassContext
) -> _Shared:
    by_search = defaultdict(list)
    for listing in listings:
        by_search[listing.watched.search].append(listing)
    return _Shared(by_search, version, registry, context)


def _served(step: Callable[[_Shared], Sequence[Listing]], shared: _Shared) -> set[int]:
    """The watches for which *step* did all there is to do; none where it failed."""
    try:
        return {each.watched.watch_id for each in step(shared)}
    except StoreUnavailable:
        raise
    except Exception:  # whatever it is, each watch is listed by itself now, and says what is wrong
        return set()


def _list_moved(shared: _Shared) -> Sequence[Listing]:
    """List what was updated or registered; once more, with the days before, where that may lack something."""
    listings, day = shared.listings, day_of(shared.version.stamp)
    since = listings[0].since
    if since is None:
        return []
    outcome = _joined(shared, since + OVERLAP - SHORT_OVERLAP)
    if outcome and (outcome.build is None or is_behind(outcome.build, day)):
        outcome = _joined(shared, since)
    if outcome is None:
        return []
    served = [each for each in listings if each.watched.search not in outcome.undecided]
    if not outcome.lacking and is_fresh(outcome.build, listings[0], shared.context):
        with shared.context.store.begin() as tx:
            ids = [each.watched.watch_id for each in still_wanted(tx, served)]
            searches.listed(tx, ids, shared.version.stamp)
    return served


def _list_in_full(shared: _Shared) -> Sequence[Listing]:
    """List all trials of these sponsors; only a watch that holds nothing else is served by that."""
    outcome = _joined(shared, None)
    if outcome is None or outcome.lacking:
        return []
    decided = [each for each in shared.listings if each.watched.search not in outcome.undecided]
    if not all(is_fresh(outcome.build, each, shared.context) for each in decided):
        return decided
    with shared.context.store.begin() as tx:
        served = [
            each
            for each in still_wanted(tx, decided)
            if not missing(tx, outcome.found[each.watched.search], each.watched)
        ]
        ids = [each.watched.watch_id for each in served]
        searches.listed(tx, ids, shared.version.stamp, in_full_at=shared.context.clock())
    return served


def _joined(shared: _Shared, since: date | None) -> _Outcome | None:
    """Have join what a listing finds. None where it would take more pages than there are watches."""
    outcome = _Outcome()
    builds: set[str] = set()
    for number, page in enumerate(shared.registry.find_shared(shared.by_search, updated_since=since)):
        if since and number == 0 and _pages_left(page) > len(shared.listings):
            return None
        if page.found:
            with shared.context.store.begin() as tx:
                for listing, trial_ids in _news(tx, page, shared):
                    join(tx, trial_ids, listing, shared.context)
        for search, found in page.found.items():
            outcome.found[search].update(found)
        outcome.undecided.update(page.undecided)
        outcome.lacking += page.lacking
        builds.update(filter(None, [page.build]))
    outcome.build = min(builds, default=None)
    return outcome


def _pages_left(page: SharedPage) -> int:
    """How many pages as full as the first one come after it."""
    return -(-max((page.total or 0) - page.listed, 0) // max(page.listed, 1))


def _news(tx: Connection, page: SharedPage, shared: _Shared) -> Iterator[tuple[Listing, list[str]]]:
    """What the page has for each watch beside the trials that it holds and that are to stay."""
    listings = still_wanted(tx, [each for search in page.found for each in shared.by_search[search]])
    trial_ids = {trial_id for found in page.found.values() for trial_id in found}
    registry = shared.context.registry.key
    staying = watches.held_among(tx, registry, trial_ids) - leavers.among(tx, registry, trial_ids)
    for listing in listings:
        found = page.found[listing.watched.search]
        if new := [trial_id for trial_id in found if (listing.watched.watch_id, trial_id) not in staying]:
            yield listing, new
