"""Codes and values as people say them. Pure.

A record's `Coded` values carry their words; what a change holds is JSON, so this is where its codes get theirs: from
`monitor.model.vocabulary`, or, where that has none, as for a code never seen before, in sentence case.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from monitor.changes.fields import is_coded
from monitor.language.texts import IN_ENGLISH, Texts
from monitor.language.worded import worded
from monitor.model import Json, Sum
from monitor.model.language import ENGLISH
from monitor.model.vocabulary import label_of
from monitor.render.countries import country_words
from monitor.text import comma_list, one_line

_WHERE_CAMEL_CASE_PARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def code_label(code: str, texts: Texts = IN_ENGLISH) -> str:
    """`NOT_YET_RECRUITING` as "Not yet recruiting"; what doesn't look like a code stays as it is."""
    return texts.known(label_of(code) or _by_rule(code))


@lru_cache(maxsize=1024)  # there are some hundred codes, and a page of changes asks for the words of two hundred
def _by_rule(code: str) -> str:
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", code):
        return one_line(code)
    words = re.sub(r"(?<=[A-Z])(?=[0-9])", " ", code).replace("_", " ")
    return words.capitalize()


def _code_label(code: str, own: Mapping[str, str] | None, texts: Texts) -> str:
    return texts.known(one_line(own[code])) if own and code in own else code_label(code, texts)


def value_words(value: Json, field: str = "", own: Mapping[str, str] | None = None, texts: Texts = IN_ENGLISH) -> str:
    """A value of *field* on one line: a code, a date, a count, an item of a list, or a list of such.

    *own* are the registry's own words for codes that it has some for. What people wrote stays as they wrote it.
    """
    if value is None or value in ("", [], {}):
        return texts.gettext("none")
    if isinstance(value, bool):
        return texts.gettext("yes") if value else texts.gettext("no")
    if isinstance(value, str):
        return _code_label(value, own, texts) if is_coded(field) else _text_words(one_line(value), field, texts)
    if isinstance(value, int | float):
        return texts.number(value)
    if isinstance(value, list):
        return (
            "/".join(value_words(item, field, own, texts) for item in value)
            if is_coded(field)
            else comma_list([_listed_words(item, field, texts) for item in value])
        )
    return item_words(value, texts)


def _listed_words(value: Json, field: str, texts: Texts) -> str:
    return (
        country_words(value, texts)
        if field == "countries" and isinstance(value, str)
        else value_words(value, texts=texts)
    )


def _text_words(text: str, field: str, texts: Texts) -> str:
    """A text as it is; a day of a date's, and a length of life, in the reader's language."""
    if texts.language == ENGLISH or not (field.endswith(("_date", "_age")) or field == "registered_on"):
        return text
    return age_words(text, texts) if field.endswith("_age") else texts.written_day(text)


def age_words(text: str, texts: Texts) -> str:
    """`18 Years` in the reader's language; what is no such length as it is."""
    found = re.fullmatch(r"(\d{1,3}) (Year|Month|Week|Day|Hour|Minute)s?", text)
    if found is None:
        return text
    count = int(found[1])
    units = {
        "Year": texts.ngettext("{count} year", "{count} years", count),
        "Month": texts.ngettext("{count} month", "{count} months", count),
        "Week": texts.ngettext("{count} week", "{count} weeks", count),
        "Day": texts.ngettext("{count} day", "{count} days", count),
        "Hour": texts.ngettext("{count} hour", "{count} hours", count),
        "Minute": texts.ngettext("{count} minute", "{count} minutes", count),
    }
    return units[found[2]].format(count=texts.number(count))


def item_words(item: dict[str, Json], texts: Texts = IN_ENGLISH) -> str:
    """An object on one line, by what it has: a date, a count, a site, a submission, or a name and what qualifies it."""
    if "date" in item and not item.keys() - {"date", "type"}:
        day = texts.written_day(one_line(str(item["date"]))) if item["date"] else texts.gettext("no date")
        return _qualified(day, item.get("type"), texts)
    if "count" in item:
        words = texts.gettext("no number") if item["count"] is None else value_words(item["count"], texts=texts)
        return _qualified(words, item.get("type"), texts, is_count=True)
    if item.keys() == {"country", "status", "words"}:
        words = texts.gettext("{name}: {words}")
        return one_line(words.format(name=country_words(str(item["country"]), texts), words=texts.known(item["words"])))
    if {"facility", "city", "country"} & item.keys():
        return site_words(item, texts)
    for name in ("measure", "label", "name", "filename"):
        if item.get(name):
            return _qualified(
                one_line(str(item[name])), item.get("time_frame") or item.get("type") or item.get("class"), texts
            )
    members = {name: value for name, value in item.items() if value}
    if texts.language != ENGLISH and isinstance(members.get("type"), str):
        members["type"] = code_label(members["type"], texts)
    return ", ".join(f"{part_words(name, texts)} {value_words(value, texts=texts)}" for name, value in members.items())


