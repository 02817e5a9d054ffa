"""Which of what a rule tells comes as one message: each by itself at once, or together at the end of a window. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from monitor.model.rhythm import Every, Rhythm, window_end

T = TypeVar("T")
Place = tuple[datetime, bool]
"""When something was seen, and whether it is critical."""


def messages(
    told: Sequence[T], place: Callable[[T], Place], rhythm: Rhythm, *, since: datetime, until: datetime
) -> list[tuple[datetime, list[T]]]:
    """What is told together, with when that is, the newest first.

    A rhythm that tells that all is quiet has a message for each window that begins in the span, also without anything.
    The last window may end after *until*: what is told then is still to come.
    """
    at_once: list[tuple[datetime, list[T]]] = []
    windows: defaultdict[datetime, list[T]] = defaultdict(list)
    begin = end = None
    for each in sorted(told, key=lambda each: place(each)[0]):
        at, is_critical = place(each)
        if begin is None or end is None or not begin <= at < end:
            begin, end = at, window_end(rhythm, at)
        if end is None or (rhythm.breaks_through and is_critical):
            at_once.append((at, [each]))
        else:
            windows[end].append(each)
    for quiet in _ends(rhythm, since, until) if rhythm.all_quiet else ():
        windows.setdefault(quiet, [])
    return sorted([*at_once, *windows.items()], key=lambda pair: pair[0], reverse=True)


def _ends(rhythm: Rhythm, since: datetime, until: datetime) -> Iterator[datetime]:
    if rhythm.every is Every.IMMEDIATE:
        return
    begin = since
    while begin < until and (end := window_end(rhythm, begin)):
        yield end
        begin = end
