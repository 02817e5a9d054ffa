"""List once for many sponsors what was updated or registered, in place of a request for each of them.

    few sponsors, or no more of them than pages       ->  each is asked for by itself, which takes fewer requests
    only the registry can tell what a search covers   ->  it is asked for that search by itself
    the listing fails, or what it is for              ->  each is asked for by itself, and says what is wrong

First listings and listings in full are each watch's own (see `monitor.watching.discover`): only they tell who leaves.

What joins is what a request for each watch would find. The rule to keep: at the slightest doubt, ask for each.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from monitor.errors import StoreUnavailable
from monitor.model import Search
from monitor.model.stamps import day_of
from monitor.ports import RegistryVersion, SharedPage, SharedSearching
from monitor.storage import leavers, searches, watches
from monitor.storage.searches import WatchedSearch
from monitor.watching.builds import is_behind
from monitor.watching.context import PassContext
from monitor.watching.listings import OVERLAP, Listing, due_since, is_fresh, join, still_wanted

FEWEST = 4
"""Sponsors for whom a listing is begun: what the registry publishes from build to build fills one page to four."""
SHORT_OVERLAP = timedelta(days=1)
"""Enough where each page says that it comes from the latest data, as a page for everybody does; else it is OVERLAP."""


@dataclass(frozen=True, slots=True)
class _Shared:
    """The listings that one takes the place of, by what they look for."""

    by_search: Mapping[Search, Sequence[Listing]]
    registry: SharedSearching
    context: PassContext

    @property
    def listings(self) -> list[Listing]:
        """All of them."""
        return [listing for listings in self.by_search.values() for listing in listings]


def discover_shared(watched: Sequence[WatchedSearch], version: RegistryVersion, context: PassContext) -> set[int]:
    """Make watches of sponsors hold what their searches find in *version*, as far as one listing can serve them all.

    Give those that need no listing of their own in this pass: all is known of them, or the next pass asks again.
    """
    registry, by_day = context.registry, _by_day(watched, version, context)
    since = max(by_day, key=lambda day: len(by_day[day]), default=None)
    if since is None or len(by_day[since]) < FEWEST or not isinstance(registry, SharedSearching):
        return set()
    by_search = defaultdict(list)
    for listing in by_day[since]:
        by_search[listing.watched.search].append(listing)
    try:
        return _discover(_Shared(by_search, registry, context), version, since)
    except StoreUnavailable:
        raise
    except Exception:  # whatever it is, each watch is listed by itself now, and says what is wrong
        return set()


def _by_day(
    watched: Sequence[WatchedSearch], version: RegistryVersion, context: PassContext
) -> dict[date, list[Listing]]:
    """The listings for sponsors of what moved, by the day since when: mostly one for all, that of the last build."""
    by_day = defaultdict(list)
    for each in watched:
        if each.search.is_of_sponsor_alone and each.listed_version != version.stamp:
            since = due_since(each, version, context)
            if since is not None:
                by_day[since].append(Listing(each, version, since))
    return by_day


def _discover(shared: _Shared, version: RegistryVersion, since: date) -> set[int]:
    listings, day = shared.listings, day_of(version.stamp)
    for first_day in (since + OVERLAP - SHORT_OVERLAP, since):
        joined = _joined(shared, first_day)
        if joined is None:
            return set()
        undecided, build = joined
        if build and not is_behind(build, day):
            break
    served = [each for each in listings if each.watched.search not in undecided]
    if is_fresh(build, listings[0], shared.context):
        with shared.context.store.begin() as tx:
            ids = [each.watched.watch_id for each in still_wanted(tx, served)]
            searches.listed(tx, ids, version.stamp)
    return {each.watched.watch_id for each in served}


def _joined(shared: _Shared, since: date) -> tuple[set[Search], str | None] | None:
    """Have join what moved since a day; give the searches that are undecided, and the oldest build of a page.

    None where it would take more pages than there are watches.
    """
    undecided: set[Search] = set()
    builds: set[str] = set()
    for number, page in enumerate(shared.registry.find_shared(shared.by_search, updated_since=since)):
        if number == 0 and _pages_left(page) > len(shared.listings):
            return None
        if page.found:
            with shared.context.store.begin() as tx:
                for listing, trial_ids in _news(tx, page, shared):
                    join(tx, trial_ids, listing, shared.context)
        undecided.update(page.undecided)
        builds.update(filter(None, [page.build]))
    return undecided, min(builds, default=None)


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
