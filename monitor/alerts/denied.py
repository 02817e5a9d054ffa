"""Numbers of trials that their registry does not know, as pages, commands, the API and agents say it."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Connection

from monitor.language.worded import Worded, worded
from monitor.storage import denials
from monitor.storage.denials import Denial
from monitor.storage.pages import Key
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


def denied_among(tx: Connection, keys: Iterable[Key]) -> dict[str, Worded]:
    """The same of those of the trials of which their registries said so, by trial id."""
    by_registry: defaultdict[str, list[str]] = defaultdict(list)
    for registry, trial_id in keys:
        by_registry[registry].append(trial_id)
    return {
        trial_id: denied_words(denial)
        for registry, ids in by_registry.items()
        for trial_id, denial in sorted(denials.known(tx, registry, ids).items())
    }
