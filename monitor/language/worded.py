"""A text that is made where nobody knows who will read it. Pure.

What is filled in may be such a text itself; a number is written as the reader's language writes one, a float as a share
in percent, and a day as that language names it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Self

from monitor.text import percent


class Worded(str):
    """A text in English that remembers what it was made of, so that it can be said in another language."""

    template: str
    values: Mapping[str, object]
    plural: str | None
    """The template for another number than one; None where no number tells."""
    number: int
    """That number."""

    def __new__(cls, template: str, values: Mapping[str, object], *, plural: str | None = None, count: int = 1) -> Self:
        """*template* names in braces what is filled in, where *values* fills in anything."""
        chosen = template if plural is None or count == 1 else plural
        made = super().__new__(cls, chosen.format(**_in_english(values)) if values else chosen)
        made.template = template
        made.values = MappingProxyType(dict(values))
        made.plural = plural
        made.number = count
        return made


def worded(template: str, **values: object) -> Worded:
    """A text to be said in the language of who reads it; a value may be such a text, too."""
    return Worded(template, values)


def worded_count(singular: str, plural: str, count: int, **values: object) -> Worded:
    """The same of a number, which stands for {count}."""
    return Worded(singular, {"count": count, **values}, plural=plural, count=count)


def _in_english(values: Mapping[str, object]) -> Mapping[str, object]:
    return {name: _filled_in(value) for name, value in values.items()}


def _filled_in(value: object) -> object:
    if isinstance(value, int):
        return f"{value:,}"
    return percent(value) if isinstance(value, float) else value
