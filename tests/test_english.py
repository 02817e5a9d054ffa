"""Every sentence that a user can meet, in one table for review, and none of the turns that are no English.

python -m tests.test_english        # prints the table: where each stands, and its words, {} for what is filled in
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "monitor"

UNSEEN = ("storage/tables.py", "storage/migrations", "sandbox/clinicaltrials_gov/synthetic", "sandbox/style.css")
"""Comments on columns, and the prose of invented trials."""

TURNS = {
    r"(?<!there )(?<!There )\bis no (?!longer|reason|change|more|other|such|answer|news)\w+": "is not a",
    r"\banew\b": "again",
    r"\bis gone\b": "does not exist any more",
    r"\bcannot be read since\b": "has been unreadable since",
    r"\bbehind nothing\b": "",
    r"\bwhoever\b": "everyone who",
    r"\bin its records\b": "",
    r"\btold from now on of\b": "hears about",
    r"\bwhat there is\b": "",
    r"\bpip install registry-monitor\b": "it is not published",
    r"\b(?!monitor)(\w{3,}) \1\b": "a word twice",
}
"""Turns that a native editor strikes out, and what would stand there."""


def sentences() -> Iterator[tuple[str, int, str]]:
    """File, line and words of every text of three words or more that is no docstring of ours; commands' help is."""
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if name.startswith(UNSEEN):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        hidden = _docstrings(tree, of_commands=name.startswith("cli/"))
        for node, words in _texts(tree):
            if id(node) not in hidden and len(re.findall(r"[A-Za-z]{2,}", words)) >= 3:
                yield name, node.lineno, " ".join(words.split())


def _docstrings(tree: ast.Module, *, of_commands: bool) -> set[int]:
    """The nodes of texts that no user sees: bare expressions, but for the docstrings of commands."""
    shown = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if of_commands and isinstance(node, ast.FunctionDef) and isinstance(node.body[0], ast.Expr)
        if any(argument.arg == "context" for argument in node.args.args)
    }
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return bare - shown


def _texts(tree: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
            yield node, "".join(parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node, node.value


@cache
def all_sentences() -> tuple[tuple[str, int, str], ...]:
    """Read once in a process of tests."""
    return tuple(sentences())


@pytest.mark.parametrize("turn", TURNS)
def test_no_sentence_has_a_turn_that_is_no_english(turn: str):
    found = [f"{name}:{line}: {words}" for name, line, words in all_sentences() if re.search(turn, words)]

    assert found == []


if __name__ == "__main__":
    for name, line, words in sentences():
        print(f"{name}:{line}\t{words}")  # noqa: T201
