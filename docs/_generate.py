"""Writes what the code says of itself into docs. `make docs` runs it, and a test compares.

reference/commands.md         every command with its options, as --help has them
reference/configuration.md    every key of config.toml, its variable, its default and what it means
reference/webhook.md          every key of docs/webhook.schema.json
reference/exit.md             the exit statuses
openapi.json                  the API, as OpenAPI 3.1 describes it
changes.md                    the table of kinds of change; people write what stands around it
architecture.svg              the layers of the package, and who imports whom
"""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import typer

from docs._layers import picture
from monitor.changes.kinds import KINDS
from monitor.cli import app
from monitor.cli.commands import loaded
from monitor.config import Config
from monitor.config.loading import PREFIX
from monitor.config.places import values_in, variable
from monitor.settings import Setting
from monitor.web.api.application import schema

DOCS = Path(__file__).parent
NOTE = "<!-- Written by docs/_generate.py: change what it reads, then `make docs`. -->\n\n"
STATUSES = (
    (0, "Done."),
    (1, "Something changed, with `check --exit-code`; something is wrong, with `doctor`."),
    (2, "Wrong usage, configuration or database. One line says what, and the remedy."),
    (
        3,
        "A registry or receiver could not be reached, some trials failed and the others are done, or changes are held.",
    ),
    (4, "Done, and the output could not be written."),
    (130, "Interrupted; what was done so far is kept."),
    (141, "As 1, where whoever read the output had closed the pipe."),
)


def main() -> None:
    """Write every page that differs."""
    for name, text in pages().items():
        file = DOCS / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")


def pages() -> dict[str, str]:
    """Each page, and the picture, by its path in docs."""
    return {
        "reference/commands.md": commands(),
        "reference/configuration.md": configuration(),
        "reference/webhook.md": webhook(),
        "reference/exit.md": exits(),
        "changes.md": changes(),
        "openapi.json": json.dumps(schema(), indent=1, ensure_ascii=False) + "\n",
        "architecture.svg": picture(),
    }


# Commands


def commands() -> str:
    """Every command, in the order of --help."""
    told = "".join(_command(each, path) for path, each in walk(typer.main.get_command(app), "monitor"))
    return f"""{NOTE}# Commands

A trial can be named the way it is pasted: `nct02116634`, `NCT 02116634`, or the address of its page.
`--json` gives one object a line, and nothing else, on standard output.

{told}"""


def walk(command: Any, path: str) -> list[tuple[str, Any]]:
    """The command and those below it."""
    command = loaded(command)
    below = getattr(command, "commands", {})
    return [(path, command), *(found for name, each in below.items() for found in walk(each, f"{path} {name}"))]


def _command(command: Any, path: str) -> str:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option" and each.help]
    usage = " ".join([path, *(each.metavar for each in arguments)])
    if getattr(command, "commands", None):
        usage += " COMMAND"
    lines = [f"## {path}", f"```console\n$ {usage}\n```", _prose(command.help or "")]
    rows = [(f"`{each.metavar}`", each.help or "") for each in arguments]
    rows += [(_named(each), (each.help or "") + _default(each)) for each in options]
    if any(told for _, told in rows):
        lines.append("\n".join(["| | |", "|---|---|", *(f"| {name} | {_cell(told)} |" for name, told in rows)]))
    return "\n\n".join(lines) + "\n\n"


def _prose(text: str) -> str:
    """The words of a help, and its examples as a block of their own."""
    words, examples = [], []
    for line in text.splitlines():
        plain = re.sub(r"\[/?dim\]", "", line).rstrip()
        (examples if plain.startswith("$ ") else words).append(plain)
    prose = "\n".join(words).strip()
    return prose + ("\n\n```console\n" + "\n".join(examples) + "\n```" if examples else "")


def _named(option: Any) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    return names if option.is_flag else f"{names} `{option.metavar.replace('|', chr(92) + '|')}`"


def _default(option: Any) -> str:
    return "" if option.is_flag or option.default in (None, "", ()) else f" Default: {option.default}."


def _cell(text: str) -> str:
    text = re.sub(r"\s+", " ", text).replace("|", r"\|").strip()
    return text if text.startswith("`") else re.sub(r"<(?!br>)", "&lt;", text)


# Configuration


def configuration() -> str:
    """Every key, section by section, with the words of config.toml."""
    explained = dict(_explained())
    told, section = [], ""
    for path, info in _keys():
        above, _, key = path.rpartition("/")
        if above != section:
            section = above
            told.append(f"\n## {_heading(above)}\n\n| key | by default | meaning |\n|---|---|---|")
        default, meaning = explained.get(path, ("only by a variable", ""))
        names = (
            "" if path.startswith(("watch/", "subscription/")) else f"<br>`{variable(PREFIX, tuple(path.split('/')))}`"
        )
        told.append(f"| `{key}`{names} | {_cell(default)} | {_cell(f'{meaning} Expected: {info.description}.')} |")
    return f"""{NOTE}# Configuration

`monitor config init` writes a config.toml with all of this. `./config.toml` counts, or what `--config` or
`MONITOR_CONFIG` names; a variable beats the file, and with `_FILE` behind it names a file that holds the value. What is
wrong is one line with the file, the key and what was expected, and exit status 2.
{chr(10).join(told)}
"""


