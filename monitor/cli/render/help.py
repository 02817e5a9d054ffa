"""The help of a command: how it is used, what it does, its arguments, options and commands, each in a panel.

It looks as typer's own, which takes three times as long: it loads whatever rich can do, such as Markdown and
tracebacks. A test compares the two for every command.
"""

import os
from collections.abc import Iterator, Sequence
from enum import Enum
from inspect import cleandoc
from typing import Any

from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.highlighter import RegexHighlighter
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

COLOURS = Theme(
    {
        "option": "bold cyan",
        "switch": "bold green",
        "negative_option": "bold magenta",
        "negative_switch": "bold red",
        "range": "bold yellow",
        "separator": "dim",
        "usage": "yellow",
    }
)
BORDER = "dim"


class _Options(RegexHighlighter):
    highlights = (
        r"(^|\W)(?P<switch>\-\w+)(?![a-zA-Z0-9])",
        r"(^|\W)(?P<option>\-\-[\w\-]+)(?![a-zA-Z0-9])",
        r"(?P<range>\<[^\>]+\>)",
        r"(?P<usage>Usage: )",
    )


class _Negatives(RegexHighlighter):
    """Of options that say no."""

    highlights = (
        r"(^|\W)(?P<negative_switch>\-\w+)(?![a-zA-Z0-9])",
        r"(^|\W)(?P<negative_option>\-\-[\w\-]+)(?![a-zA-Z0-9])",
    )


class _Metavars(RegexHighlighter):
    highlights = (
        r"^(?P<separator>(\[|<))",
        r"(?P<separator>\|)",
        r"(?P<separator>(\]|>))(\.\.\.)?$",
    )


_options, _negatives, _metavars = _Options(), _Negatives(), _Metavars()


def help_console() -> Console:
    """Where help is written: in colour on a terminal, and where a build service says that its log shows colours."""
    forced = any(map(os.environ.get, ("GITHUB_ACTIONS", "FORCE_COLOR", "PY_COLORS")))
    return Console(theme=COLOURS, highlighter=_options, force_terminal=forced or None)


def help_page(command: Any, context: Any) -> Iterator[tuple[RenderableType, str]]:
    """The parts of a command's help, in order, each with its style."""
    yield Padding(_options(command.get_usage(context)), 1), "bold"
    if command.help:
        yield Padding(Group(*_paragraphs(cleandoc(command.help))), (0, 1, 1, 1)), ""
    params = [param for param in command.get_params(context) if not param.hidden]
    for title, kind in (("Arguments", "argument"), ("Options", "option")):
        if found := [param for param in params if param.param_type_name == kind]:
            yield _panel(title, _parameters(found)), ""
    if below := getattr(command, "commands", {}):
        yield _panel("Commands", _commands(list(below.values()))), ""


def _paragraphs(text: str) -> Iterator[Text]:
    first, _, others = text.partition("\n\n")
    yield _marked(first.replace("\n", " "))
    if others:
        yield Text("")
        yield _marked(others, style="dim")


def _marked(text: str, style: str = "") -> Text:
    marked = Text.from_markup(text.strip(), style=style)
    _options.highlight(marked)
    return marked


def _panel(title: str, table: Table) -> Panel:
    return Panel(table, border_style=BORDER, title=title, title_align="left")


def _parameters(params: Sequence[Any]) -> Table:
    table = Table(highlight=True, show_header=False, expand=True, box=None, pad_edge=False, padding=(0, 1))
    some_required = any(param.required for param in params)
    for param in params:
        star = [Text("*", style="red") if param.required else ""] if some_required else []
        table.add_row(*star, *_parameter(param))
    return table


def _parameter(param: Any) -> list[RenderableType]:
    """Its long and short names, those that say no, its metavar, and what it means."""
    is_argument = param.param_type_name == "argument"
    long = [name for name in param.opts if "--" in name]
    short = [param.display_name_raw if is_argument else name for name in param.opts if "--" not in name]
    no_long = [name for name in param.secondary_opts if "--" in name]
    no_short = [name for name in param.secondary_opts if "--" not in name]
    return [
        _options(",".join(long)),
        _options(",".join(short)),
        _negatives(",".join(no_long)),
        _negatives(",".join(no_short)),
        _metavars(Text(_typed(param), style=COLOURS.styles["range"], overflow="fold")),
        Columns(_meaning(param)),
    ]


def _typed(param: Any) -> str:
    """What a person types behind an option, and between which bounds; an argument's name says that itself."""
    metavar = "" if param.param_type_name == "argument" or param.is_flag else param.metavar
    at_least = "" if param.min is None else f"{param.min}<=" if param.max is not None else f">={param.min}"
    bounds = f" [{at_least}x<={param.max}]" if param.max is not None else f" [x{at_least}]" if at_least else ""
    return f"{metavar}{bounds}"


def _meaning(param: Any) -> list[Text]:
    meaning = [_marked(param.help.replace("\n", " "))] if param.help else []
    if default := _default(param):
        meaning.append(Text(f"[default: {default}]", style="dim"))
    if param.required:
        meaning.append(Text("[required]", style="dim red"))
    return meaning


def _default(param: Any) -> str:
    """What counts where nothing is typed, in words; empty where the meaning says it."""
    default = param.default
    if isinstance(param.show_default, str):
        return f"({param.show_default})"
    if default is None or not param.show_default:
        return ""
    if param.param_type_name == "option" and param.is_flag:
        return (param.opts if default else param.secondary_opts)[0].lstrip("-") if param.secondary_opts else ""
    return str(default.value if isinstance(default, Enum) else default)


def _commands(commands: Sequence[Any]) -> Table:
    table = Table(highlight=False, show_header=False, expand=True, box=None, pad_edge=False, padding=(0, 1))
    table.add_column(style="bold cyan", no_wrap=True, width=max(len(command.name) for command in commands))
    table.add_column(ratio=10)
    for command in commands:
        table.add_row(Text(command.name), _marked(cleandoc(command.help or "").partition("\n\n")[0]))
    return table
