"""Overall statuses as people write them: `terminated`, `Active, not recruiting`, or `stopped` for several. Pure."""

import re
from collections.abc import Iterable, Iterator
from types import MappingProxyType

from monitor.changes.sentences import STOPPED
from monitor.errors import ConfigurationInvalid
from monitor.render.words import code_label

STATUSES = (
    "NOT_YET_RECRUITING",
    "RECRUITING",
    "ENROLLING_BY_INVITATION",
    "ACTIVE_NOT_RECRUITING",
    "SUSPENDED",
    "TERMINATED",
    "WITHDRAWN",
    "COMPLETED",
    "UNKNOWN",
    "WITHHELD",
    "AVAILABLE",
    "NO_LONGER_AVAILABLE",
    "TEMPORARILY_NOT_AVAILABLE",
    "APPROVED_FOR_MARKETING",
)
GROUP = "stopped"


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).upper()


_KNOWN = MappingProxyType(
    {_letters(GROUP): STOPPED}
    | {_letters(code_label(code)): {code} for code in STATUSES}
    | {_letters(code): {code} for code in STATUSES}
)


def statuses_of(texts: Iterable[str]) -> frozenset[str]:
    """The codes that the texts name, each one status or several with commas between them.

    ConfigurationInvalid lists those that there are.
    """
    return frozenset(code for text in texts for name in _names(text) for code in _codes(name))


def _names(text: str) -> Iterator[str]:
    """What stands between commas; but one status has a comma of its own: Active, not recruiting."""
    parts = [part for part in text.split(",") if part.strip()] or [text]
    while parts:
        both = ",".join(parts[:2])
        length = 2 if len(parts) > 1 and _letters(both) in _KNOWN else 1
        yield both if length == 2 else parts[0]
        parts = parts[length:]


def _codes(name: str) -> Iterable[str]:
    found = _KNOWN.get(_letters(name))
    if found is None:
        listed = ", ".join([GROUP, *(code.lower() for code in STATUSES)])
        raise ConfigurationInvalid(f"“{name.strip()[:40]}” is not a known status; known: {listed}")
    return found
