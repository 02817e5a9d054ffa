"""Take values out of a freshly read tree, so that what nobody took is what is left. Pure, but for the tree itself.

Texts come as the registry's software of the day writes them: with or without line breaks, with entities in them twice.
"""

import html
import re
from datetime import date

from monitor.model import Json, PartialDate
from monitor.registries.isrctn.markup import TEXT
from monitor.registries.taking import Node

_NOTHING = frozenset(
    ("nil known", "n/a", "na", "none", "not applicable", "nil", "not provided", "not provided at time of registration")
)
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T[0-9:.]{0,20}Z?)?")
_COUNT = re.compile("[0-9]{1,9}")
_NUMBERED = re.compile(r"(?<![0-9.,(])([0-9]{1,3})\.\s+")
MOST_OUTCOMES = 200


def items_at(value: Json) -> list[Json]:
    """A list as it is, and a single value as a list: XML does not tell them apart."""
    if isinstance(value, list):
        return value
    return [] if value in (None, "", {}) else [value]


def text_of(value: Json) -> str | None:
    """The text of an element, with its attributes or without; None where it has none."""
    found = value.get(TEXT) if isinstance(value, dict) else value
    if not isinstance(found, str):
        return None
    lines = (" ".join(line.split()) for line in html.unescape(found).splitlines())
    return re.sub("\n{3,}", "\n\n", "\n".join(lines)).strip() or None


def take_text(node: Node, name: str) -> str | None:
    """The text at *name*, taken; None, and nothing taken, where there is none."""
    found = text_of(node.get(name))
    if found is not None:
        del node[name]
    return found


def take_said(node: Node, name: str) -> str | None:
    """`take_text`, of a field in which many write that there is nothing to write: that is taken as none."""
    found = take_text(node, name)
    return None if found is None or found.strip(" .").lower() in _NOTHING else found


def take_texts(node: Node, name: str, item: str) -> list[str]:
    """The texts of the elements *item* in the one at *name*, taken; or of those that stand there themselves."""
    holder = node.get(name)
    values = items_at(holder.get(item) if isinstance(holder, dict) else None) or items_at(node.get(item))
    texts = [text_of(value) for value in values]
    if not texts or None in texts:
        return []
    node.pop(name, None)
    node.pop(item, None)
    return [text for text in texts if text]


def day_in(value: Json) -> date | None:
    """The day of a time stamp at midnight, which is a day without a zone; None where it is none."""
    found = _DAY.fullmatch(text_of(value) or "")
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def take_date(node: Node, name: str) -> PartialDate | None:
    """The date at *name*, taken, also one that cannot be read; without a type, as the registry knows none."""
    text = take_text(node, name)
    if text is None:
        return None
    found = _DAY.fullmatch(text)
    return PartialDate(found[1] if found else text)


def take_count(node: Node, name: str) -> int | None:
    """The number of participants at *name*, taken; 0 stands for none. What is no number stays."""
    text = text_of(node.get(name))
    if text is None or not _COUNT.fullmatch(text):
        return None
    del node[name]
    return int(text) or None


def numbered(text: str) -> list[str]:
    """The items of a text that counts them from 1; else the text itself.

    The registry has served such texts without their line breaks, so that an item may follow the one before directly.
    """
    starts: list[re.Match[str]] = []
    for found in _NUMBERED.finditer(text):
        if int(found[1]) == len(starts) + 1 and len(starts) < MOST_OUTCOMES:
            starts.append(found)
    if len(starts) < 2 or text[: starts[0].start()].strip():
        return [text]
    ends = [each.start() for each in starts[1:]] + [len(text)]
    items = [text[one.end() : end].strip() for one, end in zip(starts, ends, strict=True)]
    return items if all(items) else [text]
