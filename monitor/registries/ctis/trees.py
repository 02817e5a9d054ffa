"""What lies where in a record, read or taken out, so that what nobody took is what is left. Pure, but for the tree."""

from collections.abc import Callable, Iterator
from html import unescape

from monitor.model import Json
from monitor.registries.taking import Node, T, take_each


def at(tree: Json, path: str) -> Json:
    """What lies at a dotted path of objects; None where nothing does."""
    for name in path.split("."):
        tree = tree.get(name) if type(tree) is dict else None
    return tree


def object_at(tree: Json, path: str) -> Node:
    """The object at a path; an unattached empty one where there is none, so that taking from it takes nothing."""
    found = at(tree, path)
    return found if type(found) is dict else {}


def objects_at(tree: Json, path: str) -> list[Node]:
    """The objects in the list at a path."""
    found = at(tree, path)
    return [item for item in found if type(item) is dict] if type(found) is list else []


def text_at(node: Node, name: str) -> str | None:
    """The text at *name*, its white space folded; None where it is empty. Some are written as in HTML."""
    found = node.get(name)
    return (" ".join(unescape(found).split()) or None) if type(found) is str else None


def take_text(node: Node, name: str) -> str | None:
    """The text at *name*, as `text_at` gives it, taken; what is empty stays."""
    if text := text_at(node, name):
        del node[name]
    return text


def take_items(node: Node, name: str, read: Callable[[Node], T | None], label: Callable[[T], str]) -> tuple[T, ...]:
    """What *read* makes of the objects in a list; in its place stay those, by their label, that kept something."""
    return take_each(node, name, read, label, keeps_something=drop_emptied)


def drop_emptied(node: Node, levels: int = 8) -> Node:
    """Remove the objects that taking left empty, and give what is left. Lists are not looked into."""
    for name, value in list(node.items()):
        if type(value) is dict and levels:
            drop_emptied(value, levels - 1)
        if value in ({}, []):
            del node[name]
    return node


def leaves(tree: Json, name: str) -> Iterator[Json]:
    """Every value of the members of this name in the lists and objects of a tree, however deep they lie."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if type(node) is dict:
            waiting += node.values()
            if name in node:
                yield node[name]
        elif type(node) is list:
            waiting += node
