"""The first look at trials that somebody subscribes to: without a baseline the next change would not be seen."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from monitor.errors import NothingFound, RegistryError
from monitor.model import Checked, Result
from monitor.ports import Searching
from monitor.text import first_few

if TYPE_CHECKING:
    from monitor.alerts.subscribe import Scope
    from monitor.app import App

STOPPED_NAMED = 20


def first_look(program: "App", named: Collection[tuple[str, str]]) -> list[Checked]:
    """Take the baseline of those trials, by registry and id, that have none; give what came of each.

    Raise NothingFound where the registry has no such trial. One that does not answer is no hindrance: the next check
    takes the baseline.
    """
    from monitor.storage import trials  # SQLAlchemy is not needed to show --help

    looked_at: list[Checked] = []
    for key in sorted({registry for registry, _ in named}):
        ids = sorted(trial_id for registry, trial_id in named if registry == key)
        with program.store.read() as tx:
            known = {one.trial_id for one in trials.known(tx, key, ids).values() if one.snapshot is not None}
        if new := [trial_id for trial_id in ids if trial_id not in known]:
            looked_at += program.check(new, program.registry(key))
    if denied := [one for one in looked_at if one.is_unknown]:
        raise NothingFound("\n".join(f"{one.trial_id}: {one.error}; nobody is subscribed" for one in denied))
    return looked_at


def stopped_already(program: "App", scope: "Scope") -> list[str] | None:
    """The trials that a subscription is about and that have stopped before it was made, as the registry has them now.

    None where that is not a search, or the registry does not say.
    """
    from monitor.storage import searches  # SQLAlchemy is not needed to show --help

    registry_key, search = scope.search or (None, None)
    if scope.watch_id is not None:
        with program.store.read() as tx:
            watched = searches.get(tx, scope.watch_id)
        if watched:
            registry_key, search = watched.registry, watched.search
    if search is None:
        return None
    registry = program.registry(registry_key)
    if not isinstance(registry, Searching):
        return None
    pages = registry.find(search, stopped=True)
    with suppress(RegistryError):
        return sorted({trial_id for page in pages for trial_id in page.trial_ids})
    return None


def said_of_stopped(trial_ids: Sequence[str]) -> str:
    """How many have stopped already, and which."""
    if not trial_ids:
        return "None of its trials has stopped so far."
    have = "trials has" if len(trial_ids) == 1 else "trials have"
    return f"{len(trial_ids):,} of its {have} stopped already: {first_few(trial_ids, STOPPED_NAMED)}."


def said_of_watching(watched: Sequence[str], looked_at: Sequence[Checked]) -> Iterator[str]:
    """What is said of trials that are watched from now on, and of the first look at them."""
    taken = [one for one in looked_at if one.result is Result.BASELINE]
    if watched:
        yield f"{first_few(watched)} {'is' if len(watched) == 1 else 'are'} watched from now on."
    for one in taken:
        yield f"Baseline taken of {one.trial_id}: {one.title or 'a trial without a title'}"
    for one in looked_at:
        if one.error:
            yield f"{one.trial_id} could not be looked at: {one.error}. The next check takes its baseline."
