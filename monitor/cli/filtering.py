"""The options that say which changes: their help names every topic, and the shell completes them."""

from typing import Annotated

import typer

from monitor.changes.kinds import KINDS
from monitor.changes.topics import Topic
from monitor.model import Significance

BEGINNINGS = list(dict.fromkeys(kind.partition(".")[0] for kind in KINDS))
"""Enough for --kind: what is named stands for all kinds that begin so."""

TopicOption = Annotated[
    list[str] | None,
    typer.Option(
        help=f"Only this topic; repeat for more: {', '.join(Topic)}.",
        metavar="TOPIC",
        autocompletion=lambda incomplete: [str(topic) for topic in Topic if topic.startswith(incomplete)],
    ),
]
KindOption = Annotated[
    list[str] | None,
    typer.Option(
        help="Only this kind, such as status.stopped, or kinds that begin so; repeat for more. They begin with "
        f"{', '.join(BEGINNINGS)}. All: docs/changes.md.",
        metavar="KIND",
        autocompletion=lambda incomplete: [kind for kind in KINDS if kind.startswith(incomplete)],
    ),
]
SignificanceOption = Annotated[
    str,
    typer.Option(
        help="What matters less is left out: critical, major, minor or administrative.",
        metavar="SIGNIFICANCE",
        autocompletion=lambda incomplete: [str(one) for one in Significance if str(one).startswith(incomplete)],
    ),
]
