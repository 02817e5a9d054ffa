"""The places in which two JSON values part. Pure.

Equal subtrees are skipped, texts are folded, and items of a list are found again by a member that names them; without
one, they are a multiset. Whatever a registry leaves out, gives as null or gives empty is the same nothing; 1 is 1.0,
and True is not 1.
"""

from collections import Counter
from collections.abc import Hashable, Iterator
from typing import NamedTuple

import orjson

from monitor.diff.pairing import cancel
from monitor.diff.text import fold, fold_name
from monitor.diff.wording import cut
from monitor.model import Json

_NAMES = (
    ("id",),
    ("groupId",),
    ("title",),
    ("title", "timeFrame"),
    ("title", "type"),
    ("term",),
    ("term", "organSystem"),
    ("label",),
    ("name",),
    ("pmid",),
    ("url",),
    ("filename",),
    ("units",),
    ("type",),
)
"""Members that can name the items of a list, the surest first."""

_FEW = 50
"""Leftover items up to which DeepDiff looks for what differs inside them: it compares each with each."""


class Leaf(NamedTuple):
    """A place where two values differ, and what stood and stands there; None where there was or is nothing."""

    path: str
    before: Json
    after: Json


def leaves(before: Json, after: Json, path: str = "") -> Iterator[Leaf]:
    """Yield every place in which *after* says something else than *before*."""
    if _identical(before, after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before | after:
            yield from leaves(before.get(key), after.get(key), f"{path}.{key}" if path else key)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _list_leaves(before, after, path)
    elif frozen(before) != frozen(after):
        yield Leaf(path, before, after)


def _identical(before: Json, after: Json) -> bool:
    """Whether both are the same down to the types: `==` is fast and holds True for 1, their JSON does not."""
    if before is after:
        return True
    if before != after:
        return False
    if isinstance(before, str):
        return True
    try:
        return orjson.dumps(before) == orjson.dumps(after)
    except TypeError:  # a number beyond 64 bits: let the walk decide
        return False


def frozen(value: Json) -> Hashable:
    """*value* in a hashable form that is equal for values that say the same, whatever their order and spelling."""
    if isinstance(value, dict):
        members = ((key, frozen(content)) for key, content in value.items())
        return frozenset((key, content) for key, content in members if content is not None) or None
    if isinstance(value, list | tuple):
        return ("list", frozenset(Counter(frozen(item) for item in value).items())) if value else None
    if isinstance(value, str):
        return fold(value) or None
    return ("bool", value) if isinstance(value, bool) else value


def _list_leaves(before: list[Json], after: list[Json], path: str) -> Iterator[Leaf]:
    named = _named(before, after)
    if named is None:
        yield from _multiset_leaves(before, after, path)
        return
    old, new = named
    for name in old | new:
        yield from leaves(old.get(name), new.get(name), f"{path}[{_label(new.get(name) or old[name], name)}]")


_ByName = dict[tuple[tuple[str, str], ...], Json]
"""Items by the members that name them, folded."""


def _named(before: list[Json], after: list[Json]) -> tuple[_ByName, _ByName] | None:
    """The items of both lists by name, where one kind of name tells all of them apart."""
    if not all(isinstance(item, dict) for item in (*before, *after)):
        return None
    if len(before) == len(after) == 1:
        return {(): before[0]}, {(): after[0]}
    for members in _NAMES:
        old = _by_name(before, members)
        new = _by_name(after, members) if old is not None else None
        if old is not None and new is not None:
            return old, new
    return None


def _by_name(items: list[Json], members: tuple[str, ...]) -> _ByName | None:
    named: _ByName = {}
    for item in items:
        name = tuple((member, fold_name(str(item.get(member) or ""))) for member in members)
        if not name[0][1] or name in named:
            return None
        named[name] = item
    return named


def _label(item: Json, name: tuple[tuple[str, str], ...]) -> str:
    """The name as the registry spells it."""
    return " / ".join(cut(str(item.get(member) or ""), 60) for member, _ in name)


def _multiset_leaves(before: list[Json], after: list[Json], path: str) -> Iterator[Leaf]:
    gone, come = cancel(before, after, frozen)
    if gone and come and max(len(gone), len(come)) <= _FEW and all(isinstance(i, dict) for i in (*gone, *come)):
        inside = list(_inside(gone, come, path))
        if inside:
            yield from inside
            return
    if gone or come:
        yield Leaf(path, gone or None, come or None)


def _inside(gone: list[Json], come: list[Json], path: str) -> Iterator[Leaf]:
    """What differs inside items that have no name: DeepDiff pairs those that are alike.

    `threshold_to_diff_deeper` 0 keeps it from reporting a whole item where most members are new. `max_diffs` is not for
    us: with it DeepDiff can answer that nothing differs (its issue 276).
    """
    # 40 ms that most comparisons never need
    from deepdiff import DeepDiff
    from deepdiff.helper import notpresent

    found = DeepDiff(
        gone, come, ignore_order=True, report_repetition=True, threshold_to_diff_deeper=0, verbose_level=2, view="tree"
    )
    for levels in found.values():
        for level in levels:
            steps = level.path(output_format="list")
            old, new = (None if side is notpresent else side for side in (level.t1, level.t2))
            if frozen(old) != frozen(new):
                yield Leaf(path + "".join("[]" if isinstance(step, int) else f".{step}" for step in steps), old, new)
