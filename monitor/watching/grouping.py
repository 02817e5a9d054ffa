"""Put watches into groups, and take them out, as people ask for it. What config.toml groups is changed there."""

from collections.abc import Sequence
from datetime import datetime

from monitor.errors import ConfigurationInvalid
from monitor.model import WatchGroup
from monitor.storage import groups, watches
from monitor.storage.store import Store
from monitor.storage.watches import Watch


def put(name: str, which: Sequence[str], *, store: Store, now: datetime) -> WatchGroup:
    """Put watches, by their numbers or names, into the group of that name, which is made where there is none.

    NothingFound where one is no watch, ConfigurationInvalid for a watch of all trials: then none is put there.
    """
    with store.begin() as tx:
        found = [watches.find(tx, each) for each in which]
        for watch in found:
            _refuse_mirror(watch)
        groups.put(tx, name, [watch.id for watch in found], origin="command", at=now)
        return groups.find(tx, name)


def take_out(name: str, which: Sequence[str], *, store: Store) -> list[Watch]:
    """Take watches out of a group; give them. The group ends with the last one, unless somebody is subscribed to it.

    NothingFound where there is no such group, or one is not in it, ConfigurationInvalid where a file puts it there:
    then none is taken out.
    """
    with store.begin() as tx:
        group = groups.find(tx, name, remedy="`monitor watch list` shows those there are")
        found = [watches.find(tx, each) for each in which]
        for watch in found:
            groups.take_out(tx, group, watch.id)
    return found


def members(name: str, store: Store) -> list[Watch]:
    """The watches of a group. NothingFound where there is none of that name."""
    with store.read() as tx:
        held = groups.find(tx, name).watches
        return [watch for watch in watches.listing(tx) if watch.id in held]


def _refuse_mirror(watch: Watch) -> None:
    if watch.search and watch.search.is_everything:
        raise ConfigurationInvalid(
            f"watch {watch.id} is about all trials, so a group with it would be, too: subscribe with --all instead"
        )
