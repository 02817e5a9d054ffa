"""The places in which two JSON values differ. Pure.

Equal subtrees are skipped, texts are folded, and items of a list are matched by a member that names them; a list
without one is a multiset. A member that is left out, null or empty is the same nothing; 1 is 1.0, and True is not 1.
"""

from collections import Counter
from collections.abc import Hashable
from typing import NamedTuple

from monitor.changes.diff.pairing import cancel, identical
from monitor.model import Json
from monitor.text import cut, fold, fold_name

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


class Mismatch(NamedTuple):
    """A place where two values differ, and what stood and stands there; None where there was or is nothing."""

    path: str
    before: Json
    after: Json


def mismatches(before: Json, after: Json) -> list[Mismatch]:
    """Every place in which *after* says something else than *before*."""
    found: list[Mismatch] = []
    _walk(before, after, "", found)
    return found


def _walk(before: Json, after: Json, path: str, found: list[Mismatch]) -> None:
    if identical(before, after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before | after:
            _walk(before.get(key), after.get(key), f"{path}.{key}" if path else key, found)
    elif isinstance(before, list) and isinstance(after, list):
        _walk_list(before, after, path, found)
    elif frozen(before) != frozen(after):
        found.append(Mismatch(path, before, after))


_LISTS = (list, tuple)


def frozen(value: Json) -> Hashable:
    """*value* in a hashable form that is equal for values that say the same, whatever their order and spelling."""
    if isinstance(value, str):
        return fold(value) or None
    if isinstance(value, dict):
        members = [(key, held) for key, content in value.items() if (held := frozen(content)) is not None]
        return frozenset(members) or None
    if isinstance(value, _LISTS):
        return ("list", frozenset(Counter(map(frozen, value)).items())) if value else None
    return ("bool", value) if isinstance(value, bool) else value


def _walk_list(before: list[Json], after: list[Json], path: str, found: list[Mismatch]) -> None:
    named = _named(before, after)
    if named is None:
        gone, come = cancel(before, after, frozen)
        if gone or come:
            found.append(Mismatch(path, gone or None, come or None))
        return
    old, new = named
    for name in old | new:
        former, present = old.get(name), new.get(name)
        if not identical(former, present):
            _walk(former, present, f"{path}[{_label(present or former, name)}]", found)


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
        if not item.get(members[0]):
            return None
        name = tuple((member, fold_name(str(item.get(member) or ""))) for member in members)
        if name in named:
            return None
        named[name] = item
    return named


def _label(item: Json, name: tuple[tuple[str, str], ...]) -> str:
    """The name as the registry spells it."""
    return " / ".join(cut(str(item.get(member) or ""), 60) for member, _ in name)
