"""The watches, and the trials that one of them holds."""

from monitor.storage import trials
from monitor.storage import watches as kept
from monitor.storage.store import Store
from monitor.storage.trials import Trial
from monitor.storage.watches import Watch


def watches(store: Store) -> list[Watch]:
    """Every watch, the oldest first."""
    with store.read() as tx:
        return kept.listing(tx)


def trials_of_watch(which: str, store: Store) -> list[Trial]:
    """The trials of a watch, named by its number or name, as far as they are known. NothingFound where it is none."""
    with store.read() as tx:
        held = kept.trials_of(tx, kept.find(tx, which).id)
        registries = {key for key, _ in held}
        known = {key: trials.known(tx, key, [each for of, each in held if of == key]) for key in registries}
    return [known[key].get(trial_id) or Trial(key, trial_id) for key, trial_id in held]
