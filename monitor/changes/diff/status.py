"""Overall status, the last known one behind an unknown one, and why a trial stopped. Pure.

ClinicalTrials.gov itself turns a status UNKNOWN when the record was not verified for two years: no sponsor did
anything. The last known status is then the former one; only where it is not, it is a difference of its own. Another
registry's UNKNOWN has words of its own: it stands for a status that has no shared code.

A registry may have several words for one shared code. A move from one to the other is a move, and a small one.
"""

from collections.abc import Iterator

from monitor.changes.diff.comparison import Comparison
from monitor.changes.diff.wording import respelling_sentence, text_change_sentence
from monitor.changes.kinds import KINDS
from monitor.changes.sentences import STOPPED, record_released, status_back
from monitor.changes.spelling import respelled
from monitor.model import Coded, Difference, Record
from monitor.model.vocabulary import shared_words
from monitor.text import fold, fold_name

_ENDED = STOPPED | {"COMPLETED"}
_OPEN = {"NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING"}
_ENROLLING = {"RECRUITING", "ENROLLING_BY_INVITATION"}

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
_UNKNOWN = ("unknown", fold_name(shared_words("UNKNOWN")))


def differences(pair: Comparison) -> Iterator[Difference]:
    """Tell a move of the overall status, then what moved without it."""
    before, after = pair.before, pair.after
    if before.overall_status != after.overall_status or _moved_in_words(before.overall_status, after.overall_status):
        kind = _kind(before.overall_status, after.overall_status)
        yield pair.difference(
            "overall_status",
            kind,
            before=before.overall_status,
            after=after.overall_status,
            summary=_summary(kind, pair),
        )
    yield from _last_known(pair)
    yield from _why_stopped(pair)


def implied_last_known(before: Record, after: Coded | None) -> Coded | None:
    """The last known status that a move to *after* implies: the registry gives one beside UNKNOWN only."""
    if before.overall_status == after:
        return before.last_known_status
    return before.overall_status if after and _is_computed(after) else None


def _is_computed(status: Coded) -> bool:
    """Whether a registry set it because time went by."""
    return status.code == "UNKNOWN" and fold_name(status.words) in _UNKNOWN


def _moved_in_words(before: Coded | None, after: Coded | None) -> bool:
    """Whether two statuses of one code are told apart by the registry in words of its own."""
    if before is None or after is None or fold_name(before.words) == fold_name(after.words):
        return False
    return any(one.words not in (one.code, shared_words(one.code)) for one in (before, after))


def _kind(before: Coded | None, after: Coded | None) -> str:
    old, new = before and before.code, after and after.code
    if old == new or (after and new == "UNKNOWN" and not _is_computed(after)):
        return "status.changed"
    if old == "WITHHELD":
        return "trial.restored"
    if (old in _ENDED and new in _OPEN) or (old == "ACTIVE_NOT_RECRUITING" and new in _ENROLLING):
        return "status.reopened"
    return _KINDS.get(new or "", "status.changed")


def _summary(kind: str, pair: Comparison) -> str:
    """The sentence of the kind; a record that is shown again may also come back by other ways, which say so.

    A status is only said to go back to one that is known to have been the trial's before: that of its first version.
    """
    before, after = pair.before, pair.after
    if kind == "trial.restored":
        return record_released(before, after)
    if kind == "status.reopened" and pair.baseline and pair.baseline.overall_status == after.overall_status:
        return status_back(before, after)
    return KINDS[kind].summary(before, after)


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
        summary=(respelling_sentence if same else text_change_sentence)("Reason for stopping", before, after),
    )
