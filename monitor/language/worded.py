"""A text that is made where nobody knows who will read it. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Self


class Worded(str):
    """A text in English that remembers what it was made of, so that it can be said in another language."""

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, values: Mapping[str, object]) -> Self:
        """*template* names in braces what is filled in, where *values* fills in anything."""
        made = super().__new__(cls, template.format(**_in_english(values)) if values else template)
        made.template = template
        made.values = MappingProxyType(dict(values))
        return made


def worded(template: str, **values: object) -> Worded:
    """A text to be said in the language of who reads it; a value may be such a text, too."""
    return Worded(template, values)


def _in_english(values: Mapping[str, object]) -> Mapping[str, object]:
    return {name: f"{value:,}" if isinstance(value, int) else value for name, value in values.items()}
