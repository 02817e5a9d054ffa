"""Finding one's way in the tree of keys: by where a value is, and by the variable that gives it. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic.fields import FieldInfo

from monitor.config.keys import Config
from monitor.settings import Section

Key = tuple[str | int, ...]
"""Where a value is: ("registries", "clinicaltrials.gov", "contact"), ("watch", 0, "trials", 2)."""


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """What the keys say of one place: what is *expected* there, which keys are *known*, and whether it is *shown*."""

    expected: str
    known: dict[str, FieldInfo]
    shown: bool = True


def key_info(key: Key) -> KeyInfo:
    """What is expected at *key* or, inside a list of values, of that list."""
    here = KeyInfo("a table", known_in(Config))
    for part in key:
        if isinstance(part, str):
            info = here.known[part]
            here = KeyInfo(info.description or "a table", _inside(info), info.repr)
        elif here.known:
            here = KeyInfo("a table", here.known, here.shown)
    return here


def known_in(section: type[Section]) -> dict[str, FieldInfo]:
    """The keys of a section, by the names that the file has for them."""
    return {info.alias or name: info for name, info in section.model_fields.items()}


def _inside(info: FieldInfo) -> dict[str, FieldInfo]:
    """The keys of the table at *info*, or of each table in its list; empty for a value."""
    kinds = [info.annotation, *getattr(info.annotation, "__args__", ())]
    sections = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Section)]
    return {name: key for kind in sections for name, key in known_in(kind).items()}


def values_in(section: type[Section], above: Key = ()) -> Iterator[tuple[Key, FieldInfo]]:
    """Every key that holds a value, with tables resolved into theirs."""
    for name, info in known_in(section).items():
        key = (*above, name)
        if isinstance(info.annotation, type) and issubclass(info.annotation, Section):
            yield from values_in(info.annotation, key)
        else:
            yield key, info


def variable(prefix: str, key: Key) -> str:
    """The name of the variable that gives *key*."""
    return prefix + "__".join(re.sub(r"\W", "_", str(part)).upper() for part in key)
