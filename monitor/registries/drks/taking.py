"""Take values out of a freshly read tree, so that what nobody took is what is left. Pure, but for the tree itself."""

from collections.abc import Callable

from monitor.model import Json
from monitor.registries.drks.languages import Node
from monitor.registries.taking import T, take


def take_text(node: Node, name: str) -> str | None:
    """The text at *name*, taken; what is empty, or none, stays."""
    return take(node, name, str) if node.get(name) else None


def take_items(node: Node, name: str, read: Callable[[Node], T | None]) -> list[T]:
    """What *read* makes of the objects in the list at *name*, which it empties; None for one that it leaves.

    What is left of them stays as the list.
    """
    items = node.get(name)
    if not isinstance(items, list):
        return []
    taken: list[T] = []
    left: list[Json] = []
    for item in items:
        found = read(item) if isinstance(item, dict) else None
        if found is not None:
            taken.append(found)
        if item or not isinstance(item, dict):
            left.append(item)
    if left:
        node[name] = left
    else:
        del node[name]
    return taken


def dropped_empty(node: Node) -> Node:
    """The tree without the objects that taking left empty."""
    kept = {name: dropped_empty(each) if isinstance(each, dict) else each for name, each in node.items()}
    return {name: each for name, each in kept.items() if each != {}}
