"""How many participants are planned, and how many there were. Pure.

A number that is no longer ACTUAL was taken back, so it counts as corrected.
"""

from collections.abc import Iterator

from monitor.changes.diff.comparison import Comparison
from monitor.changes.kinds import KINDS
from monitor.model import Difference, Enrollment
from monitor.text import counted


def differences(pair: Comparison) -> Iterator[Difference]:
    """Tell a new count, or a count that became or is no longer the actual one."""
    before, after = pair.before.enrollment, pair.after.enrollment
    old, new = (side.known if side else None for side in (before, after))
    if old is None and new is None:
        return
    if old == new and (before and before.type) == (after and after.type):
        return
    kind = _kind(before, after)
    yield pair.difference(
        "enrollment",
        kind,
        before=before,
        after=after,
        summary=_summary(kind, before, after),
        measure=_measure(kind, old, new),
    )


def _summary(kind: str, before: Enrollment | None, after: Enrollment | None) -> str:
    """The sentence; a figure that stands for none did not go."""
    old, new = (side.known if side else None for side in (before, after))
    if new is None and after and after.count is not None:
        what = "Actual enrollment" if before and before.type == "ACTUAL" else "Enrollment target"
        return (
            f"{what} of {counted(old or 0, 'participant')} is now given as {after.count:,}, which stands for no number."
        )
    return KINDS[kind].summary(old, new)


def _kind(before: Enrollment | None, after: Enrollment | None) -> str:
    if before and before.type == "ACTUAL":
        return "enrollment.corrected"
    return "enrollment.actual" if after and after.type == "ACTUAL" else "enrollment.target"


def _measure(kind: str, old: int | None, new: int | None) -> dict[str, int | float] | None:
    if not old or new is None:
        return None
    measure = {"percent": _rounded((new - old) / old)}
    return measure | {"of_target": _rounded(new / old)} if kind == "enrollment.actual" else measure


def _rounded(share: float) -> float:
    return round(100 * share, 1)
