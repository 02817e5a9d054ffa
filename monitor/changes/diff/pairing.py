"""Which item of a list became which: by identity, then by likeness, never by position. Pure.

The order of either list makes no difference to the result, except among items that are equal in all that counts.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import orjson

from monitor.text import fold_wording

T = TypeVar("T")
Likeness = Callable[[T, T], float]

_CROWD = 10_000
"""Pairs of items beyond which likeness is not asked for: nobody rewrites a hundred outcomes and means the same ones."""


class Pairing(NamedTuple, Generic[T]):
    """Items of both lists that belong together, and those that only one list has."""

    pairs: list[tuple[T, T]]
    gone: list[T]
    come: list[T]


def cancel(before: Sequence[T], after: Sequence[T], key: Callable[[T], Hashable]) -> tuple[list[T], list[T]]:
    """The items of each list that are not in the other, as often as they are missing there.

    What both lists begin and end with is passed over without asking for keys: mostly that is nearly everything.
    """
    before, after = _without_common_ends(before, after)
    surplus: defaultdict[Hashable, list[T]] = defaultdict(list)
    for item in before:
        surplus[key(item)].append(item)
    come = []
    for item in after:
        same = surplus.get(key(item))
        if same:
            same.pop()
        else:
            come.append(item)
    return [item for items in surplus.values() for item in items], come


def _without_common_ends(before: Sequence[T], after: Sequence[T]) -> tuple[Sequence[T], Sequence[T]]:
    shortest = min(len(before), len(after))
    start = end = 0
    while start < shortest and identical(before[start], after[start]):
        start += 1
    while end < shortest - start and identical(before[-1 - end], after[-1 - end]):
        end += 1
    return before[start : len(before) - end], after[start : len(after) - end]


_ASK_JSON = (dict, list, int, float)


def identical(before: Any, after: Any) -> bool:
    """Whether both are the same down to the types: `==` is fast and holds True for 1, their JSON does not."""
    if before is after:
        return True
    if before != after:
        return False
    if not isinstance(before, _ASK_JSON):
        return True
    try:
        return orjson.dumps(before) == orjson.dumps(after)
    except TypeError:  # a number beyond 64 bits: whoever asks has to look closer
        return False


def by_key(
    before: Iterable[T], after: Iterable[T], key: Callable[[T], Hashable], *, likeness: Likeness[T]
) -> Pairing[T]:
    """Pair items of the same key; where several have it, the likest first."""
    old, new = _grouped(before, key), _grouped(after, key)
    result = Pairing[T]([], [], [])
    for name in old | new:
        gone, come = old.get(name, []), new.get(name, [])
        if len(gone) == len(come) == 1:
            result.pairs.append((gone[0], come[0]))
            continue
        if gone and come:
            pairs, gone, come = by_likeness(gone, come, likeness, least=0.0)
            result.pairs.extend(pairs)
        result.gone.extend(gone)
        result.come.extend(come)
    return result


def _grouped(items: Iterable[T], key: Callable[[T], Hashable]) -> dict[Hashable, list[T]]:
    groups: defaultdict[Hashable, list[T]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


def by_likeness(before: Sequence[T], after: Sequence[T], likeness: Likeness[T], *, least: float) -> Pairing[T]:
    """Pair the likest items first, down to a likeness of *least*."""
    if not before or not after or len(before) * len(after) > _CROWD:
        return Pairing([], list(before), list(after))
    old, new = (dict(enumerate(sorted(items, key=repr))) for items in (before, after))
    scored = ((-likeness(b, a), i, j) for i, b in old.items() for j, a in new.items())
    pairs = []
    for _, i, j in sorted(score for score in scored if score[0] <= -least):
        if i in old and j in new:
            pairs.append((old.pop(i), new.pop(j)))
    return Pairing(pairs, list(old.values()), list(new.values()))


class WordSets(dict[str | None, frozenset[str]]):
    """The words of each text that was asked for, split once."""

    def __missing__(self, text: str | None) -> frozenset[str]:
        self[text] = words = frozenset(fold_wording(text).split())
        return words

    def overlap(self, before: str | None, after: str | None) -> float:
        """How many words two texts share, from 0 to 1: Dice's coefficient."""
        old, new = self[before], self[after]
        total = len(old) + len(new)
        return 2 * len(old & new) / total if total else 0.0
