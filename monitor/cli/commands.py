"""Commands as typer has them, but imported when they are wanted, with a help of their own, and without pydantic.

Typer has pydantic convert whatever was typed, and that takes longer to import than most commands to run: a plain value
is converted here, and everything else, with all that there is to complain of, by typer. The help shows no types: an
option that takes a value has a `metavar`, and an argument's name is its own.
"""

import os
from collections.abc import Callable
from enum import Enum
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, get_args

import typer
from typer.core import TyperCommand, TyperGroup

from monitor.cli.usage import not_taken

DIGITS = 9
"""Of a number that needs no second look."""


class Declared(NamedTuple):
    """A command of the program, before it is imported."""

    name: str
    place: str
    """`module:attribute`, as in entry points."""
    summary: str
    """The first paragraph of its help."""


class Command(TyperCommand):
    """A command of this program."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Its options and arguments, `--help` included."""
        return _ours(super().get_params(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - rich needs none
        """Print the help."""
        _print_help(self, ctx)


class Group(TyperGroup):
    """A group of such commands."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Its options, `--help` included."""
        return _ours(super().get_params(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - rich needs none
        """Print the help."""
        _print_help(self, ctx)


class Commands(typer.Typer):
    """As typer's own, of such commands."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"cls": Group, "rich_markup_mode": "rich", **settings})

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Any], Any]:
        """Make a function a command."""
        return super().command(name, **{"cls": Command, **settings})


class LazyCommand(Command):
    """Stands for a command in the list of all, and imports it when it is invoked, completed or asked for its help."""

    def __init__(self, declared: Declared) -> None:
        super().__init__(declared.name, help=declared.summary)
        self.declared = declared

    def load(self) -> Any:
        """The command itself."""
        module, _, attribute = self.declared.place.partition(":")
        found = getattr(import_module(module), attribute)
        around = Commands()
        if isinstance(found, typer.Typer):
            around.add_typer(found, name=self.name)
        else:
            around.command(self.name)(found)
        return typer.main.get_group(around).commands[self.declared.name]

    def make_context(self, info_name: str | None, args: list[str], *given: Any, **settings: Any) -> Any:
        """The context of the command itself, which is what goes on from here."""
        return self.load().make_context(info_name, args, *given, **settings)


def lazily(declared: tuple[Declared, ...]) -> type[Group]:
    """A group of these commands, in this order."""

    class LazyGroup(Group):
        def __init__(self, **settings: Any) -> None:
            super().__init__(**settings)
            for each in declared:
                self.add_command(LazyCommand(each))

    return LazyGroup


def loaded(command: Any) -> Any:
    """The command itself, where this one only stands for it."""
    return command.load() if isinstance(command, LazyCommand) else command


def _print_help(command: Any, context: Any) -> None:
    from monitor.cli.render.help import help_console, help_page  # rich is for people who ask for help

    console = help_console()
    for part, style in help_page(command, context):
        console.print(part, style=style)


def _ours(params: list[Any]) -> list[Any]:
    """The same, with our conversion before typer's."""
    for param in params:
        param.process_value = partial(_process_value, param)
    return params


def _process_value(param: Any, context: Any, value: Any) -> Any:
    """What the command gets of an option or argument, from what was typed or else is its default."""
    is_list = param.multiple or param.nargs == -1
    kind = param.type_descriptor.annotation
    if kind is str and isinstance(value, str) and not _is_text(value):
        raise typer.BadParameter("it is not text in UTF-8: type it again", ctx=context, param=param)
    if _is_said_empty(value, kind, param):
        raise typer.BadParameter("it is empty: leave it out, or say what it is", ctx=context, param=param)
    if value is None:
        converted: Any = () if is_list else None
        is_plain = True
    elif is_list:
        # Of several, each is judged by itself: what is no text is the name of nothing.
        value = [each if not isinstance(each, str) or _is_text(each) else "\ufffd" for each in value]
        converted = [_converted(each, get_args(kind)[0], param) for each in value]
        is_plain = None not in converted
    else:
        converted = _converted(value, kind, param)
        is_plain = converted is not None
    if not is_plain or (param.required and param.value_is_missing(converted)):
        return _by_typer(param, context, value)
    return param.callback(context, param, converted) if param.callback else converted


def _by_typer(param: Any, context: Any, value: Any) -> Any:
    """What typer makes of a value that is not plain; why it takes none of it is said in our words."""
    try:
        return type(param).process_value(param, context, value)
    except typer.BadParameter as error:
        kind = param.type_descriptor.annotation
        each, kinds = (value, (kind,)) if isinstance(value, str) else (_refused(value, kind, param), get_args(kind))
        words = not_taken(each, kinds[0], param) if error.message and isinstance(each, str) else None
        if words is None:
            raise
        raise typer.BadParameter(words, ctx=context, param=param) from error


def _refused(values: Any, kind: Any, param: Any) -> Any:
    """The first of several that is not taken."""
    return next((each for each in values or () if _converted(each, get_args(kind)[0], param) is None), None)


def _is_said_empty(value: Any, kind: Any, param: Any) -> bool:
    """Whether an option for text was given, or one of several, and says nothing."""
    if param.param_type_name != "option" or kind not in (str, list[str]) or value == param.default:
        return False
    given = value if isinstance(value, list | tuple) else [value]
    return any(isinstance(each, str) and not each.strip() for each in given)


def _converted(value: Any, kind: type, param: Any) -> Any:
    """A value of this *kind*; None where that is for typer to say."""
    if type(value) is kind and kind is not str:
        return value
    if not isinstance(value, str) or not _is_text(value):
        return None
    if issubclass(kind, Enum):
        return next((member for member in kind if member.value == value), None)
    if kind is int:
        return _number(value, param)
    if kind is Path:
        # Of a file that is there, and that this user may not read, typer complains.
        return Path(value) if os.access(value, os.R_OK) or not os.access(value, os.F_OK) else None
    return value if kind is str else None


def _number(text: str, param: Any) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS):
        return None
    number = int(text)
    return None if number < (param.min or 0) or number > (number if param.max is None else param.max) else number


def _is_text(value: str) -> bool:
    """Whether it holds nothing but characters: what was typed in another encoding comes as surrogates."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
