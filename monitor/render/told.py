"""A change put into words by the shape of its values, for who reads another language than its stored sentence. Pure.

    moved      a value that came, went, or is another one: a code, a date, a number, a short text
    rewritten  a text that people wrote: both where they are short, otherwise what happened to it
    items      a list: what came, and what went
    item       one item with a name: that it came or went, or which of its parts changed

What people wrote is quoted as they wrote it; `monitor.render.told_by_kind` has the kinds that say more than that.
"""

from typing import NamedTuple

from monitor.changes.diff.wording import edit_phrase
from monitor.changes.fields import is_coded
from monitor.language.texts import Texts
from monitor.model import Change, Json
from monitor.render.values import differing_parts, is_item, kept_name, label, unmatched
from monitor.render.words import code_label, part_words, value_words
from monitor.text import fold, one_line

MOST_NAMED = 3
"""Items of a list that a sentence names."""
_BOTH = 100
"""Characters of two texts together, up to which both are quoted whole."""
_NAMING = ("measure", "label", "name", "filename", "citation", "id", "pmid", "url", "type", "description")
"""Members by which people know an item, the best first."""


class Told(NamedTuple):
    """A sentence in two parts: *what* changed, which old → new shows as well, and *more*, which only words say."""

    what: str
    more: tuple[str, ...] = ()


def by_shape(change: Change, texts: Texts) -> Told:
    """The change by what its values are."""
    before, after = change.before, change.after
    present = after if after is not None else before
    if isinstance(present, list) and not is_coded(change.field):
        return items(change, texts)
    if is_item(before) or is_item(after):
        return item(change, texts)
    if isinstance(present, str) and is_free_text(change.field):
        return rewritten(change, texts)
    return moved(change, texts)


def is_free_text(field: str) -> bool:
    """Whether the values of a field are people's own words, rather than codes, days and ages."""
    return not (is_coded(field) or field.endswith(("_date", "_age")))


def moved(change: Change, texts: Texts) -> Told:
    """A value that came, went, or is another one."""
    old, new = (value_words(value, change.field, change.words, texts) for value in (change.before, change.after))
    return Told(_moved(label(change, texts), *_both(change.before, old, change.after, new), texts))


def _both(before: Json, old: str, after: Json, new: str) -> tuple[str, str]:
    """The words of two values; empty where there is no value."""
    return ("" if before in (None, "", []) else old), ("" if after in (None, "", []) else new)


def _moved(field: str, old: str, new: str, texts: Texts) -> str:
    if not old:
        return texts.gettext("{field} was added: {value}").format(field=field, value=new)
    if not new:
        return texts.gettext("{field} was removed; it was {value}").format(field=field, value=old)
    return texts.gettext("{field} went from {old} to {new}").format(field=field, old=old, new=new)


def rewritten(change: Change, texts: Texts, *, only_spelled: bool = False) -> Told:
    """A text that came, went, or was edited."""
    field = label(change, texts)
    old, new = (fold(value if isinstance(value, str) else "") for value in (change.before, change.after))
    if only_spelled:
        return Told(texts.gettext("{field} is only spelled otherwise").format(field=field))
    return Told(_edited(field, old, new, texts))


def _edited(field: str, old: str, new: str, texts: Texts) -> str:
    if not old or not new or len(old) + len(new) <= _BOTH:
        return _moved(field, texts.quoted(old, 120) if old else "", texts.quoted(new, 120) if new else "", texts)
    return texts.gettext("{field} changed: {edit}").format(field=field, edit=edit_phrase(old, new, texts=texts))


def items(change: Change, texts: Texts, *, only_spelled: bool = False) -> Told:
    """What came into a list, and what went."""
    before, after = ([] if value is None else value for value in (change.before, change.after))
    gone, come = unmatched(before, after), unmatched(after, before)
    field = label(change, texts)
    if only_spelled:
        words = texts.gettext("{field}, only spelled otherwise: {items}")
        return Told(words.format(field=field, items=named(come or gone, texts)))
    if come and gone:
        words = texts.gettext("{field}: added {come}; removed {gone}")
    elif come:
        words = texts.gettext("{field}: added {come}")
    else:
        words = texts.gettext("{field}: removed {gone}")
    return Told(words.format(field=field, come=named(come, texts), gone=named(gone, texts)))


def named(those: list[Json], texts: Texts) -> str:
    """The first items of a list by what people know them by, and how many more there are."""
    return texts.listed(
        [name_of(each, texts) for each in those[:MOST_NAMED]] + [""] * (len(those) - MOST_NAMED), MOST_NAMED
    )


def name_of(value: Json, texts: Texts) -> str:
    """An item by what people know it by."""
    if not isinstance(value, dict):
        return texts.quoted(str(value), 70)
    if value.keys() == {"country", "status", "words"}:
        return value_words(value, texts=texts)
    if {"facility", "city", "country"} & value.keys():
        return value_words(value, texts=texts)
    member = next((name for name in _NAMING if value.get(name)), None)
    if member is None:
        return texts.gettext("an item without a name")
    if member == "type":
        day = value.get("date")
        words = code_label(str(value["type"]), texts)
        return texts.gettext("{words} of {day}").format(words=words, day=texts.written_day(str(day))) if day else words
    return f"PMID {one_line(str(value[member]))[:20]}" if member == "pmid" else texts.quoted(str(value[member]), 70)


def item(change: Change, texts: Texts, *, only_spelled: bool = False) -> Told:
    """An item that came or went; or what of it changed."""
    before, after, field = change.before, change.after, label(change, texts)
    if not before or not after:
        shown = name_of(before or after, texts)
        kind = (before or after).get("time_frame") if isinstance(before or after, dict) else None
        if kind:
            words = texts.gettext("{name} (time frame: {time})")
            shown = words.format(name=shown, time=texts.quoted(str(kind), 50))
        return Told(_moved(field, shown if before else "", shown if after else "", texts))
    name = name_of(after, texts)
    if only_spelled:
        return Told(texts.gettext("{field}, {name}: only spelled otherwise").format(field=field, name=name))
    parts = differing_parts(before, after)
    if not parts:
        return Told(_moved(field, name_of(before, texts), name, texts))
    if len(parts) == 1 and (edited := _part_edited(before, after, parts[0], texts)):
        kept = kept_name(before, parts)
        shown = texts.quoted(kept, 60) if kept else name_of(before, texts)
        return Told(texts.gettext("{field}, {name}: {what}").format(field=field, name=shown, what=edited))
    told = texts.listed([part_words(part, texts) for part in parts], 5)
    return Told(texts.gettext("{field}, {name}: {parts} changed").format(field=field, name=name, parts=told))


def _part_edited(before: Json, after: Json, part: str, texts: Texts) -> str:
    """What happened to the one part that changed; empty where it is of several values."""
    values = [before.get(part), after.get(part)]
    if any(isinstance(value, list | dict) for value in values):
        return ""
    if part in ("type", "class"):
        old, new = (code_label(str(value), texts) if value else "" for value in values)
        return _moved(part_words(part, texts), old, new, texts)
    old, new = (fold(str(value or "")) for value in values)
    return _edited(part_words(part, texts), old, new, texts)
