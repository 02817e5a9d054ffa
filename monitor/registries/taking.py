"""Take values out of a freshly read tree, so that what nobody took is what is left. Pure, but for the tree itself.

What a text, a count or a list is, each registry has its own way to say; those take beside these.
"""

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
