"""When nothing more is expected of a trial. Pure.

A trial is at its end when it was completed or terminated and its results are posted, or when it was withdrawn before
anybody took part. One without results is not, however long ago it was completed: they are what is waited for. What the
registry does not list any more is for `monitor.storage.trials` to say.
"""

from monitor.language.worded import Worded, worded
from monitor.model import Event, Record

ENDING = frozenset({"results.posted", "status.completed", "status.stopped", "trial.removed", "trial.merged"})
"""The kinds of change after which nothing more may be expected."""
_OVER = frozenset({"COMPLETED", "TERMINATED"})


def may_be_last(event: Event) -> bool:
    """Whether nothing more may be expected of a trial after this event: its record has to be looked at."""
    return any(change.kind in ENDING for change in event.changes)


def how_it_ended(record: Record) -> Worded | None:
    """How a trial came to its end, to stand behind its name; None where something is still expected."""
    status = record.overall_status
    if status is None:
        return None
    if status.code == "WITHDRAWN":
        return Worded(status.words, {})
    if status.code not in _OVER or not record.has_results:
        return None
    return worded("{status}, with results posted", status=Worded(status.words, {}))
