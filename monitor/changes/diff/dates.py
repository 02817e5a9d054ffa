"""Start, end of recruitment, primary completion and completion: partial dates, estimated until they happened. Pure.

Two dates are compared by the coarser precision of both, and told in its unit, so that no day is ever invented: 2026-03
-> 2026-03-15 is no move, and 2026-03 -> 2026-05-10 is one of two months. Of a day that does not exist the year and the
month count, and the sentence says so. A date that becomes unreadable was not removed: how far it moved is unknown, and
may be far.
"""

from collections.abc import Iterator
from datetime import date

from monitor.changes.diff.comparison import Comparison
from monitor.changes.fields import FIELDS
from monitor.changes.kinds import KINDS
from monitor.changes.sentences import Distance
from monitor.model import Difference, PartialDate, Record
from monitor.text import cut, fold

_UNITS = ("year", "month", "day")


def differences(pair: Comparison) -> Iterator[Difference]:
    """Tell each of the dates that moved, came, went, happened, or is known better."""
    for field in ("start_date", "recruitment_end_date", "primary_completion_date", "completion_date"):
        before: PartialDate | None = getattr(pair.before, field)
        after: PartialDate | None = getattr(pair.after, field)
        if before != after and not _both_silent(before, after):
            yield _difference(pair, field, before, after)


def _both_silent(before: PartialDate | None, after: PartialDate | None) -> bool:
    old, new = before or PartialDate(""), after or PartialDate("")
    return fold(old.text) == fold(new.text) and old.type == new.type


def _difference(pair: Comparison, field: str, before: PartialDate | None, after: PartialDate | None) -> Difference:
    label = FIELDS[field].label
    moved = distance(before, after)
    kind = _kind(before, after, moved)
    told, measure = KINDS[kind].summary(label, before, after, moved), None
    if before and after and moved:
        since = distance(_first(pair.baseline, field), after)
        told += _cumulative(moved, since, pair.baseline) + _reservations(before, after)
        measure = {"days": moved.days} | ({"days_since_baseline": since.days} if since else {})
    return pair.difference(field, kind, before=before, after=after, summary=f"{told}.", measure=measure)


def distance(before: PartialDate | None, after: PartialDate | None) -> Distance | None:
    """How far *after* lies from *before*, by the coarser precision; None where one of them is no date."""
    known = min(len(before.parts), len(after.parts)) if before and after else 0
    if not before or not after or not known:
        return None
    old, new = (date(*(*side.parts[:known], 1, 1)[:3]) for side in (before, after))
    days = (new - old).days
    years = new.year - old.year
    amounts = (years, 12 * years + new.month - old.month, days)
    return Distance(days, amounts[known - 1], _UNITS[known - 1])


def _first(baseline: Record | None, field: str) -> PartialDate | None:
    return getattr(baseline, field) if baseline else None


def _kind(before: PartialDate | None, after: PartialDate | None, moved: Distance | None) -> str:
    if moved is None:
        return _kind_unmeasured(before, after)
    if before and after and (before.type, after.type) == ("ESTIMATED", "ACTUAL"):
        return "date.actual"
    if moved.days:
        return "date.slipped" if moved.days > 0 else "date.advanced"
    return "date.precision"


def _kind_unmeasured(before: PartialDate | None, after: PartialDate | None) -> str:
    if before and after:
        return "date.unreadable"
    return "date.removed" if before else "date.added"


def _cumulative(moved: Distance, since: Distance | None, baseline: Record | None) -> str:
    """How far it has moved in all since we know the trial, which may be long after it was registered."""
    if since is None or baseline is None or since.days == moved.days:
        return ""
    posted = f", posted {cut(baseline.last_update_post_date, 40)}" if baseline.last_update_post_date else ""
    how = f"{since.words} than" if since.days else "as"
    return f"; {how} in the first version on file{posted}"


def _reservations(before: PartialDate, after: PartialDate) -> str:
    """What of the two dates does not exist, so that only the rest of them was compared."""
    unreal = dict.fromkeys(side.text for side in (before, after) if side.has_unreal_day)
    told = [f"the day of {cut(text, 40)} does not exist" for text in unreal]
    return f" ({' and '.join(told)})" if told else ""
