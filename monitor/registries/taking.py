"""Take values out of a freshly read tree, so that what nobody took is what is left. Pure, but for the tree itself.

What a text, a count or a list is, each registry has its own way to say; those take beside these.
"""

from collections.abc import Callable
from typing import Any, TypeVar

Node = dict[str, Any]
T = TypeVar("T")


def object_at(node: Node, name: str) -> Node:
    """The object at *name*; an unattached empty one where there is none, so that taking from it takes nothing."""
    found = node.get(name)
    return found if type(found) is dict else {}


def take(node: Node, name: str, kind: type[T]) -> T | None:
    """The value at *name*, taken out of *node*; None, and nothing taken, where it is not of exactly this kind."""
    found = node.get(name)
    if type(found) is not kind:
        return None
    del node[name]
    return found


def take_each(
    node: Node,
    name: str,
    read: Callable[[Node], T | None],
    label: Callable[[T], str],
    *,
    keeps_something: Callable[[Node], object],
) -> tuple[T, ...]:
    """What *read* makes of the objects in a list; in its place stay those, by their label, that keep something.

    *read* takes out of an item what it understands, and returns None for one that it cannot identify: that stays.
    """
    items = node.get(name)
    if type(items) is not list:
        return ()
    taken: list[T] = []
    left: Node = {}
    for item in items:
        found = read(item) if type(item) is dict else None
        if found is None:
            left.setdefault("", []).append(item)
            continue
        taken.append(found)
        if keeps_something(item):
            left[_unused(label(found), left)] = item
    if left:
        node[name] = left
    else:
        del node[name]
    return tuple(taken)


def _unused(label: str, left: Node) -> str:
    name, number = label, 1
    while name in left:
        number += 1
        name = f"{label} ({number})"
    return name
