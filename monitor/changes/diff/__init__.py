"""Two records of one trial -> every difference between them, matched by identity, never by position. Pure.

    pairing, tree, leftovers    how lists and subtrees are compared
    values, wording             values as JSON, and the sentences that several topics share
    comparison                  the two records side by side
    silence                     what the form of one of the two documents cannot say
    status … rest               one module a topic: what counts as a difference, and its sentence
    apply                       from the differences back to the second record

`diff` shows the order of the topics. A new topic takes one module with `differences(pair)` and one line in `_TOPICS`.

What must hold: nothing watched is missed, nothing is invented, and what a registry does to all records by itself
(order, spacing, Unicode form, re-spelled cities) is not a difference.
"""

from collections.abc import Callable
from datetime import date

from monitor.changes.diff import (
    administrative,
    arms,
    countries,
    dates,
    design,
    details,
    documents,
    eligibility,
    enrollment,
    outcomes,
    rest,
    results,
    sites,
    sponsor,
    status,
    titles,
)
from monitor.changes.diff.apply import apply
from monitor.changes.diff.comparison import Comparison, no_baseline, posted_on
from monitor.changes.diff.silence import last_said, not_compared, of_what_both_tell
from monitor.model import Difference, Record

__all__ = ["apply", "diff", "last_said", "no_baseline", "not_compared", "posted_on"]

_TOPICS = (
    status,
    countries,
    enrollment,
    dates,
    sponsor,
    outcomes,
    design,
    arms,
    eligibility,
    sites,
    results,
    documents,
    titles,
    details,
    administrative,
    rest,
)


def diff(
    before: Record, after: Record, *, on: date, baseline: Callable[[], Record | None] = no_baseline
) -> tuple[Difference, ...]:
    """Every difference between *before* and *after*, topic by topic.

    *on* is the day the change was seen, which places it in the trial's life. *baseline* gives the first record of the
    trial, from which dates are counted too: it is asked for where a date moved.
    """
    pair = Comparison(*of_what_both_tell(before, after), on, baseline)
    return tuple(difference for topic in _TOPICS for difference in topic.differences(pair))
