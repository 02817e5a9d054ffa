"""What one change tells of another, so that nobody reads the same words twice. Pure."""

from collections.abc import Sequence

from monitor.diff.text import fold
from monitor.model import Change

_GIVEN = "This is the reason that is given for it."


def folded(changes: Sequence[Change]) -> list[Change]:
    """The changes without a reason for stopping that the sentence on the overall status quotes whole."""
    told = _told_of_status(changes)
    return [change for change in changes if not _is_quoted(change, told)]


def summaries(changes: Sequence[Change]) -> list[str]:
    """A sentence for each change; of a reason that the sentence on the status quotes, no more than that it is one."""
    told = _told_of_status(changes)
    return [_GIVEN if _is_quoted(change, told) else change.summary for change in changes]


def _told_of_status(changes: Sequence[Change]) -> str:
    return " ".join(change.summary for change in changes if change.field == "overall_status")


def _is_quoted(change: Change, told: str) -> bool:
    if change.field != "why_stopped" or change.before or not isinstance(change.after, str):
        return False
    return f"“{fold(change.after)}”" in told
