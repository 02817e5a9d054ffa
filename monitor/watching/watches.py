"""Begin, rename and end watches, as people and programs ask for it. What config.toml watches is changed there."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.errors import ConfigurationInvalid, NothingFound, SponsorUnknown
from monitor.model import Search
from monitor.ports import Registry
from monitor.storage import silence, subscriptions, watches
from monitor.storage.store import Store
from monitor.storage.watches import Watch
from monitor.text import cut
from monitor.watching.discover import appraise

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """Trials of one registry that are watched, by the watch that holds them all."""

    registry: str
    watch: Watch
    trial_ids: Sequence[str]
    already: Collection[str]
    """Those that were watched before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedSearch:
    """A search as it will be watched: in which registry, in that one's spelling, and how many trials it finds now."""

    registry: str
    search: Search
    finds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedSearch:
    """A watch that looks for trials, and whether it is new."""

    watch: Watch
    resolved: ResolvedSearch
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """A watch that is no more."""

    watch: Watch
    silenced: Sequence[str]
    """The subscriptions that ended with it, by what they are called."""


def check_name(name: str | None, noun: str = "watch") -> None:
    """Raise ConfigurationInvalid for a name that no watch can have, nor anything else that the *noun* says."""
    if name is not None and (not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME):
        raise ConfigurationInvalid(f"a {noun}'s name has up to {LONGEST_NAME} characters that can be printed")
    if name is not None and name.isdecimal():
        raise ConfigurationInvalid(f"“{name}” would be taken for a watch's number: choose a name with a letter in it")


def add_trials(
    found: Mapping[str, Iterable[str]], *, store: Store, name: str | None, now: datetime, siblings: bool = False
) -> Iterator[Added]:
    """Watch these trials, given by registry: a watch a registry, each in its own transaction.

    With *siblings*, these watches follow their trials into other registries.
    """
    for registry, trial_ids in found.items():
        ids = list(trial_ids)
        with store.begin_alone() as tx:
            watch, already = watches.add(
                tx, registry=registry, trial_ids=ids, origin="command", name=name, at=now, with_siblings=siblings
            )
        yield Added(registry=registry, watch=watch, trial_ids=ids, already=already)


def resolve_search(search: Search, registry: Registry) -> ResolvedSearch:
    """Ask the registry what a search comes to there.

    Raise SponsorUnknown where no sponsor has exactly that name, ConfigurationInvalid where the registry cannot
    understand the search.
    """
    appraisal = appraise(search, registry)
    if appraisal.trials is None:
        raise _unknown(search.sponsor or "", registry.key, [(each.name, each.trials) for each in appraisal.candidates])
    return ResolvedSearch(registry=registry.key, search=appraisal.search, finds=appraisal.trials)


def _unknown(name: str, registry: str, candidates: Sequence[tuple[str, int]]) -> SponsorUnknown:
    asked = cut(name, 100)
    if not candidates:
        words = f"{registry} knows no sponsor named “{asked}”, nor one like it; nothing is watched"
        return SponsorUnknown(words)
    words = f"{registry} knows no sponsor named exactly “{asked}”; nothing is watched: give one of the names like it"
    return SponsorUnknown(words, candidates)


def add_search(resolved: ResolvedSearch, *, store: Store, name: str | None, now: datetime) -> AddedSearch:
    """Watch what a search finds. ConfigurationInvalid where a watch of that name looks for something else."""
    with store.begin_alone() as tx:
        watch, is_new = watches.add_search(
            tx, registry=resolved.registry, search=resolved.search, origin="command", name=name, at=now
        )
    return AddedSearch(watch=watch, resolved=resolved, is_new=is_new)


def rename(which: str, name: str, *, store: Store) -> Watch:
    """Give a watch a name. NothingFound where *which* is none, ConfigurationInvalid where it cannot have that name."""
    check_name(name)
    with store.begin_alone() as tx:
        watch = watches.find(tx, which)
        if watch.origin == "config":
            raise ConfigurationInvalid(f"watch {watch.id} is made by the configuration: name it there")
        watches.rename(tx, watch.id, name)
    return watch


def remove_watch(which: str, *, store: Store) -> Removed:
    """End a watch, and the subscriptions to it. NothingFound where *which* is none."""
    with store.begin_alone() as tx:
        found = watches.find(tx, which).id
        silenced = [each.called for each in subscriptions.to_watch(tx, found)]
        watch = watches.remove(tx, found)
        if watch.origin == "config":
            raise ConfigurationInvalid(f"watch {watch.id} is made by the configuration: take it out there")
    return Removed(watch=watch, silenced=silenced)


def remove_trial(registry: str, trial_id: str, *, store: Store) -> list[str]:
    """Take a trial out of all watches that commands made; give what the subscriptions are called that it silences.

    Raise ConfigurationInvalid where another one goes on watching it, NothingFound where none did.
    """
    with store.begin_alone() as tx:
        silent_before = silence.reasons(tx).keys()
        removed = watches.remove_trials(tx, registry, [trial_id])
        newly_silent = sorted(silence.reasons(tx).keys() - silent_before)
        silenced = [each.called for each in subscriptions.known(tx, newly_silent).values()]
        still = watches.holding(tx, registry, trial_id)
    _refuse_still_watched(trial_id, still)
    if not removed:
        raise NothingFound(f"{trial_id} is not in any watch; `monitor watch list` shows what is")
    return silenced


def _refuse_still_watched(trial_id: str, still: Sequence[Watch]) -> None:
    if any(watch.origin == "config" for watch in still):
        raise ConfigurationInvalid(f"{trial_id} is watched by the configuration: take it out there")
    if still:
        numbers = " and ".join(str(watch.id) for watch in still)
        raise ConfigurationInvalid(
            f"{trial_id} is found by the search of watch {numbers}: only a watch as a whole ends"
        )
