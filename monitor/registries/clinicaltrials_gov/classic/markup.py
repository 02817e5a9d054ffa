"""The text of elements, as it stands on the page. Pure.

Nothing here calls itself: how deep a page is nested is for whoever made it to say.
"""

import re
from collections.abc import Iterable, Iterator

from bs4 import BeautifulSoup, Comment, Tag
from bs4.element import NavigableString
from bs4.filter import SoupStrainer

_BLOCKS = frozenset(
    ("address", "br", "caption", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre", "table")
) | frozenset(("tbody", "td", "th", "thead", "tr", "ul"))
_UNSEEN = frozenset(("button", "head", "noscript", "script", "select", "style", "sup", "template", "textarea"))
_REPEATING = frozenset(("tr-dropdown", "nlm-info"))
"""Classes of what repeats headings, and of advice that is the same on every page."""
_MAIN = re.compile(r"""<[a-z]{1,10}\b[^<>]*\bid=["']?main-content\b""", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_BREAK = "\n"


def main_of(text: str) -> Tag:
    """The part of a page that is about the study; all of it where that is not marked."""
    if begins := _MAIN.search(text):
        text = text[begins.start() :]  # what stands above takes a fourth of the time
    main = BeautifulSoup(text, "lxml", parse_only=SoupStrainer(id="main-content")).find(id="main-content")
    return main if isinstance(main, Tag) else BeautifulSoup(text, "lxml")


def lines_of(*nodes: Tag | NavigableString, without: Iterable[str] = (), bullets: bool = False) -> list[str]:
    """The lines of text in these nodes, none of them empty; elements named in *without* are passed over.

    With *bullets*, what is an item of a list begins with an asterisk.
    """
    parts: list[str] = []
    skipped = _UNSEEN.union(without)
    waiting: list[Tag | NavigableString | str] = list(reversed(nodes))
    while waiting:
        node = waiting.pop()
        if isinstance(node, Tag):
            if node.name in skipped or _REPEATING.intersection(classes(node)):
                continue
            is_block = node.name in _BLOCKS
            if is_block:
                waiting.append(_BREAK)
            waiting.extend(reversed(node.contents))  # type: ignore[arg-type]
            if is_block:
                parts.append(_BREAK)
            if bullets and node.name == "li":
                parts.append("* ")
        elif node is _BREAK:
            parts.append(_BREAK)
        elif not isinstance(node, Comment):
            parts.append(_SPACE.sub(" ", node))
    return [line for part in "".join(parts).split(_BREAK) if (line := " ".join(part.split())) not in ("", "*")]


def line_of(*nodes: Tag | NavigableString, without: Iterable[str] = ()) -> str:
    """All their text in one line."""
    return " ".join(lines_of(*nodes, without=without))


def classes(node: Tag) -> list[str]:
    """The classes of an element."""
    found = node.get("class")
    return list(found) if isinstance(found, list) else (found or "").split()


def has_class(node: Tag, name: str) -> bool:
    """Whether it is of that class, with the prefix of later years or without."""
    return any(each in (name, f"ct-{name}", f"tr-{name}") for each in classes(node))


def tags(nodes: Iterable[object]) -> Iterator[Tag]:
    """Those that are elements."""
    return (node for node in nodes if isinstance(node, Tag))


def cells_of(row: Tag) -> list[Tag]:
    """The cells of a row of a table."""
    return [cell for cell in tags(row.children) if cell.name in ("td", "th")]


def items_of(cell: Tag) -> list[Tag]:
    """The items of the lists in a cell, those within items left out; the cell itself where it has no list."""
    found = [item for item in tags(cell.find_all("li")) if not _is_nested(item, cell)]
    return found or [cell]


def _is_nested(item: Tag, cell: Tag) -> bool:
    for above in item.parents:
        if above is cell:
            return False
        if above.name == "li":
            return True
    return False
