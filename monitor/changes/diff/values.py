"""The JSON form of the values in a difference, and back from it. Pure.

A coded value is its bare code; anything with members is an object of the members that it has. Only the words beside a
code, which are for people, are lost in the round trip.
"""

from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

from monitor.model import Coded, Json, PartialDate, Record, Sponsor
from monitor.model.vocabulary import shared_words

_SPELLED: dict[tuple[type, str], str] = {(PartialDate, "text"): "date", (Sponsor, "kind"): "class"}
"""Members whose name in JSON is the registry's rather than the model's."""


def _held() -> tuple[dict[str, type], dict[str, type]]:
    """By field, what the lists of a record hold, and of which class its single values are; plain texts aside."""
    items: dict[str, type] = {}
    single: dict[str, type] = {}
    for name, hint in get_type_hints(Record).items():
        listed = get_origin(hint) is tuple
        for held in get_args(hint):
            if listed and held is Any:
                items[name] = dict
            elif isinstance(held, type) and is_dataclass(held):
                (items if listed else single)[name] = held
    return items, single


ITEMS, _SINGLE = _held()
"""Fields that hold lists, and what the lists hold; and fields that hold a single value of a class."""


_LISTS = (tuple, list)


def to_json(value: Any) -> Json:
    """A value of the model, or a list of such, as JSON."""
    if spelled := _MEMBERS.get(type(value)):
        return {
            name: list(content) if isinstance(content, tuple) else content
            for member, name in spelled
            if (content := getattr(value, member)) not in (None, ())
        }
    if isinstance(value, _LISTS):
        return [to_json(item) for item in value]
    return value.code if isinstance(value, Coded) else value


def own_words(*values: object) -> dict[str, str] | None:
    """By its code, what the registry calls each `Coded` value, or each in a list, that it has words of its own for.

    Of several words for one code the last ones count.
    """
    held = [each for value in values for each in (value if isinstance(value, _LISTS) else (value,))]
    words = {each.code: each.words for each in held if isinstance(each, Coded)}
    return {code: own for code, own in words.items() if own != shared_words(code)} or None


def from_json(field: str, value: Json) -> Any:
    """The value of *field* that `to_json` made *value* of; for a field that holds a list, one item of it."""
    kind = ITEMS.get(field) or _SINGLE.get(field)
    if kind is None or value is None or kind is dict:
        return value
    if kind is Coded:
        return Coded(value, value)
    return _BUILDERS[kind](value)


def _builder(kind: type) -> Callable[[dict[str, Json]], Any]:
    members = {name: member for member, name in _MEMBERS[kind]}
    required = {member.name: None for member in fields(kind) if member.default is MISSING}

    def build(value: dict[str, Json]) -> Any:
        given = {members[name]: content for name, content in value.items() if name in members}
        return kind(**required | {name: tuple(c) if isinstance(c, list) else c for name, c in given.items()})

    return build


_MEMBERS: dict[type, list[tuple[str, str]]] = {
    kind: [(member.name, _SPELLED.get((kind, member.name), member.name)) for member in fields(kind)]
    for kind in (*ITEMS.values(), *_SINGLE.values())
    if kind not in (Coded, dict)
}
_BUILDERS = {kind: _builder(kind) for kind in _MEMBERS}
