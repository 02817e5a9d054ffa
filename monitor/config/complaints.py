"""What is wrong, in one line each: the file or the variable, the key, what was expected, and what was found.

The rule: nothing that may be a secret is shown. A key that is not shown says nothing of what was found; elsewhere an
address that may hold a password is cut down to its scheme.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

from monitor.config.places import key_info
from monitor.settings.refused import Key, KeyUnknown, RuleBroken, ValueUnknown, block_words

_SECRET = re.compile(r"password|passwd|secret|token|credential|api_?key", re.IGNORECASE)
_LONGEST = 80


def problem(key: Key, error: ValueError, origin: str, *, named_by_key: bool, tree: Any) -> str:
    """What is wrong with *key*.

    *origin* is the file or the variable that the value came from. *named_by_key* says that it holds other keys too.
    """
    place = _place(key, tree)
    if isinstance(error, KeyUnknown):
        return f"{origin}: {place} is not a known key; {nearest(str(key[-1]), error.known)}"
    if isinstance(error, RuleBroken):
        return f"{origin}: {place} {error.rule}"
    here = key_info(key)
    subject = f"{origin}: {place}" if named_by_key else f"{origin}:"
    value = _at(key, tree)
    found = _found(key, value, here.expected) if here.shown else "something else, not shown because it may be a secret"
    hint = _hint(str(value), error.known, here.expected) if isinstance(error, ValueUnknown) else ""
    return f"{subject} expected {here.expected}, found {found}{hint}"


def in_the_file(origin: str, key: Key, variable: str) -> str:
    """A secret that only a variable may give stands in the file."""
    return (
        f"{origin}: {dotted(key)} is a secret, which this file must not hold; set {variable} or {variable}_FILE instead"
    )


def unknown_variable(name: str, prefix: str, *, known: Sequence[str], others: Sequence[str]) -> str:
    """A variable with our *prefix* that is neither for a key, among *known*, nor one of the *others*."""
    # Without the prefix, which makes every name similar to every other.
    candidates = [*others, *known, *(f"{variable}_FILE" for variable in known)]
    near = _most_like(name.removeprefix(prefix).upper(), [candidate.removeprefix(prefix) for candidate in candidates])
    hint = f"did you mean {prefix}{near}?" if near else f"known: {', '.join([*known, *others])}"
    return f"{quoted(name, bare=True)} is not a known variable; {hint}"


def nearest(name: str, known: Sequence[str]) -> str:
    """The one of *known* that *name* may have meant; else all of them, but what other ones begin with for those."""
    if near := _most_like(name.lower(), known):
        return f"did you mean {dotted((near,))}?"
    brief = [one for one in known if one.rpartition(".")[0] not in known]
    return f"known: {', '.join(dotted((one,)) for one in brief)}"


def _hint(name: str, known: Sequence[str], expected: str) -> str:
    """As `nearest`, but nothing where all of them stand in what is *expected*."""
    near = _most_like(name.lower(), known)
    return "" if near is None and all(quoted(each) in expected for each in known) else f"; {nearest(name, known)}"


def _most_like(name: str, known: Sequence[str]) -> str | None:
    from difflib import get_close_matches  # most configurations have no mistake

    return next(iter(get_close_matches(name, known, n=1)), None)


def _place(key: Key, tree: Any) -> str:
    """Where it is: in a block, which is named as `block_words` does it, and in a list, whose values count from 1."""
    table, *number = key[:2]
    if number and isinstance(number[0], int) and isinstance(_at(key[:2], tree), dict):
        name = _at(key[:2], tree).get("name")
        block = block_words(str(table), number[0] + 1, quoted(name, bare=True) if isinstance(name, str) else None)
        return f"{block}: {_place_in_list(key[2:])}" if key[2:] else block
    return _place_in_list(key)


def _place_in_list(key: Key) -> str:
    *holder, last = key
    return f"value {last + 1} of {_place_in_list(tuple(holder))}" if isinstance(last, int) else dotted(key)


def dotted(key: Key) -> str:
    """The key as TOML writes it."""
    parts = map(str, key)
    return ".".join(part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else quoted(part) for part in parts)


def quoted(text: str, *, bare: bool = False) -> str:
    """One line of printable characters, cut where it is endless; in quotation marks unless *bare*."""
    short = text if len(text) <= _LONGEST or bare else f"{text[:_LONGEST]}…"
    words = json.dumps(short, ensure_ascii=not short.isprintable())
    return words[1:-1] if bare else words


def _at(key: Key, tree: Any) -> Any:
    value = tree
    for part in key:
        value = value[part]
    return value


def _found(key: Key, value: Any, expected: str) -> str:
    """What was there, in words that fit a line and hold no secret."""
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    if any(isinstance(part, str) and _SECRET.search(part) for part in key):
        return "something else, not shown because it is a secret"
    if isinstance(value, str):
        is_mailbox = expected.startswith("a mail address") and re.fullmatch(r"[^\s@:/?]+@[^\s@:/?]+", value)
        return quoted(value if is_mailbox else _without_credentials(value))
    # Python refuses to write out whole numbers of thousands of digits, which TOML can give in hexadecimal.
    return "a huge number" if isinstance(value, int) and value.bit_length() > 99 else str(value).lower()


def _without_credentials(text: str) -> str:
    """The scheme alone of an address that may hold a password: before an @, or in what follows a question mark."""
    if not re.search(r"@|://.*\?", text) and not _SECRET.search(text):
        return text
    scheme = re.match(r"[A-Za-z][\w+.-]*://", text)
    return f"{scheme[0] if scheme else ''}***"
