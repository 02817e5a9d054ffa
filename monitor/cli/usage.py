"""What is said to who typed what cannot be understood: one line, which names the option and what it takes. Pure."""

from collections.abc import Sequence
from difflib import get_close_matches
from enum import Enum
from typing import Any

import typer

from monitor.text import natural_list, one_line

_SHOWN = 40
"""Characters of what was typed."""


def usage_line(error: typer.TyperException) -> str:
    """The complaint of typer or of a command, on one line."""
    message = one_line(str(getattr(error, "message", "")))
    if isinstance(error, typer.BadParameter) and message:
        name = _name_of(error.param)
        return f"{name}: {message}" if name else message
    words = one_line(error.format_message() if hasattr(error, "format_message") else str(error)).rstrip(".")
    words = words[:1].lower() + words[1:]
    context = getattr(error, "ctx", None)
    if context is None:
        return words
    return f"{words}{'' if words.endswith('?') else ':'} `{context.command_path} --help` says more"


def not_taken(typed: str, kind: type, param: Any) -> str | None:
    """Why a value is none of this *kind*; None where that is for typer to say."""
    shown = f"“{one_line(typed)[:_SHOWN]}”"
    if issubclass(kind, Enum):
        return _none_of(shown, typed, [str(member.value) for member in kind])
    noun = {int: "a whole number", float: "a number"}.get(kind)
    return f"{shown} is not {noun}{_within(param)}" if noun else None


def _none_of(shown: str, typed: str, choices: Sequence[str]) -> str:
    near = get_close_matches(typed.lower(), choices, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"{shown} is none of {natural_list(choices, len(choices))}{hint}"


def _within(param: Any) -> str:
    least, most = getattr(param, "min", None), getattr(param, "max", None)
    if least is None:
        return "" if most is None else f" of {most} or less"
    return f" of {least} or more" if most is None else f" from {least} to {most}"


def _name_of(param: Any) -> str:
    """An option by its longest name, an argument as its command's help has it."""
    if param is None:
        return ""
    if param.param_type_name == "option":
        return str(max(param.opts, key=len))
    metavar = param.metavar or ""
    return str(param.name).upper() if not metavar or "|" in metavar else metavar.strip("[]{}…")
