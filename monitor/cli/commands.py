"""Commands whose help says what to type and no Python types: typer shows `<bool>` beside a flag, which takes no value.

An option that takes a value has a `metavar`, and an argument's name is its own.
"""

from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup


def _no_type(**_: object) -> None:
    return None


class Command(TyperCommand):
    """A command that keeps types out of its help."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Take away what no user types, then write the help."""
        _take_types_away(self.get_params(ctx))
        super().format_help(ctx, formatter)


class Group(TyperGroup):
    """A group of commands that keeps types out of its help."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Take away what no user types, then write the help."""
        _take_types_away(self.get_params(ctx))
        super().format_help(ctx, formatter)


class Commands(typer.Typer):
    """As typer's own, of such commands."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"cls": Group, **settings})

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Any], Any]:
        """Make a function a command."""
        return super().command(name, **{"cls": Command, **settings})


def _take_types_away(params: list[Any]) -> None:
    for param in params:
        if isinstance(param, TyperArgument) or param.is_flag:
            param.display_type_rich = _no_type
