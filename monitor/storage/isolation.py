"""Do something with many items at once, and if that fails, with smaller and smaller parts until the bad one is alone.

Each part is a transaction of its own, so one that fails leaves nothing behind. Without a failure there is no extra
statement; one bad item in a thousand costs about twenty transactions.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from traceback import extract_tb
from typing import TypeVar

from monitor.errors import MonitorError, StoreUnavailable

Item = TypeVar("Item")
Done = TypeVar("Done")

MOST_BAD = 50
"""Where so many fail one by one before anything succeeds, it is not they that are bad: the error is raised."""


def isolated(
    items: Sequence[Item], act: Callable[[Sequence[Item]], Done]
) -> tuple[list[Done], list[tuple[Item, Exception]]]:
    """The results of *act* for the parts of *items* that succeed, in order, and each item that fails on its own.

    StoreUnavailable is raised at once: a locked or full database is not the fault of any item.
    """
    done: list[Done] = []
    bad: list[tuple[Item, Exception]] = []
    waiting = [items]
    while waiting:
        part = waiting.pop()
        try:
            done.append(act(part))
        except (StoreUnavailable, MemoryError):
            raise
        except Exception as error:
            if len(part) <= 1:
                if not part or (not done and len(bad) >= MOST_BAD):
                    raise
                bad.append((part[0], error))
                continue
            middle = len(part) // 2
            waiting += [part[middle:], part[:middle]]
    return done, bad


def in_words(error: Exception) -> str:
    """One line on why an item failed on its own; an unexpected error is named with its place in the code."""
    if isinstance(error, MonitorError):
        return str(error)
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in extract_tb(error.__traceback__)]
    place = f" at {places[-1]}" if places else ""
    return f"{type(error).__name__}{place}, which is a fault of this program: please report it"