def _keys() -> list[tuple[str, Setting]]:
    found = []
    for key, info in values_in(Config):
        if info.section is None:
            found.append(("/".join(map(str, key)), info))
        else:
            found += [("/".join(map(str, (*key, *below))), each) for below, each in values_in(info.section)]
    return sorted(found, key=lambda each: "/" not in each[0])


def _heading(section: str) -> str:
    if section in ("watch", "subscription"):
        return f"[[{section}]]"
    return "Without a section" if not section else "[" + re.sub(r"registries/(.*)", r'registries."\1"', section) + "]"


def _explained() -> list[tuple[str, tuple[str, str]]]:
    """Of each key of config.toml: what stands there, and the comment above it; the first where there are several."""
    found: dict[str, tuple[str, str]] = {}
    section, words = "", []
    for line in (DOCS.parent / "config.toml").read_text(encoding="utf-8").splitlines():
        if table := re.match(r"#?\[+(.*?)\]+$", line):
            section, words = "/".join(re.findall(r'"[^"]*"|\w+', table[1])).replace('"', ""), []
        elif value := re.match(r"(#?)(\w+) = (.*)", line):
            tomllib.loads(line.removeprefix("#"))
            shown = f"none, such as `{value[3]}`" if value[1] else f"`{value[3]}`"
            found.setdefault(f"{section}/{value[2]}", (shown, " ".join(words)))
            words = []
        elif line.startswith("# "):
            words.append(line.removeprefix("# "))
        else:
            words = []
    return list(found.items())


# Webhooks and exit statuses


def webhook() -> str:
    """Every key of what a webhook carries."""
    schema = json.loads((DOCS / "webhook.schema.json").read_text(encoding="utf-8"))
    words = {name: one.get("description", "") for name, one in schema["$defs"].items()}
    told = "".join(
        f"\n## {one.get('title', name.capitalize())}\n\n{_properties(one, words)}" for name, one in _objects(schema)
    )
    return f"""{NOTE}# Webhooks

{schema["description"]}

[webhook.schema.json](../webhook.schema.json) says the same to machines. [receiver.py](../receivers/receiver.py) and
[receiver.mjs](../receivers/receiver.mjs) are receivers to copy: each is one file without dependencies, verifies, keeps
each delivery once, and answers before it works.

A 2xx is a success. Anything else is tried again for three days; a redirect is a failure and is not followed; 410 ends
the subscription; Retry-After is obeyed, for up to a day.
{told}"""


def _objects(schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(name, one) for name, one in schema["$defs"].items() if one.get("type") == "object"]


def _properties(one: dict[str, Any], words: dict[str, str], above: str = "") -> str:
    """A row a key; *words* are those of the parts that several keys share."""
    rows = "" if above else "| key | meaning |\n|---|---|\n"
    for name, each in one["properties"].items():
        meant = each.get("description") or words.get(each.get("$ref", "").rpartition("/")[2]) or "What follows."
        rows += f"| `{above}{name}` | {_cell(meant)} |\n"
        if "properties" in each:
            rows += _properties(each, words, f"{above}{name}.")
    return rows


def exits() -> str:
    """What a command's status says."""
    rows = "".join(f"| {status} | {meant} |\n" for status, meant in STATUSES)
    return f"""{NOTE}# Exit status

| status | means |
|---|---|
{rows}
A character that the terminal's or pipe's encoding does not have is replaced by one that it has. The reader may close
the pipe early (`monitor history NCT02116634 | head -1`): the work is still finished, and the status is 0, or 141 where
it would have been 1.
"""


# Kinds of change

BEGIN, END = "<!-- Written by docs/_generate.py from monitor/changes/kinds.py: -->\n", "<!-- As far as here. -->\n"


def changes() -> str:
    """The page as it is, with a new table of kinds in it."""
    before, _, rest = (DOCS / "changes.md").read_text(encoding="utf-8").partition(BEGIN)
    return f"{before}{BEGIN}{_kinds()}{END}{rest.partition(END)[2]}"


def _kinds() -> str:
    """A row for all kinds of a topic that say the same; those that are only spelled otherwise, of any topic, last."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for kind in sorted(KINDS.values(), key=lambda kind: kind.name.endswith(".respelled")):
        topic = "any" if kind.name.endswith(".respelled") else kind.topic.replace("_", " ")
        rows.setdefault((topic, kind.when, str(kind.significance), kind.because), []).append(f"`{kind.name}`")
    told = "| topic | kind | when | significance | because |\n| --- | --- | --- | --- | --- |\n"
    above = ""
    for (topic, when, significance, because), names in rows.items():
        cells = ("" if topic == above else topic, ", ".join(names), when, significance, because)
        told += re.sub(" +", " ", f"| {' | '.join(cells)} |\n")
        above = topic
    return told


if __name__ == "__main__":
    main()
