"""Fields whose sentence follows from the type of their value: texts, booleans, dates, lists. Pure.

`monitor.changes.fields` declares them; each registry's parser knows where they are in its documents.
"""

from collections.abc import Callable, Iterator

from monitor.changes.diff.comparison import Comparison
from monitor.changes.diff.pairing import cancel
from monitor.changes.diff.tree import frozen
from monitor.changes.diff.wording import change_sentence, code_words, respelling_sentence, text_change_sentence
from monitor.changes.fields import FIELDS, Field
from monitor.changes.spelling import respelled
from monitor.model import Difference, Json, Record
from monitor.text import counted, cut, fold, fold_wording, natural_list, quote

_TEXT = 60
_ITEM = 70
"""Characters of an item of a list."""

_NAMING = ("citation", "label", "id", "pmid", "url", "type", "description")
"""Members by which people know an item, the best first."""

_SAME = ("pmid", "url", "id", "label", "citation")
"""Members by which an item is found again when something else in it changed."""

_TOLD = tuple(field for field in FIELDS.values() if field.by_shape)
_ATTRIBUTES = frozenset(Record.__dataclass_fields__) & {field.name for field in _TOLD}


def differences(pair: Comparison) -> Iterator[Difference]:
    """Tell each field that says something else."""
    present = pair.before.details.keys() | pair.after.details.keys() | _ATTRIBUTES
    for field in _TOLD:
        if field.name not in present:
            continue
        before, after = _value(pair.before, field.name), _value(pair.after, field.name)
        if before is after or before == after or frozen(before) == frozen(after):
            continue
        if field.is_loose and fold_wording(before) == fold_wording(after):
            continue
        kind, summary = _kind_and_summary(field, before, after)
        yield pair.difference(field.name, kind, before=before, after=after, summary=summary)


def _value(record: Record, name: str) -> Json:
    return list(getattr(record, name)) or None if name in _ATTRIBUTES else record.details.get(name)


def _kind_and_summary(field: Field, before: Json, after: Json) -> tuple[str, str]:
    """What the change is called, and its sentence."""
    present = after if after is not None else before
    if field.when_added and after is not None and before is None:
        return str(field.kind), field.when_added.format(_said(field, after))
    if field.name.endswith("_date"):
        return str(field.kind), change_sentence(f"{field.label} date", _said(field, before), _said(field, after))
    if isinstance(present, list):
        return str(field.kind), _list_summary(field, before or [], after or [])
    if isinstance(present, str) and not field.coded:
        if respelled(before, after):
            return "other.respelled", respelling_sentence(field.label, before, after)
        return str(field.kind), text_change_sentence(field.label, before, after)
    return str(field.kind), change_sentence(field.label, _said(field, before), _said(field, after))


def _said(field: Field, value: Json) -> str | None:
    """A value that is no list, as a sentence says it; None where there is none."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        value = value.get("date", value)
    return code_words(value) if field.coded else cut(str(value), _TEXT)


def _list_summary(field: Field, before: list[Json], after: list[Json]) -> str:
    """What was added, removed and changed, and the items by what people know them by."""
    gone, come = cancel(before, after, frozen)
    former = {name: item for item in gone if (name := _identity(item))}
    changed = [item for item in come if _identity(item) in former]
    names = {_identity(item) for item in changed}
    told = [
        f"{how} {_items_phrase(field, items)}"
        for how, items in (
            ("added", [item for item in come if _identity(item) not in names]),
            ("removed", [item for item in gone if _identity(item) not in names]),
            ("changed", changed),
        )
        if items
    ]
    return f"{field.label}: {'; '.join(told)}."


def _items_phrase(field: Field, items: list[Json]) -> str:
    name: Callable[[Json], str] = code_words if field.coded else _name
    if len(items) > 3 and not isinstance(items[0], str):
        return f"{counted(len(items), 'item')}, {name(items[0])} among them"
    return natural_list([name(item) for item in items], 5)


def _identity(item: Json) -> str | None:
    """What an item keeps when something else in it changes; None for one without, or one that is nothing else."""
    if not isinstance(item, dict):
        return None
    return next((f"{member} {fold(str(item[member]))}" for member in _SAME if item.get(member)), None)


def _name(item: Json) -> str:
    if not isinstance(item, dict):
        return quote(str(item), _ITEM)
    member = next((name for name in _NAMING if item.get(name)), None)
    if member is None:
        return "an item without a name"
    told = quote(str(item[member]), _ITEM)
    return f"PMID {cut(str(item[member]), 20)}" if member == "pmid" else told
