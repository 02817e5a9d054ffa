"""Codes and values as people say them. Pure.

A record's `Coded` values carry their words; what a change holds is JSON, so this is where its codes get theirs: from
`monitor.model.vocabulary`, or, where that has none, as for a code never seen before, in sentence case.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from monitor.changes.fields import is_coded
from monitor.model import Json, Sum
from monitor.model.vocabulary import label_of
from monitor.text import comma_list, counted, one_line, percent

_WHERE_CAMEL_CASE_PARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def code_label(code: str) -> str:
    """`NOT_YET_RECRUITING` as "Not yet recruiting"; what doesn't look like a code stays as it is."""
    return label_of(code) or _by_rule(code)


@lru_cache(maxsize=1024)  # there are some hundred codes, and a page of changes asks for the words of two hundred
def _by_rule(code: str) -> str:
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", code):
        return one_line(code)
    words = re.sub(r"(?<=[A-Z])(?=[0-9])", " ", code).replace("_", " ")
    return words.capitalize()


def _code_label(code: str, own: Mapping[str, str] | None) -> str:
    return one_line(own[code]) if own and code in own else code_label(code)


def value_words(value: Json, field: str = "", own: Mapping[str, str] | None = None) -> str:
    """A value of *field* on one line: a code, a date, a count, an item of a list, or a list of such.

    *own* are the registry's own words for codes that it has some for.
    """
    if value is None or value in ("", [], {}):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return _code_label(value, own) if is_coded(field) else one_line(value)
    if isinstance(value, int | float):
        return f"{value:,}"
    if isinstance(value, list):
        return (
            "/".join(value_words(item, field, own) for item in value)
            if is_coded(field)
            else comma_list([value_words(item) for item in value])
        )
    return item_words(value)


def item_words(item: dict[str, Json]) -> str:
    """An object on one line, by what it has: a date, a count, a site, a submission, or a name and what qualifies it."""
    if "date" in item and not item.keys() - {"date", "type"}:
        return _qualified(one_line(str(item["date"] or "no date")), item.get("type"))
    if "count" in item:
        return _qualified("no number" if item["count"] is None else value_words(item["count"]), item.get("type"))
    if item.keys() == {"country", "status", "words"}:
        return one_line(f"{item['country']}: {item['words']}")
    if {"facility", "city", "country"} & item.keys():
        return site_words(item)
    for name in ("measure", "label", "name", "filename"):
        if item.get(name):
            return _qualified(
                one_line(str(item[name])), item.get("time_frame") or item.get("type") or item.get("class")
            )
    return ", ".join(f"{name.replace('_', ' ')} {value_words(value)}" for name, value in item.items() if value)


def site_words(site: dict[str, Json]) -> str:
    """A site by facility, city and country."""
    parts = [site.get(name) for name in ("facility", "city", "state", "country")]
    return ", ".join(one_line(str(part)) for part in parts if part) or "a site without a name"


def sum_words(total: Sum) -> str:
    """How far several moves of one field went together, such as "92 days later" or "25% fewer"."""
    if total.unit == "days":
        return f"{counted(round(abs(total.amount)), 'day')} {'later' if total.amount > 0 else 'earlier'}"
    return f"{percent(total.amount)} {'more' if total.amount > 0 else 'fewer'}"


def path_words(path: str) -> str:
    """A path that is no field of ours: `protocolSection.statusModule.delayedPosting` is "status: delayed posting"."""
    names = [name for name in path.split(".") if not name.endswith("Section")] or [path]
    words = (_WHERE_CAMEL_CASE_PARTS.sub(" ", re.sub(r"(Module|Struct)?(\[.*\])?$", "", name)) for name in names)
    return one_line(": ".join(word.lower() for word in words if word))


def _qualified(words: str, qualifier: Json) -> str:
    """A type is a code, which reads on in small letters; a time frame is people's own."""
    if not qualifier:
        return words
    known = code_label(str(qualifier))
    return f"{words} ({known if known == one_line(str(qualifier)) else known[:1].lower() + known[1:]})"
