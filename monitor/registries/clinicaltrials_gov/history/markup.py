"""Long texts as HTML become texts as the API writes them: paragraphs, and lists with their marks. Pure.

Nothing here calls itself, and a text of any nesting takes a time in proportion to its length.
"""

import re
from html.parser import HTMLParser

_DEEPEST_INDENT = 8
_LISTS = ("ol", "ul")
_PARAGRAPHS = frozenset(("p", "div", "table", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre"))
_UNSEEN = ("script", "style")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_MANY_BREAKS = re.compile(r" *\n(?: *\n)+ *")


def as_text(markup: str) -> str:
    """The text of some HTML; a text without any as it is."""
    if "<" not in markup and "&" not in markup:
        return markup
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Collects the text of elements."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._lists: list[int | None] = []
        """How many items each open list has so far; None for one without numbers."""
        self._is_fresh = True
        """Whether nothing stands in this line yet, or the mark of an item alone."""
        self._unseen = 0

    def text(self) -> str:
        """What was read."""
        return _MANY_BREAKS.sub("\n\n", "".join(self._parts)).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - no matter
        if tag in _LISTS:
            self._break("\n" if self._lists else "\n\n")
            self._lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._begin_item()
        elif tag == "br":
            self._break("\n")
        elif tag in _PARAGRAPHS:
            self._break("\n\n")
        elif tag in _UNSEEN:
            self._unseen += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _LISTS and self._lists:
            self._lists.pop()
            self._break("\n" if self._lists else "\n\n")
        elif tag in _PARAGRAPHS:
            self._break("\n\n")
        elif tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        words = _SPACE.sub(" ", data)
        if self._is_fresh:
            words = words.lstrip(" ")
        if words:
            self._parts.append(words)
            self._is_fresh = False

    def _begin_item(self) -> None:
        self._break("\n")
        mark = "* "
        if self._lists and (number := self._lists[-1]) is not None:
            self._lists[-1] = number + 1
            mark = f"{number + 1}. "
        self._parts.append("   " * min(max(len(self._lists) - 1, 0), _DEEPEST_INDENT) + mark)

    def _break(self, breaks: str) -> None:
        """End the line, unless nothing stands in it."""
        if not self._is_fresh:
            self._parts.append(breaks)
            self._is_fresh = True
