"""The part of `monitor show` about contacts, and about fields that are only compared and shown. Pure."""

from rich.console import Group, RenderableType
from rich.text import Text

from monitor.changes.fields import FIELDS, is_coded
from monitor.changes.topics import Topic
from monitor.cli.render.styles import DIM
from monitor.cli.render.text import styled
from monitor.model import Json, Record
from monitor.render.words import code_label
from monitor.text import comma_list, counted, one_line, readable

Row = tuple[str, RenderableType | None]
"""A label and what stands beside it; a row without a value is left out."""

LONG = 120
"""A text beyond this many characters is set as paragraphs."""
MOST_ITEMS = 10

_SHOWN_ELSEWHERE = frozenset(("conditions", "keywords", "aliases"))
_MEMBERS = ("citation", "label", "id", "domain", "comment", "description", "url", "link", "pmid", "type")
"""Members of an item of a list, in the order in which they are shown."""


def detail_rows(record: Record, *topics: Topic) -> list[Row]:
    """Those of these topics that the record has, each under its label."""
    return [
        (field.label, _value(field.name, record.details[field.name]))
        for field in FIELDS.values()
        if field.by_shape
        and field.topic in topics
        and field.name in record.details
        and field.name not in _SHOWN_ELSEWHERE
    ]


def contact_rows(record: Record) -> list[Row]:
    """The contacts, with their addresses; if the sites have many, only the first."""
    shown = [_contact(contact) for contact in record.contacts[:MOST_ITEMS] if isinstance(contact, dict)]
    more = len(record.contacts) - MOST_ITEMS
    if more > 0:
        shown.append(Text(f"and {counted(more, 'more contact')}", style=DIM))
    return [("Contacts", Group(*shown) if shown else None)]


def _contact(contact: dict[str, Json]) -> Text:
    name = contact.get("name") or contact.get("facility") or "no name"
    others = [contact.get(member) for member in ("role", "affiliation", "facility", "phone", "email")]
    told = [one_line(code_label(str(value))) for value in others if value and value != name]
    return styled(one_line(str(name))).append(f"  {', '.join(told)}" if told else "", style=DIM)


def _value(name: str, value: Json) -> RenderableType | None:
    if isinstance(value, bool):
        return Text("Yes" if value else "No")
    if isinstance(value, list):
        return _items(name, value)
    if isinstance(value, dict):
        value = value.get("date") or ", ".join(f"{key} {one_line(str(each))}" for key, each in value.items())
    text = str(value)
    if is_coded(name):
        return styled(one_line(code_label(text)))
    return styled(readable(text)) if len(text) > LONG else styled(one_line(text))


def _items(name: str, items: list[Json]) -> RenderableType | None:
    if all(isinstance(item, str) for item in items):
        words = [code_label(item) if is_coded(name) else item for item in items]
        return styled(one_line(comma_list(words)))
    shown: list[RenderableType] = [styled(one_line(_item(item))) for item in items[:MOST_ITEMS]]
    more = len(items) - MOST_ITEMS
    return Group(*shown, *([Text(f"and {more:,} more", style=DIM)] if more > 0 else []))


def _item(item: Json) -> str:
    if not isinstance(item, dict):
        return str(item)
    members = {**{name: item[name] for name in _MEMBERS if item.get(name)}, **item}
    return " · ".join(
        f"PMID {value}" if name == "pmid" else str(value)
        for name, value in members.items()
        if isinstance(value, str | int | float) and not isinstance(value, bool)
    )
