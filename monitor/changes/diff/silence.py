"""What the form of a document cannot say is no difference: two records of what both can tell. Pure.

A field may be silent in part: of a sponsor only the name is known, of sites only the countries. Then that part is left
out on both sides, and items that are alike without it are one.

Texts that one of the two documents has in another markup are the same where they differ in spacing and marks alone.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import is_dataclass, replace
from typing import Any

from monitor.changes.diff.places import country_key
from monitor.changes.fields import FIELDS
from monitor.model import CountryStatus, Record

ONLY_COUNTRIES = "sites.facility"
_NEVER_TOLD = frozenset(("rest", "contacts", "trial_id"))
_TREES = frozenset(("results", "violation_events"))
"""Fields with a value in which nobody knows what is a text: converted, they are not compared."""
_ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
_MARKS = re.compile(r"\s*(?:(?:[*+•-]|[0-9]{1,3}[.)])\s+)*")
_IDLE = re.compile(r"[*_^\s]+")
"""What Markdown sets before a sign; the marks of an item, at the beginning of its line; emphasis, and space."""


def of_what_both_tell(before: Record, after: Record) -> tuple[Record, Record]:
    """The two records without what the form of either document is silent on, and without what the later one lost."""
    converted = before.converted ^ after.converted
    silent = before.silent | after.silent | after.lost | (converted & _TREES)
    for name in converted - _TREES:
        before, after = _in_one_markup(before, after, name)
    return (_without(before, silent), _without(after, silent)) if silent else (before, after)


def last_said(former: Record, present: Record) -> Record:
    """*present*, with what *former* says in the fields on which it is wholly silent: what is known once both are."""
    names = {name for name in present.silent - former.silent - _NEVER_TOLD if "." not in name}
    fields = {name: getattr(former, name) for name in names if hasattr(former, name)}
    details = {name: former.details[name] for name in names if name in former.details}
    parts = {name for name in former.silent if name.partition(".")[0] in names}
    silent = (present.silent - names) | parts
    converted = {name for name in former.converted if name.partition(".")[0] in names}
    known = {"details": {**present.details, **details}, "silent": silent, "converted": present.converted | converted}
    return replace(present, **{**fields, **known})


def not_compared(before: Record, after: Record) -> tuple[str, ...]:
    """The labels of the fields that one of the two records has, and that were not compared at all."""
    silent = (before.silent | after.silent) - _NEVER_TOLD
    return tuple(
        field.label
        for field in FIELDS.values()
        if field.name in silent and any(_says(record, field.name) for record in (before, after))
    )


def _says(record: Record, name: str) -> bool:
    return bool(record.details.get(name) or getattr(record, name, None))


def _without(record: Record, silent: Collection[str]) -> Record:
    kept = record.without([name for name in silent if "." not in name])
    for name in sorted(name for name in silent if "." in name and name != ONLY_COUNTRIES):
        field, _, part = name.partition(".")
        kept = replace(kept, **{field: _without_part(getattr(kept, field), part)})
    return _with_countries_alone(kept) if ONLY_COUNTRIES in silent else kept


def _without_part(value: Any, part: str) -> Any:
    if isinstance(value, tuple):
        return tuple(dict.fromkeys(_without_part(item, part) for item in value))
    return replace(value, **{part: None}) if is_dataclass(value) and not isinstance(value, type) else value


def _with_countries_alone(record: Record) -> Record:
    """The record with its sites' countries as all that is known of where it takes place."""
    names = {country_key(site.country): site.country for site in record.sites if site.country}
    told = record.country_statuses or tuple(CountryStatus(name, "", "") for name in names.values())
    return replace(record, sites=(), country_statuses=told)


def _in_one_markup(before: Record, after: Record, name: str) -> tuple[Record, Record]:
    """The records with one form for those texts of a field that differ in marks alone: the later record's."""
    field, _, part = name.partition(".")
    words = {_bare(text): text for text in _texts(_value(after, field), part)}
    return _with_words(before, field, part, words), _with_words(after, field, part, words)


def _with_words(record: Record, field: str, part: str, words: Mapping[str, str]) -> Record:
    value = _value(record, field)
    if value is None or not words:
        return record
    reworded = _reworded(value, part, words)
    if field in record.details:
        return replace(record, details={**record.details, field: reworded})
    return replace(record, **{field: reworded})


def _value(record: Record, field: str) -> Any:
    return record.details.get(field, getattr(record, field, None))


def _texts(value: Any, part: str) -> Iterator[str]:
    """The texts in a field, or in a part of each of its items."""
    for item in value if isinstance(value, tuple) else (value,):
        text = getattr(item, part, None) if part else item
        if isinstance(text, str):
            yield text


def _reworded(value: Any, part: str, words: Mapping[str, str]) -> Any:
    if isinstance(value, tuple):
        return tuple(_reworded(item, part, words) for item in value)
    text = getattr(value, part, None) if part else value
    if not isinstance(text, str):
        return value
    known = words.get(_bare(text), text)
    return replace(value, **{part: known}) if part else known


def _bare(text: str) -> str:
    """A text without marks of lists, escapes, emphasis and space."""
    lines = _ESCAPE.sub("", text).splitlines()
    return _IDLE.sub("", "".join(_MARKS.sub("", line, count=1) for line in lines))
