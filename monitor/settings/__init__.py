"""What a table of config.toml is made of: a `Section` of `setting`s. How a value is read is in `values`.

`monitor.config` has the whole tree. A registry or a channel declares its own tables and keys beside its code, so this
lies below all of them. Every start of the program loads the configuration first, so nothing here or there imports what
a configuration without mistakes does not need.

A reader takes what TOML has for a key, and gives the value. It raises ValueError where the key's description says all
there is to say, and one of `monitor.settings.refused` where more helps.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self, TypeVar, cast, dataclass_transform

from monitor.settings.refused import KeyUnknown, Problem, Several, problems_at
from monitor.settings.values import any_text

T = TypeVar("T")
D = TypeVar("D")
S = TypeVar("S", bound="Section")


class Setting:
    """A key of a section: how its value is *read*, its *default*, and the *description* of what is expected.

    A *shown* value may stand in messages. One that is *only_by_variable* is a secret that a file which people copy and
    share must not hold. *section* is what the table, or each table of the list, at this key is.
    """

    __slots__ = ("default", "description", "only_by_variable", "read", "section", "shown")

    def __init__(
        self,
        read: Callable[[object], Any],
        *,
        default: object,
        description: str,
        shown: bool = True,
        only_by_variable: bool = False,
        section: "type[Section] | None" = None,
    ) -> None:
        self.read = read
        self.default = default
        self.description = description
        self.shown = shown
        self.only_by_variable = only_by_variable
        self.section = section

    @property
    def is_table(self) -> bool:
        """Whether it is one table, neither a value nor a list of tables."""
        return isinstance(self.default, Section)


def setting(read: Callable[[object], T], *, default: D, description: str, shown: bool = True) -> T | D:
    """Declare a key as an attribute of a section: the class holds the Setting, and each section that is read its value.

    For the type checker it is the value that *read* gives, or the *default*.
    """
    return cast("T | D", Setting(read, default=default, description=description, shown=shown))


def secret(*, description: str) -> str:
    """Declare a text that only a variable may give."""
    return cast("str", Setting(any_text, default="", description=description, shown=False, only_by_variable=True))


def table(section: type[S]) -> S:
    """Declare a table."""
    return cast("S", Setting(section.read, default=section(), description="a table", section=section))


def tables(
    section: type[S], *, read: Callable[[object], tuple[S, ...]], description: str, shown: bool = True
) -> tuple[S, ...]:
    """Declare a list of tables."""
    return cast("tuple[S, ...]", Setting(read, default=(), description=description, shown=shown, section=section))


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(setting, secret, table, tables))
class Section:
    """A table of config.toml: no other keys than its settings, no change after loading."""

    settings: ClassVar[Mapping[str, Setting]] = {}
    """Of the class: its keys, by the names that the file has for them."""

    def __init_subclass__(cls, more: Mapping[str, Any] | None = None) -> None:
        """Take up the settings that the class declares, and before those *more*, which are declared elsewhere."""
        own = {name: value for name, value in vars(cls).items() if isinstance(value, Setting)}
        cls.settings = {**cls.settings, **(more or {}), **own}

    def __init__(self, **values: Any) -> None:
        if strange := values.keys() - self.settings.keys():
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(strange))}")
        self.__dict__.update({name: each.default for name, each in self.settings.items()} | values)

    @classmethod
    def read(cls, given: object) -> Self:
        """The section that a table of the file gives. Raise ValueError for what is none, or is wrong inside."""
        if not isinstance(given, dict):
            raise ValueError
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for name, each in cls.settings.items():
            if name in given:
                try:
                    values[name] = each.read(given[name])
                except ValueError as error:
                    problems += problems_at(name, error)
        problems += [((name,), KeyUnknown(cls.settings)) for name in given if name not in cls.settings]
        if problems:
            raise Several(problems)
        made = cls(**values)
        made.check()
        return made

    def check(self) -> None:
        """Raise RuleBroken where values that are good each do not go together."""

    def replace(self, **values: Any) -> Self:
        """The same with other values."""
        return type(self)(**(self.__dict__ | values))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is not changed after it was loaded")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is not changed after it was loaded")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={self.__dict__[name]!r}" for name, each in self.settings.items() if each.shown)
        return f"{type(self).__name__}({shown})"
