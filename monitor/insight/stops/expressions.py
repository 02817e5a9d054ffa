"""Reads tables of regular expressions from the package's files: lists of alternatives, in pieces, with named parts."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

Written = str | Sequence[str]
"""One expression, or the pieces of one."""


def table(name: str) -> Mapping[str, Any]:
    """The file *name* of this package."""
    return tomllib.loads((resources.files(__package__) / name).read_text(encoding="utf-8"))


def words(said: Mapping[str, Any]) -> Mapping[str, str]:
    """The named parts of a table, each by its name in braces; one may use those above it."""
    known: dict[str, str] = {}
    for name, written in said.get("words", {}).items():
        known[f"{{{name}}}"] = expanded(written, known)
    return known


def expanded(written: Written, known: Mapping[str, str]) -> str:
    """One expression, with its named parts."""
    text = written if isinstance(written, str) else "".join(written)
    for name, meant in known.items():
        text = text.replace(name, meant)
    return text


def any_of(written: Sequence[Written], known: Mapping[str, str], *, before: str = "") -> re.Pattern[str]:
    """What matches any of these, each with the same *before* it."""
    return re.compile("|".join(before + expanded(each, known) for each in written))
