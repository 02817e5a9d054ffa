"""XML as trees of JSON: elements by their names, attributes with an @ before theirs, several of one name as a list.

Pure. Nothing outside the text is ever read: a document type, which could define entities, is refused before parsing, as
is what is no UTF-8. Left out is what says nothing (empty elements come and go with the registry's software, ids are new
each time) and what is about people: contacts are not looked at, and e-mail addresses are replaced.
"""

import re
from typing import Any

from monitor.errors import AnswerUnreadable
from monitor.model import Json
from monitor.registries.isrctn.ids import KEY

TEXT = "#"
"""The member that holds the text of an element with attributes."""
DEEPEST = 30
_DECLARED = re.compile(rb"<!(doctype|entity|element|attlist)", re.IGNORECASE)
_IS_HTML = re.compile(rb"\s*(<!doctype html|<html|<head|<body)", re.IGNORECASE)
_UNREAD_ATTRIBUTES = frozenset(("id", "md5sum"))
_ABOUT_PEOPLE = frozenset(
    ("contact", "contactId", "contactDetails", "contactName", "email", "emailAddress", "telephone", "phone", "fax")
)
_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")

Element = Any
"""One of xml.etree's, which is loaded where it is needed."""


def root_of(raw: bytes) -> Element:
    """The root of an answer. Raise AnswerUnreadable where it is no XML, or XML that could do harm."""
    from xml.etree import ElementTree  # takes some ms to load, and every command loads the adapters

    if not raw.strip():
        raise AnswerUnreadable(f"{KEY} answers with nothing at all", raw=raw)
    if _IS_HTML.match(raw):
        raise AnswerUnreadable(f"{KEY} answers with an HTML page instead of a record", raw=raw)
    if _DECLARED.search(raw) or b"\0" in raw:
        raise AnswerUnreadable(f"{KEY} answers with XML that declares a document type", raw=raw)
    try:
        return ElementTree.fromstring(raw, ElementTree.XMLParser(encoding="utf-8"))  # noqa: S314 - nothing is declared
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise AnswerUnreadable(f"{KEY} answers with what is not proper XML: {error}"[:200], raw=raw) from error


def written(element: Element) -> bytes:
    """An element as XML again."""
    from xml.etree import ElementTree  # loaded by now, as there is an element

    text: bytes = ElementTree.tostring(element)
    return text


def name_of(element: Element) -> str:
    """The name of an element or attribute without its namespace."""
    tag = element if isinstance(element, str) else element.tag
    return str(tag).rpartition("}")[2]


def children(element: Element, name: str) -> list[Element]:
    """The elements of that name directly in another."""
    return [child for child in element if name_of(child) == name]


def tree_of(element: Element, level: int = 0) -> Json:
    """An element as a text, an object, or an empty text where it says nothing. Raise AnswerUnreadable for a pit."""
    if level > DEEPEST:
        raise AnswerUnreadable(f"{KEY} answers with a record of more than {DEEPEST} levels")
    node: dict[str, Any] = {
        f"@{name}": _readable(value)
        for attribute, value in element.attrib.items()
        if (name := name_of(attribute)) not in _UNREAD_ATTRIBUTES and "}" not in attribute and value.strip()
    }
    if len(element) == 0 or (element.text or "").strip():
        text = _readable("".join(element.itertext()))
        return (node | {TEXT: text} if text else node) if node else text
    for child in element:
        name = name_of(child)
        if name and name not in _ABOUT_PEOPLE and (value := tree_of(child, level + 1)):
            _add(node, name, value)
    return node or ""


def _add(node: dict[str, Any], name: str, value: Json) -> None:
    if name not in node:
        node[name] = value
    elif isinstance(node[name], list):
        node[name].append(value)
    else:
        node[name] = [node[name], value]


def _readable(text: str) -> str:
    return _ADDRESS.sub("[e-mail address]", text.strip()) if "@" in text else text.strip()
