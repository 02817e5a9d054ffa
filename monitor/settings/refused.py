"""Why a value or a table of config.toml is refused: errors that `monitor.config` puts in words, and where it stands.

These errors stay within `monitor.config`.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from monitor.errors import ConfigurationInvalid, NothingFound, TrialIdInvalid

_LONGEST_NAME = 80

Key = tuple[str | int, ...]
"""Where a value is: ("registries", "clinicaltrials.gov", "contact"), ("watch", 0, "trials", 2)."""

Problem = tuple[Key, ValueError]


class ValueUnknown(ValueError):
    """A value that is none of *known*."""

    def __init__(self, known: Iterable[str]) -> None:
        self.known = list(known)
        super().__init__(self.known)


class KeyUnknown(ValueError):
    """A key that is none of *known*."""

    def __init__(self, known: Iterable[str]) -> None:
        self.known = list(known)
        super().__init__(self.known)


class RuleBroken(ValueError):
    """A key, or several of a table, against a rule: *rule* is what follows its name, and holds no value."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class Several(ValueError):
    """Whatever is wrong inside a table or a list, each with where it is in there."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems


def problems_at(part: str | int, error: ValueError) -> Iterable[Problem]:
    """What *error* says of a key or a place in a list, seen from what holds that."""
    if isinstance(error, Several):
        return [((part, *key), inner) for key, inner in error.problems]
    return [((part,), error)]


def block_words(table: str, number: int, name: str | None) -> str:
    """A block of config.toml: its table with its name, or with its number counted from 1."""
    return f"{table} “{name[:_LONGEST_NAME]}”" if name and name.strip() else f"{table} {number}"


@contextmanager
def named_in_file(block: str, key: str) -> Iterator[None]:
    """Have what is refused of a key say where it stands in config.toml."""
    try:
        yield
    except (ConfigurationInvalid, NothingFound, TrialIdInvalid) as error:
        raise ConfigurationInvalid(f"config.toml: {block}: {key}: {error}") from error
