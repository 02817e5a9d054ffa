"""What a message for people at a terminal says to do, for those who do it in another way: programs, agents. Pure."""

import re
from collections.abc import Mapping

from monitor.text import without_commands

_COMMAND = re.compile(r"`monitor ([^`]+)`")
_ARGUMENT = re.compile(r"'[^']*'|[^\s']+")


def done_elsewhere(words: str, ways: Mapping[str, str], *, keeps_others: bool = False) -> str:
    """The words with each command as it is done elsewhere; parts with any other command are left out.

    *ways* are by the words that a command begins with, as in `{"held show": "GET /held/{}"}`, where {} is what follows
    these. With *keeps_others*, other commands stay: there is somebody who can type them.
    """
    if "`monitor " not in words:
        return words
    said = _COMMAND.sub(lambda found: _way(found, ways), words)
    return said if keeps_others or "`monitor " not in said else without_commands(said)


def _way(found: re.Match[str], ways: Mapping[str, str]) -> str:
    typed = _ARGUMENT.findall(found[1])
    for count in (2, 1):
        way = ways.get(" ".join(typed[:count]))
        if way is not None and len(typed) >= count:
            return way.replace("{}", typed[count].strip("'") if len(typed) > count else "…")
    return found[0]
