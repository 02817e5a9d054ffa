"""What is answered of a trial of which nothing is kept, by pages, commands, the API and agents."""

from sqlalchemy import Connection

from monitor.alerts.denied import denied_of
from monitor.errors import NothingFound
from monitor.ports import FetchedRegistry, Registry, cannot_be_asked
from monitor.storage import trials
from monitor.storage.silence import is_watched


def refuse_unknown(tx: Connection, registry: Registry, trial_id: str) -> None:
    """Raise NothingFound for a trial that is not watched and was never read: “nothing changed” would be untrue."""
    if trial_id in trials.known(tx, registry.key, [trial_id]) or is_watched(tx, registry.key, trial_id):
        return
    if denied := denied_of(tx, registry.key, trial_id):
        raise NothingFound(f"{trial_id} is not watched here: {denied}; check the number")
    can_be_asked = isinstance(registry, FetchedRegistry)
    remedy = f"`monitor watch add {trial_id}` has it watched" if can_be_asked else cannot_be_asked(registry)
    raise NothingFound(f"{trial_id} is not watched here, and nothing of it is kept; {remedy}")


def no_snapshot(tx: Connection, registry: Registry, trial_id: str) -> NothingFound:
    """That nothing is kept of a trial, and what to do for it."""
    if denied := denied_of(tx, registry.key, trial_id):
        return NothingFound(f"{trial_id}: {denied}; check the number, it is asked for again")
    can_be_asked = isinstance(registry, FetchedRegistry)
    remedy = f"`monitor check {trial_id}` takes one" if can_be_asked else cannot_be_asked(registry)
    return NothingFound(f"there is no snapshot of {trial_id} yet; {remedy}")
