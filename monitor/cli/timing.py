"""The options that say when somebody is told."""

from typing import Annotated

import typer

from monitor.model import Every

DigestOption = Annotated[
    str | None,
    typer.Option(
        "--digest",
        help=f"How often: {', '.join(Every)}. All of a day, a week from Monday on or a month comes as one message.",
        metavar="RHYTHM",
        show_default="immediate",
        autocompletion=lambda incomplete: [str(each) for each in Every if each.startswith(incomplete)],
    ),
]
AtOption = Annotated[
    str | None, typer.Option("--at", help="When a digest comes, local time.", metavar="HH:MM", show_default="08:00")
]
ZoneOption = Annotated[
    str | None,
    typer.Option("--tz", help="Their time zone, such as Europe/Paris.", metavar="ZONE", show_default="UTC"),
]
QuietHoursOption = Annotated[
    str | None,
    typer.Option(
        "--quiet-hours",
        help="Local times between which nothing is told, such as 22:00-07:00; it comes as one message at their end.",
        metavar="HH:MM-HH:MM",
    ),
]
BreakThroughOption = Annotated[
    bool | None,
    typer.Option(
        "--break-through/--no-break-through",
        help="Critical changes come at once all the same.",
        show_default="no-break-through",
    ),
]
AllQuietOption = Annotated[
    bool | None,
    typer.Option(
        "--all-quiet/--no-all-quiet",
        help="The digest comes also when nothing happened, and says how many trials were checked.",
        show_default="no-all-quiet",
    ),
]
