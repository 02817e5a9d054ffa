"""What the form of a document cannot say is no difference: two records of what both can tell. Pure.

A field may be silent in part: of a sponsor only the name is known, of sites only the countries. Then that part is left
out on both sides, and items that are alike without it are one.
"""

from collections.abc import Collection
from dataclasses import is_dataclass, replace
from typing import Any

from monitor.changes.diff.places import country_key
from monitor.changes.fields import FIELDS
from monitor.model import CountryStatus, Record

ONLY_COUNTRIES = "sites.facility"
_NEVER_TOLD = frozenset(("rest", "contacts", "trial_id"))


def of_what_both_tell(before: Record, after: Record) -> tuple[Record, Record]:
    """The two records without what the form of either document is silent on, and without what the later one lost."""
    silent = before.silent | after.silent | after.lost
    return (_without(before, silent), _without(after, silent)) if silent else (before, after)


def last_said(former: Record, present: Record) -> Record:
    """*present*, with what *former* says in the fields on which it is wholly silent: what is known once both are."""
    names = {name for name in present.silent - former.silent - _NEVER_TOLD if "." not in name}
    fields = {name: getattr(former, name) for name in names if hasattr(former, name)}
    details = {name: former.details[name] for name in names if name in former.details}
    parts = {name for name in former.silent if name.partition(".")[0] in names}
    silent = (present.silent - names) | parts
    return replace(present, **{**fields, "details": {**present.details, **details}, "silent": silent})


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
