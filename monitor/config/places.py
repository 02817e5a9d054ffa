"""Finding one's way in the tree of keys: by where a value is, and by the variable that gives it. Pure."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from monitor.config.keys import Config
from monitor.settings import Section, Setting
from monitor.settings.refused import Key


class KeyInfo(NamedTuple):
    """What the keys say of one place: what is *expected* there, and whether what is found may be *shown*."""

    expected: str
    shown: bool = True


def key_info(key: Key) -> KeyInfo:
    """What is expected at *key* or, inside a list of values, of that list."""
    section: type[Section] | None = Config
    here = KeyInfo("a table")
    for part in key:
        if isinstance(part, str) and section:
            found = section.settings[part]
            here, section = KeyInfo(found.description, found.shown), found.section
        elif section:
            here = KeyInfo("a table", here.shown)
    return here


def values_in(section: type[Section], above: Key = ()) -> Iterator[tuple[Key, Setting]]:
    """Every key that holds a value, with tables resolved into theirs."""
    for name, found in section.settings.items():
        key = (*above, name)
        if found.section and found.is_table:
            yield from values_in(found.section, key)
        else:
            yield key, found


def variable(prefix: str, key: Key) -> str:
    """The name of the variable that gives *key*."""
    return prefix + "__".join(re.sub(r"\W", "_", str(part)).upper() for part in key)
