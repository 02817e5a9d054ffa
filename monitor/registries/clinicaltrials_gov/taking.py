"""Take values out of a freshly read tree, so that what nobody took is what is left. Pure, but for the tree itself.

Of a list's items that keep something nobody took, an object by identity is left in the list's place: an arm's label,
an outcome's measure. What has no identity is listed there under the empty name.
"""

import re
from collections.abc import Callable, Iterable

from monitor.model import Coded, PartialDate
from monitor.registries.clinicaltrials_gov.codes import coded
from monitor.registries.taking import Node, T, object_at, take, take_each

_COUNT = re.compile("[0-9]{1,9}|[0-9]{1,3}(,[0-9]{3})+")
_TRUTHS = {"true": True, "yes": True, "false": False, "no": False}

DEEPEST_STRUCT = 5
"""Levels at which taking can leave an empty object: …designModule.designInfo.maskingInfo, and one to spare."""


def take_name(node: Node, name: str) -> str | None:
    """The text at *name*, taken; what is empty names nothing, and stays."""
    found = node.get(name)
    if not found or type(found) is not str:
        return None
    del node[name]
    return found


def take_names(node: Node, names: Iterable[str]) -> list[str | None]:
    """`take_name` of each of *names*, in one call: of a thousand sites that is half the time."""
    taken: list[str | None] = []
    for name in names:
        found = node.get(name)
        if found and type(found) is str:
            del node[name]
            taken.append(found)
        else:
            taken.append(None)
    return taken


def take_texts(node: Node, name: str) -> tuple[str, ...]:
    """The list of texts at *name*, taken; nothing, and not taken, where it is anything else."""
    found = node.get(name)
    if type(found) is not list or not all(type(text) is str for text in found):
        return ()
    del node[name]
    return tuple(found)


def take_coded(node: Node, name: str) -> Coded | None:
    """The code at *name*, taken, with its words."""
    code = take(node, name, str)
    return None if code is None else coded(code)


def take_count(node: Node, name: str) -> int | None:
    """The whole number at *name*, taken, also where it is written as a text; nothing else is."""
    found = node.get(name)
    if type(found) is str and _COUNT.fullmatch(found.strip()):
        del node[name]
        return int(found.replace(",", ""))
    return take(node, name, int)


def take_truth(node: Node, name: str) -> bool | None:
    """The truth value at *name*, taken, also where it is written as a text."""
    found = node.get(name)
    if type(found) is str and found.strip().casefold() in _TRUTHS:
        del node[name]
        return _TRUTHS[found.strip().casefold()]
    return take(node, name, bool)


def take_date(node: Node, name: str) -> PartialDate | None:
    """The object of date and type at *name*, taken; a type without a date stays."""
    struct = object_at(node, name)
    text = take(struct, "date", str)
    return None if text is None else PartialDate(text, take(struct, "type", str))


def take_items(
    node: Node, name: str, read: Callable[[Node], T | None], *, identity: Callable[[T], str]
) -> tuple[T, ...]:
    """What *read* makes of the list at *name*; in the list's place stays what was not taken, if anything."""
    return take_each(node, name, read, identity, keeps_something=bool)


def drop_emptied(node: Node, levels: int = DEEPEST_STRUCT) -> None:
    """Remove the objects that taking left empty. Only objects are looked into: never a list, never the depths."""
    for name, value in list(node.items()):
        if type(value) is dict:
            if levels:
                drop_emptied(value, levels - 1)
            if not value:
                del node[name]
