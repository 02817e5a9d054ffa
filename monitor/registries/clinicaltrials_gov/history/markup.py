"""Long texts as HTML become texts as the API writes them: paragraphs, and lists with their marks. Pure.

Nothing here calls itself, and a text of any nesting takes a time in proportion to its length.
"""

import re
from functools import lru_cache
from html import unescape

_DEEPEST_INDENT = 8
_LONGEST_KEPT = 20_000
"""Characters of a text that is converted once for versions in a row."""
_PARAGRAPHS = frozenset(("p", "div", "table", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre"))
_UNSEEN = ("script", "style")
_TOKEN = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)\b[^<>]*>|([^<]+|<)")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_MANY_BREAKS = re.compile(r" *\n(?: *\n)+ *")


def as_text(markup: str) -> str:
    """The text of some HTML; a text without any as it is."""
    if "<" not in markup and "&" not in markup:
        return markup
    return _as_text(markup) if len(markup) > _LONGEST_KEPT else _kept_text(markup)


def _as_text(markup: str) -> str:
    written = _Written()
    is_seen = True
    for closing, name, text in _TOKEN.findall(markup):
        tag = name.lower()
        if tag in _UNSEEN:
            is_seen = bool(closing)
        elif tag:
            (written.end if closing else written.begin)(tag)
        elif is_seen:
            written.add(unescape(text))
    return written.text()


_kept_text = lru_cache(maxsize=1024)(_as_text)
"""One version after the other has mostly the same texts."""


class _Written:
    """What was read so far."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._lists: list[int | None] = []
        """How many items each open list has so far; None for one without numbers."""
        self._is_fresh = True
        """Whether nothing stands in this line yet, or the mark of an item alone."""

    def text(self) -> str:
        """All of it."""
        return _MANY_BREAKS.sub("\n\n", "".join(self._parts)).strip()

    def begin(self, tag: str) -> None:
        """Take the beginning of an element."""
        if tag in ("ol", "ul"):
            self._break("\n" if self._lists else "\n\n")
            self._lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._begin_item()
        elif tag == "br":
            self._break("\n")
        elif tag in _PARAGRAPHS:
            self._break("\n\n")

    def end(self, tag: str) -> None:
        """Take the end of an element, whether it began or not."""
        if tag in ("ol", "ul") and self._lists:
            self._lists.pop()
            self._break("\n" if self._lists else "\n\n")
        elif tag in _PARAGRAPHS:
            self._break("\n\n")

    def add(self, text: str) -> None:
        """Take the text between two tags."""
        words = _SPACE.sub(" ", text)
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
        """End the line, unless nothing stands in it; of two breaks in a row, the larger counts."""
        if not self._is_fresh:
            self._parts.append(breaks)
            self._is_fresh = True
        elif self._parts and self._parts[-1] == "\n":
            self._parts[-1] = breaks
