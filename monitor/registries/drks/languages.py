"""Which of two languages a text is read in. Pure.

The registry has most texts in English and in German, and each may lack. The English text counts, and the German one
where there is no other. Two records are read in the same language wherever they can be: that a translation came, went
or was mended is no change of what the trial is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.model import Json
from monitor.registries.drks.documents import language_of

Node = dict[str, Json]
Spoken = Mapping[str, str]
"""A text by its language."""
NOWHERE = frozenset[str]()


@dataclass(slots=True)
class Languages:
    """Reads texts in English if they are, unless their field is among the *german* ones; notes what there was."""

    german: frozenset[str] = NOWHERE
    """Fields that are read in German where they can be."""
    found: dict[str, frozenset[str]] = field(default_factory=dict)
    """Of each field that has a text, the languages in which all of it is."""

    def read(self, name: str, spoken: Spoken) -> str | None:
        """A text of the field *name*; None where there is none. A field may have several texts."""
        if not spoken:
            return None
        self.found[name] = self.found.get(name, frozenset(spoken)) & frozenset(spoken)
        order = ("de", "en") if name in self.german else ("en", "de")
        return next((spoken[each] for each in order if each in spoken), None) or next(iter(spoken.values()))


def spoken(node: Node, list_name: str, member: str) -> Spoken:
    """The texts of *member* in a list with an item for each language, taken out of it."""
    found: dict[str, str] = {}
    items = node.get(list_name)
    for item in items if isinstance(items, list) else ():
        text = item.get(member) if isinstance(item, dict) else None
        if isinstance(text, str) and (not text.strip() or found.setdefault(language_of(item), text) is text):
            del item[member]
    return found


def drop_emptied(node: Node, list_name: str) -> None:
    """Remove the items of such a list that hold nothing any more, and the list if none does."""
    items = node.get(list_name)
    if isinstance(items, list):
        left = [item for item in items if not isinstance(item, dict) or item.keys() - {"idLocale"}]
        if left:
            node[list_name] = left
        else:
            del node[list_name]


def read_in_german(before: Mapping[str, frozenset[str]], after: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Fields that two records both have in German, and not both in English."""
    both = before.keys() & after.keys()
    return frozenset(name for name in both if "de" in (shared := before[name] & after[name]) and "en" not in shared)


def translated(before: Mapping[str, frozenset[str]], after: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Fields of which two records have no language in common: each has all of it in another one."""
    both = before.keys() & after.keys()
    return frozenset(name for name in both if before[name] and after[name] and not before[name] & after[name])
