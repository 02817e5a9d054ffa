"""Do something with many at once; where that fails, with each part, until what spoils it stands alone.

What is done is a transaction of its own, so that a part that fails leaves nothing behind. Where nothing fails it costs
no statement more; one bad item among a thousand costs about twenty transactions.
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
    """What *act* gives for the parts of *items* that it can do, in their order, and each item that fails by itself.

    Raise StoreUnavailable as it comes: a database that is locked or full is no item's fault.
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
    """One line on why something failed by itself; an error that nobody expected is named with its place in the code."""
    if isinstance(error, MonitorError):
        return str(error)
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in extract_tb(error.__traceback__)]
    place = f" at {places[-1]}" if places else ""
    return f"{type(error).__name__}{place}, which is a fault of this program: please report it"
