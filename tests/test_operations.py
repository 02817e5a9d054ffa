"""docs/operations.md has every alarm, notice, warning and check that there is, and none that there is not."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import yaml

from monitor.operate.doctor import CHECKS, DATABASE_CHECKS

TOP = Path(__file__).parent.parent
PACKAGE = TOP / "monitor"
PAGE = (TOP / "docs" / "operations.md").read_text(encoding="utf-8")
HEALTH = {"problems", "_problems", "stuck", "_stuck", "_postponed"}
"""Functions that give the reasons of /healthz."""


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def named(title: str) -> set[str]:
    """What stands as code in the first column of a section's table."""
    rows = re.findall(r"^\| (.*?) \|", section(title), flags=re.MULTILINE)
    return {code for row in rows for code in re.findall(r"`([^`]+)`", row)}


@cache
def parsed(folder: Path) -> list[ast.Module]:
    return [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.py"))]


@cache
def said(folder: Path) -> frozenset[str]:
    """All that the code of a folder may say, and more."""
    nodes = (node for tree in parsed(folder) for node in ast.walk(tree))
    return frozenset(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def texts(node: ast.AST) -> Iterator[str]:
    """Each text within it, with "…" for what is put into it, but for names of what is looked up."""
    match node:
        case ast.JoinedStr(values=parts):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts)
        case ast.Constant(value=str(text)):
            yield text
        case ast.Subscript(value=looked_into):
            yield from texts(looked_into)
        case _:
            for each in ast.iter_child_nodes(node):
                yield from texts(each)


def warnings() -> set[str]:
    """The constant part of each line of the log that is a warning or an error."""
    found = set()
    for tree in parsed(PACKAGE):
        for call in ast.walk(tree):
            match call:
                case ast.Call(func=ast.Attribute(attr="warning" | "error" | "exception", value=log), args=[first, *_]):
                    if "log" in ast.unparse(log):
                        found |= set(texts(first))
    return found


def reasons() -> set[str]:
    """What /healthz says, but for what only joins parts."""
    found = set()
    for folder in (PACKAGE / "service", PACKAGE / "worker"):
        for tree in parsed(folder):
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef) and node.name in HEALTH:
                    words = set(texts(node)) - {ast.get_docstring(node, clean=False)}
                    found |= {each for each in words if len(re.findall(r"[a-z]+", each.partition(":")[0])) > 2}
    return found


def covered(line: str, known: set[str]) -> bool:
    """Whether one of them is a part of the line."""
    return any(each in line for each in known)


def covered_by(part: str, lines: Iterable[str]) -> bool:
    """Whether it is a part of one of the lines."""
    return any(part in line for line in lines)


def test_every_alarm_says_what_to_do() -> None:
    groups = yaml.safe_load((TOP / "deploy" / "prometheus-rules.yaml").read_text(encoding="utf-8"))["groups"]

    assert named("Alarms") == {rule["alert"] for group in groups for rule in group["rules"]}


def test_every_notice_says_what_to_do() -> None:
    tree = ast.parse((PACKAGE / "alerts" / "notices.py").read_text(encoding="utf-8"))
    kinds = {
        word
        for call in ast.walk(tree)
        if isinstance(call, ast.keyword) and call.arg == "kind"
        for word in texts(call.value)
    }

    assert named("What the operator is told") == {kind for kind in kinds if "." in kind} | {"configuration.bad"}


def test_every_warning_in_the_log_is_explained() -> None:
    known = named("Warnings in the log")
    there = warnings()
    assert len(there) > 15

    assert {line for line in there if not covered(line, known)} == set()
    composed = {"delivery deferred", "delivery rejected"}
    assert {each for each in known - composed if not covered_by(each, said(PACKAGE))} == set()


def test_every_reason_of_healthz_says_what_to_do() -> None:
    known = named("What /healthz says")
    there = reasons()
    assert len(there) > 6

    assert {line for line in there if not covered(line, known)} == set()
    assert {each for each in known if not all(covered_by(part, said(PACKAGE)) for part in each.split("…"))} == set()


def test_every_check_of_the_doctor_is_named() -> None:
    assert set(re.findall(r"`([^`]+)`", section("What the doctor looks at"))) - {"monitor doctor"} == {
        *CHECKS,
        *DATABASE_CHECKS,
    }
