"""`monitor explain`: what is piped in, explained without a database; a JSON object a line, in the input's order."""

import json
import sys
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from monitor.cli.commands import Commands
from monitor.cli.session import complain, write_json
from monitor.errors import ConfigurationInvalid
from monitor.insight import Unexplainable
from monitor.views.json.insight import stop_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.model import Json

app = Commands(
    help="Say what texts and records that are piped in mean, without a database: JSON lines out.", no_args_is_help=True
)

LONGEST = 1_000_000
"""Bytes of a line: no registry takes a reason that is nearly as long."""


class Rules(StrEnum):
    """By whose rules a duty is judged."""

    LAW = "law"
    TRIALSTRACKER = "trialstracker"


@app.command()
def stop() -> None:
    """Read reasons why trials stopped, one a line, and say what each one means.

    For every line there is one: the classes of the published classifier, likeliest first, the groups that people
    subscribe to, the words that decided, and whether that is sure. A reason that is only denied ("not due to safety")
    counts for nothing.

    [dim]$[/dim] echo "Slow accrual; not due to safety" | monitor explain stop
    [dim]$[/dim] monitor explain stop < reasons.txt > reasons.jsonl
    """
    from monitor.insight.stops.reading import read_reason  # its expressions are not needed to show --help

    if sys.stdin.isatty():
        complain("type a reason a line; Ctrl-D ends it")
    for text in _lines(sys.stdin.buffer):
        explained: dict[str, Json] = stop_json(read_reason(text))
        write_json(explained)


@app.command()
def outcomes() -> None:
    """Read pairs of outcome lists, a JSON object a line, and say which outcomes changed, and whether that matters.

    An object holds "before" and "after", each with the lists "primary", "secondary" and "other" of objects with a
    "measure", a "time_frame" and a "description". With "dates" (start, primary_completion, results) and the day as "on"
    each change is placed in the life of the trial. p0 is the first primary outcome of its side, s0 the first secondary.

    [dim]$[/dim] monitor explain outcomes < pairs.jsonl
    """
    from monitor.insight.outcomes.explaining import explained

    _explain_each(explained)


@app.command()
def obligations(
    rules: Annotated[
        Rules,
        typer.Option(help="By the law, or as FDAAA TrialsTracker counts, to compare.", metavar="law|trialstracker"),
    ] = Rules.LAW,
) -> None:
    """Read records, a JSON object a line, and say what their sponsors owe, by when, and how that stands.

    An object holds the day as "today", and a record: as the API of ClinicalTrials.gov (v2) serves it, or flat, with the
    names of its fields; "registry" CTIS or EUCTR for the European registers. With "before" and "after" it is told what
    an edit did to the duty. Each verdict carries the rules and the fields that it rests on. It is arithmetic on the
    public record, and no legal advice.

    [dim]$[/dim] jq -c '. + {today: "2026-01-31"}' NCT02116634.json | monitor explain obligations
    [dim]$[/dim] monitor explain obligations --rules trialstracker < records.jsonl
    """
    from monitor.insight.obligations.explaining import explained

    _explain_each(partial(explained, rules=rules.value))


def _explain_each(explained: "Callable[[Mapping[str, Any]], dict[str, Json]]") -> None:
    if sys.stdin.isatty():
        complain("type a JSON object a line; Ctrl-D ends it")
    for number, line in enumerate(_lines(sys.stdin.buffer), 1):
        if not line.strip():
            continue
        try:
            write_json(explained(_object(line)))
        except Unexplainable as error:
            raise ConfigurationInvalid(f"line {number}: {error}") from None


def _object(line: str) -> Mapping[str, Any]:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise Unexplainable("not a JSON object: give one a line")
    return said


def _lines(source: BinaryIO) -> Iterator[str]:
    """Each line, without what ends it; letters that are not UTF-8 are replaced."""
    number = 0
    while line := source.readline(LONGEST + 1):
        number += 1
        if len(line) > LONGEST:
            raise ConfigurationInvalid(f"line {number} is longer than {LONGEST:,} bytes: give one text a line")
        yield line.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "replace")
