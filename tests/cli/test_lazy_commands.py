"""Commands are imported when they are wanted, and what was typed becomes what typer would make of it."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperCommand

from monitor.cli import COMMANDS, app
from monitor.cli.commands import loaded
from tests.cli.loading import modules_after

TYPED = (
    *("", "0", "1", "7", "007", "-1", "65535", "65536", "1234567890123", "3.5", "1_000", "٣", " 1", "true", "no"),
    *("lead", "any", "LEAD", "email", "chat", "owed", "rejected", "NCT02116634", "café"),
    *("nowhere/at/all", ".", "-", "/", __file__),
)
"""What a person, a script or a broken locale may hand to any option or argument."""


def parameters() -> list[Any]:
    """Every option and argument of every command."""

    def walk(command: Any) -> list[Any]:
        command = loaded(command)
        params = command.get_params(typer.Context(command))
        return [*params, *(each for one in getattr(command, "commands", {}).values() for each in walk(one))]

    return [param for param in walk(typer.main.get_command(app)) if param.callback is None]


def made(process: Any, context: Any, value: Any) -> object:
    """What comes of a value, or the complaint about it."""
    try:
        return process(context, value)
    except Exception as error:
        return type(error), str(error)


def says_nothing(value: Any, param: Any) -> bool:
    """Whether it is an empty text for an option, which is refused."""
    is_text = param.type_descriptor.annotation in (str, list[str]) and param.param_type_name == "option"
    return is_text and "" in (value if isinstance(value, tuple) else (value,)) and value != param.default


def is_refused(outcome: Any) -> bool:
    return isinstance(outcome, tuple) and len(outcome) == 2 and outcome[0] is typer.BadParameter


@pytest.mark.parametrize("declared", COMMANDS, ids=lambda declared: declared.name)
def test_the_list_of_commands_says_what_the_command_says_of_itself(declared: Any):
    [command] = [each for each in typer.main.get_command(app).commands.values() if each.name == declared.name]

    assert loaded(command).help.partition("\n\n")[0] == declared.summary


def test_what_was_typed_becomes_what_typer_makes_of_it():
    """A plain value is converted without pydantic, and nobody can tell."""
    context = typer.Context(TyperCommand("any"))
    for param in parameters():
        single = [None, param.default, *TYPED]
        values = [None, (), *((text,) for text in TYPED), TYPED] if param.multiple or param.nargs == -1 else single
        for value in values:
            if says_nothing(value, param):
                assert made(param.process_value, context, value)[0] is typer.BadParameter, param.name
                continue
            typers = made(type(param).process_value.__get__(param), context, value)
            ours = made(param.process_value, context, value)
            if is_refused(typers):
                # Why is said in words of our own.
                assert is_refused(ours), (param.name, value)
                if param.type_descriptor.annotation is bool:
                    continue  # a flag, which nobody types a value for
                assert not re.search("Input|Value error|parse|\n", ours[1]), (param.name, ours)
                continue
            assert (ours, type(ours)) == (typers, type(typers)), (param.name, value)


def test_text_in_another_encoding_is_refused_wherever_one_text_is_wanted():
    context = typer.Context(TyperCommand("any"))
    texts = [param for param in parameters() if param.type_descriptor.annotation is str]

    assert len(texts) > 20
    for param in texts:
        refused = made(param.process_value, context, "a\udcff")
        assert refused == (typer.BadParameter, "it is not text in UTF-8: type it again"), param.name


def test_of_several_texts_one_in_another_encoding_is_the_name_of_nothing():
    """One bad trial id keeps no other from being checked."""
    context = typer.Context(TyperCommand("any"))
    lists = [param for param in parameters() if param.type_descriptor.annotation == list[str]]

    assert len(lists) > 3
    for param in lists:
        assert made(param.process_value, context, ("fine", "a\udcff")) == ["fine", "\ufffd"], param.name


@pytest.mark.parametrize(
    ("typed", "imported"),
    [
        (["--help"], set()),
        (["watch", "rename", "--help"], {"watch"}),
        (["why", "--help"], {"deliveries"}),
        (["check", "--help"], {"check"}),
        (["chekc"], set()),
    ],
)
def test_only_the_module_of_the_command_that_is_wanted_is_imported(
    typed: list[str], imported: set[str], tmp_path: Path
):
    modules = {declared.place.partition(":")[0] for declared in COMMANDS}

    assert modules_after(tmp_path, *typed) & modules == {f"monitor.cli.{name}" for name in imported}


def test_a_plain_value_needs_no_pydantic(tmp_path: Path):
    assert "pydantic" not in modules_after(tmp_path, "--config", "there/is/none.toml", "deploy", "systemd")
