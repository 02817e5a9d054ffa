"""Numbers of trials that their registry does not know, as pages, commands, the API and agents say it."""

from sqlalchemy import Connection

from monitor.errors import NothingFound
from monitor.language.worded import Worded, worded
from monitor.ports import FetchedRegistry, Registry, cannot_be_asked
from monitor.storage import denials, trials
from monitor.storage.denials import Denial
from monitor.storage.silence import is_watched
from monitor.storage.unread import Unread
from monitor.text import moment


def denied_words(denial: Denial | Unread) -> Worded:
    """That the registry knows no trial of a number, and when it said so last; or why that cannot be read."""
    if isinstance(denial, Unread):
        return worded("what the registry said of this number cannot be read: {why}", why=denial.why)
    return worded("the registry knows no trial of this number (asked {at})", at=moment(denial.latest_at))


def denied_of(tx: Connection, registry: str, trial_id: str) -> Worded | None:
    """The same of a trial of which nothing is kept; None where the registry did not say so."""
    denial = denials.get(tx, registry, trial_id)
    return denied_words(denial) if denial else None


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