def part_words(name: str, texts: Texts = IN_ENGLISH) -> str:
    """What people call a member of an item."""
    return texts.known(one_line(name.replace("_", " ")))


def site_words(site: dict[str, Json], texts: Texts = IN_ENGLISH) -> str:
    """A site by facility, city and country."""
    parts = [site.get(name) for name in ("facility", "city", "state")]
    country = [country_words(str(site["country"]), texts)] if site.get("country") else []
    return ", ".join([*(one_line(str(part)) for part in parts if part), *country]) or texts.gettext(
        "a site without a name"
    )


def sum_words(total: Sum, texts: Texts = IN_ENGLISH) -> str:
    """How far several moves of one field went together, such as "92 days later" or "25% fewer"."""
    return days_apart(round(total.amount), texts) if total.unit == "days" else share_apart(total.amount, texts)


def days_apart(days: int, texts: Texts = IN_ENGLISH) -> str:
    """Such as "92 days later"."""
    count = abs(days)
    if days > 0:
        words = texts.ngettext("{count} day later", "{count} days later", count)
    else:
        words = texts.ngettext("{count} day earlier", "{count} days earlier", count)
    return words.format(count=texts.number(count))


def share_apart(share: float, texts: Texts = IN_ENGLISH) -> str:
    """Such as "25% fewer"."""
    words = texts.gettext("{share} more") if share > 0 else texts.gettext("{share} fewer")
    return words.format(share=texts.percent(share))


def path_words(path: str) -> str:
    """A path that is no field of ours: `protocolSection.statusModule.delayedPosting` is "status: delayed posting"."""
    return ": ".join(_path_parts(path))


def place_label(path: str) -> str:
    """The same as the label of a value, without the module that it is in: "Delayed posting"."""
    parts = _path_parts(path)
    is_in_module = len(parts) > 1 and bool(_MODULE.search(path))
    words = ": ".join(parts[1:] if is_in_module else parts)
    return f"{words[:1].upper()}{words[1:]}"


def _path_parts(path: str) -> list[str]:
    """Each name of a path in words, as the registry's data dictionary calls it where that is something else."""
    names = [name for name in _DOT.split(path) if not name.endswith("Section")] or [path]
    parts = []
    for former, name in zip(["", *names], names, strict=False):
        if former.endswith("Struct") and name == "type":
            words = "type of date"
        elif name.lower().endswith(".pdf"):
            words = name
        else:
            words = _WHERE_CAMEL_CASE_PARTS.sub(" ", re.sub(r"(Module|Struct)?(\[.*\])?$", "", name)).lower()
        parts.append(_CALLED.get(words, one_line(words)))
    return [each for each in parts if each]


_MODULE = re.compile(r"(^|\.)\w+Module\.")
_DOT = re.compile(r"\.(?!pdf(?:\.|$))", re.IGNORECASE)
"""Between names: a document has its file's name in its path."""
_CALLED = {
    "last update post date": "last update posted",
    "large document": "documents",
    "large docs": "document",
    "has icf": "informed consent form",
    "has protocol": "study protocol",
    "has sap": "statistical analysis plan",
    "type abbrev": "type of document",
    "upload date": "uploaded",
}


def _qualified(words: str, qualifier: Json, texts: Texts, *, is_count: bool = False) -> str:
    """A type is a code, which reads on in small letters; a time frame is people's own."""
    if not qualifier:
        return words
    if texts.language != ENGLISH and qualifier in _TYPES:
        of_date, of_count = _TYPES[qualifier]
        return f"{words} ({texts.said(of_count if is_count else of_date)})"
    known = code_label(str(qualifier))
    if known == one_line(str(qualifier)):
        return f"{words} ({known})"
    said = texts.known(known)
    return f"{words} ({said[:1].lower()}{said[1:]})"


_TYPES = {
    "ESTIMATED": (worded("estimated"), worded("expected")),
    "ACTUAL": (worded("actual (of a date)"), worded("actual (of a number)")),
}
"""What qualifies a date, and a number, in languages that tell them apart."""
