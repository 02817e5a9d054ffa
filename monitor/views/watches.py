"""The watches, and the trials that one of them holds."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from monitor.storage import denials, groups, trials
from monitor.storage import registries as registry_rows
from monitor.storage import watches as kept
from monitor.storage.denials import Denial
from monitor.storage.pages import Key
from monitor.storage.store import Store
from monitor.storage.trials import Trial
from monitor.storage.unread import Unread
from monitor.storage.watches import Watch


def watches(store: Store, *, damaged: list[Unread] | None = None) -> list[Watch]:
    """Every watch, the oldest first; those that cannot be read are put into *damaged*."""
    with store.read() as tx:
        return kept.listing(tx, damaged=damaged)


@dataclass(frozen=True, slots=True)
class WatchesPage:
    """Some watches, the oldest first."""

    watches: Sequence[Watch]
    next: int | None
    """The number that the next page begins behind; None where there is none."""
    damaged: Sequence[Unread]
    """Those of the page that cannot be read, and why."""


def watches_page(store: Store, *, after: int = 0, limit: int) -> WatchesPage:
    """Up to *limit* watches of higher numbers than *after*."""
    damaged: list[Unread] = []
    with store.read() as tx:
        found = kept.listing(tx, after=after, limit=limit + 1, damaged=damaged)
    ids = sorted([each.id for each in found] + [int(each.name) for each in damaged])
    last = ids[limit - 1] if len(ids) > limit else None
    return WatchesPage(
        watches=[each for each in found if last is None or each.id <= last],
        next=last,
        damaged=[each for each in damaged if last is None or int(each.name) <= last],
    )


def groups_of_watches(store: Store, *, only: Collection[int] | None = None) -> dict[int, list[str]]:
    """The names of the groups that each watch is in, or each of *only*, in order; watches in none are left out."""
    with store.read() as tx:
        return groups.names_by_watch(tx, only=only)


def last_files(
    store: Store, registries: Iterable[str], *, only: Collection[int] | None = None
) -> dict[int, dict[str, str | None]]:
    """By watch, of what day the last file is of each of these registries that it holds trials of; None before one.

    Of *only* those watches where they are given.
    """
    with store.read() as tx:
        held = kept.registries_held(tx, registries, only=only)
        keys = {key for each in held.values() for key in each}
        versions = {key: registry_rows.version(tx, key) for key in keys}
    days = {key: version.stamp if version else None for key, version in versions.items()}
    return {watch: {key: days[key] for key in each} for watch, each in held.items()}


@dataclass(frozen=True, slots=True)
class WatchedTrial:
    """A trial that a watch holds; *denial* where its registry knows no trial of its number."""

    trial: Trial
    denial: Denial | None = None


def trials_of_watch(which: str, store: Store) -> list[WatchedTrial]:
    """The trials of a watch, named by its number or name, as far as they are known. NothingFound where it is none."""
    with store.read() as tx:
        return watched_trials(tx, kept.trials_of(tx, kept.find(tx, which).id))


def watched_trials(tx: Connection, keys: Sequence[Key]) -> list[WatchedTrial]:
    """These trials in their order, as far as they are known."""
    found: dict[Key, WatchedTrial] = {}
    for registry in {registry for registry, _ in keys}:
        ids = [trial_id for of, trial_id in keys if of == registry]
        known = trials.known(tx, registry, ids)
        denied = denials.known(tx, registry, [each for each in ids if each not in known])
        for trial_id in ids:
            trial = known.get(trial_id) or Trial(registry, trial_id)
            found[registry, trial_id] = WatchedTrial(trial, denied.get(trial_id))
    return [found[key] for key in keys]


def denied_in_watch(watch: Watch, store: Store, *, limit: int) -> list[Denial | Unread]:
    """Up to *limit* of the numbers that a watch holds and that their registries do not know, by registry and id."""
    with store.read() as tx:
        return denials.of_watch(tx, watch.id, limit=limit)
