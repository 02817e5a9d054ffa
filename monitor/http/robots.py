"""What a server's robots.txt allows us to ask, as RFC 9309 reads it.

Of the groups that name us, or else of those for everybody, the rule with the longest path decides, and of two as long
the one that allows. A server without such a file allows everything; one that cannot say so now allows nothing yet.
"""

import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from monitor.errors import RegistryUnreachable
from monitor.http.polite import PoliteSession

KEPT_FOR = 86_400.0
"""Seconds for which a file is believed."""
LARGEST = 500 * 1024
"""Bytes that are read; the RFC asks for no fewer."""
_EVERYBODY = "*"

Rules = list[tuple[str, bool]]
"""Paths, each with whether what begins like it is allowed."""


class Robots:
    """The rules of the server that *session* asks. They are asked for when they are first needed, and every day."""

    def __init__(self, session: PoliteSession, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._session = session
        self._monotonic = monotonic
        self._rules: Rules | None = None
        self._good_until = float("-inf")

    def allow(self, url: str) -> bool:
        """Whether *url* may be asked for. Raise a RegistryError where the server cannot tell now."""
        parts = urlsplit(url)
        if self._rules is None or self._monotonic() >= self._good_until:
            answer = self._session.get(f"{parts.scheme}://{parts.netloc}/robots.txt", body_cap=LARGEST, attempts=2)
            if answer.status >= 500:
                raise RegistryUnreachable(f"{parts.netloc} does not say now what may be asked", status=answer.status)
            text = answer.body.decode("utf-8", "replace") if answer.status == 200 else ""
            self._rules = rules_for(self._session.user_agent, text)
            self._good_until = self._monotonic() + KEPT_FOR
        return is_allowed(parts.path, self._rules)


def rules_for(user_agent: str, text: str) -> Rules:
    """The rules of a robots.txt that are meant for a client. Pure."""
    name = user_agent.partition("/")[0].strip().lower()
    groups: dict[str, Rules] = {}
    for agents, rules in _groups(text):
        for agent in agents:
            groups.setdefault(agent, []).extend(rules)
    return groups.get(name, groups.get(_EVERYBODY, []))


def is_allowed(path: str, rules: Rules) -> bool:
    """Whether these rules let a path be asked for. Pure."""
    fitting = [(len(pattern), allows) for pattern, allows in rules if _fits(pattern, path)]
    return max(fitting, default=(0, True))[1]


def _groups(text: str) -> Iterator[tuple[list[str], Rules]]:
    """The groups of a file: whom each is for, and its rules."""
    agents: list[str] = []
    rules: Rules = []
    for line in text.splitlines():
        key, _, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if key == "user-agent":
            if rules:
                yield agents, rules
                agents, rules = [], []
            agents.append(value.lower())
        elif key in ("allow", "disallow") and agents and value:
            rules.append((value, key == "allow"))
    yield agents, rules


def _fits(pattern: str, path: str) -> bool:
    """Whether a path begins as a pattern says; `*` stands for anything, `$` for the end."""
    beginning, *parts = pattern.removesuffix("$").split("*")
    if not path.startswith(beginning):
        return False
    at = len(beginning)
    for part in parts[:-1] if pattern.endswith("$") else parts:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    if not pattern.endswith("$"):
        return True
    return path.endswith(parts[-1]) and len(path) - len(parts[-1]) >= at if parts else at == len(path)
