"""What a document holds that the registry does not document: fields and codes that we do not know yet. Pure.

They do no harm: what is unknown is kept, compared and shown as it is. But the operator should hear of a new field once,
so that `record` can be taught to read it, and `known` that it exists. Of the derived section only the modules are known
by name, and in full only what is kept of it: the registry computes the rest.

This runs for every document that is stored. Few hold anything unknown, so of many each is first held against a type of
all that is documented, in a third of the time; one that does not fit is walked, which alone tells what is unknown. The
walk looks at each value once and makes a path only for what is unknown.
"""

from collections.abc import Sequence
from functools import cache
from itertools import count
from typing import Any, Literal

import msgspec
import orjson

from monitor.model import Json
from monitor.ports import Oddity
from monitor.registries.clinicaltrials_gov.known import Known, documented_study
from monitor.registries.oddities import MOST, told

WALKED_AT_FIRST = 100
"""Documents of a process. That many are walked in the time in which the type is made, 12 ms."""

_documents = count(1)
_PLAIN = str | int | float | bool | None


def unknown(content: bytes) -> Sequence[Oddity]:
    """What is unknown in the content of a LISTED document, each thing once, at most MOST."""
    if next(_documents) > WALKED_AT_FIRST and is_documented(content):
        return ()
    return unknown_in(orjson.loads(content))


def is_documented(content: bytes) -> bool:
    """Whether nothing is unknown in a study of the usual form.

    False also of a few others in which nothing is: one with lists within lists, or text in the place of an object.
    """
    try:
        _decoder().decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True


@cache
def _decoder() -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(_type_of(documented_study()))


def _type_of(known: Known) -> Any:
    """A type of what is documented at a field, be it one such thing or a list of them."""
    if known.unread:
        return msgspec.Raw
    one: Any
    if known.members:
        members = [
            (f"member_{number}", _type_of(member), msgspec.field(default=None, name=name))
            for number, (name, member) in enumerate(known.members.items())
        ]
        one = msgspec.defstruct("Documented", members, forbid_unknown_fields=True, gc=False)
    else:
        one = _PLAIN if known.codes is None else Literal[tuple(known.codes)]
    return one | list[one]


def unknown_in(study: Json) -> Sequence[Oddity]:
    """As `unknown`, of a study that is read already. It may hold what documents leave out."""
    found: dict[Oddity, None] = {}
    _note_in_list([study], documented_study(), found)
    return told(found)


def _note_in_list(items: list[Any], known: Known, found: dict[Oddity, None]) -> None:
    """Note what is unknown in a list. One within a list counts as part of it, however deep it lies."""
    lists = [items]
    while lists:
        for item in lists.pop():
            kind = type(item)
            if kind is dict:
                _note_in_object(item, known, found)
            elif kind is list:
                lists.append(item)
            elif known.codes is not None and item not in known.codes:
                _note(Oddity(known.path, _as_text(item)), found)


def _note_in_object(node: dict[str, Any], known: Known, found: dict[Oddity, None]) -> None:
    """Note what is unknown in an object. It goes as deep as the documented fields do, and no deeper."""
    if known.unread:
        return
    for name, value in node.items():
        member = known.members.get(name)
        if member is None:
            _note(Oddity(f"{known.path}.{name}" if known.path else name), found)
            continue
        kind = type(value)
        if kind is dict:
            _note_in_object(value, member, found)
        elif kind is list:
            _note_in_list(value, member, found)
        elif member.codes is not None and value not in member.codes:
            _note(Oddity(member.path, _as_text(value)), found)


def _note(oddity: Oddity, found: dict[Oddity, None]) -> None:
    if len(found) < MOST:
        found[oddity] = None


def _as_text(value: Json) -> str:
    """A code as it is; what is none, or empty, as JSON."""
    return value if value and isinstance(value, str) else orjson.dumps(value).decode()
