"""What of a record fits into an answer: whole fields, parts of long lists, and how to ask for the rest. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from monitor.mcp.answers import MOST, fitting, length
from monitor.mcp.tool import Refused
from monitor.text import natural_list

LAST = ("results", "rest", "details")
"""Fields that come whole only where nothing else is asked for: they are the longest, and the registry's own objects."""
MOST_NAMES = 80

SHORTEST = 1000
"""Characters of a text that are worth a part of it."""

Missing = dict[str, Any]
"""`{"field": "sites", "given": 100, "of": 1200, "next": "…"}`."""


def fitting_record(
    record: Mapping[str, Any], fields: Sequence[str], *, start: int = 0, room: int = MOST
) -> tuple[dict[str, Any], list[Missing]]:
    """Those of the fields that fit, by their paths, and what of them is missing. Refused for a field that is none.

    Without *fields*, all that say anything, but for LAST. *start* is where a list or text goes on that one path names.
    """
    paths = fields or [name for name, value in record.items() if name not in LAST and value not in (None, [], {})]
    if start and len(paths) != 1:
        raise Refused("start says where one list or text goes on. Next: give it with exactly one name in fields.")
    given: dict[str, Any] = {}
    missing: list[Missing] = []
    for path in paths:
        value = _at(record, path)
        value = value[start:] if start and isinstance(value, list | str) else value
        part, left = _part(path, value, start=start, room=room - len(path) - 10)
        if part is not None:
            given[path] = part
            room -= length({path: part})
        missing += [left] if left else []
    if not fields:
        missing += [_left_out(name, record[name]) for name in LAST if record.get(name) not in (None, [], {})]
    return given, missing


def _at(record: Mapping[str, Any], path: str) -> Any:
    """The value at a path such as `results.outcomeMeasuresModule` or `sites.12`."""
    value: Any = record
    for number, step in enumerate(path.split(".")):
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isascii() and step.isdigit() and int(step[:9]) < len(value):
            value = value[int(step[:9])]
        else:
            above = ".".join(path.split(".")[:number])
            raise Refused(f"the record has no field “{path[:80]}”. Next: {_what_there_is(above, value)}.")
    return value


def _what_there_is(above: str, value: Any) -> str:
    where = f"{above} has" if above else "a record has"
    if isinstance(value, Mapping) and value:
        return f"{where} {natural_list([*value], MOST_NAMES)}"
    if isinstance(value, list):
        return f"{where} items 0 to {len(value) - 1}" if value else f"{where} no items"
    return f"{where} nothing below it"


def _part(path: str, value: Any, *, start: int, room: int) -> tuple[Any, Missing | None]:
    """As much of a value as fits, None for nothing; and what is missing."""
    if length(value) <= room:
        return value, None
    if isinstance(value, list) and (count := fitting(value, room)):
        return value[:count], _going_on(path, count, len(value), start)
    if isinstance(value, str) and (count := _fitting_text(value, room)) > SHORTEST:
        return value[:count], _going_on(path, count, len(value), start)
    return None, _left_out(path, value)


def _fitting_text(text: str, room: int) -> int:
    """How many characters of a text surely fit, if not the most."""
    count = max(room, 0)
    while length(text[:count]) > room and count:
        count = count * 3 // 4
    return count


def _going_on(path: str, count: int, of: int, start: int) -> Missing:
    how = f"get_record with fields=['{path}'] and start={start + count}"
    return {"field": path, "given": count, "of": of, "next": how}


def _left_out(path: str, value: Any) -> Missing:
    size = length(value)
    if size <= MOST // 2:
        how = f"get_record with fields=['{path}']"
    elif isinstance(value, Mapping):
        how = f"get_record with fields=['{path}.NAME'], NAME one of {natural_list([*value], MOST_NAMES)}"
    else:
        how = (
            f"get_record with fields=['{path}.NUMBER'], NUMBER from 0" if isinstance(value, list) else "it is too long"
        )
    return {"field": path, "given": 0, "of": size, "next": how}
