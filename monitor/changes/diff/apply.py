"""Applies differences to a record, which gives the record it was compared with. Pure.

`results` and `rest` are not rebuilt: their differences carry only the places that differ.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from monitor.changes.diff.outcomes import ROLES
from monitor.changes.diff.status import implied_last_known
from monitor.changes.diff.values import ITEMS, from_json, to_json
from monitor.changes.fields import FIELDS
from monitor.model import Coded, Difference, Json, Record


def apply(differences: Iterable[Difference], before: Record) -> Record:
    """Give *before* the watched fields of the record it was compared with, up to the order of lists.

    What the comparison considered equal stays as it was. The differences must be in the order that `diff` gave. Raise
    ValueError where one takes an item from a list that does not have it.
    """
    values: dict[str, Any] = {}
    for difference in differences:
        _apply_one(difference, before, values)
    return replace(before, **values)


def _apply_one(difference: Difference, before: Record, values: dict[str, Any]) -> None:
    field = difference.field
    if field in ("results", "rest"):
        return
    if FIELDS[field].by_shape:
        _set_detail(difference, before, values)
        return
    if difference.kind in ("outcome.promoted", "outcome.demoted"):
        for side, edit in ((difference.before, _remove), (difference.after, _add)):
            outcome = {name: content for name, content in side.items() if name != "role"}
            edit(ROLES[side["role"]], outcome, before, values)
    elif field in ITEMS:
        for item in _items(difference.before):
            _remove(field, item, before, values)
        for item in _items(difference.after):
            _add(field, item, before, values)
    else:
        values[field] = from_json(field, difference.after)
        _apply_implied(difference, before, values)


def _set_detail(difference: Difference, before: Record, values: dict[str, Any]) -> None:
    field, value = difference.field, difference.after
    if field in Record.__dataclass_fields__:
        values[field] = tuple(value or ())
        return
    details = {**values.get("details", before.details), field: value}
    values["details"] = {name: content for name, content in details.items() if content is not None}


def _apply_implied(difference: Difference, before: Record, values: dict[str, Any]) -> None:
    if difference.field == "overall_status":
        status = values["overall_status"]
        called = Coded(status.code, (difference.words or {}).get(status.code, status.code)) if status else None
        values["last_known_status"] = implied_last_known(before, called)
    if difference.kind == "results.posted":
        values["submissions"] = ()


def _items(side: Json) -> list[Json]:
    if side is None:
        return []
    return side if isinstance(side, list) else [side]


def _remove(field: str, item: Json, before: Record, values: dict[str, Any]) -> None:
    items = list(values.get(field, getattr(before, field)))
    del items[[to_json(present) for present in items].index(item)]
    values[field] = tuple(items)


def _add(field: str, item: Json, before: Record, values: dict[str, Any]) -> None:
    values[field] = (*values.get(field, getattr(before, field)), from_json(field, item))
