"""Overall status, the last known one behind an unknown one, and why a trial stopped. Pure.

The registry itself turns a status UNKNOWN when the record was not verified for two years: no sponsor did anything.
The last known status is then the former one; only where it is not, it is a difference of its own.
"""

from collections.abc import Iterator

from monitor.changes.diff.comparison import Comparison
from monitor.changes.diff.wording import told_spelling, told_text
from monitor.changes.spelling import respelled
from monitor.model import Coded, Difference, PartialDate, Record
from monitor.text import fold, quote

STOPPED = {"TERMINATED", "SUSPENDED", "WITHDRAWN"}
_ENDED = STOPPED | {"COMPLETED"}
_OPEN = {"NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING"}
_ENROLLING = {"RECRUITING", "ENROLLING_BY_INVITATION"}

_REASON = 260
"""Characters of a reason for stopping that the sentence on the status quotes: nearly all reasons are shorter."""

_KINDS = {
    **dict.fromkeys(STOPPED, "status.stopped"),
    "COMPLETED": "status.completed",
    "RECRUITING": "status.recruiting",
    "ENROLLING_BY_INVITATION": "status.recruiting",
    "ACTIVE_NOT_RECRUITING": "status.closed",
    "UNKNOWN": "status.unknown",
    "WITHHELD": "trial.withheld",
}
"""What becoming a status is called."""


def differences(pair: Comparison) -> Iterator[Difference]:
    """Tell a move of the overall status, then what moved without it."""
    before, after = pair.before, pair.after
    if before.overall_status != after.overall_status:
        kind = _kind(before.overall_status, after.overall_status)
        yield pair.difference(
            "overall_status",
            kind,
            before=before.overall_status,
            after=after.overall_status,
            summary=_summary(kind, before, after),
        )
    yield from _last_known(pair)
    yield from _why_stopped(pair)


def implied_last_known(before: Record, after: Coded | None) -> Coded | None:
    """The last known status that a move to *after* implies: the registry gives one beside UNKNOWN only."""
    if before.overall_status == after:
        return before.last_known_status
    return before.overall_status if after and after.code == "UNKNOWN" else None


def _kind(before: Coded | None, after: Coded | None) -> str:
    old, new = before and before.code, after and after.code
    if old == "WITHHELD":
        return "trial.restored"
    if (old in _ENDED and new in _OPEN) or (old == "ACTIVE_NOT_RECRUITING" and new in _ENROLLING):
        return "status.reopened"
    return _KINDS.get(new or "", "status.changed")


def _summary(kind: str, before: Record, after: Record) -> str:
    old, new = before.overall_status, after.overall_status
    if kind == "trial.withheld":
        return f"The registry now withholds the record; its overall status was {old or 'not given'}."
    if kind == "trial.restored":
        return f"The registry released the record that it had withheld; overall status: {new or 'not given'}."
    if new is None:
        return f"Overall status is no longer given; it was {old}."
    if kind == "status.unknown":
        return _unknown(after)
    went = "went back" if kind == "status.reopened" else "went"
    move = f"Overall status {went} from {old} to {new}" if old else f"Overall status is now given: {new}"
    told = new.code in STOPPED or fold(before.why_stopped) != fold(after.why_stopped)
    return f"{move}: {quote(after.why_stopped, _REASON)}." if told and fold(after.why_stopped) else f"{move}."


def _unknown(after: Record) -> str:
    verified = f"was {_verified(after)}"
    known = f"; last known status: {after.last_known_status}" if after.last_known_status else ""
    return f"The registry set the overall status to unknown because the record {verified}{known}."


def _verified(record: Record) -> str:
    day = PartialDate(record.status_verified_date or "")
    return (
        f"last verified {'on' if day.precision == 'day' else 'in'} {day.text}" if day.text else "not verified for long"
    )


def _last_known(pair: Comparison) -> Iterator[Difference]:
    implied, after = implied_last_known(pair.before, pair.after.overall_status), pair.after.last_known_status
    if implied != after:
        yield pair.difference(
            "last_known_status",
            "status.changed",
            before=implied,
            after=after,
            summary=f"Last known status went from {implied or 'not given'} to {after or 'not given'}.",
        )


def _why_stopped(pair: Comparison) -> Iterator[Difference]:
    before, after = pair.before.why_stopped, pair.after.why_stopped
    if fold(before) == fold(after):
        return
    same = respelled(before, after)
    kind = "added" if not fold(before) else "removed" if not fold(after) else "respelled" if same else "changed"
    yield pair.difference(
        "why_stopped",
        f"why_stopped.{kind}",
        before=before,
        after=after,
        summary=(told_spelling if same else told_text)("Reason for stopping", before, after),
    )
